//! The form for x86-64 processors with BMI2 and AVX-512 (F, BW, VL, CD, VBMI, VBMI2).
//!
//! Lone varints are those of [`super::bmi2`]. Runs are made eight at a time: `vpmultishiftqb` cuts the 7-bit
//! groups into bytes, a table answers lengths for leading zeros, `vpcompressb` closes the gaps. Lists of small
//! numbers are packed 64 at a time.
//!
//! [`append`] is compiled for such processors; everything here is inlined into it, or into a function like it.

use core::arch::x86_64::*;

use super::Hand;
use super::bmi2::Bmi2;
use super::cursor::Cursor;
use super::isa::Isa;
use super::options;
use super::over_copy;
use super::portable::MARKS;
use crate::workload::options::Record;

/// Processors that [`is_available`] accepts.
#[derive(Debug, Clone, Copy)]
pub struct Avx512;

/// Whether this processor has what the form uses.
#[must_use]
pub fn is_available() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512cd")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// Appends the bytes of a value.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512cd,avx512vbmi,avx512vbmi2")]
#[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn append<T: Hand>(value: &T, buffer: &mut Vec<u8>) {
    super::append::<Avx512, T>(value, buffer);
}

impl Isa for Avx512 {
    #[inline(always)]
    unsafe fn copy_to_32(to: *mut u8, from: *const u8, len: usize) {
        // SAFETY: the caller's duty; what is masked out is not read.
        unsafe {
            let mask = _bzhi_u32(u32::MAX, len as u32);
            let bytes = _mm256_maskz_loadu_epi8(mask, from.cast());
            _mm256_storeu_si256(to.cast(), bytes);
        };
    }

    /// Half as many of its stores lie in two cache lines as of those of 32 bytes.
    #[inline(always)]
    unsafe fn copy_to_16(to: *mut u8, from: *const u8, len: usize) {
        // SAFETY: the caller's duty; what is masked out is not read.
        unsafe {
            let mask = _bzhi_u32(u32::MAX, len as u32) as u16;
            let bytes = _mm_maskz_loadu_epi8(mask, from.cast());
            _mm_storeu_si128(to.cast(), bytes);
        };
    }

    #[inline(always)]
    unsafe fn copy_33_to_128(to: *mut u8, from: *const u8, len: usize) {
        // SAFETY: the caller's duty; both ends lie within the string.
        unsafe {
            if len <= 64 {
                let first = _mm256_loadu_si256(from.cast());
                let last = _mm256_loadu_si256(from.add(len - 32).cast());
                _mm256_storeu_si256(to.cast(), first);
                _mm256_storeu_si256(to.add(len - 32).cast(), last);
            } else {
                let first = _mm512_loadu_si512(from.cast());
                let last = _mm512_loadu_si512(from.add(len - 64).cast());
                _mm512_storeu_si512(to.cast(), first);
                _mm512_storeu_si512(to.add(len - 64).cast(), last);
            }
        };
    }

    #[inline(always)]
    unsafe fn varint_u32(to: *mut u8, value: u32) -> usize {
        // SAFETY: the caller's duty; the processor has BMI2.
        unsafe { Bmi2::varint_u32(to, value) }
    }

    #[inline(always)]
    unsafe fn varint_u64(to: *mut u8, value: u64) -> usize {
        // SAFETY: the caller's duty; the processor has BMI2.
        unsafe { Bmi2::varint_u64(to, value) }
    }

    #[inline(always)]
    unsafe fn run_u32(mut cursor: Cursor, values: &[u32]) -> Cursor {
        let (blocks, rest) = values.as_chunks::<64>();
        let (eights, rest) = rest.as_chunks::<8>();
        // SAFETY: 64 values have 320 bytes at most, eight 40, and each check behind themselves. The
        // processor has what is used.
        unsafe {
            for block in blocks {
                let at = cursor.at();
                cursor = match pack(at, block) {
                    true => cursor.advance(64),
                    false => cursor.moved_to(block_u32(at, block)),
                };
                cursor = cursor.check();
            }
            for eight in eights {
                let loaded = _mm256_loadu_si256(eight.as_ptr().cast());
                let at = narrow(cursor.at(), _mm512_cvtepu32_epi64(loaded), ALL);
                cursor = cursor.moved_to(at).check();
            }
            if !rest.is_empty() {
                let present = present(rest.len());
                let loaded = _mm256_maskz_loadu_epi32(present, rest.as_ptr().cast());
                let at = narrow(cursor.at(), _mm512_cvtepu32_epi64(loaded), present);
                cursor = cursor.moved_to(at).check();
            }
        }
        cursor
    }

