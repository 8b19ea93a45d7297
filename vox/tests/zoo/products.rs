//! Structs: none to many fields, named and not, every representation, generic, and of no size.

use std::marker::PhantomData;

use facet::Facet;
use serde::Serialize;

use crate::forms::forms;

#[derive(Facet, Serialize)]
struct Unit;

#[derive(Facet, Serialize)]
struct EmptyTuple();

#[derive(Facet, Serialize)]
struct EmptyNamed {}

/// Nothing but members of no size.
#[derive(Facet, Serialize)]
struct Sizeless {
    unit: Unit,
    phantom: PhantomData<u64>,
    array: [u32; 0],
    tuple: ((), ()),
}

#[derive(Facet, Serialize)]
struct Tuple1(u8);

#[derive(Facet, Serialize)]
struct Named1 {
    f0: u8,
}

#[derive(Facet, Serialize)]
struct Tuple2(u8, u16);

#[derive(Facet, Serialize)]
struct Named2 {
    f0: u8,
    f1: u16,
}

#[derive(Facet, Serialize)]
struct Tuple3(u8, u16, u32);

#[derive(Facet, Serialize)]
struct Named3 {
    f0: u8,
    f1: u16,
    f2: u32,
}

#[derive(Facet, Serialize)]
struct Tuple4(u8, u16, u32, u64);

#[derive(Facet, Serialize)]
struct Named4 {
    f0: u8,
    f1: u16,
    f2: u32,
    f3: u64,
}

#[derive(Facet, Serialize)]
struct Tuple5(u8, u16, u32, u64, String);

#[derive(Facet, Serialize)]
struct Named5 {
    f0: u8,
    f1: u16,
    f2: u32,
    f3: u64,
    f4: String,
}

#[derive(Facet, Serialize)]
struct Tuple6(u8, u16, u32, u64, String, bool);

#[derive(Facet, Serialize)]
struct Named6 {
    f0: u8,
    f1: u16,
    f2: u32,
    f3: u64,
    f4: String,
    f5: bool,
}

#[derive(Facet, Serialize)]
struct Tuple7(u8, u16, u32, u64, String, bool, i32);

#[derive(Facet, Serialize)]
struct Named7 {
    f0: u8,
    f1: u16,
    f2: u32,
    f3: u64,
    f4: String,
    f5: bool,
    f6: i32,
}

#[derive(Facet, Serialize)]
struct Tuple8(u8, u16, u32, u64, String, bool, i32, char);

#[derive(Facet, Serialize)]
struct Named8 {
    f0: u8,
    f1: u16,
    f2: u32,
    f3: u64,
    f4: String,
    f5: bool,
    f6: i32,
    f7: char,
}

#[derive(Facet, Serialize)]
struct Tuple9(u8, u16, u32, u64, String, bool, i32, char, i64);

#[derive(Facet, Serialize)]
struct Named9 {
    f0: u8,
    f1: u16,
    f2: u32,
    f3: u64,
    f4: String,
    f5: bool,
    f6: i32,
    f7: char,
    f8: i64,
}

#[derive(Facet, Serialize)]
struct Tuple10(u8, u16, u32, u64, String, bool, i32, char, i64, Option<u8>);

#[derive(Facet, Serialize)]
struct Named10 {
    f0: u8,
    f1: u16,
    f2: u32,
    f3: u64,
    f4: String,
    f5: bool,
    f6: i32,
    f7: char,
    f8: i64,
    f9: Option<u8>,
}

#[derive(Facet, Serialize)]
struct Tuple11(
    u8,
    u16,
    u32,
    u64,
    String,
    bool,
    i32,
    char,
    i64,
    Option<u8>,
    f32,
);

#[derive(Facet, Serialize)]
struct Named11 {
    f0: u8,
    f1: u16,
    f2: u32,
    f3: u64,
    f4: String,
    f5: bool,
    f6: i32,
    f7: char,
    f8: i64,
    f9: Option<u8>,
    f10: f32,
}

#[derive(Facet, Serialize)]
struct Tuple12(
    u8,
    u16,
    u32,
    u64,
    String,
    bool,
    i32,
    char,
    i64,
    Option<u8>,
    f32,
    u128,
);

#[derive(Facet, Serialize)]
struct Named12 {
    f0: u8,
    f1: u16,
    f2: u32,
    f3: u64,
    f4: String,
    f5: bool,
    f6: i32,
    f7: char,
    f8: i64,
    f9: Option<u8>,
    f10: f32,
    f11: u128,
}

