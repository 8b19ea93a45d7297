//! Real types, lowered and compiled, against serde postcard.

mod common;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use common::check_all;
use facet::Facet;
use serde::Serialize;

#[derive(Facet, Serialize)]
struct Scalars {
    a: u8,
    b: i8,
    c: bool,
    d: u16,
    e: i16,
    f: u32,
    g: i32,
    h: u64,
    i: i64,
    j: u128,
    k: i128,
    l: usize,
    m: isize,
    n: f32,
    o: f64,
    p: char,
}

fn scalars(step: u32) -> Scalars {
    let ones = u128::MAX >> (127 - step.min(127));
    let word = u64::try_from(ones & u128::from(u64::MAX)).unwrap();
    let signed = |bits: u32| word & (u64::MAX >> (64 - bits));
    Scalars {
        a: u8::try_from(signed(8)).unwrap(),
        b: (signed(8) as u8).cast_signed(),
        c: step % 2 == 1,
        d: signed(16) as u16,
        e: (signed(16) as u16).cast_signed(),
        f: signed(32) as u32,
        g: (signed(32) as u32).cast_signed(),
        h: word,
        i: word.cast_signed(),
        j: ones,
        k: ones.cast_signed(),
        l: usize::try_from(word).unwrap(),
        m: usize::try_from(word).unwrap().cast_signed(),
        n: f32::from_bits(signed(32) as u32),
        o: f64::from_bits(word),
        p: char::from_u32(0x10ffff >> (step % 21)).unwrap_or('\u{e000}'),
    }
}

#[derive(Facet, Serialize)]
struct Options {
    a: Option<u8>,
    b: Option<bool>,
    c: Option<u16>,
    d: Option<i16>,
    e: Option<u32>,
    f: Option<i32>,
    g: Option<u64>,
    h: Option<i64>,
    i: Option<f32>,
    j: Option<f64>,
    k: Option<Option<u32>>,
    l: Option<Box<u64>>,
    m: Option<String>,
    n: Option<()>,
}

/// Options of which every `modulus`th is there, in memory that held something else.
fn options(step: u32, modulus: u32) -> Box<Options> {
    let scalars = scalars(step);
    let mut memory = Box::<Options>::new_uninit();
    // SAFETY: any bytes will do in memory that is not initialised.
    unsafe {
        memory
            .as_mut_ptr()
            .cast::<u8>()
            .write_bytes(0xff, size_of::<Options>())
    };
    let mut count = step;
    let mut is_there = || {
        count += 1;
        count.is_multiple_of(modulus)
    };
    let options = memory.as_mut_ptr();
    macro_rules! set {
        ($($field:ident = $value:expr;)*) => { $(
            // SAFETY: a field of the memory; every field is written.
            unsafe { (&raw mut (*options).$field).write(is_there().then(|| $value)) };
        )* };
    }
    set! {
        a = scalars.a;
        b = scalars.c;
        c = scalars.d;
        d = scalars.e;
        e = scalars.f;
        f = scalars.g;
        g = scalars.h;
        h = scalars.i;
        i = scalars.n;
        j = scalars.o;
        k = (!step.is_multiple_of(3)).then_some(scalars.f);
        l = Box::new(scalars.h);
        m = "x".repeat(step as usize);
        n = ();
    }
    // SAFETY: as above.
    unsafe { memory.assume_init() }
}

#[test]
fn options_of_scalars_of_every_bit_length() {
    let values: Vec<Options> = (0..128)
        .flat_map(|step| (1..4).map(move |modulus| *options(step, modulus)))
        .collect();
    check_all(&values);
}

#[test]
fn scalars_of_every_bit_length() {
    let values: Vec<Scalars> = (0..128).map(scalars).collect();
    check_all(&values);
}

#[derive(Facet, Serialize)]
struct Packed {
    first: [u8; 3],
    second: [u8; 31],
    third: [[u8; 25]; 8],
    fourth: [f64; 5],
    fifth: (),
}

#[test]
fn runs_of_bytes_of_every_size() {
    check_all(&[Packed {
        first: [1, 2, 3],
        second: core::array::from_fn(|index| index as u8),
        third: core::array::from_fn(|row| {
            core::array::from_fn(|index| (row * 25 + index) as u8 ^ 0x55)
        }),
        fourth: [1.0, -0.0, f64::MAX, 0.1, 1e-300],
        fifth: (),
    }]);
}