    #[inline(always)]
    unsafe fn run_u64(mut cursor: Cursor, values: &[u64]) -> Cursor {
        let (blocks, rest) = values.as_chunks::<32>();
        let (eights, rest) = rest.as_chunks::<8>();
        // SAFETY: 32 values have 320 bytes at most, fewer less, and each check behind themselves. The
        // processor has what is used.
        unsafe {
            for block in blocks {
                let mut at = cursor.at();
                for eight in block.as_chunks::<8>().0 {
                    at = wide(at, _mm512_loadu_si512(eight.as_ptr().cast()), ALL);
                }
                cursor = cursor.moved_to(at).check();
            }
            for eight in eights {
                let loaded = _mm512_loadu_si512(eight.as_ptr().cast());
                cursor = cursor.moved_to(wide(cursor.at(), loaded, ALL)).check();
            }
            if !rest.is_empty() {
                let present = present(rest.len());
                let loaded = _mm512_maskz_loadu_epi64(present, rest.as_ptr().cast());
                cursor = cursor.moved_to(wide(cursor.at(), loaded, present)).check();
            }
        }
        cursor
    }

    #[inline(always)]
    unsafe fn short_run_u32(cursor: Cursor, values: &[u32]) -> Cursor {
        // SAFETY: 8 values have 40 bytes at most. The processor has what is used.
        unsafe {
            if values.len() > 8 {
                return Self::run_u32(cursor, values);
            }
            let present = present(values.len());
            let from = over_copy::readable(values.as_ptr().cast(), values.len());
            let loaded = _mm256_maskz_loadu_epi32(present, from.cast());
            let at = narrow(cursor.at(), _mm512_cvtepu32_epi64(loaded), present);
            cursor.moved_to(at).check()
        }
    }

    #[inline(always)]
    unsafe fn short_run_u16(mut cursor: Cursor, values: &[u16]) -> Cursor {
        let (eights, rest) = values.as_chunks::<8>();
        // SAFETY: 8 values have 24 bytes at most. The processor has what is used.
        unsafe {
            for eight in eights {
                let loaded = _mm_loadu_si128(eight.as_ptr().cast());
                let at = narrow(cursor.at(), _mm512_cvtepu16_epi64(loaded), ALL);
                cursor = cursor.moved_to(at).check();
            }
            let present = present(rest.len());
            let from = over_copy::readable(rest.as_ptr().cast(), rest.len());
            let loaded = _mm_maskz_loadu_epi16(present, from.cast());
            let at = narrow(cursor.at(), _mm512_cvtepu16_epi64(loaded), present);
            cursor.moved_to(at).check()
        }
    }

    #[inline(always)]
    unsafe fn run_i32(mut cursor: Cursor, values: &[i32]) -> Cursor {
        // SAFETY: as `run_u32`.
        unsafe {
            for eight in values.chunks(8) {
                let present = present(eight.len());
                let loaded = _mm256_maskz_loadu_epi32(present, eight.as_ptr());
                let sign = _mm256_srai_epi32::<31>(loaded);
                let zigzag = _mm256_xor_si256(_mm256_slli_epi32::<1>(loaded), sign);
                let at = narrow(cursor.at(), _mm512_cvtepu32_epi64(zigzag), present);
                cursor = cursor.moved_to(at).check();
            }
        }
        cursor
    }

    #[inline(always)]
    unsafe fn run_i64(mut cursor: Cursor, values: &[i64]) -> Cursor {
        // SAFETY: as `run_u64`.
        unsafe {
            for eight in values.chunks(8) {
                let present = present(eight.len());
                let loaded = _mm512_maskz_loadu_epi64(present, eight.as_ptr());
                let sign = _mm512_srai_epi64::<63>(loaded);
                let zigzag = _mm512_xor_si512(_mm512_slli_epi64::<1>(loaded), sign);
                cursor = cursor.moved_to(wide(cursor.at(), zigzag, present)).check();
            }
        }
        cursor
    }

    #[inline(always)]
    unsafe fn records_of_options(cursor: Cursor, records: &[Record]) -> Cursor {
        // SAFETY: the caller's duty; the processor has what is used.
        unsafe { options::avx512::write(cursor, records) }
    }
}

/// All of eight lanes.
const ALL: __mmask8 = 0xff;

/// The first so many of eight lanes.
#[inline(always)]
fn present(len: usize) -> __mmask8 {
    debug_assert!(len <= 8);
    // Eight bits are kept.
    (0xff_u32 >> (8 - len)) as __mmask8
}

