//! AVX-512: eight options at a time, as [`crate::kernels::ready`] tells.

use core::arch::asm;
use core::arch::x86_64::{
    __m512i, __mmask8, _mm_cvtsi64_si128, _mm512_and_si512, _mm512_cmple_epu64_mask,
    _mm512_cmpneq_epi64_mask, _mm512_cvtepu8_epi64, _mm512_lzcnt_epi64, _mm512_mask_add_epi64,
    _mm512_mask_mov_epi64, _mm512_mask_srai_epi64, _mm512_mask_srli_epi64, _mm512_mask_sub_epi64,
    _mm512_maskz_mov_epi64, _mm512_multishift_epi64_epi8, _mm512_or_si512,
    _mm512_permutex2var_epi64, _mm512_permutexvar_epi8, _mm512_set1_epi32, _mm512_set1_epi64,
    _mm512_shuffle_epi8, _mm512_slli_epi64, _mm512_srai_epi64, _mm512_srli_epi64,
    _mm512_storeu_si512, _mm512_sub_epi8, _mm512_ternarylogic_epi64, _mm512_test_epi64_mask,
    _mm512_unpackhi_epi64, _mm512_unpacklo_epi64,
};

use super::avx512::{FIRST_OF_8, SELECT, SPREAD_8, repeated, vector, wire_64};
use crate::entry_fn;
use crate::kernels::over;
use crate::kernels::ready::{LANES, Made, Mixed, NOT_SHORT, Narrow, Ready, Texts, Wide};

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

/// Where the ninth and tenth byte take their bits from, behind one that takes none. Of the tenth only the first bit counts, and what is behind it does not.
const SPREAD_LAST: [u8; 64] = repeated([0, 56, 63, 0, 0, 0, 0, 0]);
const BITS_LAST: [u8; 64] = repeated([0, 0xff, 1, 0, 0, 0, 0, 0]);

