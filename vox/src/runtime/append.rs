//! Encoding to a vector: what the functions for one type each have in common.
//!
//! They are instantiated for every type, at every place that uses it, and a processor keeps only so much code at hand. So they do no
//! more than call: a function that finds the type's slot and begins (an encoder looks at its slot itself), the slot's entry, and a function that ends
//! ([`vox_core::sink::vec::Frame`] says why the entry is not called from one place for all types). The first and the last are here,
//! and not generic. Their answers go where the caller's caller wants them, without a copy: an answer of two words that was just
//! written as two is slow to be read as one.

use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

use facet_core::Shape;
use vox_core::error::EncodeError;
use vox_core::sink::vec::{Frame, Start};
use vox_core::slot::Slot;

use super::encode::tagged;
use super::index::Index;
use super::value::Root;
use super::{Inner, Runtime};

/// Of an encode behind what a vector holds.
type AppendFrame<'v> = Frame<&'v mut Vec<u8>>;
/// Of an encode into a new vector.
type NewFrame = Frame<Vec<u8>>;

/// A slot and the depth limit, as they were found.
type Found<'s> = Result<(&'s Slot, u64), EncodeError>;

/// Where a type's slot is to be found.
pub(crate) trait Finder<'s>: Copy {
    /// The slot and the depth limit, wherever they are, or are made.
    fn find(self, shape: &'static Shape) -> Found<'s>;

    /// Begins to append a value of a shape to a vector.
    ///
    /// # Safety
    ///
    /// The memory is a frame's. The shape is the same in every call of a [`KnownSlot`].
    unsafe fn begin_append<'v>(
        self,
        frame: *mut AppendFrame<'v>,
        shape: &'static Shape,
        is_tagged: bool,
        buffer: &'v mut Vec<u8>,
    ) -> Start;

    /// Begins a new vector for a value of a shape.
    ///
    /// # Safety
    ///
    /// As for [`Self::begin_append`].
    unsafe fn begin_new(
        self,
        frame: *mut NewFrame,
        shape: &'static Shape,
        is_tagged: bool,
    ) -> Start;
}

/// Encodes a value of a shape behind what the vector holds.
///
/// # Safety
///
/// The root is a value of the shape, borrowed for the call. The shape is the same in every call of a [`KnownSlot`].
#[expect(clippy::inline_always, reason = "nothing but calls")]
#[inline(always)]
pub(crate) unsafe fn append<'s>(
    finder: impl Finder<'s>,
    shape: &'static Shape,
    root: Root,
    buffer: &mut Vec<u8>,
) -> Result<usize, EncodeError> {
    let mut frame = MaybeUninit::uninit();
    let frame = frame.as_mut_ptr();
    // SAFETY: memory for a frame, which stays, and is used in this order; the rest is the caller's duty (A1).
    unsafe {
        let start = finder.begin_append(frame, shape, root.is_tagged, buffer);
        finish_append(frame, start.call(frame, root.address))
    }
}

/// Encodes a value of a shape into a new vector.
///
/// # Safety
///
/// As for [`append`].
#[expect(clippy::inline_always, reason = "nothing but calls")]
#[inline(always)]
pub(crate) unsafe fn encode<'s>(
    finder: impl Finder<'s>,
    shape: &'static Shape,
    root: Root,
) -> Result<Vec<u8>, EncodeError> {
    let mut frame = MaybeUninit::uninit();
    let frame = frame.as_mut_ptr();
    // SAFETY: as in `append`.
    unsafe {
        let start = finder.begin_new(frame, shape, root.is_tagged);
        finish_new(frame, start.call(frame, root.address))
    }
}

/// See [`Frame::finish_append`].
///
/// # Safety
///
/// As there.
#[inline(never)]
unsafe fn finish_append(frame: *mut AppendFrame<'_>, end: *mut u8) -> Result<usize, EncodeError> {
    // SAFETY: the caller's duty.
    unsafe { Frame::finish_append(frame, end) }
}

/// See [`Frame::finish_new`].
///
/// # Safety
///
/// As there.
#[inline(never)]
unsafe fn finish_new(frame: *mut NewFrame, end: *mut u8) -> Result<Vec<u8>, EncodeError> {
    // SAFETY: the caller's duty.
    unsafe { Frame::finish_new(frame, end) }
}

