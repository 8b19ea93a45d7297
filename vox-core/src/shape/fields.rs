//! Which fields of a struct or variant are written, and what their attributes
//! make of them.
//!
//! | attribute | rule |
//! |---|---|
//! | `skip`, `skip_serializing` | the field is not written; the only one of a tuple struct is, as serde does |
//! | `skip_serializing_if`, `skip_unless_truthy` | written unless the predicate says otherwise; the only field of a tuple struct or variant, and that of a transparent struct, is written always, as serde does |
//! | `proxy`, `postcard::proxy` | the proxy is written in its place |
//! | `flatten` | refused: serde makes it a map of unknown length, which postcard refuses |
//! | `metadata` in a metadata container | not written |
//! | `trailing` | refused: it is for payloads of opaque adapters, which are refused too |
//! | `tag`, `content` in an `other` variant | refused: serde has no such thing |
//! | everything else | does not change the bytes |

use facet_core::{Field, FieldFlags, ProxyDef, Shape, SkipSerializingIfFn, StructKind, StructType};

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

/// Fields, and what of their attributes counts where they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    all: &'static [Field],
    /// Those that hold metadata are not written.
    metadata_container: bool,
    /// Fields may be left out for good.
    may_skip: bool,
    /// Fields may be left out when a predicate says so.
    may_skip_if: bool,
    is_variant: bool,
    /// How the value they are in is aligned.
    align: usize,
}

impl Fields {
    /// Those of a struct. What serde derives for a newtype, and for a transparent struct, does not look at attributes that leave it out.
    pub(crate) fn of_struct(shape: &Shape, fields: &'static StructType) -> Self {
        let is_newtype = is_newtype(fields);
        Self {
            all: fields.fields,
            metadata_container: super::is_metadata_container(shape),
            may_skip: !is_newtype,
            may_skip_if: !is_newtype && !shape.has_builtin_attr("transparent"),
            is_variant: false,
            align: align_of(shape),
        }
    }

    /// Those of a variant. A newtype's may be left out, which makes it a unit, but not by a predicate.
    pub(crate) fn of_variant(fields: &'static StructType) -> Self {
        Self {
            all: fields.fields,
            metadata_container: false,
            may_skip: true,
            may_skip_if: !is_newtype(fields),
            is_variant: true,
            // There are no packed enums.
            align: usize::MAX,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// The fields that are written, in order.
    pub(crate) fn written(self) -> impl Iterator<Item = Result<Written, Refused>> {
        self.all.iter().filter_map(move |field| {
            if self.is_left_out(field) {
                return None;
            }
            let written = examine(field).map(|written| Written {
                skip_if: written.skip_if.filter(|_| self.may_skip_if),
                ..written
            });
            Some(written)
        })
    }

    /// Whether a field is where its type may not be: facet does not see `packed(2)`, and says of such a struct that it is not packed.
    pub(crate) fn is_out_of_place(&self, field: &Field) -> bool {
        let align = field
            .shape()
            .layout
            .sized_layout()
            .map_or(1, |it| it.align());
        align > self.align || !field.offset.is_multiple_of(align)
    }

    fn is_left_out(&self, field: &Field) -> bool {
        let is_skipped = is_skipped(field);
        // A variant with a flattened field is a map to serde, whether that is written or not.
        let is_map = self.is_variant && field.is_flattened();
        (is_skipped && self.may_skip && !is_map) || (self.metadata_container && field.is_metadata())
    }
}

/// Whether an attribute leaves a field out whatever its value is.
pub(crate) fn is_skipped(field: &Field) -> bool {
    field.flags.contains(FieldFlags::SKIP) || field.flags.contains(FieldFlags::SKIP_SERIALIZING)
}

/// How values of a type are aligned at least. What has no size holds nothing that matters.
fn align_of(shape: &Shape) -> usize {
    match shape.layout.sized_layout() {
        Ok(layout) if layout.size() > 0 => layout.align(),
        _ => usize::MAX,
    }
}

/// One field without a name.
fn is_newtype(fields: &StructType) -> bool {
    matches!(fields.kind, StructKind::TupleStruct | StructKind::Tuple) && fields.fields.len() == 1
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
