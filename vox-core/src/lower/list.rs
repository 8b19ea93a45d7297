//! Lists, slices, sets and maps: a length, then a block for each element.

use facet_core::{IterVTable, ListDef, MapDef, PtrConst, SetDef, Shape};

use super::LowerError;
use super::fuse::copied;
use super::scope::{Part, Scope};
use super::walk::{Walk, words_source};
use crate::probe;
use crate::program::{
    BlockId, FunctionId, FunctionKind, Iter, IterId, IterObject, Offset, Op, Source,
};

/// What the block of a list's element amounts to.
enum Elements {
    /// It writes nothing.
    Unit,
    /// One byte, as it is.
    Bytes,
    /// A fixed number of bytes, as they are.
    Fixed(u32),
    /// One integer that is all of the element.
    Varint(Op),
    /// Anything else.
    Block,
}

impl Walk<'_> {
    /// A list: contiguous where its functions say so, iterated otherwise.
    pub(super) fn list(
        &mut self,
        shape: &'static Shape,
        def: &'static ListDef,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        let probed = || probe::list(shape, def);
        if let Some(words) = self.probed.then(probed).flatten() {
            return self.elements(def.t, words_source(words), scope);
        }
        let len = self
            .builder
            .function(FunctionKind::ListLen, def.vtable.len as *const ());
        match (def.vtable.as_ptr, def.iter_vtable()) {
            (Some(as_ptr), _) => {
                let as_ptr = self
                    .builder
                    .function(FunctionKind::ListAsPtr, as_ptr as *const ());
                self.elements(def.t, Source::List { len, as_ptr }, scope)
            }
            (None, Some(iter)) => {
                let iter = self.items(shape, iter, &scope)?;
                self.iterated(def.t, len, iter, scope)
            }
            (None, None) => Err(scope.refuse(format!(
                "`{shape}` is a list that reflection can neither index nor iterate"
            ))),
        }
    }

    /// A length and a contiguous run of elements.
    pub(super) fn elements(
        &mut self,
        element: &'static Shape,
        source: Source,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        let at = scope.offset()?;
        let trail = scope.step(Part::Elements);
        let inner = scope.along(&trail);
        let stride = stride(element, &inner)?;
        let each = self.builder.open();
        self.value(element, inner.inside(each).in_frame())?;
        let found = self.amounts_to(each, stride);
        if !matches!(found, Elements::Block) {
            self.builder.discard(each);
        }
        let reserve = 0;
        let op = match found {
            Elements::Unit => Op::WriteUnitList {
                at,
                source,
                reserve,
            },
            Elements::Bytes => Op::WriteBytes {
                at,
                source,
                reserve,
            },
            Elements::Fixed(width) => Op::WriteFixedList {
                at,
                source,
                width,
                reserve,
            },
            Elements::Varint(element) => varint_list(&element, at, source),
            Elements::Block => Op::WriteList {
                at,
                source,
                stride,
                each,
                bound: 0,
                path: self.builder.path(&scope),
                reserve,
            },
        };
        self.builder.push(&scope, op)
    }

    fn amounts_to(&self, each: BlockId, stride: u32) -> Elements {
        let op = match self.builder.ops(each) {
            [] => return Elements::Unit,
            [op] => op,
            _ => return Elements::Block,
        };
        match copied(op) {
            Some((Offset(0), 1)) if stride == 1 => return Elements::Bytes,
            Some((Offset(0), width)) if width == stride => return Elements::Fixed(width),
            _ => {}
        }
        let width = match op {
            Op::WriteVarU16 { at: Offset(0) } | Op::WriteVarI16 { at: Offset(0) } => 2,
            Op::WriteVarU32 { at: Offset(0) } | Op::WriteVarI32 { at: Offset(0) } => 4,
            Op::WriteVarU64 { at: Offset(0) } | Op::WriteVarI64 { at: Offset(0) } => 8,
            _ => return Elements::Block,
        };
        if width == stride {
            Elements::Varint(*op)
        } else {
            Elements::Block
        }
    }

    /// A set.
    pub(super) fn set(
        &mut self,
        shape: &'static Shape,
        def: &'static SetDef,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        let len = self
            .builder
            .function(FunctionKind::SetLen, def.vtable.len as *const ());
        let iter = match self.ours(shape, FunctionKind::TableItems, FunctionKind::TreeItems) {
            Some(ours) => ours,
            None => self.items(def.t, &def.vtable.iter_vtable, &scope)?,
        };
        self.iterated(def.t, len, iter, scope)
    }

    /// The items of a hash table whose layout is known, or of a B-tree, whose layout may come to be known.
    fn ours(
        &mut self,
        shape: &'static Shape,
        table_kind: FunctionKind,
        tree_kind: FunctionKind,
    ) -> Option<IterId> {
        if !self.probed {
            return None;
        }
        let (kind, layout) = match probe::table(shape) {
            Some(table) => (table_kind, core::ptr::from_ref(table).cast()),
            None => (tree_kind, core::ptr::from_ref(probe::tree(shape)?).cast()),
        };
        let next = self.builder.function(kind, layout);
        Some(self.builder.iter(Iter { next, object: None }))
    }

    /// The items of an iterator.
    fn items(
        &mut self,
        item: &'static Shape,
        vtable: &IterVTable<PtrConst>,
        scope: &Scope<'_>,
    ) -> Result<IterId, LowerError> {
        let next = (FunctionKind::IterNext, vtable.next as *const ());
        self.iter(item, vtable, next, scope)
    }

    /// A length and the items of an iterator.
    fn iterated(
        &mut self,
        item: &'static Shape,
        len: FunctionId,
        iter: IterId,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        let at = scope.offset()?;
        let each = self.builder.open();
        let trail = scope.step(Part::Elements);
        self.value(item, scope.along(&trail).inside(each).in_iteration())?;
        let op = Op::WriteIter {
            at,
            len,
            iter,
            each,
            path: self.builder.path(&scope),
            reserve: 0,
        };
        self.builder.push(&scope, op)
    }

    /// A map: a length, then keys and values in turn.
    pub(super) fn map(
        &mut self,
        shape: &'static Shape,
        def: &'static MapDef,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        let at = scope.offset()?;
        let vtable = def.vtable;
        let len = self
            .builder
            .function(FunctionKind::MapLen, vtable.len as *const ());
        let (table, tree) = (FunctionKind::TableEntries, FunctionKind::TreeEntries);
        let iter = match self.ours(shape, table, tree) {
            Some(ours) => ours,
            None => {
                let next = vtable.iter_vtable.next as *const ();
                let next = (FunctionKind::MapIterNext, next);
                self.iter(def.v, &vtable.iter_vtable, next, &scope)?
            }
        };
        let key = self.builder.open();
        let trail = scope.step(Part::Keys);
        self.value(def.k, scope.along(&trail).inside(key).in_iteration())?;
        let value = self.builder.open();
        let trail = scope.step(Part::Values);
        self.value(def.v, scope.along(&trail).inside(value).in_iteration())?;
        let op = Op::WriteMap {
            at,
            len,
            iter,
            key,
            value,
            path: self.builder.path(&scope),
            reserve: 0,
        };
        self.builder.push(&scope, op)
    }

    fn iter<T: facet_core::IterItem>(
        &mut self,
        item: &'static Shape,
        vtable: &IterVTable<T>,
        (kind, next): (FunctionKind, *const ()),
        scope: &Scope<'_>,
    ) -> Result<IterId, LowerError> {
        let Some(init) = vtable.init_with_value else {
            return Err(scope.refuse(format!(
                "is a container of `{item}` whose iterator reflection cannot start"
            )));
        };
        let init = self
            .builder
            .function(FunctionKind::IterInit, init as *const ());
        let next = self.builder.function(kind, next);
        let dealloc = self
            .builder
            .function(FunctionKind::IterDealloc, vtable.dealloc as *const ());
        Ok(self.builder.iter(Iter {
            next,
            object: Some(IterObject { init, dealloc }),
        }))
    }
}

