//! Options of a whole record by AVX-512: eight of a type at a time become their bytes and lengths, in memory that stays in the
//! cache; then each is a copy and an addition. Of texts it is their tag and length, and an address that can be read.
//!
//! The options of the next record are made while those of one are copied: to read at once what was just stored takes longer.

use core::arch::asm;
use core::arch::x86_64::*;
use core::mem::{MaybeUninit, offset_of};

use super::super::avx512::{Avx512, LOWEST, load as constant};
use super::super::bmi2::LEN_BY_ZEROS;
use super::super::cursor::{Cursor, ROOM};
use super::super::over_copy::{self, SHORT};
use crate::workload::options::Record;

/// What is made of a record.
#[repr(C, align(64))]
struct Made {
    /// Eight options of `u32` in eight bytes each.
    small: [[u8; 8]; 8],
    small_len: [u64; 8],
    /// Eight of `u64` in sixteen.
    large: [[u8; 16]; 8],
    large_len: [u64; 8],
    /// Three of `u64`, one lane that is none, three of `u32`; in sixteen.
    rest: [[u8; 16]; 8],
    rest_len: [u64; 8],
    texts: [Texts; 2],
}

/// Eight options of text.
#[repr(C)]
struct Texts {
    /// The tag and the length of a short one.
    head: [u64; 8],
    /// Where it is, or anything else that can be read.
    from: [u64; 8],
    /// How many bytes are written. More than of a short one: it is not made.
    len: [u64; 8],
}

// Between two checks there are four integers of either width and short texts at most, two more of these, and a text that is not short but
// makes no room for itself: all of it, with what the last store writes too much, is in the room (H1). It is more than others have,
// whose limit is for all types.
const _: () = assert!(4 * (6 + 11 + 2 + SHORT) + (6 + 11) + (2 + 128) + SHORT <= ROOM);

/// Writes records, without their number.
///
/// # Safety
///
/// A cursor with room; it has room afterwards. The processor has what is used.
#[inline(always)]
pub(in super::super) unsafe fn write(cursor: Cursor, records: &[Record]) -> Cursor {
    let mut made = [const { MaybeUninit::<Made>::uninit() }; 2];
    let [mut now, mut before] = made.each_mut().map(|made| made.as_mut_ptr());
    let mut cursor = cursor;
    let mut record_before = None;
    let mut records = records.iter();
    loop {
        let record = records.next();
        // SAFETY: the caller's duty. One call, so that it is inlined and its constants stay in registers.
        unsafe {
            if let Some(record) = record {
                make(now, record);
            }
            if let Some(record) = record_before {
                cursor = copy(cursor, &*before, record);
            }
        }
        core::mem::swap(&mut now, &mut before);
        record_before = record;
        if record.is_none() {
            return cursor;
        }
    }
}

macro_rules! fields_in_a_row {
    ($kind:ty: $first:ident $($rest:ident)*) => {
        const _: () = {
            let mut at = offset_of!(Record, $first);
            $(
                at += size_of::<Option<$kind>>();
                assert!(offset_of!(Record, $rest) == at);
            )*
            let _ = at;
        };
    };
}

fields_in_a_row!(u32: small_0 small_1 small_2 small_3 small_4 small_5 small_6 small_7 small_8 small_9 small_10);
fields_in_a_row!(u64: large_0 large_1 large_2 large_3 large_4 large_5 large_6 large_7 large_8 large_9 large_10);
fields_in_a_row!(String: text_0 text_1 text_2 text_3 text_4 text_5 text_6 text_7 text_8 text_9);

/// # Safety
///
/// `made` may be written; the processor has what is used.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi")]
unsafe fn make(made: *mut Made, record: &Record) {
    let start = core::ptr::from_ref(record).cast::<u8>();
    // SAFETY: the fields lie in a row.
    unsafe {
        let small = start.add(offset_of!(Record, small_0));
        let large = start.add(offset_of!(Record, large_0));
        let text = start.add(offset_of!(Record, text_0));
        let pairs = load(small, 0xff);
        let (bytes, len) = integers(pairs, _mm512_srli_epi64::<32>(pairs));
        store(&raw mut (*made).small, bytes[0]);
        store(&raw mut (*made).small_len, len);

        let (a, b) = (load(large, 0xff), load(large.add(64), 0xff));
        let even = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
        let odd = _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15);
        let tags = _mm512_permutex2var_epi64(a, even, b);
        let (bytes, len) = integers(tags, _mm512_permutex2var_epi64(a, odd, b));
        store_wide(&raw mut (*made).large, bytes);
        store(&raw mut (*made).large_len, len);

        let (a, b) = (load(large.add(128), 0x3f), load(small.add(64), 7));
        let upper = _mm512_srli_epi64::<32>(b);
        let tags = _mm512_setr_epi64(0, 2, 4, 15, 8, 9, 10, 15);
        let payloads = _mm512_setr_epi64(1, 3, 5, 15, 8, 9, 10, 15);
        let tags = _mm512_permutex2var_epi64(a, tags, b);
        let (bytes, len) = integers(tags, _mm512_permutex2var_epi64(a, payloads, upper));
        store_wide(&raw mut (*made).rest, bytes);
        store(&raw mut (*made).rest_len, len);

        texts(&raw mut (*made).texts[0], text, [0xff; 3]);
        texts(&raw mut (*made).texts[1], text.add(8 * 24), [0x3f, 0, 0]);
    }
}

