//! Attributes of facet beside serde's, where serde has them; by a twin otherwise.
//!
//! Those that are refused are in [`crate::refusals`]; [`crate::grammar`] sees that
//! none is forgotten.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use facet::Facet;
use serde::{Serialize, Serializer};

fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[derive(Facet, Serialize)]
struct Skip {
    before: u8,
    #[facet(skip)]
    #[serde(skip)]
    skipped: String,
    #[facet(skip_serializing)]
    #[serde(skip_serializing)]
    not_written: u64,
    #[facet(skip_deserializing)]
    #[serde(skip_deserializing)]
    written: u16,
}

#[derive(Facet, Serialize)]
struct SkipIf {
    #[facet(skip_serializing_if = is_zero)]
    #[serde(skip_serializing_if = "is_zero")]
    number: u32,
    #[facet(skip_serializing_if = Vec::is_empty)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    list: Vec<u8>,
    last: bool,
}

#[derive(Facet, Serialize)]
struct SkipUnlessTruthy {
    first: u8,
    #[facet(skip_unless_truthy)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    list: Vec<u8>,
    #[facet(skip_unless_truthy)]
    #[serde(skip_serializing_if = "Option::is_none")]
    option: Option<u8>,
}

#[derive(Facet, Serialize)]
#[facet(skip_all_unless_truthy)]
struct SkipAllUnlessTruthy {
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    option: Option<u32>,
    #[serde(skip_serializing_if = "is_zero")]
    number: u32,
}

/// A type that says itself what is true.
#[derive(Facet, Serialize)]
#[facet(truthy = SaysTruth::is_long)]
struct SaysTruth {
    text: String,
}

impl SaysTruth {
    fn is_long(&self) -> bool {
        self.text.len() > 3
    }

    fn is_short(&self) -> bool {
        !self.is_long()
    }
}

#[derive(Facet, Serialize)]
struct HasTruth {
    #[facet(skip_unless_truthy)]
    #[serde(skip_serializing_if = "SaysTruth::is_short")]
    field: SaysTruth,
    last: u8,
}

#[derive(Facet, Serialize)]
#[facet(
    rename_all = "camelCase",
    deny_unknown_fields,
    type_tag = "com.example.Names"
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Names {
    #[facet(rename = "another name")]
    #[serde(rename = "another name")]
    first_name: String,
    #[facet(alias = "other", default)]
    #[serde(alias = "other", default)]
    second_name: u32,
    #[facet(sensitive, default = 7)]
    third_name: u16,
}

/// For formats that are trees.
#[derive(Facet, Serialize)]
struct Element {
    #[facet(attribute)]
    attribute: u8,
    #[facet(child)]
    child: u16,
    #[facet(text)]
    text: String,
    #[facet(metadata = "line")]
    line: u32,
}

#[derive(Facet, Serialize)]
#[repr(u8)]
enum ForTrees {
    Known(u8),
    #[facet(custom_element)]
    Custom(u16),
}

#[derive(Facet, Serialize, Debug)]
#[facet(traits(Debug), pod)]
struct Traits {
    number: u32,
}

#[derive(Facet, Serialize, Debug)]
#[facet(auto_traits)]
struct AutoTraits {
    number: u32,
}

#[derive(Facet, Serialize)]
#[facet(where T: Clone)]
struct Where<T> {
    value: T,
}

#[derive(Facet, Serialize)]
#[facet(crate = ::facet)]
struct FromCrate {
    value: u32,
}

/// Invariants are checked when a value is built, not when it is read.
#[derive(Facet, Serialize)]
#[facet(invariants = Even::is_even)]
struct Even {
    value: u32,
}

impl Even {
    fn is_even(&self) -> bool {
        self.value.is_multiple_of(2)
    }
}

#[derive(Facet, Serialize)]
#[facet(transparent)]
#[serde(transparent)]
struct Transparent(Vec<u16>);

#[derive(Facet)]
#[facet(metadata_container)]
struct Documented {
    value: u32,
    #[facet(metadata = "doc")]
    doc: Option<Vec<String>>,
}

