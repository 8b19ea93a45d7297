//! The form that runs everywhere: plain Rust, what every processor of the architecture has, and [`super::over_copy`] where there is one.
//!
//! Varints without loops: the 7-bit groups are spread over the bytes of a word by three shifts and masks, the
//! length comes from the leading zeros, the marks of continuation from a mask of that length.

use super::cursor::Cursor;
use super::isa::{Isa, varint_len, zigzag_i32, zigzag_i64};
use super::{Hand as _, over_copy};
use crate::workload::options::Record;

/// Any processor.
#[derive(Debug, Clone, Copy)]
pub struct Portable;

/// The mark of continuation in every byte.
const MARKS: u64 = 0x8080_8080_8080_8080;

/// The low 56 bits of a value, seven in each byte.
#[inline(always)]
fn spread(value: u64) -> u64 {
    let halves = (value & 0x0000_0000_0fff_ffff) | ((value & 0x00ff_ffff_f000_0000) << 4);
    let quarters = (halves & 0x0000_3fff_0000_3fff) | ((halves & 0x0fff_c000_0fff_c000) << 2);
    (quarters & 0x007f_007f_007f_007f) | ((quarters & 0x3f80_3f80_3f80_3f80) << 1)
}

/// Marks in all bytes but the last of `len`, of which eight count.
#[inline(always)]
fn marks(len: usize) -> u64 {
    match len {
        0..=8 => MARKS & !(u64::MAX << (8 * (len - 1))),
        _ => MARKS,
    }
}

/// The values as one byte each, if all of them are below 0x80.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn small(values: &[u32; 16]) -> Option<[u8; 16]> {
    use core::arch::x86_64::{
        _mm_and_si128, _mm_cmpeq_epi32, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128,
        _mm_packs_epi32, _mm_packus_epi16, _mm_set1_epi32, _mm_setzero_si128, _mm_storeu_si128,
    };
    // SAFETY: sixteen values are four registers; every x86-64 has SSE2.
    unsafe {
        let at = |index: usize| _mm_loadu_si128(values.as_ptr().add(4 * index).cast());
        let (a, b, c, d) = (at(0), at(1), at(2), at(3));
        let any = _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));
        let high = _mm_and_si128(any, _mm_set1_epi32(!0x7f));
        if _mm_movemask_epi8(_mm_cmpeq_epi32(high, _mm_setzero_si128())) != 0xffff {
            return None;
        }
        let mut bytes = [0; 16];
        let packed = _mm_packus_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d));
        _mm_storeu_si128(bytes.as_mut_ptr().cast(), packed);
        Some(bytes)
    }
}

/// The values as one byte each, if all of them are below 0x80. Compilers make scalar code of it.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn small(values: &[u32; 16]) -> Option<[u8; 16]> {
    let any = values.iter().fold(0, |bits, value| bits | value);
    (any < 0x80).then(|| values.map(|value| value.to_le_bytes()[0]))
}

impl Isa for Portable {
    #[inline(always)]
    unsafe fn copy_to_32(to: *mut u8, from: *const u8, len: usize) {
        // SAFETY: the caller's duty.
        unsafe { over_copy::up_to_32(to, from, len) };
    }

    #[inline(always)]
    unsafe fn copy_33_to_128(to: *mut u8, from: *const u8, len: usize) {
        // SAFETY: the caller's duty.
        unsafe { copy_blocks(to, from, len) };
    }

    #[inline(always)]
    unsafe fn varint_u32(to: *mut u8, value: u32) -> usize {
        let len = varint_len(32 - (value | 1).leading_zeros());
        let word = spread(value.into()) | (MARKS & !(u64::MAX << (8 * (len - 1))));
        // SAFETY: 8 bytes of room.
        unsafe { to.cast::<u64>().write_unaligned(word.to_le()) };
        len
    }

    #[inline(always)]
    unsafe fn varint_u64(to: *mut u8, value: u64) -> usize {
        let len = varint_len(64 - (value | 1).leading_zeros());
        let word = spread(value) | marks(len);
        // SAFETY: 16 bytes of room.
        unsafe {
            to.cast::<u64>().write_unaligned(word.to_le());
            to.add(8)
                .cast::<u16>()
                .write_unaligned(high_bytes(value).to_le());
        }
        len
    }

