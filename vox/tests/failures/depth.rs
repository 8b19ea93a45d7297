//! Deep values: lists without end, the limit to the level, and stacks that hold.

#![allow(dead_code, reason = "facet reads these fields, rustc does not see it")]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;

use facet::Facet;
use vox::{EncodeErrorKind, Runtime};
use vox_oracle::mode;
use vox_oracle::scale::scaled;

#[derive(Facet)]
struct Node {
    value: u8,
    #[facet(recursive_type)]
    next: Option<Box<Node>>,
}

/// One by one: the derived drop would recurse.
impl Drop for Node {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut node) = next {
            next = node.next.take();
        }
    }
}

fn list(len: usize) -> Node {
    let mut node = Node {
        value: 7,
        next: None,
    };
    for _ in 1..len {
        node = Node {
            value: 7,
            next: Some(Box::new(node)),
        };
    }
    node
}

/// Runs something on a stack of so many bytes.
pub(crate) fn on_stack<R: Send>(bytes: usize, run: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| {
        thread::Builder::new()
            .stack_size(bytes)
            .spawn_scoped(scope, run)
            .expect("a thread starts")
            .join()
            .expect("the thread succeeds")
    })
}

const SMALL_STACK: usize = 256 << 10;

#[test]
fn a_million_nodes_on_a_small_stack() {
    let len = scaled(1_000_000);
    let list_of_all = list(len);
    let mut expected = [7, 1].repeat(len);
    expected[2 * len - 1] = 0;
    for mode in mode::all() {
        // Compiling needs more stack than encoding.
        mode.runtime.to_bytes(&list(1)).expect("it encodes");
        let bytes = on_stack(SMALL_STACK, || mode.runtime.to_bytes(&list_of_all));
        assert!(bytes.expect("it encodes") == expected, "{}", mode.name);
        let len = on_stack(SMALL_STACK, || mode.runtime.encoded_len(&list_of_all));
        assert_eq!(len.expect("it encodes"), expected.len(), "{}", mode.name);
    }
}

