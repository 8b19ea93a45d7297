//! One integer of 128 bits, or a character that does not take the one-byte way out.
//!
//! Machine code writes shorter integers itself and calls these for the
//! rest. The room was made before, so they take no state and cannot fail.

use crate::entry_fn;
use crate::wire::{varint, zigzag};

entry_fn! {
    /// Writes the `u128` at `value` as a varint and answers the end.
    ///
    /// # Safety
    ///
    /// 24 bytes may be written at `out`; `value` points to a `u128`, aligned or not.
    pub unsafe fn write_u128(out: *mut u8, value: *const u8) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { varint::write_u128(out, value.cast::<u128>().read_unaligned()) }
    }
}

entry_fn! {
    /// Writes the `i128` at `value`, zigzag encoded, as a varint and answers the end.
    ///
    /// # Safety
    ///
    /// 24 bytes may be written at `out`; `value` points to an `i128`, aligned or not.
    pub unsafe fn write_i128(out: *mut u8, value: *const u8) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { varint::write_u128(out, zigzag::encode_i128(value.cast::<i128>().read_unaligned())) }
    }
}

entry_fn! {
    /// Writes the `char` at `value` and answers the end.
    ///
    /// # Safety
    ///
    /// 5 bytes may be written at `out`; `value` points to a `char`, aligned or not.
    pub unsafe fn write_char(out: *mut u8, value: *const u8) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { varint::write_char(out, value.cast::<char>().read_unaligned()) }
    }
}
