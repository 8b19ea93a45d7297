//! What the benches share: one contender on one workload, as divan runs it.
//!
//! Each bench has a case per column: interpreter, trampoline, inline, probed
//! layouts and the peers, side by side. For comparisons finer than some percent use
//! the `gnarly` program, which lets them take turns.

use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use vox_bench::contender::{Column, Lineup};
use vox_bench::measure::Subject;
use vox_bench::workload::Value;

/// The columns this build can have.
pub(crate) fn columns() -> Vec<Column> {
    Column::available()
}

/// Times one contender on one value, or on many in turns.
pub(crate) fn run<T: Value>(bencher: Bencher<'_, '_>, column: Column, values: &[T]) {
    static LINEUP: LazyLock<Lineup> = LazyLock::new(Lineup::new);
    let mut contender = match LINEUP.enter(column, values) {
        Ok(contender) => contender,
        // The other contenders go on; a wrong byte is for the tests to judge.
        Err(absence) => return eprintln!("{column}: {absence}"),
    };
    let encoded_len = |value| postcard::to_allocvec(value).map_or(0, |bytes| bytes.len());
    let total: usize = values.iter().map(encoded_len).sum();
    bencher
        .counter(BytesCount::new(total / values.len()))
        .bench_local(|| contender.run(1));
}
