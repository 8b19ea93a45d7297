//! How large code gets at most: that of a program, for its buffer, and that of a piece, for the jumps over it.

use vox_core::program::{BlockId, Code, Offset, Op, OptionSource, PointerSource, Program, Source};

use super::super::isa::NEAR;

/// Bytes of the start and the end of a function, at most, on any instruction set.
const FUNCTION: usize = 160;

/// Bytes of one op with its rare paths, at most, on any instruction set; but for the arms of an enum.
const OP: usize = 288;

/// Bytes of one arm of an enum: its test or its place in a jump table, and the jump behind it.
const ARM: usize = 40;

/// The most bytes the code of a program can have. What is left over is given back when the code is published.
pub(super) fn worst_case(program: &Program) -> usize {
    let arms: usize = program.code.tables.iter().map(Vec::len).sum();
    FUNCTION + program.code.op_count() * OP + arms * ARM
}

/// The least that any op is counted with.
const LEAST: u32 = 11;

/// Bytes of the test of an option before its payload, at most, where there are short jumps.
const OPTION: u32 = 33;

/// Of following a pointer, and of coming back.
const BORROW: u32 = 21;

/// Of a jump.
pub(super) const JUMP: u32 = 5;

/// Of the test of a tag, and the jump.
pub(super) const TEST: u32 = 19;

/// Of a loop around its block, behind the test whether there is any element.
pub(super) const LOOP: u32 = 72;

/// Offsets beyond this may take more than one instruction.
pub(super) const FAR: u32 = 1 << 30;

/// Whether a short jump leads over the code of a block whose base is so far off, and so many bytes.
pub(super) fn is_short(code: &Code, block: BlockId, delta: u32, more: u32) -> bool {
    let is_small = code.block(block).ops.len() as u32 * LEAST <= NEAR - more;
    delta <= FAR && is_small && short(code, block).is_some_and(|bytes| bytes + more <= NEAR)
}

/// The most bytes the code of a block has where there are short jumps, rare paths aside. `None` when they are more than a
/// short jump leads over, or nobody knows.
pub(super) fn short(code: &Code, block: BlockId) -> Option<u32> {
    let ops = code.block(block).ops.as_slice();
    if let [op] = ops {
        return of(code, op);
    }
    let mut sum = 0;
    for op in ops {
        sum += of(code, op)?;
        if sum > NEAR {
            return None;
        }
    }
    Some(sum)
}

/// The most bytes of one op.
fn of(code: &Code, op: &Op) -> Option<u32> {
    let bytes = |at: Offset, bytes: u32| (at.0 <= FAR).then_some(bytes);
    match op {
        Op::Reserve { .. } => Some(17),
        Op::WriteConst { bytes } => Some(match bytes.len() {
            0..=4 => 11,
            _ => 32,
        }),
        Op::WriteByte { at } | Op::WriteF32 { at } | Op::WriteF64 { at } => bytes(*at, 15),
        Op::CopyBytes { at, .. } => bytes(*at, 30),
        Op::WriteVarU16 { at }
        | Op::WriteVarU32 { at }
        | Op::WriteVarU64 { at }
        | Op::WriteVarI16 { at }
        | Op::WriteVarI32 { at }
        | Op::WriteVarI64 { at }
        | Op::WriteVarU128 { at }
        | Op::WriteVarI128 { at }
        | Op::WriteChar { at } => bytes(*at, 16),
        Op::WriteBytes {
            at,
            source: Source::Words { .. },
            ..
        } => bytes(*at, 38),
        Op::WriteOption {
            at,
            source: OptionSource::Tagged { .. } | OptionSource::NullIsNone,
            some,
        } => bytes(*at, OPTION + short(code, *some)?),
        Op::Borrow {
            at,
            source: PointerSource::Word,
            each,
        } => bytes(*at, BORROW + short(code, *each)?),
        Op::Call { at, .. } => bytes(*at, 62),
        Op::Repeat { at, .. } => bytes(*at, 19),
        _ => None,
    }
}