/// What begins with the slot that is known, by these two functions, and leaves everything else to the other two. They
/// take the same parameters, so that nothing is moved or kept for them. How the slot is known is an expression and no function of the trait:
/// that other crates could inline, and then [`FREE`], which it reads, would be reached through a table of addresses.
macro_rules! beginnings {
    (
        $(#[$attribute:meta])*
        |$finder:ident, $shape:ident| $known:expr,
        $begin_append:path, $begin_new:path,
        or $append_slowly:path, $new_slowly:path
    ) => {
        $(#[$attribute])*
        unsafe fn begin_append<'v>(
            self,
            frame: *mut AppendFrame<'v>,
            $shape: &'static Shape,
            is_tagged: bool,
            buffer: &'v mut Vec<u8>,
        ) -> Start {
            let $finder = self;
            // SAFETY: the caller's duty.
            unsafe {
                match $known {
                    Some((slot, depth)) if !is_tagged => $begin_append(frame, slot, buffer, depth),
                    _ => $append_slowly(self, frame, $shape, is_tagged, buffer),
                }
            }
        }

        $(#[$attribute])*
        unsafe fn begin_new(
            self,
            frame: *mut NewFrame,
            $shape: &'static Shape,
            is_tagged: bool,
        ) -> Start {
            let $finder = self;
            // SAFETY: the caller's duty.
            unsafe {
                match $known {
                    Some((slot, depth)) if !is_tagged => $begin_new(frame, slot, depth),
                    _ => $new_slowly(self, frame, $shape, is_tagged),
                }
            }
        }
    };
}

/// See [`Frame::begin_append`].
///
/// # Safety
///
/// As there.
#[inline(never)]
unsafe fn begin_append<'v>(
    frame: *mut AppendFrame<'v>,
    slot: &Slot,
    buffer: &'v mut Vec<u8>,
    max_depth: u64,
) -> Start {
    // SAFETY: the caller's duty.
    unsafe { Frame::begin_append(frame, slot, buffer, max_depth) }
}

/// See [`Frame::begin_new`].
///
/// # Safety
///
/// As there.
#[inline(never)]
unsafe fn begin_new(frame: *mut NewFrame, slot: &Slot, max_depth: u64) -> Start {
    // SAFETY: the caller's duty.
    unsafe { Frame::begin_new(frame, slot, max_depth) }
}

/// As [`Finder::begin_append`], wherever the slot is.
///
/// # Safety
///
/// As there.
#[cold]
#[inline(never)]
unsafe fn begin_append_slowly<'s, 'v>(
    finder: impl Finder<'s>,
    frame: *mut AppendFrame<'v>,
    shape: &'static Shape,
    is_tagged: bool,
    buffer: &'v mut Vec<u8>,
) -> Start {
    // SAFETY: the caller's duty.
    unsafe {
        match find_untagged(finder, shape, is_tagged) {
            Ok((slot, depth)) => begin_append(frame, slot, buffer, depth),
            Err(error) => Frame::refuse(frame, error),
        }
    }
}

/// As [`Finder::begin_new`], wherever the slot is.
///
/// # Safety
///
/// As there.
#[cold]
#[inline(never)]
unsafe fn begin_new_slowly<'s>(
    finder: impl Finder<'s>,
    frame: *mut NewFrame,
    shape: &'static Shape,
    is_tagged: bool,
) -> Start {
    // SAFETY: the caller's duty.
    unsafe {
        match find_untagged(finder, shape, is_tagged) {
            Ok((slot, depth)) => begin_new(frame, slot, depth),
            Err(error) => Frame::refuse(frame, error),
        }
    }
}

/// Finds the slot, unless the value cannot be encoded.
fn find_untagged<'s>(finder: impl Finder<'s>, shape: &'static Shape, is_tagged: bool) -> Found<'s> {
    match finder.find(shape)? {
        (slot, _) if is_tagged => Err(tagged(slot.shape())),
        found => Ok(found),
    }
}

impl<'s> Finder<'s> for &'s Runtime {
    fn find(self, shape: &'static Shape) -> Found<'s> {
        self.inner.find(shape)
    }

    // Compiled here, once.
    beginnings!(
        #[inline(never)]
        |runtime, shape| runtime.inner.known(shape),
        Frame::begin_append, Frame::begin_new,
        or begin_append_slowly, begin_new_slowly
    );
}

/// The global runtime.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Global;

