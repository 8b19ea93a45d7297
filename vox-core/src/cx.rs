//! The state of one encode: what every op of every tier shares.
//!
//! Machine code knows the public fields by offset; everything that only matters
//! once something went wrong, or that locks and proxies need, sits in a box that
//! ordinary encodes do not have, and what never changes sits behind one pointer, so
//! that starting an encode costs a handful of stores.
//!
//! Not here: what happens when the output is full ([`crate::sink`]).

use core::any::Any;
use core::mem::MaybeUninit;
use std::io;

use crate::reflect::{PtrConst, ReadLockResult, Shape, WriteLockResult, addressable};

use crate::entry::{BulkFn, GrowFn};
use crate::program::{NoForm, PathPart};
use crate::wire::varint::{self, ByZeros};

/// How far beyond the cursor a write may touch more than the spare bytes it
/// was promised: room for one store of the widest register there is.
pub const OVERSHOOT: usize = 64;

/// How many bytes beyond [`EncodeCx::limit`] belong to the output region.
pub const SLACK: usize = 160;

/// The spare bytes that are there whenever the cursor is not past the limit:
/// a check for so much is one compare.
pub const FREE_SPARE: usize = SLACK - OVERSHOOT;

/// The state of one encode.
///
/// The output region ends [`SLACK`] bytes after `limit`. *Spare* room of `n`
/// bytes at a cursor means that `n + OVERSHOOT` bytes may be written there.
#[repr(C)]
pub struct EncodeCx {
    /// The cursor may be here, at most [`FREE_SPARE`] bytes further, with no spare left.
    pub limit: *mut u8,
    /// How many more levels of calls are allowed, as of the entry that was called last. Machine code that writes a child in place counts
    /// that level itself, and stores here before it calls.
    pub depth_left: u64,
    /// What does not change: behind one pointer, so that an encode begins with one store for all of it.
    pub constants: &'static Constants,
    /// What was called, for reports and tests.
    pub counters: Counters,
    /// The sink, of the type the constants were made for.
    pub(crate) sink: *mut (),
    /// The depth limit the encode started with, for the error.
    pub(crate) max_depth: u64,
    rare: Rare,
    /// Arguments and results of stubs that preserve all registers, in machine code. Means
    /// nothing between two calls.
    pub exchange: MaybeUninit<[u64; 4]>,
}

/// What is the same in all encodes into sinks of one type.
#[repr(C)]
#[derive(Debug)]
pub struct Constants {
    /// Makes room in the sink.
    pub grow: GrowFn,
    /// Appends a long run of bytes to the sink.
    pub bulk: BulkFn,
    /// For varints in machine code: the bits of groups in eight bytes.
    pub groups: u64,
    /// And tables.
    pub varints: ByZeros,
}

impl Constants {
    /// Those of sinks that these functions are for.
    pub(crate) const fn new(grow: GrowFn, bulk: BulkFn) -> Self {
        Self {
            grow,
            bulk,
            groups: varint::GROUPS,
            varints: ByZeros::new(),
        }
    }
}

/// How many calls an encode made out of its tier.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Calls of facet's vtable functions, however they were made. The
    /// interpreter always counts, also what machine code leaves to it; machine code only when it was compiled to.
    pub vtable_calls: u64,
    /// Calls of trampolines that reach Rust-ABI functions, which there is no
    /// other way to call.
    pub trampoline_calls: u64,
    /// Calls of trampolines that reach `extern "C"` vtable functions, which
    /// machine code can call itself.
    pub c_trampoline_calls: u64,
    /// Calls of accessors for Rust values that have no vtable function.
    pub accessor_calls: u64,
}

/// What most encodes have nothing of.
enum Rare {
    Nothing,
    /// The encode has failed for want of memory, and there may be none to tell it either.
    OutOfMemory,
    Cold(Box<Cold>),
}

/// What an encode needs only when it fails, or meets locks and proxies.
#[derive(Default)]
struct Cold {
    failure: Option<Failure>,
    trace: Vec<PathPart>,
    resources: Vec<Resource>,
}

