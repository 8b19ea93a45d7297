//! AVX-512: many varints at once, without a branch per value.
//!
//! The seven-bit groups of a value are spread over the bytes of its lane by one
//! instruction (`vpmultishiftqb`). How many bytes it takes follows from its leading zeros,
//! copied to all bytes of the lane and compared with one threshold per byte: which
//! bytes are kept is a mask, `vpcompressb` moves those together, and the number of
//! bits in the mask is the number of bytes written.
//!
//! Wider values need wider lanes, so stretches of 64 are looked at first and written
//! in the narrowest lanes that hold all of them: one byte each, two, four (below 2^28), eight
//! (below 2^56), sixteen.
//!
//! Read next: [`super::run`], which does the same for the fields of a struct.

use core::arch::x86_64::{
    __m512i, __mmask8, __mmask16, __mmask32, _bzhi_u32, _mm_storeu_si128, _mm256_maskz_loadu_epi8,
    _mm256_storeu_si256, _mm512_add_epi16, _mm512_castsi256_si512, _mm512_castsi512_si256,
    _mm512_cmplt_epi8_mask, _mm512_cvtepi16_epi8, _mm512_cvtepi64_epi8, _mm512_cvtepi64_epi32,
    _mm512_cvtepu16_epi32, _mm512_cvtepu32_epi64, _mm512_extracti64x4_epi64, _mm512_inserti64x4,
    _mm512_loadu_si512, _mm512_lzcnt_epi32, _mm512_lzcnt_epi64, _mm512_maskz_compress_epi8,
    _mm512_maskz_loadu_epi16, _mm512_maskz_loadu_epi32, _mm512_maskz_loadu_epi64,
    _mm512_multishift_epi64_epi8, _mm512_or_si512, _mm512_packus_epi16, _mm512_packus_epi32,
    _mm512_permutexvar_epi8, _mm512_permutexvar_epi32, _mm512_permutexvar_epi64, _mm512_set1_epi16,
    _mm512_set1_epi32, _mm512_set1_epi64, _mm512_setr_epi32, _mm512_setr_epi64,
    _mm512_shuffle_epi8, _mm512_slli_epi16, _mm512_slli_epi32, _mm512_slli_epi64,
    _mm512_srai_epi16, _mm512_srai_epi32, _mm512_srai_epi64, _mm512_srli_epi16,
    _mm512_storeu_si512, _mm512_sub_epi8, _mm512_ternarylogic_epi64, _mm512_test_epi8_mask,
    _mm512_test_epi16_mask, _mm512_test_epi32_mask, _mm512_test_epi64_mask, _mm512_xor_si512,
};

use super::bmi2::Bmi2;
use crate::cx::{EncodeCx, OVERSHOOT};
use crate::entry_fn;
use crate::kernels::element::{Element, Routine};
use crate::kernels::over;
use crate::kernels::plain::{self, Compiled, Isa, Plain, Walk, Written};
use crate::wire::varint;

/// The routines of this file.
pub(in crate::kernels) struct Avx512;

impl Isa for Avx512 {
    #[inline(always)]
    unsafe fn varint(out: *mut u8, value: u64) -> *mut u8 {
        // SAFETY: the caller's duty; a processor of this set has what that one uses.
        unsafe { Bmi2::varint(out, value) }
    }

    /// What is masked out of a load is not read: no page is left. Of an empty string it would be everything, at an address that is
    /// none, which is right and takes long.
    #[inline(always)]
    unsafe fn text(out: *mut u8, from: *const u8, len: usize) -> Option<*mut u8> {
        // SAFETY: the caller's duty.
        over::is_short(len).then(|| unsafe { text(out, from, len) })
    }
}

