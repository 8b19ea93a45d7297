//! Calling `skip_serializing_if` predicates.

use facet_core::SkipSerializingIfFn;

use super::{FAILED, guard};
use crate::cx::{EncodeCx, thin};
use crate::entry_fn;

/// The answer for a value that is written.
pub const KEEP: usize = 0;
/// The answer for a value that is left out.
pub const SKIP: usize = 1;

entry_fn! {
    /// [`KEEP`], [`SKIP`], or [`FAILED`] when the predicate panicked.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `skip_if` is the address of a
    /// `SkipSerializingIfFn` for the value's shape.
    pub unsafe fn skip(cx: *mut EncodeCx, skip_if: *const (), value: *const u8) -> usize {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        let cx = unsafe { &mut *cx };
        cx.counters.trampoline_calls += 1;
        // SAFETY: programs name functions of the kind their ops call (A2).
        let skip_if = unsafe { core::mem::transmute::<*const (), SkipSerializingIfFn>(skip_if) };
        // SAFETY: the value is alive and of the function's shape (A1).
        match guard(cx, || unsafe { skip_if(thin(value)) }) {
            Some(false) => KEEP,
            Some(true) => SKIP,
            None => FAILED,
        }
    }
}
