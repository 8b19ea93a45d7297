//! From choices to a plan.
//!
//! Composites are made until they nest too deep or there are too many types; then leaves
//! end it. References to a type from inside it are made where they can be none or empty on
//! the way, so that values end.

use core::alloc::Layout;

use facet_core::{EnumRepr, StructKind};

use super::{
    Field, Form, ListForm, OptionForm, Plan, Planned, PointerForm, Tagging, Treatment, TypeId,
    Variant, spoil,
};
use crate::Choices;
use crate::functions::{Block, Chain, HEADER, Original};
use crate::leaf::{INTEGERS, Leaf, OTHERS, SCALARS};
use crate::slots::SLOTS;

/// Composites inside each other.
const MAX_NESTING: u32 = 6;

/// Types beyond which only leaves are made; what is open then still adds some.
const MANY_TYPES: usize = 90;

/// Every so many plans one gets a part without an encoding.
const SPOILED_EVERY: u64 = 24;

/// The largest alignment there is.
const MAX_ALIGN: usize = 16;

const REPRS: [EnumRepr; 10] = [
    EnumRepr::U8,
    EnumRepr::U16,
    EnumRepr::U32,
    EnumRepr::U64,
    EnumRepr::USize,
    EnumRepr::I8,
    EnumRepr::I16,
    EnumRepr::I32,
    EnumRepr::I64,
    EnumRepr::ISize,
];

/// Most enums have no attribute.
const TAGGINGS: [Tagging; 9] = [
    Tagging::Position,
    Tagging::Position,
    Tagging::Position,
    Tagging::Position,
    Tagging::Adjacent,
    Tagging::Name,
    Tagging::Name,
    Tagging::Untagged,
    Tagging::Numeric,
];

/// Identities that shapes share; see [`crate::shapes`].
pub(crate) const IDENTITIES: usize = 4;

/// A struct or enum around the place being decided.
#[derive(Clone, Copy)]
struct Ancestor {
    id: TypeId,
    /// Whether something that can be empty is between it and this place.
    can_end: bool,
}

struct Planner<'c, 'a> {
    choices: &'c mut Choices<'a>,
    types: Vec<Planned>,
    ancestors: Vec<Ancestor>,
    nesting: u32,
    recursions: u64,
}

/// Decides a type.
pub(crate) fn plan(choices: &mut Choices<'_>) -> Plan {
    let mut planner = Planner {
        choices,
        types: Vec::new(),
        ancestors: Vec::new(),
        nesting: 0,
        recursions: 0,
    };
    let root = match planner.choices.below(4) {
        0 => planner.value(),
        1 => planner.enumeration(),
        _ => planner.structure(),
    };
    let Planner {
        mut types,
        recursions,
        choices,
        ..
    } = planner;
    debug_assert!(types.len() <= SLOTS);
    if choices.once_in(SPOILED_EVERY) {
        spoil::spoil(choices, &mut types);
    }
    Plan {
        types,
        root,
        recursions,
    }
}

impl Planner<'_, '_> {
    fn add(&mut self, form: Form, layout: Layout) -> TypeId {
        let identity = self.choices.index(IDENTITIES);
        self.types.push(Planned {
            form,
            layout,
            identity,
        });
        TypeId(self.types.len() - 1)
    }

    fn layout(&self, id: TypeId) -> Layout {
        self.types[id.0].layout
    }

    fn leaf(&mut self, from: &'static [Leaf]) -> TypeId {
        let leaf = &from[self.choices.index(from.len())];
        self.add(Form::Leaf(leaf), leaf.layout)
    }

