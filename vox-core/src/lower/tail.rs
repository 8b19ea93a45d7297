//! Recursion in last position: which ops are the last thing a program does.

use rustc_hash::FxHashSet;

use crate::program::{BlockId, Code, Op};

/// The ops that are the last of their block, in blocks run by such an op, up to
/// block 0, with no loop and no open lock or proxy in between. A repeat may
/// stand there and nowhere else.
pub(super) fn positions(code: &Code) -> FxHashSet<(BlockId, usize)> {
    let mut found = FxHashSet::default();
    let mut open = vec![BlockId(0)];
    while let Some(block) = open.pop() {
        let ops = &code.block(block).ops;
        let Some(last) = ops.last() else {
            continue;
        };
        found.insert((block, ops.len() - 1));
        match last {
            Op::WriteOption { some, .. } => open.push(*some),
            Op::WriteResult { ok, err, .. } => open.extend([*ok, *err]),
            Op::Switch { arms, .. } => {
                open.extend(code.tables[arms.index()].iter().map(|arm| arm.block));
            }
            Op::Borrow { each, .. } | Op::Unless { each, .. } => open.push(*each),
            _ => {}
        }
    }
    found
}
