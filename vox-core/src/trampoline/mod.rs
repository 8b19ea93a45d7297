//! Trampolines: functions of ours, in the entry convention, through which every
//! tier reaches what it must not call itself.
//!
//! Rust-ABI functions of facet and of the user (iterator `next`, locks, proxy
//! conversions, predicates) can only be called by Rust, and may panic: the trampoline catches
//! the panic and keeps it in the state of the encode, and the Rust function
//! that started the encode resumes it. All tiers use these, the interpreter included,
//! so that a failure looks the same everywhere.
//!
//! `extern "C"` vtable functions need no trampoline where the C calling
//! convention is known; under the cargo feature `trampolines` there is one for each kind all the
//! same, in `vtable`.

pub mod fail;
pub mod iter;
pub mod lock;
pub mod predicate;
pub mod proxy;
pub mod trace;
#[cfg(feature = "trampolines")]
pub mod vtable;

use std::panic::{AssertUnwindSafe, catch_unwind};

use facet_core::PtrConst;

use crate::cx::{EncodeCx, Failure, Resource};
use crate::entry::Pair;
use crate::entry_fn;
use crate::reflect::addressable;

/// The answer of a trampoline that has nothing to say but success.
pub const DONE: usize = 0;
/// The answer of a trampoline that failed; the state of the encode says why.
pub const FAILED: usize = usize::MAX;

/// Runs user code; a panic becomes the failure of the encode.
#[inline]
pub(crate) fn guard<R>(cx: &mut EncodeCx, run: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => Some(result),
        Err(payload) => {
            cx.fail(Failure::Panic(payload));
            None
        }
    }
}

/// The address and length of a wide pointer to a `str` or slice.
///
/// # Safety
///
/// The pointee is a `str` or a slice.
#[inline]
#[must_use]
pub unsafe fn unpack(ptr: PtrConst) -> Pair {
    // SAFETY: a slice of anything has the same pointer representation (A5).
    let slice = unsafe { ptr.as_ptr::<[u8]>() };
    Pair {
        ptr: slice.cast(),
        len: slice.len(),
    }
}

/// The wide pointer facet's functions take, for the pair at this address.
///
/// # Safety
///
/// `pair` points to a pair, aligned or not.
#[inline]
#[must_use]
pub unsafe fn pack(pair: *const Pair) -> PtrConst {
    // SAFETY: the caller's duty.
    let pair = unsafe { pair.read_unaligned() };
    PtrConst::new_wide(
        addressable(pair.ptr),
        core::ptr::without_provenance(pair.len),
    )
}

/// Gives a guard or a proxy back; a panic in its drop becomes the failure.
pub(crate) fn release(cx: &mut EncodeCx, resource: Resource) -> bool {
    guard(cx, || drop(resource)).is_some()
}

entry_fn! {
    /// Gives back the guard or proxy taken last. [`DONE`] or [`FAILED`].
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode.
    pub unsafe fn release_last(cx: *mut EncodeCx) -> usize {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        let cx = unsafe { &mut *cx };
        match cx.pop_resource() {
            Some(resource) => {
                if release(cx, resource) {
                    DONE
                } else {
                    FAILED
                }
            }
            None => {
                cx.fail(Failure::Bug(String::from("nothing to give back")));
                FAILED
            }
        }
    }
}
