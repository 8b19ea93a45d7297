//! What a type made at run time is: forms that contain each other, and where.
//!
//! A plan is data. [`make`] decides it, [`crate::shapes`] turns it into facet shapes, and
//! [`crate::values`] fills memory by it. A type may refer to one it is inside of, always through a
//! struct or enum and behind a pointer or container, as in Rust. Now and then [`spoil`] puts a part
//! without an encoding into it, and says whether encoding ever looks there.

mod display;
pub(crate) mod make;
mod spoil;

use core::alloc::Layout;

use facet_core::{EnumRepr, StructKind};

use crate::leaf::Leaf;

/// A type's place in its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypeId(pub(crate) usize);

/// A type and everything it reaches.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) types: Vec<Planned>,
    pub(crate) root: TypeId,
    /// How often a type refers to one it is inside of.
    pub(crate) recursions: u64,
}

/// One type of a plan.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) form: Form,
    pub(crate) layout: Layout,
    /// Which of a few identities its shape has: most types share one.
    pub(crate) identity: usize,
}

/// What a type is.
#[derive(Debug)]
pub(crate) enum Form {
    /// A struct or enum that is still being decided.
    Open,
    Leaf(&'static Leaf),
    Struct {
        fields: Vec<Field>,
        kind: StructKind,
        packed: bool,
    },
    Enum {
        repr: EnumRepr,
        tagging: Tagging,
        variants: Vec<Variant>,
    },
    /// A tuple struct of one field, marked as transparent.
    Transparent {
        inner: TypeId,
    },
    Option {
        payload: TypeId,
        form: OptionForm,
    },
    Result {
        ok: TypeId,
        err: TypeId,
        payload_at: usize,
    },
    List {
        element: TypeId,
        form: ListForm,
    },
    Array {
        element: TypeId,
        count: usize,
    },
    /// Unsized: only behind a wide pointer.
    Slice {
        element: TypeId,
    },
    Pointer {
        pointee: TypeId,
        form: PointerForm,
    },
    Set {
        item: TypeId,
    },
    Map {
        key: TypeId,
        value: TypeId,
    },
    Lock {
        inner: TypeId,
        shared: bool,
    },
    /// The option of a counted pointer.
    Weak {
        strong: TypeId,
    },
    /// As `OnceLock`: read like a lock, and an error before it is set.
    Once {
        inner: TypeId,
    },
    /// As `LazyLock`: computed by whoever follows it first.
    Lazy {
        inner: TypeId,
    },
    /// As `Cow` of a sized type: a pointer, or the value itself.
    Cow {
        inner: TypeId,
    },
    /// Encoded as something else, by a proxy on the type.
    Proxied {
        proxy: TypeId,
    },
}

/// A field of a struct or variant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) ty: TypeId,
    pub(crate) offset: usize,
    pub(crate) treatment: Treatment,
}

/// How an enum's variants are told, by its attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tagging {
    /// By position, without an attribute.
    Position,
    /// By position too, though `tag` and `content` say otherwise.
    Adjacent,
    /// By name: `tag`.
    Name,
    /// Not at all: `untagged`.
    Untagged,
    /// By discriminant, and that is all: `is_numeric`.
    Numeric,
    /// `content` without `tag`, which is refused.
    ContentAlone,
}

/// What attributes a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Treatment {
    Plain,
    /// `rename`.
    Renamed,
    /// `skip`: its memory stays poisoned.
    Skipped,
    /// `skip_serializing_if`, with a predicate that never skips.
    UnlessNever,
    /// One that always does.
    UnlessAlways,
    /// One that does when the field's first byte is odd.
    UnlessOdd,
    /// `flatten`, which is refused.
    Flattened,
    /// `tag` on a field of an `other` variant, which is refused.
    CapturesTag,
    /// `content` there.
    CapturesContent,
}

impl Treatment {
    /// What it comes to for one of these fields. What serde derives for the only field without a name asks no predicate, and for that of a
    /// struct not even whether it is skipped.
    pub(crate) fn among(self, fields: &[Field], kind: StructKind, is_variant: bool) -> Self {
        let is_newtype =
            fields.len() == 1 && matches!(kind, StructKind::TupleStruct | StructKind::Tuple);
        match self {
            Self::UnlessNever | Self::UnlessAlways | Self::UnlessOdd if is_newtype => Self::Plain,
            Self::Skipped if is_newtype && !is_variant => Self::Plain,
            other => other,
        }
    }
}

/// A variant of an enum.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) discriminant: i64,
    /// Its name instead of the one of its position.
    pub(crate) rename: Option<String>,
    pub(crate) kind: StructKind,
    pub(crate) fields: Vec<Field>,
    /// Marked as skipped: a value that is one is refused, and what is in it is never looked at.
    pub(crate) skipped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OptionForm {
    /// A tag byte, then the payload.
    Tagged { payload_at: usize },
    /// The payload is a pointer, and null is none.
    NullIsNone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListForm {
    /// The words and functions of a `Vec`, which may be probed.
    Vec,
    /// One block, found by functions only.
    Block,
    /// Linked nodes, found by an iterator.
    Chain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PointerForm {
    Box,
    Reference,
    /// The address of a header, and the pointee behind it.
    Counted,
    WideBox,
    WideReference,
    WideCounted,
    /// A `Cow` of a slice: an address, a length and room for a capacity.
    WideCow,
}

/// The name of a field or variant at a position; it says nothing else, as in tuples.
pub(crate) fn name(index: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(index % 26).unwrap_or_default());
    match index / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}

impl Plan {
    pub(crate) fn get(&self, id: TypeId) -> &Planned {
        &self.types[id.0]
    }
}