#[test]
fn strings_of_every_length() {
    let text: String = "0123456789abcdef".chars().cycle().take(400).collect();
    let strings: Vec<String> = (0..300).map(|len| text[..len].to_owned()).collect();
    check_all(&strings);
    check_all(&[strings]);
}

#[test]
fn strings_at_every_distance_from_the_end_of_a_page() {
    let page = vec![b'x'; 3 * 4096];
    let start = page.as_ptr().addr().next_multiple_of(4096) - page.as_ptr().addr() + 4096;
    let text = core::str::from_utf8(&page).unwrap();
    let values: Vec<&str> = (0..70)
        .flat_map(|back| [0, 1, 5, 16, 31, 32, 33, 64].map(|len| (back, len)))
        .map(|(back, len)| &text[start - back..start - back + len])
        .collect();
    check_all(&values);
}

#[derive(Facet, Serialize)]
struct Lists {
    bytes: Vec<u8>,
    signed: Vec<i8>,
    flags: Vec<bool>,
    floats: Vec<f32>,
    doubles: Vec<f64>,
    a: Vec<u16>,
    b: Vec<u32>,
    c: Vec<u64>,
    d: Vec<i16>,
    e: Vec<i32>,
    f: Vec<i64>,
    units: Vec<()>,
    strings: Vec<String>,
    nested: Vec<Vec<u32>>,
    pairs: Vec<(u8, String)>,
}

