//! A part without an encoding, put into a plan that has none; and whether anybody looks there.
//!
//! What vox lowers is all of a type but skipped fields, skipped variants and the elements of arrays
//! of none. A plan spoiled there is encoded as if it were not; anywhere else, all its values are refused.

use super::{Field, Form, Plan, Planned, Tagging, Treatment, TypeId, Variant};
use crate::Choices;
use crate::refusal::{self, Refusal};

use facet_core::StructKind;

/// Spoils one place, if there is one of the kind that was chosen.
pub(super) fn spoil(choices: &mut Choices<'_>, types: &mut [Planned]) {
    match choices.below(5) {
        0 => field(choices, types, &[Treatment::Flattened], Place::Any),
        1 => {
            let treatments = [Treatment::CapturesTag, Treatment::CapturesContent];
            field(choices, types, &treatments, Place::Variant);
        }
        2 => enumeration(choices, types, Tagging::ContentAlone, |_, _| true),
        3 => enumeration(choices, types, Tagging::Name, |types, variant| {
            !fits_behind_name(types, variant)
        }),
        _ => enumeration(choices, types, Tagging::Numeric, |_, variant| {
            !variant.fields.is_empty()
        }),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Any,
    Variant,
}

/// Gives one field one of these attributes, instead of what it has.
fn field(choices: &mut Choices<'_>, types: &mut [Planned], treatments: &[Treatment], place: Place) {
    let mut found: Vec<&mut Field> = Vec::new();
    for planned in types {
        match &mut planned.form {
            Form::Struct { fields, .. } if place == Place::Any => found.extend(fields),
            Form::Enum { variants, .. } => {
                found.extend(variants.iter_mut().flat_map(|variant| &mut variant.fields));
            }
            _ => {}
        }
    }
    if found.is_empty() {
        return;
    }
    let index = choices.index(found.len());
    found[index].treatment = choices.pick(treatments);
}

/// Gives one enum without a tagging this one, where some variant does not fit it.
fn enumeration(
    choices: &mut Choices<'_>,
    types: &mut [Planned],
    tagging: Tagging,
    is_unfit: fn(&[Planned], &Variant) -> bool,
) {
    let is_plain = |planned: &Planned| match &planned.form {
        Form::Enum {
            tagging: Tagging::Position,
            variants,
            ..
        } => written(variants).any(|variant| is_unfit(types, variant)),
        _ => false,
    };
    let found: Vec<usize> = (0..types.len())
        .filter(|index| is_plain(&types[*index]))
        .collect();
    if found.is_empty() {
        return;
    }
    let chosen = choices.pick(&found);
    if let Form::Enum { tagging: old, .. } = &mut types[chosen].form {
        *old = tagging;
    }
}

fn written(variants: &[Variant]) -> impl Iterator<Item = &Variant> {
    variants.iter().filter(|variant| !variant.skipped)
}

/// Whether a variant is a unit or skips what would make it more, has named fields, or holds one struct that has.
fn fits_behind_name(types: &[Planned], variant: &Variant) -> bool {
    match (variant.kind, variant.fields.as_slice()) {
        (StructKind::Unit | StructKind::Struct, _) => true,
        (_, [only]) if only.treatment == Treatment::Skipped => true,
        (_, [only]) => matches!(
            types[only.ty.0].form,
            Form::Struct {
                kind: StructKind::Struct,
                ..
            }
        ),
        _ => false,
    }
}

impl Plan {
    /// Why all values of the plan are refused, if they are.
    pub(crate) fn refusal(&self) -> Option<&'static Refusal> {
        let mut seen = vec![false; self.types.len()];
        let mut next = vec![self.root];
        while let Some(id) = next.pop() {
            if core::mem::replace(&mut seen[id.0], true) {
                continue;
            }
            let refusal = self.refusal_of(&self.get(id).form, &mut next);
            if refusal.is_some() {
                return refusal;
            }
        }
        None
    }

    /// Why a type is refused for what it says itself; `next` gets what is in it.
    fn refusal_of(&self, form: &Form, next: &mut Vec<TypeId>) -> Option<&'static Refusal> {
        match form {
            Form::Open | Form::Leaf(_) | Form::Array { count: 0, .. } => {}
            Form::Struct { fields, kind, .. } => return in_fields((fields, *kind), false, next),
            Form::Enum {
                tagging, variants, ..
            } => {
                let mut refused =
                    written(variants).filter_map(|it| in_fields((&it.fields, it.kind), true, next));
                return refused
                    .next()
                    .or_else(|| self.in_tagging(*tagging, variants));
            }
            Form::Option { payload, .. } => next.push(*payload),
            Form::Result { ok, err, .. } => next.extend([*ok, *err]),
            Form::Map { key, value } => next.extend([*key, *value]),
            Form::List { element, .. } | Form::Array { element, .. } | Form::Slice { element } => {
                next.push(*element);
            }
            Form::Pointer { pointee: inner, .. }
            | Form::Set { item: inner }
            | Form::Lock { inner, .. }
            | Form::Once { inner }
            | Form::Lazy { inner }
            | Form::Cow { inner }
            | Form::Transparent { inner }
            | Form::Weak { strong: inner }
            | Form::Proxied { proxy: inner } => next.push(*inner),
        }
        None
    }

    fn in_tagging(&self, tagging: Tagging, variants: &[Variant]) -> Option<&'static Refusal> {
        let mut written = written(variants);
        match tagging {
            Tagging::ContentAlone => Some(&refusal::CONTENT_ALONE),
            Tagging::Name => written
                .any(|variant| !fits_behind_name(&self.types, variant))
                .then_some(&refusal::NAMED_TUPLE),
            Tagging::Numeric => written
                .any(|variant| !variant.fields.is_empty())
                .then_some(&refusal::NUMERIC_FIELDS),
            Tagging::Position | Tagging::Adjacent | Tagging::Untagged => None,
        }
    }

    /// Whether some part of it was spoiled, seen or not.
    pub(crate) fn is_spoiled(&self) -> bool {
        let spoils = |fields: &[Field]| fields.iter().any(|field| of_field(field).is_some());
        self.types.iter().any(|planned| match &planned.form {
            Form::Struct { fields, .. } => spoils(fields),
            Form::Enum {
                tagging, variants, ..
            } => {
                self.in_tagging(*tagging, variants).is_some()
                    || variants.iter().any(|variant| spoils(&variant.fields))
            }
            _ => false,
        })
    }
}

