//! Sinks: where encoded bytes go, and what happens when the room runs out.
//!
//! One body of code serves all sinks. It writes at a raw cursor into a region and
//! asks the sink, rarely, for more room; the sink is behind two function
//! pointers in [`Constants`]. [`mod@vec`] grows a `Vec` in place; everything else (a slice, a
//! writer, a length) is a [`chunk`] that is drained when full.
//!
//! Read next: [`drive`], which runs one encode from start to end, and [`vec::Frame`], which does it in three steps.

pub mod chunk;
mod drive;
pub mod vec;

pub use drive::{Encoded, drive};

use crate::cx::{Constants, EncodeCx, Failure, SLACK};
use crate::entry_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A stretch of output memory.
///
/// `limit + SLACK` bytes from wherever the cursor is up to there may be written.
#[derive(Debug, Clone, Copy)]
pub struct Region {
    /// The cursor.
    pub out: *mut u8,
    /// [`SLACK`] bytes before the end.
    pub limit: *mut u8,
}

impl Region {
    /// The region from `out` to `end`, which must be at least [`SLACK`] bytes.
    #[inline]
    #[must_use]
    pub fn new(out: *mut u8, end: *mut u8) -> Self {
        debug_assert!(end.addr() - out.addr() >= SLACK);
        Self {
            out,
            limit: end.wrapping_sub(SLACK),
        }
    }
}

/// Where encoded bytes go.
///
/// # Safety
///
/// Every region answered must be memory the encoder may write and nobody else
/// touches until the next call or the end of the encode, with at least `spare + OVERSHOOT`
/// and at least [`SLACK`] bytes behind `out`.
pub unsafe trait Sink {
    /// Takes what was written up to `out` and makes room for `spare` more bytes.
    ///
    /// # Errors
    ///
    /// When there is no room to be made.
    ///
    /// # Safety
    ///
    /// `out` is the cursor of the last region of this sink, everything in the region
    /// before it is written.
    unsafe fn grow(&mut self, out: *mut u8, spare: usize) -> Result<Region, Failure>;

    /// Takes what was written up to `out`, then the bytes `source`, and makes room
    /// for `spare` more.
    ///
    /// # Errors
    ///
    /// When there is no room to be made.
    ///
    /// # Safety
    ///
    /// As for [`Self::grow`].
    unsafe fn bulk(&mut self, out: *mut u8, source: &[u8], spare: usize)
    -> Result<Region, Failure>;
}

/// Applies what a sink answered, or its panic, to the state of the encode.
fn settle(cx: &mut EncodeCx, answer: std::thread::Result<Result<Region, Failure>>) -> *mut u8 {
    match answer {
        Ok(Ok(region)) => {
            cx.limit = region.limit;
            region.out
        }
        Ok(Err(failure)) => cx.fail(failure),
        Err(payload) => cx.fail(Failure::Panic(payload)),
    }
}

/// The constants of encodes into a sink.
const fn constants_of<S: Sink>() -> &'static Constants {
    const { &Constants::new(grow_of::<S>, bulk_of::<S>) }
}

entry_fn! {
    /// [`crate::entry::GrowFn`] for a sink.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode into a sink of type `S`.
    #[cold]
    unsafe fn grow_of<S: Sink>(cx: *mut EncodeCx, out: *mut u8, spare: usize) -> *mut u8 {
        // SAFETY: the state is exclusively ours while a function of ours runs,
        // and its sink is an S by the duty of this function (assumption A3). It is read first: a
        // reference to the state would not outlive that.
        let (sink, cx) = unsafe { (&mut *(*cx).sink.cast::<S>(), &mut *cx) };
        // SAFETY: tiers pass the cursor of the current region (A3).
        let answer = catch_unwind(AssertUnwindSafe(|| unsafe { sink.grow(out, spare) }));
        settle(cx, answer)
    }
}

entry_fn! {
    /// [`crate::entry::BulkFn`] for a sink.
    ///
    /// # Safety
    ///
    /// As for `grow_of`; `ptr` and `len` are initialised bytes outside the sink.
    #[cold]
    unsafe fn bulk_of<S: Sink>(cx: *mut EncodeCx, out: *mut u8, ptr: *const u8, len: usize, spare: usize) -> *mut u8 {
        // SAFETY: as in `grow_of`.
        let (sink, cx) = unsafe { (&mut *(*cx).sink.cast::<S>(), &mut *cx) };
        // SAFETY: the duty of this function; the pointer of an empty run may
        // dangle but is never null where it comes from Rust values.
        let source: &[u8] = if len == 0 { &[] } else { unsafe { core::slice::from_raw_parts(ptr, len) } };
        // SAFETY: tiers pass the cursor of the current region (A3).
        let answer = catch_unwind(AssertUnwindSafe(|| unsafe { sink.bulk(out, source, spare) }));
        settle(cx, answer)
    }
}
