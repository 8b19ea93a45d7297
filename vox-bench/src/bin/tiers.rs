//! The tiers against each other, on one type and on many: the report's section alone, as text. Build it for release.

use vox_bench::measure::Plan;
use vox_bench::study::tiers;

fn main() {
    let [tiers, _] = tiers::sections(Plan::FULL);
    print!("{tiers}");
}