/// Recursion at the end of an enum's variant, behind other fields.
#[derive(Facet)]
#[repr(u8)]
enum Cons {
    Nil,
    Cons(u16, String, #[facet(recursive_type)] Box<Cons>),
}

impl Drop for Cons {
    fn drop(&mut self) {
        let Self::Cons(_, _, rest) = self else {
            return;
        };
        let mut next = std::mem::replace(&mut **rest, Self::Nil);
        while let Self::Cons(_, _, rest) = &mut next {
            let rest = std::mem::replace(&mut **rest, Self::Nil);
            next = rest;
        }
    }
}

#[test]
fn an_enum_in_last_position_is_a_loop_too() {
    let len = scaled(100_000);
    let mut value = Cons::Nil;
    for _ in 0..len {
        value = Cons::Cons(300, String::from("x"), Box::new(value));
    }
    let mut expected = [1, 0xac, 0x02, 1, b'x'].repeat(len);
    expected.push(0);
    for mode in mode::all() {
        mode.runtime.to_bytes(&Cons::Nil).expect("it encodes");
        let bytes = on_stack(SMALL_STACK, || mode.runtime.to_bytes(&value));
        assert!(bytes.expect("it encodes") == expected, "{}", mode.name);
    }
}

#[derive(Facet)]
struct Tree {
    #[facet(recursive_type)]
    children: Vec<Tree>,
    value: u8,
}

/// A tree of `depth` levels below the root.
fn tree(depth: usize) -> Tree {
    let mut tree = Tree {
        children: vec![],
        value: 0,
    };
    for _ in 0..depth {
        tree = Tree {
            children: vec![tree],
            value: 1,
        };
    }
    tree
}

#[derive(Facet)]
struct Early {
    #[facet(recursive_type)]
    next: Option<Box<Early>>,
    value: u8,
}

fn early(depth: usize) -> Early {
    let mut early = Early {
        next: None,
        value: 0,
    };
    for _ in 0..depth {
        early = Early {
            next: Some(Box::new(early)),
            value: 1,
        };
    }
    early
}

#[test]
fn the_limit_to_the_level() {
    for limit in [0_usize, 1, 2, 7] {
        let limit_u64 = limit as u64;
        let text = |path: &str| {
            format!(
                "cannot encode `{path}`: the value is nested deeper than {limit} levels; a runtime \
                 with a higher `max_depth` may encode it"
            )
        };
        for mode in mode::fresh(Some(limit_u64)) {
            mode.runtime
                .to_bytes(&tree(limit))
                .expect("just deep enough");
            let error = mode
                .runtime
                .to_bytes(&tree(limit + 1))
                .expect_err("too deep");
            assert_eq!(error.kind(), EncodeErrorKind::DepthLimit);
            let path = format!("Tree{}", ".children[0]".repeat(limit + 1));
            assert_eq!(error.to_string(), text(&path), "{}", mode.name);

            mode.runtime
                .to_bytes(&early(limit))
                .expect("just deep enough");
            let error = mode
                .runtime
                .to_bytes(&early(limit + 1))
                .expect_err("too deep");
            let path = format!("Early{}", ".next".repeat(limit + 1));
            assert_eq!(error.to_string(), text(&path), "{}", mode.name);

            // A failure does not use up levels.
            mode.runtime
                .to_bytes(&tree(limit))
                .expect("just deep enough");
            let two = [tree(limit.saturating_sub(1)), tree(limit.saturating_sub(1))];
            if limit > 0 {
                mode.runtime
                    .to_bytes(&two[..])
                    .expect("side by side is not deep");
            }
        }
    }
}

#[derive(Facet)]
struct Both {
    #[facet(recursive_type)]
    left: Option<Box<Both>>,
    #[facet(recursive_type)]
    right: Option<Box<Both>>,
    #[facet(recursive_type)]
    others: Vec<Both>,
    value: u8,
}

/// Full of nodes down to `depth` levels below the root, and the last of all of them so many deeper.
fn both(depth: usize, last: usize) -> Both {
    let child = |last| (depth > 0).then(|| both(depth - 1, last));
    let deeper = (depth == 0 && last > 0).then(|| both(0, last - 1));
    Both {
        left: child(0).map(Box::new),
        right: child(0).map(Box::new),
        others: [child(0), child(last), deeper]
            .into_iter()
            .flatten()
            .collect(),
        value: 1,
    }
}

#[test]
fn the_limit_is_the_same_behind_siblings() {
    for limit in 0..5 {
        let just_deep_enough = both(limit, 0);
        let expected = Runtime::builder().build().to_bytes(&just_deep_enough);
        let expected = expected.expect("the default limit is higher");
        for mode in mode::fresh(Some(limit as u64)) {
            let bytes = mode.runtime.to_bytes(&just_deep_enough);
            assert_eq!(bytes.expect("just deep enough"), expected, "{}", mode.name);
            for last in [1, 2] {
                let error = mode.runtime.to_bytes(&both(limit, last));
                let error = error.expect_err("too deep");
                assert_eq!(error.kind(), EncodeErrorKind::DepthLimit, "{}", mode.name);
                let path = format!("`Both{}.others[0]`", ".others[1]".repeat(limit));
                assert!(error.to_string().contains(&path), "{}: {error}", mode.name);
            }
        }
    }
}

/// Goes on in its last field, which is a loop, and through another type.
#[derive(Facet)]
struct Tail {
    #[facet(recursive_type)]
    others: Vec<Other>,
    #[facet(recursive_type)]
    left: Option<Box<Tail>>,
    #[facet(recursive_type)]
    next: Option<Box<Tail>>,
}

#[derive(Facet)]
struct Other {
    #[facet(recursive_type)]
    tails: Vec<Tail>,
    #[facet(recursive_type)]
    same: Option<Box<Other>>,
    value: u8,
}

fn tail(depth: usize) -> Tail {
    let below = |with_left: bool| Tail {
        others: vec![],
        left: (depth > 0 && with_left).then(|| Box::new(tail(depth - 1))),
        next: None,
    };
    Tail {
        others: Vec::from_iter((depth > 0).then(|| other(depth - 1))),
        next: Some(Box::new(Tail {
            next: Some(Box::new(below(true))),
            ..below(false)
        })),
        ..below(true)
    }
}

fn other(depth: usize) -> Other {
    Other {
        tails: Vec::from_iter((depth > 0).then(|| tail(depth - 1))),
        same: (depth > 0).then(|| Box::new(other(depth - 1))),
        value: 3,
    }
}

#[test]
fn every_tier_has_the_same_limit() {
    let mut refused = 0;
    for limit in 0..6 {
        let modes = mode::fresh(Some(limit));
        for depth in 0..6 {
            let value = tail(depth);
            let results = modes.iter().map(|mode| {
                let result = mode.runtime.to_bytes(&value);
                (&mode.name, result.map_err(|error| error.to_string()))
            });
            let results: Vec<_> = results.collect();
            refused += usize::from(results[0].1.is_err());
            for (name, result) in &results {
                assert_eq!(*result, results[0].1, "{name}, {limit}, {depth}");
            }
        }
    }
    assert!((10..30).contains(&refused), "some of them: {refused}");
}

const DEFAULT_LIMIT: usize = 100;

#[test]
fn the_default_limit() {
    let far_too_deep = tree(20_000);
    for mode in mode::all() {
        mode.runtime
            .to_bytes(&tree(DEFAULT_LIMIT))
            .expect("just deep enough");
        let error = mode
            .runtime
            .to_bytes(&tree(DEFAULT_LIMIT + 1))
            .expect_err("too deep");
        assert_eq!(error.kind(), EncodeErrorKind::DepthLimit, "{}", mode.name);
        let error = mode.runtime.to_bytes(&far_too_deep).expect_err("too deep");
        assert_eq!(error.kind(), EncodeErrorKind::DepthLimit, "{}", mode.name);
    }
    // Its own drop needs more stack than its encoding.
    on_stack(64 << 20, || drop(far_too_deep));
}

/// A level as real types have them: a list, an option, a box, an enum, a map.
#[derive(Facet)]
struct Level {
    #[facet(recursive_type)]
    steps: Vec<Option<Box<Step>>>,
    last: u8,
}

#[derive(Facet)]
#[repr(u8)]
enum Step {
    Deeper(#[facet(recursive_type)] BTreeMap<u8, Level>, u8),
    #[allow(dead_code, reason = "an enum has more than one variant")]
    Nothing,
}

fn level(depth: usize) -> Level {
    let mut level = Level {
        steps: vec![],
        last: 0,
    };
    for _ in 0..depth {
        let step = Step::Deeper(BTreeMap::from([(1, level)]), 1);
        level = Level {
            steps: vec![None, Some(Box::new(step))],
            last: 1,
        };
    }
    level
}

/// A level that goes through everything that takes stack.
#[derive(Facet)]
struct Heavy {
    #[facet(recursive_type)]
    map: BTreeMap<u8, Option<Mutex<Box<HeavyStep>>>>,
    last: u8,
}

#[derive(Facet)]
#[repr(u8)]
#[expect(clippy::type_complexity, reason = "as many frames per level as can be")]
enum HeavyStep {
    Deeper {
        #[facet(recursive_type)]
        list: Vec<[Option<Result<Box<Heavy>, String>>; 2]>,
        after: u8,
    },
    #[allow(dead_code, reason = "an enum has more than one variant")]
    Nothing,
}

fn heavy(depth: usize) -> Heavy {
    let mut heavy = Heavy {
        map: BTreeMap::new(),
        last: 0,
    };
    for _ in 0..depth {
        let step = HeavyStep::Deeper {
            list: vec![[None, Some(Ok(Box::new(heavy)))]],
            after: 1,
        };
        heavy = Heavy {
            map: BTreeMap::from([(1, Some(Mutex::new(Box::new(step))))]),
            last: 1,
        };
    }
    heavy
}

/// Exceeds the default limit on a stack of so many bytes.
fn exceeds_on_stack<T: Facet<'static> + Send + Sync>(bytes: usize, warm: &T, value: T) {
    for mode in mode::all() {
        mode.runtime.to_bytes(warm).expect("it encodes");
        mode.runtime.encoded_len(warm).expect("it encodes");
        on_stack(bytes, || {
            let error = mode.runtime.to_bytes(&value).expect_err("too deep");
            assert_eq!(error.kind(), EncodeErrorKind::DepthLimit, "{}", mode.name);
            let error = mode.runtime.encoded_len(&value).expect_err("too deep");
            assert_eq!(error.kind(), EncodeErrorKind::DepthLimit, "{}", mode.name);
        });
    }
    // Its own drop is as deep.
    on_stack(64 << 20, || drop(value));
}

/// The stack of a thread that nobody configured.
pub(crate) const DEFAULT_STACK: usize = 2 << 20;

/// The default limit comes before the end of an ordinary thread's stack, in the
/// interpreter of a debug build too.
#[test]
fn the_default_limit_fits_the_stack() {
    exceeds_on_stack(DEFAULT_STACK, &level(1), level(DEFAULT_LIMIT + 10));
}

/// Maps in maps, each of which takes a batch of items and a position besides its frames.
#[derive(Facet)]
struct Nested {
    #[facet(recursive_type)]
    maps: BTreeMap<u8, BTreeMap<u8, Nested>>,
    last: u8,
}

fn nested(depth: usize) -> Nested {
    let nothing = Nested {
        maps: BTreeMap::new(),
        last: 0,
    };
    (0..depth).fold(nothing, |inside, _| Nested {
        maps: BTreeMap::from([(1, BTreeMap::from([(2, inside)]))]),
        last: 1,
    })
}

/// Lists in lists of enums, whose loop has frames of its own.
#[derive(Facet)]
#[repr(u8)]
enum Listed {
    Deeper(#[facet(recursive_type)] Vec<Vec<Listed>>, u8),
    Nothing,
}

fn listed(depth: usize) -> Listed {
    (0..depth).fold(Listed::Nothing, |inside, _| {
        Listed::Deeper(vec![vec![Listed::Nothing, inside]], 1)
    })
}

/// A build without any optimisation, facet's functions included, and with all debug information takes half as much again as a
/// debug build of this workspace: what that is allowed is less by as much.
const UNOPTIMISED_STACK: usize = if cfg!(debug_assertions) {
    DEFAULT_STACK / 3 * 2
} else {
    DEFAULT_STACK
};

#[test]
fn the_default_limit_with_maps_in_maps() {
    exceeds_on_stack(UNOPTIMISED_STACK, &nested(1), nested(DEFAULT_LIMIT + 10));
}

#[test]
fn the_default_limit_with_enums_in_lists() {
    exceeds_on_stack(UNOPTIMISED_STACK, &listed(1), listed(DEFAULT_LIMIT + 10));
}

/// A level of eleven blocks takes a debug build's interpreter some eleven
/// kilobytes; on some systems more.
#[test]
fn the_default_limit_with_heavy_levels() {
    let bytes = if cfg!(debug_assertions) {
        2 * DEFAULT_STACK
    } else {
        DEFAULT_STACK
    };
    exceeds_on_stack(bytes, &heavy(1), heavy(DEFAULT_LIMIT + 10));
}

/// The limit can be raised by who has the stack for it.
#[test]
fn a_raised_limit() {
    let depth = 10_000;
    let runtime = Runtime::builder().max_depth(depth as u64).build();
    on_stack(256 << 20, || {
        let value = tree(depth);
        assert!(runtime.to_bytes(&value).is_ok());
        assert!(runtime.to_bytes(&tree(depth + 1)).is_err());
    });
}

/// A proxy that leads back to its own type never ends by itself.
#[test]
fn a_proxy_in_a_circle() {
    #[derive(Facet)]
    #[facet(proxy = Wrapper)]
    struct Circular(u8);
    #[derive(Facet)]
    struct Wrapper {
        #[facet(recursive_type)]
        inner: Box<Circular>,
    }
    impl From<&Circular> for Wrapper {
        fn from(value: &Circular) -> Self {
            Self {
                inner: Box::new(Circular(value.0)),
            }
        }
    }
    impl From<Wrapper> for Circular {
        fn from(value: Wrapper) -> Self {
            *value.inner
        }
    }
    for mode in mode::all() {
        let error = mode
            .runtime
            .to_bytes(&Circular(1))
            .expect_err("without end");
        assert_eq!(error.kind(), EncodeErrorKind::DepthLimit, "{}", mode.name);
    }
}
