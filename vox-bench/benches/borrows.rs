//! Records that hold everything through a pointer.

mod shared;

use divan::Bencher;
use shared::{columns, run};
use vox_bench::contender::Column;
use vox_bench::workload::{ROTATION_COUNT, SEED, borrows};

fn main() {
    divan::main();
}

#[divan::bench(args = columns())]
fn borrows_64(bencher: Bencher<'_, '_>, column: Column) {
    run(bencher, column, &[borrows::records(SEED, 64)]);
}

#[divan::bench(args = columns())]
fn borrows_8_rotation(bencher: Bencher<'_, '_>, column: Column) {
    run(bencher, column, &borrows::rotation(SEED, ROTATION_COUNT));
}
