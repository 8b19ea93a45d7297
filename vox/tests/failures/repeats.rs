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