/// Writes the length and the bytes of a string of 1 to 32 bytes. A load of 64 would reach into another cache line nearly always, for bytes that
/// are masked out.
///
/// # Safety
///
/// As for [`Isa::text`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi2")]
unsafe fn text(out: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe {
        out.write(len.to_le_bytes()[0]);
        let mask = _bzhi_u32(u32::MAX, len as u32);
        let bytes = _mm256_maskz_loadu_epi8(mask, from.cast());
        _mm256_storeu_si256(out.add(1).cast(), bytes);
        out.add(1 + len)
    }
}

impl Compiled for Avx512 {
    entry_fn! {
        #[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2,lzcnt")]
        unsafe fn write_plain<C: Walk, K: Written, V: Written>(cx: *mut EncodeCx, plain: *const Plain, container: *const u8, len: usize, out: *mut u8) -> *mut u8 {
            // SAFETY: the caller's duty.
            unsafe { plain::write::<C, K, V, Self>(cx, plain, container, len, out) }
        }
    }
}

/// Picks the bits of the second operand where the first has ones, else those of the third.
pub(super) const SELECT: i32 = 0xca;

/// 64 constant bytes as a vector.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn vector(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: 64 initialised bytes.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// The same bytes in each lane.
pub(super) const fn repeated<const LEN: usize>(lane: [u8; LEN]) -> [u8; 64] {
    let mut bytes = [0; 64];
    let mut at = 0;
    while at < 64 {
        bytes[at] = lane[at % LEN];
        at += 1;
    }
    bytes
}

/// For lanes of `LEN` bytes: their own lane's first byte, `LEN` times.
const fn first_bytes<const LEN: usize>() -> [u8; 64] {
    let mut bytes = [0; 64];
    let mut at: u8 = 0;
    while at < 64 {
        // Shuffles within 16 bytes look at the low four bits only.
        bytes[at as usize] = at - at % (LEN as u8);
        at += 1;
    }
    bytes
}

/// The first byte of each word, eight times.
pub(super) const FIRST_OF_8: [u8; 64] = first_bytes::<8>();

/// Where each byte of a lane of 4 takes its bits from, two lanes to a word.
const SPREAD_4: [u8; 64] = repeated([0, 7, 14, 21, 32, 39, 46, 53]);
/// A byte is followed by another when the leading zeros are fewer than this.
const MORE_4: [u8; 64] = repeated([25, 18, 11, 0]);
/// A byte is written when the leading zeros are fewer than this.
const KEEP_4: [u8; 64] = repeated([127, 25, 18, 11]);

pub(super) const SPREAD_8: [u8; 64] = repeated([0, 7, 14, 21, 28, 35, 42, 49]);
const MORE_8: [u8; 64] = repeated([57, 50, 43, 36, 29, 22, 15, 0]);
const KEEP_8: [u8; 64] = repeated([127, 57, 50, 43, 36, 29, 22, 15]);

/// The value stands in both words of its lane, so the tenth byte wraps around: only its
/// lowest bit counts.
const SPREAD_16: [u8; 64] = repeated([0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 0, 0, 0, 0, 0, 0]);
const MORE_16: [u8; 64] = repeated([57, 50, 43, 36, 29, 22, 15, 8, 1, 0, 0, 0, 0, 0, 0, 0]);
const KEEP_16: [u8; 64] = repeated([127, 57, 50, 43, 36, 29, 22, 15, 8, 1, 0, 0, 0, 0, 0, 0]);
const BITS_16: [u8; 64] = repeated([
    0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0, 0, 0, 0, 0, 0,
]);

/// Behind any byte that may be written, a whole register may.
const _: () = assert!(size_of::<__m512i>() <= OVERSHOOT);

/// Stores the kept bytes and answers the end.
///
/// # Safety
///
/// 64 bytes may be written at `out`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi2,popcnt")]
pub(super) unsafe fn store(out: *mut u8, bytes: __m512i, keep: u64) -> *mut u8 {
    let packed = _mm512_maskz_compress_epi8(keep, bytes);
    let len = keep.count_ones();
    // SAFETY: the caller's duty.
    unsafe {
        _mm512_storeu_si512(out.cast(), packed);
        out.add(len as usize)
    }
}