fn lists(len: usize) -> Lists {
    let word = |index: usize| (index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (index % 64);
    Lists {
        bytes: (0..len).map(|index| word(index) as u8).collect(),
        signed: (0..len).map(|index| word(index) as i8).collect(),
        flags: (0..len).map(|index| index % 3 == 0).collect(),
        floats: (0..len).map(|index| index as f32).collect(),
        doubles: (0..len).map(|index| index as f64).collect(),
        a: (0..len).map(|index| word(index) as u16).collect(),
        b: (0..len).map(|index| word(index) as u32).collect(),
        c: (0..len).map(word).collect(),
        d: (0..len).map(|index| word(index) as i16).collect(),
        e: (0..len).map(|index| word(index) as i32).collect(),
        f: (0..len).map(|index| word(index) as i64).collect(),
        units: vec![(); len],
        strings: (0..len).map(|index| index.to_string()).collect(),
        nested: (0..len).map(|index| vec![7; index % 5]).collect(),
        pairs: (0..len)
            .map(|index| (index as u8, "x".repeat(index)))
            .collect(),
    }
}

#[test]
fn lists_of_every_kind() {
    for len in [0, 1, 2, 15, 16, 17, 127, 128, 300] {
        check_all(&[lists(len)]);
    }
}

#[test]
fn long_lists_of_small_integers() {
    check_all(&[vec![5_u32; 5000]]);
    check_all(&[vec![-5_i64; 5000]]);
}

#[derive(Facet, Serialize)]
struct Choices {
    a: Option<u32>,
    b: Option<String>,
    c: Option<Box<u64>>,
    d: Option<Option<bool>>,
    e: Result<u32, String>,
    f: Option<()>,
    g: Option<Vec<Option<u16>>>,
}

#[test]
fn options_and_results() {
    check_all(&[
        Choices {
            a: None,
            b: None,
            c: None,
            d: None,
            e: Ok(300),
            f: None,
            g: None,
        },
        Choices {
            a: Some(1 << 20),
            b: Some("text".repeat(20)),
            c: Some(Box::new(u64::MAX)),
            d: Some(None),
            e: Err("wrong".into()),
            f: Some(()),
            g: Some(vec![None, Some(3), Some(u16::MAX)]),
        },
        Choices {
            a: Some(0),
            b: Some(String::new()),
            c: Some(Box::new(0)),
            d: Some(Some(true)),
            e: Err(String::new()),
            f: Some(()),
            g: Some(vec![]),
        },
    ]);
}

/// Enough of each integer type that processors make them ready at once, taking turns, in a list and with a block of the kind within.
#[derive(Facet, Serialize, Clone)]
struct Many {
    a: [Option<u32>; 2],
    b0: Option<u32>,
    c0: Option<i64>,
    d0: Option<i32>,
    e0: Option<u64>,
    b1: Option<u32>,
    c1: Option<i64>,
    d1: Option<i32>,
    e1: Option<u64>,
    b2: Option<u32>,
    c2: Option<i64>,
    d2: Option<i32>,
    e2: Option<u64>,
    b3: Option<u32>,
    c3: Option<i64>,
    d3: Option<i32>,
    e3: Option<u64>,
    within: Vec<Many>,
    b4: Option<u32>,
    c4: Option<i64>,
    d4: Option<i32>,
    e4: Option<u64>,
    text: Option<String>,
}

fn many(step: u32, within: Vec<Many>) -> Many {
    // A few at each step are `None`, never the same.
    let is_some = |place: u32| !(step + place).is_multiple_of(3);
    let wide = u64::MAX >> (63 - step.min(63));
    let narrow = u32::MAX >> (31 - step.min(31));
    let b = |place| is_some(place).then_some(narrow ^ place);
    let c = |place| is_some(place).then_some((wide ^ u64::from(place)).cast_signed());
    let d = |place| is_some(place).then_some((narrow ^ place).cast_signed());
    let e = |place| is_some(place).then_some(wide ^ u64::from(place));
    Many {
        a: [b(20), b(21)],
        b0: b(0),
        c0: c(1),
        d0: d(2),
        e0: e(3),
        b1: b(4),
        c1: c(5),
        d1: d(6),
        e1: e(7),
        b2: b(8),
        c2: c(9),
        d2: d(10),
        e2: e(11),
        b3: b(12),
        c3: c(13),
        d3: d(14),
        e3: e(15),
        within,
        b4: b(16),
        c4: c(17),
        d4: d(18),
        e4: e(19),
        text: is_some(1).then(|| "text".repeat(step as usize)),
    }
}

/// The same without recursion, for which the routine is not called.
#[derive(Facet, Serialize, Clone)]
struct Flat {
    b0: Option<u32>,
    c0: Option<i64>,
    d0: Option<i32>,
    e0: Option<u64>,
    b1: Option<u32>,
    c1: Option<i64>,
    d1: Option<i32>,
    e1: Option<u64>,
    b2: Option<u32>,
    c2: Option<i64>,
    d2: Option<i32>,
    e2: Option<u64>,
    list: Vec<Pair>,
    b3: Option<u32>,
    c3: Option<i64>,
    d3: Option<i32>,
    e3: Option<u64>,
}

/// A block of its own within the other.
#[derive(Facet, Serialize, Clone)]
struct Pair {
    f0: Option<u64>,
    f1: Option<u64>,
    f2: Option<u64>,
    f3: Option<u64>,
    f4: Option<u64>,
    f5: Option<u64>,
    f6: Option<u64>,
    f7: Option<u64>,
    f8: Option<u64>,
}

fn flat(step: u32) -> Flat {
    let Many {
        b0,
        c0,
        d0,
        e0,
        b1,
        c1,
        d1,
        e1,
        b2,
        c2,
        d2,
        e2,
        b3,
        c3,
        d3,
        e3,
        ..
    } = many(step, vec![]);
    let pair = Pair {
        f0: e0,
        f1: e1,
        f2: e2,
        f3: e3,
        f4: e0,
        f5: e1,
        f6: e2,
        f7: e3,
        f8: e0,
    };
    Flat {
        b0,
        c0,
        d0,
        e0,
        b1,
        c1,
        d1,
        e1,
        b2,
        c2,
        d2,
        e2,
        list: vec![pair; step as usize % 4],
        b3,
        c3,
        d3,
        e3,
    }
}

#[test]
fn many_options_of_integers() {
    let values: Vec<Many> = (0..64)
        .map(|step| many(step, vec![many(step + 1, vec![])]))
        .collect();
    check_all(&values);
    check_all(&[values]);
    let values: Vec<Flat> = (0..64).map(flat).collect();
    check_all(&values);
    check_all(&[values]);
}

/// Enough of each type, strings among them, that processors make them ready at once.
#[derive(Facet, Serialize, Clone)]
struct Profile {
    small_0: Option<u32>,
    text_0: Option<String>,
    large_0: Option<i64>,
    text_1: Option<String>,
    small_1: Option<u32>,
    text_2: Option<String>,
    large_1: Option<i64>,
    text_3: Option<String>,
    large_2: Option<u64>,
    text_4: Option<String>,
    text_5: Option<String>,
    bytes: Option<Vec<u8>>,
    text_6: Option<String>,
    text_7: Option<String>,
    small_2: Option<i32>,
    text_8: Option<String>,
    text_9: Option<String>,
    nested: Option<Option<String>>,
    end: u8,
}

/// Strings of every length, one longer than the other.
fn profile(step: u32) -> Profile {
    let is_some = |place: u32| !(step + place).is_multiple_of(4);
    let text = |place: u32| {
        let len = (step + 7 * place) as usize % 140;
        is_some(place).then(|| "0123456789abcdefghij".repeat(8)[place as usize..][..len].to_owned())
    };
    let large = |place: u32| is_some(place).then_some(u64::MAX >> (step + place).min(63));
    Profile {
        small_0: is_some(0).then_some(step << 20),
        text_0: text(0),
        large_0: large(1).map(u64::cast_signed),
        text_1: text(1),
        small_1: is_some(2).then_some(step),
        text_2: text(2),
        large_1: large(3).map(|large| !large.cast_signed()),
        text_3: text(3),
        large_2: large(4),
        text_4: text(4),
        text_5: text(5),
        bytes: text(11).map(String::into_bytes),
        text_6: text(6),
        text_7: text(7),
        small_2: is_some(5).then_some(-step.cast_signed()),
        text_8: text(8),
        text_9: text(9),
        nested: is_some(10).then(|| text(11)),
        end: 0xee,
    }
}

#[test]
fn many_options_of_strings() {
    let values: Vec<Profile> = (0..150).map(profile).collect();
    check_all(&values);
    let lists: Vec<Vec<Profile>> = (0..12)
        .map(|len| values[3 * len..4 * len].to_vec())
        .collect();
    check_all(&lists);
    check_all(&[values]);
    check_all(&[lists]);
}

#[derive(Facet, Serialize, Clone)]
#[repr(u8)]
enum Shape {
    Unit,
    One(u32),
    Two(String, u8),
    Named { a: u64, b: Option<String> },
    Nested(Vec<Shape>),
    Last,
}

#[derive(Facet, Serialize, Clone, Copy)]
#[repr(i16)]
enum Sparse {
    A = -300,
    B = 0,
    C = 77,
    D = 12_000,
}

#[derive(Facet, Serialize, Clone, Copy)]
#[repr(i64)]
enum Wide {
    A = i64::MIN,
    B = -1,
    C = i64::MAX,
}

#[test]
fn enums() {
    let shapes = vec![
        Shape::Unit,
        Shape::One(500),
        Shape::Two("name".into(), 3),
        Shape::Named {
            a: 1,
            b: Some("x".into()),
        },
        Shape::Last,
    ];
    check_all(&[Shape::Nested(vec![
        Shape::Nested(shapes.clone()),
        Shape::Last,
    ])]);
    check_all(&shapes);
    check_all(&[Sparse::A, Sparse::B, Sparse::C, Sparse::D]);
    check_all(&[Wide::A, Wide::B, Wide::C]);
}

/// Two strings in another order than in memory, and what is like it but is more.
#[derive(Facet, Serialize)]
#[repr(C)]
struct Tagged {
    text: String,
    between: u8,
    bytes: Vec<u8>,
}

#[test]
fn lists_of_two_strings() {
    let lens = [0, 1, 31, 32, 33, 64, 65, 127, 128, 400];
    let of = |byte: char, len: usize| byte.to_string().repeat(len);
    let pairs: Vec<(String, Vec<u8>)> = lens
        .iter()
        .flat_map(|first| lens.map(|second| (of('a', *first), of('b', second).into_bytes())))
        .collect();
    let tagged = |(text, bytes): &(String, Vec<u8>)| Tagged {
        text: text.clone(),
        between: 7,
        bytes: bytes.clone(),
    };
    check_all(&[pairs.iter().map(tagged).collect::<Vec<_>>()]);
    check_all(&[vec![], pairs[..1].to_vec(), pairs]);
}

/// Strings behind pointers, with so much after them that the room for it must be made by the string.
#[derive(Facet, Serialize)]
struct StringsBefore {
    boxed: Box<Box<str>>,
    numbers: [u64; 20],
    counted: Arc<str>,
    others: [u64; 20],
    maybe: Option<String>,
    last: [u64; 20],
}

#[test]
fn strings_behind_pointers_make_room_for_what_follows() {
    let numbers = [u64::MAX; 20];
    let strings: Vec<StringsBefore> = (0..=130)
        .map(|len| StringsBefore {
            boxed: Box::new("a".repeat(len).into()),
            numbers,
            counted: "b".repeat(len).into(),
            others: numbers,
            maybe: Some("c".repeat(len)),
            last: numbers,
        })
        .collect();
    check_all(&strings);
}

#[derive(Facet, Serialize)]
struct Pointers<'a> {
    boxed: Box<u32>,
    text: &'a str,
    cow: Cow<'a, str>,
    boxed_text: Box<str>,
    arc: Arc<String>,
    arc_text: Arc<str>,
    rc: Rc<u64>,
    slice: &'a [u32],
    boxed_slice: Box<[u16]>,
    arc_slice: Arc<[u8]>,
    strings: Box<[String]>,
    reference: &'a Option<u8>,
    nested: Box<[Box<[Box<str>]>]>,
}

