//! What has no encoding: refused with the reason the support list gives, at every kind of place.
//!
//! Types are refused whatever the value; values, where only some of a type's have no form.
//! Not here: the whole texts (`failures`), and what a proxy or a lock does (`failures` as well).

use std::any::TypeId;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::ptr::NonNull;
use std::sync::OnceLock;

use facet::{
    Def, EnumRepr, EnumType, Facet, FacetOpaqueAdapter, NdArrayDef, OpaqueDeserialize,
    OpaqueSerialize, PtrConst, Repr, Shape, ShapeBuilder, Type, UnionType, UserType,
    VariantBuilder,
};
use facet_reflect::Peek;
use facet_value::Value;
use vox::EncodeErrorKind;
use vox_oracle::mode;
use yoke::Yoke;

struct NotFacet;

/// A hasher that stands in front of the table.
#[derive(Default)]
#[repr(align(64))]
struct Moving([u64; 8]);

impl BuildHasher for Moving {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        DefaultHasher::new()
    }
}

#[derive(Facet)]
struct OpaqueField {
    #[facet(opaque)]
    hidden: NotFacet,
}

#[derive(Facet)]
#[facet(opaque)]
struct OpaqueType {
    hidden: u8,
}

/// A type that another one decides about, value by value.
#[derive(Facet)]
#[repr(C)]
#[facet(opaque = Adapter)]
struct Adapted {
    bytes: Vec<u8>,
}

struct Adapter;

impl FacetOpaqueAdapter for Adapter {
    type Error = String;
    type SendValue<'a> = Adapted;
    type RecvValue<'de> = Adapted;

    fn serialize_map(value: &Adapted) -> OpaqueSerialize {
        OpaqueSerialize::mapped(PtrConst::new(&raw const value.bytes), <Vec<u8>>::SHAPE)
    }

    fn deserialize_build(input: OpaqueDeserialize<'_>) -> Result<Adapted, String> {
        Ok(Adapted {
            bytes: match input {
                OpaqueDeserialize::Borrowed(bytes) => bytes.to_vec(),
                OpaqueDeserialize::Owned(bytes) => bytes,
            },
        })
    }
}

#[derive(Facet)]
struct Trailing {
    kind: u8,
    #[facet(trailing)]
    payload: Adapted,
}

#[derive(Facet)]
struct Flattening {
    #[facet(flatten)]
    map: BTreeMap<String, u8>,
}

#[derive(Facet)]
#[repr(u8)]
enum CapturesTag {
    Known(u8),
    #[facet(other)]
    Unknown {
        #[facet(tag)]
        tag: String,
    },
}

#[derive(Facet)]
#[repr(u8)]
enum CapturesContent {
    Known(u8),
    #[facet(other)]
    Unknown {
        #[facet(content)]
        content: u8,
    },
}

#[derive(Facet)]
#[facet(tag = "type")]
struct TaggedStruct {
    number: u8,
}

#[derive(Facet)]
#[repr(u8)]
#[facet(tag = "type")]
enum TaggedTuple {
    Pair(u8, u8),
}

#[derive(Facet)]
struct Newtype(Box<u8>);

#[derive(Facet)]
#[repr(u8)]
#[facet(tag = "type")]
enum TaggedNumber {
    Behind(Box<Newtype>),
}

/// No value has an end, and neither has the type.
#[derive(Facet)]
struct Endless(#[facet(recursive_type)] Box<Endless>);

#[derive(Facet)]
#[repr(u8)]
#[facet(tag = "type")]
enum TaggedEndless {
    Unit,
    #[allow(dead_code, reason = "there are no values")]
    Never(Endless),
}

#[derive(Facet)]
#[repr(u8)]
#[facet(is_numeric)]
enum NumericWithFields {
    Holds(u8),
}

#[repr(C)]
union Either {
    number: u32,
    bits: [u8; 4],
}

// SAFETY: the shape describes the type, whose fields nobody is told of. Facet
// has no derive for unions.
unsafe impl<'f> Facet<'f> for Either {
    const SHAPE: &'static Shape = &const {
        ShapeBuilder::for_sized::<Self>("Either")
            .ty(Type::User(UserType::Union(UnionType {
                repr: Repr::c(),
                fields: &[],
            })))
            .build()
    };
}

