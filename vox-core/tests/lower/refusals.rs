//! Types that have no encoding: where the error points, and what it says.

use core::ptr::NonNull;
use std::collections::HashMap;
use std::rc::Rc;

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;

use crate::common::refusal;

#[track_caller]
fn refuses<T: Facet<'static> + ?Sized>(path: &str, reason: &str) {
    let error = refusal::<T>();
    assert_eq!(error.path, path, "{error}");
    assert!(error.reason.contains(reason), "{error}");
}

#[derive(Facet)]
struct Bad {
    fine: u8,
    pointer: *const u8,
}

#[derive(Facet)]
#[repr(u8)]
enum Nested {
    Fine,
    Tuple(u8, Bad),
    Named { list: Vec<Bad> },
}

#[test]
fn the_path_leads_to_the_part() {
    refuses::<Bad>(".pointer", "raw pointer");
    refuses::<Vec<Bad>>("[].pointer", "` is a raw pointer");
    refuses::<Nested>("::Tuple.1.pointer", "raw pointer");
    refuses::<HashMap<u8, Bad>>(".values[].pointer", "raw pointer");
    refuses::<Option<Box<[Bad; 3]>>>("[].pointer", "raw pointer");
    refuses::<Result<u8, Bad>>("::Err.pointer", "raw pointer");
    refuses::<[Bad]>("[].pointer", "raw pointer");
}

#[derive(Facet)]
struct Far {
    bad: Bad,
    #[facet(recursive_type)]
    list: Vec<Far>,
}

#[derive(Facet)]
struct Through {
    far: Box<Far>,
}

#[test]
fn the_path_leads_through_recursion() {
    refuses::<Far>(".bad.pointer", "raw pointer");
    refuses::<Through>(".far.bad.pointer", "raw pointer");
}

#[test]
fn pointers_that_cannot_be_followed() {
    refuses::<NonNull<u8>>("", "raw pointer");
    refuses::<*mut u8>("", "raw pointer");
    refuses::<Vec<Rc<*const u8>>>("[]", "raw pointer");
}

#[derive(Facet)]
struct Flat {
    a: u8,
    #[facet(flatten)]
    rest: Rest,
}

#[derive(Facet)]
struct Rest {
    b: u8,
}

#[test]
fn flattened_fields() {
    refuses::<Flat>(".rest", "map of unknown length");
}

#[derive(Facet)]
struct Trailing {
    a: u8,
    #[facet(opaque, trailing)]
    rest: Vec<u8>,
}

#[test]
fn trailing_fields() {
    refuses::<Trailing>(".rest", "trailing");
}

struct Unknown;

#[derive(Facet)]
struct WithOpaque {
    #[facet(opaque)]
    hidden: Unknown,
}

#[derive(Facet)]
#[facet(opaque)]
struct Closed {
    hidden: u8,
}

#[test]
fn opaque_types() {
    refuses::<WithOpaque>(".hidden", "opaque");
    refuses::<Closed>("", "opaque");
    refuses::<core::any::TypeId>("", "opaque");
}

#[derive(Facet)]
#[repr(u8)]
#[facet(is_numeric)]
enum NumericWithFields {
    Zero,
    One(u8),
}

#[derive(Facet)]
#[repr(u8)]
#[facet(tag = "type")]
enum TaggedNumber {
    Number(u8),
}

/// Serde writes its name in front.
#[derive(Facet)]
#[facet(tag = "type")]
struct TaggedStruct {
    x: u8,
}

#[derive(Facet)]
#[repr(u8)]
#[expect(dead_code, reason = "refused")]
enum WithProxy {
    #[facet(proxy = u8)]
    One(u16),
}

impl From<&WithProxy> for u8 {
    fn from(_: &WithProxy) -> Self {
        0
    }
}

impl From<u8> for WithProxy {
    fn from(_: u8) -> Self {
        Self::One(0)
    }
}

/// A C compiler chooses the integer.
#[derive(Facet)]
#[repr(C)]
#[facet(is_numeric)]
enum NumericInC {
    Least = -1,
}

/// A map of unknown length to serde, though nothing of it is left.
#[derive(Facet)]
#[repr(u8)]
#[expect(dead_code, reason = "refused")]
enum Flattened {
    Named {
        a: u8,
        #[facet(flatten, skip)]
        b: TaggedNothing,
    },
}

#[derive(Facet, Default)]
struct TaggedNothing {
    x: u8,
}

#[test]
fn types_whose_attributes_have_no_form() {
    refuses::<TaggedStruct>("", "remove `tag`");
    refuses::<WithProxy>("::One", "a variant with a proxy");
    refuses::<NumericInC>("", "add `#[repr(i32)]`");
    refuses::<Flattened>("::Named.b", "flattened");
}

/// Facet says that it is not packed.
#[derive(Facet, Clone, Copy)]
#[repr(C, packed(2))]
struct PackedByTwo {
    a: u8,
    b: core::time::Duration,
}

/// Its last field is where it may be.
#[derive(Facet, Clone, Copy)]
#[repr(C, packed(4))]
struct PackedByFour {
    a: u64,
    b: Option<u32>,
}

/// The walker makes references to every field: it is shown the same without `packed`.
#[derive(Facet, Serialize)]
struct Unpacked {
    a: u64,
    b: Option<u32>,
}

codec_test!(
    fn fields_of_packed_structs_that_are_aligned(judge: &Judge) {
        for (a, b) in [(1, Some(2)), (300, None)] {
            let twin = [Unpacked { a, b }, Unpacked { a: !a, b }];
            let value = [PackedByFour { a, b }, PackedByFour { a: !a, b }];
            judge.in_every_mode("packed", &twin, |mode, expected| {
                let bytes = mode.runtime.to_bytes(&value).expect("it encodes");
                assert_eq!(bytes, expected, "{}", mode.name);
            });
        }
    }
);

#[test]
fn fields_that_are_not_aligned() {
    refuses::<PackedByTwo>(".b", "no reference to it may be made");
    refuses::<[PackedByTwo; 2]>("[].b", "no reference to it may be made");
}

#[test]
fn enums_whose_attributes_have_no_form() {
    refuses::<Vec<NumericWithFields>>("[]", "`One` has fields");
    refuses::<TaggedNumber>("::Number", "add `content`");
}

/// Only in builds of this crate alone: the tests of `vox` turn the feature on.
#[cfg(not(any(feature = "uuid", feature = "chrono")))]
#[test]
fn types_whose_feature_is_off() {
    #[derive(Facet)]
    struct Session {
        number: u32,
        ids: Vec<uuid::Uuid>,
    }
    let error = refusal::<Session>();
    assert_eq!(
        error.to_string(),
        ".ids[]: `Uuid` is a type of another crate, which vox encodes when its cargo feature \
         `uuid` is on"
    );
    refuses::<Option<uuid::Uuid>>("", "feature `uuid`");
    // Facet has a proxy for it, which writes negative ones otherwise than serde.
    refuses::<(u8, chrono::TimeDelta)>(".1", "feature `chrono`");
    refuses::<std::collections::BTreeMap<u8, uuid::Uuid>>(".values[]", "feature `uuid`");
}
