//! Enums: a jump by the tag.
//!
//! The variants of most enums are numbered from 0, and each starts by writing its number. That is written once,
//! before the jump; what is left of an arm is often little, or nothing.

use vox_core::program::{Arm, BlockId, Op, PathId, TableId, TagWidth};

use super::super::handlers::Handler;
use super::super::isa::{Assembler, Label, NEAR, Range, Table};
use super::cold::Cold;
use super::{Emitter, Refusal, Scope, size};

/// Enums of up to this many variants are told apart one by one.
const MAX_CHAIN: usize = 4;

/// Variants whose numbers are one byte on the wire.
const MAX_ONE_BYTE: usize = 128;

/// What is known of an enum while its arms are emitted.
#[derive(Clone, Copy)]
struct Arms<'p> {
    arms: &'p [Arm],
    /// Ops at the start of each arm that were emitted for all of them.
    done: usize,
    /// Where the tag is, and how wide.
    at: u32,
    width: TagWidth,
    /// Where tags go that no arm has.
    otherwise: Label,
    /// Behind the last arm.
    end: Label,
    /// The same, for arms from which a short jump leads there.
    near_end: Label,
    /// The first of these.
    first_near: usize,
}

impl Arms<'_> {
    /// Where the end is, for a jump behind the code of an arm.
    fn end_from(&self, arm: usize) -> Label {
        if arm < self.first_near {
            self.end
        } else {
            self.near_end
        }
    }
}

impl<A: Assembler> Emitter<'_, '_, A> {
    pub(super) fn switch(
        &mut self,
        at: u32,
        width: TagWidth,
        table: TableId,
        path: PathId,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let Some(arms) = self.program.code.tables.get(table.index()) else {
            return Err(Refusal::NoTable(table));
        };
        let otherwise = self.asm.label();
        let failed = self.failed_at(path, scope);
        self.cold.push(Cold::Tag {
            entry: otherwise,
            at,
            width,
            failed,
        });
        let is_chain = arms.len() <= MAX_CHAIN;
        let arms = Arms {
            arms,
            done: usize::from(self.names_itself(arms)),
            at,
            width,
            otherwise,
            end: self.asm.label(),
            near_end: self.asm.near_label(),
            first_near: self.first_near(arms, at, if is_chain { size::TEST } else { 0 }),
        };
        let inside = Scope { delta: at, ..scope };
        if arms.done == 1 {
            self.asm.load_tag(at, width);
            self.asm.limit_tag(0, arms.arms.len(), otherwise);
            self.asm.write_tag();
        }
        if is_chain {
            self.chain(arms, inside)?;
        } else {
            self.by_table(arms, inside)?;
        }
        self.asm.bind(arms.near_end);
        self.asm.bind(arms.end);
        Ok(())
    }

    /// Whether each arm starts by writing its number, which is its discriminant, as one byte.
    fn names_itself(&self, arms: &[Arm]) -> bool {
        let writes = |block: BlockId, number: usize| {
            let block = self.program.code.blocks.get(block.index());
            let first = block.and_then(|block| block.ops.first());
            matches!(first, Some(Op::WriteConst { bytes }) if matches!(bytes.as_bytes(), [byte] if usize::from(*byte) == number))
        };
        (1..=MAX_ONE_BYTE).contains(&arms.len())
            && arms.iter().enumerate().all(|(number, arm)| {
                usize::try_from(arm.discriminant) == Ok(number) && writes(arm.block, number)
            })
    }

    /// One arm after the other, each behind the test for it.
    fn chain(&mut self, it: Arms<'_>, scope: Scope) -> Result<(), Refusal> {
        if it.done == 0 {
            self.asm.load_tag(it.at, it.width);
        }
        let mut work = Work::new(self.work);
        for (index, arm) in it.arms.iter().enumerate() {
            let is_last = index + 1 == it.arms.len();
            let end = it.end_from(index);
            let is_empty = self.program.code.block(arm.block).ops.len() == it.done;
            let next = match self.range_over(arm.block, scope.delta, size::JUMP) {
                Range::Near => self.asm.near_label(),
                Range::Far => self.asm.label(),
            };
            if is_last && it.done == 0 {
                self.asm
                    .jump_unless_tag(it.width, arm.discriminant, it.otherwise);
            } else if is_empty && !is_last {
                self.asm.jump_if_tag(it.width, arm.discriminant, end);
            } else if !is_last {
                self.asm.jump_unless_tag(it.width, arm.discriminant, next);
            }
            self.work = work.before;
            self.block_from(arm.block, it.done, scope)?;
            work.most = work.most.max(self.work);
            if !is_last && !is_empty {
                self.asm.jump(end);
            }
            self.asm.bind(next);
        }
        if it.arms.is_empty() {
            self.asm.jump(it.otherwise);
        }
        self.work = work.most;
        Ok(())
    }

