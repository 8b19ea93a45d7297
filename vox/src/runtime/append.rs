//! Encoding to a vector: what the functions for one type each have in common.
//!
//! They are instantiated for every type, at every place that uses it, and a processor keeps only so much code at hand. So they do no
//! more than call: a function that finds the type's slot and begins (encoders, and free functions where each use has memory of its own, look themselves first), the slot's entry, and a function that ends
//! ([`vox_core::sink::vec::Frame`] says why the entry is not called from one place for all types). The first and the last are here,
//! and not generic. Their answers go where the caller's caller wants them, without a copy: an answer of two words that was just
//! written as two is slow to be read as one.

mod free;
mod known;
#[cfg(test)]
mod tests;

use core::mem::MaybeUninit;

use facet_core::Shape;
use vox_core::error::EncodeError;
use vox_core::sink::vec::{Frame, Start};
use vox_core::slot::Slot;

use super::encode::tagged;
use super::value::Root;
use super::{Inner, Runtime};

pub(crate) use free::Free;
pub(crate) use known::KnownSlot;

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
/// that other crates could inline, and then what the free functions know, which it reads, would be reached through a table of addresses.
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
use beginnings;

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

/// What the global runtime consists of.
#[cold]
fn global() -> &'static Inner {
    &Runtime::global().inner
}
