//! AVX-512: lists of a few integers, which most lists are, without a branch on how many they are.
//!
//! They fit into one register. Lanes that are not there are loaded as zero and not kept. Where there are more, or the room is short, the
//! routine for any list is called.

use core::arch::x86_64::{
    _mm256_maskz_loadu_epi16, _mm256_maskz_loadu_epi32, _mm512_cvtepi16_epi32,
    _mm512_cvtepi32_epi64, _mm512_cvtepu16_epi32, _mm512_cvtepu32_epi64, _mm512_maskz_loadu_epi64,
};
use core::hint::select_unpredictable;

use super::avx512::{Avx512, lanes_4, lanes_8, low_bits, some_64, wire_32, wire_64};
use crate::cx::{EncodeCx, OVERSHOOT};
use crate::entry_fn;
use crate::kernels::element::Element;
use crate::kernels::list;
use crate::kernels::over::NOTHING;

macro_rules! few {
    ($($(#[$meta:meta])* $name:ident: $ty:ty, $few:literal, $stored:literal, |$from:ident, $count:ident, $out:ident| $write:expr;)*) => { $(
        entry_fn! {
            $(#[$meta])*
            ///
            /// # Safety
            ///
            /// As for [`list::write`]; the processor has the instructions.
            #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vl,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
            pub(super) unsafe fn $name(cx: *mut EncodeCx, out: *mut u8, ptr: *const u8, len: usize, spare: usize) -> *mut u8 {
                // The length and the elements; behind the length whole registers are stored.
                const ROOM: usize = 1 + $few * <$ty as Element>::MAX_LEN;
                const { assert!($stored < ROOM + OVERSHOOT && $few < 0x80) };
                // SAFETY: the state is exclusively ours while a function of ours runs (A3).
                let room = unsafe { (*cx).spare(out) };
                if len > $few || room < ROOM + spare {
                    // SAFETY: the caller's duty.
                    return unsafe { list::write::<$ty, Avx512>(cx, out, ptr, len, spare) };
                }
                let $from = select_unpredictable(len == 0, NOTHING.as_ptr(), ptr);
                let $count = len as u32;
                // SAFETY: the room is there; masked loads read no more than the list.
                unsafe {
                    out.write(len.to_le_bytes()[0]);
                    let $out = out.add(1);
                    $write
                }
            }
        }
    )* };
}

few! {
    /// Lists of `u16`.
    list_u16: u16, 16, 64, |from, count, out| {
        let values = _mm256_maskz_loadu_epi16(low_bits(count) as u16, from.cast());
        lanes_4::<false>(out, _mm512_cvtepu16_epi32(values), count)
    };
    /// Lists of `i16`.
    list_i16: i16, 16, 64, |from, count, out| {
        let values = _mm256_maskz_loadu_epi16(low_bits(count) as u16, from.cast());
        lanes_4::<false>(out, wire_32::<true>(_mm512_cvtepi16_epi32(values)), count)
    };
    /// Lists of `u32`.
    list_u32: u32, 8, 64, |from, count, out| {
        let values = _mm256_maskz_loadu_epi32(low_bits(count) as u8, from.cast());
        lanes_8::<false>(out, _mm512_cvtepu32_epi64(values), count)
    };
    /// Lists of `i32`.
    list_i32: i32, 8, 64, |from, count, out| {
        let values = _mm256_maskz_loadu_epi32(low_bits(count) as u8, from.cast());
        lanes_8::<false>(out, wire_64::<true>(_mm512_cvtepi32_epi64(values)), count)
    };
    /// Lists of `u64`.
    list_u64: u64, 8, 104, |from, count, out| {
        let values = _mm512_maskz_loadu_epi64(low_bits(count) as u8, from.cast());
        some_64(out, values, count)
    };
    /// Lists of `i64`.
    list_i64: i64, 8, 104, |from, count, out| {
        let values = _mm512_maskz_loadu_epi64(low_bits(count) as u8, from.cast());
        some_64(out, wire_64::<true>(values), count)
    };
}