impl Finder<'static> for Global {
    fn find(self, shape: &'static Shape) -> Found<'static> {
        FREE.find(shape)
    }

    // Compiled here, once.
    beginnings!(
        #[inline(never)]
        |_global, shape| FREE.known(shape),
        Frame::begin_append, Frame::begin_new,
        or begin_append_slowly, begin_new_slowly
    );
}

impl Finder<'static> for &KnownSlot {
    fn find(self, shape: &'static Shape) -> Found<'static> {
        let (slot, max_depth) = global().find(shape)?;
        self.max_depth.store(max_depth, Ordering::Relaxed);
        self.slot
            .store(core::ptr::from_ref(slot).cast_mut(), Ordering::Release);
        Ok((slot, max_depth))
    }

    // The look at the slot is the caller's own: a register less to be moved, and what begins is nothing but that.
    beginnings!(
        #[inline(always)]
        |known, shape| known.known(),
        begin_append, begin_new,
        or KnownSlot::begin_append_slowly, KnownSlot::begin_new_slowly
    );
}

impl Inner {
    /// The slot, if it is where most are, and the depth limit.
    #[inline]
    fn known(&self, shape: &'static Shape) -> Option<(&Slot, u64)> {
        Some((self.index.find_near(shape)?, self.settings.max_depth))
    }

    fn find(&self, shape: &'static Shape) -> Found<'_> {
        Ok((self.slot(shape)?, self.settings.max_depth))
    }
}

/// What the free functions have asked the global runtime for: its slots, and its depth limit.
///
/// The runtime has an index of its own, but that is behind the runtime's address. When types take turns at random, a processor guesses wrong where an encode
/// goes, and then waits for every load up to the slot before it learns better.
///
/// Aligned so that it never lies in two cache lines.
#[derive(Debug)]
#[repr(align(32))]
struct KnownSlots {
    index: Index,
    /// Stored before any slot is.
    max_depth: AtomicU64,
}

const _: () = assert!(size_of::<KnownSlots>() <= align_of::<KnownSlots>());

/// Private, so that its address is known where it is read; see [`beginnings`].
static FREE: KnownSlots = KnownSlots {
    index: Index::new(),
    max_depth: AtomicU64::new(0),
};

impl KnownSlots {
    /// The slot, if it is where most are, and the depth limit.
    #[inline]
    fn known(&self, shape: &'static Shape) -> Option<(&Slot, u64)> {
        let slot = self.index.find_near(shape)?;
        Some((slot, self.max_depth.load(Ordering::Relaxed)))
    }

    /// The same, wherever the slot is.
    #[cold]
    #[inline(never)]
    fn find(&self, shape: &'static Shape) -> Found<'_> {
        if let Some(slot) = self.index.find(shape) {
            return Ok((slot, self.max_depth.load(Ordering::Relaxed)));
        }
        let (slot, max_depth) = global().find(shape)?;
        self.max_depth.store(max_depth, Ordering::Relaxed);
        // SAFETY: the shape's slot, of the global runtime, which is never dropped (A12).
        unsafe { self.index.remember(shape, slot) };
        Ok((slot, max_depth))
    }
}

/// What the global runtime consists of.
#[cold]
fn global() -> &'static Inner {
    &Runtime::global().inner
}

/// A slot of the global runtime, found when it is first wanted, and what else an encode needs of that: what an encoder keeps.
/// Aligned so that it never lies in two cache lines.
#[derive(Debug)]
#[repr(align(16))]
pub(crate) struct KnownSlot {
    slot: AtomicPtr<Slot>,
    /// Of the global runtime. Stored before the slot.
    max_depth: AtomicU64,
}

const _: () = assert!(size_of::<KnownSlot>() <= align_of::<KnownSlot>());

impl KnownSlot {
    /// Of a type that was not looked for yet.
    pub(crate) const fn unknown() -> Self {
        Self {
            slot: AtomicPtr::new(core::ptr::null_mut()),
            max_depth: AtomicU64::new(0),
        }
    }

    /// As the function of this name, compiled here.
    #[cold]
    #[inline(never)]
    unsafe fn begin_append_slowly<'v>(
        &self,
        frame: *mut AppendFrame<'v>,
        shape: &'static Shape,
        is_tagged: bool,
        buffer: &'v mut Vec<u8>,
    ) -> Start {
        // SAFETY: the caller's duty.
        unsafe { begin_append_slowly(self, frame, shape, is_tagged, buffer) }
    }

