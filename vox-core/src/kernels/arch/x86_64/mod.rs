//! x86-64: which of the routines the processor at hand can run.
//!
//! Every x86-64 has SSE2, which the compiler makes the portable routines of.

mod avx512;
mod bmi2;
mod run;

use std::is_x86_feature_detected as has;

use super::super::Kernels;

static AVX512: Kernels = Kernels {
    run: Some(run::write_run),
    ..Kernels::of::<avx512::Avx512>("avx512")
};
static BMI2: Kernels = Kernels::of::<bmi2::Bmi2>("bmi2");

/// The names of all sets, whatever this processor has.
#[cfg(test)]
pub(in crate::kernels) const ALL: &[&str] = &["avx512", "bmi2"];

/// The sets for this processor, best first.
pub(in crate::kernels) fn sets() -> Vec<&'static Kernels> {
    let mut sets = Vec::new();
    if has_avx512() {
        sets.push(&AVX512);
    }
    if has!("avx2") && has!("bmi1") && has!("bmi2") && has!("lzcnt") {
        sets.push(&BMI2);
    }
    sets
}

/// What Ice Lake and Zen 4 brought, of what `avx512` uses.
fn has_avx512() -> bool {
    has!("avx512f")
        && has!("avx512bw")
        && has!("avx512cd")
        && has!("avx512vbmi")
        && has!("avx512vbmi2")
        && has!("bmi2")
        && has!("popcnt")
}
