//! Structs, enums, options, results and proxies: values that contain others at
//! known places.

use facet_core::{
    BaseRepr, EnumRepr, EnumType, Field, OptionDef, ProxyDef, ResultDef, Shape, StructKind,
    StructType, TypeOps, Variant,
};

use super::LowerError;
use super::scope::{Part, Scope};
use super::walk::{Walk, uninhabited};
use crate::probe;
use crate::program::{
    Arm, FunctionKind, Literal, NoForm, Offset, Op, OptionSource, Proxy, TagWidth,
};
use crate::shape::enums::{self, Tagging};
use crate::shape::fields::{self, Fields, Refused, Written};
use crate::shape::names;
use crate::shape::pointer::PointerForm;
use crate::shape::{Kind, classify, is_metadata_container};

/// The end of what is said of a field of a packed struct.
const PACKED: &str =
    "is a field of a packed struct; a `#[facet(proxy = ...)]` on the struct can be encoded";

impl Walk<'_> {
    /// The fields of a struct, flattened into the block it is in.
    pub(super) fn structure(
        &mut self,
        shape: &'static Shape,
        fields: &'static StructType,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        if shape.has_builtin_attr("tag") {
            return Err(scope.refuse(format!(
                "`{shape}` is a struct with a `tag`, in front of which serde writes its name; remove `tag`, and let a \
                 field hold the name"
            )));
        }
        let scope = scope.unaligned_if(scope.unaligned || fields.repr.packed);
        self.fields(Fields::of_struct(shape, fields), scope)
    }

    fn fields(&mut self, fields: Fields, scope: Scope<'_>) -> Result<(), LowerError> {
        self.builder.expect(scope.block, fields.len());
        for written in fields.written() {
            match written {
                Ok(written) => {
                    let is_unaligned = scope.unaligned || fields.is_out_of_place(written.field);
                    self.field(written, scope.unaligned_if(is_unaligned))?;
                }
                Err(refused) => return Err(refuse_field(refused, &scope)),
            }
            if self.builder.never_ends(scope.block) {
                // Nothing is reached behind a value that cannot exist.
                break;
            }
        }
        Ok(())
    }

    fn field(&mut self, written: Written, scope: Scope<'_>) -> Result<(), LowerError> {
        let trail = scope.step(Part::Field(written.field.name));
        let scope = scope.along(&trail).moved(written.field.offset)?;
        let Some(skip_if) = written.skip_if else {
            return self.field_value(written, scope);
        };
        if scope.unaligned {
            return Err(scope.refuse(format!("has a `skip_serializing_if` and {PACKED}")));
        }
        let at = scope.offset()?;
        let each = self.builder.open();
        self.field_value(written, scope.inside_same(each).in_frame())?;
        if self.builder.is_empty(each) {
            self.builder.discard(each);
            return Ok(());
        }
        let skip_if = self
            .builder
            .function(FunctionKind::SkipIf, skip_if as *const ());
        let path = self.builder.path(&scope);
        let op = Op::Unless {
            at,
            skip_if,
            each,
            path,
        };
        self.builder.push(&scope, op)
    }

    fn field_value(&mut self, written: Written, scope: Scope<'_>) -> Result<(), LowerError> {
        match written.proxy {
            Some(proxy) => self.proxied(proxy, scope),
            None => self.value(written.field.shape(), scope),
        }
    }

    /// A value encoded as another one.
    pub(super) fn proxied(
        &mut self,
        proxy: &'static ProxyDef,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        let shape = proxy.shape;
        let at = scope.offset()?;
        if scope.unaligned {
            return Err(scope.refuse(format!("has a proxy and {PACKED}")));
        }
        let Ok(layout) = shape.layout.sized_layout() else {
            return Err(scope.refuse(format!("the proxy `{shape}` is unsized")));
        };
        let (Ok(size), Ok(align)) = (u32::try_from(layout.size()), u32::try_from(layout.align()))
        else {
            return Err(scope.refuse(format!("the proxy `{shape}` is larger than 4 GiB")));
        };
        let each = self.builder.open();
        self.value(shape, scope.inside(each).in_frame())?;
        let convert = self
            .builder
            .function(FunctionKind::ProxyConvert, proxy.convert_out as *const ());
        let drop = needs_drop(shape).then(|| {
            let address = core::ptr::from_ref(shape).cast();
            self.builder.function(FunctionKind::DropShape, address)
        });
        let proxy = self.builder.proxy(Proxy {
            convert,
            drop,
            size,
            align,
        });
        let path = self.builder.path(&scope);
        // Kept even when the proxy writes nothing: the conversion may fail.
        let op = Op::WithProxy {
            at,
            proxy,
            each,
            path,
        };
        self.builder.push(&scope, op)
    }

    /// An option: a block for the payload.
    pub(super) fn option(
        &mut self,
        shape: &'static Shape,
        def: &'static OptionDef,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        let at = scope.offset()?;
        let some = self.builder.open();
        self.value(def.t, scope.inside(some))?;
        let source = if self.probed && null_is_none(shape, def) {
            OptionSource::NullIsNone
        } else if let Some(tagged) = self.probed.then(|| tagged(shape, def)).flatten() {
            tagged
        } else if self.builder.is_empty(some) {
            OptionSource::IsSome {
                is_some: self
                    .builder
                    .function(FunctionKind::OptionIsSome, def.vtable.is_some as *const ()),
            }
        } else {
            OptionSource::GetValue {
                get_value: self.builder.function(
                    FunctionKind::OptionGetValue,
                    def.vtable.get_value as *const (),
                ),
            }
        };
        self.builder
            .push(&scope, Op::WriteOption { at, source, some })
    }

    /// A result: a block for either payload.
    pub(super) fn result(
        &mut self,
        def: &'static ResultDef,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        let at = scope.offset()?;
        let ok = self.builder.open();
        let trail = scope.step(Part::Variant("Ok"));
        self.value(def.t, scope.along(&trail).inside(ok))?;
        let err = self.builder.open();
        let trail = scope.step(Part::Variant("Err"));
        self.value(def.e, scope.along(&trail).inside(err))?;
        let vtable = def.vtable;
        let is_ok = self
            .builder
            .function(FunctionKind::ResultIsOk, vtable.is_ok as *const ());
        let get_ok = self
            .builder
            .function(FunctionKind::ResultGetOk, vtable.get_ok as *const ());
        let get_err = self
            .builder
            .function(FunctionKind::ResultGetErr, vtable.get_err as *const ());
        let op = Op::WriteResult {
            at,
            is_ok,
            get_ok,
            get_err,
            ok,
            err,
        };
        self.builder.push(&scope, op)
    }

    /// An enum: a block for each variant.
    pub(super) fn enumeration(
        &mut self,
        shape: &'static Shape,
        variants: &'static EnumType,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        if variants.variants.is_empty() {
            let path = self.builder.path(&scope);
            return self.builder.push(&scope, uninhabited(path));
        }
        let tagging =
            enums::tagging(shape).map_err(|reason| scope.refuse(format!("`{shape}` {reason}")))?;
        let Some(tag) = enums::tag_width(variants) else {
            return Err(scope.refuse(format!(
                "`{shape}` has no `repr` with a primitive type, and Rust does not promise where \
                 its tag is; add `#[repr(u8)]`"
            )));
        };
        scope.moved(size_of::<u64>())?.offset()?;
        if tagging == Tagging::Numeric {
            check_numeric(shape, variants, &scope)?;
            if !variants.variants.iter().any(enums::is_skipped) {
                return self.scalar(enums::tag_scalar(tag), &scope);
            }
        }
        let at = scope.offset()?;
        let mut arms: Vec<Arm> = Vec::with_capacity(variants.variants.len());
        let mut seen = rustc_hash::FxHashSet::default();
        for (index, variant) in variants.variants.iter().enumerate() {
            let trail = scope.step(Part::Variant(variant.name));
            let scope = scope.along(&trail);
            let discriminant = variant
                .discriminant
                .and_then(|value| enums::discriminant(tag, value))
                .filter(|value| seen.insert(*value));
            let Some(discriminant) = discriminant else {
                return Err(scope.refuse("has no discriminant of its own that fits the tag"));
            };
            let block = self.builder.open();
            let told = enums::tagging_of(variant, tagging);
            let scope = scope.inside_same(block);
            self.variant((shape, variant), index, (told, tag), scope)?;
            arms.push(Arm {
                discriminant,
                block,
            });
        }
        let arms = self.builder.table(arms);
        let path = self.builder.path(&scope);
        let op = Op::Switch {
            at,
            tag,
            arms,
            path,
        };
        self.builder.push(&scope, op)
    }

    fn variant(
        &mut self,
        (shape, variant): (&'static Shape, &'static Variant),
        index: usize,
        (tagging, tag): (Tagging, TagWidth),
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        let fields = variant.data.fields;
        if enums::is_skipped(variant) {
            // Its fields need no encoding: serde does not ask for one either.
            let why = NoForm::Skipped;
            let path = self.builder.path(&scope);
            return self.builder.push(&scope, Op::Never { why, path });
        }
        if variant.has_builtin_attr("proxy") {
            return Err(scope.refuse(
                "is a variant with a proxy, which facet does not use there; put it on the variant's field or on the enum",
            ));
        }
        if variant.is_other()
            && let Some(refused) = fields::captures_unknown(fields)
        {
            return Err(refuse_field(refused, &scope));
        }
        match tagging {
            Tagging::Index => self.constant(&varint(index), &scope)?,
            Tagging::Name => {
                check_tagged_by_name(variant, &scope)?;
                let name = names::of_variant(shape, variant);
                self.constant(&varint(name.len()), &scope)?;
                self.constant(name.as_bytes(), &scope)?;
            }
            // The tag is the discriminant, and all there is.
            Tagging::Numeric => return self.scalar(enums::tag_scalar(tag), &scope),
            Tagging::Untagged => {}
        }
        self.fields(Fields::of_variant(&variant.data), scope)
    }

    fn constant(&mut self, bytes: &[u8], scope: &Scope<'_>) -> Result<(), LowerError> {
        for chunk in bytes.chunks(Literal::MAX_LEN) {
            if let Some(bytes) = Literal::new(chunk) {
                self.builder.push(scope, Op::WriteConst { bytes })?;
            }
        }
        Ok(())
    }
}