/// A mask of the lowest bits; at most 64.
#[inline]
#[target_feature(enable = "bmi2")]
pub(super) fn low_bits(count: u32) -> u64 {
    core::arch::x86_64::_bzhi_u64(u64::MAX, count)
}

/// Writes 32 values below 2^14 from lanes of 2 bytes.
///
/// # Safety
///
/// 64 bytes may be written at `out`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
unsafe fn lanes_2(out: *mut u8, values: __m512i) -> *mut u8 {
    const SPREAD: [u8; 64] = repeated([0, 7, 16, 23, 32, 39, 48, 55]);
    let spread = _mm512_multishift_epi64_epi8(vector(&SPREAD), values);
    // Carries into bit 14 when the value is at least 0x80: moved to the first byte's top bit.
    let more = _mm512_srli_epi16::<7>(_mm512_add_epi16(values, _mm512_set1_epi16(0x3f80)));
    let bits = _mm512_set1_epi16(0xff7f_u16.cast_signed());
    let bytes = _mm512_ternarylogic_epi64::<SELECT>(bits, spread, more);
    // The first byte of each is always written, the second when it is not zero.
    let keep = _mm512_test_epi8_mask(bytes, bytes) | 0x5555_5555_5555_5555;
    // SAFETY: the caller's duty.
    unsafe { store(out, bytes, keep) }
}

/// Writes `count` values below 2^28 from lanes of 4 bytes: 16 when `ALL`.
///
/// # Safety
///
/// 64 bytes may be written at `out`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
pub(super) unsafe fn lanes_4<const ALL: bool>(
    out: *mut u8,
    values: __m512i,
    count: u32,
) -> *mut u8 {
    let zeros = _mm512_lzcnt_epi32(values);
    let zeros = _mm512_shuffle_epi8(zeros, vector(&const { first_bytes::<4>() }));
    let spread = _mm512_multishift_epi64_epi8(vector(&SPREAD_4), values);
    let more = _mm512_sub_epi8(zeros, vector(&MORE_4));
    let bits = _mm512_set1_epi32(0x7f7f_7f7f);
    let bytes = _mm512_ternarylogic_epi64::<SELECT>(bits, spread, more);
    let mut keep = _mm512_cmplt_epi8_mask(zeros, vector(&KEEP_4));
    if !ALL {
        keep &= low_bits(4 * count);
    }
    // SAFETY: the caller's duty.
    unsafe { store(out, bytes, keep) }
}

/// Writes `count` values below 2^56 from lanes of 8 bytes: 8 when `ALL`.
///
/// # Safety
///
/// 64 bytes may be written at `out`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
pub(super) unsafe fn lanes_8<const ALL: bool>(
    out: *mut u8,
    values: __m512i,
    count: u32,
) -> *mut u8 {
    let zeros = _mm512_lzcnt_epi64(values);
    let zeros = _mm512_shuffle_epi8(zeros, vector(&FIRST_OF_8));
    let spread = _mm512_multishift_epi64_epi8(vector(&SPREAD_8), values);
    let more = _mm512_sub_epi8(zeros, vector(&MORE_8));
    let bits = _mm512_set1_epi32(0x7f7f_7f7f);
    let bytes = _mm512_ternarylogic_epi64::<SELECT>(bits, spread, more);
    let mut keep = _mm512_cmplt_epi8_mask(zeros, vector(&KEEP_8));
    if !ALL {
        keep &= low_bits(8 * count);
    }
    // SAFETY: the caller's duty.
    unsafe { store(out, bytes, keep) }
}

