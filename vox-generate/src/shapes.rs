//! From a plan to facet shapes.
//!
//! Structs and enums come first: they name what is in them by functions
//! ([`crate::slots`]), so they can be made before it. Everything else names shapes that
//! exist already, so nothing is ever changed once it was made, and recursion is no special case.
//!
//! Identities: facet's id has one constructor, for types the compiler knows. A handful of marker types lend theirs, and many
//! shapes share one, also within a type: whoever tells shapes apart by id is found out.

use facet_core::{
    ArrayDef, Attr, BaseRepr, ConstTypeId, Def, EnumType, Facet, Field as FacetField, FieldBuilder,
    FieldFlags, KnownPointer, ListDef, MapDef, OptionDef, PointerDef, PointerFlags, PointerVTable,
    ProxyDef, Repr, ResultDef, SetDef, Shape, ShapeBuilder, ShapeLayout, SliceDef, StructKind,
    StructType, Type, TypeOps, UserType, Variant as FacetVariant, VariantBuilder,
};

use crate::arena::Arena;
use crate::functions;
use crate::plan::make::IDENTITIES;
use crate::plan::{
    Field, Form, ListForm, OptionForm, Plan, PointerForm, Treatment, TypeId, Variant,
};
use crate::slots;

/// Lends its identity to shapes made at run time.
struct Marker<const N: usize>;

static IDS: [ConstTypeId; IDENTITIES] = [
    ConstTypeId::of::<Marker<0>>(),
    ConstTypeId::of::<Marker<1>>(),
    ConstTypeId::of::<Marker<2>>(),
    ConstTypeId::of::<Marker<3>>(),
];

/// Names of fields and variants; position by position, as in tuples.
static NAMES: [&str; 16] = [
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p",
];

/// The attributes that mark a variant as skipped; one of them each.
static SKIPPED: [[Attr; 1]; 2] = [
    [Attr::new(None, "skip", &())],
    [Attr::new(None, "skip_serializing", &())],
];

fn name(index: usize) -> &'static str {
    NAMES[index % NAMES.len()]
}

/// Makes the shapes of a plan, tells this thread's slots about them, and answers the root's.
///
/// # Safety
///
/// No shape is used after the arena is dropped.
pub(crate) unsafe fn make(plan: &Plan, arena: &mut Arena) -> &'static Shape {
    let mut maker = Maker {
        plan,
        arena,
        shapes: vec![None; plan.types.len()],
    };
    for index in 0..plan.types.len() {
        // SAFETY: the caller's duty.
        unsafe { maker.declare(TypeId(index)) };
    }
    for index in 0..plan.types.len() {
        // SAFETY: the caller's duty.
        unsafe { maker.define(TypeId(index)) };
    }
    for (slot, shape) in maker.shapes.iter().enumerate() {
        slots::set(slot, shape.expect("every type has a shape by now"));
    }
    maker.shape(plan.root)
}

struct Maker<'a> {
    plan: &'a Plan,
    arena: &'a mut Arena,
    shapes: Vec<Option<&'static Shape>>,
}

