//! What a type made at run time is: forms that contain each other, and where.
//!
//! A plan is data. [`make`] decides it, [`crate::shapes`] turns it into facet shapes, and
//! [`crate::values`] fills memory by it. A type may refer to one it is inside of, always through a
//! struct or enum and behind a pointer or container, as in Rust.

pub(crate) mod make;

use core::alloc::Layout;
use core::fmt;

use facet_core::EnumRepr;

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
        packed: bool,
    },
    Enum {
        repr: EnumRepr,
        variants: Vec<Variant>,
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

/// What attributes a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Treatment {
    Plain,
    /// `skip`: its memory stays poisoned.
    Skipped,
    /// `skip_serializing_if`, with a predicate that never skips.
    UnlessNever,
    /// One that always does.
    UnlessAlways,
    /// One that does when the field's first byte is odd.
    UnlessOdd,
}

/// A variant of an enum.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) discriminant: i64,
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
}

impl Plan {
    pub(crate) fn get(&self, id: TypeId) -> &Planned {
        &self.types[id.0]
    }

    /// The type, as a declaration of everything in it.
    fn write_type(&self, id: TypeId, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = |f: &mut fmt::Formatter<'_>, name: &str, inner: TypeId| {
            write!(f, "{name}<")?;
            self.write_type(inner, f)?;
            f.write_str(">")
        };
        let two = |f: &mut fmt::Formatter<'_>, name: &str, first: TypeId, second: TypeId| {
            write!(f, "{name}<")?;
            self.write_type(first, f)?;
            f.write_str(", ")?;
            self.write_type(second, f)?;
            f.write_str(">")
        };
        match &self.get(id).form {
            Form::Open => f.write_str("?"),
            Form::Leaf(leaf) => f.write_str(leaf.name),
            Form::Struct { .. } | Form::Enum { .. } => write!(f, "T{}", id.0),
            Form::Option { payload, form } => one(f, &format!("Option::{form:?}"), *payload),
            Form::Result { ok, err, .. } => two(f, "Result", *ok, *err),
            Form::List { element, form } => one(f, &format!("List::{form:?}"), *element),
            Form::Array { element, count } => one(f, &format!("[{count}]"), *element),
            Form::Slice { element } => one(f, "Slice", *element),
            Form::Pointer { pointee, form } => one(f, &format!("{form:?}"), *pointee),
            Form::Set { item } => one(f, "Set", *item),
            Form::Map { key, value } => two(f, "Map", *key, *value),
            Form::Lock {
                inner,
                shared: true,
            } => one(f, "RwLock", *inner),
            Form::Lock {
                inner,
                shared: false,
            } => one(f, "Mutex", *inner),
            Form::Proxied { proxy } => one(f, "Proxied", *proxy),
        }
    }

    fn write_fields(&self, fields: &[Field], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for field in fields {
            write!(f, " @{} ", field.offset)?;
            if field.treatment != Treatment::Plain {
                write!(f, "{:?} ", field.treatment)?;
            }
            self.write_type(field.ty, f)?;
            f.write_str(",")?;
        }
        Ok(())
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_type(self.root, f)?;
        for (index, planned) in self.types.iter().enumerate() {
            match &planned.form {
                Form::Struct { fields, packed } => {
                    let packed = if *packed { "packed " } else { "" };
                    write!(f, "\n{packed}struct T{index} {{")?;
                    self.write_fields(fields, f)?;
                    f.write_str(" }")?;
                }
                Form::Enum { repr, variants } => {
                    write!(f, "\nenum T{index}: {repr:?} {{")?;
                    for variant in variants {
                        let skipped = if variant.skipped { "skipped " } else { "" };
                        write!(f, " {skipped}{} {{", variant.discriminant)?;
                        self.write_fields(&variant.fields, f)?;
                        f.write_str(" }")?;
                    }
                    f.write_str(" }")?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}