/// Why an encode failed.
#[derive(Debug)]
pub enum Failure {
    /// No memory for the output, for a proxy or for the guard of a lock.
    OutOfMemory,
    /// The writer failed.
    Io(io::Error),
    /// A proxy conversion answered an error.
    Proxy(String),
    /// A lock could not be taken, or a `OnceLock` has not been set.
    Lock,
    /// Calls are nested deeper than the limit.
    Depth {
        /// The limit.
        limit: u64,
    },
    /// A container yielded another number of items than it said it has.
    Length {
        /// What it said.
        said: usize,
        /// Whether it yielded more (or fewer).
        more: bool,
    },
    /// An enum's tag is none of its variants'.
    Discriminant(i64),
    /// A value of a type or variant that has no wire form.
    NoForm(NoForm),
    /// A value that has no wire form, such as a path that is not UTF-8.
    Value(String),
    /// User code panicked; the payload goes on when the encode is unwound.
    Panic(Box<dyn Any + Send>),
    /// Ours.
    Bug(String),
}

/// Something that must be given back when its op ends, also when it ends in failure.
pub(crate) enum Resource {
    /// A shared guard.
    #[expect(dead_code, reason = "held for its drop")]
    Read(ReadLockResult),
    /// An exclusive guard.
    #[expect(dead_code, reason = "held for its drop")]
    Write(WriteLockResult),
    /// A proxy value in memory of ours.
    #[expect(dead_code, reason = "held for its drop")]
    Proxy(ProxyValue),
}

/// A proxy value and the memory it lives in.
pub(crate) struct ProxyValue {
    pub(crate) memory: *mut u8,
    pub(crate) layout: core::alloc::Layout,
    /// Where in the memory the value to drop is: behind the flag, for the strong
    /// pointer of a weak one, and at the start otherwise.
    pub(crate) drop_at: usize,
    /// The shape whose drop function applies, once the value is initialised.
    pub(crate) drop: Option<&'static Shape>,
}

impl Drop for ProxyValue {
    fn drop(&mut self) {
        let free = FreeOnDrop(self.memory, self.layout);
        if let Some(shape) = self.drop {
            // SAFETY: the conversion initialised a value of this shape here, and
            // nothing else drops it (assumption A9).
            unsafe {
                let value = self.memory.add(self.drop_at);
                shape.call_drop_in_place(crate::reflect::PtrMut::new(value));
            }
        }
        drop(free);
    }
}

/// Frees even when the drop of the value in it panics.
struct FreeOnDrop(*mut u8, core::alloc::Layout);

impl Drop for FreeOnDrop {
    fn drop(&mut self) {
        if self.1.size() != 0 {
            // SAFETY: allocated with this layout by `trampoline::proxy` (A9).
            unsafe { std::alloc::dealloc(self.0, self.1) };
        }
    }
}

impl EncodeCx {
    /// The state at the start of an encode into a sink; the constants are those of its type.
    #[inline]
    pub(crate) const fn new(
        limit: *mut u8,
        max_depth: u64,
        constants: &'static Constants,
        sink: *mut (),
    ) -> Self {
        Self {
            limit,
            depth_left: max_depth,
            constants,
            counters: Counters {
                vtable_calls: 0,
                trampoline_calls: 0,
                c_trampoline_calls: 0,
                accessor_calls: 0,
            },
            sink,
            max_depth,
            rare: Rare::Nothing,
            exchange: MaybeUninit::uninit(),
        }
    }

    /// Drops the state: without a call where it holds nothing, as that of most encodes.
    #[inline]
    pub(crate) fn discard(self) {
        match self.rare {
            Rare::Cold(_) => drop(self),
            Rare::Nothing | Rare::OutOfMemory => core::mem::forget(self),
        }
    }