/// Refuses a numeric enum whose variants are more than numbers.
fn check_numeric(
    shape: &'static Shape,
    variants: &'static EnumType,
    scope: &Scope<'_>,
) -> Result<(), LowerError> {
    // To facet what a C compiler takes for such an enum has no sign and 32 bits.
    let fits = |variant: &Variant| {
        variant
            .discriminant
            .is_some_and(|it| u32::try_from(it).is_ok())
    };
    let is_c = variants.repr.base == BaseRepr::C && variants.enum_repr == EnumRepr::U32;
    if is_c && !variants.variants.iter().all(fits) {
        return Err(scope.refuse(format!(
            "`{shape}` is numeric and `repr(C)`, which does not say what integer it is; add `#[repr(i32)]`, or another, \
             in its place"
        )));
    }
    let has_fields =
        |variant: &&Variant| !enums::is_skipped(variant) && !variant.data.fields.is_empty();
    match variants.variants.iter().find(has_fields) {
        None => Ok(()),
        Some(variant) => Err(scope.refuse(format!(
            "`{shape}` is numeric, and its variant `{}` has fields a number cannot hold; remove `is_numeric`, or the fields",
            variant.name
        ))),
    }
}

/// What serde can tell by name in front of the fields: units and structs.
fn check_tagged_by_name(variant: &'static Variant, scope: &Scope<'_>) -> Result<(), LowerError> {
    let fits = match variant.data.kind {
        StructKind::Unit | StructKind::Struct => true,
        StructKind::TupleStruct | StructKind::Tuple => {
            matches!(variant.data.fields, [only] if fields::is_skipped(only) || holds_named_fields(only))
        }
    };
    if fits {
        return Ok(());
    }
    Err(scope.refuse(
        "is a variant of an internally tagged enum and holds something other than named fields: vox writes \
         those only, of the variant itself or of the struct it holds, be it behind pointers; name its fields, or add `content` to the enum's `tag`",
    ))
}

