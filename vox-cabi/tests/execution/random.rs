//! Seeded random signatures: every word arrives where the callee looks for it
//! and every word of the answer comes back, from either caller's convention.

use vox_cabi::Abi;

use crate::callees::{SIGNATURES, Signature, answer_words, take_received};
use crate::harness::{CALLS, call_twice, host_abis, result_words};
use crate::signatures::{Random, generate};

/// Rounds of different argument words for each signature.
const ROUNDS: usize = 2;

/// How many of the signatures to run: all, or the share that the variable for
/// slow hosts asks for.
fn scaled(count: usize) -> usize {
    let scale: f64 = match std::env::var("VOX_TEST_SCALE") {
        Ok(text) => text.parse().expect("VOX_TEST_SCALE is a number"),
        Err(_) => 1.0,
    };
    (1..=count)
        .take_while(|idx| *idx as f64 <= (count as f64 * scale).max(1.0))
        .count()
}

#[test]
fn generated_file_is_current() {
    assert_eq!(
        generate(),
        include_str!("generated.rs"),
        "run `cargo run -p vox-cabi --example generate_signatures`"
    );
}

#[test]
fn every_word_arrives_and_comes_back() {
    let signatures = &SIGNATURES[..scaled(SIGNATURES.len())];
    let mut calls = 0;
    for caller in host_abis() {
        for callee in host_abis() {
            for (idx, signature) in signatures.iter().enumerate() {
                let seed = u64::try_from(idx).expect("a small number");
                for round in 0..ROUNDS {
                    let round = u64::try_from(round).expect("a small number");
                    check(caller, callee, signature, Random::new(seed << 8 | round));
                    calls += CALLS;
                }
            }
        }
    }
    assert_eq!(
        calls,
        host_abis().len().pow(2) * signatures.len() * ROUNDS * CALLS
    );
}

pub(crate) fn check(caller: Abi, callee: Abi, signature: &Signature, mut random: Random) {
    let function = &signature.function;
    let count = function.parameters.iter().map(|p| p.word_count()).sum();
    let words: Vec<u64> = std::iter::repeat_with(|| random.next_word())
        .take(count)
        .collect();
    let address = signature.address(callee);
    // SAFETY: the callee reads nothing but its parameters, which are of the
    // types the function type was derived from.
    let results = unsafe { call_twice(caller, callee, function, address, &words) };

    let name = signature.name;
    assert_eq!(
        take_received(),
        vec![words.clone(); CALLS],
        "{name}: {function} by {callee}, called from {caller}"
    );
    let mut answer = answer_words(&words);
    let mut expected: Vec<u64> = (0..result_words(function.returned))
        .map(|_| answer())
        .collect();
    if function.returned == vox_cabi::Returned::Bool {
        expected[0] &= 1;
    }
    assert_eq!(
        results, expected,
        "result of {name}: {function} by {callee}, called from {caller}"
    );
}
