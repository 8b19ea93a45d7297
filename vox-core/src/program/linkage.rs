//! The process-bound half of a program: addresses and slots.

use core::ptr::NonNull;

use super::{
    BlockId, ChildId, Code, EnumTable, FunctionId, Op, OptionRun, PairBlock, PointerSource,
};
use crate::kernels::group::Groups;
use crate::kernels::{Kernels, Plain, Ready, ReadyOf, Run};
use crate::slot::Slot;

/// What the numbers of a [`Code`] mean in this process.
#[derive(Debug)]
pub struct Linkage {
    /// The address of each function; for `FunctionKind::DropShape` the address
    /// of the shape.
    pub functions: Vec<*const ()>,
    /// The slot of each child. Slots live as long as the registry that made
    /// them, which owns every program that refers to them.
    pub children: Vec<NonNull<Slot>>,
    /// The routines for the processor of this process.
    pub kernels: &'static Kernels,
    /// By block: the runs this processor does in one step.
    runs: Vec<Option<Box<Run>>>,
    /// By block: the other runs, for the interpreter.
    groups: Vec<Option<Groups>>,
    /// By the block of the first option's payload: options side by side.
    option_runs: Vec<Option<OptionRun>>,
    /// By block: those of one op on a pair of words, for the interpreter.
    pair_blocks: Vec<Option<PairBlock>>,
    /// By the block of an element: enums in lists.
    enum_tables: Vec<Option<EnumTable>>,
    /// By block: the options this processor makes ready at once, of a value alone and of an element.
    ready: Vec<[Option<Box<Ready>>; 2]>,
    /// By the block of a key or item: maps and sets of plain parts.
    plain: Vec<Option<Plain>>,
}

impl Linkage {
    /// Links a program to its functions, its children, and the best routines this
    /// processor can run.
    #[must_use]
    pub fn new(functions: Vec<*const ()>, children: Vec<NonNull<Slot>>) -> Self {
        Self {
            functions,
            children,
            kernels: Kernels::best(),
            runs: Vec::new(),
            groups: Vec::new(),
            option_runs: Vec::new(),
            pair_blocks: Vec::new(),
            enum_tables: Vec::new(),
            ready: Vec::new(),
            plain: Vec::new(),
        }
    }

    /// Prepares what the routines and the interpreter do at once: runs of scalars and of options, maps and sets,
    /// enums in lists, and what is behind pointers.
    ///
    /// # Panics
    ///
    /// May panic on code that the verifier refuses.
    #[must_use]
    pub fn with_runs(mut self, code: &Code) -> Self {
        for op in code.blocks.iter().flat_map(|block| &block.ops) {
            if let Op::WriteRun { each } = *op {
                self.add_run(code, each);
            }
            if let Op::Borrow { source, each, .. } = *op
                && let PointerSource::Counted { .. } | PointerSource::BorrowWide { .. } = source
                && let Some(pair) = PairBlock::find(self.kernels, &code.block(each).ops)
            {
                self.pair_blocks.resize_with(code.blocks.len(), || None);
                self.pair_blocks[each.index()] = Some(pair);
            }
            if let Op::WriteList { each, .. } | Op::WriteArray { each, .. } = *op
                && let Some(table) = EnumTable::find(code, &code.block(each).ops)
            {
                self.enum_tables.resize_with(code.blocks.len(), || None);
                self.enum_tables[each.index()] = Some(table);
            }
            if let Some((first, plain)) = self.kernels.link_plain(code, &self.functions, op) {
                self.plain.resize_with(code.blocks.len(), || None);
                self.plain[first.index()] = Some(plain);
            }
        }
        for (idx, block) in code.blocks.iter().enumerate() {
            let ready = [ReadyOf::Value, ReadyOf::Element]
                .map(|of| self.kernels.link_ready(code, &block.ops, of).map(Box::new));
            if ready.iter().any(Option::is_some) {
                self.ready.resize_with(code.blocks.len(), Default::default);
                self.ready[idx] = ready;
            }
            for (some, run) in OptionRun::find(code, &block.ops) {
                self.option_runs.resize_with(code.blocks.len(), || None);
                self.option_runs[some.index()] = Some(run);
            }
        }
        self
    }

    fn add_run(&mut self, code: &Code, each: BlockId) {
        let ops = &code.block(each).ops;
        if let Some(run) = self.kernels.link_run(ops) {
            self.runs.resize_with(code.blocks.len(), || None);
            self.runs[each.index()] = Some(Box::new(run));
        } else if let Some(groups) = self.kernels.link_groups(ops) {
            self.groups.resize_with(code.blocks.len(), || None);
            self.groups[each.index()] = Some(groups);
        }
    }

    /// The run a block was prepared as, at an address that stays while the
    /// program lives; `None` where it goes by groups or by ops.
    #[inline]
    #[must_use]
    pub fn run(&self, each: BlockId) -> Option<&Run> {
        self.runs.get(each.index())?.as_deref()
    }

    /// The groups of a run that was not prepared as a whole.
    #[inline]
    #[must_use]
    pub fn groups(&self, each: BlockId) -> Option<&Groups> {
        self.groups.get(each.index())?.as_ref()
    }

    /// The options of a block that are made ready at once, at an address that stays while the program lives. For
    /// machine code.
    #[inline]
    #[must_use]
    pub fn ready(&self, block: BlockId, of: ReadyOf) -> Option<&Ready> {
        let [alone, element] = self.ready.get(block.index())?;
        match of {
            ReadyOf::Value => alone.as_deref(),
            ReadyOf::Element => element.as_deref(),
        }
    }

    /// The map or set of plain parts of which the key or item is written by this block, at an address that stays while the
    /// program lives.
    #[inline]
    #[must_use]
    pub fn plain(&self, first: BlockId) -> Option<&Plain> {
        self.plain.get(first.index())?.as_ref()
    }

    /// What a block is that is one op on the pair it is entered with.
    #[inline]
    pub(crate) fn pair_block(&self, each: BlockId) -> Option<PairBlock> {
        *self.pair_blocks.get(each.index())?
    }

    /// The enum that elements consist of which this block writes.
    #[inline]
    pub(crate) fn enum_table(&self, each: BlockId) -> Option<&EnumTable> {
        self.enum_tables.get(each.index())?.as_ref()
    }

    /// The options side by side of which the first has this block for its payload.
    #[inline]
    #[must_use]
    pub fn option_run(&self, some: BlockId) -> Option<&OptionRun> {
        self.option_runs.get(some.index())?.as_ref()
    }
}

impl Default for Linkage {
    fn default() -> Self {
        Self::new(Vec::new(), Vec::new())
    }
}

/// A lowered and verified program: what the tiers execute.
#[derive(Debug)]
pub struct Program {
    /// The pure-data half.
    pub code: Code,
    /// The process-bound half.
    pub linkage: Linkage,
}

// SAFETY: A program is immutable once made; its raw pointers are addresses of
// functions and 'static shapes, and of slots, which are Sync (assumption A12).
unsafe impl Send for Program {}
// SAFETY: as above.
unsafe impl Sync for Program {}

impl Program {
    /// The address of a function.
    ///
    /// # Panics
    ///
    /// Panics when there is no such function; a verified program has it.
    #[inline]
    #[must_use]
    pub fn function(&self, id: FunctionId) -> *const () {
        self.linkage.functions[id.index()]
    }

    /// The slot of a child.
    ///
    /// # Panics
    ///
    /// Panics when there is no such child; a verified program has it.
    #[inline]
    #[must_use]
    pub fn child(&self, id: ChildId) -> NonNull<Slot> {
        self.linkage.children[id.index()]
    }
}
