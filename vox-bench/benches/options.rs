//! Records of options, half of them absent.

mod shared;

use divan::Bencher;
use shared::{columns, run};
use vox_bench::contender::Column;
use vox_bench::workload::{ROTATION_COUNT, SEED, options};

fn main() {
    divan::main();
}

#[divan::bench(args = columns())]
fn options_64x32(bencher: Bencher<'_, '_>, column: Column) {
    run(bencher, column, &[options::records(SEED, 64)]);
}

#[divan::bench(args = columns())]
fn options_16x32_rotation(bencher: Bencher<'_, '_>, column: Column) {
    run(bencher, column, &options::rotation(SEED, ROTATION_COUNT));
}
