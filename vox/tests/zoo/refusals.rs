//! What has no encoding: refused with the reason the support list gives.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::hash::RandomState;
use std::ptr::NonNull;

use facet::{Facet, Repr, Shape, ShapeBuilder, Type, UnionType, UserType};
use vox::EncodeErrorKind;
use vox_oracle::mode;
use yoke::Yoke;

struct NotFacet;

#[derive(Facet)]
struct Hidden {
    #[facet(opaque)]
    hidden: NotFacet,
}

#[derive(Facet)]
struct Flattening {
    #[facet(flatten)]
    map: BTreeMap<String, u8>,
}

#[derive(Facet)]
#[repr(u8)]
enum SkippedVariant {
    Kept,
    #[facet(skip)]
    Gone,
}

#[derive(Facet)]
#[repr(u8)]
enum Captures {
    Known(u8),
    #[facet(other)]
    Unknown {
        #[facet(tag)]
        tag: String,
    },
}

#[derive(Facet)]
#[repr(u8)]
#[facet(tag = "type")]
enum TaggedTuple {
    Pair(u8, u8),
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

/// Something without an encoding, and a part of the reason that is given.
pub(crate) struct Refusal {
    pub(crate) what: &'static str,
    pub(crate) reason: &'static str,
    check: fn(&str),
}

/// In every mode, as the root and inside of something else.
fn refused<T: Facet<'static>>(value: T, reason: &str) {
    let list = vec![(1_u8, value)];
    for mode in mode::all() {
        for error in [
            mode.runtime.to_bytes(&list[0].1).expect_err("refused"),
            mode.runtime.to_bytes(&list).expect_err("refused"),
        ] {
            assert_eq!(
                error.kind(),
                EncodeErrorKind::Unsupported,
                "{}: {error}",
                mode.name
            );
            assert!(error.to_string().contains(reason), "{}: {error}", mode.name);
        }
    }
}

macro_rules! refusals {
    ($($what:literal, $reason:literal: $value:expr;)+) => {
        pub(crate) const REFUSALS: &[Refusal] = &[$(
            Refusal { what: $what, reason: $reason, check: |reason| refused($value, reason) }
        ),+];
    };
}

refusals! {
    "`*const T`, `*mut T`", "is a raw pointer, which may dangle": std::ptr::null::<u8>();
    "`NonNull<T>`", "is a raw pointer, which may dangle": NonNull::<u8>::dangling();
    "function pointers", "is a function pointer, which has no encoding": crate_function as fn(u8) -> u8;
    "unions", "is a union, and nothing tells which field is valid": Either { number: 1 };
    "`TypeId`, `RandomState` and other types facet knows by name only", "is opaque to reflection": TypeId::of::<u8>();
    "`RandomState` as a field", "is opaque to reflection": RandomState::new();
    "`#[facet(opaque)]` without a proxy", "is opaque to reflection": Hidden { hidden: NotFacet };
    "`yoke::Yoke`: facet shows its cart, serde writes what is yoked to it", "is opaque to reflection": Yoke::<&'static str, Box<str>>::attach_to_cart("cart".into(), |text| text);
    "`flatten`", "serde makes a flattened struct a map of unknown length, which postcard refuses": Flattening { map: BTreeMap::new() };
    "`skip` on a variant", "is a variant marked as skipped, which has no encoding": SkippedVariant::Kept;
    "`tag` and `content` on a field of an `other` variant", "captures the tag or content of an unknown variant": Captures::Known(1);
    "`tag` alone, and a variant that does not hold named fields", "is a variant of an internally tagged enum and holds something other than named fields": TaggedTuple::Pair(1, 2);
    "`is_numeric`, and a variant with fields", "has fields a number cannot hold": NumericWithFields::Holds(1);
}

const fn crate_function(it: u8) -> u8 {
    it
}

#[test]
fn refused_for_the_reason_given() {
    for refusal in REFUSALS {
        (refusal.check)(refusal.reason);
    }
}
