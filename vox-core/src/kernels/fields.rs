//! Varints of fields, for code that calls a function for one of them or a few: one, two of any kinds, four of a kind,
//! and those that lie side by side.
//!
//! Two or four in a call halve or quarter what a call costs; their offsets come packed into one word, 16 bits each. Fields side by
//! side need no offsets, only a count. A word is 64 bits here: on others, nobody packs four.
//!
//! A processor that has an instruction for it writes a varint without a branch: of many types in random order, many branches on lengths are
//! guessed wrong. Where there is no such routine, values of one byte go ahead by a branch, for spreading bits by shifts takes long.
//!
//! Not for: runs that a processor writes eight fields at a time ([`super::run`]).

use super::arch;
use super::element::Element;
use super::plain::Isa;
use super::portable::Portable;
use crate::entry::{PackedFn, SideBySideFn, VarintFn};
use crate::entry_fn;

/// A kind of integer that is written as a varint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Kind {
    /// `u16`.
    U16,
    /// `u32`.
    U32,
    /// `u64`.
    U64,
    /// `i16`.
    I16,
    /// `i32`.
    I32,
    /// `i64`.
    I64,
}

impl Kind {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// All, each at the place that is its number.
    pub const ALL: [Self; 6] = [
        Self::U16,
        Self::U32,
        Self::U64,
        Self::I16,
        Self::I32,
        Self::I64,
    ];

    /// Bytes in memory.
    #[must_use]
    pub const fn width(self) -> u32 {
        match self {
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 => 4,
            Self::U64 | Self::I64 => 8,
        }
    }
}

/// The functions for one kind of processor, by the kind of integer. They write in room for the longest varints and the overshoot
/// ([`crate::cx::OVERSHOOT`]).
#[derive(Debug)]
pub struct Fields {
    /// Write one varint.
    pub one: [VarintFn; Kind::COUNT],
    /// Write two; by the first's kind and the second's.
    pub pair: [[PackedFn; Kind::COUNT]; Kind::COUNT],
    /// Write four of a kind.
    pub four: [PackedFn; Kind::COUNT],
    /// Write those that lie side by side.
    pub run: [SideBySideFn; Kind::COUNT],
}

/// The functions every processor can run.
pub const PORTABLE: Fields = Fields::of::<Portable>();

/// Those of the architecture, for processors with a set that [has its own](super::Kernels::has_own_fields).
pub const OWN: Fields = arch::FIELDS;

/// Has the functions compiled for a kind of processor.
pub(super) trait CompiledFields {
    entry_fn! {
        /// As [`put`], in the instructions of this set.
        ///
        /// # Safety
        ///
        /// As for [`put`].
        unsafe fn one<T: Element>(out: *mut u8, at: *const u8) -> *mut u8;
    }

    entry_fn! {
        /// As [`pair`], in the instructions of this set.
        ///
        /// # Safety
        ///
        /// As for [`pair`].
        unsafe fn pair<A: Element, B: Element>(out: *mut u8, base: *const u8, packed: usize) -> *mut u8;
    }

    entry_fn! {
        /// As [`four`], in the instructions of this set.
        ///
        /// # Safety
        ///
        /// As for [`four`].
        unsafe fn four<T: Element>(out: *mut u8, base: *const u8, packed: usize) -> *mut u8;
    }

    entry_fn! {
        /// As [`run`], in the instructions of this set.
        ///
        /// # Safety
        ///
        /// As for [`run`].
        unsafe fn run<T: Element>(out: *mut u8, first: *const u8, count: usize) -> *mut u8;
    }
}

