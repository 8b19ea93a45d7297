//! Thousands of types nobody wrote down, each in every tier.
//!
//! Every type is interpreted; every third is compiled to machine code too, in one of the modes in turn, for
//! compiling is slow in a debug build. `cargo xtask soak` compiles more.

use vox_generate::Campaign;
use vox_oracle::scale::scaled;

/// With some five values each, and three buffers in two interpreting modes: over 100,000 encodes.
const CASES: usize = 5000;
const ENCODES: u64 = 100_000;
/// Values without an encoding.
const REFUSED: u64 = 200;

#[test]
fn types_made_at_run_time() {
    let cases = scaled(CASES);
    let campaign = Campaign {
        first_seed: 0,
        cases: cases as u64,
        time: None,
        compile_every: 3,
        outputs_every: 7,
        trace: false,
    };
    let summary = campaign.run().unwrap_or_else(|failure| panic!("{failure}"));
    println!("{summary}");
    assert_eq!(summary.census.cases(), cases as u64);
    let missing = summary.missing();
    let never_made = summary.census.missing();
    // A run scaled down may miss some, and says so.
    if cases < CASES {
        println!("scaled down; never executed: {missing:?}; never made: {never_made:?}");
        return;
    }
    assert!(summary.encodes >= ENCODES, "only {}", summary.encodes);
    let refused = summary.census.refused();
    assert!(refused >= REFUSED, "only {refused} refused");
    assert!(never_made.is_empty(), "never made: {never_made:?}");
    assert!(
        missing.is_empty(),
        "never executed, or unexpectedly: {missing:?}"
    );
}