    /// A type of any form.
    fn value(&mut self) -> TypeId {
        if self.nesting >= MAX_NESTING || self.types.len() >= MANY_TYPES {
            return self.leaf(SCALARS);
        }
        self.nesting += 1;
        let id = match self.choices.below(29) {
            0..=5 => self.leaf(SCALARS),
            6 | 7 => self.leaf(OTHERS),
            8..=10 => self.structure(),
            11..=13 => self.enumeration(),
            14 | 15 => self.option(),
            16 => self.result(),
            17 | 18 => self.list(),
            19 => self.array(),
            20 => self.pointer(),
            21 => self.set(),
            22 => self.map(),
            23 => self.lock(),
            24 => self.proxied(),
            25 => self.weak(),
            26 => self.filled_later(),
            27 => self.cow(),
            _ => self.transparent(),
        };
        self.nesting -= 1;
        id
    }

    /// A type behind something: perhaps one we are inside of.
    fn target(&mut self, can_be_empty: bool) -> TypeId {
        let eligible: Vec<TypeId> = self
            .ancestors
            .iter()
            .filter(|ancestor| ancestor.can_end || can_be_empty)
            .map(|ancestor| ancestor.id)
            .collect();
        if !eligible.is_empty() && self.choices.once_in(3) {
            self.recursions += 1;
            return self.choices.pick(&eligible);
        }
        if self.choices.once_in(4) {
            return self.leaf(INTEGERS);
        }
        self.within(can_be_empty, Self::value)
    }

    /// Decides something that is inside of what may be empty.
    fn within(&mut self, can_be_empty: bool, decide: impl FnOnce(&mut Self) -> TypeId) -> TypeId {
        if !can_be_empty {
            return decide(self);
        }
        let before = self.ancestors.clone();
        for ancestor in &mut self.ancestors {
            ancestor.can_end = true;
        }
        let id = decide(self);
        self.ancestors = before;
        id
    }

    fn open(&mut self) -> TypeId {
        let id = self.add(Form::Open, Layout::new::<()>());
        self.ancestors.push(Ancestor { id, can_end: false });
        id
    }

    fn close(&mut self, id: TypeId, form: Form, layout: Layout) -> TypeId {
        self.ancestors.pop();
        let planned = &mut self.types[id.0];
        (planned.form, planned.layout) = (form, layout);
        id
    }

    fn structure(&mut self) -> TypeId {
        let kind = match self.choices.once_in(4) {
            true => StructKind::TupleStruct,
            false => StructKind::Struct,
        };
        self.structure_of(kind)
    }

    fn structure_of(&mut self, kind: StructKind) -> TypeId {
        let id = self.open();
        let packed = self.choices.once_in(10);
        let mut fields = match self.choices.below(8) {
            // A run of numbers, as kernels like them.
            0 => self.fields(40, true),
            _ => self.fields(8, packed),
        };
        if !packed && self.choices.once_in(4) {
            let next = self.next_node(id);
            fields.push(plain(next));
        }
        let layout = self.place(&mut fields, 0, packed);
        let form = Form::Struct {
            fields,
            kind,
            packed,
        };
        self.close(id, form, layout)
    }

    /// What a list made of structs has in last position.
    fn next_node(&mut self, node: TypeId) -> TypeId {
        self.recursions += 1;
        let form = self.choices.pick(&[
            PointerForm::Box,
            PointerForm::Reference,
            PointerForm::Counted,
        ]);
        let pointer = self.add(
            Form::Pointer {
                pointee: node,
                form,
            },
            Layout::new::<*const u8>(),
        );
        self.option_of(pointer)
    }

    fn fields(&mut self, most: usize, only_scalars: bool) -> Vec<Field> {
        let count = match self.types.len() {
            // The root is larger than what is in it.
            1 => 1 + self.choices.index(most),
            2..MANY_TYPES => self.choices.small(most),
            _ => 0,
        };
        (0..count)
            .map(|_| {
                let ty = match only_scalars {
                    true => self.leaf(SCALARS),
                    false => self.value(),
                };
                let starts_with_byte = matches!(self.types[ty.0].form, Form::Leaf(leaf) if matches!(leaf.name, "u8" | "bool"));
                let treatment = match self.choices.below(32) {
                    27 | 28 => Treatment::Renamed,
                    29 => Treatment::Skipped,
                    30 if !only_scalars => Treatment::UnlessNever,
                    31 if !only_scalars && starts_with_byte => Treatment::UnlessOdd,
                    31 if !only_scalars => Treatment::UnlessAlways,
                    _ => Treatment::Plain,
                };
                Field { treatment, ..plain(ty) }
            })
            .collect()
    }

