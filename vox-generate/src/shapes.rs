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
    ProxyDef, Repr, ResultDef, SetDef, Shape, ShapeBuilder, ShapeFlags, ShapeLayout, SliceDef,
    StructKind, StructType, Type, TypeOps, UserType, Variant as FacetVariant, VariantBuilder,
};

use crate::arena::Arena;
use crate::functions;
use crate::plan::make::IDENTITIES;
use crate::plan::{
    self, Field, Form, ListForm, OptionForm, Plan, PointerForm, Tagging, Treatment, TypeId, Variant,
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

/// The attributes that mark a variant as skipped; one of them each.
static SKIPPED: [[Attr; 1]; 2] = [
    [Attr::new(None, "skip", &())],
    [Attr::new(None, "skip_serializing", &())],
];

/// Those of a variant for what nobody knows, and of its fields that capture it.
static OTHER: [Attr; 1] = [Attr::new(None, "other", &())];
static CAPTURES_TAG: [Attr; 1] = [Attr::new(None, "tag", &())];
static CAPTURES_CONTENT: [Attr; 1] = [Attr::new(None, "content", &())];

/// Those of types, which facet has as flags and words besides.
static TRANSPARENT: [Attr; 1] = [Attr::new(None, "transparent", &())];
static TAG: [Attr; 1] = [Attr::new(None, "tag", &"kind")];
static CONTENT: [Attr; 1] = [Attr::new(None, "content", &"value")];
static TAG_AND_CONTENT: [Attr; 2] = [
    Attr::new(None, "tag", &"kind"),
    Attr::new(None, "content", &"value"),
];
static UNTAGGED: [Attr; 1] = [Attr::new(None, "untagged", &())];
static NUMERIC: [Attr; 1] = [Attr::new(None, "is_numeric", &())];

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
                Form::Struct {
                    fields,
                    kind,
                    packed,
                } => {
                    let fields = self.fields(fields, *kind, *packed);
                    let made = Shape {
                        ty: Type::User(UserType::Struct(fields)),
                        // Only proxies are ever dropped, and they are counted.
                        type_ops: Some(TypeOps::Direct(&functions::COUNTED_DROP)),
                        ..self.base(id, "Struct")
                    };
                    self.keep(id, made);
                }
                Form::Enum {
                    repr,
                    tagging,
                    variants,
                } => {
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
                    self.keep(id, tagged(*tagging, made));
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
            Form::Pointer { pointee, form } => {
                // SAFETY: the caller's duty.
                return unsafe { self.pointer(id, *pointee, *form) };
            }
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
            Form::Transparent { inner } => {
                // SAFETY: the caller's duty.
                return unsafe { self.transparent(id, *inner) };
            }
            Form::Weak { strong } => {
                // SAFETY: the caller's duty.
                return unsafe { self.weak(id, *strong) };
            }
            Form::Once { inner } => {
                known_def(self.shape(*inner), &functions::ONCE, KnownPointer::OnceLock)
            }
            Form::Lazy { inner } => {
                known_def(self.shape(*inner), &functions::LAZY, KnownPointer::LazyLock)
            }
            Form::Cow { inner } => {
                known_def(self.shape(*inner), &functions::COW, KnownPointer::Cow)
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
                    inner: pointee(&def),
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
        let text = unsafe { self.text(&text) };
        Shape {
            id: IDS[planned.identity],
            layout: ShapeLayout::Sized(planned.layout),
            type_identifier: text,
            ..ShapeBuilder::for_sized::<Marker<0>>("")
                .ty(Type::User(UserType::Opaque))
                .def(Def::Undefined)
                .build()
        }
    }

    /// # Safety
    ///
    /// As for [`make`].
    unsafe fn fields(&mut self, fields: &[Field], kind: StructKind, packed: bool) -> StructType {
        let mut made: Vec<FacetField> = Vec::with_capacity(fields.len());
        for (index, planned) in fields.iter().enumerate() {
            // SAFETY: the caller's duty.
            made.push(field(planned, unsafe { self.text(&plan::name(index)) }));
        }
        StructType {
            repr: Repr {
                base: BaseRepr::C,
                packed,
            },
            kind,
            // SAFETY: the caller's duty.
            fields: unsafe { self.arena.keep_all(&made) },
        }
    }

    /// # Safety
    ///
    /// As for [`make`].
    unsafe fn text(&mut self, text: &str) -> &'static str {
        // SAFETY: the caller's duty.
        let kept = unsafe { self.arena.keep_all(text.as_bytes()) };
        core::str::from_utf8(kept).expect("it was a text before")
    }

    /// # Safety
    ///
    /// As for [`make`].
    unsafe fn variant(&mut self, index: usize, variant: &Variant) -> FacetVariant {
        // SAFETY: the caller's duty.
        let (data, name, rename) = unsafe {
            (
                self.fields(&variant.fields, variant.kind, false),
                self.text(&plan::name(index)),
                variant.rename.as_ref().map(|rename| self.text(rename)),
            )
        };
        let captures = |field: &Field| {
            matches!(
                field.treatment,
                Treatment::CapturesTag | Treatment::CapturesContent
            )
        };
        let attributes: &[Attr] = match variant.skipped {
            true => &SKIPPED[index % SKIPPED.len()],
            false if variant.fields.iter().any(captures) => &OTHER,
            false => &[],
        };
        FacetVariant {
            attributes,
            rename,
            discriminant: Some(variant.discriminant),
            ..VariantBuilder::new(name, data).build()
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
    unsafe fn pointer(&mut self, id: TypeId, pointee: TypeId, form: PointerForm) {
        let def = pointer(self.shape(pointee), form);
        let is_counted = matches!(form, PointerForm::Counted | PointerForm::WideCounted);
        // SAFETY: the caller's duty.
        unsafe {
            let made = Shape {
                def,
                inner: self::pointee(&def),
                type_ops: is_counted.then_some(TypeOps::Direct(&functions::STRONG_DROP)),
                ..self.base(id, "Pointer")
            };
            self.keep(id, made);
        }
    }

    /// # Safety
    ///
    /// As for [`make`].
    unsafe fn weak(&mut self, id: TypeId, strong: TypeId) {
        let strong = self.shape(strong);
        let def = Def::Pointer(PointerDef {
            vtable: &functions::WEAK,
            pointee: pointee(&strong.def),
            weak: None,
            strong: Some(strong),
            flags: PointerFlags::WEAK,
            known: Some(KnownPointer::RcWeak),
        });
        // SAFETY: the caller's duty.
        unsafe {
            let made = Shape {
                def,
                inner: pointee(&def),
                ..self.base(id, "Weak")
            };
            self.keep(id, made);
        }
    }

    /// # Safety
    ///
    /// As for [`make`].
    unsafe fn transparent(&mut self, id: TypeId, inner: TypeId) {
        let field = FieldBuilder::new("0", slots::getter(inner.0), 0).build();
        // SAFETY: the caller's duty.
        unsafe {
            let ty = StructType {
                repr: Repr::transparent(),
                kind: StructKind::TupleStruct,
                fields: self.arena.keep_all(&[field]),
            };
            let made = Shape {
                ty: Type::User(UserType::Struct(ty)),
                inner: Some(self.shape(inner)),
                attributes: &TRANSPARENT,
                ..self.base(id, "Transparent")
            };
            self.keep(id, made);
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

/// An enum's shape with the attributes of its tagging.
fn tagged(tagging: Tagging, shape: Shape) -> Shape {
    let tag = Some("kind");
    let content = Some("value");
    match tagging {
        Tagging::Position => shape,
        Tagging::Adjacent => Shape {
            tag,
            content,
            attributes: &TAG_AND_CONTENT,
            ..shape
        },
        Tagging::Name => Shape {
            tag,
            attributes: &TAG,
            ..shape
        },
        Tagging::ContentAlone => Shape {
            content,
            attributes: &CONTENT,
            ..shape
        },
        Tagging::Untagged => Shape {
            flags: ShapeFlags::UNTAGGED,
            attributes: &UNTAGGED,
            ..shape
        },
        Tagging::Numeric => Shape {
            flags: ShapeFlags::NUMERIC,
            attributes: &NUMERIC,
            ..shape
        },
    }
}

fn field(field: &Field, name: &'static str) -> FacetField {
    let made = FieldBuilder::new(name, slots::getter(field.ty.0), field.offset).build();
    match field.treatment {
        Treatment::Plain => made,
        Treatment::Renamed => FacetField {
            rename: Some("another name"),
            ..made
        },
        Treatment::Flattened => FacetField {
            flags: FieldFlags::FLATTEN,
            ..made
        },
        Treatment::CapturesTag => FacetField {
            attributes: &CAPTURES_TAG,
            ..made
        },
        Treatment::CapturesContent => FacetField {
            attributes: &CAPTURES_CONTENT,
            ..made
        },
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

/// What facet's pointers and locks name as inner type.
fn pointee(def: &Def) -> Option<&'static Shape> {
    match def {
        Def::Pointer(pointer) => pointer.pointee,
        _ => None,
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
        PointerForm::WideCow => (&functions::WIDE_COW, Some(KnownPointer::Cow)),
    };
    pointer_def(pointee, vtable, known, PointerFlags::EMPTY)
}

/// One of the standard library's pointers, without flags.
fn known_def(pointee: &'static Shape, vtable: &'static PointerVTable, known: KnownPointer) -> Def {
    pointer_def(pointee, vtable, Some(known), PointerFlags::EMPTY)
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
