//! Pointers: what can be followed, how, and what must be locked first.

use facet_core::{
    BorrowFn, Def, KnownPointer, LockFn, PointerDef, PointerFlags, ReadFn, Shape, UpgradeIntoFn,
};

use super::{Kind, Refusal};

/// A pointer that can be followed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pointer {
    /// What it points to.
    pub(crate) pointee: &'static Shape,
    /// The function that follows it, where facet has one.
    pub(crate) borrow: Option<BorrowFn>,
    /// What is known of its form in memory.
    pub(crate) form: PointerForm,
}

/// What is known of a pointer's form in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PointerForm {
    /// One word, the address of the pointee: Rust promises it for `&T`,
    /// `&mut T` and `Box<T>` of a sized `T`.
    Word,
    /// Two words, an address and a length, in an order only probing can tell:
    /// a reference to a slice or string.
    WideReference,
    /// The same for a `Box`.
    WideBox,
    /// An `Arc`: the address of counts, with the pointee behind them, and a length where it is a slice or string.
    Arc,
    /// The same for an `Rc`.
    Rc,
    /// Nothing.
    Unknown,
}

/// A weak pointer: the option of a strong one, as serde has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weak {
    /// The shape of the strong pointer.
    pub(crate) strong: &'static Shape,
    /// Makes it, if what it points to is still there.
    pub(crate) upgrade: UpgradeIntoFn,
}

/// A lock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lock {
    /// What it protects.
    pub(crate) inner: &'static Shape,
    /// How to take it.
    pub(crate) function: LockFunction,
}

/// How a lock is taken.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LockFunction {
    /// For reading, together with other readers.
    Shared(ReadFn),
    /// Alone.
    Exclusive(LockFn),
}

/// Classifies a pointer.
pub(super) fn classify(shape: &'static Shape, def: &'static PointerDef) -> Kind {
    if def.flags.contains(PointerFlags::WEAK) {
        return match (def.vtable.upgrade_into_fn, def.strong) {
            (Some(upgrade), Some(strong)) => Kind::Weak(Weak { strong, upgrade }),
            _ => Kind::Unsupported(Refusal::Unfollowable),
        };
    }
    if def.known == Some(KnownPointer::NonNull) {
        return Kind::Unsupported(Refusal::RawPointer);
    }
    let Some(pointee) = def.pointee else {
        return Kind::Unsupported(Refusal::Unfollowable);
    };
    let form = form(shape, def, pointee);
    if def.vtable.borrow_fn.is_some() || form == PointerForm::Word {
        return Kind::Pointer(Pointer {
            pointee,
            borrow: def.vtable.borrow_fn,
            form,
        });
    }
    let function = match (def.vtable.read_fn, def.vtable.lock_fn) {
        (Some(read), _) => LockFunction::Shared(read),
        (None, Some(lock)) => LockFunction::Exclusive(lock),
        (None, None) => return Kind::Unsupported(Refusal::Unfollowable),
    };
    Kind::Lock(Lock {
        inner: pointee,
        function,
    })
}

fn form(shape: &Shape, def: &PointerDef, pointee: &Shape) -> PointerForm {
    // Other crates have counted pointers as well, with other counts.
    let (thin, wide) = match (def.known, shape.module_path) {
        (Some(KnownPointer::SharedReference | KnownPointer::ExclusiveReference), _) => {
            (PointerForm::Word, PointerForm::WideReference)
        }
        (Some(KnownPointer::Box), _) => (PointerForm::Word, PointerForm::WideBox),
        (Some(KnownPointer::Arc), Some("alloc::sync")) => (PointerForm::Arc, PointerForm::Arc),
        (Some(KnownPointer::Rc), Some("alloc::rc")) => (PointerForm::Rc, PointerForm::Rc),
        _ => return PointerForm::Unknown,
    };
    let Ok(layout) = shape.layout.sized_layout() else {
        return PointerForm::Unknown;
    };
    let words = layout.size() / size_of::<usize>();
    if layout.align() != align_of::<usize>() || layout.size() != words * size_of::<usize>() {
        return PointerForm::Unknown;
    }
    let is_sized = pointee.layout.sized_layout().is_ok();
    let is_run = matches!(pointee.def, Def::Slice(_)) || super::is::<str>(pointee);
    match (words, is_sized) {
        (1, true) => thin,
        (2, false) if is_run => wide,
        _ => PointerForm::Unknown,
    }
}