/// The order of declaration is the order of the bytes, whatever Rust makes of it in memory.
#[derive(Facet, Serialize)]
struct Shuffled {
    a: u8,
    b: u64,
    c: u8,
    d: u32,
    e: u16,
    f: u8,
    g: u128,
}

#[derive(Facet, Serialize)]
#[repr(C)]
struct InOrder {
    a: u8,
    b: u64,
    c: u8,
    d: u32,
    e: u16,
    f: u8,
    g: u128,
}

#[derive(Facet, Serialize)]
#[repr(C, align(64))]
struct Aligned {
    a: u8,
    b: u16,
}

#[derive(Facet, Serialize)]
#[repr(transparent)]
#[facet(transparent)]
#[serde(transparent)]
struct Transparent(String);

#[derive(Facet, Serialize)]
struct Pair<A, B> {
    first: A,
    second: B,
}

#[derive(Facet)]
struct Tagged<T: 'static, const N: usize> {
    items: [u8; N],
    tag: PhantomData<T>,
}

/// Forty scalars of mixed widths: more than one run of a kernel.
#[derive(Facet, Serialize)]
struct Wide {
    f00: u64,
    f01: u32,
    f02: u16,
    f03: i64,
    f04: i32,
    f05: i16,
    f06: u8,
    f07: bool,
    f08: u64,
    f09: u32,
    f10: u16,
    f11: i64,
    f12: i32,
    f13: i16,
    f14: u8,
    f15: bool,
    f16: u64,
    f17: u32,
    f18: u16,
    f19: i64,
    f20: i32,
    f21: i16,
    f22: u8,
    f23: bool,
    f24: u64,
    f25: u32,
    f26: u16,
    f27: i64,
    f28: i32,
    f29: i16,
    f30: u8,
    f31: bool,
    f32: u64,
    f33: u32,
    f34: u16,
    f35: i64,
    f36: i32,
    f37: i16,
    f38: u8,
    f39: bool,
}

