//! Shapes made at run time, for what no derive makes.

use facet::{
    Def, EnumRepr, EnumType, Facet, Field, FieldBuilder, OptionDef, ProxyDef, Repr, Shape,
    ShapeBuilder, StructKind, StructType, Type, UserType, Variant, VariantBuilder,
};

/// A field of this type at this offset.
pub(crate) fn field<T: Facet<'static>>(name: &'static str, offset: usize) -> Field {
    FieldBuilder::new(name, facet::shape_of::<T>, offset).build()
}

fn shape(ty: Type) -> &'static Shape {
    let made = ShapeBuilder::for_sized::<[u64; 64]>("Synthetic")
        .ty(ty)
        .def(Def::Undefined)
        .build();
    Box::leak(Box::new(made))
}

fn structure_type(fields: Vec<Field>, packed: bool) -> StructType {
    StructType {
        repr: Repr {
            packed,
            ..Repr::default()
        },
        kind: StructKind::Struct,
        fields: fields.leak(),
    }
}

/// A struct of these fields.
pub(crate) fn structure(fields: Vec<Field>) -> &'static Shape {
    shape(Type::User(UserType::Struct(structure_type(fields, false))))
}

/// A packed struct of these fields.
pub(crate) fn packed(fields: Vec<Field>) -> &'static Shape {
    shape(Type::User(UserType::Struct(structure_type(fields, true))))
}

/// A variant of these fields.
pub(crate) fn variant(
    name: &'static str,
    discriminant: Option<i64>,
    fields: Vec<Field>,
) -> Variant {
    let variant = VariantBuilder::new(name, structure_type(fields, false)).build();
    Variant {
        discriminant,
        ..variant
    }
}

/// An enum of these variants.
pub(crate) fn enumeration(repr: EnumRepr, variants: Vec<Variant>) -> &'static Shape {
    shape(Type::User(UserType::Enum(EnumType {
        repr: Repr::default(),
        enum_repr: repr,
        variants: variants.leak(),
        is_cow: false,
    })))
}

/// An option of this.
pub(crate) fn option(inner: &'static Shape) -> &'static Shape {
    let Def::Option(model) = &Option::<u64>::SHAPE.def else {
        panic!("an Option is an option");
    };
    let made = ShapeBuilder::for_sized::<Option<u64>>("SyntheticOption")
        .def(Def::Option(OptionDef::new(model.vtable, inner)))
        .build();
    Box::leak(Box::new(made))
}

/// Something encoded as this. A field cannot name a shape made at run time
/// without a function of its own; a proxy can.
pub(crate) fn wrapper(inner: &'static Shape) -> &'static Shape {
    let proxy = Box::leak(Box::new(ProxyDef {
        shape: inner,
        convert_in: |_, _| Err(String::from("never called")),
        convert_out: |_, _| Err(String::from("never called")),
    }));
    let made = ShapeBuilder::for_sized::<u64>("SyntheticWrapper")
        .def(Def::Undefined)
        .proxy(proxy)
        .build();
    Box::leak(Box::new(made))
}
