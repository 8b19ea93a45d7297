//! AVX2 and BMI2: sixteen small values at a time, and one instruction that spreads the rest.
//!
//! `pdep` moves the seven-bit groups of a value into the bytes of a word at once. It is microcode, and
//! slow, on AMD processors before Zen 3; those have no AVX-512 either, and take
//! [`super::sse2`]: see [`super::sets`].

use core::arch::x86_64::_pdep_u64;

use super::super::stretch;
use super::avx2::{Narrow, narrow};
use crate::cx::EncodeCx;
use crate::entry_fn;
use crate::kernels::element::Routine;
use crate::kernels::fields::compiled_fields;
use crate::kernels::plain::{self, Compiled, Isa, Plain, Walk, Written};
use crate::wire::varint::{BY_ZEROS, GROUPS, tail};

/// The routines of this file.
pub(in crate::kernels) struct Bmi2;

impl Isa for Bmi2 {
    #[inline(always)]
    unsafe fn varint(out: *mut u8, value: u64) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { any(out, value) }
    }

    #[inline(always)]
    unsafe fn short_varint(out: *mut u8, value: u64) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { head(out, value) }
    }
}

compiled_fields!(
    #[target_feature(enable = "bmi1,bmi2,lzcnt")]
    Bmi2
);

impl Compiled for Bmi2 {
    entry_fn! {
        #[target_feature(enable = "bmi1,bmi2,lzcnt")]
        unsafe fn write_plain<C: Walk, K: Written, V: Written>(cx: *mut EncodeCx, plain: *const Plain, container: *const u8, len: usize, out: *mut u8) -> *mut u8 {
            // SAFETY: the caller's duty.
            unsafe { plain::write::<C, K, V, Self>(cx, plain, container, len, out) }
        }
    }
}

/// Writes one varint, of whatever length in the same steps.
///
/// # Safety
///
/// 10 bytes may be written at `out`.
#[inline]
#[target_feature(enable = "bmi1,bmi2,lzcnt")]
unsafe fn any(out: *mut u8, value: u64) -> *mut u8 {
    // SAFETY: 10 bytes may be written.
    unsafe {
        let end = head(out, value);
        out.add(8).cast::<[u8; 2]>().write_unaligned(tail(value));
        end
    }
}

/// Writes the first 8 bytes of a varint, of whatever length in the same steps, and answers the end of the whole: that is all of it
/// when the value is below 2^56.
///
/// # Safety
///
/// 8 bytes may be written at `out`, and the whole varint is within the allocation.
#[inline]
#[target_feature(enable = "bmi1,bmi2,lzcnt")]
unsafe fn head(out: *mut u8, value: u64) -> *mut u8 {
    let zeros = value.leading_zeros() as usize;
    let bytes = _pdep_u64(value, GROUPS) | BY_ZEROS.continues[zeros];
    // SAFETY: 8 bytes may be written.
    unsafe {
        out.cast::<[u8; 8]>().write_unaligned(bytes.to_le_bytes());
        out.add(BY_ZEROS.len[zeros].into())
    }
}

/// Writes elements, small ones by stretches.
///
/// # Safety
///
/// As for [`Routine::write`].
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
unsafe fn write<T: Narrow>(out: *mut u8, from: *const T, count: usize) -> *mut u8 {
    // SAFETY: the caller's duty. The sixteen bytes have room, and are the varints of what is small; what has 32 bits is below 2^56, and 10
    // bytes are less than the overshoot.
    unsafe {
        let narrow = |out, from| narrow(out, from);
        let one = |out, value| match size_of::<T>() {
            ..=4 => head(out, value),
            _ => any(out, value),
        };
        stretch::write::<_, true>(out, from, count, narrow, one)
    }
}

impl<T: Narrow> Routine<T> for Bmi2 {
    unsafe fn write(out: *mut u8, from: *const T, count: usize) -> *mut u8 {
        // SAFETY: this routine is only in the set of a processor that has these
        // instructions; the rest is the caller's duty.
        unsafe { write(out, from, count) }
    }
}