/// Eight words of which these are there.
///
/// What is in a `None` need not be initialised, so that Rust may not read it (H2).
///
/// # Safety
///
/// Those that are there can be read.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn load(from: *const u8, present: __mmask8) -> __m512i {
    let words: __m512i;
    // SAFETY: the caller's duty; nothing else is read.
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

/// # Safety
///
/// 64 bytes may be written.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn store<T>(to: *mut T, words: __m512i) {
    const { assert!(size_of::<T>() == 64) };
    // SAFETY: the caller's duty.
    unsafe { _mm512_storeu_si512(to.cast(), words) };
}

/// Stores the two words of each lane next to each other.
///
/// # Safety
///
/// `to` may be written.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn store_wide(to: *mut [[u8; 16]; 8], [first, second]: [__m512i; 2]) {
    let low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
    let high = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
    let to = to.cast::<[u8; 64]>();
    // SAFETY: the caller's duty.
    unsafe {
        store(to, _mm512_permutex2var_epi64(first, low, second));
        store(to.add(1), _mm512_permutex2var_epi64(first, high, second));
    }
}

/// A lane's bytes, repeated in all.
const fn lanes(lane: [u8; 8]) -> [u8; 64] {
    let mut bytes = [0; 64];
    let mut at = 0;
    while at < 64 {
        bytes[at] = lane[at % 8];
        at += 1;
    }
    bytes
}

/// The options of words with a tag in the lowest bit and of payloads: eight bytes of each, eight more, and how many they are.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi")]
fn integers(tags: __m512i, values: __m512i) -> ([__m512i; 2], __m512i) {
    let one = _mm512_set1_epi64(1);
    let some = _mm512_test_epi64_mask(tags, one);
    let zeros = _mm512_lzcnt_epi64(_mm512_or_si512(values, one));
    let len = _mm512_permutexvar_epi8(zeros, constant(&LEN_BY_ZEROS));
    // What the other bytes of a lane count is the length for no zeros.
    let less = _mm512_set1_epi64(0x0a0a_0a0a_0a0a_0a00 - 1);
    let len = _mm512_mask_sub_epi64(one, some, len, less);

    let zeros = _mm512_shuffle_epi8(zeros, constant(&LOWEST));
    let groups = constant(const { &lanes([0, 7, 14, 21, 28, 35, 42, 49]) });
    let spread = _mm512_multishift_epi64_epi8(groups, values);
    let marks = constant(const { &lanes([57, 50, 43, 36, 29, 22, 15, 8]) });
    let marks = _mm512_sub_epi8(zeros, marks);
    // The seven bits of a group, and the mark.
    let bytes = _mm512_ternarylogic_epi64::<0xca>(_mm512_set1_epi32(0x7f7f_7f7f), spread, marks);
    let first = _mm512_slli_epi64::<8>(bytes);
    let first = _mm512_ternarylogic_epi64::<0xf8>(first, tags, one);

    // Bits 56 to 63, and the last one again.
    let last = constant(const { &lanes([0, 56, 63, 0, 0, 0, 0, 0]) });
    let last = _mm512_multishift_epi64_epi8(last, values);
    let kept = constant(const { &lanes([0, 0xff, 1, 0, 0, 0, 0, 0]) });
    let second = _mm512_ternarylogic_epi64::<0xf8>(_mm512_srli_epi64::<56>(bytes), last, kept);
    ([first, second], len)
}