/// Writes `count` values of up to 64 bits, four at a time from lanes of 16 bytes:
/// 8 when `ALL`.
///
/// # Safety
///
/// What the longest values take, and the overshoot, may be written at `out`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
pub(super) unsafe fn lanes_16<const ALL: bool>(
    out: *mut u8,
    values: __m512i,
    count: u32,
) -> *mut u8 {
    /// The first byte of each of four values of 8 bytes, 16 times, from a first one on.
    const fn broadcast(first: u8) -> [u8; 64] {
        let mut bytes = [0; 64];
        let mut at: u8 = 0;
        while at < 64 {
            bytes[at as usize] = 8 * (first + at / 16);
            at += 1;
        }
        bytes
    }
    let zeros = _mm512_lzcnt_epi64(values);
    let halves = [
        (
            _mm512_setr_epi64(0, 0, 1, 1, 2, 2, 3, 3),
            const { broadcast(0) },
            0,
        ),
        (
            _mm512_setr_epi64(4, 4, 5, 5, 6, 6, 7, 7),
            const { broadcast(4) },
            4,
        ),
    ];
    let mut out = out;
    for (twice, broadcast, before) in halves {
        let pairs = _mm512_permutexvar_epi64(twice, values);
        let zeros = _mm512_permutexvar_epi8(vector(&broadcast), zeros);
        let spread = _mm512_multishift_epi64_epi8(vector(&SPREAD_16), pairs);
        let more = _mm512_sub_epi8(zeros, vector(&MORE_16));
        let bytes = _mm512_ternarylogic_epi64::<SELECT>(vector(&BITS_16), spread, more);
        let mut keep = _mm512_cmplt_epi8_mask(zeros, vector(&KEEP_16));
        if !ALL {
            keep &= low_bits(16 * count.saturating_sub(before).min(4));
        }
        // SAFETY: the caller's duty: 40 bytes at most are behind the first half.
        out = unsafe { store(out, bytes, keep) };
    }
    out
}

/// Whether some value of 16 has one of these bits.
#[inline]
#[target_feature(enable = "avx512f")]
fn any_32(values: __m512i, bits: u32) -> bool {
    _mm512_test_epi32_mask(values, _mm512_set1_epi32(bits.cast_signed())) != 0
}

/// Whether some value of 8 has one of these bits.
#[inline]
#[target_feature(enable = "avx512f")]
fn any_64(values: __m512i, bits: u64) -> bool {
    _mm512_test_epi64_mask(values, _mm512_set1_epi64(bits.cast_signed())) != 0
}

/// Two vectors of 32-bit values below 2^16 as one of 16-bit values.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn pack_32(first: __m512i, second: __m512i) -> __m512i {
    // Packing works on quarters; put them back in order.
    let order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    _mm512_permutexvar_epi64(order, _mm512_packus_epi32(first, second))
}

/// 64 values below 128 as a byte each, in their order.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn bytes_of_64(values: [__m512i; 4]) -> __m512i {
    let [a, b, c, d] = values;
    // Packing works on quarters.
    let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    let pairs = _mm512_packus_epi16(_mm512_packus_epi32(a, b), _mm512_packus_epi32(c, d));
    _mm512_permutexvar_epi32(order, pairs)
}

/// 64 values at an address.
///
/// # Safety
///
/// They are there.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn load_4<const SIGNED: bool>(from: *const u8) -> ([__m512i; 4], __m512i) {
    // SAFETY: the caller's duty.
    let at = |index: usize| unsafe { wire_32::<SIGNED>(load(from.add(64 * index))) };
    let [a, b, c, d] = [at(0), at(1), at(2), at(3)];
    let any = _mm512_or_si512(_mm512_or_si512(a, b), _mm512_or_si512(c, d));
    ([a, b, c, d], any)
}