    /// Gives fields their offsets, in any order and with gaps.
    fn place(&mut self, fields: &mut [Field], start: usize, packed: bool) -> Layout {
        let mut order: Vec<usize> = (0..fields.len()).collect();
        if self.choices.below(2) == 1 {
            for at in 1..order.len() {
                let other = self.choices.index(at + 1);
                order.swap(at, other);
            }
        }
        let has_gaps = self.choices.once_in(4);
        let mut end = start;
        let mut align = if packed { 1 } else { start.max(1) };
        for index in order {
            let layout = self.layout(fields[index].ty);
            let field_align = if packed { 1 } else { layout.align() };
            if has_gaps {
                end += self.choices.small(9);
            }
            end = end.next_multiple_of(field_align);
            fields[index].offset = end;
            end += layout.size();
            align = align.max(field_align);
        }
        layout_of(end, align)
    }

    fn enumeration(&mut self) -> TypeId {
        let id = self.open();
        let repr = self.choices.pick(&REPRS);
        let tagging = self.choices.pick(&TAGGINGS);
        let count = match self.choices.below(10) {
            0 => 1 + self.choices.index(140),
            _ => 1 + self.choices.small(7),
        };
        let discriminants = self.discriminants(repr, count);
        let all_unit = count > 20 || self.choices.once_in(4);
        let mut layout = layout_of(tag_size(repr), tag_size(repr));
        let mut written = count;
        let variants = discriminants
            .into_iter()
            .map(|discriminant| {
                // One at least has values.
                let skipped = written > 1 && self.choices.once_in(8);
                written -= usize::from(skipped);
                // A number cannot hold fields, but nobody looks at those of a skipped variant.
                let is_unit = all_unit || (tagging == Tagging::Numeric && !skipped);
                let (kind, mut fields) = match is_unit {
                    true => (StructKind::Unit, Vec::new()),
                    false => self.variant_fields(tagging),
                };
                let placed = self.place(&mut fields, tag_size(repr), false);
                layout = layout_of(
                    layout.size().max(placed.size()),
                    layout.align().max(placed.align()),
                );
                Variant {
                    discriminant,
                    rename: self.rename(),
                    kind,
                    fields,
                    skipped,
                }
            })
            .collect();
        let form = Form::Enum {
            repr,
            tagging,
            variants,
        };
        self.close(id, form, layout)
    }

    /// What a variant holds, as far as its enum's tagging allows it.
    fn variant_fields(&mut self, tagging: Tagging) -> (StructKind, Vec<Field>) {
        if tagging != Tagging::Name {
            let fields = self.fields(4, false);
            let kinds = [StructKind::Struct, StructKind::TupleStruct];
            return (self.choices.pick(&kinds), fields);
        }
        // Only named fields can follow a name: the variant's own, or those of the one struct it holds.
        match self.choices.below(3) {
            2 if self.types.len() < MANY_TYPES => {
                let only = self.structure_of(StructKind::Struct);
                (StructKind::TupleStruct, vec![plain(only)])
            }
            _ => (StructKind::Struct, self.fields(4, false)),
        }
    }

    /// Another name of a variant: short as a rule, sometimes longer than one constant of a
    /// program or than one byte of length can tell.
    fn rename(&mut self) -> Option<String> {
        let len = match self.choices.below(8) {
            0..=4 => return None,
            5 | 6 => self.choices.small(40),
            _ => self.choices.small(300),
        };
        Some(self.choices.pick(&["n", "ü"]).repeat(len))
    }

