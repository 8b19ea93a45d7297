//! Everything that stands for another value: boxes, references, `Cow`, locks.
//!
//! On the wire there is only the value pointed to, except that a weak pointer
//! may have lost it and is written as an option.

use super::{WalkError, Walker};
use crate::wire;
use facet_core::{KnownPointer, PointerDef, PtrConst, PtrMut, Shape};
use facet_reflect::Peek;

impl Walker {
    /// Writes the value `peek` points to.
    pub(super) fn write_pointer(
        &mut self,
        peek: Peek<'_, '_>,
        pointer: &'static PointerDef,
    ) -> Result<(), WalkError> {
        // Facet offers to borrow from it, but nobody promises that a NonNull
        // points to anything; serde does not encode it either.
        if pointer.known == Some(KnownPointer::NonNull) {
            return Err(WalkError::unsupported(peek.shape(), "a raw pointer"));
        }
        let Some(pointee) = pointer.pointee() else {
            return Err(WalkError::unsupported(peek.shape(), "an opaque pointer"));
        };
        let data = peek.data();
        let unreadable = || WalkError::Unreadable {
            shape: peek.shape().to_string(),
        };
        if let Some(borrow) = pointer.vtable.borrow_fn {
            // SAFETY: the vtable belongs to the shape of this live value.
            let target = unsafe { borrow(data) };
            // SAFETY: borrowed from a value that outlives this call.
            unsafe { self.write_target(target, pointee) }
        } else if let Some(read) = pointer.vtable.read_fn {
            // SAFETY: as for `borrow`.
            let guard = unsafe { read(data) }.map_err(|()| unreadable())?;
            // SAFETY: the guard lives to the end of this block.
            unsafe { self.write_target(*guard.data(), pointee) }
        } else if let Some(lock) = pointer.vtable.lock_fn {
            // SAFETY: as for `borrow`.
            let guard = unsafe { lock(data) }.map_err(|()| unreadable())?;
            // SAFETY: the guard lives to the end of this block.
            unsafe { self.write_target(guard.data_const(), pointee) }
        } else {
            self.write_weak(peek, pointer)
        }
    }

    /// Writes the value at `target`.
    ///
    /// # Safety
    ///
    /// `target` points to a value of shape `pointee`, wide if that is unsized,
    /// which stays alive and unchanged during the call.
    unsafe fn write_target(
        &mut self,
        target: PtrConst,
        pointee: &'static Shape,
    ) -> Result<(), WalkError> {
        // SAFETY: promised by the caller.
        self.write(unsafe { Peek::unchecked_new(target, pointee) })
    }

    /// A weak pointer is the option of what it can still be upgraded to.
    fn write_weak(
        &mut self,
        peek: Peek<'_, '_>,
        pointer: &'static PointerDef,
    ) -> Result<(), WalkError> {
        let (Some(upgrade), Some(strong)) = (pointer.vtable.upgrade_into_fn, pointer.strong())
        else {
            return Err(WalkError::unsupported(
                peek.shape(),
                "a pointer that cannot be read",
            ));
        };
        let place = strong
            .allocate()
            .map_err(|_| WalkError::unsupported(strong, "an unsized strong pointer"))?;
        let weak = PtrMut::new_sized(peek.data().as_byte_ptr().cast_mut());
        // SAFETY: `weak` is live and, despite the signature, only read by
        // facet's upgrade functions; `place` was allocated for the strong shape.
        let Some(upgraded) = (unsafe { upgrade(weak, place) }) else {
            wire::boolean(&mut self.out, false);
            // SAFETY: allocated above for this shape, and left uninitialised.
            unsafe { strong.deallocate_uninit(place) }.expect("allocated, hence sized");
            return Ok(());
        };
        wire::boolean(&mut self.out, true);
        // SAFETY: `upgraded` is the strong pointer just made, alive until the
        // drop below.
        let result = unsafe { self.write_target(upgraded.as_const(), strong) };
        // SAFETY: made and allocated above, dropped and freed once, unused after.
        unsafe {
            strong.call_drop_in_place(upgraded);
            strong
                .deallocate_mut(upgraded)
                .expect("allocated, hence sized");
        }
        result
    }
}
