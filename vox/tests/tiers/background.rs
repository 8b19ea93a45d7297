//! The policy: what becomes hot, who compiles it, and what callers notice.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::thread;

use facet::Facet;
use serde::Serialize;
use vox::{Runtime, Tier};

use crate::made::{self, Numbers};
use crate::{has_machine_code, until};

#[derive(Facet, Serialize)]
struct Tree {
    value: u32,
    // Not plain: machine code has a loop of its own for it.
    marks: BTreeMap<u8, Option<u8>>,
    #[facet(recursive_type)]
    children: Vec<Tree>,
}

fn tree(levels: u32) -> Tree {
    Tree {
        value: levels,
        marks: BTreeMap::from([(1, Some(2))]),
        children: (0..levels).map(tree).collect(),
    }
}

fn tier<T: Facet<'static>>(runtime: &Runtime) -> Tier {
    runtime.report::<T>().tier
}

/// A type inside a type that is not hot itself: its own account fills.
#[test]
fn a_hot_type_is_seen_within_a_cold_root() {
    if !has_machine_code() {
        return;
    }
    let runtime = Runtime::builder().compile_after(20_000).build();
    let value = (1_u8, tree(8));
    let expected = postcard::to_allocvec(&value).expect("serde encodes it");
    let mut calls = 0_u32;
    until("the tree is compiled", || {
        calls += 1;
        assert!(runtime.to_bytes(&value).expect("it encodes") == expected);
        tier::<Tree>(&runtime) == Tier::Optimized
    });
    if calls < 4_000 {
        assert!(
            tier::<(u8, Tree)>(&runtime) < Tier::Optimized,
            "the root did next to nothing"
        );
    }
    assert!(runtime.to_bytes(&value).expect("it encodes") == expected);
}

/// What values do before they fail is work as well.
#[test]
fn a_type_that_only_fails_becomes_hot() {
    if !has_machine_code() {
        return;
    }
    let value = tree(4);
    for in_place in [false, true] {
        let runtime = Runtime::builder().compile_after(1_000).max_depth(2).build();
        let mut buffer = Vec::new();
        until("a type that only fails is compiled", || {
            let failed = if in_place {
                runtime.to_bytes_in(&value, &mut buffer).is_err()
            } else {
                runtime.to_bytes(&value).is_err()
            };
            assert!(failed, "it is nested too deep");
            tier::<Tree>(&runtime) == Tier::Optimized
        });
        assert!(buffer.is_empty());
    }
}

/// So it is with elements the interpreter writes without an op for each.
#[test]
fn strings_that_do_not_fit_are_work() {
    if !has_machine_code() {
        return;
    }
    let runtime = Runtime::builder().compile_after(20_000).build();
    let pairs = vec![(String::from("key"), String::from("value")); 1_000];
    let mut buffer = [0; 9_000];
    for _ in 0..200 {
        assert!(
            runtime.to_slice(&pairs, &mut buffer).is_err(),
            "they take 10,002 bytes"
        );
    }
    until("a list that does not fit is compiled", || {
        tier::<Vec<(String, String)>>(&runtime) == Tier::Optimized
    });
}

/// A list that is being written when its element's type is compiled goes on in the new code.
#[test]
fn tier_up_in_the_middle_of_a_list() {
    if !has_machine_code() {
        return;
    }
    // The outermost tree is part of the list's own program; those in it are called.
    let value: Vec<Tree> = (0..30_000).map(|_| tree(1)).collect();
    changes_tier_on_the_way(&value);
}

/// So does a tree that is being written when its own type is compiled, though no other type's account is added to meanwhile.
#[test]
fn tier_up_in_the_middle_of_a_tree() {
    if !has_machine_code() {
        return;
    }
    let value = Tree {
        children: (0..30_000).map(|_| tree(1)).collect(),
        ..tree(0)
    };
    changes_tier_on_the_way(&value);
}

/// Encodes a value with some 30,000 maps that its type becomes hot by.
fn changes_tier_on_the_way<T: Facet<'static> + Serialize>(value: &T) {
    let expected = postcard::to_allocvec(value).expect("serde encodes it");
    let all_interpreted = {
        let runtime = Runtime::builder().tier(Tier::Interpreter).build();
        // The first one learns what is in a map; from then on each is asked for its length alone.
        runtime.to_bytes(value).expect("it encodes");
        let (bytes, counters) = runtime.to_bytes_counted(value).expect("it encodes");
        assert!(bytes == expected);
        counters.vtable_calls
    };
    assert!(
        all_interpreted >= 30_000,
        "every map is asked for its length"
    );
    until("a value changes its tier on the way", || {
        let runtime = Runtime::builder().compile_after(1_000).build();
        // The interpreter counts the calls it makes; code that was not told to does not.
        let (bytes, counters) = runtime.to_bytes_counted(value).expect("it encodes");
        assert!(bytes == expected);
        assert!(counters.vtable_calls > 0, "it started in the interpreter");
        counters.vtable_calls < all_interpreted
    });
}

