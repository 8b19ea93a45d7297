//! x86-64: which of the routines the processor at hand can run.

mod avx2;
mod avx512;
mod bmi2;
mod character;
mod features;
mod few;
#[cfg(test)]
mod kept;
mod long;
mod ready;
mod run;
mod sse2;

use super::super::Kernels;
use super::super::fields::Fields;
use super::super::ready::Routines as ReadyRoutines;
use features::{Feature, has_all};

static AVX512: Kernels = Kernels {
    run: Some(run::ROUTINES),
    ready: Some(ReadyRoutines {
        one: ready::make,
        each: ready::make_each,
    }),
    write_long: Some(long::write_long),
    write_char: Some(character::write_char),
    has_deposit: true,
    has_wide_moves: true,
    // They use bmi1, bmi2 and lzcnt, which this set needs as well.
    has_own_fields: true,
    list_u16: few::list_u16,
    list_u32: few::list_u32,
    list_u64: few::list_u64,
    list_i16: few::list_i16,
    list_i32: few::list_i32,
    list_i64: few::list_i64,
    ..Kernels::of::<avx512::Avx512>("avx512")
};
static BMI2: Kernels = Kernels {
    has_own_fields: true,
    write_char: Some(character::write_char),
    has_deposit: true,
    ..Kernels::of::<bmi2::Bmi2>("bmi2")
};

static SSE2: Kernels = Kernels::of::<sse2::Sse2>("sse2");

/// For the fields of the sets that have their own.
pub(in crate::kernels) const FIELDS: Fields = Fields::of::<bmi2::Bmi2>();

/// The names of all sets, whatever this processor has.
#[cfg(test)]
pub(in crate::kernels) const ALL: &[&str] = &["avx512", "bmi2", "sse2"];

/// What Ice Lake and Zen 4 brought, of what `avx512` uses.
const FOR_AVX512: &[Feature] = &[
    Feature::Avx512F,
    Feature::Avx512Bw,
    Feature::Avx512Cd,
    Feature::Avx512Vl,
    Feature::Avx512Vbmi,
    Feature::Avx512Vbmi2,
    Feature::Bmi1,
    Feature::Bmi2,
    Feature::Lzcnt,
    Feature::Popcnt,
];

/// What `bmi2` uses.
const FOR_BMI2: &[Feature] = &[Feature::Avx2, Feature::Bmi1, Feature::Bmi2, Feature::Lzcnt];

/// The sets for this processor, best first.
pub(in crate::kernels) fn sets() -> Vec<&'static Kernels> {
    let mut sets = Vec::new();
    if has_all(FOR_AVX512) {
        sets.push(&AVX512);
    }
    // What has the other set has a fast `pdep`.
    if has_all(FOR_BMI2) && (!sets.is_empty() || !features::has_slow_pdep()) {
        sets.push(&BMI2);
    }
    // Every x86-64 has it.
    sets.push(&SSE2);
    sets
}
