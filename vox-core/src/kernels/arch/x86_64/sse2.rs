//! SSE2: tests and narrows sixteen small values at a time.
//!
//! Every x86-64 has it. Values that are not small go through the portable form: nothing here spreads bits faster than
//! shifts do. The compiler makes vectors of the portable form for 16 bits only.

use core::arch::x86_64::{
    __m128i, _mm_and_si128, _mm_cmpeq_epi16, _mm_cmpeq_epi32, _mm_loadu_si128, _mm_movemask_epi8,
    _mm_or_si128, _mm_packs_epi32, _mm_packus_epi16, _mm_set1_epi16, _mm_set1_epi32,
    _mm_set1_epi64x, _mm_setzero_si128, _mm_shuffle_epi32, _mm_slli_epi16, _mm_slli_epi32,
    _mm_slli_epi64, _mm_srai_epi16, _mm_srai_epi32, _mm_storeu_si128, _mm_xor_si128,
};

use super::super::stretch;
use crate::cx::EncodeCx;
use crate::entry_fn;
use crate::kernels::element::{Element, Routine};
use crate::kernels::plain::{Compiled, Plain, Walk, Written};
use crate::kernels::portable::Portable;
use crate::wire::varint;

/// The routines of this file.
pub(in crate::kernels) struct Sse2;

/// Entries are written one by one.
impl Compiled for Sse2 {
    entry_fn! {
        unsafe fn write_plain<C: Walk, K: Written, V: Written>(cx: *mut EncodeCx, plain: *const Plain, container: *const u8, len: usize, out: *mut u8) -> *mut u8 {
            // SAFETY: the caller's duty.
            unsafe { Portable::write_plain::<C, K, V>(cx, plain, container, len, out) }
        }
    }
}

/// An element SSE2 narrows.
trait Narrow: Element {
    /// Sixteen elements as one byte each, if all of them are below 0x80.
    ///
    /// # Safety
    ///
    /// Sixteen initialised elements are at `from`, aligned or not.
    unsafe fn narrow(from: *const __m128i) -> Option<__m128i>;
}

/// As it is.
#[inline]
fn plain(values: __m128i) -> __m128i {
    values
}

/// Zigzag encodes eight.
#[inline]
#[target_feature(enable = "sse2")]
fn zigzag_16(values: __m128i) -> __m128i {
    _mm_xor_si128(_mm_slli_epi16::<1>(values), _mm_srai_epi16::<15>(values))
}

/// Zigzag encodes four.
#[inline]
#[target_feature(enable = "sse2")]
fn zigzag_32(values: __m128i) -> __m128i {
    _mm_xor_si128(_mm_slli_epi32::<1>(values), _mm_srai_epi32::<31>(values))
}

/// Zigzag encodes two: the sign of each is that of its upper half.
#[inline]
#[target_feature(enable = "sse2")]
fn zigzag_64(values: __m128i) -> __m128i {
    let signs = _mm_shuffle_epi32::<0b11_11_01_01>(_mm_srai_epi32::<31>(values));
    _mm_xor_si128(_mm_slli_epi64::<1>(values), signs)
}

/// Whether a comparison held for all lanes.
#[inline]
#[target_feature(enable = "sse2")]
fn is_all(compared: __m128i) -> bool {
    _mm_movemask_epi8(compared) == 0xffff
}

macro_rules! narrow_16 {
    ($($ty:ty => $wire:path;)*) => { $(
        impl Narrow for $ty {
            #[inline]
            unsafe fn narrow(from: *const __m128i) -> Option<__m128i> {
                // SAFETY: the caller's duty; every x86-64 has SSE2.
                unsafe {
                    let at = |index: usize| $wire(_mm_loadu_si128(from.add(index)));
                    let (a, b) = (at(0), at(1));
                    let high = _mm_and_si128(_mm_or_si128(a, b), _mm_set1_epi16(!0x7f));
                    // Bytes that fit are not saturated.
                    is_all(_mm_cmpeq_epi16(high, _mm_setzero_si128())).then(|| _mm_packus_epi16(a, b))
                }
            }
        }
    )* };
}

macro_rules! narrow_32 {
    ($($ty:ty => $wire:path;)*) => { $(
        impl Narrow for $ty {
            #[inline]
            unsafe fn narrow(from: *const __m128i) -> Option<__m128i> {
                // SAFETY: the caller's duty; every x86-64 has SSE2.
                unsafe {
                    let at = |index: usize| $wire(_mm_loadu_si128(from.add(index)));
                    let (a, b, c, d) = (at(0), at(1), at(2), at(3));
                    let any = _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));
                    let high = _mm_and_si128(any, _mm_set1_epi32(!0x7f));
                    // Bytes that fit are not saturated.
                    is_all(_mm_cmpeq_epi32(high, _mm_setzero_si128()))
                        .then(|| _mm_packus_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d)))
                }
            }
        }
    )* };
}

macro_rules! narrow_64 {
    ($($ty:ty => $wire:path;)*) => { $(
        impl Narrow for $ty {
            #[inline]
            unsafe fn narrow(from: *const __m128i) -> Option<__m128i> {
                // SAFETY: the caller's duty; every x86-64 has SSE2.
                unsafe {
                    // A small value is two lanes of 32 bits, itself and a zero, then two of 16, which are one of 32 again.
                    let four = |index: usize| {
                        let a = $wire(_mm_loadu_si128(from.add(2 * index)));
                        let b = $wire(_mm_loadu_si128(from.add(2 * index + 1)));
                        (_mm_or_si128(a, b), _mm_packs_epi32(a, b))
                    };
                    let (a, b, c, d) = (four(0), four(1), four(2), four(3));
                    let any = _mm_or_si128(_mm_or_si128(a.0, b.0), _mm_or_si128(c.0, d.0));
                    let high = _mm_and_si128(any, _mm_set1_epi64x(!0x7f));
                    is_all(_mm_cmpeq_epi32(high, _mm_setzero_si128()))
                        .then(|| _mm_packus_epi16(_mm_packs_epi32(a.1, b.1), _mm_packs_epi32(c.1, d.1)))
                }
            }
        }
    )* };
}

narrow_16! { u16 => plain; i16 => zigzag_16; }
narrow_32! { u32 => plain; i32 => zigzag_32; }
narrow_64! { u64 => plain; i64 => zigzag_64; }

/// Writes sixteen elements as one byte each, if all of them are below 0x80; whether they are.
///
/// # Safety
///
/// Sixteen initialised elements are at `from`, aligned or not, and room for as many bytes at `out`.
#[inline(always)]
unsafe fn narrow<T: Narrow>(out: *mut u8, from: *const T) -> bool {
    // SAFETY: the caller's duty; every x86-64 has SSE2.
    unsafe {
        let Some(small) = T::narrow(from.cast()) else {
            return false;
        };
        _mm_storeu_si128(out.cast(), small);
        true
    }
}

impl<T: Narrow> Routine<T> for Sse2 {
    unsafe fn write(out: *mut u8, from: *const T, count: usize) -> *mut u8 {
        // SAFETY: the caller's duty. The sixteen bytes have room, and are the varints of what is small.
        unsafe {
            let narrow = |out, from| narrow(out, from);
            let one = |out, value| varint::write_u64(out, value);
            stretch::write::<_, false>(out, from, count, narrow, one)
        }
    }
}
