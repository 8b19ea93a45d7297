//! The form that runs everywhere: plain Rust, what every processor of the architecture has, and [`super::over_copy`] where there is one.
//!
//! Varints without loops: the 7-bit groups are spread over the bytes of a word by three shifts and masks, the
//! length comes from the leading zeros, the marks of continuation from a mask of that length.

use super::isa::{Isa, varint_len};
use super::over_copy;

/// Any processor.
#[derive(Debug, Clone, Copy)]
pub struct Portable;

/// The mark of continuation in every byte.
pub(super) const MARKS: u64 = 0x8080_8080_8080_8080;

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
