//! Records of slices of bytes and words.

mod shared;

use divan::Bencher;
use shared::{columns, run};
use vox_bench::contender::Column;
use vox_bench::workload::{ROTATION_COUNT, SEED, slices};

fn main() {
    divan::main();
}

#[divan::bench(args = columns())]
fn slices_bytes_64(bencher: Bencher<'_, '_>, column: Column) {
    run(bencher, column, &[slices::byte_records(SEED, 64)]);
}

#[divan::bench(args = columns())]
fn slices_words_64(bencher: Bencher<'_, '_>, column: Column) {
    run(bencher, column, &[slices::word_records(SEED, 64)]);
}

#[divan::bench(args = columns())]
fn slices_bytes_8_rotation(bencher: Bencher<'_, '_>, column: Column) {
    run(
        bencher,
        column,
        &slices::byte_rotation(SEED, ROTATION_COUNT),
    );
}

#[divan::bench(args = columns())]
fn slices_words_8_rotation(bencher: Bencher<'_, '_>, column: Column) {
    run(
        bencher,
        column,
        &slices::word_rotation(SEED, ROTATION_COUNT),
    );
}