#[test]
fn pointers_thin_and_wide() {
    for len in [0, 1, 20, 40] {
        let text = "y".repeat(len);
        let words: Vec<u32> = (0..len as u32).map(|word| word * 1000).collect();
        check_all(&[Pointers {
            boxed: Box::new(7),
            text: &text,
            cow: Cow::Borrowed(&text),
            boxed_text: text.clone().into(),
            arc: Arc::new(text.clone()),
            arc_text: text.clone().into(),
            rc: Rc::new(1 << 40),
            slice: &words,
            boxed_slice: words.iter().map(|word| *word as u16).collect(),
            arc_slice: text.clone().into_bytes().into(),
            strings: vec![text.clone(); 3].into(),
            reference: &Some(3),
            nested: vec![vec![text.clone().into_boxed_str(); 2].into_boxed_slice(); 3].into(),
        }]);
    }
}

#[derive(Facet, Serialize)]
struct Containers {
    map: BTreeMap<String, u64>,
    other: HashMap<u32, Vec<String>>,
    set: BTreeSet<u16>,
    nested: BTreeMap<u8, BTreeMap<u8, BTreeSet<String>>>,
}

#[test]
fn maps_and_sets_around_the_batch_size() {
    for len in [0_u16, 1, 31, 32, 33, 63, 64, 65, 200] {
        let names = |count: u16| (0..count).map(|index| index.to_string());
        check_all(&[Containers {
            map: names(len).zip(0..).collect(),
            other: (0..u32::from(len % 2))
                .map(|key| (key, names(3).collect()))
                .collect(),
            set: (0..len).map(|index| index * 3).collect(),
            nested: (0..(len % 50) as u8)
                .map(|key| (key, [(key, names(40).collect())].into()))
                .collect(),
        }]);
    }
}