    /// Whether nothing rare has happened, and there is nothing to drop.
    #[inline]
    pub(crate) fn is_ordinary(&self) -> bool {
        matches!(self.rare, Rare::Nothing)
    }

    /// What most encodes have nothing of, made where it is not there. Not after memory ran out: that would be forgotten.
    fn cold(&mut self) -> &mut Cold {
        debug_assert!(!matches!(self.rare, Rare::OutOfMemory));
        if !matches!(self.rare, Rare::Cold(_)) {
            self.rare = Rare::Cold(Box::default());
        }
        match &mut self.rare {
            Rare::Cold(cold) => cold,
            Rare::Nothing | Rare::OutOfMemory => unreachable!("it was made just now"),
        }
    }

    /// As [`Self::cold`]; `None` when there is no memory for it.
    fn try_cold(&mut self) -> Option<&mut Cold> {
        if matches!(self.rare, Rare::Nothing) {
            self.rare = Rare::Cold(try_box(Cold::default())?);
        }
        self.existing_cold()
    }

    fn existing_cold(&mut self) -> Option<&mut Cold> {
        match &mut self.rare {
            Rare::Cold(cold) => Some(cold),
            Rare::Nothing | Rare::OutOfMemory => None,
        }
    }

    fn failure(&self) -> Option<&Failure> {
        match &self.rare {
            Rare::Nothing => None,
            Rare::OutOfMemory => Some(&Failure::OutOfMemory),
            Rare::Cold(cold) => cold.failure.as_ref(),
        }
    }

    /// Records why the encode fails and answers the null that every tier
    /// passes on. The first reason stays.
    #[cold]
    pub fn fail(&mut self, failure: Failure) -> *mut u8 {
        if self.failure().is_none() {
            let cold = match failure {
                // A panic must go on, whatever else happens.
                Failure::Panic(_) => Some(self.cold()),
                // No memory is asked for.
                Failure::OutOfMemory => self.existing_cold(),
                _ => self.try_cold(),
            };
            match cold {
                Some(cold) => cold.failure = Some(failure),
                None => self.rare = Rare::OutOfMemory,
            }
        }
        core::ptr::null_mut()
    }

    /// Whether the failure has a place to tell. Running out of memory has none, and
    /// telling it must not ask for more.
    pub(crate) fn has_place(&self) -> bool {
        !matches!(self.failure(), Some(Failure::OutOfMemory))
    }

    /// Adds one step of the way from the place of failure to the root.
    #[cold]
    pub fn trace(&mut self, part: PathPart) {
        if part != PathPart::Static(String::new()) && self.has_place() {
            self.cold().trace.push(part);
        }
    }

    /// Takes the reason and the way to it, innermost step first.
    #[cold]
    pub(crate) fn take_failure(&mut self) -> (Option<Failure>, Vec<PathPart>) {
        match &mut self.rare {
            Rare::Nothing => (None, Vec::new()),
            Rare::OutOfMemory => (Some(Failure::OutOfMemory), Vec::new()),
            Rare::Cold(cold) => (cold.failure.take(), core::mem::take(&mut cold.trace)),
        }
    }

    /// Makes room for one more resource; answers whether there is, and fails when there is not. Whoever
    /// takes something asks first, so that what was taken always has a place.
    pub(crate) fn has_room(&mut self) -> bool {
        let has_room = match self.try_cold() {
            Some(cold) => cold.resources.try_reserve(1).is_ok(),
            None => false,
        };
        if !has_room {
            self.fail(Failure::OutOfMemory);
        }
        has_room
    }

    /// Keeps a resource, for which [`Self::has_room`].
    pub(crate) fn push_resource(&mut self, resource: Resource) {
        self.cold().resources.push(resource);
    }

    pub(crate) fn pop_resource(&mut self) -> Option<Resource> {
        self.existing_cold()?.resources.pop()
    }

    /// The spare bytes at this cursor.
    #[inline]
    #[must_use]
    pub fn spare(&self, out: *mut u8) -> usize {
        // The cursor is never more than FREE_SPARE past the limit, so this does not wrap.
        (self.limit.addr() + FREE_SPARE).wrapping_sub(out.addr())
    }
}

