//! Attributes, against serde's postcard on the twin and the walker, and the programs they make.

use facet::Facet;
use serde::Serialize;
use vox_core::program::Op;
use vox_oracle::codec_test;

use crate::common::{all_ops, program, root_names};

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

codec_test!(
    untagged_enums_write_their_fields_only:
    Untagged::Unit,
    Untagged::Number(300),
    Untagged::Pair(1, String::from("two")),
    Untagged::Named { a: 700, b: Some(1) },
);

#[derive(Facet, Serialize)]
struct Inner {
    x: u32,
    y: String,
}

#[derive(Facet, Serialize)]
#[repr(u8)]
#[facet(tag = "type", rename_all = "snake_case")]
#[serde(tag = "type", rename_all = "snake_case")]
enum InternallyTagged {
    UnitVariant,
    Named {
        a: u16,
        b: Option<u8>,
    },
    Newtype(Inner),
    #[facet(rename = "a name longer than one constant holds")]
    #[serde(rename = "a name longer than one constant holds")]
    Renamed {
        a: u8,
    },
}

codec_test!(
    internally_tagged_enums_write_the_name:
    InternallyTagged::UnitVariant,
    InternallyTagged::Named { a: 700, b: None },
    InternallyTagged::Newtype(Inner { x: 5, y: String::from("why") }),
    InternallyTagged::Renamed { a: 3 },
);

#[derive(Facet, Serialize)]
#[repr(u8)]
#[facet(tag = "t", content = "c")]
#[serde(tag = "t", content = "c")]
enum AdjacentlyTagged {
    Unit,
    Number(u32),
    Pair(u8, String),
    Named { a: u16, b: Option<u8> },
}

codec_test!(
    adjacently_tagged_enums_write_the_index:
    AdjacentlyTagged::Unit,
    AdjacentlyTagged::Number(300),
    AdjacentlyTagged::Pair(1, String::from("two")),
    AdjacentlyTagged::Named { a: 700, b: Some(1) },
);

/// Written as `serde_repr` would: the discriminant as an integer of the tag's type.
#[derive(Facet, Clone, Copy)]
#[repr(i16)]
#[facet(is_numeric)]
enum Numeric {
    Minus = -300,
    Zero = 0,
    Many = 300,
}

codec_test!(
    fn numeric_enums_write_the_discriminant(judge: &Judge) {
        for (value, number) in [
            (Numeric::Minus, -300_i16),
            (Numeric::Zero, 0),
            (Numeric::Many, 300),
        ] {
            judge.by_twin("Numeric", &value, &number);
        }
        let list = vec![Numeric::Many, Numeric::Minus];
        judge.by_twin("Vec<Numeric>", &list, &vec![300_i16, -300]);
    }
);

#[derive(Facet, Serialize)]
#[repr(u8)]
enum WithOther {
    Known(u8),
    #[facet(other)]
    Unknown,
}

