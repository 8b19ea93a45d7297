//! What facet attributes mean for the bytes.
//!
//! Names and documentation (`rename`, `alias`, `sensitive`, ...) mean nothing:
//! postcard writes no names. `skip`, `skip_serializing` and
//! `skip_serializing_if` leave a field out, as serde does. Attributes that
//! need a self-describing format are refused, for serde's `postcard` cannot
//! encode (or its users cannot decode) their serde twins either. Proxies are
//! in [`super::proxy`].

use super::WalkError;
use facet_core::{Field, PtrConst, Shape, Variant};

/// The namespace of attributes meant for this format: `postcard::proxy` is
/// taken before `proxy`.
pub(super) const FORMAT: &str = "postcard";

/// Refuses types whose attributes change what is written in a way that
/// postcard has no form for.
pub(super) fn check_container(shape: &'static Shape) -> Result<(), WalkError> {
    let refused = [
        (shape.is_untagged(), "#[facet(untagged)]"),
        (shape.is_numeric(), "#[facet(is_numeric)]"),
        (shape.get_tag_attr().is_some(), "#[facet(tag)]"),
        (shape.get_content_attr().is_some(), "#[facet(content)]"),
        (shape.is_cow(), "#[facet(cow)]"),
        (
            shape.is_metadata_container(),
            "#[facet(metadata_container)]",
        ),
        (shape.has_opaque_adapter(), "#[facet(opaque = ...)]"),
    ];
    first_refused(shape, &refused)
}

/// Refuses an enum's variant that is not written as index and fields.
pub(super) fn check_variant(shape: &'static Shape, variant: &Variant) -> Result<(), WalkError> {
    let refused = [
        (variant.has_builtin_attr("untagged"), "an untagged variant"),
        (variant.is_other(), "a variant that stands for all others"),
        (variant.has_builtin_attr("skip"), "a skipped variant"),
        (
            variant.has_builtin_attr("skip_serializing"),
            "a skipped variant",
        ),
    ];
    first_refused(shape, &refused)
}

/// Whether the field at `field_ptr` is written; an error where its attributes
/// have no meaning in postcard.
///
/// # Safety
///
/// `field_ptr` points to a live value of the field's type.
pub(super) unsafe fn is_field_written(
    shape: &'static Shape,
    field: &Field,
    field_ptr: PtrConst,
) -> Result<bool, WalkError> {
    // SAFETY: the caller promises a live value of this field.
    if unsafe { field.should_skip_serializing(field_ptr) } {
        return Ok(false);
    }
    let refused = [
        (field.is_flattened(), "#[facet(flatten)]"),
        (field.is_metadata(), "#[facet(metadata)]"),
        (field.has_builtin_attr("trailing"), "#[facet(trailing)]"),
    ];
    first_refused(shape, &refused)?;
    Ok(true)
}

fn first_refused(shape: &'static Shape, refused: &[(bool, &'static str)]) -> Result<(), WalkError> {
    match refused.iter().find(|(present, _)| *present) {
        Some((_, what)) => Err(WalkError::unsupported(shape, what)),
        None => Ok(()),
    }
}
