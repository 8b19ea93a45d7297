//! What facet attributes mean for the bytes.
//!
//! Names and documentation (`rename`, `alias`, `sensitive`, ...) mean nothing:
//! postcard writes no names. `skip`, `skip_serializing` and
//! `skip_serializing_if` leave a field out, as serde does. Enums that are tagged, untagged or
//! numbers are written as their serde twins, readable or not. What serde's `postcard` cannot
//! encode, or serde does not have, is refused. Proxies are in [`super::proxy`].

use super::WalkError;
use facet_core::{Field, PtrConst, Shape, Variant};

/// The namespace of attributes meant for this format: `postcard::proxy` is
/// taken before `proxy`.
pub(super) const FORMAT: &str = "postcard";

/// Refuses types whose attributes change what is written in a way that
/// postcard has no form for.
pub(super) fn check_container(shape: &'static Shape) -> Result<(), WalkError> {
    let refused = [
        (shape.has_opaque_adapter(), "#[facet(opaque = ...)]"),
        (
            shape.get_content_attr().is_some() && shape.get_tag_attr().is_none(),
            "#[facet(content)] without #[facet(tag)]",
        ),
    ];
    first_refused(shape, &refused)
}

/// What stands in front of a variant's fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Its index. So it is in enums without attributes, and in adjacently tagged ones: to serde
    /// those are a struct of the variant and its content.
    ByIndex,
    /// Its name: an internally tagged enum is a struct whose first field is a string.
    ByName,
    /// Nothing: an untagged enum is what its variant holds.
    NotAtAll,
    /// Its discriminant, and there are no fields: as the crate `serde_repr` has it.
    ByNumber,
}

/// How the enum tells its variants.
pub(super) fn told(shape: &'static Shape) -> Told {
    if shape.is_numeric() {
        Told::ByNumber
    } else if shape.is_untagged() {
        Told::NotAtAll
    } else if shape.get_tag_attr().is_some() && shape.get_content_attr().is_none() {
        Told::ByName
    } else {
        Told::ByIndex
    }
}

/// Refuses an enum's variant that has no form.
pub(super) fn check_variant(shape: &'static Shape, variant: &Variant) -> Result<(), WalkError> {
    let captures = |field: &Field| {
        variant.is_other() && (field.is_variant_tag() || field.is_variant_content())
    };
    let refused = [
        (variant.has_builtin_attr("proxy"), "a variant with a proxy"),
        (
            variant.data.fields.iter().any(captures),
            "a field that captures an unknown variant",
        ),
    ];
    // Whatever is in a variant that is not written is no harm.
    let is_written = !is_skipped(variant);
    first_refused(
        shape,
        &refused.map(|(present, what)| (present && is_written, what)),
    )
}

/// Whether a value that is this variant has no form.
pub(super) fn is_skipped(variant: &Variant) -> bool {
    variant.has_builtin_attr("skip") || variant.has_builtin_attr("skip_serializing")
}

/// Where a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    /// Of what serde derives nothing but the field for: it never asks whether to write it.
    Always,
    /// The only one of a variant, without a name, or that of a transparent struct: attributes that do not depend on the value leave it out.
    UnlessSkipped,
    /// Any other.
    Usual,
}

/// Whether the field at `field_ptr` is written; an error where its attributes
/// have no meaning in postcard.
///
/// # Safety
///
/// `field_ptr` points to a live value of the field's type.
pub(super) unsafe fn is_field_written(
    shape: &'static Shape,
    member: Member,
    field: &Field,
    field_ptr: PtrConst,
) -> Result<bool, WalkError> {
    let is_left_out = match member {
        Member::Always => false,
        Member::UnlessSkipped => field.should_skip_serializing_unconditional(),
        // SAFETY: the caller promises a live value of this field.
        Member::Usual => unsafe { field.should_skip_serializing(field_ptr) },
    };
    if is_left_out {
        return Ok(false);
    }
    // Such a container is its value to every format.
    if shape.is_metadata_container() && field.is_metadata() {
        return Ok(false);
    }
    let refused = [
        (field.is_flattened(), "#[facet(flatten)]"),
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
