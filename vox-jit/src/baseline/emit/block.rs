//! A block: its ops one after the other. The one match over all ops.

use vox_core::kernels::group::varint;
use vox_core::program::{BlockId, Op};

use super::super::handlers::Handler;
use super::super::isa::Assembler;
use super::scalar::MAX_COPY;
use super::sequence::Elements;
use super::{Emitter, MAX_DEPTH, Refusal, SLOT, Scope};

impl<A: Assembler> Emitter<'_, '_, A> {
    /// Emits a block. Its base is in the register, `scope.delta` bytes before where it belongs.
    pub(super) fn block(&mut self, id: BlockId, scope: Scope) -> Result<(), Refusal> {
        self.block_from(id, 0, scope)
    }

    /// Emits a block but for its first ops, which were emitted already.
    #[inline]
    pub(super) fn block_from(
        &mut self,
        id: BlockId,
        done: usize,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let scope = Scope {
            depth: scope.depth + 1,
            ..scope
        };
        if scope.depth > MAX_DEPTH {
            return Err(Refusal::TooDeep);
        }
        let program = self.program;
        let Some(block) = program.code.blocks.get(id.index()) else {
            return Err(Refusal::NoBlock(id));
        };
        self.count(block.ops.len());
        match &block.ops[done..] {
            [] => Ok(()),
            [op] => self.only(op, scope),
            ops => self.ops(ops, scope),
        }
    }

    /// Emits the one op of a block, as most payloads of options and what pointers lead to have.
    fn only(&mut self, op: &Op, scope: Scope) -> Result<(), Refusal> {
        if let Some((kind, at)) = varint(op) {
            let at = self.at(scope, at)?;
            self.asm.call_with_at(Handler::one(kind).index(), at);
            return Ok(());
        }
        match op {
            Op::WriteBytes {
                at,
                source,
                reserve,
            } => self.bytes(self.at(scope, *at)?, source, *reserve, scope),
            _ => self.ops(core::slice::from_ref(op), scope),
        }
    }

    /// Emits ops one after the other.
    fn ops(&mut self, mut ops: &[Op], scope: Scope) -> Result<(), Refusal> {
        while let [op, ..] = ops {
            let done = match op {
                Op::WriteConst { .. }
                | Op::WriteByte { .. }
                | Op::WriteF32 { .. }
                | Op::WriteF64 { .. }
                | Op::CopyBytes {
                    len: ..=MAX_COPY, ..
                } => self.stores(ops, scope)?,
                Op::WriteVarU16 { .. }
                | Op::WriteVarU32 { .. }
                | Op::WriteVarU64 { .. }
                | Op::WriteVarI16 { .. }
                | Op::WriteVarI32 { .. }
                | Op::WriteVarI64 { .. } => self.varints(ops, scope)?,
                Op::WriteBytes {
                    at,
                    source,
                    reserve,
                } => {
                    self.bytes(self.at(scope, *at)?, source, *reserve, scope)?;
                    1
                }
                Op::WriteOption { at, source, some } => {
                    self.option(self.at(scope, *at)?, source, *some, scope)?;
                    1
                }
                _ => {
                    self.op(op, scope)?;
                    1
                }
            };
            ops = &ops[done..];
        }
        Ok(())
    }

    /// Counts ops as work.
    pub(super) fn count(&mut self, ops: usize) {
        let ops = u32::try_from(ops).unwrap_or(u32::MAX);
        self.work = self.work.saturating_add(ops);
    }

    /// Emits one op: the table of all ops but the commonest, which were taken before, fields a few at a time. What has
    /// no code of its own is left to the interpreter.
    #[inline(never)]
    fn op(&mut self, op: &Op, scope: Scope) -> Result<(), Refusal> {
        match op {
            Op::Reserve { bytes } => {
                self.reserve(*bytes, scope);
                Ok(())
            }
            Op::CopyBytes { at, len } => {
                let at = self.at(scope, *at)?;
                self.asm.arg_out(0);
                self.asm.arg_at(1, at);
                self.asm.arg_const(2, (*len).into());
                self.call(Handler::Copy);
                Ok(())
            }
            Op::WriteVarU128 { at } => self.infallible(Handler::VarU128, self.at(scope, *at)?),
            Op::WriteVarI128 { at } => self.infallible(Handler::VarI128, self.at(scope, *at)?),
            Op::WriteChar { at } => self.infallible(Handler::Char, self.at(scope, *at)?),
            Op::WriteRun { each } => self.run_of_fields(*each, scope),
            Op::WriteFixedList { .. }
            | Op::WriteListVarU16 { .. }
            | Op::WriteListVarU32 { .. }
            | Op::WriteListVarU64 { .. }
            | Op::WriteListVarI16 { .. }
            | Op::WriteListVarI32 { .. }
            | Op::WriteListVarI64 { .. }
            | Op::WriteUnitList { .. }
            | Op::WriteList { .. }
            | Op::WriteArray { .. } => self.sequence(op, scope),
            Op::WriteResult { .. } | Op::Switch { .. } | Op::Unless { .. } => {
                self.choice(op, scope)
            }
            Op::Borrow { .. }
            | Op::Call { .. }
            | Op::Repeat { .. }
            | Op::WithLock { .. }
            | Op::WithProxy { .. }
            | Op::WriteLeaf { .. }
            | Op::Never { .. } => self.other(op, scope),
            Op::WriteIter { .. } | Op::WriteMap { .. } => {
                self.interpreted(op, scope);
                Ok(())
            }
            Op::WriteConst { .. }
            | Op::WriteByte { .. }
            | Op::WriteF32 { .. }
            | Op::WriteF64 { .. }
            | Op::WriteVarU16 { .. }
            | Op::WriteVarU32 { .. }
            | Op::WriteVarU64 { .. }
            | Op::WriteVarI16 { .. }
            | Op::WriteVarI32 { .. }
            | Op::WriteVarI64 { .. }
            | Op::WriteBytes { .. }
            | Op::WriteOption { .. } => unreachable!("taken by `block_from`"),
        }
    }

