//! The walk over a shape: one value at one place, by its kind.
//!
//! Read next: [`super::composite`] for structs and enums, [`super::list`] for loops.

use std::collections::BTreeSet;

use facet_core::Shape;

use super::builder::Builder;
use super::limits::{MAX_INLINE_DEPTH, MAX_INLINE_OPS, MAX_NESTING};
use super::scope::{Ancestor, Scope};
use super::{LowerError, LowerOptions};
use crate::entry::{AccessorFn, LeafFn, Pair};
use crate::leaf;
use crate::probe::{self, Words};
use crate::program::{FunctionKind, NoForm, Offset, Op, PathId, Source};
use crate::shape::{Kind, Scalar, classify};

/// Types that are called wherever they appear, by the address of their shape.
/// Not by identity: shapes made at run time share theirs.
pub(super) type Called = BTreeSet<usize>;

/// What a walk produced.
pub(super) struct Walked {
    pub(super) builder: Builder,
    /// Types that turned out to contain themselves and were not called yet.
    pub(super) cycles: Called,
    /// The shapes that were taken for the root, at other addresses.
    pub(super) folded: Vec<&'static Shape>,
}

/// The state of a walk.
pub(super) struct Walk<'c> {
    pub(super) builder: Builder,
    pub(super) probed: bool,
    root: &'static Shape,
    called: &'c Called,
    cycles: Called,
    /// Whether shapes with the root's identity are taken for the root.
    folds: bool,
    folded: Vec<&'static Shape>,
}

/// Walks a shape from its root.
pub(super) fn walk(
    root: &'static Shape,
    options: &LowerOptions,
    called: &Called,
    folds: bool,
) -> Result<Walked, LowerError> {
    let mut walk = Walk {
        builder: Builder::default(),
        probed: options.probed_layouts,
        root,
        called,
        cycles: Called::new(),
        folds,
        folded: Vec::new(),
    };
    let scope = Scope::root(walk.builder.open());
    if root.layout.sized_layout().is_ok() {
        walk.value(root, scope)?;
    } else {
        // The entry of an unsized type is given the address of a pair.
        walk.unsized_value(root, scope, PAIR)?;
    }
    Ok(Walked {
        builder: walk.builder,
        cycles: walk.cycles,
        folded: walk.folded,
    })
}

/// The layout of a [`Pair`].
pub(super) const PAIR: Words = Words {
    ptr: core::mem::offset_of!(Pair, ptr),
    len: core::mem::offset_of!(Pair, len),
};

fn address(shape: &'static Shape) -> usize {
    core::ptr::from_ref(shape).addr()
}