#[derive(Facet, Serialize)]
#[repr(u8)]
#[facet(cow)]
enum CowLike {
    Borrowed(&'static str),
    Owned(String),
}

codec_test!(
    attributes_for_reading_change_nothing:
    WithOther::Known(7),
    WithOther::Unknown,
    CowLike::Borrowed("b"),
    CowLike::Owned(String::from("o")),
);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[derive(Facet, Serialize)]
struct Skipping {
    first: u8,
    #[facet(skip)]
    #[serde(skip)]
    skipped: String,
    #[facet(skip_serializing)]
    #[serde(skip_serializing)]
    not_written: u64,
    #[facet(skip_serializing_if = is_zero)]
    #[serde(skip_serializing_if = "is_zero")]
    sometimes: u32,
    #[facet(skip_serializing_if = Vec::is_empty)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    list: Vec<Inner>,
    #[facet(sensitive, rename = "other", default)]
    #[serde(rename = "other", default)]
    last: u8,
}

codec_test!(
    fn skipped_fields_are_left_out(judge: &Judge) {
        for (sometimes, count) in [(0, 0), (0, 2), (300, 0), (300, 3)] {
            let inner = |x| Inner {
                x,
                y: String::from("y"),
            };
            judge.by_serde(
                "Skipping",
                &Skipping {
                    first: 1,
                    skipped: String::from("skipped"),
                    not_written: 2,
                    sometimes,
                    list: (0..count).map(inner).collect(),
                    last: 9,
                },
            );
        }
    }
);

#[derive(Facet, Serialize)]
struct NewtypeSkipped(
    #[facet(skip)]
    #[serde(skip)]
    u8,
    u16,
);

#[derive(Facet, Serialize)]
#[repr(u8)]
enum VariantsSkipping {
    Newtype(
        #[facet(skip_serializing)]
        #[serde(skip_serializing)]
        u8,
    ),
    Pair(
        u8,
        #[facet(skip_serializing)]
        #[serde(skip_serializing)]
        u8,
    ),
    Named {
        #[facet(skip_serializing_if = is_zero)]
        #[serde(skip_serializing_if = "is_zero")]
        a: u32,
        b: u32,
    },
}

codec_test!(
    skipped_fields_of_tuples_and_variants:
    NewtypeSkipped(1, 300),
    VariantsSkipping::Newtype(1),
    VariantsSkipping::Pair(1, 2),
    VariantsSkipping::Named { a: 0, b: 5 },
    VariantsSkipping::Named { a: 300, b: 5 },
);

#[derive(Facet, Serialize)]
#[facet(transparent)]
#[serde(transparent)]
struct Transparent(Vec<u32>);

codec_test!(
    fn transparent_structs_are_their_field(judge: &Judge) {
        judge.by_serde("Transparent", &Transparent(vec![1, 300]));
        assert_eq!(
            root_names(&program::<Transparent>()),
            ["write_list_var_u32"]
        );
    }
);

#[derive(Facet)]
#[facet(metadata_container)]
struct Documented {
    value: u32,
    #[facet(metadata = "doc")]
    doc: Option<Vec<String>>,
}

codec_test!(
    fn metadata_containers_are_their_value(judge: &Judge) {
        let documented = Documented {
            value: 300,
            doc: Some(vec![String::from("text")]),
        };
        judge.by_twin("Documented", &documented, &300_u32);
        assert_eq!(
            root_names(&program::<Documented>()),
            ["reserve", "write_var_u32"]
        );
    }
);

#[derive(Facet, Clone, Copy)]
#[facet(proxy = Celsius)]
struct Kelvin(f64);

#[derive(Facet, Serialize)]
struct Celsius {
    degrees: i32,
}

impl TryFrom<&Kelvin> for Celsius {
    type Error = String;
    #[expect(clippy::cast_possible_truncation, reason = "whole numbers in the test")]
    fn try_from(value: &Kelvin) -> Result<Self, Self::Error> {
        let degrees = (value.0 - 273.0) as i32;
        Ok(Self { degrees })
    }
}

impl TryFrom<Celsius> for Kelvin {
    type Error = String;
    fn try_from(value: Celsius) -> Result<Self, Self::Error> {
        Ok(Self(f64::from(value.degrees) + 273.0))
    }
}

codec_test!(
    fn proxies_are_written_in_place_of_the_value(judge: &Judge) {
        let twin = (Celsius { degrees: -10 }, 5_u8);
        judge.by_twin("(Kelvin, u8)", &(Kelvin(263.0), 5_u8), &twin);
        let lowered = program::<Vec<Kelvin>>();
        assert!(all_ops(&lowered).any(|op| matches!(op, Op::WithProxy { .. })));
    }
);

/// A variant by itself may be untagged, in enums of every kind.
#[derive(Facet, Serialize)]
#[repr(u8)]
enum WithUntagged {
    Told(u8),
    #[facet(untagged)]
    #[serde(untagged)]
    Newtype(u16),
    #[facet(untagged)]
    #[serde(untagged)]
    Named {
        a: u16,
        b: Option<u8>,
    },
    #[facet(untagged)]
    #[serde(untagged)]
    Unit,
}

#[derive(Facet, Serialize)]
#[repr(u8)]
#[facet(tag = "t")]
#[serde(tag = "t")]
enum TaggedWithUntagged {
    Told {
        a: u8,
    },
    #[facet(untagged)]
    #[serde(untagged)]
    Newtype(u16),
}

/// The attribute means nothing to a number.
#[derive(Facet)]
#[repr(u8)]
#[facet(is_numeric)]
enum NumericWithUntagged {
    One = 1,
    #[facet(untagged)]
    Two = 2,
    #[facet(skip)]
    Three = 3,
}

codec_test!(
    fn numbers_are_never_untagged(judge: &Judge) {
        let twin: Vec<u8> = vec![2, 1];
        let value = vec![NumericWithUntagged::Two, NumericWithUntagged::One];
        judge.in_every_mode("numbers", &twin, |mode, expected| {
            let bytes = mode.runtime.to_bytes(&value).expect("it encodes");
            assert_eq!(bytes, expected, "{}", mode.name);
        });
    }
);

#[derive(Facet, Serialize)]
#[repr(u8)]
#[facet(tag = "t")]
#[serde(tag = "t")]
enum TaggedWithSkipped {
    Unit(
        #[facet(skip)]
        #[serde(skip)]
        u8,
    ),
}

#[derive(Facet, Serialize)]
#[repr(u8)]
#[facet(tag = "t", content = "c")]
#[serde(tag = "t", content = "c")]
enum AdjacentWithUntagged {
    Told(u8),
    #[facet(untagged)]
    #[serde(untagged)]
    Newtype(u16),
}

codec_test!(
    untagged_variants_write_their_fields_only:
    WithUntagged::Told(7),
    WithUntagged::Newtype(300),
    WithUntagged::Named { a: 300, b: None },
    WithUntagged::Unit,
    TaggedWithUntagged::Told { a: 7 },
    TaggedWithUntagged::Newtype(300),
    TaggedWithSkipped::Unit(7),
    AdjacentWithUntagged::Told(7),
    AdjacentWithUntagged::Newtype(300),
);

/// What serde derives for the only field of a tuple struct does not look at these attributes; for that of a variant, not
/// at predicates.
mod newtypes {
    use super::*;