/// Byte `j` of a varint of 64 bits is there if less than this many of its bits are leading zeros. The first
/// is always there; those of a lane that is not present, which has [`ABSENT`] zeros, never.
const fn kept_below(byte: usize) -> u8 {
    match byte {
        0 => ABSENT,
        // At most 57.
        1..=9 => (64 - 7 * byte) as u8,
        _ => 0,
    }
}

/// More leading zeros than there can be.
const ABSENT: u8 = 127;

/// [`kept_below`] of the bytes in slots of `SLOT` bytes, from byte `first` on.
const fn thresholds<const SLOT: usize>(first: usize) -> [u8; 64] {
    let mut bytes = [0; 64];
    let mut idx = 0;
    while idx < 64 {
        bytes[idx] = kept_below(idx % SLOT + first);
        idx += 1;
    }
    bytes
}

/// 64 constant bytes.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn load(bytes: &'static [u8; 64]) -> __m512i {
    // SAFETY: 64 bytes.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// The leading zeros of each lane in its lowest byte; [`ABSENT`] of those that are not present.
#[inline]
#[target_feature(enable = "avx512f,avx512cd")]
fn leading_zeros(values: __m512i, present: __mmask8) -> __m512i {
    let absent = _mm512_set1_epi64(ABSENT.into());
    _mm512_mask_lzcnt_epi64(absent, present, values)
}

/// The lowest byte of each lane of eight, in all of its bytes.
pub(super) static LOWEST: [u8; 64] = {
    let mut bytes = [0; 64];
    let mut idx = 0;
    while idx < 64 {
        // In each 16 bytes: 0 or 8.
        bytes[idx] = (idx & 8) as u8;
        idx += 1;
    }
    bytes
};

/// Eight varints of at most 32 bits each, in lanes of eight bytes. Answers where the next byte goes.
///
/// # Safety
///
/// 64 bytes of room (H1).
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,popcnt")]
unsafe fn narrow(at: *mut u8, values: __m512i, present: __mmask8) -> *mut u8 {
    let zeros = _mm512_shuffle_epi8(leading_zeros(values, present), load(&LOWEST));
    let shifts = _mm512_set1_epi64(0x312a_231c_150e_0700);
    let groups = _mm512_multishift_epi64_epi8(shifts, values);
    let marks = _mm512_sub_epi8(zeros, load(&const { thresholds::<8>(1) }));
    let is_mark = _mm512_set1_epi8(-128);
    let kept = _mm512_cmplt_epi8_mask(zeros, load(&const { thresholds::<8>(0) }));
    // SAFETY: the caller's duty.
    unsafe { close(at, choose(is_mark, marks, groups), kept) }
}

/// Eight varints of at most 64 bits each. Answers where the next byte goes.
///
/// # Safety
///
/// 104 bytes of room (H1): 40 of the first four, and 64.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,popcnt")]
unsafe fn wide(at: *mut u8, values: __m512i, present: __mmask8) -> *mut u8 {
    let zeros = leading_zeros(values, present);
    let twice = _mm512_set_epi64(3, 3, 2, 2, 1, 1, 0, 0);
    let lower = _mm512_permutexvar_epi64(twice, values);
    let lower_zeros = _mm512_permutexvar_epi8(load(&const { lowest_bytes(0) }), zeros);
    let twice = _mm512_set_epi64(7, 7, 6, 6, 5, 5, 4, 4);
    let upper = _mm512_permutexvar_epi64(twice, values);
    let upper_zeros = _mm512_permutexvar_epi8(load(&const { lowest_bytes(4) }), zeros);
    // SAFETY: the caller's duty.
    unsafe {
        let at = four(at, lower, lower_zeros);
        four(at, upper, upper_zeros)
    }
}

/// The lowest byte of four lanes from the given one on, sixteen times each.
const fn lowest_bytes(lane: usize) -> [u8; 64] {
    let mut bytes = [0; 64];
    let mut idx = 0;
    while idx < 64 {
        // At most 56.
        bytes[idx] = (8 * (lane + idx / 16)) as u8;
        idx += 1;
    }
    bytes
}

/// Four values, each twice; their leading zeros in every byte.
///
/// # Safety
///
/// 64 bytes of room (H1).
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,popcnt")]
unsafe fn four(at: *mut u8, values: __m512i, zeros: __m512i) -> *mut u8 {
    // The first eight groups of the first copy, the last two of the second. The tenth has one bit, and
    // cutting it wraps around: its other bits are taken from its marks, which are zero where it is kept.
    let shifts = _mm512_broadcast_i32x4(_mm_set_epi64x(0x3f38, 0x312a_231c_150e_0700));
    let is_mark = _mm512_broadcast_i32x4(_mm_set_epi64x(0xfe80, MARKS.cast_signed()));
    let groups = _mm512_multishift_epi64_epi8(shifts, values);
    let marks = _mm512_sub_epi8(zeros, load(&const { thresholds::<16>(1) }));
    let kept = _mm512_cmplt_epi8_mask(zeros, load(&const { thresholds::<16>(0) }));
    // SAFETY: the caller's duty.
    unsafe { close(at, choose(is_mark, marks, groups), kept) }
}

