//! Types that contain themselves, in every way a type can.

#![allow(dead_code, reason = "facet reads these fields, rustc does not see it")]

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;

/// Recursion in last position.
#[derive(Facet, Serialize)]
struct Node {
    value: u32,
    #[facet(recursive_type)]
    next: Option<Box<Node>>,
}

fn chain(len: u32) -> Node {
    let mut node = Node {
        value: len,
        next: None,
    };
    for value in (0..len).rev() {
        node = Node {
            value,
            next: Some(Box::new(node)),
        };
    }
    node
}

codec_test!(linked_list: chain(0), chain(1), chain(150), vec![chain(3), chain(0), chain(2)]);

/// The same, not in last position.
#[derive(Facet, Serialize)]
struct Early {
    #[facet(recursive_type)]
    next: Option<Box<Early>>,
    value: u64,
    text: String,
}

fn early(len: u64) -> Early {
    Early {
        next: len.checked_sub(1).map(|len| Box::new(early(len))),
        value: len,
        text: format!("{len}"),
    }
}

codec_test!(recursion_in_front: early(0), early(1), early(100), Some(early(2)));

#[derive(Facet, Serialize)]
struct Tree {
    name: String,
    #[facet(recursive_type)]
    children: Vec<Tree>,
}

fn tree(depth: usize, width: usize) -> Tree {
    Tree {
        name: format!("{depth}"),
        children: (0..if depth == 0 { 0 } else { width })
            .map(|_| tree(depth - 1, width))
            .collect(),
    }
}

codec_test!(trees: tree(0, 0), tree(1, 3), tree(6, 3), tree(60, 1), vec![tree(1, 1)], (tree(1, 2), 1_u8));

