//! The accounting of spare room, op by op.
//!
//! *Spare* is the number of bytes that may be written at the cursor without
//! asking again. This file is the one place that says how each op changes it;
//! lowering uses it to place reserves, the verifier to prove them enough.

use super::{BlockId, Code, MAX_RESERVE, Op};

/// The most bytes an op writes by itself, not counting its blocks: `Some` for
/// ops that need that much spare room beforehand, `None` for ops that make
/// their own.
#[must_use]
pub const fn max_written(op: &Op) -> Option<u32> {
    match op {
        Op::Reserve { .. }
        | Op::Switch { .. }
        | Op::WriteRun { .. }
        | Op::Borrow { .. }
        | Op::WithLock { .. }
        | Op::WithProxy { .. }
        | Op::Unless { .. }
        | Op::Never { .. } => Some(0),
        Op::WriteConst { bytes } => Some(bytes.len()),
        Op::WriteByte { .. } | Op::WriteOption { .. } | Op::WriteResult { .. } => Some(1),
        Op::CopyBytes { len, .. } => Some(*len),
        Op::WriteF32 { .. } => Some(4),
        Op::WriteF64 { .. } => Some(8),
        Op::WriteVarU16 { .. } => Some(3),
        Op::WriteVarI16 { .. } => Some(3),
        Op::WriteVarU32 { .. } => Some(5),
        Op::WriteVarI32 { .. } => Some(5),
        Op::WriteVarU64 { .. } => Some(10),
        Op::WriteVarI64 { .. } => Some(10),
        Op::WriteVarU128 { .. } => Some(19),
        Op::WriteVarI128 { .. } => Some(19),
        Op::WriteChar { .. } => Some(5),
        Op::WriteBytes { .. }
        | Op::WriteFixedList { .. }
        | Op::WriteListVarU16 { .. }
        | Op::WriteListVarU32 { .. }
        | Op::WriteListVarU64 { .. }
        | Op::WriteListVarI16 { .. }
        | Op::WriteListVarI32 { .. }
        | Op::WriteListVarI64 { .. }
        | Op::WriteUnitList { .. }
        | Op::WriteList { .. }
        | Op::WriteArray { .. }
        | Op::WriteIter { .. }
        | Op::WriteMap { .. }
        | Op::WriteLeaf { .. }
        | Op::Call { .. }
        | Op::Repeat { .. } => None,
    }
}

/// What an op that makes its own room leaves spare behind it.
const fn left_spare(op: &Op) -> u32 {
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
        | Op::WriteLeaf { reserve, .. } => *reserve,
        // A child leaves nothing; nothing follows a repeat.
        _ => 0,
    }
}

/// Why a block does not prove its own room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// The block.
    pub block: BlockId,
    /// The op in it.
    pub op: usize,
    /// Spare bytes it needs.
    pub needed: u64,
    /// Spare bytes it has.
    pub spare: u64,
}

/// The spare bytes guaranteed after a block that is entered with `spare`.
///
/// A block that never comes back (it ends in [`Op::Repeat`] or [`Op::Never`])
/// answers `u64::MAX`. Blocks inside loops are checked on the way.
///
/// # Errors
///
/// The first op that would write without room.
///
/// # Panics
///
/// Panics when the block graph is cyclic or refers to missing blocks; the
/// verifier checks that first.
pub fn spare_after(code: &Code, block: BlockId, spare: u64) -> Result<u64, Shortage> {
    let mut spare = spare;
    for (index, op) in code.block(block).ops.iter().enumerate() {
        let short = |needed: u64, spare: u64| Shortage {
            block,
            op: index,
            needed,
            spare,
        };
        if let Some(needed) = max_written(op) {
            let needed = u64::from(needed);
            spare = spare.checked_sub(needed).ok_or(short(needed, spare))?;
        }
        spare = match op {
            Op::Reserve { bytes } => {
                if *bytes > MAX_RESERVE {
                    return Err(short(u64::from(*bytes), u64::from(MAX_RESERVE)));
                }
                spare.max(u64::from(*bytes))
            }
            Op::WriteOption { some, .. } => spare.min(spare_after(code, *some, spare)?),
            Op::WriteResult { ok, err, .. } => {
                spare_after(code, *ok, spare)?.min(spare_after(code, *err, spare)?)
            }
            Op::Switch { arms, .. } => {
                let mut least = u64::MAX;
                for arm in &code.tables[arms.index()] {
                    least = least.min(spare_after(code, arm.block, spare)?);
                }
                least
            }
            Op::WriteRun { each }
            | Op::Borrow { each, .. }
            | Op::WithLock { each, .. }
            | Op::WithProxy { each, .. } => spare_after(code, *each, spare)?,
            Op::Unless { each, .. } => spare.min(spare_after(code, *each, spare)?),
            Op::WriteList { each, bound, .. } | Op::WriteArray { each, bound, .. } => {
                spare_after(code, *each, u64::from(*bound))?;
                u64::from(left_spare(op))
            }
            Op::WriteIter { each, .. } => {
                spare_after(code, *each, 0)?;
                u64::from(left_spare(op))
            }
            Op::WriteMap { key, value, .. } => {
                spare_after(code, *key, 0)?;
                spare_after(code, *value, 0)?;
                u64::from(left_spare(op))
            }
            Op::Repeat { .. } | Op::Never { .. } => u64::MAX,
            _ if max_written(op).is_none() => u64::from(left_spare(op)),
            _ => spare,
        };
    }
    Ok(spare)
}