impl Maker<'_> {
    fn shape(&self, id: TypeId) -> &'static Shape {
        self.shapes[id.0]
            .expect("what a type contains is made before it, but for structs and enums")
    }

    /// Leaves, structs and enums.
    ///
    /// # Safety
    ///
    /// As for [`make`].
    unsafe fn declare(&mut self, id: TypeId) {
        let plan = self.plan;
        // SAFETY: the caller's duty.
        unsafe {
            match &plan.get(id).form {
                Form::Leaf(leaf) => self.shapes[id.0] = Some((leaf.shape)()),
                Form::Struct { fields, packed } => {
                    let fields = self.fields(fields, *packed);
                    let made = Shape {
                        ty: Type::User(UserType::Struct(fields)),
                        // Only proxies are ever dropped, and they are counted.
                        type_ops: Some(TypeOps::Direct(&functions::COUNTED_DROP)),
                        ..self.base(id, "Struct")
                    };
                    self.keep(id, made);
                }
                Form::Enum { repr, variants } => {
                    let variants: Vec<FacetVariant> = variants
                        .iter()
                        .enumerate()
                        .map(|(index, variant)| self.variant(index, variant))
                        .collect();
                    let ty = EnumType {
                        repr: Repr::default(),
                        enum_repr: *repr,
                        variants: self.arena.keep_all(&variants),
                        is_cow: false,
                    };
                    let made = Shape {
                        ty: Type::User(UserType::Enum(ty)),
                        ..self.base(id, "Enum")
                    };
                    self.keep(id, made);
                }
                _ => {}
            }
        }
    }

    /// Everything else; what it contains has a lower number or was declared.
    ///
    /// # Safety
    ///
    /// As for [`make`].
    unsafe fn define(&mut self, id: TypeId) {
        let plan = self.plan;
        let def = match &plan.get(id).form {
            Form::Open | Form::Leaf(_) | Form::Struct { .. } | Form::Enum { .. } => return,
            Form::Option { payload, form } => {
                let vtable = match form {
                    OptionForm::Tagged { payload_at } => functions::option(*payload_at),
                    OptionForm::NullIsNone => &functions::NULL_IS_NONE,
                };
                Def::Option(OptionDef::new(vtable, self.shape(*payload)))
            }
            Form::Result {
                ok,
                err,
                payload_at,
            } => {
                let vtable = functions::result(*payload_at);
                Def::Result(ResultDef::new(vtable, self.shape(*ok), self.shape(*err)))
            }
            Form::List { element, form } => {
                // SAFETY: the caller's duty.
                return unsafe { self.list(id, *element, *form) };
            }
            Form::Array { element, count } => Def::Array(ArrayDef::new(
                &functions::ARRAY,
                self.shape(*element),
                *count,
            )),
            Form::Slice { element } => {
                Def::Slice(SliceDef::new(&functions::SLICE, self.shape(*element)))
            }
            Form::Pointer { pointee, form } => pointer(self.shape(*pointee), *form),
            Form::Set { item } => Def::Set(SetDef::new(&functions::SET, self.shape(*item))),
            Form::Map { key, value } => Def::Map(MapDef::new(
                &functions::MAP,
                self.shape(*key),
                self.shape(*value),
            )),
            Form::Lock { inner, shared } => {
                let vtable = if *shared {
                    &functions::SHARED
                } else {
                    &functions::EXCLUSIVE
                };
                pointer_def(self.shape(*inner), vtable, None, PointerFlags::LOCK)
            }
            Form::Proxied { proxy } => {
                // SAFETY: the caller's duty.
                return unsafe { self.proxied(id, *proxy) };
            }
        };
        let is_slice = matches!(plan.get(id).form, Form::Slice { .. });
        // SAFETY: the caller's duty.
        unsafe {
            let base = self.base(id, "Other");
            let layout = if is_slice {
                ShapeLayout::Unsized
            } else {
                base.layout
            };
            self.keep(
                id,
                Shape {
                    def,
                    layout,
                    ..base
                },
            );
        }
    }

    /// # Safety
    ///
    /// As for [`make`].
    unsafe fn keep(&mut self, id: TypeId, shape: Shape) {
        // SAFETY: the caller's duty.
        self.shapes[id.0] = Some(unsafe { self.arena.keep(shape) });
    }

    /// What all shapes have: a layout, an identity, a name.
    ///
    /// # Safety
    ///
    /// As for [`make`].
    unsafe fn base(&mut self, id: TypeId, kind: &str) -> Shape {
        let planned = self.plan.get(id);
        let text = format!("{kind}{}", id.0);
        // SAFETY: the caller's duty.
        let text = unsafe { self.arena.keep_all(text.as_bytes()) };
        Shape {
            id: IDS[planned.identity],
            layout: ShapeLayout::Sized(planned.layout),
            type_identifier: core::str::from_utf8(text).unwrap_or(""),
            ..ShapeBuilder::for_sized::<Marker<0>>("")
                .ty(Type::User(UserType::Opaque))
                .def(Def::Undefined)
                .build()
        }
    }

    /// # Safety
    ///
    /// As for [`make`].
    unsafe fn fields(&mut self, fields: &[Field], packed: bool) -> StructType {
        let fields: Vec<FacetField> = fields.iter().enumerate().map(field).collect();
        StructType {
            repr: Repr {
                base: BaseRepr::C,
                packed,
            },
            kind: StructKind::Struct,
            // SAFETY: the caller's duty.
            fields: unsafe { self.arena.keep_all(&fields) },
        }
    }

    /// # Safety
    ///
    /// As for [`make`].
    unsafe fn variant(&mut self, index: usize, variant: &Variant) -> FacetVariant {
        // SAFETY: the caller's duty.
        let data = unsafe { self.fields(&variant.fields, false) };
        let attributes: &[Attr] = match variant.skipped {
            true => &SKIPPED[index % SKIPPED.len()],
            false => &[],
        };
        FacetVariant {
            attributes,
            discriminant: Some(variant.discriminant),
            ..VariantBuilder::new(name(index), data).build()
        }
    }

    /// # Safety
    ///
    /// As for [`make`].
    unsafe fn list(&mut self, id: TypeId, element: TypeId, form: ListForm) {
        let element = self.shape(element);
        let (def, type_ops) = match form {
            ListForm::Vec => {
                // All of facet's `Vec`s share these functions, but for those that make, grow
                // and drop one, which are only called on values the callers made by them.
                let Def::List(model) = &Vec::<u8>::SHAPE.def else {
                    unreachable!("a Vec is a list");
                };
                (
                    ListDef {
                        t: element,
                        ..*model
                    },
                    Vec::<u8>::SHAPE.type_ops,
                )
            }
            ListForm::Block => (ListDef::new(&functions::BLOCK, element), None),
            ListForm::Chain => {
                let ops = &functions::CHAIN_OPS;
                (
                    ListDef::with_type_ops(&functions::CHAIN, ops, element),
                    None,
                )
            }
        };
        // SAFETY: the caller's duty.
        unsafe {
            let made = Shape {
                def: Def::List(def),
                type_ops,
                ..self.base(id, "List")
            };
            self.shapes[id.0] = Some(match form {
                ListForm::Vec => self.arena.keep_vec_shape(made),
                ListForm::Block | ListForm::Chain => self.arena.keep(made),
            });
        }
    }

    /// # Safety
    ///
    /// As for [`make`].
    unsafe fn proxied(&mut self, id: TypeId, proxy: TypeId) {
        let is_counted = matches!(self.plan.get(proxy).form, Form::Struct { .. });
        let def = ProxyDef {
            shape: self.shape(proxy),
            convert_in: functions::convert_in,
            convert_out: match is_counted {
                true => functions::convert_out_counted,
                false => functions::convert_out,
            },
        };
        // SAFETY: the caller's duty.
        unsafe {
            let made = Shape {
                proxy: Some(self.arena.keep(def)),
                ..self.base(id, "Proxied")
            };
            self.keep(id, made);
        }
    }
}

