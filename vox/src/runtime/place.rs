//! A place for a shape and its slot, which is read without a lock.

use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicPtr, Ordering};

use facet_core::Shape;
use vox_core::slot::Slot;

/// A shape and its slot, or nothing yet: filled once, the shape last. An empty one is zero.
#[derive(Debug)]
pub(crate) struct Place {
    shape: AtomicPtr<Shape>,
    slot: AtomicPtr<Slot>,
}

impl Place {
    /// Nobody's.
    pub(super) const fn empty() -> Self {
        Self {
            shape: AtomicPtr::new(ptr::null_mut()),
            slot: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// The slot, if the place is this shape's.
    #[inline]
    pub(super) fn slot_of(&self, shape: *const Shape) -> Option<&Slot> {
        if !ptr::eq(self.shape.load(Ordering::Acquire), shape) {
            return None;
        }
        let slot = self.slot.load(Ordering::Relaxed);
        // SAFETY: set before the shape, to a slot that lives as long as the place is read (A12).
        Some(unsafe { NonNull::new_unchecked(slot).as_ref() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.shape.load(Ordering::Relaxed).is_null()
    }

    /// For the one who fills places: nobody fills this one meanwhile.
    pub(super) fn contents(&self) -> (*const Shape, *const Slot) {
        let slot = self.slot.load(Ordering::Relaxed);
        (self.shape.load(Ordering::Relaxed), slot)
    }

    /// Makes it a shape's, unless it is somebody's, or is being made so. A child that is forked meanwhile has a place that stays empty.
    ///
    /// # Safety
    ///
    /// The slot is the shape's, and lives as long as the place is read. Nobody calls [`Self::fill`].
    pub(super) unsafe fn claim(&self, shape: &'static Shape, slot: &Slot) {
        let (none, slot) = (ptr::null_mut(), ptr::from_ref(slot).cast_mut());
        let claimed = self
            .slot
            .compare_exchange(none, slot, Ordering::Relaxed, Ordering::Relaxed);
        if claimed.is_ok() {
            self.shape
                .store(ptr::from_ref(shape).cast_mut(), Ordering::Release);
        }
    }

    /// Makes it a shape's.
    ///
    /// # Safety
    ///
    /// It is empty, and nobody else fills it meanwhile. The slot is the shape's, and lives as long as the place is read.
    pub(super) unsafe fn fill(&self, shape: *const Shape, slot: *const Slot) {
        self.slot.store(slot.cast_mut(), Ordering::Relaxed);
        self.shape.store(shape.cast_mut(), Ordering::Release);
    }
}