    /// Different numbers that fit the tag: counting from 0 or lower, or anywhere.
    fn discriminants(&mut self, repr: EnumRepr, count: usize) -> Vec<i64> {
        let (least, most) = tag_range(repr);
        let mut found: Vec<i64> = Vec::with_capacity(count);
        let is_sparse = self.choices.once_in(3);
        let mut next = match self.choices.below(3) {
            0 => 0,
            1 => least,
            _ => 0.max(least).max(-3),
        };
        while found.len() < count {
            if is_sparse {
                next = (self.choices.bits().cast_signed()).clamp(least, most);
            }
            while found.contains(&next) {
                next = if next >= most { least } else { next + 1 };
            }
            found.push(next);
        }
        found
    }

    fn option(&mut self) -> TypeId {
        let payload = match self.choices.below(3) {
            0 => self.within(true, Self::pointer),
            _ => self.within(true, Self::value),
        };
        self.option_of(payload)
    }

    /// Whether a type is one word that is never null.
    fn is_word(&self, id: TypeId) -> bool {
        match self.types[id.0].form {
            Form::Pointer {
                form: PointerForm::Box | PointerForm::Reference | PointerForm::Counted,
                ..
            } => true,
            Form::Transparent { inner } => self.is_word(inner),
            _ => false,
        }
    }

    fn option_of(&mut self, payload: TypeId) -> TypeId {
        if self.is_word(payload) && self.choices.below(4) != 3 {
            let form = OptionForm::NullIsNone;
            return self.add(Form::Option { payload, form }, Layout::new::<*const u8>());
        }
        let inner = self.layout(payload);
        let payload_at = inner.align();
        let layout = layout_of(payload_at + inner.size(), inner.align());
        let form = OptionForm::Tagged { payload_at };
        self.add(Form::Option { payload, form }, layout)
    }

    fn result(&mut self) -> TypeId {
        let ok = self.value();
        let err = self.value();
        let (first, second) = (self.layout(ok), self.layout(err));
        let payload_at = first.align().max(second.align());
        let layout = layout_of(payload_at + first.size().max(second.size()), payload_at);
        self.add(
            Form::Result {
                ok,
                err,
                payload_at,
            },
            layout,
        )
    }

    fn list(&mut self) -> TypeId {
        let element = self.target(true);
        let form = self.choices.pick(&[
            ListForm::Vec,
            ListForm::Vec,
            ListForm::Block,
            ListForm::Chain,
        ]);
        let layout = match form {
            ListForm::Vec => Layout::new::<Vec<u8>>(),
            ListForm::Block => Layout::new::<Block>(),
            ListForm::Chain => Layout::new::<Chain>(),
        };
        self.add(Form::List { element, form }, layout)
    }

    fn array(&mut self) -> TypeId {
        let element = match self.choices.below(3) {
            0 => self.leaf(SCALARS),
            _ => self.value(),
        };
        let inner = self.layout(element);
        let most = match inner.size() {
            0..=16 => 100,
            17..=256 => 8,
            _ => 2,
        };
        let count = self.choices.small(most);
        let layout = layout_of(inner.size() * count, inner.align());
        self.add(Form::Array { element, count }, layout)
    }

    fn pointer(&mut self) -> TypeId {
        let (form, is_wide) = self.choices.pick(&[
            (PointerForm::Box, false),
            (PointerForm::Reference, false),
            (PointerForm::Counted, false),
            (PointerForm::WideBox, true),
            (PointerForm::WideReference, true),
            (PointerForm::WideCounted, true),
            (PointerForm::WideCow, true),
        ]);
        let pointee = match is_wide {
            true => {
                let element = self.target(true);
                self.add(Form::Slice { element }, Layout::new::<()>())
            }
            false => self.target(false),
        };
        let layout = match form {
            PointerForm::WideCow => Layout::new::<Block>(),
            PointerForm::WideBox | PointerForm::WideReference => Layout::new::<*const [u8]>(),
            _ => Layout::new::<*const u8>(),
        };
        self.add(Form::Pointer { pointee, form }, layout)
    }

    fn set(&mut self) -> TypeId {
        let item = self.target(true);
        self.add(Form::Set { item }, Layout::new::<Chain>())
    }