/// Sixteen threads make one type hot at once: it is compiled once.
#[test]
fn a_herd_makes_one_compilation() {
    if !has_machine_code() {
        return;
    }
    for round in 0..10 {
        let made = made::one(&mut Numbers(round), 20);
        let runtime = Runtime::builder().compile_after(1).build();
        let barrier = Barrier::new(16);
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    barrier.wait();
                    for _ in 0..50 {
                        made.check(&runtime);
                    }
                });
            }
        });
        // The code is published, then counted.
        until("it is compiled", || {
            let stats = runtime.stats();
            stats.types.optimized == 1 && stats.compiled > 0
        });
        made.check(&runtime);
        let stats = runtime.stats();
        assert_eq!((stats.compiled, stats.failed), (1, 0), "{stats}");
    }
}

/// The same with threads that ask for it.
#[test]
fn a_herd_of_preparations_makes_one_compilation() {
    if !has_machine_code() {
        return;
    }
    let runtime = Runtime::builder().background(false).build();
    let barrier = Barrier::new(16);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                barrier.wait();
                let tier = runtime.prepare::<Tree>(Tier::Optimized);
                assert_eq!(tier.ok(), Some(Tier::Optimized));
            });
        }
    });
    assert_eq!(runtime.stats().compiled, 1, "{}", runtime.stats());
}

/// Many at once, on all processors, each compiled once.
#[test]
fn a_list_of_shapes_is_prepared() {
    if !has_machine_code() {
        return;
    }
    let made = made::many(3, 100, 30);
    let shapes: Vec<_> = made.iter().map(|it| it.shape).collect();
    let runtime = Runtime::builder().background(false).build();
    let tier = runtime.prepare_shapes(&shapes, Tier::Optimized);
    assert_eq!(tier.ok(), Some(Tier::Optimized));
    let stats = runtime.stats();
    assert_eq!(stats.compiled, stats.types.optimized as u64, "{stats}");
    assert_eq!(stats.failed, 0, "{stats}");
    assert!(
        stats.code_bytes > 0 && stats.code_memory_bytes > 0,
        "{stats}"
    );
    assert!(!stats.compile_time.is_zero(), "{stats}");
    for it in &made {
        it.check(&runtime);
    }
}

/// A budget for some of the types: the others stay where they are, without a fuss.
#[test]
fn a_budget_that_is_used_up() {
    if !has_machine_code() {
        return;
    }
    let made = made::many(4, 400, 60);
    let runtime = Runtime::builder()
        .code_budget(64 << 10)
        .compile_after(1)
        .build();
    until("all were tried", || {
        for it in &made {
            it.check(&runtime);
        }
        let stats = runtime.stats();
        stats.failed > 0 && stats.waiting == 0
    });
    let stats = runtime.stats();
    assert!(stats.types.optimized > 0, "{stats}");
    assert!(stats.code_memory_bytes <= 64 << 10, "{stats}");
    assert!(stats.failures[0].0.contains("budget"), "{stats}");
    // Memory that is spent is spent: nobody tries again.
    let failed = stats.failed;
    for _ in 0..3 {
        for it in &made {
            it.check(&runtime);
        }
    }
    until("what waits is done", || runtime.stats().waiting == 0);
    let tried = made.len() as u64;
    assert!(
        runtime.stats().failed <= tried,
        "{failed} then {}",
        runtime.stats()
    );
}

/// What does not run in a lower tier is not counted, and lookups are.
#[test]
fn what_stats_say() {
    let runtime = Runtime::builder().background(false).build();
    assert_eq!(runtime.stats().types.all(), 0);
    assert_eq!(runtime.stats().slow_lookups, 0);
    for _ in 0..10 {
        runtime.to_bytes(&(1_u8, tree(1))).expect("it encodes");
    }
    assert!(runtime.encoded_len(&core::ptr::null::<u8>()).is_err());
    let stats = runtime.stats();
    assert_eq!(stats.types.interpreter, 2, "{stats}");
    assert_eq!(stats.refused_types, 1, "{stats}");
    assert_eq!(stats.slow_lookups, 2, "{stats}");
    assert_eq!(stats.compiled + stats.failed, 0, "{stats}");
    let text = stats.to_string();
    assert!(text.contains("2 types: 2 interpreter"), "{text}");
}