    #[inline(always)]
    unsafe fn run_u32(mut cursor: Cursor, values: &[u32]) -> Cursor {
        let (blocks, rest) = values.as_chunks::<16>();
        // SAFETY: 16 values have 80 bytes at most, and every block checks.
        unsafe {
            for block in blocks {
                match small(block) {
                    Some(bytes) => cursor = cursor.raw(bytes),
                    None => {
                        for value in block {
                            cursor = cursor.u32::<Self>(*value);
                        }
                    }
                }
                cursor = cursor.check();
            }
            for value in rest {
                cursor = cursor.u32::<Self>(*value);
            }
            cursor.check()
        }
    }

    #[inline(always)]
    unsafe fn run_u64(mut cursor: Cursor, values: &[u64]) -> Cursor {
        // SAFETY: 8 values have 80 bytes at most, and every block checks.
        unsafe {
            for block in values.chunks(8) {
                for value in block {
                    cursor = cursor.u64::<Self>(*value);
                }
                cursor = cursor.check();
            }
            cursor
        }
    }

    #[inline(always)]
    unsafe fn short_run_u32(mut cursor: Cursor, values: &[u32]) -> Cursor {
        // SAFETY: every value checks.
        unsafe {
            for value in values {
                cursor = cursor.u32::<Self>(*value).check();
            }
        }
        cursor
    }

    #[inline(always)]
    unsafe fn short_run_u16(mut cursor: Cursor, values: &[u16]) -> Cursor {
        // SAFETY: every value checks.
        unsafe {
            for value in values {
                cursor = cursor.u16::<Self>(*value).check();
            }
        }
        cursor
    }

    #[inline(always)]
    unsafe fn run_i32(mut cursor: Cursor, values: &[i32]) -> Cursor {
        // SAFETY: 16 values have 80 bytes at most, and every block checks.
        unsafe {
            for block in values.chunks(16) {
                for value in block {
                    cursor = cursor.u32::<Self>(zigzag_i32(*value));
                }
                cursor = cursor.check();
            }
            cursor
        }
    }

    #[inline(always)]
    unsafe fn run_i64(mut cursor: Cursor, values: &[i64]) -> Cursor {
        // SAFETY: 8 values have 80 bytes at most, and every block checks.
        unsafe {
            for block in values.chunks(8) {
                for value in block {
                    cursor = cursor.u64::<Self>(zigzag_i64(*value));
                }
                cursor = cursor.check();
            }
            cursor
        }
    }

    #[inline(always)]
    unsafe fn records_of_options(mut cursor: Cursor, records: &[Record]) -> Cursor {
        for record in records {
            // SAFETY: the caller's duty; every record checks behind itself (H1).
            cursor = unsafe { record.write::<Self>(cursor) };
        }
        cursor
    }
}

/// The ninth and tenth byte of a varint, for those that have them.
#[inline(always)]
pub(super) fn high_bytes(value: u64) -> u16 {
    // Bit 63 marks the ninth byte, and is the tenth if that is there.
    (value >> 56) as u16 | 0x0100
}

/// Copies 33 to 128 bytes by blocks that may overlap.
///
/// # Safety
///
/// `len` bytes at both.
#[inline(always)]
unsafe fn copy_blocks(to: *mut u8, from: *const u8, len: usize) {
    debug_assert!((33..=128).contains(&len));
    type Block = [u8; 32];
    // SAFETY: `len` is more than 32, and more than 64 where 64 are taken from each end.
    unsafe {
        let first = from.cast::<Block>().read();
        let last = from.add(len - 32).cast::<Block>().read();
        if len > 64 {
            let second = from.add(32).cast::<Block>().read();
            let third = from.add(len - 64).cast::<Block>().read();
            to.add(32).cast::<Block>().write(second);
            to.add(len - 64).cast::<Block>().write(third);
        }
        to.cast::<Block>().write(first);
        to.add(len - 32).cast::<Block>().write(last);
    }
}
