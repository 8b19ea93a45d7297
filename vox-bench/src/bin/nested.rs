//! Nanoseconds per nested call, for every pair of tiers: the table of `docs/how-tiers-call-each-other.md`. Build it for release.

use vox_bench::nested::{Pair, tiers};

/// Rounds in which pairs take turns; the fastest counts.
const ROUNDS: usize = 60;
const ENCODES: u32 = 2_000;

fn main() {
    let tiers = tiers();
    let pairs: Vec<Pair> = tiers
        .iter()
        .flat_map(|caller| tiers.iter().map(|callee| Pair::new(*caller, *callee)))
        .collect();
    let mut best = vec![f64::INFINITY; pairs.len()];
    let mut buffer = Vec::with_capacity(1024);
    for _ in 0..ROUNDS {
        for (best, pair) in best.iter_mut().zip(&pairs) {
            *best = best.min(pair.time(ENCODES, &mut buffer));
        }
    }
    print!("| ns per call: from, to |");
    tiers.iter().for_each(|tier| print!(" {tier} |"));
    println!("\n|---|{}", "--:|".repeat(tiers.len()));
    for (caller, row) in tiers.iter().zip(best.chunks(tiers.len())) {
        print!("| {caller} |");
        row.iter().for_each(|nanos| print!(" {nanos:.2} |"));
        println!();
    }
}