/// An expression: an enum that recurs through boxes, lists and options.
#[derive(Facet, Serialize)]
#[repr(u8)]
enum Expression {
    Number(i64),
    Name(String),
    Negate(#[facet(recursive_type)] Box<Expression>),
    Add(
        #[facet(recursive_type)] Box<Expression>,
        #[facet(recursive_type)] Box<Expression>,
    ),
    Call {
        function: String,
        #[facet(recursive_type)]
        arguments: Vec<Expression>,
        #[facet(recursive_type)]
        fallback: Option<Box<Expression>>,
    },
}

fn number(value: i64) -> Box<Expression> {
    Box::new(Expression::Number(value))
}

fn expression() -> Expression {
    Expression::Call {
        function: String::from("max"),
        arguments: vec![
            Expression::Add(number(1), Box::new(Expression::Negate(number(-300)))),
            Expression::Name(String::from("x")),
            Expression::Call {
                function: String::new(),
                arguments: vec![],
                fallback: Some(number(0)),
            },
        ],
        fallback: Some(Box::new(Expression::Add(
            number(i64::MAX),
            number(i64::MIN),
        ))),
    }
}

codec_test!(expressions: *number(5), expression(), vec![expression(), *number(1)], Some(expression()));

/// Two types that contain each other.
#[derive(Facet, Serialize)]
struct Folder {
    name: String,
    #[facet(recursive_type)]
    entries: Vec<Entry>,
}

#[derive(Facet, Serialize)]
#[repr(u8)]
enum Entry {
    File(u64),
    Folder(#[facet(recursive_type)] Folder),
    Link(#[facet(recursive_type)] Box<Entry>),
}

fn folder() -> Folder {
    Folder {
        name: String::from("root"),
        entries: vec![
            Entry::File(300),
            Entry::Folder(Folder {
                name: String::from("empty"),
                entries: vec![],
            }),
            Entry::Link(Box::new(Entry::Folder(Folder {
                name: String::from("linked"),
                entries: vec![Entry::File(1), Entry::Link(Box::new(Entry::File(2)))],
            }))),
        ],
    }
}

codec_test!(
    mutual: folder(), Entry::Folder(folder()), vec![Entry::File(1), Entry::Folder(folder())],
    (folder(), Entry::File(9)),
);

/// Three types in a ring, each entered first once.
#[derive(Facet, Serialize)]
struct First {
    one: u8,
    #[facet(recursive_type)]
    second: Option<Box<Second>>,
}

#[derive(Facet, Serialize)]
struct Second {
    #[facet(recursive_type)]
    third: Vec<Third>,
    two: u16,
}

#[derive(Facet, Serialize)]
struct Third {
    three: u32,
    #[facet(recursive_type)]
    first: Option<Box<First>>,
    #[facet(recursive_type)]
    shortcut: Option<Box<Third>>,
}

fn first(depth: u8) -> First {
    First {
        one: depth,
        second: depth.checked_sub(1).map(|depth| Box::new(second(depth))),
    }
}

fn second(depth: u8) -> Second {
    Second {
        third: vec![third(depth), third(0)],
        two: 300,
    }
}

fn third(depth: u8) -> Third {
    Third {
        three: 70_000,
        first: depth.checked_sub(1).map(|depth| Box::new(first(depth))),
        shortcut: depth.checked_sub(1).map(|_| Box::new(third(0))),
    }
}

codec_test!(ring: first(9), second(9), third(9), (third(3), first(3), second(3)));

/// One recursive type, reached through two parents and in several places.
#[derive(Facet, Serialize)]
struct LeftParent {
    tree: Tree,
    list: Vec<Tree>,
}

#[derive(Facet, Serialize)]
struct RightParent {
    node: Option<Node>,
    tree: Box<Tree>,
    left: LeftParent,
    last: Node,
}

codec_test!(
    two_parents:
    LeftParent { tree: tree(2, 2), list: vec![tree(1, 1), tree(0, 0)] },
    RightParent {
        node: Some(chain(2)),
        tree: Box::new(tree(1, 2)),
        left: LeftParent { tree: tree(0, 0), list: vec![tree(2, 1)] },
        last: chain(3),
    },
);

#[derive(Facet, Serialize)]
struct Wrapped<T> {
    before: u8,
    value: T,
}

#[derive(Facet, Serialize)]
struct InGeneric {
    #[facet(recursive_type)]
    inner: Option<Box<Wrapped<InGeneric>>>,
    #[facet(recursive_type)]
    pair: Vec<Wrapped<Wrapped<InGeneric>>>,
}

fn in_generic(depth: u8) -> InGeneric {
    InGeneric {
        inner: depth.checked_sub(1).map(|rest| {
            Box::new(Wrapped {
                before: depth,
                value: in_generic(rest),
            })
        }),
        pair: (0..depth.min(2))
            .map(|_| Wrapped {
                before: 1,
                value: Wrapped {
                    before: 2,
                    value: in_generic(0),
                },
            })
            .collect(),
    }
}

codec_test!(generics: in_generic(0), in_generic(5), Wrapped { before: 1, value: in_generic(2) });

#[derive(Facet, Serialize)]
struct Shared {
    name: Arc<str>,
    #[facet(recursive_type)]
    children: BTreeMap<String, Arc<Shared>>,
    #[facet(recursive_type)]
    others: HashMap<u8, Shared>,
    #[facet(recursive_type)]
    locked: Option<Arc<Mutex<Shared>>>,
    #[facet(recursive_type)]
    counted: Option<Rc<Shared>>,
}

fn shared(depth: u8) -> Shared {
    let below = depth.checked_sub(1);
    Shared {
        name: Arc::from(format!("level {depth}")),
        children: below
            .into_iter()
            .map(|rest| (format!("{rest}"), Arc::new(shared(rest))))
            .collect(),
        others: below
            .into_iter()
            .map(|rest| (rest, shared(rest / 2)))
            .collect(),
        locked: below.map(|rest| Arc::new(Mutex::new(shared(rest / 2)))),
        counted: below.map(|rest| Rc::new(shared(rest / 3))),
    }
}

codec_test!(maps_and_counted: shared(0), shared(1), shared(5), vec![shared(2)]);

/// Recursion through an array, a tuple, a result.
#[derive(Facet, Serialize)]
struct Odd {
    #[facet(recursive_type)]
    array: Option<Box<[Odd; 2]>>,
    #[facet(recursive_type)]
    tuple: Vec<(u8, Odd)>,
    #[facet(recursive_type)]
    result: Result<Box<Odd>, String>,
}

fn odd(depth: u8) -> Odd {
    match depth.checked_sub(1) {
        None => Odd {
            array: None,
            tuple: vec![],
            result: Err(String::from("end")),
        },
        Some(rest) => Odd {
            array: Some(Box::new([odd(rest), odd(0)])),
            tuple: vec![(depth, odd(rest))],
            result: Ok(Box::new(odd(rest))),
        },
    }
}

codec_test!(odd_edges: odd(0), odd(1), odd(4), Ok::<Odd, ()>(odd(1)));

/// Numbers of every width in a type that calls itself: machine code writes them in another way there.
#[derive(Facet, Serialize)]
struct Numbered {
    short: u16,
    signed_short: i16,
    number: u32,
    signed: i32,
    long: u64,
    #[facet(recursive_type)]
    rest: Vec<Numbered>,
}

fn numbered(number: u64) -> Numbered {
    // What does not fit keeps its low bits.
    let [a, b, c, d, ..] = number.to_le_bytes();
    Numbered {
        short: u16::from_le_bytes([a, b]),
        signed_short: i16::from_le_bytes([a, b]),
        number: u32::from_le_bytes([a, b, c, d]),
        signed: i32::from_le_bytes([a, b, c, d]),
        long: number,
        rest: Vec::new(),
    }
}

/// Every power of two with its neighbours: the borders of all varint widths are among them.
fn around_powers() -> Numbered {
    let borders = (0..64).flat_map(|bits| [(1_u64 << bits) - 1, 1 << bits, (1 << bits) + 1]);
    Numbered {
        rest: borders.chain([u64::MAX]).map(numbered).collect(),
        ..numbered(0)
    }
}

codec_test!(numbers_in_recursion: around_powers(), vec![around_powers()]);