/// A matrix. No crate facet knows has one, but its description provides for them.
struct Matrix([u32; 4]);

// SAFETY: the shape describes the type: four numbers in memory, two by two.
unsafe impl<'f> Facet<'f> for Matrix {
    const SHAPE: &'static Shape = &const {
        ShapeBuilder::for_sized::<Self>("Matrix")
            .ty(Type::User(UserType::Opaque))
            .def(Def::NdArray(NdArrayDef::new(
                &facet::NdArrayVTable {
                    count: |_| 4,
                    n_dim: |_| 2,
                    dim: |_, index| (index < 2).then_some(2),
                    get: |_, _| None,
                    get_mut: None,
                    byte_stride: None,
                    as_ptr: None,
                    as_mut_ptr: None,
                },
                u32::SHAPE,
            )))
            .build()
    };
}

/// A vector of `core::simd`, as facet describes those with a nightly compiler.
#[repr(C, align(16))]
struct Simd([f32; 4]);

// SAFETY: a shape that says no more than the layout is right for any type.
unsafe impl<'f> Facet<'f> for Simd {
    const SHAPE: &'static Shape = &const {
        ShapeBuilder::for_sized::<Self>("f32x4")
            .ty(Type::User(UserType::Opaque))
            .def(Def::Scalar)
            .build()
    };
}

/// An enum without a representation, as the standard library's are described.
enum Unrepresented {
    Only,
}

// SAFETY: the shape describes the type, and says that nothing is promised of its tag.
unsafe impl<'f> Facet<'f> for Unrepresented {
    const SHAPE: &'static Shape = &const {
        ShapeBuilder::for_sized::<Self>("Unrepresented")
            .ty(Type::User(UserType::Enum(EnumType {
                repr: Repr::default(),
                enum_repr: EnumRepr::Rust,
                is_cow: false,
                variants: &const { [VariantBuilder::unit("Only").build()] },
            })))
            .build()
    };
}

/// `content` is half of a pair.
#[derive(Facet)]
#[repr(u8)]
#[facet(content = "content")]
enum ContentAlone {
    Only(u8),
}

/// A shape that says nothing.
struct Undescribed;

// SAFETY: a shape that says no more than the layout is right for any type.
unsafe impl<'f> Facet<'f> for Undescribed {
    const SHAPE: &'static Shape = &const {
        let mut shape = ShapeBuilder::for_sized::<Self>("Undescribed").build();
        // The builder finds a form that fits the definition.
        shape.ty = Type::Undefined;
        shape
    };
}

/// For errors of values.
#[derive(Facet)]
#[repr(u8)]
enum Skipping {
    Kept(u8),
    #[facet(skip)]
    Gone,
}

#[derive(Facet)]
#[facet(proxy = u8)]
struct NeverConverts;

impl TryFrom<&NeverConverts> for u8 {
    type Error = &'static str;
    fn try_from(_: &NeverConverts) -> Result<Self, Self::Error> {
        Err("not today")
    }
}

impl TryFrom<u8> for NeverConverts {
    type Error = &'static str;
    fn try_from(_: u8) -> Result<Self, Self::Error> {
        Err("not today")
    }
}

/// Something without an encoding, and a part of the reason that is given.
pub(crate) struct Refusal {
    /// The test type, as the support list names it.
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) kind: EncodeErrorKind,
    check: fn(&Refusal),
}

#[derive(Facet)]
struct Holder<T> {
    before: u8,
    field: T,
    after: String,
}

