//! What a shape is: the only place that looks at facet's classification.
//!
//! Facet describes a type twice, by its definition ([`Def`]) and by its Rust
//! form ([`Type`]), and the two do not always say the same: an option is also an
//! enum, a `NonZero` is a scalar and a struct, a tuple has a form and no definition.
//! [`classify`] settles that once, definition first, into a [`Kind`].
//!
//! Not here: what is written for a kind ([`crate::lower`]). Read next: [`fields`]
//! for what the attributes of a field mean, [`enums`] for those of an enum.

pub(crate) mod enums;
pub(crate) mod fields;
pub(crate) mod names;
pub(crate) mod pointer;
mod scalar;

use std::borrow::Cow;

use facet_core::{
    ArrayDef, BaseRepr, Def, EnumType, Facet, ListDef, MapDef, OptionDef, ProxyDef, ResultDef,
    SequenceType, SetDef, Shape, ShapeFlags, SliceDef, StructKind, StructType, Type, UserType,
};

use crate::entry::LeafFn;
use crate::leaf;
pub(crate) use pointer::{Lock, Pointer, Weak};
pub(crate) use scalar::Scalar;

/// What a shape is, as far as encoding goes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// A number, a boolean or a character.
    Scalar(Scalar),
    /// `str`, unsized.
    Str,
    /// `String`.
    String,
    /// A type whose wire form a function of ours computes.
    Leaf(LeafFn),
    /// A struct or tuple: its fields in order.
    Struct(&'static StructType),
    /// An enum of the user's.
    Enum(&'static EnumType),
    /// `Option`.
    Option(&'static OptionDef),
    /// `Result`.
    Result(&'static ResultDef),
    /// `Vec` and other sequences of a length known at run time.
    List(&'static ListDef),
    /// `[T; N]`.
    Array(&'static ArrayDef),
    /// `[T]`, unsized.
    Slice(&'static SliceDef),
    /// A map.
    Map(&'static MapDef),
    /// A set.
    Set(&'static SetDef),
    /// Something that can be followed to one other value.
    Pointer(Pointer),
    /// A pointer to what may be gone.
    Weak(Weak),
    /// Something that has to be locked before it can be looked into.
    Lock(Lock),
    /// A type encoded as another one.
    Proxy(&'static ProxyDef),
    /// A type without values.
    Never,
    /// A type without a wire form.
    Unsupported(Refusal),
}

/// Why a shape has no wire form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A type facet knows only by name.
    Opaque,
    /// A type of another crate, known to this feature of vox.
    Feature(&'static str),
    /// A struct-like scalar whose serialized form the fields do not tell.
    OpaqueStruct,
    /// An opaque type with an adapter, whose shape is known per value only.
    Adapter,
    /// A raw pointer.
    RawPointer,
    /// A function pointer.
    Function,
    /// A pointer facet gives no way to follow.
    Unfollowable,
    /// A union.
    Union,
    /// A value whose structure is only known at run time.
    Dynamic,
    /// An array of several dimensions.
    NdArray,
    /// Facet described nothing.
    Undefined,
    /// A definition newer than this code.
    Unknown,
}

impl Refusal {
    /// The reason, as an error prints it behind the type's name.
    pub(crate) fn reason(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Feature(feature) => {
                return Cow::Owned(format!(
                    "is a type of another crate, which vox encodes when its cargo feature \
                     `{feature}` is on"
                ));
            }
            Self::Opaque => {
                "is opaque to reflection; a `#[facet(proxy = ...)]` on the field or the type \
                 says what to encode instead"
            }
            Self::OpaqueStruct => {
                "is a scalar with fields, and its serialized form is not known; a \
                 `#[facet(proxy = ...)]` on the field says what to encode instead"
            }
            Self::Adapter => {
                "has an opaque adapter, which decides the type to encode anew for every value; \
                 a `#[facet(proxy = ...)]` names one type"
            }
            Self::RawPointer => {
                "is a raw pointer, which may dangle; a reference, a `Box` or a \
                 `#[facet(proxy = ...)]` can be encoded"
            }
            Self::Function => "is a function pointer, which has no encoding; skip the field",
            Self::Unfollowable => {
                "is a pointer that reflection cannot follow; a `#[facet(proxy = ...)]` says what \
                 to encode instead"
            }
            Self::Union => {
                "is a union, and nothing tells which field is valid; a `#[facet(proxy = ...)]` \
                 says what to encode"
            }
            Self::Dynamic => {
                "is a dynamic value, and postcard does not describe its own structure; a \
                 `#[facet(proxy = ...)]` to a type of fixed structure can be encoded"
            }
            Self::NdArray => {
                "is an array of several dimensions, which serde has no form for; a \
                 `#[facet(proxy = ...)]` says what to encode instead"
            }
            Self::Undefined => {
                "has a shape that describes nothing; a `#[facet(proxy = ...)]` says what to \
                 encode instead"
            }
            Self::Unknown => {
                "is of a kind this version of vox does not know; a `#[facet(proxy = ...)]` says \
                 what to encode instead"
            }
        })
    }
}

/// The proxy that applies to this format: one named for postcard before the
/// general one.
pub(crate) fn proxy_of(
    format: &'static [facet_core::FormatProxy],
    general: Option<&'static ProxyDef>,
) -> Option<&'static ProxyDef> {
    format
        .iter()
        .find(|proxy| proxy.format == "postcard")
        .map(|proxy| proxy.proxy)
        .or(general)
}

/// Classifies a shape.
pub(crate) fn classify(shape: &'static Shape) -> Kind {
    // Before proxies: facet has some of its own for types serde writes otherwise.
    if matches!(shape.def, Def::Scalar)
        && let Some(function) = leaf::find(shape)
    {
        return Kind::Leaf(function);
    }
    if let Some(proxy) = proxy_of(shape.format_proxies, shape.proxy) {
        // Facet's own, for a type of another crate.
        if matches!(shape.def, Def::Scalar)
            && let Some(feature) = leaf::missing_feature(shape)
        {
            return Kind::Unsupported(Refusal::Feature(feature));
        }
        return Kind::Proxy(proxy);
    }
    if shape.opaque_adapter.is_some() {
        return Kind::Unsupported(Refusal::Adapter);
    }
    match &shape.def {
        Def::Scalar => classify_scalar(shape),
        Def::Undefined => classify_form(shape),
        Def::Option(def) => Kind::Option(def),
        Def::Result(def) => Kind::Result(def),
        Def::List(def) => Kind::List(def),
        Def::Array(def) => Kind::Array(def),
        Def::Slice(def) => Kind::Slice(def),
        Def::Map(def) => Kind::Map(def),
        Def::Set(def) => Kind::Set(def),
        Def::Pointer(def) => pointer::classify(shape, def),
        Def::NdArray(_) => Kind::Unsupported(Refusal::NdArray),
        Def::DynamicValue(_) => Kind::Unsupported(Refusal::Dynamic),
        _ => Kind::Unsupported(Refusal::Unknown),
    }
}

fn is<T: Facet<'static> + ?Sized>(shape: &Shape) -> bool {
    shape.id == T::SHAPE.id
}

/// A shape defined as a scalar. Its identity is compared by type, which is safe
/// here: shapes made at run time take their scalars from the types themselves.
fn classify_scalar(shape: &'static Shape) -> Kind {
    if is::<String>(shape) {
        return Kind::String;
    }
    if is::<core::convert::Infallible>(shape) {
        return Kind::Never;
    }
    match &shape.ty {
        Type::Primitive(primitive) => scalar::classify(shape, primitive),
        Type::User(UserType::Struct(fields)) if fields_are_all(shape, fields) => {
            Kind::Struct(fields)
        }
        Type::User(UserType::Struct(_)) => Kind::Unsupported(Refusal::OpaqueStruct),
        Type::Pointer(facet_core::PointerType::Raw(_)) => Kind::Unsupported(Refusal::RawPointer),
        Type::Pointer(facet_core::PointerType::Function(_)) => Kind::Unsupported(Refusal::Function),
        Type::User(UserType::Union(_)) => Kind::Unsupported(Refusal::Union),
        _ => Kind::Unsupported(match leaf::missing_feature(shape) {
            Some(feature) => Refusal::Feature(feature),
            None => Refusal::Opaque,
        }),
    }
}

/// Whether a scalar that is also a struct serializes as its fields do: unit
/// types, transparent wrappers (`NonZero`, `OrderedFloat`) and `Range`.
fn fields_are_all(shape: &Shape, fields: &StructType) -> bool {
    let unit = fields.fields.is_empty()
        && matches!(fields.kind, StructKind::Unit | StructKind::Tuple)
        && shape.layout.sized_layout().is_ok_and(|it| it.size() == 0);
    let wrapper = matches!(fields.repr.base, BaseRepr::Transparent)
        && fields.fields.len() == 1
        && fields.fields[0].offset == 0
        && shape.inner.is_some();
    let range = shape.type_identifier == "Range" && shape.module_path == Some("core::ops");
    unit || wrapper || range
}

/// A shape that has a Rust form and no definition.
fn classify_form(shape: &'static Shape) -> Kind {
    match &shape.ty {
        Type::Primitive(primitive) => scalar::classify(shape, primitive),
        Type::User(UserType::Struct(fields)) => Kind::Struct(fields),
        Type::User(UserType::Enum(variants)) => Kind::Enum(variants),
        Type::User(UserType::Union(_)) => Kind::Unsupported(Refusal::Union),
        Type::User(UserType::Opaque) => Kind::Unsupported(Refusal::Opaque),
        Type::Sequence(SequenceType::Array(_) | SequenceType::Slice(_)) | Type::Undefined => {
            Kind::Unsupported(Refusal::Undefined)
        }
        Type::Pointer(facet_core::PointerType::Function(_)) => Kind::Unsupported(Refusal::Function),
        Type::Pointer(_) => Kind::Unsupported(Refusal::RawPointer),
    }
}

/// Whether only the fields that hold no metadata are written.
pub(crate) fn is_metadata_container(shape: &Shape) -> bool {
    shape.flags.contains(ShapeFlags::METADATA_CONTAINER)
}

#[cfg(test)]
mod tests;
