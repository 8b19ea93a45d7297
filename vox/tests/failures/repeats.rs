//! Failures inside recursion in last position: the loop remembers nothing but how often it
//! went round, and that is enough to name the place.

#![allow(dead_code, reason = "facet reads these fields, rustc does not see it")]

use facet::Facet;
use vox_oracle::codec_test;

use crate::moody::Moody;

#[derive(Facet)]
struct Node {
    value: Moody,
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

/// A list whose last value is this one.
fn list(before: usize, last: Moody) -> Node {
    let mut node = Node {
        value: last,
        next: None,
    };
    for _ in 0..before {
        node = Node {
            value: Moody::Fine(1),
            next: Some(Box::new(node)),
        };
    }
    node
}

fn refused(place: &str) -> String {
    format!("cannot encode `{place}`: the proxy conversion failed: not today")
}

codec_test!(
    few_steps_are_spelled_out refuses:
    (list(0, Moody::Refuses), &refused("Node.value")),
    (list(1, Moody::Refuses), &refused("Node.next.value")),
    (list(2, Moody::Refuses), &refused("Node.next.next.value")),
    (list(3, Moody::Refuses), &refused("Node.next.next.next.value")),
);

codec_test!(
    many_steps_are_counted refuses:
    (list(4, Moody::Refuses), &refused("Node.next(x4).value")),
    (list(20_000, Moody::Refuses), &refused("Node.next(x20000).value")),
);

#[derive(Facet)]
struct Holder {
    lists: Vec<Node>,
}

// The first node may be part of its holder, and the loop start with the second: the path tells no difference.
codec_test!(
    a_loop_inside_a_loop refuses:
    (
        Holder { lists: vec![list(9, Moody::Fine(1)), list(5, Moody::Refuses)] },
        &refused("Holder.lists[1].next(x5).value")
    ),
);

/// Two ways to go on.
#[derive(Facet)]
#[repr(u8)]
enum Way {
    Left(Moody, #[facet(recursive_type)] Box<Way>),
    Right(#[facet(recursive_type)] Box<Way>),
    End,
}

codec_test!(
    several_ways_are_all_named refuses:
    (Way::Left(Moody::Refuses, Box::new(Way::End)), &refused("Way::Left.0")),
    (
        Way::Right(Box::new(Way::Left(
            Moody::Fine(1),
            Box::new(Way::Left(Moody::Refuses, Box::new(Way::End)))
        ))),
        &refused("Way(::Left.1|::Right.0)(x2)::Left.0")
    ),
);

/// A tail that is called inside of the loop: each call counts its own.
#[derive(Facet)]
struct Outer {
    inner: Node,
    #[facet(recursive_type)]
    rest: Option<Box<Outer>>,
}

codec_test!(
    fn every_call_counts_its_own(judge: &Judge) {
        let outer = |last, rest| Outer {
            inner: list(1, last),
            rest,
        };
        let value = outer(
            Moody::Fine(1),
            Some(Box::new(outer(
                Moody::Fine(2),
                Some(Box::new(outer(Moody::Refuses, None))),
            ))),
        );
        judge.refuses(
            "a list in a list",
            &value,
            &refused("Outer.rest.rest.inner.next.value"),
        );
    }
);

codec_test!(
    fn panics_pass_through(judge: &Judge) {
        let value = list(3, Moody::PanicsConverting);
        judge.panics("a panic in a list", &value, "the conversion panics");
    }
);

/// Both go on in their last field, one behind the other, so that what counts the one counts the other as well.
#[derive(Facet)]
struct Fork {
    #[facet(recursive_type)]
    one: Option<Box<Fork>>,
    between: Moody,
    #[facet(recursive_type)]
    other: Option<Box<Fork>>,
    behind: Moody,
    #[facet(recursive_type)]
    next: Option<Box<Fork>>,
}

impl Fork {
    fn fine() -> Self {
        Self {
            one: None,
            between: Moody::Fine(1),
            other: None,
            behind: Moody::Fine(2),
            next: None,
        }
    }

    /// So many before one that refuses in front of its last field, or does not.
    fn going_on(before: usize, refuses: bool) -> Self {
        let behind = if refuses {
            Moody::Refuses
        } else {
            Moody::Fine(3)
        };
        let last = Self {
            behind,
            ..Self::fine()
        };
        (0..before).fold(last, |next, _| Self {
            next: Some(Box::new(next)),
            ..Self::fine()
        })
    }

    /// With these below it.
    fn above(one: Self, other: Self) -> Self {
        Self {
            one: Some(Box::new(one)),
            other: Some(Box::new(other)),
            ..Self::fine()
        }
    }
}

/// A fork with these below it, behind so many others, that refuses behind them if nothing in them did.
fn fork(before: usize, one: Fork, other: Fork) -> Fork {
    let last = Fork {
        behind: Moody::Refuses,
        ..Fork::above(one, other)
    };
    (0..before).fold(last, |next, _| Fork {
        next: Some(Box::new(next)),
        ..Fork::fine()
    })
}

codec_test!(
    each_fork_is_counted_by_itself refuses:
    (fork(5, Fork::going_on(7, false), Fork::going_on(6, true)), &refused("Fork.next(x5).other.next(x6).behind")),
    (fork(5, Fork::going_on(7, true), Fork::going_on(6, true)), &refused("Fork.next(x5).one.next(x7).behind")),
    (fork(4, Fork::going_on(7, false), Fork::going_on(6, false)), &refused("Fork.next(x4).behind")),
    (fork(4, Fork::above(Fork::going_on(9, false), Fork::going_on(8, true)), Fork::fine()), &refused("Fork.next(x4).one.other.next(x8).behind")),
    (fork(4, Fork::fine(), Fork::above(Fork::going_on(9, false), Fork::going_on(8, false))), &refused("Fork.next(x4).behind")),
);
