//! Containers that lie about their length, wherever a type made at run time has one.
//!
//! One container of an honest value says another number than it has nodes. Either no mode ever looks at
//! it (a field that is left out), or all give the same error; the buffer and everything taken on the
//! way are as before. Containers known to the compiler tell more lies in `vox/tests/failures/lying.rs`.

use std::thread;

use vox::Tier;
use vox_oracle::mode::{self, Mode};
use vox_oracle::scale::scaled;

use crate::campaign::{MAX_DEPTH, STACK};
use crate::{Case, Choices};

const BATCHES: usize = 30;
/// Cases that share their runtimes.
const BATCH: u64 = 10;
/// Compiling takes long; every so many cases are compiled.
const COMPILE_EVERY: u64 = 5;
/// Containers of one value that lie, one after the other.
const LIARS: usize = 3;
const BEFORE: [u8; 3] = [0xa5, 0x5a, 0x99];

/// How many lies were told, and how many were not asked for.
#[derive(Default)]
struct Tally {
    told: u64,
    unseen: u64,
}

/// What a mode makes of a value that may lie: its error, or nothing when the bytes are right.
fn answer(case: &Case, index: usize, mode: &Mode) -> Option<String> {
    let (peek, expected) = case.value(index);
    let mut buffer = BEFORE.to_vec();
    let error = match mode.runtime.peek_to_bytes_in(peek, &mut buffer) {
        Ok(_) => {
            assert_eq!(buffer[BEFORE.len()..], *expected, "{}: {case}", mode.name);
            None
        }
        Err(error) => {
            assert_eq!(buffer, BEFORE, "{}: {case}", mode.name);
            Some(error.to_string())
        }
    };
    assert_eq!(Case::leaks(), 0, "{}: {case}", mode.name);
    error
}

/// The one answer of all modes.
fn common_answer(case: &Case, index: usize, modes: &[&Mode]) -> Option<String> {
    let (first, others) = modes.split_first().expect("the interpreter is a mode");
    let expected = answer(case, index, first);
    for mode in others {
        assert_eq!(answer(case, index, mode), expected, "{}: {case}", mode.name);
    }
    expected
}

fn lie(case: &Case, modes: &[&Mode], tally: &mut Tally) {
    let encoded = (0..case.len()).filter(|index| !case.is_refused(*index));
    for index in encoded {
        for chain in case.chains(index).iter().take(LIARS) {
            // SAFETY: the container is alive with the case, and nobody else is at it.
            let honest = unsafe { (**chain).len };
            for said in [honest + 1, honest.wrapping_sub(1), honest + 1_000_000] {
                // SAFETY: as above.
                unsafe { (**chain).len = said };
                match common_answer(case, index, modes) {
                    Some(error) => {
                        let told = format!("the container said it has {said} items");
                        assert!(error.contains(&told), "{error}: {case}");
                        tally.told += 1;
                    }
                    None => tally.unseen += 1,
                }
            }
            // SAFETY: as above.
            unsafe { (**chain).len = honest };
        }
        assert_eq!(common_answer(case, index, modes), None);
    }
}

fn batch(first: u64, tally: &mut Tally) {
    // Runtimes point at the shapes they know: cases are declared first, and so dropped last.
    let mut cases = Vec::new();
    let modes = mode::fresh(Some(MAX_DEPTH));
    for seed in first..first + BATCH {
        cases.push(Case::new(&mut Choices::from_seed(seed)));
        let is_turn = seed.is_multiple_of(COMPILE_EVERY);
        let affordable: Vec<&Mode> = modes
            .iter()
            .filter(|mode| is_turn || mode.tier < Tier::Optimized)
            .collect();
        lie(&cases[cases.len() - 1], &affordable, tally);
    }
}

#[test]
fn lies_in_types_made_at_run_time() {
    let batches = scaled(BATCHES) as u64;
    let run = move || {
        let mut tally = Tally::default();
        for number in 0..batches {
            batch(1_000_000 + number * BATCH, &mut tally);
        }
        tally
    };
    let thread = thread::Builder::new().stack_size(STACK).spawn(run);
    let tally = thread.expect("a thread starts").join().expect("no panic");
    println!(
        "{} lies were told, {} not asked for",
        tally.told, tally.unseen
    );
    assert!(tally.told > batches, "only {} lies", tally.told);
}
