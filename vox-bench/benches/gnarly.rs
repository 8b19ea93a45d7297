//! The message with a bit of everything.

mod shared;

use divan::Bencher;
use shared::{columns, run};
use vox_bench::contender::Column;
use vox_bench::workload::{ROTATION_COUNT, SEED, gnarly};

fn main() {
    divan::main();
}

#[divan::bench(args = columns())]
fn gnarly_1(bencher: Bencher<'_, '_>, column: Column) {
    run(bencher, column, &[gnarly::payload(1, 0)]);
}

#[divan::bench(args = columns())]
fn gnarly_4(bencher: Bencher<'_, '_>, column: Column) {
    run(bencher, column, &[gnarly::payload(4, 0)]);
}

#[divan::bench(args = columns())]
fn gnarly_16(bencher: Bencher<'_, '_>, column: Column) {
    run(bencher, column, &[gnarly::payload(16, 0)]);
}

#[divan::bench(args = columns())]
fn gnarly_256(bencher: Bencher<'_, '_>, column: Column) {
    run(bencher, column, &[gnarly::payload(256, 0)]);
}

#[divan::bench(args = columns())]
fn gnarly_16_arguments(bencher: Bencher<'_, '_>, column: Column) {
    run(bencher, column, &[gnarly::arguments(16, 0)]);
}

#[divan::bench(args = columns())]
fn gnarly_16_response(bencher: Bencher<'_, '_>, column: Column) {
    run(bencher, column, &[gnarly::response(16, 0)]);
}

#[divan::bench(args = columns())]
fn gnarly_4_rotation(bencher: Bencher<'_, '_>, column: Column) {
    run(bencher, column, &gnarly::rotation(4, SEED, ROTATION_COUNT));
}
