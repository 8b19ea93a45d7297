//! Nanoseconds per nested call, for every pair of tiers: the table of `docs/how-tiers-call-each-other.md`. Build it for release.

use vox_bench::nested::{tiers, times};

/// Rounds in which pairs take turns; the fastest counts.
const ROUNDS: usize = 60;
const ENCODES: u32 = 2_000;

fn main() {
    let tiers = tiers();
    let times = times(ROUNDS, ENCODES);
    print!("| ns per call: from, to |");
    tiers.iter().for_each(|tier| print!(" {tier} |"));
    println!("\n|---|{}", "--:|".repeat(tiers.len()));
    for (caller, row) in tiers.iter().zip(times) {
        print!("| {caller} |");
        row.iter().for_each(|nanos| print!(" {nanos:.2} |"));
        println!();
    }
}
