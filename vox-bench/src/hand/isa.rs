//! What differs between processors: copies, varints, and runs of integers.
//!
//! Everything here writes at a raw address and may overshoot what it reports; [`super::cursor`] knows
//! by how much. Read next: [`super::portable`], the meaning; `super::avx512`, the speed.

use super::cursor::Cursor;
use super::runs;
use crate::workload::options::Record;

/// A form of the operations that depend on the processor. Runs are written one integer after the other where it does not say otherwise.
///
/// # Safety
///
/// Every function may only be called on a processor that has what the form uses, and needs
/// the bytes it names at `to`.
pub trait Isa: Sized {
    /// Copies up to 32 bytes, and may write 32.
    ///
    /// # Safety
    ///
    /// 32 bytes of room (H1), `len` readable bytes.
    unsafe fn copy_to_32(to: *mut u8, from: *const u8, len: usize);

    /// Copies up to 16 bytes, and may write 32.
    ///
    /// # Safety
    ///
    /// 32 bytes of room (H1), `len` readable bytes.
    #[inline(always)]
    unsafe fn copy_to_16(to: *mut u8, from: *const u8, len: usize) {
        // SAFETY: the caller's duty.
        unsafe { Self::copy_to_32(to, from, len) };
    }

    /// Copies 33 to 128 bytes.
    ///
    /// # Safety
    ///
    /// So many bytes of room (H1), and as many readable ones.
    unsafe fn copy_33_to_128(to: *mut u8, from: *const u8, len: usize);

    /// Writes a varint and answers its length. No branches.
    ///
    /// # Safety
    ///
    /// 8 bytes of room (H1).
    unsafe fn varint_u32(to: *mut u8, value: u32) -> usize;

    /// Writes a varint and answers its length. No branches.
    ///
    /// # Safety
    ///
    /// 16 bytes of room (H1).
    unsafe fn varint_u64(to: *mut u8, value: u64) -> usize;

    /// Writes varints that lie next to each other in memory, without their number.
    ///
    /// # Safety
    ///
    /// A cursor with room; it has room afterwards.
    #[inline(always)]
    unsafe fn run_u32(cursor: Cursor, values: &[u32]) -> Cursor {
        // SAFETY: the caller's duty.
        unsafe { runs::u32s::<Self>(cursor, values) }
    }

    /// Writes varints that lie next to each other in memory, without their number.
    ///
    /// # Safety
    ///
    /// A cursor with room; it has room afterwards.
    #[inline(always)]
    unsafe fn run_u64(cursor: Cursor, values: &[u64]) -> Cursor {
        // SAFETY: the caller's duty.
        unsafe { runs::u64s::<Self>(cursor, values) }
    }

    /// The same of a list that is mostly shorter than nine, and may be empty.
    ///
    /// # Safety
    ///
    /// A cursor with room; it has room afterwards.
    #[inline(always)]
    unsafe fn short_run_u32(cursor: Cursor, values: &[u32]) -> Cursor {
        // SAFETY: the caller's duty.
        unsafe { runs::short_u32s::<Self>(cursor, values) }
    }

    /// The same of a list that is mostly shorter than nine, and may be empty.
    ///
    /// # Safety
    ///
    /// A cursor with room; it has room afterwards.
    #[inline(always)]
    unsafe fn short_run_u16(cursor: Cursor, values: &[u16]) -> Cursor {
        // SAFETY: the caller's duty.
        unsafe { runs::short_u16s::<Self>(cursor, values) }
    }

    /// The same of signed ones, in zigzag form.
    ///
    /// # Safety
    ///
    /// A cursor with room; it has room afterwards.
    #[inline(always)]
    unsafe fn run_i32(cursor: Cursor, values: &[i32]) -> Cursor {
        // SAFETY: the caller's duty.
        unsafe { runs::i32s::<Self>(cursor, values) }
    }

    /// The same of signed ones, in zigzag form.
    ///
    /// # Safety
    ///
    /// A cursor with room; it has room afterwards.
    #[inline(always)]
    unsafe fn run_i64(cursor: Cursor, values: &[i64]) -> Cursor {
        // SAFETY: the caller's duty.
        unsafe { runs::i64s::<Self>(cursor, values) }
    }

    /// Writes records of options, without their number.
    ///
    /// # Safety
    ///
    /// A cursor with room; it has room afterwards.
    #[inline(always)]
    unsafe fn records_of_options(cursor: Cursor, records: &[Record]) -> Cursor {
        // SAFETY: the caller's duty.
        unsafe { runs::records_of_options::<Self>(cursor, records) }
    }
}

/// How many bytes a varint of so many significant bits has; none counts as one.
///
/// `bits / 7` rounded up, by multiplication: right for 1 to 64 bits, which a test shows.
#[inline(always)]
pub(super) fn varint_len(bits: u32) -> usize {
    ((bits * 9 + 64) >> 6) as usize
}

/// The zigzag form.
#[inline(always)]
pub(super) fn zigzag_i16(value: i16) -> u16 {
    ((value << 1) ^ (value >> 15)).cast_unsigned()
}

/// The zigzag form.
#[inline(always)]
pub(super) fn zigzag_i32(value: i32) -> u32 {
    ((value << 1) ^ (value >> 31)).cast_unsigned()
}

/// The zigzag form.
#[inline(always)]
pub(super) fn zigzag_i64(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::varint_len;

    #[test]
    fn lengths_are_sevenths_rounded_up() {
        for bits in 1..=64 {
            assert_eq!(varint_len(bits), bits.div_ceil(7) as usize, "{bits}");
        }
    }
}
