//! Lists of integers as varints.
//!
//! Sixteen elements at a time are tested for being small enough for one byte each, which most
//! lists in practice are throughout; such a stretch is a narrowing copy the
//! compiler turns into vector instructions. Anything else goes one by one
//! through the branch-free form.

use super::ensure;
use crate::cx::EncodeCx;
use crate::entry_fn;
use crate::program::MAX_RESERVE;
use crate::wire::{varint, zigzag};

/// Elements one check for room covers.
const BLOCK: usize = 256;
/// Elements tested together for being small.
const STRETCH: usize = 16;

const _: () = assert!(BLOCK * varint::MAX_LEN_U64 <= MAX_RESERVE as usize);

/// An integer as a list element.
trait Element: Copy {
    /// The most bytes its varint takes.
    const MAX_LEN: usize;
    /// The number that is written as a varint.
    fn wire(self) -> u64;
}

macro_rules! elements {
    ($($ty:ty, $max_len:ident, |$value:ident| $wire:expr;)*) => { $(
        impl Element for $ty {
            const MAX_LEN: usize = varint::$max_len;
            #[inline]
            fn wire(self) -> u64 {
                let $value = self;
                u64::from($wire)
            }
        }
    )* };
}

elements! {
    u16, MAX_LEN_U16, |value| value;
    u32, MAX_LEN_U32, |value| value;
    u64, MAX_LEN_U64, |value| value;
    i16, MAX_LEN_U16, |value| zigzag::encode_i16(value);
    i32, MAX_LEN_U32, |value| zigzag::encode_i32(value);
    i64, MAX_LEN_U64, |value| zigzag::encode_i64(value);
}

/// Writes up to [`BLOCK`] elements.
///
/// # Safety
///
/// `count` elements can be read at `from`, and `count * T::MAX_LEN` bytes (and the
/// overshoot) written at `out`.
#[inline]
unsafe fn write_block<T: Element>(out: *mut u8, from: *const T, count: usize) -> *mut u8 {
    let mut out = out;
    let mut done = 0;
    while done + STRETCH <= count {
        // SAFETY: these elements are among the `count`; lists are aligned in
        // memory or not, unaligned reads cover both.
        let stretch = unsafe { from.add(done).cast::<[T; STRETCH]>().read_unaligned() };
        let any = stretch.iter().fold(0, |any, value| any | value.wire());
        if any < 0x80 {
            for value in stretch {
                // SAFETY: each element has room for at least one byte.
                unsafe {
                    out.write(value.wire().to_le_bytes()[0]);
                    out = out.add(1);
                }
            }
        } else {
            for value in stretch {
                // SAFETY: each element has its room, the last one the overshoot.
                out = unsafe { varint::write_u64(out, value.wire()) };
            }
        }
        done += STRETCH;
    }
    while done < count {
        // SAFETY: as above.
        out = unsafe { varint::write_u64(out, from.add(done).read_unaligned().wire()) };
        done += 1;
    }
    out
}

/// Writes a length and the elements.
///
/// # Safety
///
/// `cx` is the state of a running encode, `out` its cursor, `from` and `len` a
/// live list.
#[inline]
unsafe fn write_list<T: Element>(
    cx: &mut EncodeCx,
    out: *mut u8,
    from: *const T,
    len: usize,
    spare: usize,
) -> *mut u8 {
    // SAFETY: the caller's duty.
    let mut out = unsafe { ensure(cx, out, varint::MAX_LEN_U64) };
    if out.is_null() {
        return out;
    }
    // SAFETY: room for a varint was just made.
    out = unsafe { varint::write_u64(out, len as u64) };
    let mut done = 0;
    while done < len {
        let count = BLOCK.min(len - done);
        // SAFETY: the caller's duty; the block is within the list, with room made for it.
        unsafe {
            out = ensure(cx, out, count * T::MAX_LEN);
            if out.is_null() {
                return out;
            }
            out = write_block(out, from.add(done), count);
        }
        done += count;
    }
    // SAFETY: the caller's duty.
    unsafe { ensure(cx, out, spare) }
}

macro_rules! kernels {
    ($($(#[$doc:meta])* $name:ident: $ty:ty;)*) => { $(
        entry_fn! {
            $(#[$doc])*
            /// Leaves `spare` bytes of room; null when there is none to be had.
            ///
            /// # Safety
            ///
            /// `cx` is the state of a running encode, `out` its cursor, `ptr` and `len` a
            /// live list of this element, aligned or not.
            pub unsafe fn $name(cx: *mut EncodeCx, out: *mut u8, ptr: *const u8, len: usize, spare: usize) -> *mut u8 {
                // SAFETY: the state is exclusively ours while a function of ours
                // runs (A3); the rest is the caller's duty.
                unsafe { write_list::<$ty>(&mut *cx, out, ptr.cast(), len, spare) }
            }
        }
    )* };
}

kernels! {
    /// Writes a length and that many `u16` varints.
    write_u16: u16;
    /// Writes a length and that many `u32` varints.
    write_u32: u32;
    /// Writes a length and that many `u64` varints.
    write_u64: u64;
    /// Writes a length and that many zigzag `i16` varints.
    write_i16: i16;
    /// Writes a length and that many zigzag `i32` varints.
    write_i32: i32;
    /// Writes a length and that many zigzag `i64` varints.
    write_i64: i64;
}
