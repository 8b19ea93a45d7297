//! AVX-512: a run of fields, eight lanes at a time, without a branch on any value.
//!
//! The lanes are those of [`crate::kernels::run`]; how a lane becomes a varint is told in
//! [`super::avx512`].

use core::arch::x86_64::{
    __m512i, _mm_loadu_si128, _mm256_loadu_si256, _mm512_add_epi64, _mm512_cmplt_epi8_mask,
    _mm512_cvtepi16_epi64, _mm512_cvtepi32_epi64, _mm512_cvtepu16_epi64, _mm512_cvtepu32_epi64,
    _mm512_lzcnt_epi64, _mm512_mask_xor_epi64, _mm512_maskz_loadu_epi8,
    _mm512_maskz_permutex2var_epi8, _mm512_maskz_permutexvar_epi8, _mm512_multishift_epi64_epi8,
    _mm512_or_si512, _mm512_setzero_si512, _mm512_shuffle_epi8, _mm512_srai_epi64,
    _mm512_srlv_epi64, _mm512_sub_epi8, _mm512_ternarylogic_epi64,
};

use super::avx512::{FIRST_OF_8, SELECT, lanes_8, lanes_16, load, store, vector, wire_64};
use crate::entry::EightsFn;
use crate::entry_fn;
use crate::kernels::run::{Group, Integer, Routines, Run, Step};

/// The bytes of eight lanes, in wire order, and which of them are written.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
fn lanes<const REGISTERS: usize>(group: &Group, stretch: [__m512i; 4]) -> (__m512i, u64) {
    let [a, b, c, d] = stretch;
    let place = vector(&group.place);
    let values = match REGISTERS {
        // A run without a stretch has no groups.
        0 => _mm512_setzero_si512(),
        1 => _mm512_maskz_permutexvar_epi8(group.low, place, a),
        2 => _mm512_maskz_permutex2var_epi8(group.low, a, place, b),
        _ => {
            let low = _mm512_maskz_permutex2var_epi8(group.low, a, place, b);
            let high = _mm512_maskz_permutex2var_epi8(group.high, c, place, d);
            _mm512_or_si512(low, high)
        }
    };
    // Zigzag at the upper end, where the sign of every width is; below a field are zeros.
    let (twice, sign) = (
        _mm512_add_epi64(values, values),
        _mm512_srai_epi64::<63>(values),
    );
    let values = _mm512_mask_xor_epi64(values, group.signed, twice, sign);
    // SAFETY: eight words.
    let down = unsafe { core::arch::x86_64::_mm512_load_si512(group.down.as_ptr().cast()) };
    let values = _mm512_srlv_epi64(values, down);

    let zeros = _mm512_shuffle_epi8(_mm512_lzcnt_epi64(values), vector(&FIRST_OF_8));
    let spread = _mm512_multishift_epi64_epi8(vector(&group.spread), values);
    let more = _mm512_sub_epi8(zeros, vector(&group.more));
    let bytes = _mm512_ternarylogic_epi64::<SELECT>(vector(&group.bits), spread, more);
    (bytes, _mm512_cmplt_epi8_mask(zeros, vector(&group.keep)))
}

/// Writes a run whose stretch fills so many registers.
///
/// # Safety
///
/// As for [`Run::write`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
unsafe fn write<const REGISTERS: usize>(out: *mut u8, base: *const u8, run: &Run) -> *mut u8 {
    let mut stretch = [_mm512_setzero_si512(); 4];
    // SAFETY: the fields are there, and masked loads read nothing else.
    unsafe {
        let start = base.add(run.start as usize).cast::<i8>();
        for (index, register) in stretch.iter_mut().enumerate().take(REGISTERS) {
            let at = start.wrapping_add(64 * index);
            *register = _mm512_maskz_loadu_epi8(run.fields[index], at);
        }
    }
    let mut out = out;
    for step in &run.steps {
        // SAFETY: the caller's duty.
        out = unsafe {
            match step {
                Step::Group(group) => {
                    let (bytes, keep) = lanes::<REGISTERS>(group, stretch);
                    store(out, bytes, keep)
                }
                Step::Copy { at } => {
                    let bytes = base.add(*at as usize).cast::<[u8; 8]>();
                    out.cast::<[u8; 8]>().write(bytes.read());
                    out.add(8)
                }
                Step::Eights {
                    at,
                    count,
                    integer,
                    is_signed,
                } => {
                    let (from, count) = (base.add(*at as usize), *count as usize);
                    match (integer, is_signed) {
                        (Integer::Bits64, false) => eights::<64, false>(out, from, count),
                        (Integer::Bits64, true) => eights::<64, true>(out, from, count),
                        (Integer::Bits32, false) => eights::<32, false>(out, from, count),
                        (Integer::Bits32, true) => eights::<32, true>(out, from, count),
                        (Integer::Bits16, false) => eights::<16, false>(out, from, count),
                        (Integer::Bits16, true) => eights::<16, true>(out, from, count),
                    }
                }
            }
        };
    }
    out
}