    fn infallible(&mut self, handler: Handler, at: u32) -> Result<(), Refusal> {
        self.asm.call_with_at(handler.index(), at);
        Ok(())
    }

    /// An op the interpreter executes.
    fn interpreted(&mut self, op: &Op, scope: Scope) {
        let op = self.part(op);
        self.asm.arg_const(3, op);
        self.asm.arg_word(4, SLOT);
        self.asm
            .call_with_cx_and_at(Handler::RunOp.index(), scope.delta);
        self.asm.jump_if_null(scope.failed);
    }

    #[rustfmt::skip]
    fn sequence(&mut self, op: &Op, scope: Scope) -> Result<(), Refusal> {
        let kernels = self.program.linkage.kernels;
        match op {
            Op::WriteFixedList { at, source, width, reserve } => {
                self.fixed_list(self.at(scope, *at)?, source, *width, *reserve, scope)
            }
            Op::WriteListVarU16 { at, source, reserve } => {
                let kernel = self.kernel(kernels.list_u16, 0);
                self.by_kernel(kernel, self.at(scope, *at)?, source, *reserve, scope)
            }
            Op::WriteListVarU32 { at, source, reserve } => {
                let kernel = self.kernel(kernels.list_u32, 1);
                self.by_kernel(kernel, self.at(scope, *at)?, source, *reserve, scope)
            }
            Op::WriteListVarU64 { at, source, reserve } => {
                let kernel = self.kernel(kernels.list_u64, 2);
                self.by_kernel(kernel, self.at(scope, *at)?, source, *reserve, scope)
            }
            Op::WriteListVarI16 { at, source, reserve } => {
                let kernel = self.kernel(kernels.list_i16, 3);
                self.by_kernel(kernel, self.at(scope, *at)?, source, *reserve, scope)
            }
            Op::WriteListVarI32 { at, source, reserve } => {
                let kernel = self.kernel(kernels.list_i32, 4);
                self.by_kernel(kernel, self.at(scope, *at)?, source, *reserve, scope)
            }
            Op::WriteListVarI64 { at, source, reserve } => {
                let kernel = self.kernel(kernels.list_i64, 5);
                self.by_kernel(kernel, self.at(scope, *at)?, source, *reserve, scope)
            }
            Op::WriteUnitList { at, source, reserve } => {
                self.unit_list(self.at(scope, *at)?, source, *reserve, scope)
            }
            Op::WriteList { at, source, stride, each, bound, path, reserve } => {
                let (stride, each, bound, path, reserve) = (*stride, *each, *bound, *path, *reserve);
                let elements = Elements { stride, each, bound, path, reserve };
                self.list(self.at(scope, *at)?, source, elements, scope)
            }
            Op::WriteArray { at, source, count, stride, each, bound, path, reserve } => {
                let (stride, each, bound, path, reserve) = (*stride, *each, *bound, *path, *reserve);
                let elements = Elements { stride, each, bound, path, reserve };
                self.array(self.at(scope, *at)?, source, *count, elements, scope)
            }
            _ => unreachable!("not a sequence"),
        }
    }

    #[rustfmt::skip]
    fn choice(&mut self, op: &Op, scope: Scope) -> Result<(), Refusal> {
        match op {
            Op::WriteResult { ok, err, .. } => self.result(op, *ok, *err, scope),
            Op::Switch { at, tag, arms, path } => {
                self.switch(self.at(scope, *at)?, *tag, *arms, *path, scope)
            }
            Op::Unless { at, skip_if, each, path } => {
                self.unless(self.at(scope, *at)?, *skip_if, *each, *path, scope)
            }
            _ => unreachable!("not a choice"),
        }
    }

    #[rustfmt::skip]
    fn other(&mut self, op: &Op, scope: Scope) -> Result<(), Refusal> {
        match op {
            Op::Borrow { at, source, each } => {
                self.borrow(self.at(scope, *at)?, source, *each, scope)
            }
            Op::Call { at, child, path } => self.child(self.at(scope, *at)?, *child, *path, scope),
            Op::Repeat { at, .. } => self.repeat(self.at(scope, *at)?),
            Op::WithLock { at, lock, each, path } => {
                self.lock(self.at(scope, *at)?, *lock, *each, *path, scope)
            }
            Op::WithProxy { at, proxy, each, path } => {
                self.proxy(self.at(scope, *at)?, *proxy, *each, *path, scope)
            }
            Op::WriteLeaf { at, leaf, path, reserve } => {
                self.leaf(self.at(scope, *at)?, *leaf, *path, *reserve, scope)
            }
            Op::Never { why, path } => {
                self.never(*why, *path, scope);
                Ok(())
            }
            _ => unreachable!("taken elsewhere"),
        }
    }
}
