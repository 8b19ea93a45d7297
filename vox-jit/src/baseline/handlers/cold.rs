//! What happens once an encode fails: never on the way of one that succeeds.

use vox_core::cx::EncodeCx;
use vox_core::entry_fn;
use vox_core::slot::Slot;
use vox_core::trampoline::{DONE, fail, trace};

use super::run::program_of;

entry_fn! {
    /// Records a static part of the way to the failure.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `slot` that of the running code.
    #[cold]
    pub(super) unsafe fn trace_path(cx: *mut EncodeCx, slot: *const Slot, path: usize) -> usize {
        // SAFETY: the caller's duty.
        unsafe { trace::trace_static(cx, program_of(slot), path) };
        DONE
    }
}

entry_fn! {
    /// Records the element the failure is in, then the list: `left` of `count` elements were to
    /// be written, the failed one among them.
    ///
    /// # Safety
    ///
    /// As for [`trace_path`].
    #[cold]
    pub(super) unsafe fn trace_element(cx: *mut EncodeCx, slot: *const Slot, path: usize, count: usize, left: usize) -> usize {
        // SAFETY: the caller's duty.
        unsafe {
            trace::trace_index(cx, count - left);
            trace::trace_static(cx, program_of(slot), path);
        }
        DONE
    }
}

entry_fn! {
    /// Records that recursion in last position led so many values further.
    ///
    /// # Safety
    ///
    /// As for [`trace_path`].
    #[cold]
    pub(super) unsafe fn trace_repeats(cx: *mut EncodeCx, slot: *const Slot, count: usize) -> usize {
        // SAFETY: the caller's duty.
        unsafe { trace::trace_repeats(cx, program_of(slot), count) };
        DONE
    }
}

entry_fn! {
    /// Tells that the account of work is full.
    ///
    /// # Safety
    ///
    /// `slot` is that of the running code.
    #[cold]
    pub(super) unsafe fn tell_hot(slot: *const Slot) -> usize {
        // SAFETY: the caller's duty (A12).
        unsafe { vox_core::slot::tell_hot(slot) };
        DONE
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