impl Walk<'_> {
    /// Lowers a sized value.
    pub(super) fn value(
        &mut self,
        shape: &'static Shape,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        let shape = self.fold(shape);
        let Ok(layout) = shape.layout.sized_layout() else {
            return Err(scope.refuse(format!("`{shape}` has no size known to reflection")));
        };
        let kind = classify(shape);
        self.check_alignment(shape, kind, layout.align(), &scope)?;
        if !matches!(kind, Kind::Struct(_) | Kind::Enum(_)) {
            // The parts of a struct or variant are checked one by one.
            scope.moved(layout.size())?.offset()?;
        }
        match kind {
            Kind::Scalar(scalar) => self.scalar(scalar, &scope),
            Kind::String => self.string(&scope),
            Kind::Leaf(function) => self.leaf(function, &scope),
            Kind::Never => {
                let path = self.builder.path(&scope);
                self.builder.push(&scope, uninhabited(path))
            }
            Kind::Unsupported(refusal) => {
                Err(scope.refuse(format!("`{shape}` {}", refusal.reason())))
            }
            kind => {
                if self.is_called(shape, kind, &scope) {
                    return self.call(shape, &scope);
                }
                let ancestor = Ancestor {
                    shape,
                    parent: scope.ancestors,
                    depth: scope.ancestors.map_or(0, |parent| parent.depth + 1),
                };
                self.composite(shape, kind, scope.under(&ancestor))
            }
        }
    }

    /// The root, for what has its identity.
    fn fold(&mut self, shape: &'static Shape) -> &'static Shape {
        if !self.folds || core::ptr::eq(shape, self.root) || shape.id != self.root.id {
            return shape;
        }
        if !self.folded.iter().any(|known| core::ptr::eq(*known, shape)) {
            self.folded.push(shape);
        }
        self.root
    }

    fn composite(
        &mut self,
        shape: &'static Shape,
        kind: Kind,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        match kind {
            Kind::Struct(fields) => self.structure(shape, fields, scope),
            Kind::Enum(variants) => self.enumeration(shape, variants, scope),
            Kind::Option(def) => self.option(shape, def, scope),
            Kind::Result(def) => self.result(def, scope),
            Kind::List(def) => self.list(shape, def, scope),
            Kind::Array(def) => self.array(def, scope),
            Kind::Map(_) | Kind::Set(_) if !probe::is_read_right(shape) => {
                Err(scope.refuse(format!(
                    "`{shape}` has a hasher that changes where its table is, and facet would look for it \
                     where the standard one leaves it; a `#[facet(proxy = ...)]` says what to encode instead"
                )))
            }
            Kind::Map(def) => self.map(shape, def, scope),
            Kind::Set(def) => self.set(shape, def, scope),
            Kind::Pointer(pointer) => self.pointer(pointer, scope),
            Kind::Lock(lock) => self.lock(lock, scope),
            Kind::Weak(weak) => self.weak(weak, scope),
            Kind::Proxy(proxy) => self.proxied(proxy, scope),
            Kind::Str | Kind::Slice(_) => {
                Err(scope.refuse(format!("`{shape}` is unsized and says it is not")))
            }
            Kind::Scalar(_) | Kind::String | Kind::Leaf(_) | Kind::Never | Kind::Unsupported(_) => {
                Err(scope.refuse("is no composite; this is a bug in vox"))
            }
        }
    }

    /// Whether a type is called instead of inlined here.
    fn is_called(&mut self, shape: &'static Shape, kind: Kind, scope: &Scope<'_>) -> bool {
        let Some(innermost) = scope.ancestors else {
            return false;
        };
        if core::ptr::eq(shape, self.root) || self.called.contains(&address(shape)) {
            return true;
        }
        if let Some(cycle) = cycle_entry(shape, innermost) {
            self.cycles.insert(address(cycle));
            return true;
        }
        let is_user_type = matches!(kind, Kind::Struct(_) | Kind::Enum(_));
        innermost.depth >= MAX_INLINE_DEPTH
            || scope.nesting >= MAX_NESTING
            // In a build without any optimisation, two of them take too much stack for one level of calls.
            || (scope.is_iterated && matches!(kind, Kind::Map(_) | Kind::Set(_)))
            || (is_user_type && self.builder.pushed >= MAX_INLINE_OPS)
    }

    /// Calls a type through its slot.
    fn call(&mut self, shape: &'static Shape, scope: &Scope<'_>) -> Result<(), LowerError> {
        if scope.unaligned {
            return Err(scope.refuse(format!("`{shape}` is too deep inside a packed struct")));
        }
        if core::ptr::eq(shape, self.root) {
            return self.builder.push_recursion(scope);
        }
        let child = self.builder.child(shape, || scope.full_path());
        let path = self.builder.path(scope);
        let at = scope.offset()?;
        self.builder.push(scope, Op::Call { at, child, path })
    }

    /// Refuses what needs an aligned address and may not have one.
    fn check_alignment(
        &self,
        shape: &'static Shape,
        kind: Kind,
        align: usize,
        scope: &Scope<'_>,
    ) -> Result<(), LowerError> {
        let reads_anywhere = matches!(kind, Kind::Scalar(_) | Kind::Struct(_) | Kind::Array(_));
        if scope.unaligned && align > 1 && !reads_anywhere {
            return Err(scope.refuse(format!(
                "`{shape}` is a field of a packed struct, and no reference to it may be made; a \
                 `#[facet(proxy = ...)]` on the struct can be encoded"
            )));
        }
        Ok(())
    }

    pub(super) fn scalar(&mut self, scalar: Scalar, scope: &Scope<'_>) -> Result<(), LowerError> {
        let at = scope.offset()?;
        self.builder.push(scope, scalar_op(scalar, at))
    }

    fn string(&mut self, scope: &Scope<'_>) -> Result<(), LowerError> {
        let at = scope.offset()?;
        let source = match self.probed.then(probe::string).flatten() {
            Some(words) => words_source(words),
            None => {
                let parts: AccessorFn = leaf::string_parts;
                Source::Accessor {
                    parts: self
                        .builder
                        .function(FunctionKind::Accessor, parts as *const ()),
                }
            }
        };
        let op = Op::WriteBytes {
            at,
            source,
            reserve: 0,
        };
        self.builder.push(scope, op)
    }

    pub(super) fn leaf(&mut self, function: LeafFn, scope: &Scope<'_>) -> Result<(), LowerError> {
        let at = scope.offset()?;
        let path = self.builder.path(scope);
        let leaf = self
            .builder
            .function(FunctionKind::Leaf, function as *const ());
        let op = Op::WriteLeaf {
            at,
            leaf,
            path,
            reserve: 0,
        };
        self.builder.push(scope, op)
    }
}