    fn map(&mut self) -> TypeId {
        let key = self.target(true);
        let value = self.target(true);
        self.add(Form::Map { key, value }, Layout::new::<Chain>())
    }

    fn lock(&mut self) -> TypeId {
        let inner = self.value();
        let shared = self.choices.below(2) == 1;
        let layout = self.behind_header(inner);
        self.add(Form::Lock { inner, shared }, layout)
    }

    /// A header of at most two words, and a value.
    fn behind_header(&self, inner: TypeId) -> Layout {
        let inner = self.layout(inner);
        layout_of(
            HEADER + inner.size(),
            inner.align().max(align_of::<usize>()),
        )
    }

    /// Points to what may be gone, and so to types around it as well.
    fn weak(&mut self) -> TypeId {
        let (pointee, form) = match self.choices.below(3) {
            2 => {
                let element = self.target(true);
                let slice = self.add(Form::Slice { element }, Layout::new::<()>());
                (slice, PointerForm::WideCounted)
            }
            _ => (self.target(true), PointerForm::Counted),
        };
        let word = Layout::new::<*const u8>();
        let strong = self.add(Form::Pointer { pointee, form }, word);
        self.add(Form::Weak { strong }, word)
    }

    fn filled_later(&mut self) -> TypeId {
        let inner = self.value();
        let layout = self.behind_header(inner);
        match self.choices.below(2) {
            0 => self.add(Form::Once { inner }, layout),
            _ => self.add(Form::Lazy { inner }, layout),
        }
    }

    fn cow(&mut self) -> TypeId {
        let inner = self.value();
        let layout = self.behind_header(inner);
        self.add(Form::Cow { inner }, layout)
    }

    /// Its shape names what is in it, and not by a function: so it is never a type around itself,
    /// which the derive does not compile either.
    fn transparent(&mut self) -> TypeId {
        let inner = self.value();
        let layout = self.layout(inner);
        self.add(Form::Transparent { inner }, layout)
    }

    /// The proxy is a struct or a scalar: nothing that would be dropped for good.
    fn proxied(&mut self) -> TypeId {
        let proxy = match self.choices.below(3) {
            0 => self.leaf(SCALARS),
            _ => self.structure(),
        };
        self.add(Form::Proxied { proxy }, Layout::new::<Original>())
    }
}

fn plain(ty: TypeId) -> Field {
    Field {
        ty,
        offset: 0,
        treatment: Treatment::Plain,
    }
}

fn layout_of(size: usize, align: usize) -> Layout {
    debug_assert!(align <= MAX_ALIGN);
    Layout::from_size_align(size, align)
        .expect("types are small")
        .pad_to_align()
}

/// Bytes of a tag.
pub(crate) fn tag_size(repr: EnumRepr) -> usize {
    match repr {
        EnumRepr::U8 | EnumRepr::I8 => 1,
        EnumRepr::U16 | EnumRepr::I16 => 2,
        EnumRepr::U32 | EnumRepr::I32 => 4,
        EnumRepr::U64 | EnumRepr::I64 => 8,
        EnumRepr::USize | EnumRepr::ISize => size_of::<usize>(),
        EnumRepr::Rust | EnumRepr::RustNPO => unreachable!("the generator makes none"),
    }
}

/// The discriminants that fit a tag, as facet holds them.
fn tag_range(repr: EnumRepr) -> (i64, i64) {
    let is_signed = matches!(
        repr,
        EnumRepr::I8 | EnumRepr::I16 | EnumRepr::I32 | EnumRepr::I64 | EnumRepr::ISize
    );
    match (tag_size(repr), is_signed) {
        // What does not fit an i64 cannot be told to facet.
        (8, false) => (0, i64::MAX),
        (8, true) => (i64::MIN, i64::MAX),
        (bytes, true) => (-(1 << (8 * bytes - 1)), (1 << (8 * bytes - 1)) - 1),
        (bytes, false) => (0, (1 << (8 * bytes)) - 1),
    }
}
