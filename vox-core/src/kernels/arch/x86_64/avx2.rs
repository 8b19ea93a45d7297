//! AVX2: tests and narrows sixteen small values at a time, for the lists of [`super::bmi2`].

use core::arch::x86_64::{
    __m128i, __m256i, _mm_packus_epi16, _mm_storeu_si128, _mm256_castsi256_si128,
    _mm256_cmpgt_epi64, _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_or_si256,
    _mm256_packs_epi32, _mm256_permute4x64_epi64, _mm256_set1_epi16, _mm256_set1_epi32,
    _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_slli_epi16, _mm256_slli_epi32,
    _mm256_slli_epi64, _mm256_srai_epi16, _mm256_srai_epi32, _mm256_testz_si256, _mm256_xor_si256,
};

use crate::kernels::element::Element;

/// An element AVX2 narrows.
pub(super) trait Narrow: Element {
    /// Sixteen elements as one byte each, if all of them are below 0x80.
    ///
    /// # Safety
    ///
    /// The processor has AVX2. Sixteen initialised elements are at `from`, aligned or not.
    unsafe fn narrow(from: *const __m256i) -> Option<__m128i>;
}

/// Writes sixteen elements as one byte each, if all of them are below 0x80; whether they are.
///
/// # Safety
///
/// As for [`Narrow::narrow`], and room for sixteen bytes is at `out`.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) unsafe fn narrow<T: Narrow>(out: *mut u8, from: *const T) -> bool {
    // SAFETY: the caller's duty.
    unsafe {
        let Some(small) = T::narrow(from.cast()) else {
            return false;
        };
        _mm_storeu_si128(out.cast(), small);
        true
    }
}

/// As it is.
#[inline]
fn plain(values: __m256i) -> __m256i {
    values
}

/// Zigzag encodes sixteen.
#[inline]
#[target_feature(enable = "avx2")]
fn zigzag_16(values: __m256i) -> __m256i {
    _mm256_xor_si256(
        _mm256_slli_epi16::<1>(values),
        _mm256_srai_epi16::<15>(values),
    )
}

/// Zigzag encodes eight.
#[inline]
#[target_feature(enable = "avx2")]
fn zigzag_32(values: __m256i) -> __m256i {
    _mm256_xor_si256(
        _mm256_slli_epi32::<1>(values),
        _mm256_srai_epi32::<31>(values),
    )
}

/// Zigzag encodes four.
#[inline]
#[target_feature(enable = "avx2")]
fn zigzag_64(values: __m256i) -> __m256i {
    let signs = _mm256_cmpgt_epi64(_mm256_setzero_si256(), values);
    _mm256_xor_si256(_mm256_slli_epi64::<1>(values), signs)
}

/// Lanes of 32 bits, of which the upper halves are zeros and the lower ones below 0x8000, as lanes of 16, in their order.
#[inline]
#[target_feature(enable = "avx2")]
fn halve(a: __m256i, b: __m256i) -> __m256i {
    // Packed are the lower registers of both, and then the upper ones.
    _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(a, b))
}

/// Lanes of 16 bits, of which the upper halves are zeros, as bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn bytes(words: __m256i) -> __m128i {
    _mm_packus_epi16(
        _mm256_castsi256_si128(words),
        _mm256_extracti128_si256::<1>(words),
    )
}

macro_rules! narrow_16 {
    ($($ty:ty => $wire:path;)*) => { $(
        impl Narrow for $ty {
            #[inline]
            #[target_feature(enable = "avx2")]
            unsafe fn narrow(from: *const __m256i) -> Option<__m128i> {
                // SAFETY: the caller's duty.
                let all = $wire(unsafe { _mm256_loadu_si256(from) });
                let is_small = _mm256_testz_si256(all, _mm256_set1_epi16(!0x7f)) == 1;
                is_small.then(|| bytes(all))
            }
        }
    )* };
}

macro_rules! narrow_32 {
    ($($ty:ty => $wire:path;)*) => { $(
        impl Narrow for $ty {
            #[inline]
            #[target_feature(enable = "avx2")]
            unsafe fn narrow(from: *const __m256i) -> Option<__m128i> {
                // SAFETY: the caller's duty.
                let at = |index: usize| $wire(unsafe { _mm256_loadu_si256(from.add(index)) });
                let (a, b) = (at(0), at(1));
                let any = _mm256_or_si256(a, b);
                let is_small = _mm256_testz_si256(any, _mm256_set1_epi32(!0x7f)) == 1;
                is_small.then(|| bytes(halve(a, b)))
            }
        }
    )* };
}

macro_rules! narrow_64 {
    ($($ty:ty => $wire:path;)*) => { $(
        impl Narrow for $ty {
            #[inline]
            #[target_feature(enable = "avx2")]
            unsafe fn narrow(from: *const __m256i) -> Option<__m128i> {
                // SAFETY: the caller's duty.
                let at = |index: usize| $wire(unsafe { _mm256_loadu_si256(from.add(index)) });
                let (a, b, c, d) = (at(0), at(1), at(2), at(3));
                let any = _mm256_or_si256(_mm256_or_si256(a, b), _mm256_or_si256(c, d));
                let is_small = _mm256_testz_si256(any, _mm256_set1_epi64x(!0x7f)) == 1;
                // A small value is two lanes of 32 bits, itself and a zero, then two of 16, which are one of 32 again.
                is_small.then(|| bytes(halve(halve(a, b), halve(c, d))))
            }
        }
    )* };
}

narrow_16! { u16 => plain; i16 => zigzag_16; }
narrow_32! { u32 => plain; i32 => zigzag_32; }
narrow_64! { u64 => plain; i64 => zigzag_64; }
