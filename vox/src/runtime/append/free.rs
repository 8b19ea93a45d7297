//! How the free functions find a type's slot.

use core::sync::atomic::{AtomicU64, Ordering};

use facet_core::Shape;
use vox_core::sink::vec::{Frame, Start};
use vox_core::slot::Slot;

use super::{
    AppendFrame, Finder, Found, NewFrame, begin_append_slowly, begin_new_slowly, beginnings, global,
};
use crate::runtime::index::Index;
use crate::runtime::own;
use crate::runtime::place::Place;

/// The global runtime, by what the free functions know of it.
#[derive(Debug, Clone, Copy)]
struct Global;

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

/// A use of a free function: the global runtime, and a place of the use's own where there is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Free {
    pub(super) own: Option<&'static Place>,
}

impl Free {
    /// A use for a shape, which is always the same here.
    #[expect(clippy::inline_always, reason = "a use is where it is inlined")]
    #[inline(always)]
    pub(crate) fn here(shape: &'static Shape) -> Self {
        let own = own::place(shape);
        Self { own }
    }
}

impl Finder<'static> for Free {
    fn find(self, shape: &'static Shape) -> Found<'static> {
        Global.find(shape)
    }

    // As an encoder: the look at the place is the caller's own.
    #[inline(always)]
    unsafe fn begin_append<'v>(
        self,
        frame: *mut AppendFrame<'v>,
        shape: &'static Shape,
        is_tagged: bool,
        buffer: &'v mut Vec<u8>,
    ) -> Start {
        // SAFETY: the caller's duty.
        unsafe {
            match self.own {
                None => Global.begin_append(frame, shape, is_tagged, buffer),
                Some(own) => match own.slot_of(shape) {
                    Some(slot) if !is_tagged => free_append(frame, slot, buffer),
                    _ => free_append_slowly(own, frame, shape, is_tagged, buffer),
                },
            }
        }
    }

    #[inline(always)]
    unsafe fn begin_new(
        self,
        frame: *mut NewFrame,
        shape: &'static Shape,
        is_tagged: bool,
    ) -> Start {
        // SAFETY: the caller's duty.
        unsafe {
            match self.own {
                None => Global.begin_new(frame, shape, is_tagged),
                Some(own) => match own.slot_of(shape) {
                    Some(slot) if !is_tagged => free_new(frame, slot),
                    _ => free_new_slowly(own, frame, shape, is_tagged),
                },
            }
        }
    }
}

/// As [`super::begin_append`], with the global runtime's depth limit.
///
/// # Safety
///
/// As there.
#[inline(never)]
unsafe fn free_append<'v>(
    frame: *mut AppendFrame<'v>,
    slot: &Slot,
    buffer: &'v mut Vec<u8>,
) -> Start {
    // SAFETY: the caller's duty.
    unsafe { Frame::begin_append(frame, slot, buffer, FREE.max_depth()) }
}

/// As [`super::begin_new`], with the global runtime's depth limit.
///
/// # Safety
///
/// As there.
#[inline(never)]
unsafe fn free_new(frame: *mut NewFrame, slot: &Slot) -> Start {
    // SAFETY: the caller's duty.
    unsafe { Frame::begin_new(frame, slot, FREE.max_depth()) }
}

/// As [`Finder::begin_append`], where the use's own place is not, or not yet, the shape's.
///
/// # Safety
///
/// As there.
#[cold]
#[inline(never)]
unsafe fn free_append_slowly<'v>(
    own: &Place,
    frame: *mut AppendFrame<'v>,
    shape: &'static Shape,
    is_tagged: bool,
    buffer: &'v mut Vec<u8>,
) -> Start {
    FREE.note(own, shape);
    // SAFETY: the caller's duty.
    unsafe { Global.begin_append(frame, shape, is_tagged, buffer) }
}

/// As [`Finder::begin_new`], where the use's own place is not, or not yet, the shape's.
///
/// # Safety
///
/// As there.
#[cold]
#[inline(never)]
unsafe fn free_new_slowly(
    own: &Place,
    frame: *mut NewFrame,
    shape: &'static Shape,
    is_tagged: bool,
) -> Start {
    FREE.note(own, shape);
    // SAFETY: the caller's duty.
    unsafe { Global.begin_new(frame, shape, is_tagged) }
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
        Some((slot, self.max_depth()))
    }

    fn max_depth(&self) -> u64 {
        self.max_depth.load(Ordering::Relaxed)
    }

    /// Fills a use's own place, unless it is another shape's, if the shape was asked for before: mostly in the use's second call.
    fn note(&self, own: &Place, shape: &'static Shape) {
        if own.is_empty()
            && let Some(slot) = self.index.find(shape)
        {
            // SAFETY: the shape's slot, of the global runtime, which is never dropped (A12).
            unsafe { own.claim(shape, slot) };
        }
    }

    /// The same, wherever the slot is.
    #[cold]
    #[inline(never)]
    fn find(&self, shape: &'static Shape) -> Found<'_> {
        if let Some(slot) = self.index.find(shape) {
            return Ok((slot, self.max_depth()));
        }
        let (slot, max_depth) = global().find(shape)?;
        self.max_depth.store(max_depth, Ordering::Relaxed);
        // SAFETY: the shape's slot, of the global runtime, which is never dropped (A12).
        unsafe { self.index.remember(shape, slot) };
        Ok((slot, max_depth))
    }
}
