//! How often the interpreter executed each op, on this thread.
//!
//! For tests that must know what they reached: an op that is in a program need
//! not be executed. Behind the feature `op-counts`, which nothing shipped turns
//! on, for the loop over ops has no room for counting.
//!
//! Not for: machine code, which counts nothing. It executes the same program, so
//! that what the interpreter executed for a value is what every tier executes for it.

use std::cell::Cell;

use crate::program::{BlockId, Code, Op};

/// A count for each op, in the order of [`Op::NAMES`].
pub type OpCounts = [u64; Op::NAMES.len()];

thread_local! {
    static COUNTS: [Cell<u64>; Op::NAMES.len()] = const { [const { Cell::new(0) }; Op::NAMES.len()] };
}

/// Counts an op that is about to be executed.
pub(super) fn count(op: &Op) {
    COUNTS.with(|counts| {
        let count = &counts[op.index()];
        count.set(count.get() + 1);
    });
}

/// Counts the ops of a block that is about to be executed without being entered.
pub(super) fn count_block(code: &Code, block: BlockId) {
    code.block(block).ops.iter().for_each(count);
}

/// What this thread has counted since it was asked last.
#[must_use]
pub fn take() -> OpCounts {
    COUNTS.with(|counts| core::array::from_fn(|index| counts[index].take()))
}
