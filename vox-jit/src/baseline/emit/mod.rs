//! From a program to calls of handlers: one pass over the tree of blocks.
//!
//! Every block is emitted once, where the op that runs it stands. Rare paths (making room, telling where a
//! failure happened) are collected and emitted behind the last block, so that the way of an encode that succeeds is
//! a straight line. A failure jumps to the label of its [`Scope`] with a null cursor; there the loop's part of the path is
//! added, and so on to the label of the loop around it, and at last to the end of the function, which returns that null.
//!
//! Not here: how anything is encoded (`super::isa`), what handlers do (`super::handlers`).
//!
//! Read next: [`block`], the match over all ops.

mod block;
mod choice;
mod cold;
mod guarded;
mod names;
mod refusal;
mod scalar;
mod sequence;
mod size;
mod switch;
#[cfg(test)]
mod tests;

use vox_core::program::{BlockId, Code, Offset, Op, Program};

use super::handlers::{self, Handler};
use super::isa::{Assembler, Label, MAX_WORDS, Place, Word};
use crate::error::CompileError;
use cold::Cold;
use refusal::Refusal;

pub(super) use names::Names;

/// The word of the frame that holds the slot the code was entered with.
const SLOT: Word = Word(0);

/// The word of the frame that counts the repetitions of a program that repeats itself.
const REPEATS: Word = Word(1);

/// Blocks nested deeper than this are refused; verified programs are not.
const MAX_DEPTH: u32 = 128;

/// What a block is emitted in.
#[derive(Debug, Clone, Copy)]
struct Scope {
    /// The block's base is this far behind the one in the register.
    delta: u32,
    /// Where failures go, with a null cursor.
    failed: Label,
    /// How deep blocks are nested.
    depth: u32,
}

/// What functions are made in, one after the other.
#[derive(Debug, Default)]
pub(super) struct Memory<A> {
    asm: A,
    cold: Vec<Cold>,
}

/// One function under construction.
pub(super) struct Emitter<'p, 'm, A> {
    asm: &'m mut A,
    program: &'p Program,
    names: Names,
    cold: &'m mut Vec<Cold>,
    /// Words of the frame in use.
    words: u32,
    /// The most that were in use at once.
    most_words: u32,
    /// Where the program starts, for its repetition.
    start: Place,
    /// Whether it repeats itself.
    repeats: bool,
    /// Ops that run once whenever what was emitted since the start of the function or of the element runs:
    /// loops count for themselves, and of the arms of an enum the largest counts.
    work: u32,
}

impl<'p, 'm, A: Assembler> Emitter<'p, 'm, A> {
    pub(super) fn new(program: &'p Program, names: Names, memory: &'m mut Memory<A>) -> Self {
        let Memory { asm, cold } = memory;
        // What a program that was refused left.
        cold.clear();
        asm.start(size::worst_case(program));
        let start = asm.here();
        let repeats = repeats(&program.code, BlockId(0), 0);
        let words = 1 + u32::from(repeats);
        Self {
            asm,
            program,
            names,
            cold,
            words,
            most_words: words,
            start,
            repeats,
            work: 0,
        }
    }

