//! Types that contain themselves: through every kind of container, mutually, from two
//! parents, and inside generics.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use facet::Facet;
use serde::Serialize;

/// Through a box, in last position.
#[derive(Facet, Serialize)]
struct Link {
    value: u32,
    #[facet(recursive_type)]
    next: Option<Box<Link>>,
}

fn chain(len: u32) -> Link {
    (0..len).fold(
        Link {
            value: 0,
            next: None,
        },
        |next, value| Link {
            value,
            next: Some(Box::new(next)),
        },
    )
}

/// Not in last position.
#[derive(Facet, Serialize)]
struct Early {
    #[facet(recursive_type)]
    next: Option<Box<Early>>,
    value: String,
}

#[derive(Facet, Serialize)]
#[repr(u8)]
enum Tree {
    Leaf(u64),
    Node(
        #[facet(recursive_type)] Box<Tree>,
        #[facet(recursive_type)] Box<Tree>,
    ),
}

fn tree(depth: u32) -> Tree {
    match depth {
        0 => Tree::Leaf(300),
        _ => Tree::Node(Box::new(tree(depth - 1)), Box::new(tree(depth - 1))),
    }
}

#[derive(Facet, Serialize)]
struct ThroughVec {
    name: String,
    #[facet(recursive_type)]
    children: Vec<ThroughVec>,
}

fn family(depth: u8) -> ThroughVec {
    ThroughVec {
        name: "n".repeat(depth.into()),
        children: (0..depth).map(family).collect(),
    }
}

#[derive(Facet, Serialize)]
struct ThroughMap {
    #[facet(recursive_type)]
    entries: BTreeMap<String, ThroughMap>,
}

#[derive(Facet, Serialize)]
struct ThroughHashMap {
    id: u8,
    #[facet(recursive_type)]
    entries: HashMap<u8, ThroughHashMap>,
}

#[derive(Facet, Serialize)]
struct ThroughArc {
    id: u16,
    #[facet(recursive_type)]
    parent: Option<Arc<ThroughArc>>,
}

#[derive(Facet, Serialize)]
struct ThroughRc {
    #[facet(recursive_type)]
    parts: Vec<Rc<ThroughRc>>,
    id: u16,
}

#[derive(Facet, Serialize)]
struct ThroughLock {
    id: u16,
    #[facet(recursive_type)]
    inner: Option<Box<Mutex<ThroughLock>>>,
}

#[derive(Facet, Serialize)]
struct ThroughSlice {
    id: i16,
    #[facet(recursive_type)]
    parts: Box<[ThroughSlice]>,
}

#[derive(Facet, Serialize)]
struct ThroughResult {
    #[facet(recursive_type)]
    outcome: Result<u8, Box<ThroughResult>>,
}

#[derive(Facet, Serialize)]
struct ThroughTuple {
    #[facet(recursive_type)]
    pair: Option<Box<(u8, ThroughTuple)>>,
}

/// Two types that need each other, and two parents of one of them.
#[derive(Facet, Serialize)]
struct Directory {
    name: String,
    #[facet(recursive_type)]
    entries: Vec<Entry>,
}

#[derive(Facet, Serialize)]
#[repr(u8)]
enum Entry {
    File { size: u64 },
    Directory(#[facet(recursive_type)] Directory),
    Link(#[facet(recursive_type)] Box<Entry>),
}

fn directory() -> Directory {
    Directory {
        name: String::from("root"),
        entries: vec![
            Entry::File { size: 70_000 },
            Entry::Directory(Directory {
                name: String::from("sub"),
                entries: vec![Entry::Link(Box::new(Entry::File { size: 1 }))],
            }),
        ],
    }
}

#[derive(Facet, Serialize)]
struct TwoParents {
    first: Directory,
    #[facet(recursive_type)]
    again: Option<Box<TwoParents>>,
    second: Entry,
}

/// Recursion inside a generic type, of two kinds of payload.
#[derive(Facet, Serialize)]
struct Stack<T: 'static> {
    top: T,
    #[facet(recursive_type)]
    rest: Option<Box<Stack<T>>>,
}

#[derive(Facet, Serialize)]
struct HasStacks {
    numbers: Stack<u32>,
    texts: Stack<String>,
    links: Stack<Link>,
}

fn stack<T>(of: Vec<T>) -> Stack<T> {
    let fold = of
        .into_iter()
        .fold(None, |rest, top| Some(Box::new(Stack { top, rest })));
    *fold.expect("not empty")
}

vox_oracle::zoo! { MEMBERS;
    link: Link = [chain(0), chain(1), chain(90)];
    early: Early = [
        Early { next: None, value: String::new() },
        Early { next: Some(Box::new(Early { next: None, value: String::from("inner") })), value: String::from("outer") },
    ];
    binary_tree: Tree = [tree(0), tree(1), tree(7)];
    through_vec: ThroughVec = [family(0), family(5)];
    through_map: ThroughMap = [
        ThroughMap { entries: BTreeMap::new() },
        ThroughMap { entries: [(String::from("a"), ThroughMap { entries: [(String::from("b"), ThroughMap { entries: BTreeMap::new() })].into() })].into() },
    ];
    through_hash_map: ThroughHashMap = [
        ThroughHashMap { id: 1, entries: [(2, ThroughHashMap { id: 2, entries: HashMap::new() })].into() },
    ];
    through_arc: ThroughArc = [ThroughArc { id: 300, parent: Some(Arc::new(ThroughArc { id: 1, parent: None })) }];
    through_rc: ThroughRc = [ThroughRc { parts: (0..3).map(|_| Rc::new(ThroughRc { parts: vec![], id: 1 })).collect(), id: 300 }];
    through_lock: ThroughLock = [ThroughLock { id: 1, inner: Some(Box::new(Mutex::new(ThroughLock { id: 2, inner: None }))) }];
    through_slice: ThroughSlice = [ThroughSlice { id: -1, parts: Box::new([ThroughSlice { id: 300, parts: Box::new([]) }]) }];
    through_result: ThroughResult = [
        ThroughResult { outcome: Ok(1) },
        ThroughResult { outcome: Err(Box::new(ThroughResult { outcome: Err(Box::new(ThroughResult { outcome: Ok(2) })) })) },
    ];
    through_tuple: ThroughTuple = [ThroughTuple { pair: Some(Box::new((1, ThroughTuple { pair: None }))) }];
    mutual: Directory = [directory()];
    mutual_from_the_other: Entry = [Entry::File { size: 1 }, Entry::Directory(directory()), Entry::Link(Box::new(Entry::Directory(directory())))];
    two_parents: TwoParents = [TwoParents {
        first: directory(),
        again: Some(Box::new(TwoParents { first: directory(), again: None, second: Entry::File { size: 2 } })),
        second: Entry::Directory(directory()),
    }];
    generic: HasStacks = [HasStacks {
        numbers: stack(vec![1, 300]), texts: stack(vec![String::new(), String::from("t")]), links: stack(vec![chain(2), chain(0)]),
    }];
}