/// Writes 64 values of up to 32 bits, not all of them below 128. It loads them again: what is not inlined would be
/// given vectors in memory.
///
/// # Safety
///
/// They are at `from`; 64 times their longest varint, and the overshoot, may be written at `out`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
unsafe fn stretch_32<const SIGNED: bool>(out: *mut u8, from: *const u8) -> *mut u8 {
    let mut out = out;
    // SAFETY: the caller's duty; 16 values of 32 bits have at least 80 + 64 bytes of room.
    unsafe {
        let (values, any) = load_4::<SIGNED>(from);
        if !any_32(any, !0x3fff) {
            let [a, b, c, d] = values;
            out = lanes_2(out, pack_32(a, b));
            lanes_2(out, pack_32(c, d))
        } else if !any_32(any, 0xf000_0000) {
            for values in values {
                out = lanes_4::<true>(out, values, 16);
            }
            out
        } else {
            for values in values {
                out = lanes_8::<true>(out, low_32(values), 8);
                out = lanes_8::<true>(out, high_32(values), 8);
            }
            out
        }
    }
}

/// The first 8 of 16 values, wider.
#[inline]
#[target_feature(enable = "avx512f")]
fn low_32(values: __m512i) -> __m512i {
    _mm512_cvtepu32_epi64(_mm512_castsi512_si256(values))
}

/// The last 8 of 16 values, wider.
#[inline]
#[target_feature(enable = "avx512f")]
fn high_32(values: __m512i) -> __m512i {
    _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64::<1>(values))
}

/// Writes up to 16 values of up to 32 bits.
///
/// # Safety
///
/// What the longest values take, and the overshoot, may be written at `out`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
unsafe fn some_32(out: *mut u8, values: __m512i, count: u32) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe {
        if !any_32(values, 0xf000_0000) {
            return lanes_4::<false>(out, values, count);
        }
        let out = lanes_8::<false>(out, low_32(values), count.min(8));
        lanes_8::<false>(out, high_32(values), count.saturating_sub(8))
    }
}

/// Writes 64 values of up to 64 bits.
///
/// # Safety
///
/// They are at `from`; 640 bytes and the overshoot may be written at `out`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
unsafe fn stretch_64<const SIGNED: bool>(out: *mut u8, from: *const u8) -> *mut u8 {
    // SAFETY: the caller's duty.
    let at = |index: usize| unsafe { wire_64::<SIGNED>(load(from.add(64 * index))) };
    let values = [at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)];
    let mut any = values[0];
    for values in &values[1..] {
        any = _mm512_or_si512(any, *values);
    }
    let mut out = out;
    // SAFETY: the caller's duty; 8 values have at least 80 + 64 bytes of room.
    unsafe {
        if !any_64(any, !0x7f) {
            for values in values {
                out.cast::<[u8; 8]>().write_unaligned(bytes_of(values));
                out = out.add(8);
            }
        } else if !any_64(any, !0x0fff_ffff) {
            for [first, second] in pairs(values) {
                let (low, high) = (_mm512_cvtepi64_epi32(first), _mm512_cvtepi64_epi32(second));
                let both = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high);
                out = lanes_4::<true>(out, both, 16);
            }
        } else if !any_64(any, 0xff << 56) {
            for values in values {
                out = lanes_8::<true>(out, values, 8);
            }
        } else {
            for values in values {
                out = lanes_16::<true>(out, values, 8);
            }
        }
    }
    out
}

/// The low bytes of 8 values.
#[inline]
#[target_feature(enable = "avx512f")]
fn bytes_of(values: __m512i) -> [u8; 8] {
    let mut bytes = [0; 16];
    // SAFETY: room for 16 bytes.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), _mm512_cvtepi64_epi8(values)) };
    let [a, b, c, d, e, f, g, h, ..] = bytes;
    [a, b, c, d, e, f, g, h]
}

#[inline]
fn pairs(values: [__m512i; 8]) -> [[__m512i; 2]; 4] {
    let [a, b, c, d, e, f, g, h] = values;
    [[a, b], [c, d], [e, f], [g, h]]
}

/// Writes up to 8 values of up to 64 bits.
///
/// # Safety
///
/// What the longest values take, and the overshoot, may be written at `out`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
pub(super) unsafe fn some_64(out: *mut u8, values: __m512i, count: u32) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe {
        if any_64(values, 0xff << 56) {
            lanes_16::<false>(out, values, count)
        } else {
            lanes_8::<false>(out, values, count)
        }
    }
}

