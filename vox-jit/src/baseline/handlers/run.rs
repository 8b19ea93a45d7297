//! Ops without a handler of their own, giving back what an op took, and telling that there was much work.

use core::ptr;

use vox_core::cx::EncodeCx;
use vox_core::entry_fn;
use vox_core::interp::single;
use vox_core::program::{Op, Program};
use vox_core::slot::Slot;
use vox_core::trampoline::{DONE, release_last};

/// The program of the running code.
///
/// # Safety
///
/// `slot` is the slot the code was entered with: it has a program, and both stay where
/// they are while the code runs (A12).
#[inline]
pub(super) unsafe fn program_of<'p>(slot: *const Slot) -> &'p Program {
    // SAFETY: the caller's duty.
    let program = unsafe { &*slot }.program();
    // SAFETY: a slot has its program before it is first called (A12).
    unsafe { program.unwrap_unchecked() }
}

entry_fn! {
    /// Executes an op by the interpreter, with the blocks it runs.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode and `out` its cursor with the room the op was proved (A7); `slot` is that of
    /// the running code, `op` is part of its program, `base` what the op's block was entered with (A1).
    pub(super) unsafe fn run_op(out: *mut u8, cx: *mut EncodeCx, base: *const u8, op: *const Op, slot: *const Slot) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { single::run_op(cx, &*slot, program_of(slot), &*op, base, out) }
    }
}

entry_fn! {
    /// Tells that the account of work is full; answers the cursor.
    ///
    /// # Safety
    ///
    /// `slot` is that of the running code.
    #[cold]
    pub(super) unsafe fn tell_hot(out: *mut u8, slot: *const Slot) -> *mut u8 {
        // SAFETY: the caller's duty (A12).
        unsafe { vox_core::slot::tell_hot(slot) };
        out
    }
}

entry_fn! {
    /// Gives back the lock or proxy taken last; answers the cursor, null when that failed.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode.
    pub(super) unsafe fn release(out: *mut u8, cx: *mut EncodeCx) -> *mut u8 {
        // SAFETY: the caller's duty.
        if unsafe { release_last(cx) } == DONE {
            out
        } else {
            ptr::null_mut()
        }
    }
}