    #[derive(Facet, Serialize)]
    pub(super) struct Skip(
        #[facet(skip)]
        #[serde(skip)]
        pub(super) u32,
    );

    #[derive(Facet, Serialize)]
    pub(super) struct SkipSerializing(
        #[facet(skip_serializing)]
        #[serde(skip_serializing)]
        pub(super) u32,
    );

    #[derive(Facet, Serialize)]
    pub(super) struct SkipIf(
        #[facet(skip_serializing_if = is_zero)]
        #[serde(skip_serializing_if = "is_zero")]
        pub(super) u32,
    );

    #[derive(Facet, Serialize)]
    #[facet(transparent)]
    #[serde(transparent)]
    pub(super) struct TransparentSkipIf(
        #[facet(skip_serializing_if = is_zero)]
        #[serde(skip_serializing_if = "is_zero")]
        pub(super) u32,
    );

    #[derive(Facet, Serialize)]
    #[repr(u8)]
    pub(super) enum Told {
        SkipIf(
            #[facet(skip_serializing_if = is_zero)]
            #[serde(skip_serializing_if = "is_zero")]
            u32,
        ),
        Skip(
            #[facet(skip)]
            #[serde(skip)]
            u32,
        ),
        Named {
            #[facet(skip_serializing_if = is_zero)]
            #[serde(skip_serializing_if = "is_zero")]
            x: u32,
        },
    }

    #[derive(Facet, Serialize)]
    #[repr(u8)]
    #[facet(untagged)]
    #[serde(untagged)]
    pub(super) enum Untold {
        SkipIf(
            #[facet(skip_serializing_if = is_zero)]
            #[serde(skip_serializing_if = "is_zero")]
            u32,
        ),
    }

    #[derive(Facet, Serialize)]
    #[repr(u8)]
    #[facet(tag = "t", content = "c")]
    #[serde(tag = "t", content = "c")]
    pub(super) enum Adjacent {
        SkipIf(
            #[facet(skip_serializing_if = is_zero)]
            #[serde(skip_serializing_if = "is_zero")]
            u32,
        ),
    }
}

codec_test!(
    the_only_field_of_a_newtype_is_written:
    newtypes::Skip(300),
    newtypes::SkipSerializing(300),
    newtypes::SkipIf(0),
    newtypes::SkipIf(300),
    newtypes::TransparentSkipIf(0),
    newtypes::Told::SkipIf(0),
    newtypes::Told::Skip(300),
    newtypes::Told::Named { x: 0 },
    newtypes::Untold::SkipIf(0),
    newtypes::Adjacent::SkipIf(0),
    [newtypes::SkipIf(0), newtypes::SkipIf(1)],
);

/// Rules by which serde and facet make different names.
macro_rules! renamed {
    ($($name:ident: $rule:literal;)+) => {
        $(
            #[derive(Facet, Serialize)]
            #[repr(u8)]
            #[facet(tag = "t", rename_all = $rule)]
            #[serde(tag = "t", rename_all = $rule)]
            #[expect(non_camel_case_types, reason = "names of all kinds")]
            enum $name {
                HTTPServer,
                Foo_Bar,
                Word2Vec,
                X,
                TwoWords { a: u8 },
                #[facet(rename = "a\nb \"c\"")]
                #[serde(rename = "a\nb \"c\"")]
                Escaped,
                #[facet(rename = r"x\y")]
                #[serde(rename = r"x\y")]
                Raw,
            }
        )+

        codec_test!(
            fn variants_are_named_as_serde_names_them(judge: &Judge) {
            $(
                for value in [
                    $name::HTTPServer,
                    $name::Foo_Bar,
                    $name::Word2Vec,
                    $name::X,
                    $name::TwoWords { a: 1 },
                    $name::Escaped,
                    $name::Raw,
                ] {
                    judge.in_every_mode($rule, &value, |mode, expected| {
                        let bytes = mode.runtime.to_bytes(&value).expect("it encodes");
                        assert_eq!(bytes, expected, "{}: {}", mode.name, $rule);
                    });
                }
            )+
            }
        );
    };
}

renamed! {
    Lower: "lowercase";
    Upper: "UPPERCASE";
    Pascal: "PascalCase";
    Camel: "camelCase";
    Snake: "snake_case";
    ScreamingSnake: "SCREAMING_SNAKE_CASE";
    Kebab: "kebab-case";
    ScreamingKebab: "SCREAMING-KEBAB-CASE";
}
