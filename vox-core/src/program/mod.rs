//! The program: what lowering makes of a shape and every tier executes.
//!
//! A [`Program`] is two halves. [`Code`] is pure data: blocks of [`Op`]s, tables
//! they refer to by number, and the names errors print. It can be compared,
//! printed and parsed back. [`Linkage`] gives the numbers their meaning in this
//! process: addresses of vtable functions and the slots of child types. Tiers
//! need both; a person reading a program needs only the first.
//!
//! Not here: how a shape becomes code ([`crate::lower`]), what an op does step by
//! step ([`crate::interp`] is the reference meaning).
//!
//! Read next: [`op`] (the op list), then [`verify`] (what a program must satisfy).

mod enum_table;
mod field;
mod function;
mod ids;
mod linkage;
pub mod op;
mod option_run;
mod pair_block;
mod path;
mod spare;
pub mod text;
pub mod verify;

pub(crate) use enum_table::{ArmBody, EnumTable, TableArm};
pub use function::{CallClass, FunctionKind};
pub use ids::{BlockId, ChildId, FunctionId, IterId, Literal, Offset, PathId, ProxyId, TableId};
pub use linkage::{Linkage, Program};
pub use op::{ArraySource, NoForm, Op, OptionSource, PointerSource, Source, TagWidth};
pub use option_run::OptionRun;
pub(crate) use option_run::{OptionField, Scalar};
pub(crate) use pair_block::PairBlock;
pub(crate) use path::join;
pub use path::{PathPart, PathTable};
pub use spare::{max_written, spare_after};

/// The most bytes one [`Op::Reserve`] may ask for, and so the most a chain of
/// bounded ops may write between two reserves. A sink that works in chunks
/// needs chunks no smaller than this plus its slack.
pub const MAX_RESERVE: u32 = 4096;

/// The deepest that blocks may nest: block 0 is at depth 0, the blocks its ops
/// run at depth 1, and so on. Tiers recurse over blocks, so this bounds their
/// stack; lowering turns deeper types into calls of children.
pub const MAX_NESTING: u32 = 64;

/// A straight line of ops over one base address.
///
/// Every `at` in a block is relative to the base the block was entered with:
/// the value's address for block 0, the element's for a list body, the
/// payload's for an option, and the address of a two-word pair (address,
/// metadata) when the thing at hand is unsized.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Block {
    /// The ops, executed in order.
    pub ops: Vec<Op>,
}

/// One arm of an enum: which discriminant selects it and what it writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// The value of the tag in memory, sign-extended where the tag is signed,
    /// zero-extended otherwise (and then reinterpreted as `i64`).
    pub discriminant: i64,
    /// The block that writes the variant index and the payload.
    pub block: BlockId,
}

/// How the items of a container are found one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Iter {
    /// `IterVTable::next`, a Rust-ABI function that only trampolines may call; or the layout of a
    /// hash table or a B-tree.
    pub next: FunctionId,
    /// How the iterator is made and freed; `None` for a hash table and a B-tree, whose positions are ours.
    pub object: Option<IterObject>,
}

/// The functions that make an iterator and free it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IterObject {
    /// `IterVTable::init_with_value`.
    pub init: FunctionId,
    /// `IterVTable::dealloc`.
    pub dealloc: FunctionId,
}

/// What is needed to make, encode and drop a proxy value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Converts the field to its proxy, a Rust-ABI function.
    pub convert: FunctionId,
    /// Drops the proxy value in place; `None` where it needs no drop.
    pub drop: Option<FunctionId>,
    /// Size of the proxy type in bytes.
    pub size: u32,
    /// Alignment of the proxy type in bytes.
    pub align: u32,
}

/// The pure-data half of a program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Code {
    /// The name of the root type, as errors print it.
    pub type_name: String,
    /// The blocks; block 0 is entered with the address of the value.
    pub blocks: Vec<Block>,
    /// The arms of each enum op.
    pub tables: Vec<Vec<Arm>>,
    /// The iterators of map and set ops.
    pub iters: Vec<Iter>,
    /// The proxies of proxy ops.
    pub proxies: Vec<Proxy>,
    /// What kind of function each [`FunctionId`] is.
    pub functions: Vec<FunctionKind>,
    /// The names of the types each [`ChildId`] calls.
    pub children: Vec<String>,
    /// The field paths errors are located with.
    pub paths: PathTable,
}

impl Code {
    /// The block with this number.
    ///
    /// # Panics
    ///
    /// Panics when there is no such block; a verified program has it.
    #[must_use]
    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.index()]
    }

    /// The steps by which recursion in last position leads to the next value, each once.
    #[must_use]
    pub fn repeat_paths(&self) -> Vec<String> {
        let mut steps: Vec<String> = Vec::new();
        for op in self.blocks.iter().flat_map(|block| &block.ops) {
            if let Op::Repeat { path, .. } = op {
                let step = self.paths.get(*path);
                if !steps.iter().any(|known| known == step) {
                    steps.push(step.to_owned());
                }
            }
        }
        steps
    }

    /// The number of ops in all blocks: the measure of a program's size.
    #[must_use]
    pub fn op_count(&self) -> usize {
        self.blocks.iter().map(|block| block.ops.len()).sum()
    }
}