/// # Safety
///
/// The words that are there can be read, and `made` may be written.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn texts(made: *mut Texts, from: *const u8, [low, middle, high]: [__mmask8; 3]) {
    // SAFETY: the caller's duty.
    let (a, b, c) = unsafe {
        (
            load(from, low),
            load(from.add(64), middle),
            load(from.add(128), high),
        )
    };
    let of_three = |words: __m512i, in_last: __mmask8| {
        let found = _mm512_permutex2var_epi64(a, words, b);
        _mm512_mask_permutexvar_epi64(found, in_last, words, c)
    };
    let caps = of_three(_mm512_setr_epi64(0, 3, 6, 9, 12, 15, 18, 21), 0xc0);
    let from = of_three(_mm512_setr_epi64(1, 4, 7, 10, 13, 16, 19, 22), 0xe0);
    let len = of_three(_mm512_setr_epi64(2, 5, 8, 11, 14, 17, 20, 23), 0xe0);
    let some = _mm512_cmpneq_epi64_mask(caps, _mm512_set1_epi64(i64::MIN));
    let len = _mm512_maskz_mov_epi64(some, len);
    let nothing = over_copy::readable(core::ptr::null(), 0).addr() as i64;
    let nothing = _mm512_set1_epi64(nothing);
    let from = _mm512_mask_mov_epi64(nothing, _mm512_test_epi64_mask(len, len), from);
    let in_page = _mm512_and_si512(from, _mm512_set1_epi64(over_copy::PAGE as i64 - 1));
    let last = _mm512_set1_epi64((over_copy::PAGE - SHORT) as i64);
    let stays = _mm512_cmple_epu64_mask(in_page, last);
    let one = _mm512_set1_epi64(1);
    let written = _mm512_mask_add_epi64(one, some, len, _mm512_set1_epi64(2));
    let written = _mm512_mask_mov_epi64(_mm512_set1_epi64(-1), stays, written);
    let head = _mm512_maskz_or_epi64(some, _mm512_slli_epi64::<8>(len), one);
    // SAFETY: the caller's duty.
    unsafe {
        store(&raw mut (*made).head, head);
        store(&raw mut (*made).from, from);
        store(&raw mut (*made).len, written);
    }
}

/// Copies what was made of a record.
///
/// # Safety
///
/// A cursor with room; it has room afterwards. It was made of this record.
#[inline(always)]
unsafe fn copy(cursor: Cursor, made: &Made, record: &Record) -> Cursor {
    // SAFETY: the caller's duty; what is longer than short checks behind itself (H1).
    unsafe {
        let mut cursor = cursor;
        macro_rules! integer {
            ($bytes:ident, $len:ident, $at:expr) => {
                let bytes = made.$bytes[$at];
                core::ptr::write_unaligned(cursor.at().cast(), bytes);
                cursor = cursor.advance(made.$len[$at] as usize);
            };
        }
        macro_rules! eight {
            ($($at:literal $text:ident)*) => {$(
                integer!(small, small_len, $at);
                integer!(large, large_len, $at);
                cursor = copy_text(cursor, &made.texts[0], $at, &record.$text);
            )*};
        }
        eight!(0 text_0 1 text_1 2 text_2 3 text_3 4 text_4);
        cursor = cursor.check();
        eight!(5 text_5 6 text_6 7 text_7);
        integer!(rest, rest_len, 4);
        integer!(rest, rest_len, 0);
        cursor = copy_text(cursor, &made.texts[1], 0, &record.text_8);
        integer!(rest, rest_len, 5);
        integer!(rest, rest_len, 1);
        cursor = copy_text(cursor, &made.texts[1], 1, &record.text_9);
        integer!(rest, rest_len, 6);
        integer!(rest, rest_len, 2);
        cursor.check()
    }
}

/// # Safety
///
/// As for [`copy`]; the text is what was made.
#[inline(always)]
unsafe fn copy_text(cursor: Cursor, made: &Texts, at: usize, text: &Option<String>) -> Cursor {
    let len = made.len[at];
    // SAFETY: the caller's duty; the address can be read (H2).
    unsafe {
        if len > 2 + SHORT as u64 {
            return cursor.option_text::<Avx512>(text.as_deref());
        }
        let [tag, text_len, ..] = made.head[at].to_le_bytes();
        cursor
            .at()
            .cast::<[u8; 2]>()
            .write_unaligned([tag, text_len]);
        let from = core::ptr::with_exposed_provenance(made.from[at] as usize);
        let to = cursor.at().add(2);
        over_copy::copy_16(to, from);
        if len > 2 + SHORT as u64 / 2 {
            over_copy::copy_16(to.add(SHORT / 2), from.add(SHORT / 2));
        }
        cursor.advance(len as usize)
    }
}