/// Bytes from one element to the next.
pub(super) fn stride(element: &'static Shape, scope: &Scope<'_>) -> Result<u32, LowerError> {
    let Ok(layout) = element.layout.sized_layout() else {
        return Err(scope.refuse(format!("`{element}` is unsized")));
    };
    u32::try_from(layout.pad_to_align().size())
        .map_err(|_| scope.refuse(format!("`{element}` is larger than 4 GiB")))
}

/// The op that writes a list of the integers this op writes one of.
fn varint_list(element: &Op, at: Offset, source: Source) -> Op {
    let reserve = 0;
    match element {
        Op::WriteVarU16 { .. } => Op::WriteListVarU16 {
            at,
            source,
            reserve,
        },
        Op::WriteVarU32 { .. } => Op::WriteListVarU32 {
            at,
            source,
            reserve,
        },
        Op::WriteVarU64 { .. } => Op::WriteListVarU64 {
            at,
            source,
            reserve,
        },
        Op::WriteVarI16 { .. } => Op::WriteListVarI16 {
            at,
            source,
            reserve,
        },
        Op::WriteVarI32 { .. } => Op::WriteListVarI32 {
            at,
            source,
            reserve,
        },
        Op::WriteVarI64 { .. } => Op::WriteListVarI64 {
            at,
            source,
            reserve,
        },
        other => unreachable!("{} is no varint of a list", other.name()),
    }
}