/// Pointers, locks and newtypes around a struct that are looked through. Types may lead to themselves.
const MAX_AROUND: usize = 16;

/// Whether a field is a struct that serde serializes as one: by itself, or handed on by what is around it.
fn holds_named_fields(field: &'static Field) -> bool {
    if is_replaced(field) {
        return false;
    }
    let mut shape = field.shape();
    for _ in 0..=MAX_AROUND {
        shape = match classify(shape) {
            Kind::Pointer(pointer) => pointer.pointee,
            Kind::Lock(lock) => lock.inner,
            Kind::Struct(inner) if is_struct_to_serde(shape) => match (inner.kind, inner.fields) {
                (StructKind::Struct, _) => return true,
                (StructKind::TupleStruct, [only])
                    if !fields::is_skipped(only) && !is_replaced(only) =>
                {
                    only.shape()
                }
                _ => return false,
            },
            _ => return false,
        };
    }
    false
}

/// Whether something is encoded in the field's place.
fn is_replaced(field: &Field) -> bool {
    field.proxy.is_some() || !field.format_proxies.is_empty()
}

/// Whether serde sees what facet calls a struct as one.
fn is_struct_to_serde(shape: &Shape) -> bool {
    // To serde a tuple.
    let is_complex = shape.module_path == Some("num_complex");
    !is_complex && shape.inner.is_none() && !is_metadata_container(shape)
}