/// Metadata and nothing else is left out, in the value as well.
impl Serialize for Documented {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

#[derive(Facet, Serialize, Clone)]
#[facet(proxy = String)]
#[serde(into = "String")]
struct ByProxy(u32);

impl From<&ByProxy> for String {
    fn from(value: &ByProxy) -> Self {
        value.0.to_string()
    }
}

impl From<ByProxy> for String {
    fn from(value: ByProxy) -> Self {
        Self::from(&value)
    }
}

impl From<String> for ByProxy {
    fn from(text: String) -> Self {
        Self(text.parse().unwrap_or_default())
    }
}

/// The proxy for this format goes before the common one.
#[derive(Facet, Serialize, Clone)]
#[facet(proxy = String)]
#[facet(postcard::proxy = (u8, u64))]
#[serde(into = "(u8, u64)")]
struct ByPostcardProxy(u8);

impl From<&ByPostcardProxy> for String {
    fn from(value: &ByPostcardProxy) -> Self {
        value.0.to_string()
    }
}

impl From<String> for ByPostcardProxy {
    fn from(text: String) -> Self {
        Self(text.parse().unwrap_or_default())
    }
}

impl From<&ByPostcardProxy> for (u8, u64) {
    fn from(value: &ByPostcardProxy) -> Self {
        (value.0, u64::from(value.0) << 40)
    }
}

impl From<ByPostcardProxy> for (u8, u64) {
    fn from(value: ByPostcardProxy) -> Self {
        Self::from(&value)
    }
}

impl From<(u8, u64)> for ByPostcardProxy {
    fn from(value: (u8, u64)) -> Self {
        Self(value.0)
    }
}

/// The proxy is for another format.
#[derive(Facet, Serialize, Clone)]
#[facet(json::proxy = String)]
struct ByOtherProxy(u8);

impl From<&ByOtherProxy> for String {
    fn from(value: &ByOtherProxy) -> Self {
        value.0.to_string()
    }
}

impl From<String> for ByOtherProxy {
    fn from(text: String) -> Self {
        Self(text.parse().unwrap_or_default())
    }
}

/// The same on fields.
#[derive(Facet)]
struct FieldProxies {
    #[facet(proxy = ByProxy)]
    common: u32,
    #[facet(json::proxy = ByProxy)]
    other: u32,
    #[facet(proxy = ByProxy)]
    #[facet(postcard::proxy = Wide)]
    both: u32,
}

impl From<&u32> for ByProxy {
    fn from(value: &u32) -> Self {
        Self(*value)
    }
}

impl From<ByProxy> for u32 {
    fn from(value: ByProxy) -> Self {
        value.0
    }
}

#[derive(Facet)]
struct Wide(u128);

impl From<&u32> for Wide {
    fn from(value: &u32) -> Self {
        Self(u128::from(*value) << 70)
    }
}

impl From<Wide> for u32 {
    fn from(value: Wide) -> Self {
        (value.0 >> 70).try_into().unwrap_or_default()
    }
}

/// Built from a reference, by reflection.
#[derive(Facet, Serialize)]
#[facet(from_ref = Self::from_text)]
struct FromReference {
    text: String,
}

impl FromReference {
    fn from_text(text: &str) -> Self {
        Self {
            text: String::from(text),
        }
    }
}

#[derive(Facet, Serialize)]
#[facet(try_from_ref = Self::parse)]
struct TriedFromReference {
    number: u32,
}

impl TriedFromReference {
    fn parse(text: &str) -> Result<Self, std::num::ParseIntError> {
        text.parse().map(|number| Self { number })
    }
}

#[derive(Facet, Serialize)]
#[repr(u8)]
#[facet(untagged)]
#[serde(untagged)]
enum Untagged {
    Unit,
    Number(u32),
    Pair(u8, String),
    Named { a: u16, b: Option<u8> },
}

#[derive(Clone, Facet, Serialize)]
struct Inner {
    x: u32,
    y: String,
}

#[derive(Facet, Serialize)]
#[repr(i16)]
#[facet(tag = "type", rename_all = "snake_case")]
#[serde(tag = "type", rename_all = "snake_case")]
enum InternallyTagged {
    UnitVariant,
    Named {
        a: u16,
        b: Option<u8>,
    },
    Newtype(Inner),
    #[facet(rename = "a name longer than one constant of a program holds")]
    #[serde(rename = "a name longer than one constant of a program holds")]
    Renamed {
        a: u8,
    },
}

#[derive(Facet, Serialize)]
struct WrappedInner(Inner);

/// What hands serde's questions on to a struct with named fields.
#[derive(Facet, Serialize)]
#[repr(u8)]
#[facet(tag = "type")]
#[serde(tag = "type")]
enum TaggedThrough {
    Boxed(Box<Inner>),
    Shared(Arc<Inner>),
    Counted(Rc<Inner>),
    Borrowed(&'static Inner),
    Either(Cow<'static, Inner>),
    Wrapped(WrappedInner),
    Locked(Mutex<Inner>),
    All(Box<Mutex<Arc<WrappedInner>>>),
}

static INNER: Inner = Inner {
    x: 7,
    y: String::new(),
};

fn inner() -> Inner {
    Inner {
        x: 300,
        y: String::from("y"),
    }
}

#[derive(Facet, Serialize)]
#[repr(u8)]
enum UntaggedVariant {
    Told(u8),
    #[facet(untagged)]
    #[serde(untagged)]
    Number(u16),
}

/// Serde goes by letters, facet by words.
#[derive(Facet, Serialize)]
#[repr(u8)]
#[facet(tag = "type", rename_all = "snake_case")]
#[serde(tag = "type", rename_all = "snake_case")]
enum RenamedByLetters {
    HTTPServer,
    HTTPClient { a: u16 },
}

/// Serde does not ask whether to write the only field.
#[derive(Facet, Serialize)]
struct SkipInNewtype(
    #[facet(skip)]
    #[serde(skip)]
    u32,
);

#[derive(Facet, Serialize)]
struct SkipIfInNewtype(
    #[facet(skip_serializing_if = is_zero)]
    #[serde(skip_serializing_if = "is_zero")]
    u32,
);

#[derive(Facet, Serialize)]
#[repr(C)]
#[facet(tag = "t", content = "c")]
#[serde(tag = "t", content = "c")]
enum AdjacentlyTagged {
    Unit,
    Number(u32),
    Pair(u8, String),
    Named { a: u16, b: Option<u8> },
}

#[derive(Facet, Serialize)]
#[repr(u8)]
enum CatchAll {
    Known(u8),
    #[facet(other)]
    Unknown,
}

/// Serde counts the variants it skips.
#[derive(Facet, Serialize)]
#[repr(u8)]
enum SkippedVariants {
    #[facet(skip)]
    #[serde(skip)]
    Gone,
    Kept(u32),
    #[facet(skip_serializing)]
    #[serde(skip_serializing)]
    NotWritten {
        text: String,
    },
    #[facet(skip_deserializing)]
    #[serde(skip_deserializing)]
    NotRead {
        text: String,
    },
}

#[derive(Facet, Serialize)]
#[repr(u8)]
#[facet(cow)]
enum CowLike {
    Borrowed(&'static str),
    Owned(String),
}

/// Enums that are their discriminants, in every representation.
macro_rules! numeric {
    ($($name:ident $test:ident($repr:ident): $($variant:ident = $number:literal),+;)+) => {
        $(
            #[derive(Facet)]
            #[repr($repr)]
            #[facet(is_numeric)]
            enum $name { $($variant = $number),+ }
        )+

        vox_oracle::zoo! { NUMERIC;
            $( $test: $name as twin = [$( ($name::$variant, $number as $repr) ),+]; )+
        }
    };
}

numeric! {
    NumericU8 numeric_u8(u8): Zero = 0, Most = 255;
    NumericU16 numeric_u16(u16): Zero = 0, Some = 300, Most = 65_535;
    NumericU32 numeric_u32(u32): Zero = 0, Most = 0xffff_ffff;
    NumericU64 numeric_u64(u64): Zero = 0, Most = 0x7fff_ffff_ffff_ffff;
    NumericI8 numeric_i8(i8): Least = -128, Zero = 0, Most = 127;
    NumericI16 numeric_i16(i16): Least = -32_768, Zero = 0, Most = 32_767;
    NumericI32 numeric_i32(i32): Least = -70_000, Zero = 0, Most = 70_000;
    NumericI64 numeric_i64(i64): Least = -70_000, Zero = 0, Most = 0x7fff_ffff_ffff_ffff;
}

vox_oracle::zoo! { MEMBERS;
    skip: Skip = [Skip { before: 1, skipped: String::from("s"), not_written: 2, written: 300 }];
    skip_if: SkipIf = [
        SkipIf { number: 0, list: vec![], last: true },
        SkipIf { number: 300, list: vec![], last: true },
        SkipIf { number: 0, list: vec![1], last: false },
        SkipIf { number: 300, list: vec![1, 2], last: true },
    ];
    skip_unless_truthy: SkipUnlessTruthy = [
        SkipUnlessTruthy { first: 1, list: vec![], option: None },
        SkipUnlessTruthy { first: 1, list: vec![2], option: Some(0) },
    ];
    skip_all_unless_truthy: SkipAllUnlessTruthy = [
        SkipAllUnlessTruthy { text: String::new(), option: None, number: 0 },
        SkipAllUnlessTruthy { text: String::from("t"), option: Some(0), number: 300 },
    ];
    truthy: HasTruth = [
        HasTruth { field: SaysTruth { text: String::from("long") }, last: 1 },
        HasTruth { field: SaysTruth { text: String::new() }, last: 1 },
    ];
    names: Names = [Names { first_name: String::from("n"), second_name: 300, third_name: 7 }];
    element: Element = [Element { attribute: 1, child: 300, text: String::from("t"), line: 70_000 }];
    for_trees: ForTrees = [ForTrees::Known(1), ForTrees::Custom(300)];
    traits: Traits = [Traits { number: 300 }];
    auto_traits: AutoTraits = [AutoTraits { number: 300 }];
    with_where: Where<String> = [Where { value: String::from("w") }];
    from_crate: FromCrate = [FromCrate { value: 300 }];
    invariants: Even = [Even { value: 300 }, Even { value: 301 }];
    transparent: Transparent = [Transparent(vec![1, 300])];
    metadata_container: Documented = [
        Documented { value: 300, doc: None },
        Documented { value: 1, doc: Some(vec![String::from("text")]) },
    ];
    proxy: ByProxy = [ByProxy(0), ByProxy(u32::MAX)];
    postcard_proxy: ByPostcardProxy = [ByPostcardProxy(0), ByPostcardProxy(255)];
    other_proxy: ByOtherProxy = [ByOtherProxy(7)];
    from_reference: FromReference = [FromReference::from_text("text")];
    tried_from_reference: TriedFromReference = [TriedFromReference::parse("300").expect("a number")];
    untagged: Untagged = [
        Untagged::Unit, Untagged::Number(300), Untagged::Pair(1, String::from("two")), Untagged::Named { a: 700, b: Some(1) },
    ];
    internally_tagged: InternallyTagged = [
        InternallyTagged::UnitVariant,
        InternallyTagged::Named { a: 700, b: None },
        InternallyTagged::Newtype(inner()),
        InternallyTagged::Renamed { a: 3 },
    ];
    tagged_through: TaggedThrough = [
        TaggedThrough::Boxed(Box::new(inner())),
        TaggedThrough::Shared(Arc::new(inner())),
        TaggedThrough::Counted(Rc::new(inner())),
        TaggedThrough::Borrowed(&INNER),
        TaggedThrough::Either(Cow::Borrowed(&INNER)),
        TaggedThrough::Either(Cow::Owned(inner())),
        TaggedThrough::Wrapped(WrappedInner(inner())),
        TaggedThrough::Locked(Mutex::new(inner())),
        TaggedThrough::All(Box::new(Mutex::new(Arc::new(WrappedInner(inner()))))),
    ];
    untagged_variant: UntaggedVariant = [UntaggedVariant::Told(7), UntaggedVariant::Number(300)];
    renamed_by_letters: RenamedByLetters = [
        RenamedByLetters::HTTPServer, RenamedByLetters::HTTPClient { a: 300 },
    ];
    skip_in_newtype: SkipInNewtype = [SkipInNewtype(300)];
    skip_if_in_newtype: SkipIfInNewtype = [SkipIfInNewtype(0), SkipIfInNewtype(300)];
    adjacently_tagged: AdjacentlyTagged = [
        AdjacentlyTagged::Unit,
        AdjacentlyTagged::Number(300),
        AdjacentlyTagged::Pair(1, String::from("two")),
        AdjacentlyTagged::Named { a: 700, b: Some(1) },
    ];
    other: CatchAll = [CatchAll::Known(1), CatchAll::Unknown];
    skipped_variants: SkippedVariants = [
        SkippedVariants::Kept(300), SkippedVariants::NotRead { text: String::from("t") },
    ];
    cow: CowLike = [CowLike::Borrowed("b"), CowLike::Owned(String::from("o"))];
}

vox_oracle::zoo! { TWINS;
    field_proxies: FieldProxies as twin = [
        (FieldProxies { common: 300, other: 300, both: 300 }, ("300", 300_u32, 300_u128 << 70)),
    ];
}
