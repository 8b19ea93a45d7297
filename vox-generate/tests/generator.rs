//! The generator itself: the same choices make the same case, and a failure is made small.

use vox_generate::{Case, Choices, run_alone, shrink};
use vox_oracle::mode;

fn described(choices: &mut Choices<'_>) -> (String, usize) {
    let case = Case::new(choices);
    (case.to_string(), case.len())
}

#[test]
fn a_seed_and_its_choices_make_the_same_case() {
    for seed in 0..50 {
        let mut from_seed = Choices::from_seed(seed);
        let first = described(&mut from_seed);
        let taken = from_seed.taken().to_vec();
        assert_eq!(described(&mut Choices::from_taken(&taken)), first, "{seed}");
        assert_eq!(described(&mut Choices::from_seed(seed)), first, "{seed}");
    }
}

#[test]
fn seeds_make_different_cases() {
    let types: std::collections::HashSet<String> = (0..200)
        .map(|seed| described(&mut Choices::from_seed(seed)).0)
        .collect();
    assert!(types.len() > 150, "only {} different ones", types.len());
}

/// Whatever a fuzzer comes up with is a case, and a good one.
#[test]
fn any_bytes_make_a_case() {
    let modes = mode::all();
    let interpreting: Vec<_> = modes
        .iter()
        .filter(|mode| mode.tier == vox::Tier::Interpreter)
        .collect();
    for bytes in [
        &[][..],
        &[0],
        &[255; 40],
        &[1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233],
    ] {
        for mode in &interpreting {
            run_alone(&mut Choices::from_bytes(bytes), mode)
                .unwrap_or_else(|error| panic!("{bytes:?}, {}: {error}", mode.name));
        }
    }
}

/// Stands in for a bug that only types with a map have.
#[test]
fn a_failure_is_made_small() {
    let has_map = |taken: &[u64]| {
        described(&mut Choices::from_taken(taken))
            .0
            .contains("Map<")
    };
    let seed = (0..)
        .find(|seed| described(&mut Choices::from_seed(*seed)).0.contains("Map<"))
        .expect("some type has a map");
    let mut choices = Choices::from_seed(seed);
    let _ = described(&mut choices);
    let start = choices.taken().to_vec();
    let small = shrink(&start, has_map);
    let (text, _) = described(&mut Choices::from_taken(&small));
    assert!(has_map(&small), "{text}");
    assert!(small.len() <= start.len());
    assert!(text.len() < 60, "not small: {text}");
}
