//! Types that contain themselves.

use facet::{Facet, Shape};
use vox_core::lower::{Lowered, lower};
use vox_core::program::Op;

use crate::common::{PROBED, all_ops, program, recursive};

fn repeats(lowered: &Lowered) -> usize {
    all_ops(lowered)
        .filter(|op| matches!(op, Op::Repeat { .. }))
        .count()
}

fn calls(lowered: &Lowered) -> usize {
    all_ops(lowered)
        .filter(|op| matches!(op, Op::Call { .. }))
        .count()
}

fn children(lowered: &Lowered) -> Vec<String> {
    lowered.children.iter().map(ToString::to_string).collect()
}

#[derive(Facet)]
struct Link {
    value: u32,
    #[facet(recursive_type)]
    next: Option<Box<Link>>,
}

#[test]
fn a_linked_list_is_a_loop() {
    for lowered in recursive::<Link>() {
        assert_eq!((repeats(&lowered), calls(&lowered)), (1, 0));
        assert!(lowered.children.is_empty());
        assert!(lowered.child_paths.is_empty());
    }
}

#[derive(Facet)]
struct LinkFirst {
    #[facet(recursive_type)]
    next: Option<Box<LinkFirst>>,
    value: u32,
}

#[test]
fn recursion_with_something_behind_it_is_a_call() {
    let [lowered, _] = recursive::<LinkFirst>();
    assert_eq!((repeats(&lowered), calls(&lowered)), (0, 1));
    assert_eq!(children(&lowered), ["LinkFirst"]);
    assert_eq!(lowered.child_paths, [".next"]);
}

#[derive(Facet)]
struct SkippedBehind {
    #[facet(recursive_type)]
    next: Option<Box<SkippedBehind>>,
    #[facet(skip)]
    cache: u32,
    unit: (),
}

#[test]
fn what_writes_nothing_does_not_count_as_behind() {
    let [lowered, _] = recursive::<SkippedBehind>();
    assert_eq!((repeats(&lowered), calls(&lowered)), (1, 0));
}

#[derive(Facet)]
struct Tree {
    value: u32,
    #[facet(recursive_type)]
    children: Vec<Tree>,
}

#[test]
fn recursion_in_a_loop_is_a_call() {
    let [lowered, _] = recursive::<Tree>();
    assert_eq!((repeats(&lowered), calls(&lowered)), (0, 1));
    assert_eq!(lowered.child_paths, [".children[]"]);
}

#[derive(Facet)]
#[repr(u8)]
enum Expression {
    Number(i64),
    Negative(#[facet(recursive_type)] Box<Expression>),
    Sum {
        #[facet(recursive_type)]
        left: Box<Expression>,
        #[facet(recursive_type)]
        right: Box<Expression>,
    },
}

#[test]
fn the_last_of_several_is_the_loop() {
    let [lowered, _] = recursive::<Expression>();
    assert_eq!((repeats(&lowered), calls(&lowered)), (2, 1));
    assert_eq!(lowered.child_paths, ["::Sum.left"]);
}

#[derive(Facet)]
struct Forest {
    first: Vec<Tree>,
    second: Option<Box<Tree>>,
    third: Tree,
}

#[test]
fn all_ways_into_a_cycle_share_one_child() {
    let lowered = program::<Forest>();
    assert_eq!((repeats(&lowered), calls(&lowered)), (0, 3));
    assert!(!lowered.child_paths[0].is_empty());
    assert_eq!(children(&lowered), ["Tree"]);
    // A cycle has as many ways in as types, and each is a root of its own.
    assert_eq!(children(&program::<Vec<Tree>>()), ["Vec<Tree>"]);
    assert!(children(&program::<Option<Box<Link>>>()).is_empty());
}

#[derive(Facet)]
struct Even {
    #[facet(recursive_type)]
    odd: Option<Box<Odd>>,
}

#[derive(Facet)]
struct Odd {
    value: u8,
    #[facet(recursive_type)]
    even: Option<Box<Even>>,
}

#[test]
fn a_cycle_through_the_root_inlines_the_others() {
    for lowered in recursive::<Even>().iter().chain(&recursive::<Odd>()) {
        assert_eq!((repeats(lowered), calls(lowered)), (1, 0));
    }
}

#[derive(Facet)]
struct Generic<T: 'static> {
    value: T,
    #[facet(recursive_type)]
    rest: Vec<Generic<T>>,
}

#[test]
fn recursion_inside_a_generic_is_of_one_instance() {
    let lowered = program::<(Generic<u8>, Generic<String>)>();
    assert_eq!(children(&lowered).len(), 2);
}

#[derive(Facet)]
struct Outer {
    #[facet(proxy = OuterProxy)]
    inner: Hidden,
    last: u8,
}

#[derive(Facet)]
#[facet(opaque)]
struct Hidden;

#[derive(Facet)]
struct OuterProxy {
    #[facet(recursive_type)]
    again: Option<Box<Outer>>,
}

impl TryFrom<&Hidden> for OuterProxy {
    type Error = String;
    fn try_from(_: &Hidden) -> Result<Self, Self::Error> {
        Ok(Self { again: None })
    }
}

impl TryFrom<OuterProxy> for Hidden {
    type Error = String;
    fn try_from(_: OuterProxy) -> Result<Self, Self::Error> {
        Ok(Self)
    }
}

#[test]
fn no_loop_leaves_a_proxy_open() {
    #[derive(Facet)]
    struct Last {
        #[facet(proxy = LastProxy)]
        inner: Hidden,
    }
    #[derive(Facet)]
    struct LastProxy {
        #[facet(recursive_type)]
        again: Option<Box<Last>>,
    }
    impl TryFrom<&Hidden> for LastProxy {
        type Error = String;
        fn try_from(_: &Hidden) -> Result<Self, Self::Error> {
            Ok(Self { again: None })
        }
    }
    impl TryFrom<LastProxy> for Hidden {
        type Error = String;
        fn try_from(_: LastProxy) -> Result<Self, Self::Error> {
            Ok(Self)
        }
    }
    for lowered in recursive::<Outer>().iter().chain(&recursive::<Last>()) {
        assert_eq!((repeats(lowered), calls(lowered)), (0, 1));
    }
}

/// Whether or not the type is at another address inside of itself.
#[test]
fn a_copy_of_the_shape_costs_nothing() {
    let copy: &'static Shape = Box::leak(Box::new(*Link::SHAPE));
    for shape in [Link::SHAPE, copy] {
        let lowered = lower(shape, &PROBED).expect("a program");
        assert_eq!((repeats(&lowered), calls(&lowered)), (1, 0));
        assert!(lowered.children.is_empty());
    }
}

fn is_none(value: &Option<Box<Sometimes>>) -> bool {
    value.is_none()
}

#[derive(Facet)]
struct Sometimes {
    value: u32,
    #[facet(recursive_type, skip_serializing_if = is_none)]
    next: Option<Box<Sometimes>>,
}

#[test]
fn a_predicate_does_not_stop_a_loop() {
    let [lowered, _] = recursive::<Sometimes>();
    assert_eq!((repeats(&lowered), calls(&lowered)), (1, 0));
}
