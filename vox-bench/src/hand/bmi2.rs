//! The form for x86-64 processors with BMI2: `pdep` spreads the groups of a varint, tables answer its length and its
//! marks. Not for AMD's processors before Zen 3, where `pdep` is slow.
//!
//! No registers of 32 bytes: their instructions beside those of 16 that [`super::over_copy`] spells out took five times as long on a Zen 3.
//!
//! [`append`] is compiled for such processors; everything here is inlined into it.

use core::arch::x86_64::_pdep_u64;

use super::Hand;
use super::isa::Isa;
use super::portable::{MARKS, Portable, high_bytes};
use crate::processor::{FAMILY_OF_ZEN_3, amd_family};

/// Processors that [`is_available`] accepts.
#[derive(Debug, Clone, Copy)]
pub struct Bmi2;

/// Whether this processor has what the form uses, and is fast at it.
#[must_use]
pub fn is_available() -> bool {
    is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
        && amd_family().is_none_or(|family| family >= FAMILY_OF_ZEN_3)
}

/// Appends the bytes of a value.
#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn append<T: Hand>(value: &T, buffer: &mut Vec<u8>) {
    super::append::<Bmi2, T>(value, buffer);
}

/// The groups' bits in every byte.
const GROUPS: u64 = 0x7f7f_7f7f_7f7f_7f7f;

impl Isa for Bmi2 {
    #[inline(always)]
    unsafe fn copy_to_32(to: *mut u8, from: *const u8, len: usize) {
        // SAFETY: the caller's duty.
        unsafe { Portable::copy_to_32(to, from, len) };
    }

    #[inline(always)]
    unsafe fn copy_33_to_128(to: *mut u8, from: *const u8, len: usize) {
        // SAFETY: the caller's duty.
        unsafe { Portable::copy_33_to_128(to, from, len) };
    }

    #[inline(always)]
    unsafe fn varint_u32(to: *mut u8, value: u32) -> usize {
        let zeros = u64::from(value | 1).leading_zeros() as usize;
        // SAFETY: 8 bytes of room; 63 zeros at most; the processor has BMI2.
        unsafe {
            let word = _pdep_u64(value.into(), GROUPS) | MARKS_BY_ZEROS.get_unchecked(zeros);
            to.cast::<u64>().write_unaligned(word);
            usize::from(*LEN_BY_ZEROS.get_unchecked(zeros))
        }
    }

    #[inline(always)]
    unsafe fn varint_u64(to: *mut u8, value: u64) -> usize {
        let zeros = (value | 1).leading_zeros() as usize;
        // SAFETY: 16 bytes of room; 63 zeros at most; the processor has BMI2.
        unsafe {
            let word = _pdep_u64(value, GROUPS) | MARKS_BY_ZEROS.get_unchecked(zeros);
            to.cast::<u64>().write_unaligned(word);
            to.add(8).cast::<u16>().write_unaligned(high_bytes(value));
            usize::from(*LEN_BY_ZEROS.get_unchecked(zeros))
        }
    }
}

/// The length of a varint by its leading zeros, of which there are 63 at most.
pub(super) static LEN_BY_ZEROS: [u8; 64] = {
    let mut table = [0; 64];
    let mut zeros = 0;
    while zeros < 64 {
        // At most ten.
        table[zeros] = (64 - zeros).div_ceil(7) as u8;
        zeros += 1;
    }
    table
};

/// The marks of a varint's first eight bytes by its leading zeros.
static MARKS_BY_ZEROS: [u64; 64] = {
    let mut table = [MARKS; 64];
    let mut zeros = 8_usize;
    while zeros < 64 {
        let len = (64 - zeros).div_ceil(7);
        table[zeros] = MARKS & !(u64::MAX << (8 * (len - 1)));
        zeros += 1;
    }
    table
};
