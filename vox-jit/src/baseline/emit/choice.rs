//! Options, results, and fields that may be left out: emitted jumps.

use vox_core::kernels::group::varint;
use vox_core::program::{BlockId, FunctionId, Op, OptionSource, PathId, TagWidth};
use vox_core::trampoline::predicate::SKIP;

use super::super::handlers::{Handler, Kind};
use super::super::isa::{Assembler, Jump, Range};
use super::sequence::sum;
use super::{Emitter, Refusal, SLOT, Scope};

/// What a predicate that panicked answers, in one byte.
const FAILED: i8 = -1;
const _: () = assert!(vox_core::trampoline::FAILED == usize::MAX && SKIP == 1);

impl<A: Assembler> Emitter<'_, '_, A> {
    #[inline(never)]
    pub(super) fn option(
        &mut self,
        at: u32,
        source: &OptionSource,
        some: BlockId,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let none = match *source {
            OptionSource::NullIsNone => {
                let range = self.range_over(some, at, 0);
                self.asm.keep_load(at);
                let none = self.asm.write_option_tag(range);
                self.block(some, Scope { delta: at, ..scope })?;
                none
            }
            OptionSource::Tagged {
                tag,
                tag_at,
                none: tag_of_none,
                payload,
            } => {
                let tag_at = sum(at, tag_at.0)?;
                let delta = sum(at, payload.0)?;
                if let [op] = self.program.code.block(some).ops.as_slice()
                    && let Some((kind, field)) = varint(op)
                {
                    let at = sum(delta, field.0)?;
                    return self.option_of_varint(tag_at, tag, tag_of_none, kind, at);
                }
                let range = self.range_over(some, delta, 0);
                let none = self
                    .asm
                    .write_option_tag_unless(tag_at, tag, tag_of_none, range);
                self.block(some, Scope { delta, ..scope })?;
                none
            }
            OptionSource::GetValue { .. } | OptionSource::IsSome { .. } => {
                self.option_by_call(at, source, some, scope)?
            }
        };
        self.asm.land(none);
        Ok(())
    }

    /// An option of an integer, as most are: what the general way comes to, without asking how long the payload is.
    #[inline]
    fn option_of_varint(
        &mut self,
        tag_at: u32,
        tag: TagWidth,
        tag_of_none: i64,
        kind: Kind,
        at: u32,
    ) -> Result<(), Refusal> {
        let none = self
            .asm
            .write_option_tag_unless(tag_at, tag, tag_of_none, Range::Near);
        self.count(1);
        self.asm.call_with_at(Handler::one(kind).index(), at);
        self.asm.land(none);
        Ok(())
    }

    /// An option whose payload a handler finds.
    #[inline(never)]
    fn option_by_call(
        &mut self,
        at: u32,
        source: &OptionSource,
        some: BlockId,
        scope: Scope,
    ) -> Result<Jump, Refusal> {
        let source = self.part(source);
        self.asm.keep_out();
        self.asm.arg_cx(0);
        self.asm.arg_at(1, at);
        self.asm.arg_const(2, source);
        self.asm.arg_word(3, SLOT);
        self.call(Handler::OptionPayload);
        self.asm.swap_kept();
        let none = self.asm.write_option_tag(Range::Far);
        if !self.program.code.block(some).ops.is_empty() {
            self.block_at(some, scope, A::base_from_kept)?;
        }
        Ok(none)
    }

    pub(super) fn result(
        &mut self,
        op: &Op,
        ok: BlockId,
        err: BlockId,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let end = self.asm.label();
        let op = self.part(op);
        self.asm.keep_out();
        self.asm.arg_out(0);
        self.asm.arg_cx(1);
        self.asm.arg_at(2, scope.delta);
        self.asm.arg_const(3, op);
        self.asm.arg_word(4, SLOT);
        self.call(Handler::OpenResult);
        let is_err = self.asm.open_result();
        let before = self.work;
        self.block_at(ok, scope, A::base_from_kept)?;
        self.asm.jump(end);
        self.asm.land(is_err);
        let with_ok = core::mem::replace(&mut self.work, before);
        self.block_at(err, scope, A::base_from_kept)?;
        self.work = self.work.max(with_ok);
        self.asm.bind(end);
        Ok(())
    }

    /// A block that a predicate may leave out.
    pub(super) fn unless(
        &mut self,
        at: u32,
        skip_if: FunctionId,
        each: BlockId,
        path: PathId,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let end = self.asm.label();
        let failed = self.failed_without_null(path, scope);
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
