//! What baseline code costs to emit: the report's section alone, as text. Build it for release.

use vox_bench::study::emission;

/// How often each program is emitted.
const TIMES: usize = 50_000;

fn main() {
    print!("{}", emission::section(TIMES));
}
