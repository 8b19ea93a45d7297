//! Facet attributes, beside serde's twin attribute or a twin type.

#![allow(
    dead_code,
    reason = "facet reads these fields and variants, rustc does not see it"
)]

use crate::{judge_as, specimens};
use facet::Facet;
use serde::Serialize;

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
        skipped: "skipped".to_owned(),
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

#[test]
fn skipped_fields_leave_nothing() {
    specimens![
        skipping(0),
        skipping(5),
        SkippingTuple(1, 300),
        SkippingEnum::Tuple(1, 2, 300),
        SkippingEnum::Struct {
            number: 0,
            text: "t".to_owned()
        },
        SkippingEnum::Struct {
            number: 1,
            text: "t".to_owned()
        },
    ];
}

/// What facet cannot reflect is no harm in a skipped field.
#[test]
fn a_skipped_opaque_field() {
    struct NotFacet;
    #[derive(Facet)]
    struct Holder {
        before: u8,
        #[facet(opaque, skip)]
        hidden: NotFacet,
        after: u16,
    }
    let holder = Holder {
        before: 1,
        hidden: NotFacet,
        after: 300,
    };
    let Holder {
        hidden: NotFacet, ..
    } = &holder;
    judge_as("opaque and skipped", &holder, &(1_u8, 300_u16));
}

#[test]
fn truthiness_decides_over_a_field() {
    #[derive(Facet)]
    struct Truthy {
        before: u8,
        #[facet(skip_unless_truthy)]
        list: Vec<u8>,
        #[facet(skip_unless_truthy)]
        option: Option<u8>,
    }
    let full = Truthy {
        before: 1,
        list: vec![2],
        option: Some(3),
    };
    judge_as("truthy", &full, &(1_u8, vec![2_u8], Some(3_u8)));
    let empty = Truthy {
        before: 1,
        list: vec![],
        option: None,
    };
    judge_as("not truthy", &empty, &(1_u8,));
}

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
    name: String,
}

impl From<&Colour> for Shade {
    fn from(value: &Colour) -> Self {
        match value {
            Colour::Black => Self {
                red: 0,
                name: "black".to_owned(),
            },
            Colour::White => Self {
                red: 300,
                name: "white".to_owned(),
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

#[test]
fn container_proxies() {
    specimens![
        Proxied(300),
        vec![Proxied(1), Proxied(22)],
        Some(Box::new(Proxied(4))),
        Colour::Black,
        [Colour::White, Colour::Black],
    ];
}

/// A field written as an array of two bytes, of a type facet cannot reflect.
#[derive(Debug, Clone)]
struct Version {
    major: u8,
    minor: u8,
}

#[derive(Facet, Serialize)]
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

#[test]
fn field_proxies() {
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
    let version = Version {
        major: 1,
        minor: 200,
    };
    let release = Release {
        name: "r".to_owned(),
        version: version.clone(),
        build: 300,
    };
    judge_as("field proxy", &release, &("r", [1_u8, 200], 300_u16));
    let event = Event::Released(version, 300);
    judge_as("proxy in a variant", &event, &(1_u32, [1_u8, 200], 300_u16));
}

/// A field's proxy is taken instead of the proxy of the field's type.
#[test]
fn a_field_proxy_wins_over_the_container_proxy() {
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
    #[derive(Facet)]
    struct Holder {
        #[facet(proxy = Number)]
        number: Proxied,
        text: Proxied,
    }
    let holder = Holder {
        number: Proxied(300),
        text: Proxied(300),
    };
    judge_as("both proxies", &holder, &(300_u32, "300"));
}

#[test]
fn a_proxy_for_postcard_wins_over_the_common_one() {
    #[derive(Facet)]
    #[facet(proxy = String)]
    #[facet(postcard::proxy = (u8, u8))]
    #[facet(json::proxy = u64)]
    struct Both(u8);
    impl From<&Both> for String {
        fn from(value: &Both) -> Self {
            value.0.to_string()
        }
    }
    impl From<String> for Both {
        fn from(text: String) -> Self {
            Self(text.parse().unwrap_or_default())
        }
    }
    impl From<&Both> for (u8, u8) {
        fn from(value: &Both) -> Self {
            (value.0, value.0)
        }
    }
    impl From<(u8, u8)> for Both {
        fn from(value: (u8, u8)) -> Self {
            Self(value.0)
        }
    }
    impl From<&Both> for u64 {
        fn from(value: &Both) -> Self {
            value.0.into()
        }
    }
    impl From<u64> for Both {
        fn from(value: u64) -> Self {
            Self(value.to_le_bytes()[0])
        }
    }
    judge_as("on the container", &Both(7), &(7_u8, 7_u8));

    #[derive(Facet)]
    struct Holder {
        #[facet(postcard::proxy = u64, proxy = String)]
        field: Both,
    }
    judge_as("on the field", &Holder { field: Both(200) }, &200_u64);
}
