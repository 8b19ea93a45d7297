//! Many threads at once: cold types, types whose tier changes meanwhile.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use facet::{Facet, PtrConst, Shape};
use facet_reflect::Peek;
use serde::Serialize;
use vox::{Runtime, Tier};
use vox_oracle::mode;
use vox_oracle::scale::scaled;

#[derive(Facet, Serialize)]
struct Order {
    id: u64,
    lines: Vec<Line>,
    notes: BTreeMap<String, Option<u32>>,
    #[facet(recursive_type)]
    previous: Vec<Order>,
}

#[derive(Facet, Serialize)]
struct Line {
    name: String,
    count: u16,
    price: Result<i64, String>,
}

fn order(depth: u64) -> Order {
    Order {
        id: depth << 20,
        lines: (0..5)
            .map(|line| Line {
                name: format!("line {line}"),
                count: line * 200,
                price: if line % 2 == 0 {
                    Ok(-300)
                } else {
                    Err(String::from("none"))
                },
            })
            .collect(),
        notes: BTreeMap::from([(String::from("a"), Some(1)), (String::from("b"), None)]),
        previous: depth.checked_sub(1).map(order).into_iter().collect(),
    }
}

const THREADS: usize = 16;

/// All threads meet the same cold types at the same moment.
#[test]
fn a_herd_of_first_calls() {
    let value = order(5);
    let expected = postcard::to_allocvec(&value).expect("serde encodes it");
    for _ in 0..scaled(10) {
        for mode in mode::fresh(None) {
            let barrier = Barrier::new(THREADS);
            thread::scope(|scope| {
                for _ in 0..THREADS {
                    scope.spawn(|| {
                        barrier.wait();
                        let bytes = mode.runtime.to_bytes(&value).expect("it encodes");
                        assert!(bytes == expected, "{}", mode.name);
                        let len = mode.runtime.encoded_len(&value.lines).expect("it encodes");
                        assert!(len > 0);
                    });
                }
            });
        }
    }
}

/// As many types as wanted: one type's shape at as many addresses.
fn shapes(count: usize) -> Vec<&'static Shape> {
    (0..count)
        .map(|_| &*Box::leak(Box::new(*Order::SHAPE)))
        .collect()
}

/// Types go up one by one while all threads encode all of them.
#[test]
fn encoding_while_tiers_change() {
    let value = order(2);
    let expected = postcard::to_allocvec(&value).expect("serde encodes it");
    let shapes = shapes(scaled(60));
    let runtime = Runtime::builder().background(false).build();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (shapes, runtime, done) = (&shapes, &runtime, &done);
            let (value, expected) = (&value, &expected);
            scope.spawn(move || {
                let mut rounds = 0;
                while !done.load(Ordering::Relaxed) || rounds < 3 {
                    for idx in 0..shapes.len() {
                        let shape = shapes[(idx + number * 7) % shapes.len()];
                        let address = PtrConst::new(std::ptr::from_ref(value));
                        // SAFETY: the shape is a copy of the type's own.
                        let peek = unsafe { Peek::unchecked_new(address, shape) };
                        let bytes = runtime.peek_to_bytes(peek).expect("it encodes");
                        assert!(bytes == *expected);
                    }
                    rounds += 1;
                }
            });
        }
        scope.spawn(|| {
            for shape in &shapes {
                let prepared = runtime.prepare_shapes(&[shape], Tier::Optimized);
                let available = vox::available_tiers().contains(&Tier::Optimized);
                assert_eq!(prepared.is_ok(), available, "{prepared:?}");
            }
            done.store(true, Ordering::Relaxed);
        });
    });
}

/// A thousand types from sixteen threads, no two of which begin with the same.
#[test]
fn a_thousand_cold_types() {
    let value = order(0);
    let expected = postcard::to_allocvec(&value).expect("serde encodes it");
    let shapes = shapes(scaled(1000));
    let runtime = Runtime::builder().tier(Tier::Interpreter).build();
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (shapes, runtime, value, expected) = (&shapes, &runtime, &value, &expected);
            scope.spawn(move || {
                for idx in 0..shapes.len() {
                    let shape = shapes[(idx * 7 + number * 61) % shapes.len()];
                    let address = PtrConst::new(std::ptr::from_ref(value));
                    // SAFETY: the shape is a copy of the type's own.
                    let peek = unsafe { Peek::unchecked_new(address, shape) };
                    let bytes = runtime.peek_to_bytes(peek).expect("it encodes");
                    assert!(bytes == *expected);
                }
            });
        }
    });
}

/// The runtime and what it answers cross threads.
#[test]
fn what_may_cross_threads() {
    const fn assert_shareable<T: Send + Sync>() {}
    const {
        assert_shareable::<Runtime>();
        assert_shareable::<vox::RuntimeBuilder>();
        assert_shareable::<vox::TypeReport>();
        assert_shareable::<vox::EncodeError>();
        assert_shareable::<vox::PrepareError>();
    }
}