/// When a type is met inside itself: the type to call, preferably a struct or
/// enum on the way round, so that all ways into a cycle share its children.
fn cycle_entry(shape: &'static Shape, innermost: &Ancestor<'_>) -> Option<&'static Shape> {
    let mut round = Vec::new();
    let mut next = Some(innermost);
    loop {
        let ancestor = next?;
        round.push(ancestor.shape);
        if core::ptr::eq(ancestor.shape, shape) {
            break;
        }
        next = ancestor.parent;
    }
    let user_type = round
        .iter()
        .rev()
        .find(|shape| matches!(classify(shape), Kind::Struct(_) | Kind::Enum(_)));
    Some(user_type.copied().unwrap_or(shape))
}

/// The source that reads these words.
pub(super) fn words_source(words: Words) -> Source {
    Source::Words {
        ptr: distance(words.ptr),
        len: distance(words.len),
    }
}

/// A probed distance; none is far.
pub(super) fn distance(bytes: usize) -> Offset {
    Offset(u32::try_from(bytes).unwrap_or(u32::MAX))
}

/// The op for what cannot exist.
pub(super) fn uninhabited(path: PathId) -> Op {
    Op::Never {
        why: NoForm::Uninhabited,
        path,
    }
}

/// The op that writes a scalar.
fn scalar_op(scalar: Scalar, at: Offset) -> Op {
    let little = cfg!(target_endian = "little");
    match scalar {
        Scalar::Bool | Scalar::U8 | Scalar::I8 => Op::WriteByte { at },
        Scalar::Char => Op::WriteChar { at },
        Scalar::U16 => Op::WriteVarU16 { at },
        Scalar::U32 => Op::WriteVarU32 { at },
        Scalar::U64 => Op::WriteVarU64 { at },
        Scalar::U128 => Op::WriteVarU128 { at },
        Scalar::I16 => Op::WriteVarI16 { at },
        Scalar::I32 => Op::WriteVarI32 { at },
        Scalar::I64 => Op::WriteVarI64 { at },
        Scalar::I128 => Op::WriteVarI128 { at },
        Scalar::F32 if little => Op::CopyBytes { at, len: 4 },
        Scalar::F32 => Op::WriteF32 { at },
        Scalar::F64 if little => Op::CopyBytes { at, len: 8 },
        Scalar::F64 => Op::WriteF64 { at },
    }
}