/// A value somewhere, which must be refused in every mode, and leave the buffer alone.
fn refused(refusal: &Refusal, path: &str, peek: Peek<'_, 'static>) {
    for mode in mode::all() {
        let label = format!("{}, {}, {}", refusal.name, peek.shape(), mode.name);
        let mut buffer = vec![1, 2, 3];
        let Err(error) = mode.runtime.peek_to_bytes_in(peek, &mut buffer) else {
            panic!("{label}: encoded as {buffer:?}");
        };
        assert_eq!(buffer, [1, 2, 3], "{label}");
        assert_eq!(error.kind(), refusal.kind, "{label}: {error}");
        assert!(error.path().starts_with(path), "{label}: {error}");
        assert!(
            error.to_string().contains(refusal.reason),
            "{label}: {error}"
        );
    }
}

/// As root, field, list element, option payload and map value.
fn refused_everywhere<T: Facet<'static> + 'static>(refusal: &Refusal, make: fn() -> T) {
    let holder = Holder {
        before: 1,
        field: make(),
        after: String::new(),
    };
    refused(refusal, "", Peek::new(&make()));
    refused(refusal, ".field", Peek::new(&holder));
    refused(refusal, "[", Peek::new(&vec![make()]));
    refused(refusal, "", Peek::new(&Some(make())));
    refused(
        refusal,
        ".values[",
        Peek::new(&BTreeMap::from([(1_u8, make())])),
    );
}

macro_rules! refusals {
    ($($kind:ident $name:ident $what:literal, $reason:literal: $value:expr;)+) => {
        &[$(
            Refusal {
                name: stringify!($name),
                what: $what,
                reason: $reason,
                kind: EncodeErrorKind::$kind,
                check: |refusal| refused_everywhere(refusal, || $value),
            }
        ),+]
    };
}

