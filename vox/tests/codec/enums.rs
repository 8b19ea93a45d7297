//! Enums: the index of the variant, then its fields, in every representation.

#![allow(
    dead_code,
    reason = "facet reads these variants, rustc does not see it"
)]

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;

/// The same variants in every representation Facet derives.
macro_rules! representations {
    ($($test:ident $name:ident: $($repr:ident),+;)+) => {$(
        #[derive(Facet, Serialize)]
        #[repr($($repr),+)]
        enum $name {
            Unit,
            Newtype(u64),
            Tuple(u8, String, u16),
            Struct { wide: u128, flag: bool, list: Vec<i32> },
            Empty {},
            Last,
        }

        codec_test!(
            $test:
            $name::Unit,
            $name::Newtype(u64::MAX),
            $name::Tuple(1, String::from("two"), 300),
            $name::Struct { wide: u128::MAX, flag: true, list: vec![-1, 1] },
            $name::Empty {},
            $name::Last,
            [$name::Last, $name::Unit, $name::Newtype(0)],
            (1_u8, $name::Tuple(2, String::new(), 3), 4_u16),
        );
    )+};
}

representations! {
    repr_u8 ReprU8: u8;
    repr_u16 ReprU16: u16;
    repr_u32 ReprU32: u32;
    repr_u64 ReprU64: u64;
    repr_i8 ReprI8: i8;
    repr_i16 ReprI16: i16;
    repr_i32 ReprI32: i32;
    repr_i64 ReprI64: i64;
    repr_c ReprC: C;
    repr_c_u8 ReprCU8: C, u8;
    repr_c_i32 ReprCI32: C, i32;
    repr_c_u64 ReprCU64: C, u64;
}

#[derive(Facet, Serialize)]
#[repr(u8)]
enum Single {
    Only(u16),
}

#[derive(Facet, Serialize)]
#[repr(i64)]
enum SingleUnit {
    Only = -7,
}

codec_test!(
    one_variant:
    Single::Only(300),
    SingleUnit::Only,
    vec![Single::Only(1), Single::Only(2)],
    vec![SingleUnit::Only, SingleUnit::Only],
);

/// An enum whose variants are as different in size as can be.
#[derive(Facet, Serialize)]
#[repr(u8)]
enum Uneven {
    Nothing,
    Huge([u64; 32]),
    Text(String),
    Wide(u128, u128, u128, u128),
    Nested(Option<Box<Single>>),
}

codec_test!(
    uneven_variants:
    Uneven::Nothing,
    Uneven::Huge([u64::MAX; 32]),
    Uneven::Text("t".repeat(5000)),
    Uneven::Wide(u128::MAX, 0, u128::MAX, 1),
    Uneven::Nested(Some(Box::new(Single::Only(9)))),
    vec![
        Uneven::Huge([1; 32]),
        Uneven::Nothing,
        Uneven::Wide(1, 2, 3, 4),
        Uneven::Text(String::from("x")),
        Uneven::Nested(None),
    ],
);

/// So many variants that each element of a list has a way of its own to the next, with fields of all kinds, also such lists again.
#[derive(Facet, Serialize)]
#[repr(u8)]
enum Mixed {
    Unit,
    Number(u64),
    Text(String),
    Maybe(Option<u32>),
    List(Vec<String>),
    Inner(Inner),
    Inners(Vec<Inner>),
    Pair { first: Option<String>, second: i16 },
    Array([u16; 3]),
}

#[derive(Facet, Serialize, Clone, Copy)]
#[repr(i16)]
enum Inner {
    A = -3,
    B(u8),
    C,
    D(Option<u64>),
    E,
    F(char),
    G,
    H { wide: u128 },
    I,
}

fn inners() -> Vec<Inner> {
    vec![
        Inner::A,
        Inner::B(200),
        Inner::I,
        Inner::D(Some(300)),
        Inner::D(None),
        Inner::F('\u{10ffff}'),
        Inner::H { wide: u128::MAX },
        Inner::C,
        Inner::G,
        Inner::E,
    ]
}

