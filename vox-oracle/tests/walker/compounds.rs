//! Structs of all kinds, tuples, arrays and what nests them.

use crate::specimens;
use facet::Facet;
use serde::Serialize;
use std::marker::PhantomData;

#[derive(Facet, Serialize)]
struct Unit;

#[derive(Facet, Serialize)]
struct Empty {}

#[derive(Facet, Serialize)]
struct Newtype(u32);

#[derive(Facet, Serialize)]
#[facet(transparent)]
struct Transparent(String);

#[derive(Facet, Serialize)]
#[repr(transparent)]
struct ReprTransparent(Vec<u16>);

#[derive(Facet, Serialize)]
struct Pair(i16, String);

/// Ordered so that rustc moves the fields about.
#[derive(Facet, Serialize)]
struct Mixed {
    small: u8,
    wide: u128,
    flag: bool,
    text: String,
    half: u16,
    nested: Pair,
    nothing: Unit,
    number: f64,
}

#[derive(Facet, Serialize)]
#[repr(C)]
struct Foreign {
    a: u8,
    b: u64,
    c: u8,
}

#[derive(Facet, Serialize)]
struct Generic<T> {
    items: [T; 3],
    marker: PhantomData<T>,
}

#[derive(Facet, Serialize)]
struct Borrowed<'a> {
    text: &'a str,
    bytes: &'a [u8],
    number: &'a u32,
}

fn mixed() -> Mixed {
    Mixed {
        small: 200,
        wide: u128::MAX - 5,
        flag: true,
        text: "水".to_owned(),
        half: 300,
        nested: Pair(-300, String::new()),
        nothing: Unit,
        number: -0.5,
    }
}

#[test]
fn structs() {
    specimens![
        Unit,
        Empty {},
        Newtype(300),
        Transparent("inside".to_owned()),
        ReprTransparent(vec![1, 300]),
        Pair(-1, "x".to_owned()),
        mixed(),
        vec![mixed(), mixed()],
        Foreign { a: 1, b: 2, c: 3 },
        PhantomData::<String>,
        Generic {
            items: [1_u32, 2, 300],
            marker: PhantomData
        },
        Generic::<String> {
            items: [const { String::new() }; 3],
            marker: PhantomData
        },
        Borrowed {
            text: "t",
            bytes: b"bytes",
            number: &7
        },
    ];
}

#[test]
fn tuples_up_to_twelve() {
    specimens![
        (),
        ((), ()),
        (1_u8,),
        (1_u8, 300_u16),
        (1_u8, -300_i16, "three".to_owned()),
        (1_u8, 2_u64, 3_u8, 4_u128),
        (1_u8, 2_u16, 3_u32, 4_u64, 5_u128),
        (1_i8, -2_i16, -3_i32, -4_i64, -5_i128, 'x'),
        (1_u8, 2_u8, 3_u8, 4_u8, 5_u8, 6_u8, true),
        (1_u8, 2_u64, 3_u8, 4_u64, 5_u8, 6_u64, 7_u8, 8_u64),
        (1, 2, 3, 4, 5, 6, 7, 8, "nine".to_owned()),
        (1, 2, 3, 4, 5, 6, 7, 8, 9, 1.5_f32),
        (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, [1_u16, 2]),
        (
            1_u8,
            2_u16,
            3_u32,
            4_u64,
            5_u128,
            6_i8,
            7_i16,
            8_i32,
            9_i64,
            10_i128,
            'k',
            Some(12)
        ),
        ((1_u8, (2_u16, (3_u32, ()))), (4_u64,)),
    ];
}

#[test]
fn arrays() {
    specimens![
        [0_u8; 0],
        <[String; 0]>::default(),
        [7_u8; 32],
        [300_u32; 3],
        [[1_u16, 2], [300, 4]],
        [(); 5],
        [Some(1_u8), None],
        ["a".to_owned(), "bb".to_owned()],
    ];
}

/// Serde cannot derive this, and knows arrays only up to 32 elements.
#[test]
fn arrays_of_any_length() {
    #[derive(Facet)]
    struct Sized<T, const N: usize> {
        items: [T; N],
    }
    let sized = Sized {
        items: [300_u16; 33],
    };
    let twin: ([u16; 32], u16) = ([300; 32], 300);
    crate::judge_as("generic length", &sized, &twin);
}
