//! Runs of integers, one after the other: for forms without wide registers.

use super::Hand as _;
use super::cursor::Cursor;
use super::isa::{Isa, zigzag_i32, zigzag_i64};
use crate::workload::options::Record;

/// See [`Isa::run_u32`].
///
/// # Safety
///
/// As there.
#[inline(always)]
pub(super) unsafe fn u32s<I: Isa>(mut cursor: Cursor, values: &[u32]) -> Cursor {
    let (blocks, rest) = values.as_chunks::<16>();
    // SAFETY: 16 values have 80 bytes at most, fewer less, with 3 of overshoot, and every block checks (H1).
    unsafe {
        for block in blocks {
            match small(block) {
                Some(bytes) => cursor = cursor.raw(bytes),
                None => {
                    for value in block {
                        cursor = cursor.u32::<I>(*value);
                    }
                }
            }
            cursor = cursor.check();
        }
        for value in rest {
            cursor = cursor.u32::<I>(*value);
        }
        cursor.check()
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

/// Writes values one after the other, and checks behind so many.
///
/// # Safety
///
/// A cursor with room, in which `one` writes so many values; it has room afterwards.
#[inline(always)]
unsafe fn by_blocks<const LEN: usize, T: Copy>(
    mut cursor: Cursor,
    values: &[T],
    one: impl Fn(Cursor, T) -> Cursor,
) -> Cursor {
    let (blocks, rest) = values.as_chunks::<LEN>();
    for block in blocks {
        for value in block {
            cursor = one(cursor, *value);
        }
        // SAFETY: the caller's duty.
        cursor = unsafe { cursor.check() };
    }
    if rest.is_empty() {
        return cursor;
    }
    for value in rest {
        cursor = one(cursor, *value);
    }
    // SAFETY: the caller's duty; fewer than a block.
    unsafe { cursor.check() }
}

/// See [`Isa::run_u64`].
///
/// # Safety
///
/// As there.
#[inline(always)]
pub(super) unsafe fn u64s<I: Isa>(cursor: Cursor, values: &[u64]) -> Cursor {
    // SAFETY: the caller's duty; 8 values have 80 bytes at most, with 6 of overshoot (H1).
    unsafe { by_blocks::<8, _>(cursor, values, |cursor, value| cursor.u64::<I>(value)) }
}

/// See [`Isa::short_run_u32`].
///
/// # Safety
///
/// As there.
#[inline(always)]
pub(super) unsafe fn short_u32s<I: Isa>(cursor: Cursor, values: &[u32]) -> Cursor {
    // SAFETY: the caller's duty; one has 5 bytes at most, with 3 of overshoot (H1).
    unsafe { by_blocks::<1, _>(cursor, values, |cursor, value| cursor.u32::<I>(value)) }
}

/// See [`Isa::short_run_u16`].
///
/// # Safety
///
/// As there.
#[inline(always)]
pub(super) unsafe fn short_u16s<I: Isa>(cursor: Cursor, values: &[u16]) -> Cursor {
    // SAFETY: the caller's duty; one has 3 bytes at most, with 5 of overshoot (H1).
    unsafe { by_blocks::<1, _>(cursor, values, |cursor, value| cursor.u16::<I>(value)) }
}

/// See [`Isa::run_i32`].
///
/// # Safety
///
/// As there.
#[inline(always)]
pub(super) unsafe fn i32s<I: Isa>(cursor: Cursor, values: &[i32]) -> Cursor {
    // SAFETY: the caller's duty; 16 values have 80 bytes at most, with 3 of overshoot (H1).
    unsafe {
        by_blocks::<16, _>(cursor, values, |cursor, value| {
            cursor.u32::<I>(zigzag_i32(value))
        })
    }
}

/// See [`Isa::run_i64`].
///
/// # Safety
///
/// As there.
#[inline(always)]
pub(super) unsafe fn i64s<I: Isa>(cursor: Cursor, values: &[i64]) -> Cursor {
    // SAFETY: the caller's duty; 8 values have 80 bytes at most, with 6 of overshoot (H1).
    unsafe {
        by_blocks::<8, _>(cursor, values, |cursor, value| {
            cursor.u64::<I>(zigzag_i64(value))
        })
    }
}

/// See [`Isa::records_of_options`].
///
/// # Safety
///
/// As there.
#[inline(always)]
pub(super) unsafe fn records_of_options<I: Isa>(mut cursor: Cursor, records: &[Record]) -> Cursor {
    for record in records {
        // SAFETY: the caller's duty; every record checks behind itself (H1).
        cursor = unsafe { record.write::<I>(cursor) };
    }
    cursor
}