fn field((index, field): (usize, &Field)) -> FacetField {
    let made = FieldBuilder::new(name(index), slots::getter(field.ty.0), field.offset).build();
    match field.treatment {
        Treatment::Plain => made,
        Treatment::Skipped => FacetField {
            flags: FieldFlags::SKIP,
            ..made
        },
        Treatment::UnlessNever => FacetField {
            skip_serializing_if: Some(functions::never),
            ..made
        },
        Treatment::UnlessAlways => FacetField {
            skip_serializing_if: Some(functions::always),
            ..made
        },
        Treatment::UnlessOdd => FacetField {
            skip_serializing_if: Some(functions::is_odd),
            ..made
        },
    }
}

fn pointer(pointee: &'static Shape, form: PointerForm) -> Def {
    let (vtable, known) = match form {
        PointerForm::Box => (&functions::THIN, Some(KnownPointer::Box)),
        PointerForm::Reference => (&functions::THIN, Some(KnownPointer::SharedReference)),
        PointerForm::Counted => (&functions::COUNTED, Some(KnownPointer::Arc)),
        PointerForm::WideBox => (&functions::WIDE, Some(KnownPointer::Box)),
        PointerForm::WideReference => (&functions::WIDE, Some(KnownPointer::SharedReference)),
        PointerForm::WideCounted => (&functions::WIDE_COUNTED, Some(KnownPointer::Rc)),
    };
    pointer_def(pointee, vtable, known, PointerFlags::EMPTY)
}

fn pointer_def(
    pointee: &'static Shape,
    vtable: &'static PointerVTable,
    known: Option<KnownPointer>,
    flags: PointerFlags,
) -> Def {
    Def::Pointer(PointerDef {
        vtable,
        pointee: Some(pointee),
        weak: None,
        strong: None,
        flags,
        known,
    })
}