#[derive(Facet, Serialize)]
struct Tree {
    value: u32,
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

#[derive(Facet, Serialize)]
struct Link {
    value: u32,
    next: Option<Box<Link>>,
}

fn tree(depth: u32) -> Tree {
    let branch = |on: bool| on.then(|| Box::new(tree(depth - 1)));
    Tree {
        value: depth * 100,
        left: branch(depth > 0),
        right: branch(depth > 0 && !depth.is_multiple_of(3)),
    }
}

#[test]
fn a13_recursion_by_call_and_by_repetition() {
    check_all(&[tree(0), tree(8)]);
    let mut list = None;
    for value in 0..1000 {
        list = Some(Box::new(Link { value, next: list }));
    }
    check_all(&[*list.unwrap()]);
}

/// Optional pointers beside each other, in what recurs, are looked at together: none of them, each alone, all, every other, and nodes below.
#[test]
fn a13_optional_pointers_beside_each_other() {
    macro_rules! check_nodes {
        ($node:ident, $($pointer:ident)*) => {{
            #[derive(Facet, Serialize)]
            struct $node {
                value: u32,
                $($pointer: Option<Box<$node>>,)*
                number: Option<Box<u64>>,
                end: u8,
            }

            fn node(value: u32, mut child: impl FnMut(u32) -> Option<$node>) -> $node {
                let mut place = 0;
                $(
                    let $pointer = child(place).map(Box::new);
                    place += 1;
                )*
                let number = (value % 3 == 1).then(|| Box::new(u64::from(place) << 40));
                $node { value, $($pointer,)* number, end: 0xff }
            }

            fn leaf(value: u32) -> $node {
                node(value, |_| None)
            }

            let places = [$(stringify!($pointer)),*].len() as u32;
            let only = |wanted: u32| move |place| (place == wanted).then(|| leaf(place * 100));
            let mut values = vec![leaf(0), leaf(1), node(127, |place| Some(leaf(place)))];
            values.extend((0..places).map(|place| node(place, only(place))));
            values.push(node(128, |place| (place % 2 == 0).then(|| leaf(place))));
            let inner = |place: u32| (place % 2 == 1).then(|| node(300, only(place - 1)));
            values.push(node(129, inner));
            check_all(&values);
        }};
    }
    check_nodes!(One, a);
    check_nodes!(Two, a b);
    check_nodes!(Three, a b c);
    check_nodes!(Many, a b c d e f g h i j k l m n o p q r s t);
}

/// So are options of text: everything that may be missing of seven, of four, and of three beside something else.
#[test]
fn options_of_text_beside_each_other() {
    #[derive(Facet, Serialize)]
    struct Seven {
        number: u32,
        a: Option<String>,
        b: Option<String>,
        c: Option<Vec<u8>>,
        d: Option<Box<str>>,
        e: Option<String>,
        f: Option<String>,
        g: Option<String>,
    }
    #[derive(Facet, Serialize)]
    struct Four {
        a: Option<String>,
        b: Option<String>,
        c: Option<String>,
        d: Option<String>,
    }
    #[derive(Facet, Serialize)]
    struct Three {
        name: String,
        a: Option<String>,
        b: Option<String>,
        c: Option<Vec<u8>>,
        end: Option<u64>,
    }
    let text = |set: u32, place: u32| {
        let len = [0, 1, 15, 16, 17, 33, 200][(set + place) as usize % 7];
        (set >> place & 1 == 1).then(|| "text".chars().cycle().take(len).collect::<String>())
    };
    let bytes = |set, place| text(set, place).map(String::into_bytes);
    let sevens: Vec<Seven> = (0..128)
        .map(|set| Seven {
            number: set,
            a: text(set, 0),
            b: text(set, 1),
            c: bytes(set, 2),
            d: text(set, 3).map(String::into_boxed_str),
            e: text(set, 4),
            f: text(set, 5),
            g: text(set, 6),
        })
        .collect();
    let fours: Vec<Four> = (0..16)
        .map(|set| Four {
            a: text(set, 0),
            b: text(set, 1),
            c: text(set, 2),
            d: text(set, 3),
        })
        .collect();
    let threes: Vec<Three> = (0..16)
        .map(|set| Three {
            name: text(!set, 0).unwrap_or_default(),
            a: text(set, 0),
            b: text(set, 1),
            c: bytes(set, 2),
            end: (set & 8 == 0).then_some(u64::from(set) << 20),
        })
        .collect();
    check_all(&sevens);
    check_all(&[sevens]);
    check_all(&fours);
    check_all(&[fours]);
    check_all(&threes);
    check_all(&[threes]);
}

#[derive(Facet, Serialize)]
struct Arrays {
    strings: [String; 3],
    options: [Option<u32>; 5],
    empty: [String; 0],
    many: [(u8, u32); 32],
    units: [(); 7],
    flags: Vec<Flag>,
}

#[derive(Facet, Serialize, Clone, Copy)]
#[repr(u8)]
enum Flag {
    Only,
}

#[test]
fn arrays() {
    check_all(&[Arrays {
        strings: ["a".into(), String::new(), "c".repeat(50)],
        options: [None, Some(1), Some(1000), None, Some(u32::MAX)],
        empty: [],
        many: core::array::from_fn(|index| (index as u8, index as u32 * 300)),
        units: [(); 7],
        flags: vec![Flag::Only; 9],
    }]);
}

#[test]
fn every_character() {
    let characters: Vec<char> = ('\0'..=char::MAX).collect();
    check_all(&[characters]);
}

/// Strings of options are written without a branch on whether they are there: every length around the ones that are
/// handled differently, empty ones, and nothing, in every order of two.
#[test]
fn strings_of_options() {
    #[derive(Facet, serde::Serialize)]
    struct Pair {
        first: Option<String>,
        number: Option<u32>,
        second: Option<Vec<u8>>,
    }
    let lens = [
        0, 1, 15, 16, 17, 31, 32, 33, 64, 95, 126, 127, 128, 129, 400,
    ];
    let texts: Vec<Option<String>> = lens
        .map(|len| Some("ab".chars().cycle().take(len).collect()))
        .into_iter()
        .chain([None])
        .collect();
    let pair = |first: &Option<String>, second: &Option<String>| Pair {
        first: first.clone(),
        number: first.as_ref().map(|_| 300),
        second: second.clone().map(String::into_bytes),
    };
    let pairs: Vec<Pair> = texts
        .iter()
        .flat_map(|first| texts.iter().map(move |second| pair(first, second)))
        .collect();
    check_all(&pairs);
    // In one value, so that the room runs out everywhere.
    check_all(&[pairs]);
}
