//! How an encoder finds its type's slot.

use core::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

use facet_core::Shape;
use vox_core::sink::vec::Start;
use vox_core::slot::Slot;

use super::{AppendFrame, Finder, Found, NewFrame, begin_append, begin_new, beginnings, global};

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
        unsafe { super::begin_append_slowly(self, frame, shape, is_tagged, buffer) }
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
        unsafe { super::begin_new_slowly(self, frame, shape, is_tagged) }
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