    /// As the function of this name, compiled here.
    #[cold]
    #[inline(never)]
    unsafe fn begin_new_slowly(
        &self,
        frame: *mut NewFrame,
        shape: &'static Shape,
        is_tagged: bool,
    ) -> Start {
        // SAFETY: the caller's duty.
        unsafe { begin_new_slowly(self, frame, shape, is_tagged) }
    }

    /// The slot, once it was looked for, and the depth limit.
    #[inline]
    fn known(&self) -> Option<(&'static Slot, u64)> {
        let slot = self.slot.load(Ordering::Acquire);
        // SAFETY: only `find` stores here, and it stores a slot of the
        // global runtime, which is never dropped (A12).
        let slot = unsafe { slot.as_ref() }?;
        Some((slot, self.max_depth.load(Ordering::Relaxed)))
    }
}

/// What Miri shall see of the three steps; the bytes of all types are for the tests in `tests`.
#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use facet::Facet;

    use crate::{Encoder, Runtime};

    /// A struct whose text is written by a proxy, which refuses one text and panics at another.
    #[derive(Facet)]
    struct Picky {
        id: u32,
        #[facet(proxy = Word)]
        text: Text,
        rest: Vec<String>,
    }

    #[derive(Facet)]
    struct Text(String);

    #[derive(Facet)]
    #[facet(transparent)]
    struct Word(String);

    impl TryFrom<&Text> for Word {
        type Error = String;

        fn try_from(text: &Text) -> Result<Self, String> {
            match text.0.as_str() {
                "refuse" => Err(String::from("refused")),
                "panic" => panic!("as told"),
                text => Ok(Self(text.to_owned())),
            }
        }
    }

    impl TryFrom<Word> for Text {
        type Error = String;

        fn try_from(word: Word) -> Result<Self, String> {
            Ok(Self(word.0))
        }
    }

    fn picky(text: &str) -> Picky {
        Picky {
            id: 300,
            text: Text(text.to_owned()),
            rest: vec![String::from("a"), "b".repeat(300)],
        }
    }

    fn expected(text: &str) -> Vec<u8> {
        let Picky { id, rest, .. } = picky(text);
        postcard::to_allocvec(&(id, text, rest)).expect("serde encodes it")
    }

    /// An encode into a new vector, and one behind what there is.
    fn both(
        encode: impl Fn(&Picky) -> Result<Vec<u8>, crate::EncodeError>,
        append: impl Fn(&Picky, &mut Vec<u8>) -> Result<usize, crate::EncodeError>,
    ) {
        let mut buffer = vec![0xff];
        for text in ["", "text", "text"] {
            let expected = expected(text);
            // With less room than it takes, with enough, and with just as much as it grew to.
            assert_eq!(encode(&picky(text)).expect("it encodes"), expected);
            let len = append(&picky(text), &mut buffer).expect("it encodes");
            assert_eq!(len, expected.len());
            assert_eq!(buffer[0], 0xff);
            assert_eq!(buffer[1..], expected);
            buffer.truncate(1);
        }
        assert!(encode(&picky("refuse")).is_err());
        assert!(append(&picky("refuse"), &mut buffer).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| encode(&picky("panic")))).is_err());
        let appends = AssertUnwindSafe(|| append(&picky("panic"), &mut buffer));
        assert!(catch_unwind(appends).is_err());
        assert_eq!(buffer, [0xff]);
    }

    #[test]
    fn a3_of_a_runtime() {
        for work in [1, u64::MAX] {
            let runtime = Runtime::builder().compile_after(work).build();
            both(
                |value| runtime.to_bytes(value),
                |value, buffer| runtime.to_bytes_in(value, buffer),
            );
        }
    }

    #[test]
    fn a3_of_the_global_runtime() {
        both(crate::to_bytes, crate::to_bytes_in);
    }

    #[test]
    fn a3_of_an_encoder() {
        let encoder = Encoder::new();
        both(
            |value| encoder.encode(value),
            |value, buffer| encoder.encode_in(value, buffer),
        );
    }

    #[test]
    fn a3_of_what_has_no_encoding() {
        let encoder = Encoder::<*const u8>::new();
        let (value, mut buffer) = (core::ptr::null::<u8>(), vec![0xff]);
        for _ in 0..2 {
            assert!(crate::to_bytes(&value).is_err());
            assert!(crate::to_bytes_in(&value, &mut buffer).is_err());
            assert!(encoder.encode(&value).is_err());
            assert!(encoder.encode_in(&value, &mut buffer).is_err());
        }
        assert_eq!(buffer, [0xff]);
    }
}
