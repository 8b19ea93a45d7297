//! Varints of fields: one, two of any kinds, four of a kind, and runs that lie side by side.
//!
//! Most programs are mostly these. Two or four in a call halve or quarter what a call costs; their offsets
//! come packed into one word, 16 bits each. A run needs no offsets, only a count.
//!
//! The room was made before, so none of these can fail.

use vox_core::entry_fn;
use vox_core::wire::{varint, zigzag};

/// A kind of varint: what is read, and how it becomes unsigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(in crate::baseline) enum Kind {
    U16,
    U32,
    U64,
    I16,
    I32,
    I64,
}

impl Kind {
    /// Bytes in memory.
    pub(in crate::baseline) const fn width(self) -> u32 {
        match self {
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 => 4,
            Self::U64 | Self::I64 => 8,
        }
    }
}

/// A [`Kind`] as a type.
pub(super) trait Varint {
    /// Bytes in memory.
    const WIDTH: usize;

    /// The number that is written, read at `at`.
    ///
    /// # Safety
    ///
    /// An initialised integer of this kind is at `at`, aligned or not.
    unsafe fn read(at: *const u8) -> u64;
}

macro_rules! varints {
    ($($name:ident: $ty:ty, |$value:ident| $wire:expr;)*) => { $(
        pub(super) struct $name;

        impl Varint for $name {
            const WIDTH: usize = size_of::<$ty>();

            #[inline]
            unsafe fn read(at: *const u8) -> u64 {
                // SAFETY: the caller's duty.
                let $value = unsafe { at.cast::<$ty>().read_unaligned() };
                u64::from($wire)
            }
        }
    )* };
}

varints! {
    U16: u16, |value| value;
    U32: u32, |value| value;
    U64: u64, |value| value;
    I16: i16, |value| zigzag::encode_i16(value);
    I32: i32, |value| zigzag::encode_i32(value);
    I64: i64, |value| zigzag::encode_i64(value);
}

/// Writes the varint at `at`.
///
/// # Safety
///
/// As for [`write`].
#[inline]
unsafe fn put<T: Varint>(out: *mut u8, at: *const u8) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe { varint::write_u64(out, T::read(at)) }
}

/// The offset packed at a position.
#[inline]
const fn offset(packed: usize, position: u32) -> usize {
    (packed >> (16 * position)) & 0xffff
}

entry_fn! {
    /// Writes one varint.
    ///
    /// # Safety
    ///
    /// An initialised integer of the kind is at `at` (A1), its varint has room at `out` (A7).
    pub(super) unsafe fn write<T: Varint>(out: *mut u8, at: *const u8) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { put::<T>(out, at) }
    }
}

entry_fn! {
    /// Writes two varints, at the offsets packed into the low 32 bits.
    ///
    /// # Safety
    ///
    /// As for [`write`], for both.
    pub(super) unsafe fn write_pair<A: Varint, B: Varint>(out: *mut u8, base: *const u8, packed: usize) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe {
            let out = put::<A>(out, base.add(offset(packed, 0)));
            put::<B>(out, base.add(offset(packed, 1)))
        }
    }
}

entry_fn! {
    /// Writes four varints of one kind, at the offsets packed into 64 bits.
    ///
    /// # Safety
    ///
    /// As for [`write`], for all four.
    pub(super) unsafe fn write_four<T: Varint>(out: *mut u8, base: *const u8, packed: usize) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe {
            let out = put::<T>(out, base.add(offset(packed, 0)));
            let out = put::<T>(out, base.add(offset(packed, 1)));
            let out = put::<T>(out, base.add(offset(packed, 2)));
            put::<T>(out, base.add(offset(packed, 3)))
        }
    }
}

entry_fn! {
    /// Writes varints of one kind that lie side by side.
    ///
    /// # Safety
    ///
    /// As for [`write`], for all `count`.
    pub(super) unsafe fn write_run<T: Varint>(out: *mut u8, first: *const u8, count: usize) -> *mut u8 {
        let mut out = out;
        for index in 0..count {
            // SAFETY: the caller's duty.
            out = unsafe { put::<T>(out, first.add(index * T::WIDTH)) };
        }
        out
    }
}
