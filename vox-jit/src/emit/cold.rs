//! Ways out: what happens between a failure and the null the entry answers.
//!
//! A failing call answers null, having recorded why. On the way out each loop and call adds
//! its part of the path, innermost first, and each iterator is freed; then comes
//! whatever the surrounding block does, down to the function's `return null`. The blocks
//! of the ways out are data until the function ends and are emitted then,
//! behind everything else.

use cranelift_codegen::ir::{Block, InstBuilder, StackSlot, Value};
use vox_core::program::{FunctionId, PathId};

use super::emitter::{Emitter, Scope};
use super::iter::Counts;
use super::repeats::Repeats;
use super::runtime::{self, Function};
use super::{iter, vtable};
use crate::error::CompileError;

/// One block on the way out.
#[derive(Debug)]
pub(super) struct WayOut {
    block: Block,
    steps: Vec<Step>,
    next: Block,
}

/// What is done there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// Records a static part of the path.
    Static(PathId),
    /// Records how often recursion in last position went on.
    Repeats(Repeats),
    /// Records a position: an element, a key or a value, by this function.
    Item(Function, Index),
    /// Frees an iterator.
    Dealloc(FunctionId, StackSlot),
    /// Ends an iteration over this B-tree.
    EndTree(*const (), StackSlot),
}

/// How a position is computed once it is needed. Every value is at hand in all
/// blocks that may fail there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Index {
    /// The distance from the first address to the second, in strides.
    Distance(Value, Value, u32),
    /// The first less the second.
    Difference(Value, Value),
    /// An item of a batch.
    InBatch {
        /// How many items there are until the end of the batch.
        counts: Counts,
        /// The end of the batch.
        last: Value,
        /// The address of the item in it.
        at: Value,
        /// Bytes per item there.
        item_bytes: u32,
    },
}

impl Emitter<'_, '_> {
    /// Goes on with a value that is not null; null goes the way out.
    pub(super) fn unless_null(&mut self, value: Value, scope: Scope) -> Value {
        let go_on = self.builder.create_block();
        self.unless_null_in(go_on, value, scope)
    }

    /// As [`Self::unless_null`], in a block made for it: a cold one, where all this is out of the way.
    pub(super) fn unless_null_in(&mut self, go_on: Block, value: Value, scope: Scope) -> Value {
        self.builder
            .ins()
            .brif(value, go_on, &[], scope.failed, &[]);
        self.builder.switch_to_block(go_on);
        value
    }

    /// The scope whose failures take these steps first, then the way of `scope`.
    pub(super) fn way_out(&mut self, scope: Scope, steps: &[Step]) -> Scope {
        let steps: Vec<_> = steps
            .iter()
            .filter(|step| !matches!(step, Step::Static(path) if self.is_nameless(*path)))
            .copied()
            .collect();
        if steps.is_empty() {
            return scope;
        }
        let block = self.cold_block();
        self.ways_out.push(WayOut {
            block,
            steps,
            next: scope.failed,
        });
        scope.failing_to(block)
    }

    fn is_nameless(&self, path: PathId) -> bool {
        self.program.code.paths.get(path).is_empty()
    }

    /// Emits all ways out. The block before must be filled.
    pub(super) fn emit_ways_out(&mut self) -> Result<(), CompileError> {
        for way in core::mem::take(&mut self.ways_out) {
            self.builder.switch_to_block(way.block);
            for step in way.steps {
                self.emit_step(step)?;
            }
            self.builder.ins().jump(way.next, &[]);
        }
        Ok(())
    }

    fn emit_step(&mut self, step: Step) -> Result<(), CompileError> {
        match step {
            Step::Static(path) => {
                let program = core::ptr::from_ref(self.program).cast();
                let program = self.address_of("PROGRAM", program);
                let path = self.word(path.0.into());
                self.call_rarely(runtime::TRACE_STATIC, &[program, path]);
            }
            Step::Repeats(repeats) => {
                let count = repeats.load(self);
                let program = core::ptr::from_ref(self.program).cast();
                let program = self.address_of("PROGRAM", program);
                self.call_rarely(runtime::TRACE_REPEATS, &[program, count]);
            }
            Step::Item(part, index) => {
                let (distance, stride) = self.distance(index);
                let stride = self.word(stride.into());
                self.call_rarely(part, &[distance, stride]);
            }
            Step::Dealloc(function, slot) => {
                let iter = self.slot_address(slot);
                vtable::iter_dealloc(self, function, iter)?;
            }
            Step::EndTree(tree, position) => iter::end_tree(self, tree, position),
        }
        Ok(())
    }

    /// How far an item is behind the first, and from each to the next.
    fn distance(&mut self, index: Index) -> (Value, u32) {
        match index {
            Index::Distance(from, to, stride) => (self.builder.ins().isub(to, from), stride),
            Index::Difference(whole, part) => (self.builder.ins().isub(whole, part), 1),
            Index::InBatch {
                counts,
                last,
                at,
                item_bytes,
            } => {
                let from_here = self.builder.ins().isub(last, at);
                let until_end = counts.until_end(self);
                let until_end = self
                    .builder
                    .ins()
                    .imul_imm_u(until_end, i64::from(item_bytes));
                (self.builder.ins().isub(until_end, from_here), item_bytes)
            }
        }
    }
}