/// Implements [`CompiledFields`], with attributes for each function.
macro_rules! compiled_fields {
    ($(#[$meta:meta])* $set:ty) => {
        impl $crate::kernels::fields::CompiledFields for $set {
            $crate::entry_fn! {
                $(#[$meta])*
                unsafe fn one<T: $crate::kernels::element::Element>(out: *mut u8, at: *const u8) -> *mut u8 {
                    // SAFETY: the caller's duty.
                    unsafe { $crate::kernels::fields::put::<T, Self>(out, at) }
                }
            }

            $crate::entry_fn! {
                $(#[$meta])*
                unsafe fn pair<A: $crate::kernels::element::Element, B: $crate::kernels::element::Element>(out: *mut u8, base: *const u8, packed: usize) -> *mut u8 {
                    // SAFETY: the caller's duty.
                    unsafe { $crate::kernels::fields::pair::<A, B, Self>(out, base, packed) }
                }
            }

            $crate::entry_fn! {
                $(#[$meta])*
                unsafe fn four<T: $crate::kernels::element::Element>(out: *mut u8, base: *const u8, packed: usize) -> *mut u8 {
                    // SAFETY: the caller's duty.
                    unsafe { $crate::kernels::fields::four::<T, Self>(out, base, packed) }
                }
            }

            $crate::entry_fn! {
                $(#[$meta])*
                unsafe fn run<T: $crate::kernels::element::Element>(out: *mut u8, first: *const u8, count: usize) -> *mut u8 {
                    // SAFETY: the caller's duty.
                    unsafe { $crate::kernels::fields::run::<T, Self>(out, first, count) }
                }
            }
        }
    };
}

pub(super) use compiled_fields;

/// A function for each kind, behind the types that are given.
macro_rules! of_kinds {
    ($set:ident::$function:ident $(, $first:ty)?) => {
        [
            $set::$function::<$($first,)? u16>,
            $set::$function::<$($first,)? u32>,
            $set::$function::<$($first,)? u64>,
            $set::$function::<$($first,)? i16>,
            $set::$function::<$($first,)? i32>,
            $set::$function::<$($first,)? i64>,
        ]
    };
}

impl Fields {
    pub(super) const fn of<S: CompiledFields>() -> Self {
        Self {
            one: of_kinds!(S::one),
            pair: [
                of_kinds!(S::pair, u16),
                of_kinds!(S::pair, u32),
                of_kinds!(S::pair, u64),
                of_kinds!(S::pair, i16),
                of_kinds!(S::pair, i32),
                of_kinds!(S::pair, i64),
            ],
            four: of_kinds!(S::four),
            run: of_kinds!(S::run),
        }
    }
}

/// Writes the varint of the field at `at`, and answers the end.
///
/// # Safety
///
/// The processor has the instructions of `I`. An initialised integer of the kind is at `at`, aligned or not (A1); its longest
/// varint has room at `out`, and the overshoot (A7).
#[inline(always)]
pub(super) unsafe fn put<T: Element, I: Isa>(out: *mut u8, at: *const u8) -> *mut u8 {
    // SAFETY: the caller's duty. What has 32 bits is below 2^56, and the overshoot is more than 10 bytes.
    unsafe {
        let value = at.cast::<T>().read_unaligned().wire();
        match size_of::<T>() {
            ..=4 => I::short_varint(out, value),
            _ => I::varint(out, value),
        }
    }
}

/// The offset packed at a position.
#[inline(always)]
const fn offset(packed: usize, position: u32) -> usize {
    (packed as u64 >> (16 * position)) as usize & 0xffff
}

/// Writes two varints, of the fields at the offsets packed into the low 32 bits, and answers the end.
///
/// # Safety
///
/// As for [`put`], for both.
#[inline(always)]
pub(super) unsafe fn pair<A: Element, B: Element, I: Isa>(
    out: *mut u8,
    base: *const u8,
    packed: usize,
) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe {
        let out = put::<A, I>(out, base.add(offset(packed, 0)));
        put::<B, I>(out, base.add(offset(packed, 1)))
    }
}

/// Writes four varints of one kind, of the fields at the offsets packed into 64 bits, and answers the end.
///
/// # Safety
///
/// As for [`put`], for all four.
#[inline(always)]
pub(super) unsafe fn four<T: Element, I: Isa>(
    out: *mut u8,
    base: *const u8,
    packed: usize,
) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe {
        let out = put::<T, I>(out, base.add(offset(packed, 0)));
        let out = put::<T, I>(out, base.add(offset(packed, 1)));
        let out = put::<T, I>(out, base.add(offset(packed, 2)));
        put::<T, I>(out, base.add(offset(packed, 3)))
    }
}

/// Writes varints of one kind, of fields that lie side by side, and answers the end.
///
/// # Safety
///
/// As for [`put`], for all `count`.
#[inline(always)]
pub(super) unsafe fn run<T: Element, I: Isa>(
    out: *mut u8,
    first: *const u8,
    count: usize,
) -> *mut u8 {
    let mut out = out;
    for index in 0..count {
        // SAFETY: the caller's duty.
        out = unsafe { put::<T, I>(out, first.add(index * size_of::<T>())) };
    }
    out
}

/// What Miri shall see; every set, at protected pages, is for the tests beside this file.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::cx::OVERSHOOT;

    #[test]
    fn a7_the_portable_functions_read_and_write_what_they_may() {
        let values = [0x7f_u32, 0x80, u32::MAX, 300, 5];
        let expected = postcard::to_allocvec(&(0x7f_u32, 0x80_u32, u32::MAX, 300_u32, 5_u32));
        let expected = expected.expect("serde encodes it");
        let base: *const u8 = values.as_ptr().cast();
        let check = |count: usize, write: &dyn Fn(*mut u8) -> *mut u8| {
            let mut output = vec![0_u8; 5 * count + OVERSHOOT];
            let end = write(output.as_mut_ptr());
            output.truncate(end.addr() - output.as_ptr().addr());
            assert!(expected.starts_with(&output), "{output:?}");
            let ends = output.iter().filter(|byte| **byte < 0x80).count();
            assert_eq!(ends, count);
        };
        let kind = Kind::U32 as usize;
        // SAFETY: the fields are at the base, the room behind the cursor.
        unsafe {
            check(1, &|out| PORTABLE.one[kind](out, base));
            check(2, &|out| PORTABLE.pair[kind][kind](out, base, 4 << 16));
            #[cfg(target_pointer_width = "64")]
            check(4, &|out| {
                PORTABLE.four[kind](out, base, 12 << 48 | 8 << 32 | 4 << 16)
            });
            check(5, &|out| PORTABLE.run[kind](out, base, 5));
        }
    }
}
