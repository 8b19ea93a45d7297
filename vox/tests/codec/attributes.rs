//! Facet's attributes, beside serde's twin attribute or a twin value.

#![allow(
    dead_code,
    reason = "facet reads these fields and variants, rustc does not see it"
)]

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;

use crate::twin::AsVariant;

fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[derive(Facet, Serialize)]
#[facet(rename_all = "camelCase")]
struct Skipping {
    first_field: u8,
    #[facet(skip)]
    #[serde(skip)]
    skipped: String,
    #[facet(skip_serializing)]
    #[serde(skip_serializing)]
    not_serialized: u64,
    #[facet(skip_serializing_if = is_zero)]
    #[serde(skip_serializing_if = "is_zero")]
    unless_zero: u32,
    #[facet(skip_deserializing, rename = "other")]
    #[serde(skip_deserializing)]
    still_written: u16,
    #[facet(sensitive, default)]
    last: u8,
}

fn skipping(unless_zero: u32) -> Skipping {
    Skipping {
        first_field: 1,
        skipped: String::from("skipped"),
        not_serialized: 2,
        unless_zero,
        still_written: 300,
        last: 9,
    }
}

#[derive(Facet, Serialize)]
#[repr(u8)]
enum SkippingEnum {
    Tuple(
        u8,
        #[facet(skip)]
        #[serde(skip)]
        u32,
        u16,
    ),
    Struct {
        #[facet(skip_serializing_if = is_zero)]
        #[serde(skip_serializing_if = "is_zero")]
        number: u32,
        text: String,
    },
}

#[derive(Facet, Serialize)]
struct SkippingTuple(
    #[facet(skip)]
    #[serde(skip)]
    u8,
    u16,
);

#[derive(Facet, Serialize)]
struct AllSkipped {
    #[facet(skip)]
    #[serde(skip)]
    only: u64,
}

codec_test!(
    skipped_fields_leave_nothing:
    skipping(0),
    skipping(5),
    vec![skipping(0), skipping(70_000), skipping(0)],
    SkippingTuple(1, 300),
    vec![SkippingTuple(1, 300), SkippingTuple(2, 3)],
    SkippingEnum::Tuple(1, 2, 300),
    SkippingEnum::Struct { number: 0, text: String::from("t") },
    SkippingEnum::Struct { number: 1, text: String::from("t") },
    AllSkipped { only: 1 },
    vec![AllSkipped { only: 1 }, AllSkipped { only: 2 }],
);

struct NotFacet;

/// What facet cannot reflect is no harm in a skipped field.
#[derive(Facet)]
struct Hiding {
    before: u8,
    #[facet(opaque, skip)]
    hidden: NotFacet,
    after: u16,
}

#[derive(Facet)]
struct Truthy {
    before: u8,
    #[facet(skip_unless_truthy)]
    list: Vec<u8>,
    #[facet(skip_unless_truthy)]
    option: Option<u8>,
}

codec_test!(
    more_skipping as twin:
    (Hiding { before: 1, hidden: NotFacet, after: 300 }, (1_u8, 300_u16)),
    (Truthy { before: 1, list: vec![2], option: Some(3) }, (1_u8, vec![2_u8], Some(3_u8))),
    (Truthy { before: 1, list: vec![], option: None }, (1_u8,)),
);

/// Written as its text.
#[derive(Facet, Serialize, Clone)]
#[facet(proxy = String)]
#[serde(into = "String")]
struct Proxied(u32);

impl From<&Proxied> for String {
    fn from(value: &Proxied) -> Self {
        value.0.to_string()
    }
}

impl From<Proxied> for String {
    fn from(value: Proxied) -> Self {
        Self::from(&value)
    }
}

impl From<String> for Proxied {
    fn from(text: String) -> Self {
        Self(text.parse().unwrap_or_default())
    }
}

/// An enum behind a proxy that is a struct.
#[derive(Facet, Serialize, Clone)]
#[facet(proxy = Shade)]
#[serde(into = "Shade")]
#[repr(u8)]
enum Colour {
    Black,
    White,
}

#[derive(Facet, Serialize)]
struct Shade {
    red: u16,
    names: Vec<String>,
}

impl From<&Colour> for Shade {
    fn from(value: &Colour) -> Self {
        match value {
            Colour::Black => Self {
                red: 0,
                names: vec![],
            },
            Colour::White => Self {
                red: 300,
                names: vec![String::from("white"), String::from("blanc")],
            },
        }
    }
}

