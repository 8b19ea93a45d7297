//! The program under construction: blocks and the tables they refer to.

use facet_core::Shape;
use rustc_hash::FxHashMap;

use super::limits::MAX_OPS;
use super::scope::Scope;
use super::{LowerError, Lowered, fuse, reserve, runs, tail};
use crate::program::{
    Arm, Block, BlockId, ChildId, Code, FunctionId, FunctionKind, Iter, IterId, Op, PathId, Proxy,
    ProxyId, TableId,
};

/// A reference to the root from inside it, emitted as [`Op::Repeat`] until it
/// is known whether it can stay one.
#[derive(Debug)]
pub(super) struct Recursion {
    pub(super) block: BlockId,
    pub(super) op: usize,
    full_path: String,
}

/// The program under construction.
#[derive(Debug, Default)]
pub(super) struct Builder {
    pub(super) code: Code,
    functions: Vec<*const ()>,
    function_ids: FxHashMap<(FunctionKind, usize), FunctionId>,
    children: Vec<&'static Shape>,
    child_paths: Vec<String>,
    child_ids: FxHashMap<usize, ChildId>,
    recursions: Vec<Recursion>,
    /// Ops pushed so far, those of discarded blocks included.
    pub(super) pushed: usize,
}

impl Builder {
    /// Opens a new, empty block.
    pub(super) fn open(&mut self) -> BlockId {
        self.code.blocks.push(Block::default());
        BlockId::from_index(self.code.blocks.len() - 1)
    }

    /// Forgets a block and every block opened after it. Nothing may refer to
    /// them, and only blocks of plain scalars (or none) may be forgotten.
    pub(super) fn discard(&mut self, block: BlockId) {
        self.code.blocks.truncate(block.index());
        debug_assert!(
            self.recursions
                .iter()
                .all(|recursion| recursion.block < block)
        );
    }

    /// The ops of a block so far.
    pub(super) fn ops(&self, block: BlockId) -> &[Op] {
        &self.code.block(block).ops
    }

    /// Whether a block ends with a value that cannot exist.
    pub(super) fn never_ends(&self, block: BlockId) -> bool {
        matches!(self.ops(block).last(), Some(Op::Never { .. }))
    }

    /// Whether a block writes nothing, as far as is known.
    pub(super) fn is_empty(&self, block: BlockId) -> bool {
        self.ops(block).is_empty()
    }

    /// Makes room for the ops of so many fields, of which most are one op.
    pub(super) fn expect(&mut self, block: BlockId, fields: usize) {
        // Those of a struct without ops, at a thousand places, are not to take more than they may.
        const MOST: usize = 64;
        let ops = &mut self.code.blocks[block.index()].ops;
        if ops.is_empty() {
            ops.reserve_exact(fields.min(MOST));
        }
    }

    /// Appends an op.
    pub(super) fn push(&mut self, scope: &Scope<'_>, op: Op) -> Result<(), LowerError> {
        self.pushed += 1;
        if self.pushed > MAX_OPS {
            return Err(scope.refuse(format!(
                "is past the {MAX_OPS} steps one type may take to encode"
            )));
        }
        fuse::push(&mut self.code.blocks[scope.block.index()].ops, op);
        Ok(())
    }

    /// Appends a reference to the root.
    pub(super) fn push_recursion(&mut self, scope: &Scope<'_>) -> Result<(), LowerError> {
        let at = scope.offset()?;
        let path = self.path(scope);
        self.push(scope, Op::Repeat { at, path })?;
        self.recursions.push(Recursion {
            block: scope.block,
            op: self.ops(scope.block).len() - 1,
            full_path: scope.full_path(),
        });
        Ok(())
    }

    /// The number of a function.
    pub(super) fn function(&mut self, kind: FunctionKind, address: *const ()) -> FunctionId {
        *self
            .function_ids
            .entry((kind, address.addr()))
            .or_insert_with(|| {
                self.functions.push(address);
                self.code.functions.push(kind);
                FunctionId::from_index(self.functions.len() - 1)
            })
    }

    /// The number of a child.
    pub(super) fn child(
        &mut self,
        shape: &'static Shape,
        full_path: impl FnOnce() -> String,
    ) -> ChildId {
        *self
            .child_ids
            .entry(core::ptr::from_ref(shape).addr())
            .or_insert_with(|| {
                self.children.push(shape);
                self.child_paths.push(full_path());
                self.code.children.push(shape.to_string());
                ChildId::from_index(self.children.len() - 1)
            })
    }

    /// The number of the static path of a place.
    pub(super) fn path(&mut self, scope: &Scope<'_>) -> PathId {
        self.code.paths.intern(&scope.static_path())
    }

    /// Adds the arms of an enum.
    pub(super) fn table(&mut self, arms: Vec<Arm>) -> TableId {
        self.code.tables.push(arms);
        TableId::from_index(self.code.tables.len() - 1)
    }

    /// Adds an iterator, or finds it.
    pub(super) fn iter(&mut self, iter: Iter) -> IterId {
        IterId::from_index(position_or_push(&mut self.code.iters, iter))
    }

    /// Adds a proxy, or finds it.
    pub(super) fn proxy(&mut self, proxy: Proxy) -> ProxyId {
        ProxyId::from_index(position_or_push(&mut self.code.proxies, proxy))
    }

    /// Runs the passes over the whole program.
    pub(super) fn finish(mut self, root: &'static Shape) -> Lowered {
        let loops = tail::positions(&self.code);
        for recursion in core::mem::take(&mut self.recursions) {
            if loops.contains(&(recursion.block, recursion.op)) {
                continue;
            }
            let child = self.child(root, || recursion.full_path);
            let op = &mut self.code.blocks[recursion.block.index()].ops[recursion.op];
            if let Op::Repeat { at, path } = *op {
                *op = Op::Call { at, child, path };
            }
        }
        runs::form(&mut self.code);
        reserve::place(&mut self.code);
        self.code.type_name = root.to_string();
        Lowered {
            code: self.code,
            functions: self.functions,
            children: self.children,
            child_paths: self.child_paths,
            same: Vec::new(),
        }
    }
}

fn position_or_push<T: PartialEq>(all: &mut Vec<T>, new: T) -> usize {
    all.iter()
        .position(|known| *known == new)
        .unwrap_or_else(|| {
            all.push(new);
            all.len() - 1
        })
}
