//! The blocks are a tree: block 0 is its root and every other block has exactly
//! one place that runs it, so tiers may recurse over blocks and inline them.

use super::super::{BlockId, Code, MAX_NESTING};
use super::{Place, VerifyError, op_place};

/// Checks that the blocks are a tree that is not too deep.
pub(super) fn check(code: &Code) -> Result<(), VerifyError> {
    let mut runs = vec![0_u32; code.blocks.len()];
    for (index, block) in code.blocks.iter().enumerate() {
        let id = BlockId::from_index(index);
        for (index, op) in block.ops.iter().enumerate() {
            for (_, block) in op.blocks(code) {
                let count = &mut runs[block.index()];
                *count += 1;
                let what = if block == BlockId(0) {
                    "runs b0, which only the entry and `repeat` do".to_owned()
                } else if *count > 1 {
                    format!("runs {block}, which another place runs already")
                } else {
                    continue;
                };
                return Err(VerifyError::new(op_place(code, id, index), what));
            }
        }
    }
    reach(code)
}

/// Walks down from block 0. Every block is run from one place at most, so the
/// walk ends; blocks that run each other in a circle are never come by.
fn reach(code: &Code) -> Result<(), VerifyError> {
    let mut reached = vec![false; code.blocks.len()];
    let mut left = vec![(BlockId(0), 0_u32)];
    while let Some((id, depth)) = left.pop() {
        reached[id.index()] = true;
        for (index, op) in code.block(id).ops.iter().enumerate() {
            for (_, block) in op.blocks(code) {
                if depth == MAX_NESTING {
                    return Err(VerifyError::new(
                        op_place(code, id, index),
                        format!("runs {block} deeper than {MAX_NESTING} levels"),
                    ));
                }
                left.push((block, depth + 1));
            }
        }
    }
    match reached.iter().position(|reached| !reached) {
        None => Ok(()),
        Some(index) => Err(VerifyError::new(
            Place::Block(BlockId::from_index(index)),
            "cannot be reached from b0",
        )),
    }
}
