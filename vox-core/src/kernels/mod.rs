//! Precompiled routines that execute a whole op, shared by all tiers.
//!
//! An op whose work is a loop over plain data (a list of integers, a run of bytes), or
//! that is too rare to be worth code of its own (a long varint), is one call of a
//! function here. All are in the entry convention, so that machine code calls
//! them by address and the interpreter by name. They make their own room through
//! [`EncodeCx::grow`] and answer null when there is none.
//!
//! Not here: choosing a routine by processor. What is here is portable Rust;
//! a faster twin has to equal it byte for byte.
//!
//! Read next: [`bytes`], [`list`], [`varint`].

pub mod bytes;
pub mod list;
pub mod varint;

use crate::cx::EncodeCx;

/// Makes sure that `spare` bytes may be written at the cursor: answers it, or where the
/// sink moved it, or null.
///
/// # Safety
///
/// `cx` is the state of a running encode and `out` its cursor.
#[inline]
unsafe fn ensure(cx: &mut EncodeCx, out: *mut u8, spare: usize) -> *mut u8 {
    if cx.spare(out) >= spare {
        return out;
    }
    let grow = cx.grow;
    // SAFETY: the caller's duty; `grow` was made for the sink of this state (A3).
    unsafe { grow(cx, out, spare) }
}
