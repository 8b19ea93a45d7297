//! Reserves: where room is asked for.
//!
//! A chain of ops that write a bounded number of bytes needs one check in front of
//! it, for the most any path through it writes. Going backwards, the *demand*
//! at a point is the number of bytes written from there until an op makes its
//! own room; such an op leaves the demand behind it as its `reserve`, and where
//! nothing precedes a chain a [`Op::Reserve`] does. The accounting is
//! [`crate::program::spare_after`]'s, which every lowered program passes.

use super::limits::{MAX_BOUND, MAX_BRANCH_EXTRA};
use crate::program::{BlockId, Code, MAX_RESERVE, Op, max_written};

/// Places the reserves of a whole program.
pub(super) fn place(code: &mut Code) {
    start_with_reserve(code, BlockId(0));
}

/// Places the reserves of a block that is entered and left with no room to rely on.
fn start_with_reserve(code: &mut Code, block: BlockId) {
    let demand = place_block(code, block, 0);
    reserve_at_start(code, block, demand);
}

fn reserve_at_start(code: &mut Code, block: BlockId, bytes: u32) {
    if bytes != 0 {
        code.blocks[block.index()]
            .ops
            .insert(0, Op::Reserve { bytes });
    }
}

/// Places the reserves inside a block behind which `after` bytes are demanded,
/// and answers the demand at its start.
fn place_block(code: &mut Code, block: BlockId, after: u32) -> u32 {
    let ops = core::mem::take(&mut code.blocks[block.index()].ops);
    let mut reversed = Vec::with_capacity(ops.len() + 1);
    let mut demand = after;
    for op in ops.into_iter().rev() {
        demand = place_op(code, op, demand, &mut reversed);
    }
    reversed.reverse();
    code.blocks[block.index()].ops = reversed;
    demand
}

/// Emits an op (backwards), and a reserve behind it where the demand there
/// cannot be met from before; answers the demand in front of it.
fn place_op(code: &mut Code, mut op: Op, after: u32, reversed: &mut Vec<Op>) -> u32 {
    if let Some(reserve) = own_reserve(&mut op) {
        *reserve = after;
        place_body(code, &mut op);
        reversed.push(op);
        return 0;
    }
    if matches!(op, Op::Call { .. }) {
        push_reserve(reversed, after);
        reversed.push(op);
        return 0;
    }
    if matches!(op, Op::Repeat { .. } | Op::Never { .. }) {
        reversed.push(op);
        return 0;
    }
    let own = written(code, &op);
    let after = if own + after > MAX_RESERVE {
        push_reserve(reversed, after);
        0
    } else {
        after
    };
    let inside = place_branches(code, &op, own, after);
    reversed.push(op);
    own + inside
}

/// The most bytes an op writes before its blocks do. A run counts as a
/// whole: nothing is placed inside it.
fn written(code: &Code, op: &Op) -> u32 {
    let own = |op: &Op| max_written(op).unwrap_or(0);
    match *op {
        Op::WriteRun { each } => code.block(each).ops.iter().map(own).sum(),
        _ => own(op),
    }
}

fn push_reserve(reversed: &mut Vec<Op>, bytes: u32) {
    if bytes != 0 {
        reversed.push(Op::Reserve { bytes });
    }
}

/// Places the reserves in the blocks of an op that runs at most one of them, and
/// answers the most that is demanded behind the op's own bytes.
fn place_branches(code: &mut Code, op: &Op, own: u32, after: u32) -> u32 {
    let mut branch = |block: BlockId, extra: u32| {
        let demand = place_block(code, block, after);
        if own + demand > MAX_RESERVE || demand - after.min(demand) > extra {
            reserve_at_start(code, block, demand);
            0
        } else {
            demand
        }
    };
    match *op {
        Op::WriteOption { some, .. } => branch(some, MAX_BRANCH_EXTRA).max(after),
        Op::Unless { each, .. } => branch(each, MAX_BRANCH_EXTRA).max(after),
        Op::WriteResult { ok, err, .. } => {
            branch(ok, MAX_BRANCH_EXTRA).max(branch(err, MAX_BRANCH_EXTRA))
        }
        // Always run, so there is nothing to save.
        Op::Borrow { each, .. } | Op::WithLock { each, .. } | Op::WithProxy { each, .. } => {
            branch(each, MAX_RESERVE)
        }
        Op::Switch { arms, .. } => {
            let blocks: Vec<BlockId> = code.tables[arms.index()]
                .iter()
                .map(|arm| arm.block)
                .collect();
            let mut most = 0;
            for block in blocks {
                let demand = place_block(code, block, after);
                if demand.saturating_sub(after) > MAX_BRANCH_EXTRA {
                    reserve_at_start(code, block, demand);
                } else {
                    most = most.max(demand);
                }
            }
            most
        }
        _ => after,
    }
}

/// Places the reserves in the bodies of loops, which start anew.
fn place_body(code: &mut Code, op: &mut Op) {
    match op {
        Op::WriteList { each, bound, .. } | Op::WriteArray { each, bound, .. } => {
            let demand = place_block(code, *each, 0);
            if demand <= MAX_BOUND && is_bounded(code, *each) {
                *bound = demand;
            } else {
                *bound = 0;
                reserve_at_start(code, *each, demand);
            }
        }
        Op::WriteIter { each, .. } => start_with_reserve(code, *each),
        Op::WriteMap { key, value, .. } => {
            start_with_reserve(code, *key);
            start_with_reserve(code, *value);
        }
        _ => {}
    }
}

/// Whether nothing in a block makes room, so that its demand is all it writes.
fn is_bounded(code: &Code, block: BlockId) -> bool {
    code.block(block).ops.iter().all(|op| match op {
        Op::Reserve { .. } => false,
        Op::WriteOption { some, .. } => is_bounded(code, *some),
        Op::Borrow { each, .. }
        | Op::Unless { each, .. }
        | Op::WithLock { each, .. }
        | Op::WithProxy { each, .. } => is_bounded(code, *each),
        Op::WriteResult { ok, err, .. } => is_bounded(code, *ok) && is_bounded(code, *err),
        Op::Switch { arms, .. } => code.tables[arms.index()]
            .iter()
            .all(|arm| is_bounded(code, arm.block)),
        other => max_written(other).is_some(),
    })
}

/// The `reserve` of an op that makes its own room.
fn own_reserve(op: &mut Op) -> Option<&mut u32> {
    match op {
        Op::WriteBytes { reserve, .. }
        | Op::WriteFixedList { reserve, .. }
        | Op::WriteListVarU16 { reserve, .. }
        | Op::WriteListVarU32 { reserve, .. }
        | Op::WriteListVarU64 { reserve, .. }
        | Op::WriteListVarI16 { reserve, .. }
        | Op::WriteListVarI32 { reserve, .. }
        | Op::WriteListVarI64 { reserve, .. }
        | Op::WriteUnitList { reserve, .. }
        | Op::WriteList { reserve, .. }
        | Op::WriteArray { reserve, .. }
        | Op::WriteIter { reserve, .. }
        | Op::WriteMap { reserve, .. }
        | Op::WriteLeaf { reserve, .. } => Some(reserve),
        _ => None,
    }
}