/// Eight words.
///
/// By assembly: what is in a `None`, or between fields, need not be initialised, which is nothing to a processor.
///
/// # Safety
///
/// They can be read.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn load(from: *const u8) -> __m512i {
    let words: __m512i;
    // SAFETY: the caller's duty.
    unsafe {
        asm!(
            "vmovdqu64 {words}, [{from}]",
            words = out(zmm_reg) words,
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

/// Makes eight options of words with their tags in the lowest byte, and of wire numbers.
///
/// What is made of wide ones is first that of the even lanes, then that of the odd ones.
///
/// # Safety
///
/// `made` may be written.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi")]
unsafe fn make_integers<const WIDE: bool>(made: *mut Made, tags: __m512i, values: __m512i) {
    let one = _mm512_set1_epi64(1);
    let some = _mm512_test_epi64_mask(tags, _mm512_set1_epi64(0xff));
    let zeros = _mm512_lzcnt_epi64(_mm512_or_si512(values, one));
    // The upper bytes count no zeros, and get the first length; less these, and a byte more for the tag.
    let len = _mm512_permutexvar_epi8(zeros, vector(&LEN));
    let less = _mm512_set1_epi64(i64::from_le_bytes([0, 10, 10, 10, 10, 10, 10, 10]) - 1);
    let len = _mm512_mask_sub_epi64(one, some, len, less);
    let zeros = _mm512_shuffle_epi8(zeros, vector(&FIRST_OF_8));
    let spread = _mm512_multishift_epi64_epi8(vector(&SPREAD_8), values);
    let more = _mm512_sub_epi8(zeros, vector(&MORE));
    let bits = _mm512_set1_epi32(0x7f7f_7f7f);
    let bytes = _mm512_ternarylogic_epi64::<SELECT>(bits, spread, more);
    let first = or_where(some, _mm512_slli_epi64::<8>(bytes), one);
    // SAFETY: the caller's duty; 128 bytes, and 64.
    unsafe {
        let bytes_of = (&raw mut (*made).bytes).cast::<[u64; LANES]>();
        store(&raw mut (*made).len, len);
        if !WIDE {
            store(bytes_of, first);
            return;
        }
        let last = _mm512_multishift_epi64_epi8(vector(&SPREAD_LAST), values);
        let eighth = _mm512_srli_epi64::<56>(bytes);
        let second = _mm512_ternarylogic_epi64::<OR_OF_AND>(eighth, last, vector(&BITS_LAST));
        store(bytes_of, _mm512_unpacklo_epi64(first, second));
        store(bytes_of.add(1), _mm512_unpackhi_epi64(first, second));
    }
}

/// The words, and in these lanes the bits as well.
///
/// By assembly: of the intrinsic the compiler makes three instructions.
#[inline]
#[target_feature(enable = "avx512f")]
fn or_where(lanes: __mmask8, words: __m512i, bits: __m512i) -> __m512i {
    let mut words = words;
    // SAFETY: an instruction of registers alone, which the features include.
    unsafe {
        asm!(
            "vporq {words}{{{lanes}}}, {words}, {bits}",
            words = inout(zmm_reg) words,
            bits = in(zmm_reg) bits,
            lanes = in(kreg) lanes,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    words
}

/// The first operand, and where the third has ones the second.
const OR_OF_AND: i32 = 0xf8;

/// Eight numbers of a table, which say which words to take.
#[inline]
#[target_feature(enable = "avx512f")]
fn words(numbers: &[u8; LANES]) -> __m512i {
    _mm512_cvtepu8_epi64(_mm_cvtsi64_si128(i64::from_le_bytes(*numbers)))
}

/// Makes options of 32-bit integers.
///
/// # Safety
///
/// The words the group is read from are in the value, and `made` may be written.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi")]
unsafe fn narrow<const SIGNED: bool>(made: *mut Made, value: *const u8, group: &Narrow) {
    // SAFETY: the caller's duty.
    unsafe {
        let pairs = load(value.add(group.at as usize));
        let numbers = if SIGNED {
            wire_64::<SIGNED>(_mm512_srai_epi64::<32>(pairs))
        } else {
            _mm512_srli_epi64::<32>(pairs)
        };
        make_integers::<false>(made, pairs, numbers);
    }
}

/// Makes options of 64-bit integers.
///
/// # Safety
///
/// As for [`narrow`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi")]
unsafe fn wide<const SIGNED: bool>(made: *mut Made, value: *const u8, group: &Wide) {
    // SAFETY: the caller's duty.
    unsafe {
        let from = value.add(group.at as usize);
        let (a, b) = (load(from), load(from.add(64)));
        // The first four in the even lanes, the others in the odd ones.
        let (tags, payloads) = (_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
        make_integers::<true>(made, tags, wire_64::<SIGNED>(payloads));
    }
}

/// Makes options of integers of either width.
///
/// # Safety
///
/// As for [`narrow`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi")]
unsafe fn mixed<const SIGNED: bool>(made: *mut Made, value: *const u8, group: &Mixed) {
    // SAFETY: the caller's duty.
    unsafe {
        let [a, b] = group.at;
        let (a, b) = (load(value.add(a as usize)), load(value.add(b as usize)));
        let tags = _mm512_permutex2var_epi64(a, words(&group.tags), b);
        let words = _mm512_permutex2var_epi64(a, words(&group.values), b);
        let numbers = if SIGNED {
            wire_64::<SIGNED>(_mm512_mask_srai_epi64::<32>(words, group.narrow, words))
        } else {
            _mm512_mask_srli_epi64::<32>(words, group.narrow, words)
        };
        make_integers::<true>(made, tags, numbers);
    }
}

/// The words at this place, of three, of each of eight options.
#[inline]
#[target_feature(enable = "avx512f")]
fn of_three<const AT: u8>([a, b, c]: [__m512i; 3]) -> __m512i {
    /// Which of the first two registers' words, where they are in these; and of what is found so, or else of the third one's.
    const fn indices(at: u8) -> [[u8; 64]; 2] {
        let mut indices = [[0; 64]; 2];
        let mut lane = 0;
        while lane < 8 {
            let (word, byte) = (3 * lane + at, 8 * lane as usize);
            indices[0][byte] = word % 16;
            indices[1][byte] = if word < 16 { lane } else { word - 8 };
            lane += 1;
        }
        indices
    }
    let [of_two, of_both] = const { &indices(AT) };
    let found = _mm512_permutex2var_epi64(a, vector(of_two), b);
    _mm512_permutex2var_epi64(found, vector(of_both), c)
}

/// Makes options of strings.
///
/// # Safety
///
/// As for [`narrow`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn texts(made: *mut Made, value: *const u8, group: &Texts) {
    // SAFETY: the caller's duty.
    let words = unsafe {
        let from = value.add(group.at as usize);
        [load(from), load(from.add(64)), load(from.add(128))]
    };
    let one = _mm512_set1_epi64(1);
    let some = _mm512_cmpneq_epi64_mask(of_three::<0>(words), _mm512_set1_epi64(group.none));
    let len = _mm512_maskz_mov_epi64(some, of_three::<2>(words));
    // The address of an empty string is none.
    let is_there = _mm512_test_epi64_mask(len, len);
    let nothing = _mm512_set1_epi64(over::NOTHING.as_ptr().addr() as i64);
    let address = _mm512_mask_mov_epi64(nothing, is_there, of_three::<1>(words));
    let in_page = _mm512_and_si512(address, _mm512_set1_epi64(over::PAGE as i64 - 1));
    let last = _mm512_set1_epi64((over::PAGE - over::LEN) as i64);
    let stays = _mm512_cmple_epu64_mask(in_page, last);
    let written = _mm512_mask_add_epi64(one, some, len, _mm512_set1_epi64(2));
    let not_short = _mm512_set1_epi64(NOT_SHORT.cast_signed());
    let written = _mm512_mask_mov_epi64(not_short, stays, written);
    let head = or_where(some, _mm512_slli_epi64::<8>(len), one);
    // SAFETY: the caller's duty; twice 64 bytes, and 64.
    unsafe {
        let bytes_of = (&raw mut (*made).bytes).cast::<[u64; LANES]>();
        store(bytes_of, head);
        store(bytes_of.add(1), address);
        store(&raw mut (*made).len, written);
    }
}

/// Makes all groups of a value, and answers where those of the next one go.
///
/// One function for each that calls it, so that it is inlined into both: what is constant is in registers around the loop that way.
///
/// # Safety
///
/// As for [`crate::entry::ReadyFn`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi")]
unsafe fn all<const IN_LOOP: bool>(made: *mut Made, value: *const u8, ready: &Ready) -> *mut Made {
    let mut made = made;
    macro_rules! each {
        ($($groups:expr => $make:expr;)*) => {$(
            for group in $groups {
                // SAFETY: the caller's duty: there is room for as many as there are groups.
                unsafe {
                    $make(made, value, group);
                    made = made.add(1);
                }
            }
        )*};
    }
    let [unsigned, signed] = &ready.integers;
    each! {
        &unsigned.narrow => narrow::<false>;
        &unsigned.wide => wide::<false>;
        &unsigned.mixed => mixed::<false>;
        &signed.narrow => narrow::<true>;
        &signed.wide => wide::<true>;
        &signed.mixed => mixed::<true>;
        &ready.texts => texts;
    }
    made
}

entry_fn! {
    /// [`crate::entry::ReadyFn`] by AVX-512.
    ///
    /// # Safety
    ///
    /// As for the type; the processor has the instructions.
    #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi")]
    pub(super) unsafe fn make(out: *mut u8, base: *const u8, ready: *const Ready) {
        // SAFETY: the caller's duty; a table lives as long as its program.
        unsafe { all::<false>(out.cast(), base, &*ready) };
    }
}

entry_fn! {
    /// [`crate::entry::ReadyEachFn`] by AVX-512. Of all kinds of groups the constants are in registers first.
    ///
    /// # Safety
    ///
    /// As for the type; the processor has the instructions.
    #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi")]
    pub(super) unsafe fn make_each(out: *mut u8, first: *const u8, end: *const u8, stride: usize, ready: *const Ready) {
        let (mut made, mut value) = (out.cast(), first);
        while value != end {
            // SAFETY: the caller's duty; a table lives as long as its program.
            made = unsafe { all::<true>(made, value, &*ready) };
            value = value.wrapping_add(stride);
        }
    }
}