impl From<Colour> for Shade {
    fn from(value: Colour) -> Self {
        Self::from(&value)
    }
}

impl From<Shade> for Colour {
    fn from(shade: Shade) -> Self {
        if shade.red == 0 {
            Self::Black
        } else {
            Self::White
        }
    }
}

/// A proxy of no size.
#[derive(Facet, Serialize, Clone)]
#[facet(proxy = ())]
#[serde(into = "()")]
struct Vanishing(u64);

impl From<&Vanishing> for () {
    fn from(_: &Vanishing) {}
}

impl From<Vanishing> for () {
    fn from(_: Vanishing) {}
}

impl From<()> for Vanishing {
    fn from((): ()) -> Self {
        Self(0)
    }
}

codec_test!(
    container_proxies:
    Proxied(300),
    vec![Proxied(1), Proxied(22)],
    Some(Box::new(Proxied(4))),
    Colour::Black,
    [Colour::White, Colour::Black],
    (1_u8, Colour::White, 2_u8),
    Vanishing(5),
    vec![Vanishing(1), Vanishing(2)],
    (1_u8, Vanishing(5), 2_u8),
);

/// A field written as an array of two bytes, of a type facet cannot reflect.
#[derive(Clone)]
struct Version {
    major: u8,
    minor: u8,
}

#[derive(Facet)]
struct VersionProxy([u8; 2]);

impl From<&Version> for VersionProxy {
    fn from(value: &Version) -> Self {
        Self([value.major, value.minor])
    }
}

impl From<VersionProxy> for Version {
    fn from(VersionProxy([major, minor]): VersionProxy) -> Self {
        Self { major, minor }
    }
}

#[derive(Facet)]
struct Release {
    name: String,
    #[facet(opaque, proxy = VersionProxy)]
    version: Version,
    build: u16,
}

#[derive(Facet)]
#[repr(u8)]
enum Event {
    Nothing,
    Released(#[facet(opaque, proxy = VersionProxy)] Version, u16),
}

const VERSION: Version = Version {
    major: 1,
    minor: 200,
};

#[derive(Facet)]
struct Number(u32);

impl From<&Proxied> for Number {
    fn from(value: &Proxied) -> Self {
        Self(value.0)
    }
}

impl From<Number> for Proxied {
    fn from(value: Number) -> Self {
        Self(value.0)
    }
}

/// A field's proxy is taken instead of the proxy of the field's type.
#[derive(Facet)]
struct BothProxies {
    #[facet(proxy = Number)]
    number: Proxied,
    text: Proxied,
}

codec_test!(
    field_proxies as twin:
    (Release { name: String::from("r"), version: VERSION, build: 300 }, ("r", [1_u8, 200], 300_u16)),
    (Event::Nothing, AsVariant(0, ())),
    (Event::Released(VERSION, 300), AsVariant(1, ([1_u8, 200], 300_u16))),
    (BothProxies { number: Proxied(300), text: Proxied(300) }, (300_u32, "300")),
    (vec![Event::Released(VERSION, 1), Event::Nothing], (2_u8, 1_u8, [1_u8, 200], 1_u16, 0_u8)),
);

/// A proxy named for this format is taken before the common one.
#[derive(Facet)]
#[facet(proxy = String)]
#[facet(postcard::proxy = (u8, u8))]
#[facet(json::proxy = u64)]
struct Named(u8);

impl From<&Named> for String {
    fn from(value: &Named) -> Self {
        value.0.to_string()
    }
}

impl From<String> for Named {
    fn from(text: String) -> Self {
        Self(text.parse().unwrap_or_default())
    }
}

impl From<&Named> for (u8, u8) {
    fn from(value: &Named) -> Self {
        (value.0, value.0)
    }
}

impl From<(u8, u8)> for Named {
    fn from(value: (u8, u8)) -> Self {
        Self(value.0)
    }
}

impl From<&Named> for u64 {
    fn from(value: &Named) -> Self {
        value.0.into()
    }
}

impl From<u64> for Named {
    fn from(value: u64) -> Self {
        Self(value.to_le_bytes()[0])
    }
}

#[derive(Facet)]
struct FieldNamed {
    #[facet(postcard::proxy = u64, proxy = String)]
    field: Named,
}

codec_test!(
    proxies_for_this_format as twin:
    (Named(7), (7_u8, 7_u8)),
    (FieldNamed { field: Named(200) }, 200_u64),
);