    /// The number of the first arm behind whose code a short jump leads to the end. `test` is the most bytes in front
    /// of each arm.
    fn first_near(&self, arms: &[Arm], at: u32, test: u32) -> usize {
        if at > size::FAR {
            return arms.len();
        }
        let mut bytes = 0;
        let is_near = |arm: &&Arm| {
            let is_near = bytes <= NEAR;
            let own = size::short(&self.program.code, arm.block);
            bytes += own.map_or(NEAR + 1, |own| test + own + size::JUMP);
            is_near
        };
        arms.len() - arms.iter().rev().take_while(is_near).count()
    }

    /// A jump to the arm by a table, and the arms.
    fn by_table(&mut self, it: Arms<'_>, scope: Scope) -> Result<(), Refusal> {
        let (least, span) = match it.done {
            1 => (0, it.arms.len()),
            _ => dense(it.arms).unwrap_or((0, 0)),
        };
        let is_dense = span != 0;
        let table = self.dispatch(it, least, span);
        let entry = |number: usize, arm: &Arm| {
            if is_dense {
                // At most the span, which was counted.
                (arm.discriminant - least) as usize
            } else {
                number
            }
        };
        let mut work = Work::new(self.work);
        for (number, arm) in it.arms.iter().enumerate() {
            // An arm with nothing left to do is the end.
            if self.program.code.block(arm.block).ops.len() == it.done {
                self.asm.fix_entry(table, entry(number, arm), it.end);
                self.count_arm(&mut work, it.done);
                continue;
            }
            self.asm.bind_entry(table, entry(number, arm));
            self.work = work.before;
            self.block_from(arm.block, it.done, scope)?;
            work.most = work.most.max(self.work);
            if number + 1 < it.arms.len() {
                self.asm.jump(it.end_from(number));
            }
        }
        self.work = work.most;
        Ok(())
    }

    /// Counts an arm that is not emitted.
    fn count_arm(&mut self, work: &mut Work, ops: usize) {
        self.work = work.before;
        self.count(ops);
        work.most = work.most.max(self.work);
    }

    /// Jumps to the arm the tag has, by a table from the discriminant `least` on if the span is not 0, by the arm's number
    /// otherwise. Entries for which there is no arm are filled in.
    fn dispatch(&mut self, it: Arms<'_>, least: i64, span: usize) -> Table {
        let arms = it.arms;
        if it.done == 1 {
            return self.asm.jump_by_tag(arms.len());
        }
        if span != 0 {
            self.asm.load_tag(it.at, it.width);
            self.asm.limit_tag(least, span, it.otherwise);
            let table = self.asm.jump_by_tag(span);
            if span != arms.len() {
                for place in 0..span {
                    let is_arm = |arm: &Arm| (arm.discriminant - least) as usize == place;
                    if !arms.iter().any(is_arm) {
                        self.asm.fix_entry(table, place, it.otherwise);
                    }
                }
            }
            return table;
        }
        let part = self.part(&arms[0]);
        self.asm.keep_out();
        self.asm.arg_const(0, part);
        self.asm.arg_const(1, arms.len() as u64);
        self.asm.arg_tag(2, it.at, it.width);
        self.call(Handler::FindArm);
        self.asm.load_tag_from_result();
        self.asm.limit_tag(0, arms.len(), it.otherwise);
        self.asm.jump_by_tag(arms.len())
    }
}

/// The work before an enum, and with the largest of its arms.
struct Work {
    before: u32,
    most: u32,
}

impl Work {
    fn new(before: u32) -> Self {
        Self {
            before,
            most: before,
        }
    }
}

/// The smallest discriminant, and how many there are from it to the largest, when they are dense.
fn dense(arms: &[Arm]) -> Option<(i64, usize)> {
    let least = arms.iter().map(|arm| arm.discriminant).min()?;
    let most = arms.iter().map(|arm| arm.discriminant).max()?;
    let span = usize::try_from(most.checked_sub(least)?).ok()?;
    (span <= 2 * arms.len()).then_some((least, span + 1))
}