/// A box; `None` when there is no memory for it, where `Box::new` aborts.
fn try_box<T>(value: T) -> Option<Box<T>> {
    const { assert!(size_of::<T>() != 0) };
    let layout = core::alloc::Layout::new::<T>();
    // SAFETY: the size is not 0.
    let memory = unsafe { std::alloc::alloc(layout) }.cast::<T>();
    if memory.is_null() {
        return None;
    }
    // SAFETY: allocated just now with a `T`'s layout by the allocator boxes use, and initialised.
    unsafe {
        memory.write(value);
        Some(Box::from_raw(memory))
    }
}

/// The pointer facet's functions take, for something sized.
#[inline]
#[must_use]
pub fn thin(value: *const u8) -> PtrConst {
    PtrConst::new_sized(addressable(value))
}

#[cfg(test)]
pub(crate) mod tests {
    use core::ptr;

    use super::*;
    use crate::entry_fn;

    entry_fn! {
        unsafe fn no_room(cx: *mut EncodeCx, _out: *mut u8, _spare: usize) -> *mut u8 {
            unreachable!("nothing is written: {cx:?}")
        }
    }

    entry_fn! {
        unsafe fn no_bulk(cx: *mut EncodeCx, _out: *mut u8, _from: *const u8, _len: usize, _spare: usize) -> *mut u8 {
            unreachable!("nothing is written: {cx:?}")
        }
    }

    /// The state of an encode that writes nothing.
    pub(crate) fn state() -> EncodeCx {
        let constants = const { &Constants::new(no_room, no_bulk) };
        EncodeCx::new(ptr::null_mut(), 7, constants, ptr::null_mut())
    }

    fn resource() -> Resource {
        Resource::Proxy(ProxyValue {
            memory: ptr::null_mut(),
            layout: core::alloc::Layout::new::<()>(),
            drop_at: 0,
            drop: None,
        })
    }

    fn part() -> PathPart {
        PathPart::Static(String::from(".field"))
    }

    #[test]
    fn an_ordinary_encode_has_nothing_rare() {
        let mut cx = state();
        assert!(cx.is_ordinary());
        assert!(cx.pop_resource().is_none());
        assert!(matches!(cx.take_failure(), (None, path) if path.is_empty()));
        assert!(cx.is_ordinary());
    }

    #[test]
    fn out_of_memory_has_no_place_and_asks_for_none() {
        let mut cx = state();
        assert!(cx.fail(Failure::OutOfMemory).is_null());
        cx.trace(part());
        assert!(!cx.has_place() && !cx.has_room() && !cx.is_ordinary());
        assert!(matches!(cx.take_failure(), (Some(Failure::OutOfMemory), path) if path.is_empty()));
    }

    #[test]
    fn out_of_memory_keeps_what_must_be_given_back() {
        let mut cx = state();
        assert!(cx.has_room());
        cx.push_resource(resource());
        cx.fail(Failure::OutOfMemory);
        cx.trace(part());
        assert!(!cx.has_place());
        assert!(cx.pop_resource().is_some() && cx.pop_resource().is_none());
        assert!(matches!(cx.take_failure(), (Some(Failure::OutOfMemory), path) if path.is_empty()));
    }

    #[test]
    fn the_first_failure_stays() {
        let mut cx = state();
        cx.fail(Failure::Lock);
        cx.trace(part());
        cx.fail(Failure::OutOfMemory);
        cx.fail(Failure::Panic(Box::new("later")));
        assert!(cx.has_place());
        assert!(matches!(cx.take_failure(), (Some(Failure::Lock), path) if path == [part()]));

        let mut cx = state();
        cx.fail(Failure::OutOfMemory);
        cx.fail(Failure::Panic(Box::new("later")));
        assert!(matches!(cx.take_failure().0, Some(Failure::OutOfMemory)));
    }
}
