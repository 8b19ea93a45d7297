//! What is aimed at, per row: how many times serde postcard's speed.
//!
//! The hand-written goal says whether the ceiling is a ceiling: a row whose hand-written encoder falls short
//! proves nothing about vox until that encoder is better. Goals, not results: no number here was measured.

#[cfg(target_arch = "x86_64")]
use crate::processor::{FAMILY_OF_ZEN_3, amd_family};

/// The goals of a row. Times serde postcard's speed, each encode to a new vector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// For the hand-written encoder, on a processor whose AVX-512 is as wide as it says.
    hand: f64,
    /// Whether that encoder's time goes by how wide vectors are: it is made of AVX-512, or of long copies.
    wide: bool,
    /// For the hand-written encoder on a processor without AVX-512, where one was set: what portable forms are to reach.
    without_avx512: Option<f64>,
    /// For vox, where one was set.
    pub vox: Option<f64>,
    /// The most that vox may take of the time of the fastest other format, where that was set.
    pub other: Option<f64>,
}

/// What is left of a goal that depends on the width of vectors where AVX-512 is done in halves, as on Zen 4 (AMD, Software Optimization Guide
/// for the Zen 4 Microarchitecture, 2.11): such code takes twice as long there as on the Zen 5 that the goals are from, and everything
/// else, serde postcard among it, 1.3 times.
pub const IN_HALVES: f64 = 1.3 / 2.0;

/// Kinds of processors that have goals of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processor {
    /// With AVX-512.
    WideAvx512,
    /// With AVX-512, which is done in halves.
    HalfAvx512,
    /// Without AVX-512.
    NoAvx512,
}

impl Processor {
    /// Has AVX-512 what the hand-written encoders use of it. Of AMD's family 25 those that do are Zen 4.
    #[cfg(target_arch = "x86_64")]
    #[must_use]
    pub fn here() -> Self {
        match crate::hand::avx512::is_available() {
            true if amd_family() == Some(FAMILY_OF_ZEN_3) => Self::HalfAvx512,
            true => Self::WideAvx512,
            false => Self::NoAvx512,
        }
    }

    /// Other architectures have none.
    #[cfg(not(target_arch = "x86_64"))]
    #[must_use]
    pub fn here() -> Self {
        Self::NoAvx512
    }
}

impl Goal {
    /// For the hand-written encoder, on such a processor; `None` where none was set.
    #[must_use]
    pub fn hand(&self, processor: Processor) -> Option<f64> {
        match processor {
            Processor::HalfAvx512 if self.wide => Some(self.hand * IN_HALVES),
            Processor::HalfAvx512 | Processor::WideAvx512 => Some(self.hand),
            Processor::NoAvx512 => self.without_avx512,
        }
    }

    /// So much without AVX-512.
    const fn or(self, hand: f64) -> Self {
        Self {
            without_avx512: Some(hand),
            ..self
        }
    }
}

/// Faster than every other format.
const FASTEST: Option<f64> = Some(1.0);
/// Formats of fixed width write a tag or a small number without looking at it.
const NEAR: Option<f64> = Some(1.4);

/// The workloads that have goals. The first fourteen are one value each, the others rotate.
const GOALS: [(&str, Goal); 20] = [
    ("gnarly_1", goal(10.6, None, FASTEST)),
    ("gnarly_16", goal(10.8, Some(8.0), FASTEST).or(10.0)),
    ("gnarly_256", goal(10.5, None, FASTEST)),
    ("options_64x32", goal(4.2, Some(3.7), FASTEST)),
    ("strings_1024", goal(5.4, Some(4.5), FASTEST)),
    ("scalars_64", wide(16.9, Some(8.0), None).or(4.3)),
    ("integers_u32_small", wide(36.6, Some(8.0), None).or(21.7)),
    ("integers_u64_uniform", wide(13.9, Some(8.0), None).or(3.8)),
    ("integers_u64_magnitudes", wide(11.4, Some(8.0), None)),
    ("enums_256", goal(3.35, Some(3.0), NEAR)),
    ("tree_511", goal(2.53, Some(2.3), NEAR)),
    ("maps_128", goal(3.26, Some(2.9), FASTEST)),
    ("floats_1024", wide(16.2, None, None)),
    ("borrows_64", goal(5.2, None, FASTEST)),
    ("gnarly_1_rotation", goal(10.4, None, FASTEST)),
    ("gnarly_4_rotation", goal(12.4, None, FASTEST)),
    ("scalars_64_rotation", wide(31.4, None, None)),
    ("options_16x32_rotation", goal(6.4, None, FASTEST)),
    ("enums_64_rotation", goal(1.48, None, NEAR)),
    ("integers_u64_magnitudes_rotation", wide(21.3, None, None)),
];

/// Where the interpreter is to be faster than serde postcard.
pub const INTERPRETED: [&str; 7] = [
    "gnarly_16",
    "options_64x32",
    "strings_1024",
    "integers_u32_small",
    "integers_u32_border",
    "integers_u64_uniform",
    "integers_u64_magnitudes",
];

/// Rows whose bytes are text, or bytes copied as text is, more than anything else: there the interpreter is to be near machine code.
pub const TEXT: [&str; 13] = [
    "gnarly_1",
    "gnarly_16",
    "gnarly_256",
    "metadata_sample",
    "metadata_host",
    "borrows_64",
    "slices_bytes_64",
    "strings_1024",
    "gnarly_1_rotation",
    "gnarly_4_rotation",
    "borrows_8_rotation",
    "slices_bytes_8_rotation",
    "strings_64_rotation",
];

const fn goal(hand: f64, vox: Option<f64>, other: Option<f64>) -> Goal {
    Goal {
        hand,
        wide: false,
        without_avx512: None,
        vox,
        other,
    }
}

const fn wide(hand: f64, vox: Option<f64>, other: Option<f64>) -> Goal {
    Goal {
        wide: true,
        ..goal(hand, vox, other)
    }
}

/// The goals of a workload.
#[must_use]
pub fn of(workload: &str) -> Option<Goal> {
    let found = GOALS.iter().find(|(name, _)| *name == workload);
    found.map(|(_, goal)| *goal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::{catalogue, metadata};

    #[test]
    fn every_goal_is_of_a_workload() {
        let names: Vec<&str> = catalogue().iter().map(|workload| workload.name).collect();
        for (name, goal) in GOALS {
            assert!(names.contains(&name), "{name}");
            assert!(goal.vox.is_none_or(|vox| vox < goal.hand), "{name}");
            let wide = goal.hand(Processor::WideAvx512).expect("every row has one");
            let others = [Processor::HalfAvx512, Processor::NoAvx512].map(|it| goal.hand(it));
            assert!(
                others.into_iter().flatten().all(|hand| hand <= wide),
                "{name}"
            );
        }
        for name in INTERPRETED.into_iter().chain(TEXT) {
            assert!(
                names.contains(&name) || name == metadata::HOST.name,
                "{name}"
            );
        }
        assert_eq!(of("gnarly_16").and_then(|goal| goal.vox), Some(8.0));
        let hand = |name, processor| of(name).and_then(|goal| goal.hand(processor));
        assert_eq!(hand("gnarly_16", Processor::HalfAvx512), Some(10.8));
        assert_eq!(
            hand("scalars_64", Processor::HalfAvx512),
            Some(16.9 * IN_HALVES)
        );
        assert_eq!(of("metadata_sample"), None);
    }
}