fn mixed() -> Vec<Mixed> {
    vec![
        Mixed::Unit,
        Mixed::Inners(inners()),
        Mixed::Number(u64::MAX),
        Mixed::Text("t".repeat(50)),
        Mixed::Inner(Inner::H { wide: 1 }),
        Mixed::Maybe(Some(300)),
        Mixed::List(vec![String::new(), "x".repeat(100), "y".repeat(1000)]),
        Mixed::Pair {
            first: Some(String::from("first")),
            second: -1,
        },
        Mixed::Inners(vec![]),
        Mixed::Maybe(None),
        Mixed::Array([1, 300, u16::MAX]),
        Mixed::Pair {
            first: None,
            second: 1,
        },
        Mixed::Unit,
    ]
}

codec_test!(
    lists_of_many_variants:
    mixed(),
    inners(),
    vec![mixed(), vec![], mixed()],
    [Inner::A, Inner::B(1), Inner::I],
    Some(mixed()),
    vec![(Some(1_u32), Some(2_u64), Some(String::from("s")), Mixed::Unit), (None, None, None, Mixed::Number(1))],
);

/// Enums of bytes only: the elements of a list look alike in memory.
#[derive(Facet, Serialize, Clone, Copy)]
#[repr(u8)]
enum Small {
    Byte(u8),
    Flag(bool),
    Pair(u8, u8),
}

codec_test!(
    small_payloads:
    Small::Byte(255),
    Small::Flag(true),
    Small::Pair(1, 2),
    [Small::Byte(1), Small::Flag(false), Small::Pair(3, 4)],
    vec![Small::Pair(1, 2); 5000],
);

/// Three hundred variants: the index takes two bytes from 128 on.
macro_rules! three_hundred {
    ($($variant:ident)+) => {
        #[derive(Facet, Serialize, Clone, Copy)]
        #[repr(u16)]
        enum Many { $($variant),+ }

        codec_test!(
            fn three_hundred_variants(judge: &Judge) {
                let all = [$(Many::$variant),+];
                assert_eq!(all.len(), 300);
                for idx in [0, 1, 126, 127, 128, 129, 254, 255, 256, 257, 298, 299] {
                    judge.by_serde(&format!("variant {idx}"), &all[idx]);
                }
                judge.by_serde("all of them", &all.to_vec());
            }
        );
    };
}

three_hundred! {
    A00 A01 A02 A03 A04 A05 A06 A07 A08 A09 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19
    A20 A21 A22 A23 A24 A25 A26 A27 A28 A29 A30 A31 A32 A33 A34 A35 A36 A37 A38 A39
    A40 A41 A42 A43 A44 A45 A46 A47 A48 A49 A50 A51 A52 A53 A54 A55 A56 A57 A58 A59
    A60 A61 A62 A63 A64 A65 A66 A67 A68 A69 A70 A71 A72 A73 A74 A75 A76 A77 A78 A79
    A80 A81 A82 A83 A84 A85 A86 A87 A88 A89 A90 A91 A92 A93 A94 A95 A96 A97 A98 A99
    B00 B01 B02 B03 B04 B05 B06 B07 B08 B09 B10 B11 B12 B13 B14 B15 B16 B17 B18 B19
    B20 B21 B22 B23 B24 B25 B26 B27 B28 B29 B30 B31 B32 B33 B34 B35 B36 B37 B38 B39
    B40 B41 B42 B43 B44 B45 B46 B47 B48 B49 B50 B51 B52 B53 B54 B55 B56 B57 B58 B59
    B60 B61 B62 B63 B64 B65 B66 B67 B68 B69 B70 B71 B72 B73 B74 B75 B76 B77 B78 B79
    B80 B81 B82 B83 B84 B85 B86 B87 B88 B89 B90 B91 B92 B93 B94 B95 B96 B97 B98 B99
    C00 C01 C02 C03 C04 C05 C06 C07 C08 C09 C10 C11 C12 C13 C14 C15 C16 C17 C18 C19
    C20 C21 C22 C23 C24 C25 C26 C27 C28 C29 C30 C31 C32 C33 C34 C35 C36 C37 C38 C39
    C40 C41 C42 C43 C44 C45 C46 C47 C48 C49 C50 C51 C52 C53 C54 C55 C56 C57 C58 C59
    C60 C61 C62 C63 C64 C65 C66 C67 C68 C69 C70 C71 C72 C73 C74 C75 C76 C77 C78 C79
    C80 C81 C82 C83 C84 C85 C86 C87 C88 C89 C90 C91 C92 C93 C94 C95 C96 C97 C98 C99
}