/// Bits of the first where the mask is set, of the second elsewhere.
#[inline]
#[target_feature(enable = "avx512f")]
fn choose(mask: __m512i, first: __m512i, second: __m512i) -> __m512i {
    _mm512_ternarylogic_epi64::<0xca>(mask, first, second)
}

/// Writes the bytes whose bit in `kept` is set, next to each other. Answers where the next byte goes.
///
/// # Safety
///
/// 64 bytes of room (H1).
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
unsafe fn close(at: *mut u8, bytes: __m512i, kept: __mmask64) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe {
        _mm512_storeu_si512(at.cast(), _mm512_maskz_compress_epi8(kept, bytes));
        at.add(kept.count_ones() as usize)
    }
}

/// Writes 64 numbers if all are below 128, a byte each, and says whether.
///
/// # Safety
///
/// 64 bytes of room (H1).
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn pack(at: *mut u8, block: &[u32; 64]) -> bool {
    // Packing takes 16 bytes of each in turns; this puts them in order again.
    let order = _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
    let [a, b, c, d] = quarters(block);
    let all = _mm512_or_si512(_mm512_or_si512(a, b), _mm512_or_si512(c, d));
    if _mm512_test_epi32_mask(all, _mm512_set1_epi32(!0x7f)) != 0 {
        return false;
    }
    let words = _mm512_packus_epi16(_mm512_packus_epi32(a, b), _mm512_packus_epi32(c, d));
    // SAFETY: the caller's duty.
    unsafe { _mm512_storeu_si512(at.cast(), _mm512_permutexvar_epi32(order, words)) };
    true
}

#[inline]
#[target_feature(enable = "avx512f")]
fn quarters(block: &[u32; 64]) -> [__m512i; 4] {
    // SAFETY: four times 64 bytes.
    [0, 16, 32, 48].map(|idx| unsafe { _mm512_loadu_si512(block.as_ptr().add(idx).cast()) })
}

/// 64 numbers: two bytes each with gaps closed if all are below 2^14, eight at a time otherwise. Answers
/// where the next byte goes.
///
/// # Safety
///
/// 384 bytes of room (H1): 320, and 64 of overshoot.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512cd,avx512vbmi,avx512vbmi2,popcnt")]
unsafe fn block_u32(mut at: *mut u8, block: &[u32; 64]) -> *mut u8 {
    let [a, b, c, d] = quarters(block);
    let all = _mm512_or_si512(_mm512_or_si512(a, b), _mm512_or_si512(c, d));
    // SAFETY: the caller's duty.
    unsafe {
        if _mm512_test_epi32_mask(all, _mm512_set1_epi32(!0x3fff)) == 0 {
            return two_bytes(two_bytes(at, a, b), c, d);
        }
        for eight in block.as_chunks::<8>().0 {
            let loaded = _mm256_loadu_si256(eight.as_ptr().cast());
            at = narrow(at, _mm512_cvtepu32_epi64(loaded), ALL);
        }
    }
    at
}

/// 32 numbers below 2^14. Answers where the next byte goes.
///
/// # Safety
///
/// 64 bytes of room (H1).
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
unsafe fn two_bytes(at: *mut u8, first: __m512i, second: __m512i) -> *mut u8 {
    let order = _mm512_set_epi64(7, 5, 3, 1, 6, 4, 2, 0);
    let words = _mm512_permutexvar_epi64(order, _mm512_packus_epi32(first, second));
    let low = _mm512_set1_epi16(0x7f);
    let high = _mm512_slli_epi16::<1>(_mm512_andnot_si512(low, words));
    let groups = _mm512_or_si512(_mm512_and_si512(low, words), high);
    // The first byte is marked where there is a second, which is kept then: it is not zero.
    let is_long = _mm512_cmpgt_epu16_mask(words, low);
    let bytes = _mm512_mask_add_epi16(groups, is_long, groups, _mm512_set1_epi16(0x80));
    let kept = _mm512_test_epi8_mask(bytes, bytes) | 0x5555_5555_5555_5555;
    // SAFETY: the caller's duty.
    unsafe { close(at, bytes, kept) }
}
