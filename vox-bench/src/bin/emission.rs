//! What baseline code costs to emit: the report's section alone, as text. Build it for release.

use vox_bench::study::emission;

/// How often each program is emitted; the median counts.
const TIMES: usize = 5_000;

fn main() {
    print!("{}", emission::section(TIMES));
}