fn of_field(field: &Field) -> Option<&'static Refusal> {
    match field.treatment {
        Treatment::Flattened => Some(&refusal::FLATTENED),
        Treatment::CapturesTag | Treatment::CapturesContent => Some(&refusal::CAPTURES),
        _ => None,
    }
}

fn in_fields(
    (fields, kind): (&[Field], StructKind),
    is_variant: bool,
    next: &mut Vec<TypeId>,
) -> Option<&'static Refusal> {
    let treatment = |field: &Field| field.treatment.among(fields, kind, is_variant);
    let written = fields
        .iter()
        .filter(|field| treatment(field) != Treatment::Skipped);
    for field in written {
        if let Some(refusal) = of_field(field) {
            return Some(refusal);
        }
        next.push(field.ty);
    }
    None
}

#[cfg(test)]
mod tests {
    use core::alloc::Layout;

    use super::*;
    use crate::leaf::SCALARS;
    use crate::plan::EnumRepr;

    fn field(ty: usize, treatment: Treatment) -> Field {
        let ty = TypeId(ty);
        Field {
            ty,
            offset: 0,
            treatment,
        }
    }

    fn structure(field: Field) -> Form {
        Form::Struct {
            fields: vec![field],
            kind: StructKind::Struct,
            packed: false,
        }
    }

    /// A scalar, a struct with a flattened field, and something around it, which is the root.
    fn around_flattened(root: Form) -> Plan {
        let forms = [
            Form::Leaf(&SCALARS[0]),
            structure(field(0, Treatment::Flattened)),
            root,
        ];
        plan(forms.into())
    }

    fn plan(forms: Vec<Form>) -> Plan {
        let root = TypeId(forms.len() - 1);
        let planned = |form| Planned {
            form,
            layout: Layout::new::<u8>(),
            identity: 0,
        };
        Plan {
            types: forms.into_iter().map(planned).collect(),
            root,
            recursions: 0,
        }
    }

    fn enumeration(tagging: Tagging, skipped: bool, kind: StructKind, field: Field) -> Form {
        let variant = Variant {
            discriminant: 0,
            rename: None,
            kind,
            fields: vec![field],
            skipped,
        };
        Form::Enum {
            repr: EnumRepr::U8,
            tagging,
            variants: vec![variant],
        }
    }

    fn variant(skipped: bool) -> Form {
        let inner = field(1, Treatment::Plain);
        enumeration(Tagging::Position, skipped, StructKind::Struct, inner)
    }

    #[test]
    fn a_spoiled_part_that_is_looked_at_refuses_everything() {
        let inner = TypeId(1);
        for root in [
            structure(field(1, Treatment::Plain)),
            structure(field(1, Treatment::UnlessAlways)),
            variant(false),
            Form::Transparent { inner },
            Form::Set { item: inner },
            Form::Array {
                element: inner,
                count: 1,
            },
        ] {
            let plan = around_flattened(root);
            assert_eq!(plan.refusal(), Some(&refusal::FLATTENED), "{plan}");
        }
    }

    #[test]
    fn a_spoiled_part_out_of_sight_refuses_nothing() {
        let element = TypeId(1);
        for root in [
            structure(field(1, Treatment::Skipped)),
            variant(true),
            Form::Array { element, count: 0 },
        ] {
            let plan = around_flattened(root);
            assert_eq!(plan.refusal(), None, "{plan}");
            assert!(plan.is_spoiled(), "{plan}");
        }
    }

    #[test]
    fn a_tagging_refuses_what_does_not_fit_it() {
        use StructKind::{Struct, TupleStruct};
        let refusal = |tagging, kind, ty| {
            let scalar = Form::Leaf(&SCALARS[0]);
            let named = structure(field(0, Treatment::Plain));
            let root = enumeration(tagging, false, kind, field(ty, Treatment::Plain));
            plan(vec![scalar, named, root]).refusal()
        };
        assert_eq!(refusal(Tagging::Name, Struct, 0), None);
        assert_eq!(refusal(Tagging::Name, TupleStruct, 1), None);
        assert_eq!(
            refusal(Tagging::Name, TupleStruct, 0),
            Some(&refusal::NAMED_TUPLE)
        );
        assert_eq!(
            refusal(Tagging::Numeric, Struct, 0),
            Some(&refusal::NUMERIC_FIELDS)
        );
        assert_eq!(
            refusal(Tagging::ContentAlone, Struct, 0),
            Some(&refusal::CONTENT_ALONE)
        );
        assert_eq!(refusal(Tagging::Untagged, TupleStruct, 0), None);
    }
}
