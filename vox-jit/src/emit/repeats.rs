//! How often recursion in last position went on, which only errors tell.
//!
//! In memory: what is called leaves few registers alone, and those are for what each value needs, such as the state of the encode.

use cranelift_codegen::ir::{InstBuilder, StackSlot, Value, types};

use super::cold::Step;
use super::emitter::{Emitter, Scope};

/// See the module documentation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Repeats(StackSlot);

impl Repeats {
    const BYTES: u32 = 8;

    /// Begins to count, if errors tell of it.
    pub(super) fn none_yet(e: &mut Emitter<'_, '_>) -> Option<Self> {
        if e.program.code.repeat_paths().is_empty() {
            return None;
        }
        let repeats = Self(e.take_slot(Self::BYTES));
        let none = e.word(0);
        repeats.store(e, none);
        Some(repeats)
    }

    /// The scope in which failures tell of its repeats.
    pub(super) fn told(e: &mut Emitter<'_, '_>, scope: Scope) -> Scope {
        match scope.repeats {
            Some(repeats) => e.way_out(scope, &[Step::Repeats(repeats)]),
            None => scope,
        }
    }

    /// How often.
    pub(super) fn load(self, e: &mut Emitter<'_, '_>) -> Value {
        e.builder
            .ins()
            .stack_load(types::I64, types::I64, self.0, 0)
    }

    fn store(self, e: &mut Emitter<'_, '_>, value: Value) {
        e.builder.ins().stack_store(types::I64, value, self.0, 0);
    }

    /// Counts one more.
    pub(super) fn count(self, e: &mut Emitter<'_, '_>) {
        let before = self.load(e);
        let now = e.add(before, 1);
        self.store(e, now);
    }

    /// Others may use the memory.
    pub(super) fn give_back(self, e: &mut Emitter<'_, '_>) {
        e.give_slot(Self::BYTES, self.0);
    }
}