/// Writes 32 values of up to 16 bits.
///
/// # Safety
///
/// 96 bytes and the overshoot may be written at `out`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
unsafe fn stretch_16(out: *mut u8, values: __m512i) -> *mut u8 {
    let any =
        |bits: u16| _mm512_test_epi16_mask(values, _mm512_set1_epi16(bits.cast_signed())) != 0;
    // SAFETY: the caller's duty; 16 values have at least 48 + 64 bytes of room.
    unsafe {
        if !any(!0x7f) {
            _mm256_storeu_si256(out.cast(), _mm512_cvtepi16_epi8(values));
            out.add(32)
        } else if !any(!0x3fff) {
            lanes_2(out, values)
        } else {
            let (low, high) = halves_16(values);
            let out = lanes_4::<true>(out, low, 16);
            lanes_4::<true>(out, high, 16)
        }
    }
}

/// Writes up to 32 values of up to 16 bits.
///
/// # Safety
///
/// What the longest values take, and the overshoot, may be written at `out`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
unsafe fn some_16(out: *mut u8, values: __m512i, count: u32) -> *mut u8 {
    let (low, high) = halves_16(values);
    // SAFETY: the caller's duty: 48 bytes at most are behind the first half.
    unsafe {
        let out = lanes_4::<false>(out, low, count.min(16));
        match count {
            ..=16 => out,
            _ => lanes_4::<false>(out, high, count - 16),
        }
    }
}

/// 32 values, wider.
#[inline]
#[target_feature(enable = "avx512f")]
fn halves_16(values: __m512i) -> (__m512i, __m512i) {
    let low = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(values));
    let high = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64::<1>(values));
    (low, high)
}

macro_rules! zigzag {
    ($($name:ident, $shift_left:ident, $shift_right:ident, $sign:literal;)*) => { $(
        /// Zigzag encodes signed values; leaves unsigned ones.
        #[inline]
        #[target_feature(enable = "avx512f,avx512bw")]
        pub(super) fn $name<const SIGNED: bool>(values: __m512i) -> __m512i {
            if SIGNED {
                _mm512_xor_si512($shift_left::<1>(values), $shift_right::<$sign>(values))
            } else {
                values
            }
        }
    )* };
}

zigzag! {
    wire_16, _mm512_slli_epi16, _mm512_srai_epi16, 15;
    wire_32, _mm512_slli_epi32, _mm512_srai_epi32, 31;
    wire_64, _mm512_slli_epi64, _mm512_srai_epi64, 63;
}

/// A vector at an address that need not be aligned.
///
/// # Safety
///
/// 64 initialised bytes are at `from`.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn load(from: *const u8) -> __m512i {
    // SAFETY: the caller's duty.
    unsafe { _mm512_loadu_si512(from.cast()) }
}

/// Writes values of 16 bits.
///
/// # Safety
///
/// As for [`Routine::write_in`].
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
unsafe fn write_16<const SIGNED: bool>(
    out: *mut u8,
    from: *const u8,
    count: usize,
    room: usize,
) -> (*mut u8, usize) {
    const MAX_LEN: usize = varint::MAX_LEN_U16;
    let (mut out, mut from, mut left) = (out, from, count);
    let end = out.addr() + room;
    // SAFETY: the caller's duty; masked loads read no more than what is left.
    unsafe {
        while left >= 32 && end - out.addr() >= 32 * MAX_LEN {
            out = stretch_16(out, wire_16::<SIGNED>(load(from)));
            from = from.add(64);
            left -= 32;
        }
        if end - out.addr() < left * MAX_LEN {
            return (out, count - left);
        }
        if left > 0 {
            let mask = low_bits(left as u32) as __mmask32;
            let values = wire_16::<SIGNED>(_mm512_maskz_loadu_epi16(mask, from.cast()));
            out = some_16(out, values, left as u32);
        }
    }
    (out, count)
}