/// Writes integers of one type, eight at a time.
///
/// # Safety
///
/// As for [`Run::write`]; so many times eight are at `from`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
unsafe fn eights<const BITS: usize, const SIGNED: bool>(
    out: *mut u8,
    from: *const u8,
    count: usize,
) -> *mut u8 {
    let mut out = out;
    for index in 0..count {
        // SAFETY: the caller's duty.
        out = unsafe {
            let values = eight::<BITS, SIGNED>(from.add(BITS * index));
            match BITS {
                64 => lanes_16::<true>(out, values, 8),
                _ => lanes_8::<true>(out, values, 8),
            }
        };
    }
    out
}

/// Eight integers as words, zigzag encoded where they are signed.
///
/// # Safety
///
/// They are at `from`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn eight<const BITS: usize, const SIGNED: bool>(from: *const u8) -> __m512i {
    // SAFETY: the caller's duty.
    let values = unsafe {
        match (BITS, SIGNED) {
            (16, false) => _mm512_cvtepu16_epi64(_mm_loadu_si128(from.cast())),
            (16, true) => _mm512_cvtepi16_epi64(_mm_loadu_si128(from.cast())),
            (32, false) => _mm512_cvtepu32_epi64(_mm256_loadu_si256(from.cast())),
            (32, true) => _mm512_cvtepi32_epi64(_mm256_loadu_si256(from.cast())),
            _ => load(from),
        }
    };
    wire_64::<SIGNED>(values)
}

macro_rules! eights_of {
    ($($name:ident: $integer:ident, $bits:literal, $is_signed:literal;)*) => {
        $(entry_fn! {
            /// [`EightsFn`] by AVX-512.
            ///
            /// # Safety
            ///
            /// As for the type; the processor has the instructions.
            #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
            unsafe fn $name(out: *mut u8, from: *const u8, count: usize) -> *mut u8 {
                // SAFETY: the caller's duty.
                unsafe { eights::<$bits, $is_signed>(out, from, count) }
            }
        })*

        /// What writes integers of a type.
        fn eights_of(integer: Integer, is_signed: bool) -> EightsFn {
            match (integer, is_signed) {
                $((Integer::$integer, $is_signed) => $name),*
            }
        }
    };
}

eights_of! {
    eights_u16: Bits16, 16, false;
    eights_i16: Bits16, 16, true;
    eights_u32: Bits32, 32, false;
    eights_i32: Bits32, 32, true;
    eights_u64: Bits64, 64, false;
    eights_i64: Bits64, 64, true;
}

/// All of this.
pub(super) const ROUTINES: Routines = Routines {
    run: write_run,
    eights: eights_of,
};

/// Writes a run.
///
/// # Safety
///
/// As for [`Run::write`].
#[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
unsafe fn any(out: *mut u8, base: *const u8, run: &Run) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe {
        match run.registers {
            0 => write::<0>(out, base, run),
            1 => write::<1>(out, base, run),
            2 => write::<2>(out, base, run),
            _ => write::<4>(out, base, run),
        }
    }
}

entry_fn! {
    /// [`crate::entry::RunFn`] by AVX-512.
    ///
    /// # Safety
    ///
    /// As for [`Run::write`]; the processor has the instructions.
    #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
    unsafe fn write_run(out: *mut u8, base: *const u8, run: *const Run) -> *mut u8 {
        // SAFETY: the caller's duty; a run lives as long as its program.
        unsafe { any(out, base, &*run) }
    }
}