vox_oracle::zoo! { MEMBERS;
    unit: Unit = [Unit];
    empty_tuple: EmptyTuple = [EmptyTuple()];
    empty_named: EmptyNamed = [EmptyNamed {}];
    sizeless: Sizeless = [Sizeless { unit: Unit, phantom: PhantomData, array: [], tuple: ((), ()) }];
    tuple_1: Tuple1 = [Tuple1(1)];
    named_1: Named1 = [Named1 { f0: 1 }];
    tuple_2: Tuple2 = [Tuple2(1, 300)];
    named_2: Named2 = [Named2 { f0: 1, f1: 300 }];
    tuple_3: Tuple3 = [Tuple3(1, 300, 70_000)];
    named_3: Named3 = [Named3 { f0: 1, f1: 300, f2: 70_000 }];
    tuple_4: Tuple4 = [Tuple4(1, 300, 70_000, 1 << 40)];
    named_4: Named4 = [Named4 { f0: 1, f1: 300, f2: 70_000, f3: 1 << 40 }];
    tuple_5: Tuple5 = [Tuple5(1, 300, 70_000, 1 << 40, String::from("five"))];
    named_5: Named5 = [Named5 { f0: 1, f1: 300, f2: 70_000, f3: 1 << 40, f4: String::from("five") }];
    tuple_6: Tuple6 = [Tuple6(1, 300, 70_000, 1 << 40, String::from("five"), true)];
    named_6: Named6 = [Named6 { f0: 1, f1: 300, f2: 70_000, f3: 1 << 40, f4: String::from("five"), f5: true }];
    tuple_7: Tuple7 = [Tuple7(1, 300, 70_000, 1 << 40, String::from("five"), true, -6)];
    named_7: Named7 = [Named7 { f0: 1, f1: 300, f2: 70_000, f3: 1 << 40, f4: String::from("five"), f5: true, f6: -6 }];
    tuple_8: Tuple8 = [Tuple8(1, 300, 70_000, 1 << 40, String::from("five"), true, -6, '7')];
    named_8: Named8 = [Named8 { f0: 1, f1: 300, f2: 70_000, f3: 1 << 40, f4: String::from("five"), f5: true, f6: -6, f7: '7' }];
    tuple_9: Tuple9 = [Tuple9(1, 300, 70_000, 1 << 40, String::from("five"), true, -6, '7', -8)];
    named_9: Named9 = [Named9 { f0: 1, f1: 300, f2: 70_000, f3: 1 << 40, f4: String::from("five"), f5: true, f6: -6, f7: '7', f8: -8 }];
    tuple_10: Tuple10 = [Tuple10(1, 300, 70_000, 1 << 40, String::from("five"), true, -6, '7', -8, Some(9))];
    named_10: Named10 = [Named10 { f0: 1, f1: 300, f2: 70_000, f3: 1 << 40, f4: String::from("five"), f5: true, f6: -6, f7: '7', f8: -8, f9: Some(9) }];
    tuple_11: Tuple11 = [Tuple11(1, 300, 70_000, 1 << 40, String::from("five"), true, -6, '7', -8, Some(9), 10.5)];
    named_11: Named11 = [Named11 { f0: 1, f1: 300, f2: 70_000, f3: 1 << 40, f4: String::from("five"), f5: true, f6: -6, f7: '7', f8: -8, f9: Some(9), f10: 10.5 }];
    tuple_12: Tuple12 = [Tuple12(1, 300, 70_000, 1 << 40, String::from("five"), true, -6, '7', -8, Some(9), 10.5, 1 << 100)];
    named_12: Named12 = [Named12 { f0: 1, f1: 300, f2: 70_000, f3: 1 << 40, f4: String::from("five"), f5: true, f6: -6, f7: '7', f8: -8, f9: Some(9), f10: 10.5, f11: 1 << 100 }];
    shuffled: Shuffled = [Shuffled { a: 1, b: 1 << 40, c: 2, d: 70_000, e: 300, f: 3, g: u128::MAX }];
    in_order: InOrder = [InOrder { a: 1, b: 1 << 40, c: 2, d: 70_000, e: 300, f: 3, g: u128::MAX }];
    aligned: Aligned = [Aligned { a: 1, b: 300 }];
    transparent: Transparent = [Transparent(String::from("inside"))];
    pair: Pair<u8, String> = [Pair { first: 1, second: String::from("2") }];
    pair_of_pairs: Pair<Pair<u8, u16>, Pair<(), Option<u32>>> = [
        Pair { first: Pair { first: 1, second: 300 }, second: Pair { first: (), second: Some(70_000) } },
    ];
    wide: Wide = [
        Wide { f00: 100, f01: 0, f02: 0, f03: 100, f04: 0, f05: 0, f06: 100, f07: false, f08: 0, f09: 100, f10: 0, f11: 0, f12: 100, f13: 0, f14: 0, f15: false, f16: 0, f17: 0, f18: 100, f19: 0, f20: 0, f21: 100, f22: 0, f23: false, f24: 100, f25: 0, f26: 0, f27: 100, f28: 0, f29: 0, f30: 100, f31: false, f32: 0, f33: 100, f34: 0, f35: 0, f36: 100, f37: 0, f38: 0, f39: false },
        Wide { f00: u64::MAX, f01: u32::MAX, f02: u16::MAX, f03: i64::MAX, f04: i32::MAX, f05: i16::MAX, f06: u8::MAX, f07: true, f08: u64::MAX, f09: u32::MAX, f10: u16::MAX, f11: i64::MAX, f12: i32::MAX, f13: i16::MAX, f14: u8::MAX, f15: true, f16: u64::MAX, f17: u32::MAX, f18: u16::MAX, f19: i64::MAX, f20: i32::MAX, f21: i16::MAX, f22: u8::MAX, f23: true, f24: u64::MAX, f25: u32::MAX, f26: u16::MAX, f27: i64::MAX, f28: i32::MAX, f29: i16::MAX, f30: u8::MAX, f31: true, f32: u64::MAX, f33: u32::MAX, f34: u16::MAX, f35: i64::MAX, f36: i32::MAX, f37: i16::MAX, f38: u8::MAX, f39: true },
    ];
}

vox_oracle::zoo! { TWINS;
    tagged: Tagged<String, 3> as twin = [(Tagged { items: [1, 2, 3], tag: PhantomData }, [1_u8, 2, 3])];
    tagged_empty: Tagged<(), 0> as twin = [(Tagged { items: [], tag: PhantomData }, ())];
}

/// Payloads that are structs themselves.
#[derive(Facet, Serialize, Clone)]
pub(crate) struct Point {
    x: i32,
    y: i32,
    z: i32,
}

#[derive(Facet, Serialize, Clone)]
pub(crate) struct Line {
    from: Point,
    to: Point,
    name: Option<String>,
}

fn point(by: i32) -> Point {
    Point {
        x: by,
        y: -by,
        z: by * 100,
    }
}

forms! {
    points(u8): Point = [point(0), point(1000)];
    lines(u16): Line = [Line { from: point(1), to: point(i32::MAX / 100), name: None }, Line { from: point(1), to: point(2), name: Some(String::from("n")) }];
    many_lines(u32): Vec<Line> = [vec![], vec![Line { from: point(1), to: point(2), name: None }; 40]];
    boxed_line(i8): Box<Line> = [Box::new(Line { from: point(0), to: point(3), name: None })];
}
