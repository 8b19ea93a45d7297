//! Which fields of a struct or variant are written, and what their attributes
//! make of them.
//!
//! | attribute | rule |
//! |---|---|
//! | `skip`, `skip_serializing` | the field is not written |
//! | `skip_serializing_if`, `skip_unless_truthy` | written unless the predicate says otherwise, as serde does |
//! | `proxy`, `postcard::proxy` | the proxy is written in its place |
//! | `flatten` | refused: serde makes it a map of unknown length, which postcard refuses |
//! | `metadata` in a metadata container | not written |
//! | `trailing` | refused: it is for payloads of opaque adapters, which are refused too |
//! | `tag`, `content` in an `other` variant | refused: serde has no such thing |
//! | everything else | does not change the bytes |

use facet_core::{Field, FieldFlags, ProxyDef, SkipSerializingIfFn};

/// A field that is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    /// Its description.
    pub(crate) field: &'static Field,
    /// What is written in its place.
    pub(crate) proxy: Option<&'static ProxyDef>,
    /// Says when it is left out.
    pub(crate) skip_if: Option<SkipSerializingIfFn>,
}

/// A field that cannot be written as its attributes demand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refused {
    /// The field.
    pub(crate) field: &'static Field,
    /// Why.
    pub(crate) reason: &'static str,
}

/// The fields that are written, in order.
pub(crate) fn written(
    fields: &'static [Field],
    metadata_container: bool,
) -> impl Iterator<Item = Result<Written, Refused>> {
    fields.iter().filter_map(move |field| {
        let skipped = field.flags.contains(FieldFlags::SKIP)
            || field.flags.contains(FieldFlags::SKIP_SERIALIZING);
        if skipped || (metadata_container && field.is_metadata()) {
            return None;
        }
        Some(examine(field))
    })
}

fn examine(field: &'static Field) -> Result<Written, Refused> {
    if field.is_flattened() {
        return Err(Refused {
            field,
            reason: "is flattened; serde makes a flattened struct a map of unknown length, which \
                     postcard refuses; remove `flatten`, or use a proxy",
        });
    }
    if field.has_builtin_attr("trailing") {
        return Err(Refused {
            field,
            reason: "is marked as trailing, which serde has no form for; remove `trailing`, or use a \
                     proxy",
        });
    }
    Ok(Written {
        field,
        proxy: super::proxy_of(field.format_proxies, field.proxy),
        skip_if: field.skip_serializing_if,
    })
}

/// The field that captures the tag or content of an unknown variant, if any.
pub(crate) fn captures_unknown(fields: &'static [Field]) -> Option<Refused> {
    let field = fields
        .iter()
        .find(|field| field.is_variant_tag() || field.is_variant_content())?;
    Some(Refused {
        field,
        reason: "captures the tag or content of an unknown variant, which postcard's numbered \
                 variants do not have; use a proxy",
    })
}