fn refuse_field(refused: Refused, scope: &Scope<'_>) -> LowerError {
    let trail = scope.step(Part::Field(refused.field.name));
    scope.along(&trail).refuse(refused.reason)
}

/// The varint of a variant's number or a name's length.
fn varint(value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = value;
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            bytes.push(low & 0x7f);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// Whether dropping a value of this shape does anything, as far as it is known.
fn needs_drop(shape: &Shape) -> bool {
    let is_copy = shape.marker_traits.contains(facet_core::MarkerTraits::COPY);
    !is_copy
        && matches!(
            shape.type_ops,
            Some(TypeOps::Direct(_) | TypeOps::Indirect(_))
        )
}

/// How to read an option whose layout could be learnt.
fn tagged(shape: &'static Shape, def: &'static OptionDef) -> Option<OptionSource> {
    let found = probe::option(shape, def)?;
    let offset = |distance: usize| u32::try_from(distance).ok().map(Offset);
    let tag = match found.width {
        1 => TagWidth::U8,
        2 => TagWidth::U16,
        4 => TagWidth::U32,
        8 => TagWidth::U64,
        _ => return None,
    };
    Some(OptionSource::Tagged {
        tag,
        tag_at: offset(found.at)?,
        none: found.none.cast_signed(),
        payload: offset(found.payload)?,
    })
}

/// Whether Rust promises that a null word is `None` and anything else the
/// payload: options of references and boxes of sized types.
fn null_is_none(shape: &Shape, def: &OptionDef) -> bool {
    let is_word = shape
        .layout
        .sized_layout()
        .is_ok_and(|layout| layout.size() == size_of::<usize>());
    is_word
        && matches!(classify(def.t), Kind::Pointer(pointer) if pointer.form == PointerForm::Word)
}