/// Whatever the value.
pub(crate) const TYPES: &[Refusal] = refusals! {
    Unsupported raw_pointer "`*const T`", "is a raw pointer, which may dangle": std::ptr::null::<u8>();
    Unsupported mutable_raw_pointer "`*mut T`", "is a raw pointer, which may dangle": std::ptr::null_mut::<u8>();
    Unsupported non_null "`NonNull<T>`", "is a raw pointer, which may dangle": NonNull::<u8>::dangling();
    Unsupported function "function pointers", "is a function pointer, which has no encoding": crate_function as fn(u8) -> u8;
    Unsupported c_function "`extern \"C\"` function pointers", "is a function pointer, which has no encoding": c_function as extern "C" fn(u8) -> u8;
    Unsupported union "unions", "is a union, and nothing tells which field is valid": Either { number: 1 };
    Unsupported type_id "`TypeId`, and other types facet knows by name only", "is opaque to reflection": TypeId::of::<u8>();
    Unsupported const_type_id "facet's own `ConstTypeId`", "is opaque to reflection": u8::SHAPE.id;
    Unsupported description "facet's own descriptions: `Shape`, `Def`, `Type` and what they consist of", "is opaque to reflection": u8::SHAPE.ty;
    Unsupported random_state "`RandomState` as a field", "is opaque to reflection": RandomState::new();
    Unsupported opaque_field "`#[facet(opaque)]` on a field without a proxy", "is opaque to reflection": OpaqueField { hidden: NotFacet };
    Unsupported opaque_type "`#[facet(opaque)]` on a type without a proxy", "is opaque to reflection": OpaqueType { hidden: 1 };
    Unsupported adapted "opaque adapters: `#[facet(opaque = ...)]`", "has an opaque adapter, which decides the type to encode anew for every value": Adapted { bytes: vec![1] };
    Unsupported trailing "`trailing`", "is marked as trailing": Trailing { kind: 1, payload: Adapted { bytes: vec![1] } };
    Unsupported yoke "`yoke::Yoke`: facet shows its cart, serde writes what is yoked to it", "is opaque to reflection": Yoke::<&'static str, Box<str>>::attach_to_cart("cart".into(), |text| text);
    Unsupported dynamic "dynamic values: `facet_value::Value`", "is a dynamic value, and postcard does not describe its own structure": Value::from(1_i64);
    Unsupported matrix "arrays of several dimensions", "is an array of several dimensions": Matrix([1; 4]);
    Unsupported simd "`core::simd` vectors (facet's feature `simd`, with a nightly compiler)", "is opaque to reflection": Simd([1.0; 4]);
    Unsupported undescribed "shapes that describe nothing", "has a shape that describes nothing": Undescribed;
    Unsupported hasher "a `HashMap` or `HashSet` whose hasher moves the table, as large alignment does", "has a hasher that changes where its table is": HashMap::<u8, u8, Moving>::default();
    Unsupported odd_uint "`ruint::Uint` and `Bits` of other sizes than the list has", "is opaque to reflection": ruint::Uint::<72, 2>::ZERO;
    Unsupported flatten "`flatten`", "serde makes a flattened struct a map of unknown length, which postcard refuses": Flattening { map: BTreeMap::new() };
    Unsupported captures_tag "`tag` on a field of an `other` variant", "captures the tag or content of an unknown variant": CapturesTag::Known(1);
    Unsupported captures_content "`content` on a field of an `other` variant", "captures the tag or content of an unknown variant": CapturesContent::Known(1);
    Unsupported tagged_struct "`tag` on a struct", "is a struct with a `tag`, in front of which serde writes its name": TaggedStruct { number: 1 };
    Unsupported tagged_tuple "`tag` alone, and a variant that does not hold named fields", "is a variant of an internally tagged enum and holds something other than named fields": TaggedTuple::Pair(1, 2);
    Unsupported tagged_number "`tag` alone, and a variant that holds a number behind pointers and newtypes", "is a variant of an internally tagged enum and holds something other than named fields": TaggedNumber::Behind(Box::new(Newtype(Box::new(1))));
    Unsupported tagged_endless "`tag` alone, and a variant that holds a newtype of itself", "is a variant of an internally tagged enum and holds something other than named fields": TaggedEndless::Unit;
    Unsupported content_alone "`content` without `tag`", "has a `content` attribute without a `tag`": ContentAlone::Only(1);
    Unsupported unrepresented "enums whose shape says no `repr` with a primitive type", "has no `repr` with a primitive type": Unrepresented::Only;
    Unsupported numeric_with_fields "`is_numeric`, and a variant with fields", "has fields a number cannot hold": NumericWithFields::Holds(1);
};

/// Values without a form, of types whose other values have one.
pub(crate) const VALUES: &[Refusal] = refusals! {
    InvalidValue skipped_variant "a variant with `skip` or `skip_serializing`", "a variant marked as skipped, which has no encoding": Skipping::Gone;
    InvalidValue path_not_utf8 "a path that is not UTF-8", "path contains invalid UTF-8 characters": not_utf8();
    Lock unset "`OnceLock` before it is set", "the lock could not be taken, or the `OnceLock` is not set": OnceLock::<u8>::new();
    Proxy unconverted "what its proxy cannot be made of", "the proxy conversion failed: not today": NeverConverts;
};

#[cfg(unix)]
fn not_utf8() -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    std::ffi::OsString::from_vec(vec![b'a', 0xff]).into()
}

/// Half of a pair of surrogates.
#[cfg(windows)]
fn not_utf8() -> PathBuf {
    use std::os::windows::ffi::OsStringExt as _;
    std::ffi::OsString::from_wide(&[0x61, 0xd800]).into()
}

const fn crate_function(it: u8) -> u8 {
    it
}

extern "C" fn c_function(it: u8) -> u8 {
    it
}

#[test]
fn types_for_the_reason_given() {
    for refusal in TYPES {
        (refusal.check)(refusal);
    }
}

#[test]
fn values_for_the_reason_given() {
    for refusal in VALUES {
        (refusal.check)(refusal);
    }
}
