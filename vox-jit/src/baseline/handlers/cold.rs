//! What happens once an encode fails: never on the way of one that succeeds.
//!
//! Each answers null, which the code returns as it is.

use core::ptr;

use vox_core::cx::EncodeCx;
use vox_core::entry_fn;
use vox_core::slot::Slot;
use vox_core::trampoline::{fail, trace};

use super::run::program_of;

entry_fn! {
    /// Records a static part of the way to the failure.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `slot` that of the running code.
    #[cold]
    pub(super) unsafe fn trace_path(cx: *mut EncodeCx, slot: *const Slot, path: usize) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { trace::trace_static(cx, program_of(slot), path) };
        ptr::null_mut()
    }
}

entry_fn! {
    /// Records the element the failure is in, then the list: of so many elements so many were still to be
    /// written, the failed one among them.
    ///
    /// # Safety
    ///
    /// As for [`trace_path`]; `left` is a word of the code's frame, and the number of all elements is in the one behind it.
    #[cold]
    pub(super) unsafe fn trace_element(cx: *mut EncodeCx, slot: *const Slot, path: usize, left: *const usize) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe {
            let (left, count) = (left.read(), left.add(1).read());
            failed_element(cx, slot, path, count - left)
        }
    }
}

/// Records the element the failure is in, then the list. Answers null.
///
/// # Safety
///
/// As for [`trace_path`].
#[cold]
#[inline(never)]
pub(super) unsafe fn failed_element(
    cx: *mut EncodeCx,
    slot: *const Slot,
    path: usize,
    index: usize,
) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe {
        trace::trace_index(cx, index);
        trace::trace_static(cx, program_of(slot), path);
    }
    ptr::null_mut()
}

entry_fn! {
    /// Records that recursion in last position led so many values further.
    ///
    /// # Safety
    ///
    /// As for [`trace_path`].
    #[cold]
    pub(super) unsafe fn trace_repeats(cx: *mut EncodeCx, slot: *const Slot, count: usize) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { trace::trace_repeats(cx, program_of(slot), count) };
        ptr::null_mut()
    }
}

entry_fn! {
    /// The depth limit is reached. Answers null.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode.
    #[cold]
    pub(super) unsafe fn fail_depth(cx: *mut EncodeCx) -> *mut u8 {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3). The
        // code may have counted below zero to find out.
        unsafe {
            (*cx).depth_left = 0;
            fail::fail_depth(cx)
        }
    }
}
