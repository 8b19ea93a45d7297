//! Pointers, locks, proxies, children, computed values.

use vox_core::program::{
    BlockId, ChildId, FunctionId, FunctionKind, NoForm, PathId, PointerSource, ProxyId,
};
use vox_core::slot::Slot;

use super::super::handlers::Handler;
use super::super::isa::{Assembler, Label, Word};
use super::cold::Cold;
use super::{Emitter, Refusal, SLOT, Scope, names};

impl<A: Assembler> Emitter<'_, '_, A> {
    /// The address of a function of the program.
    pub(super) fn function_address(&self, id: FunctionId) -> u64 {
        let address = || self.program.function(id).addr() as u64;
        self.names.address(address, names::FUNCTION, id.0)
    }

    pub(super) fn borrow(
        &mut self,
        at: u32,
        source: &PointerSource,
        each: BlockId,
        scope: Scope,
    ) -> Result<(), Refusal> {
        if let PointerSource::Word = *source {
            let saved = Word(self.take_words(1)?);
            self.asm.save_base_and_follow(saved, at);
            return self.block_and_back(each, scope, saved);
        }
        let pair = A::pair_words(self.take_words(2)?);
        let source = self.part(source);
        self.asm.keep_out();
        self.asm.arg_cx(0);
        self.asm.arg_at(1, at);
        self.asm.arg_const(2, source);
        self.asm.arg_word(3, SLOT);
        self.asm.arg_word_address(4, pair.ptr);
        self.call(Handler::Pointee);
        self.asm.swap_kept();
        self.block_at(each, scope, A::base_from_kept)?;
        self.give_words(2);
        Ok(())
    }

    pub(super) fn lock(
        &mut self,
        at: u32,
        lock: FunctionId,
        each: BlockId,
        path: PathId,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let handler = match self.program.code.functions[lock.index()] {
            FunctionKind::Read => Handler::Read,
            _ => Handler::Lock,
        };
        let failed = self.failed_at(path, scope);
        let function = self.function_address(lock);
        self.asm.keep_out();
        self.asm.arg_cx(0);
        self.asm.arg_const(1, function);
        self.asm.arg_at(2, at);
        self.call(handler);
        self.resource(each, failed, scope)
    }

    pub(super) fn proxy(
        &mut self,
        at: u32,
        proxy: ProxyId,
        each: BlockId,
        path: PathId,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let Some(proxy) = self.program.code.proxies.get(proxy.index()) else {
            return Err(Refusal::NoProxy(proxy));
        };
        let failed = self.failed_at(path, scope);
        let convert = self.function_address(proxy.convert);
        let drop = proxy.drop.map_or(0, |drop| self.function_address(drop));
        let handler = match self.program.code.functions[proxy.convert.index()] {
            FunctionKind::Upgrade => Handler::Upgrade,
            _ => Handler::Proxy,
        };
        let (size, align) = (proxy.size, proxy.align);
        self.asm.keep_out();
        self.asm.arg_cx(0);
        self.asm.arg_const(1, convert);
        self.asm.arg_at(2, at);
        self.asm.arg_const(3, size.into());
        self.asm.arg_const(4, align.into());
        self.asm.arg_const(5, drop);
        self.call(handler);
        self.resource(each, failed, scope)
    }

    /// A block on what a call gave access to, with the cursor kept, and giving that back. When the
    /// block fails, the end of the encode gives it back.
    fn resource(&mut self, each: BlockId, failed: Label, scope: Scope) -> Result<(), Refusal> {
        self.asm.jump_if_null(failed);
        self.asm.swap_kept();
        self.block_at(each, scope, A::base_from_kept)?;
        self.asm.arg_out(0);
        self.asm.arg_cx(1);
        self.call(Handler::Release);
        self.asm.jump_if_null(failed);
        Ok(())
    }

    /// A child, through its slot, one level deeper.
    pub(super) fn child(
        &mut self,
        at: u32,
        child: ChildId,
        path: PathId,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let failed = self.failed_at(path, scope);
        let address = || self.program.child(child).as_ptr().addr() as u64;
        let slot = self.names.address(address, names::CHILD, child.0);
        let entry = self.asm.enter_level();
        self.cold.push(Cold::Depth { entry, failed });
        self.asm.arg_out(3);
        self.asm.arg_cx(0);
        self.asm.arg_const(1, slot);
        self.asm.arg_at(2, at);
        self.asm.call_entry(Slot::ENTRY_OFFSET);
        self.asm.leave_level();
        self.asm.jump_if_null(failed);
        Ok(())
    }

    /// A value written by a function of ours: `(cx, value, out, spare)`.
    pub(super) fn leaf(
        &mut self,
        at: u32,
        leaf: FunctionId,
        path: PathId,
        reserve: u32,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let failed = self.failed_at(path, scope);
        let function = self.function_address(leaf);
        self.asm.arg_out(2);
        self.asm.arg_cx(0);
        self.asm.arg_at(1, at);
        self.asm.arg_const(3, reserve.into());
        self.asm.call_address(function);
        self.asm.jump_if_null(failed);
        Ok(())
    }

    pub(super) fn never(&mut self, why: NoForm, path: PathId, scope: Scope) {
        let failed = self.failed_at(path, scope);
        self.asm.arg_cx(0);
        self.asm.arg_const(1, why.number().into());
        self.call(Handler::FailNever);
        self.asm.jump(failed);
    }
}
