//! Options, results, enums, and fields that may be left out: emitted jumps.

use vox_core::program::{Arm, BlockId, FunctionId, Op, OptionSource, PathId, TableId, TagWidth};
use vox_core::trampoline::predicate::SKIP;

use super::super::handlers::Handler;
use super::super::isa::{Assembler, Label};
use super::cold::Cold;
use super::sequence::sum;
use super::{Emitter, SLOT, Scope};
use crate::error::CompileError;

/// Enums of up to this many variants are told apart one by one.
const MAX_CHAIN: usize = 4;

/// What a predicate that panicked answers, in one byte.
const FAILED: i8 = -1;
const _: () = assert!(vox_core::trampoline::FAILED == usize::MAX && SKIP == 1);

impl<A: Assembler> Emitter<'_, A> {
    pub(super) fn option(
        &mut self,
        at: u32,
        source: &OptionSource,
        some: BlockId,
        scope: Scope,
    ) -> Result<(), CompileError> {
        let none = self.asm.label();
        match *source {
            OptionSource::NullIsNone => {
                self.asm.keep_load(at);
                self.asm.write_option_tag(none);
                self.block(some, Scope { delta: at, ..scope })?;
            }
            OptionSource::Tagged {
                tag,
                tag_at,
                none: tag_of_none,
                payload,
            } => {
                self.asm.load_tag(sum(at, tag_at.0)?, tag);
                self.asm.write_option_tag_unless(tag_of_none, none);
                let delta = sum(at, payload.0)?;
                self.block(some, Scope { delta, ..scope })?;
            }
            OptionSource::GetValue { .. } | OptionSource::IsSome { .. } => {
                self.option_by_call(at, source, some, none, scope)?;
            }
        }
        self.asm.bind(none);
        Ok(())
    }

    /// An option whose payload a handler finds.
    fn option_by_call(
        &mut self,
        at: u32,
        source: &OptionSource,
        some: BlockId,
        none: Label,
        scope: Scope,
    ) -> Result<(), CompileError> {
        let source = self.part(source);
        self.asm.keep_out();
        self.asm.arg_cx(0);
        self.asm.arg_at(1, at);
        self.asm.arg_const(2, source);
        self.asm.arg_word(3, SLOT);
        self.call(Handler::OptionPayload);
        self.asm.swap_kept();
        self.asm.write_option_tag(none);
        if self.program.code.block(some).ops.is_empty() {
            return Ok(());
        }
        self.block_at(some, scope, A::base_from_kept)
    }

    pub(super) fn result(
        &mut self,
        op: &Op,
        ok: BlockId,
        err: BlockId,
        scope: Scope,
    ) -> Result<(), CompileError> {
        let (is_err, end) = (self.asm.label(), self.asm.label());
        let op = self.part(op);
        self.asm.keep_out();
        self.asm.arg_out(0);
        self.asm.arg_cx(1);
        self.asm.arg_at(2, scope.delta);
        self.asm.arg_const(3, op);
        self.asm.arg_word(4, SLOT);
        self.call(Handler::OpenResult);
        self.asm.open_result(is_err);
        self.block_at(ok, scope, A::base_from_kept)?;
        self.asm.jump(end);
        self.asm.bind(is_err);
        self.block_at(err, scope, A::base_from_kept)?;
        self.asm.bind(end);
        Ok(())
    }

    /// An enum: a jump by its tag.
    pub(super) fn switch(
        &mut self,
        at: u32,
        width: TagWidth,
        table: TableId,
        path: PathId,
        scope: Scope,
    ) -> Result<(), CompileError> {
        let Some(arms) = self.program.code.tables.get(table.index()) else {
            return Err(CompileError::Malformed(format!(
                "there is no table {table}"
            )));
        };
        let otherwise = self.asm.label();
        let failed = self.failed_at(path, scope);
        self.cold.push(Cold::Tag {
            entry: otherwise,
            at,
            width,
            failed,
        });
        let labels: Vec<Label> = arms.iter().map(|_| self.asm.label()).collect();
        self.dispatch(at, width, arms, &labels, otherwise);
        let end = self.asm.label();
        for (index, (arm, label)) in arms.iter().zip(&labels).enumerate() {
            self.asm.bind(*label);
            self.block(arm.block, Scope { delta: at, ..scope })?;
            // The last is at the end already.
            if index + 1 < arms.len() {
                self.asm.jump(end);
            }
        }
        self.asm.bind(end);
        Ok(())
    }

    /// Jumps to the label of the arm the tag at `at` has.
    fn dispatch(
        &mut self,
        at: u32,
        width: TagWidth,
        arms: &[Arm],
        labels: &[Label],
        otherwise: Label,
    ) {
        if arms.len() <= MAX_CHAIN {
            self.asm.load_tag(at, width);
            for (arm, label) in arms.iter().zip(labels) {
                self.asm.jump_if_tag(arm.discriminant, *label);
            }
            self.asm.jump(otherwise);
        } else if let Some((first, table)) = jump_table(arms, labels, otherwise) {
            self.asm.load_tag(at, width);
            self.asm.jump_by_tag(first, &table, otherwise);
        } else {
            let first = self.part(&arms[0]);
            self.asm.keep_out();
            self.asm.arg_const(0, first);
            self.asm.arg_const(1, arms.len() as u64);
            self.asm.arg_tag(2, at, width);
            self.call(Handler::FindArm);
            self.asm.jump_by_result(labels, otherwise);
        }
    }

    /// A block that a predicate may leave out.
    pub(super) fn unless(
        &mut self,
        at: u32,
        skip_if: FunctionId,
        each: BlockId,
        path: PathId,
        scope: Scope,
    ) -> Result<(), CompileError> {
        let end = self.asm.label();
        let failed = self.failed_at(path, scope);
        let function = self.function_address(skip_if);
        self.asm.keep_out();
        self.asm.arg_cx(0);
        self.asm.arg_const(1, function);
        self.asm.arg_at(2, at);
        self.call(Handler::Skip);
        self.asm.swap_kept();
        self.asm.jump_if_kept(1, end);
        self.asm.jump_if_kept(FAILED, failed);
        self.block(each, Scope { delta: at, ..scope })?;
        self.asm.bind(end);
        Ok(())
    }
}

/// The smallest discriminant and the labels from it on, when discriminants are dense.
fn jump_table(arms: &[Arm], labels: &[Label], otherwise: Label) -> Option<(i64, Vec<Label>)> {
    let first = arms.iter().map(|arm| arm.discriminant).min()?;
    let last = arms.iter().map(|arm| arm.discriminant).max()?;
    let span = usize::try_from(last.checked_sub(first)?).ok()?;
    if span > 2 * arms.len() {
        return None;
    }
    let mut table = vec![otherwise; span + 1];
    for (arm, label) in arms.iter().zip(labels) {
        let place = usize::try_from(arm.discriminant - first).ok()?;
        table[place] = *label;
    }
    Some((first, table))
}
