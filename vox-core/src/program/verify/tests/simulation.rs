//! A run of a program that keeps account of room and nothing else: every branch
//! is taken by chance and every op writes as much as it can. It shares no code
//! with the accounting it judges.

use crate::program::text::random::Random;
use crate::program::{BlockId, Code, Op};

/// How a block ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Reached,
    Repeated,
    Failed,
}

struct Machine<'a> {
    code: &'a Code,
    random: &'a mut Random,
    spare: u64,
    steps: u32,
}

/// Runs a program once, by chance. An error is a write without room, or control
/// flow that a tier could not follow.
pub(super) fn run(code: &Code, random: &mut Random) -> Result<(), String> {
    let mut machine = Machine {
        code,
        random,
        spare: 0,
        steps: 0,
    };
    for _ in 0..4 {
        machine.spare = 0;
        if machine.block(BlockId(0))? != End::Repeated {
            break;
        }
    }
    Ok(())
}

impl Machine<'_> {
    fn block(&mut self, id: BlockId) -> Result<End, String> {
        let ops = &self.code.blocks[id.index()].ops;
        for (index, op) in ops.iter().enumerate() {
            self.steps += 1;
            if self.steps > 20_000 {
                return Ok(End::Failed);
            }
            let end = self.op(op).map_err(|error| match error.starts_with('b') {
                true => error,
                false => format!("{id} op {index}: {error}"),
            })?;
            match end {
                End::Reached => {}
                End::Repeated if index + 1 < ops.len() => {
                    return Err(format!("{id} op {index}: ops follow what repeats"));
                }
                End::Repeated | End::Failed => return Ok(end),
            }
        }
        Ok(End::Reached)
    }

    fn write(&mut self, bytes: u64) -> Result<(), String> {
        match self.spare.checked_sub(bytes) {
            Some(spare) => {
                self.spare = spare;
                Ok(())
            }
            None => Err(format!("writes {bytes} bytes into {}", self.spare)),
        }
    }

    fn op(&mut self, op: &Op) -> Result<End, String> {
        let bytes = match *op {
            Op::Reserve { bytes } => {
                self.spare = self.spare.max(u64::from(bytes));
                0
            }
            Op::WriteConst { bytes } => bytes.as_bytes().len() as u64,
            Op::WriteByte { .. } => 1,
            Op::CopyBytes { len, .. } => u64::from(len),
            Op::WriteF32 { .. } => 4,
            Op::WriteF64 { .. } => 8,
            Op::WriteVarU16 { .. } | Op::WriteVarI16 { .. } => 16_u64.div_ceil(7),
            Op::WriteVarU32 { .. } | Op::WriteVarI32 { .. } => 32_u64.div_ceil(7),
            Op::WriteVarU64 { .. } | Op::WriteVarI64 { .. } => 64_u64.div_ceil(7),
            Op::WriteVarU128 { .. } | Op::WriteVarI128 { .. } => 128_u64.div_ceil(7),
            Op::WriteChar { .. } => 1 + 4,
            Op::Never { .. } => return Ok(End::Failed),
            Op::Repeat { .. } => return Ok(End::Repeated),
            Op::Call { .. } => return self.leave(0),
            Op::WriteBytes { reserve, .. }
            | Op::WriteFixedList { reserve, .. }
            | Op::WriteListVarU16 { reserve, .. }
            | Op::WriteListVarU32 { reserve, .. }
            | Op::WriteListVarU64 { reserve, .. }
            | Op::WriteListVarI16 { reserve, .. }
            | Op::WriteListVarI32 { reserve, .. }
            | Op::WriteListVarI64 { reserve, .. }
            | Op::WriteUnitList { reserve, .. }
            | Op::WriteLeaf { reserve, .. } => return self.leave(reserve),
            _ => return self.nested(op),
        };
        self.write(bytes).map(|()| End::Reached)
    }

    /// What an op that makes its own room leaves behind.
    fn leave(&mut self, reserve: u32) -> Result<End, String> {
        self.spare = u64::from(reserve);
        Ok(End::Reached)
    }

    /// An op that runs blocks.
    fn nested(&mut self, op: &Op) -> Result<End, String> {
        match *op {
            Op::WriteOption { some, .. } => {
                self.write(1)?;
                self.maybe(some)
            }
            Op::Unless { each, .. } => self.maybe(each),
            Op::WriteResult { ok, err, .. } => {
                self.write(1)?;
                let block = *self.random.pick(&[ok, err]);
                self.block(block)
            }
            Op::Switch { arms, .. } => {
                let arm = self.random.pick(&self.code.tables[arms.index()]);
                self.block(arm.block)
            }
            Op::Borrow { each, .. } => self.block(each),
            Op::WriteRun { each } => self.inside(each),
            Op::WithLock { each, .. } | Op::WithProxy { each, .. } => self.inside(each),
            Op::WriteList {
                each,
                bound,
                reserve,
                ..
            }
            | Op::WriteArray {
                each,
                bound,
                reserve,
                ..
            } => self.elements(&[each], bound, reserve),
            Op::WriteIter { each, reserve, .. } => self.elements(&[each], 0, reserve),
            Op::WriteMap {
                key,
                value,
                reserve,
                ..
            } => self.elements(&[key, value], 0, reserve),
            _ => unreachable!("{op:?} runs no block"),
        }
    }

    fn maybe(&mut self, block: BlockId) -> Result<End, String> {
        match self.random.rng.bool() {
            true => self.block(block),
            false => Ok(End::Reached),
        }
    }

    /// A block after which something is left to do.
    fn inside(&mut self, block: BlockId) -> Result<End, String> {
        match self.block(block)? {
            End::Repeated => Err(format!("{block} repeats where something is left to do")),
            end => Ok(end),
        }
    }

    /// Elements; room for bounded ones is made for all of them at once, as tiers may.
    fn elements(&mut self, blocks: &[BlockId], bound: u32, reserve: u32) -> Result<End, String> {
        let count = self.random.rng.u32(0..4);
        self.spare = u64::from(bound) * u64::from(count);
        for _ in 0..count {
            for block in blocks {
                if bound == 0 {
                    self.spare = 0;
                }
                if self.inside(*block)? == End::Failed {
                    return Ok(End::Failed);
                }
            }
        }
        self.leave(reserve)
    }
}
