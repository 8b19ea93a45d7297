//! How large code gets at most, and how much work a block stands for.

use vox_core::program::{BlockId, Code, Op, Program};

/// Bytes of the start and the end of a function, at most, on any instruction set.
const FUNCTION: usize = 160;

/// Bytes of one op with its rare paths, at most, on any instruction set; but for the arms of an enum.
const OP: usize = 256;

/// Bytes of one arm of an enum: its test or its place in a jump table, and the jump behind it.
const ARM: usize = 40;

/// The most bytes the code of a program can have. What is left over is given back when the code is published.
pub(super) fn worst_case(program: &Program) -> usize {
    let arms: usize = program.code.tables.iter().map(Vec::len).sum();
    FUNCTION + program.code.op_count() * OP + arms * ARM
}

/// The ops that run once whenever the block runs: loops count for themselves, and of the arms of an enum the
/// largest counts.
pub(super) fn straight_ops(program: &Program, block: BlockId) -> u32 {
    count(&program.code, block)
}

fn count(code: &Code, block: BlockId) -> u32 {
    let ops = &code.block(block).ops;
    let own = u32::try_from(ops.len()).unwrap_or(u32::MAX);
    ops.iter()
        .fold(own, |sum, op| sum.saturating_add(inner(code, op)))
}

fn inner(code: &Code, op: &Op) -> u32 {
    match op {
        Op::WriteOption { some: each, .. }
        | Op::WriteRun { each }
        | Op::Borrow { each, .. }
        | Op::WithLock { each, .. }
        | Op::WithProxy { each, .. }
        | Op::Unless { each, .. } => count(code, *each),
        Op::WriteResult { ok, err, .. } => count(code, *ok).max(count(code, *err)),
        Op::Switch { arms, .. } => {
            let arms = &code.tables[arms.index()];
            arms.iter()
                .map(|arm| count(code, arm.block))
                .max()
                .unwrap_or(0)
        }
        _ => 0,
    }
}
