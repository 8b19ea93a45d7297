//! AVX-512: eight options of integers at a time, as [`crate::kernels::ready`] tells.

use core::arch::asm;
use core::arch::x86_64::{
    __m512i, __mmask8, _mm512_add_epi64, _mm512_and_si512, _mm512_lzcnt_epi64,
    _mm512_mask_or_epi64, _mm512_maskz_mov_epi64, _mm512_multishift_epi64_epi8, _mm512_or_si512,
    _mm512_permutex2var_epi64, _mm512_permutexvar_epi8, _mm512_set1_epi32, _mm512_set1_epi64,
    _mm512_setr_epi64, _mm512_shuffle_epi8, _mm512_slli_epi64, _mm512_srai_epi64,
    _mm512_srli_epi64, _mm512_storeu_si512, _mm512_sub_epi8, _mm512_ternarylogic_epi64,
    _mm512_test_epi64_mask,
};

use super::avx512::{FIRST_OF_8, SELECT, SPREAD_8, repeated, vector, wire_64};
use crate::entry_fn;
use crate::kernels::ready::{Group, Kind, LANES, Made, Ready};

/// A byte is followed by another when the leading zeros are fewer than this.
const MORE: [u8; 64] = repeated([57, 50, 43, 36, 29, 22, 15, 8]);

/// The length of a varint by the leading zeros of its value, which is not zero.
const LEN: [u8; 64] = {
    let mut len = [0; 64];
    let mut zeros: u8 = 0;
    while zeros < 64 {
        len[zeros as usize] = (64 - zeros).div_ceil(7);
        zeros += 1;
    }
    len
};

/// Words at an address, zeros for those that are not present.
///
/// By assembly: what is in a `None` need not be initialised, which is nothing to a processor.
///
/// # Safety
///
/// The words that are present can be read.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn load(present: __mmask8, from: *const u8) -> __m512i {
    let words: __m512i;
    // SAFETY: the caller's duty; what is masked out is not read.
    unsafe {
        asm!(
            "vmovdqu64 {words}{{{present}}}{{z}}, [{from}]",
            words = out(zmm_reg) words,
            present = in(kreg) present,
            from = in(reg) from,
            options(nostack, readonly, preserves_flags),
        );
    }
    words
}

/// Stores eight words. The loads of single ones that follow wait half a nanosecond longer for them than for halves, and of
/// two stores more the whole takes longer than that.
///
/// # Safety
///
/// They may be written.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn store(to: *mut [u64; LANES], words: __m512i) {
    // SAFETY: the caller's duty.
    unsafe { _mm512_storeu_si512(to.cast(), words) }
}

/// Makes eight options of tags and wire numbers.
///
/// # Safety
///
/// `made` may be written.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi")]
unsafe fn make<const WIDE: bool>(made: *mut Made, tags: __m512i, values: __m512i) {
    let one = _mm512_set1_epi64(1);
    let some = _mm512_test_epi64_mask(tags, _mm512_set1_epi64(0xff));
    let zeros = _mm512_lzcnt_epi64(_mm512_or_si512(values, one));
    let len = _mm512_permutexvar_epi8(zeros, vector(&LEN));
    let len = _mm512_and_si512(len, _mm512_set1_epi64(0xff));
    let len = _mm512_add_epi64(_mm512_maskz_mov_epi64(some, len), one);
    let zeros = _mm512_shuffle_epi8(zeros, vector(&FIRST_OF_8));
    let spread = _mm512_multishift_epi64_epi8(vector(&SPREAD_8), values);
    let more = _mm512_sub_epi8(zeros, vector(&MORE));
    let bits = _mm512_set1_epi32(0x7f7f_7f7f);
    let bytes = _mm512_ternarylogic_epi64::<SELECT>(bits, spread, more);
    let first = _mm512_slli_epi64::<8>(bytes);
    let first = _mm512_mask_or_epi64(first, some, first, one);
    // SAFETY: the caller's duty; 128 bytes, and 64.
    unsafe {
        let bytes_of = (&raw mut (*made).bytes).cast::<[u64; LANES]>();
        store(&raw mut (*made).len, len);
        if !WIDE {
            store(bytes_of, first);
            return;
        }
        // The uppermost eight bits are the ninth byte, and their first one the tenth.
        let ninth = _mm512_srli_epi64::<56>(values);
        let tenth = _mm512_slli_epi64::<16>(_mm512_srli_epi64::<63>(values));
        let second = _mm512_or_si512(_mm512_slli_epi64::<8>(ninth), tenth);
        let second = _mm512_or_si512(second, _mm512_srli_epi64::<56>(bytes));
        let low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
        let high = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
        store(bytes_of, _mm512_permutex2var_epi64(first, low, second));
        store(
            bytes_of.add(1),
            _mm512_permutex2var_epi64(first, high, second),
        );
    }
}

/// Makes a group.
///
/// # Safety
///
/// Its options are at `base`, and `made` may be written.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi")]
unsafe fn group(made: *mut Made, base: *const u8, group: &Group) {
    // SAFETY: the caller's duty; only options that are present are read.
    unsafe {
        let from = base.add(group.at as usize);
        match group.kind {
            Kind::U32 => {
                let pairs = load(group.present(), from);
                make::<false>(made, pairs, _mm512_srli_epi64::<32>(pairs));
            }
            Kind::I32 => {
                let pairs = load(group.present(), from);
                let values = wire_64::<true>(_mm512_srai_epi64::<32>(pairs));
                make::<false>(made, pairs, values);
            }
            Kind::U64 | Kind::I64 => {
                let (tags, values) = wide(group.words, from);
                let values = match group.kind {
                    Kind::I64 => wire_64::<true>(values),
                    _ => values,
                };
                make::<true>(made, tags, values);
            }
        }
    }
}

/// The tags and payloads of options of 16 bytes.
///
/// # Safety
///
/// The words that are present can be read.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn wide(words: u16, from: *const u8) -> (__m512i, __m512i) {
    let [low, high] = words.to_le_bytes();
    // SAFETY: the caller's duty.
    let (a, b) = unsafe { (load(low, from), load(high, from.wrapping_add(64))) };
    let even = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
    let odd = _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15);
    let tags = _mm512_permutex2var_epi64(a, even, b);
    (tags, _mm512_permutex2var_epi64(a, odd, b))
}

/// Makes all groups.
///
/// # Safety
///
/// As for [`crate::entry::ReadyFn`].
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi")]
unsafe fn all(out: *mut Made, base: *const u8, ready: &Ready) {
    for (number, options) in ready.groups.iter().enumerate() {
        // SAFETY: the caller's duty: there is room for as many as there are groups.
        unsafe { group(out.add(number), base, options) };
    }
}

entry_fn! {
    /// [`crate::entry::ReadyFn`] by AVX-512.
    ///
    /// # Safety
    ///
    /// As for the type; the processor has the instructions.
    #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi")]
    pub(super) unsafe fn make_ready(out: *mut u8, base: *const u8, ready: *const Ready) {
        // SAFETY: the caller's duty; a table lives as long as its program.
        unsafe { all(out.cast(), base, &*ready) }
    }
}
