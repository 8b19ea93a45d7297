//! Enums: where the tag is, which discriminants select which variant, and how
//! the variant is told on the wire.
//!
//! | attribute | rule |
//! |---|---|
//! | none, `tag` with `content`, `other`, `cow` | the variant's position as a varint, then its fields |
//! | `untagged` | its fields only, as serde writes them |
//! | `untagged` on a variant | the same for that variant |
//! | `tag` alone | the variant's name as a string ([`super::names`]), then its fields |
//! | `is_numeric` | the discriminant as an integer of the enum's representation |

use facet_core::{EnumRepr, EnumType, Shape, ShapeFlags, Variant};

use super::Scalar;
use crate::program::TagWidth;

/// How the variant is told on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tagging {
    /// By its position.
    Index,
    /// Not at all.
    Untagged,
    /// By its name.
    Name,
    /// By its discriminant, which is all that is written.
    Numeric,
}

/// How the enum's attributes want the variant told.
pub(crate) fn tagging(shape: &Shape) -> Result<Tagging, &'static str> {
    if shape.flags.contains(ShapeFlags::NUMERIC) {
        return Ok(Tagging::Numeric);
    }
    if shape.flags.contains(ShapeFlags::UNTAGGED) {
        return Ok(Tagging::Untagged);
    }
    match (shape.tag, shape.content) {
        (None, None) | (Some(_), Some(_)) => Ok(Tagging::Index),
        (Some(_), None) => Ok(Tagging::Name),
        (None, Some(_)) => {
            Err("has a `content` attribute without a `tag`; add the one or remove the other")
        }
    }
}

/// How the attributes of a variant want it told, in an enum that is told so.
pub(crate) fn tagging_of(variant: &Variant, tagging: Tagging) -> Tagging {
    // A number is a number: `serde_repr` looks at no such attribute.
    if tagging != Tagging::Numeric && variant.has_builtin_attr("untagged") {
        Tagging::Untagged
    } else {
        tagging
    }
}

/// Whether values of the variant are not to be written. As in serde, that is an error of
/// the value, and the other variants keep their positions.
pub(crate) fn is_skipped(variant: &Variant) -> bool {
    variant.has_builtin_attr("skip") || variant.has_builtin_attr("skip_serializing")
}

/// The width of the tag; `None` where Rust does not promise where it is.
pub(crate) fn tag_width(variants: &EnumType) -> Option<TagWidth> {
    Some(match variants.enum_repr {
        EnumRepr::U8 => TagWidth::U8,
        EnumRepr::U16 => TagWidth::U16,
        EnumRepr::U32 => TagWidth::U32,
        EnumRepr::U64 => TagWidth::U64,
        EnumRepr::I8 => TagWidth::I8,
        EnumRepr::I16 => TagWidth::I16,
        EnumRepr::I32 => TagWidth::I32,
        EnumRepr::I64 => TagWidth::I64,
        EnumRepr::USize => word(TagWidth::U32, TagWidth::U64),
        EnumRepr::ISize => word(TagWidth::I32, TagWidth::I64),
        EnumRepr::Rust | EnumRepr::RustNPO => return None,
    })
}

const fn word(narrow: TagWidth, wide: TagWidth) -> TagWidth {
    if size_of::<usize>() == 8 {
        wide
    } else {
        narrow
    }
}

/// The tag as a scalar, for enums written as their discriminant.
pub(crate) const fn tag_scalar(tag: TagWidth) -> Scalar {
    match tag {
        TagWidth::U8 => Scalar::U8,
        TagWidth::U16 => Scalar::U16,
        TagWidth::U32 => Scalar::U32,
        TagWidth::U64 => Scalar::U64,
        TagWidth::I8 => Scalar::I8,
        TagWidth::I16 => Scalar::I16,
        TagWidth::I32 => Scalar::I32,
        TagWidth::I64 => Scalar::I64,
    }
}

/// A discriminant as the program's arms hold it: extended from the tag's width
/// by its sign. Facet gives some discriminants of the wrong sign (a `repr(C)` enum
/// counts as unsigned), so either reading of the width is taken; `None` when
/// the number does not fit the tag at all.
pub(crate) fn discriminant(tag: TagWidth, value: i64) -> Option<i64> {
    let (bits, signed) = match tag {
        TagWidth::U8 => (8, false),
        TagWidth::U16 => (16, false),
        TagWidth::U32 => (32, false),
        TagWidth::I8 => (8, true),
        TagWidth::I16 => (16, true),
        TagWidth::I32 => (32, true),
        TagWidth::U64 | TagWidth::I64 => return Some(value),
    };
    let half = 1i64 << (bits - 1);
    if value < -half || value >= 2 * half {
        return None;
    }
    Some(match signed {
        true if value >= half => value - 2 * half,
        false if value < 0 => value + 2 * half,
        _ => value,
    })
}