/// Writes values of 32 bits.
///
/// # Safety
///
/// As for [`Routine::write_in`].
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
unsafe fn write_32<const SIGNED: bool>(
    out: *mut u8,
    from: *const u8,
    count: usize,
    room: usize,
) -> (*mut u8, usize) {
    const MAX_LEN: usize = varint::MAX_LEN_U32;
    let (mut out, mut from) = (out, from);
    let end = out.addr() + room;
    // The last cursor with room for a stretch, so that a turn, which is a few cycles, has one comparison for that.
    let last = end.saturating_sub(64 * MAX_LEN);
    let mut stretches = count / 64;
    // SAFETY: the caller's duty; masked loads read no more than what is left.
    unsafe {
        while stretches > 0 && out.addr() <= last {
            let (values, any) = load_4::<SIGNED>(from);
            if any_32(any, !0x7f) {
                out = stretch_32::<SIGNED>(out, from);
            } else {
                _mm512_storeu_si512(out.cast(), bytes_of_64(values));
                out = out.add(64);
            }
            from = from.add(256);
            stretches -= 1;
        }
        let mut left = 64 * stretches + count % 64;
        if end - out.addr() < left * MAX_LEN {
            return (out, count - left);
        }
        while left > 0 {
            let now = left.min(16) as u32;
            let mask = low_bits(now) as __mmask16;
            let values = wire_32::<SIGNED>(_mm512_maskz_loadu_epi32(mask, from.cast()));
            out = some_32(out, values, now);
            from = from.add(4 * now as usize);
            left -= now as usize;
        }
    }
    (out, count)
}

/// Writes values of 64 bits.
///
/// # Safety
///
/// As for [`Routine::write_in`].
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
unsafe fn write_64<const SIGNED: bool>(
    out: *mut u8,
    from: *const u8,
    count: usize,
    room: usize,
) -> (*mut u8, usize) {
    const MAX_LEN: usize = varint::MAX_LEN_U64;
    let (mut out, mut from, mut left) = (out, from, count);
    let end = out.addr() + room;
    // SAFETY: the caller's duty; masked loads read no more than what is left.
    unsafe {
        while left >= 64 && end - out.addr() >= 64 * MAX_LEN {
            out = stretch_64::<SIGNED>(out, from);
            from = from.add(512);
            left -= 64;
        }
        if end - out.addr() < left * MAX_LEN {
            return (out, count - left);
        }
        while left > 0 {
            let now = left.min(8) as u32;
            let mask = low_bits(now) as __mmask8;
            let values = wire_64::<SIGNED>(_mm512_maskz_loadu_epi64(mask, from.cast()));
            out = some_64(out, values, now);
            from = from.add(8 * now as usize);
            left -= now as usize;
        }
    }
    (out, count)
}

macro_rules! routines {
    ($($ty:ty => $write:ident, $signed:literal;)*) => { $(
        impl Routine<$ty> for Avx512 {
            unsafe fn write(out: *mut u8, from: *const $ty, count: usize) -> *mut u8 {
                let room = count * <$ty as Element>::MAX_LEN;
                // SAFETY: the caller's duty.
                unsafe { Self::write_in(out, from, count, room) }.0
            }

            #[inline]
            unsafe fn write_in(
                out: *mut u8,
                from: *const $ty,
                count: usize,
                room: usize,
            ) -> (*mut u8, usize) {
                // SAFETY: this routine is only in the set of a processor that has
                // these instructions; the rest is the caller's duty.
                unsafe { $write::<$signed>(out, from.cast(), count, room) }
            }
        }
    )* };
}

routines! {
    u16 => write_16, false;
    i16 => write_16, true;
    u32 => write_32, false;
    i32 => write_32, true;
    u64 => write_64, false;
    i64 => write_64, true;
}