    /// The code of the whole program.
    pub(super) fn function(mut self) -> Result<&'m [u8], CompileError> {
        self.code()?;
        let code = self.asm.finish(self.most_words);
        code.map_err(|_| Refusal::TooFar.into())
    }

    fn code(&mut self) -> Result<(), Refusal> {
        let end = self.asm.label();
        let kernels = self.program.linkage.kernels;
        let table = || handlers::table(kernels);
        let table = self.names.address(table, names::TABLE, 0);
        self.asm.enter(table, SLOT);
        if self.repeats {
            self.asm.start_count(REPEATS);
        }
        self.start = self.asm.here();
        let work = self.asm.add_work();
        self.check_hot();
        if self.repeats {
            self.asm.count_up(REPEATS);
        }
        let scope = Scope {
            delta: 0,
            failed: self.failed_at_last(end),
            depth: 0,
        };
        self.block(BlockId(0), scope)?;
        self.asm.fill(work, self.work);
        self.asm.bind(end);
        self.asm.leave();
        self.emit_cold();
        Ok(())
    }

    /// The distance from the base in the register to an offset of the block.
    fn at(&self, scope: Scope, at: Offset) -> Result<u32, Refusal> {
        let sum = scope.delta.checked_add(at.0);
        sum.ok_or(Refusal::FarOffset(at.0))
    }

    /// Takes words of the frame.
    fn take_words(&mut self, count: u32) -> Result<u32, Refusal> {
        let first = self.words;
        self.words += count;
        self.most_words = self.most_words.max(self.words);
        if self.words > MAX_WORDS {
            return Err(Refusal::TooDeep);
        }
        Ok(first)
    }

    /// Gives back the words taken last.
    fn give_words(&mut self, count: u32) {
        self.words -= count;
    }

    fn call(&mut self, handler: Handler) {
        self.asm.call_handler(handler.index());
    }

    /// Emits a block with another base, which `set` puts into the register; afterwards
    /// the register holds what it held before.
    fn block_at(
        &mut self,
        block: BlockId,
        scope: Scope,
        set: impl FnOnce(&mut A),
    ) -> Result<(), Refusal> {
        let saved = Word(self.take_words(1)?);
        self.asm.save_base(saved);
        set(self.asm);
        self.block_and_back(block, scope, saved)
    }

    /// Emits a block with the base in the register; afterwards that holds the one that is in the word, which was taken last.
    fn block_and_back(&mut self, block: BlockId, scope: Scope, saved: Word) -> Result<(), Refusal> {
        self.block(block, Scope { delta: 0, ..scope })?;
        self.asm.load_base(saved);
        self.give_words(1);
        Ok(())
    }

    /// Starts again on the value at `at`, which counts as work once more.
    fn repeat(&mut self, at: u32) -> Result<(), Refusal> {
        if !self.repeats {
            return Err(Refusal::Repeat);
        }
        self.asm.arg_word(1, SLOT);
        self.asm.base_add(at);
        self.asm.jump_back(self.start);
        Ok(())
    }

    /// Behind an addition to the account of work of the slot that is argument 1: tells when that is full.
    fn check_hot(&mut self) {
        let entry = self.asm.jump_if_not_negative();
        let back = self.asm.here();
        self.cold.push(Cold::Hot { entry, back });
    }

    /// Makes sure of spare bytes.
    fn reserve(&mut self, bytes: u32, scope: Scope) {
        if bytes == 0 {
            return;
        }
        let entry = self.asm.check_spare(bytes);
        let back = self.asm.here();
        self.cold.push(Cold::Grow {
            entry,
            back,
            bytes,
            failed: scope.failed,
        });
    }
}

/// Whether what is done last in a block, or in a block it ends with, is to repeat the program: nowhere else does a program repeat itself.
/// Blocks so deep are refused where they are emitted.
fn repeats(code: &Code, block: BlockId, depth: u32) -> bool {
    let Some(block) = code.blocks.get(block.index()) else {
        return false;
    };
    if depth > MAX_DEPTH {
        return false;
    }
    let inner = |block| repeats(code, block, depth + 1);
    match block.ops.last() {
        Some(Op::Repeat { .. }) => true,
        Some(
            Op::WriteOption { some: each, .. } | Op::Borrow { each, .. } | Op::Unless { each, .. },
        ) => inner(*each),
        Some(Op::WriteResult { ok, err, .. }) => inner(*ok) || inner(*err),
        Some(Op::Switch { arms, .. }) => {
            let arms = code.tables.get(arms.index());
            arms.is_some_and(|arms| arms.iter().any(|arm| inner(arm.block)))
        }
        _ => false,
    }
}
