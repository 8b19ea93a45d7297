//! Structs and tuples of every form: the concatenation of their fields.

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;

#[derive(Facet, Serialize)]
struct Unit;

#[derive(Facet, Serialize)]
struct EmptyTuple();

#[derive(Facet, Serialize)]
struct EmptyNamed {}

#[derive(Facet, Serialize)]
struct Newtype(u32);

#[derive(Facet, Serialize)]
#[facet(transparent)]
#[serde(transparent)]
struct Transparent(String);

#[derive(Facet, Serialize)]
#[repr(transparent)]
struct ReprTransparent {
    only: i64,
}

#[derive(Facet, Serialize)]
struct Pair(u8, u64);

/// Fields that Rust reorders in memory.
#[derive(Facet, Serialize)]
struct Reordered {
    first: u8,
    second: u64,
    third: u8,
    fourth: u32,
    fifth: u16,
    sixth: bool,
    seventh: u128,
    eighth: char,
}

#[derive(Facet, Serialize)]
#[repr(C)]
struct ReprC {
    first: u8,
    second: u64,
    third: u16,
}

#[derive(Facet, Serialize)]
struct Generic<T> {
    before: u8,
    value: T,
    after: u16,
}

#[derive(Facet, Serialize)]
struct Nested {
    unit: Unit,
    empty: EmptyTuple,
    none: EmptyNamed,
    newtype: Newtype,
    transparent: Transparent,
    word: ReprTransparent,
    pair: Pair,
    reordered: Reordered,
    in_order: ReprC,
    deep: Generic<Generic<Generic<(u8, String)>>>,
}

fn reordered() -> Reordered {
    Reordered {
        first: 1,
        second: u64::MAX,
        third: 3,
        fourth: 400_000,
        fifth: 500,
        sixth: true,
        seventh: u128::MAX,
        eighth: 'é',
    }
}

fn generic<T>(value: T) -> Generic<T> {
    Generic {
        before: 1,
        value,
        after: 300,
    }
}

codec_test!(empty: Unit, EmptyTuple(), EmptyNamed {}, [Unit, Unit], vec![EmptyTuple(), EmptyTuple()]);

codec_test!(
    wrappers:
    Newtype(70_000),
    Transparent(String::from("inner")),
    ReprTransparent { only: i64::MIN },
    vec![Newtype(1), Newtype(300)],
    vec![Transparent(String::from("a")), Transparent(String::new())],
    vec![ReprTransparent { only: -1 }],
);

codec_test!(
    structs:
    Pair(255, 1 << 40),
    reordered(),
    vec![reordered(), reordered()],
    ReprC { first: 1, second: 2, third: 300 },
    [Pair(1, 2), Pair(3, 4)],
);

codec_test!(
    generics:
    generic(()),
    generic(5_u128),
    generic(String::from("text")),
    generic(vec![generic(1_u8), generic(2)]),
    generic(Some(generic(Unit))),
);

codec_test!(
    nested:
    Nested {
        unit: Unit,
        empty: EmptyTuple(),
        none: EmptyNamed {},
        newtype: Newtype(1),
        transparent: Transparent(String::from("t")),
        word: ReprTransparent { only: -300 },
        pair: Pair(1, 2),
        reordered: reordered(),
        in_order: ReprC { first: 7, second: 8, third: 9 },
        deep: generic(generic(generic((1, String::from("deep"))))),
    },
);

codec_test!(
    tuples:
    (1_u8,),
    (1_u8, 2_u16),
    (1_u8, 2_u16, 3_u32),
    (1_u8, "two", 3.0_f32, String::from("four")),
    (1, 2, 3, 4, 5),
    (1, 2, 3, 4, 5, 6_u64),
    (1, 2, 3, 4, 5, 6, 7_i8),
    (1, 2, 3, 4, 5, 6, 7, 8_i16),
    (1, 2, 3, 4, 5, 6, 7, 8, 9_i64),
    (1, 2, 3, 4, 5, 6, 7, 8, 9, 10_i128),
    (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11_u128),
    (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, "twelve"),
    ((1_u8, (2_u16, (3_u32, (4_u64, ())))), [(5_u8, 'x'); 2]),
);

/// A struct of a hundred fields, scalars and strings mixed: room is asked for
/// in several places.
macro_rules! hundred {
    ($($number:ident $text:ident)+) => {
        #[derive(Facet, Serialize, Default)]
        struct Hundred { $($number: u128, $text: String),+ }

        codec_test!(
            a_hundred_fields:
            Hundred::default(),
            Hundred { $($number: u128::MAX, $text: "x".repeat(200)),+ },
        );
    };
}

hundred! {
    a0 b0 a1 b1 a2 b2 a3 b3 a4 b4 a5 b5 a6 b6 a7 b7 a8 b8 a9 b9
    c0 d0 c1 d1 c2 d2 c3 d3 c4 d4 c5 d5 c6 d6 c7 d7 c8 d8 c9 d9
    e0 f0 e1 f1 e2 f2 e3 f3 e4 f4 e5 f5 e6 f6 e7 f7 e8 f8 e9 f9
    g0 h0 g1 h1 g2 h2 g3 h3 g4 h4 g5 h5 g6 h6 g7 h7 g8 h8 g9 h9
    i0 j0 i1 j1 i2 j2 i3 j3 i4 j4 i5 j5 i6 j6 i7 j7 i8_ j8 i9 j9
}
