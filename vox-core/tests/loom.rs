//! Every order in which threads may meet at a slot, its promotion and the queue: the modules
//! themselves, run by loom. `cargo xtask loom`; an ordinary build has nothing here.
#![cfg(loom)]

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use vox_core::cx::EncodeCx;
use vox_core::entry::EncodeFn;
use vox_core::entry_fn;
use vox_core::program::{Code, Linkage, Program};
use vox_core::promotion::Promotion;
use vox_core::queue::Queue;
use vox_core::slot::Slot;
use vox_core::tier::Tier;

entry_fn! {
    /// Stands for baseline code; never called.
    unsafe fn baseline(_cx: *mut EncodeCx, _slot: *const Slot, _value: *const u8, _out: *mut u8) -> *mut u8 {
        core::ptr::without_provenance_mut(1)
    }
}

entry_fn! {
    /// Stands for optimized code; never called.
    unsafe fn optimized(_cx: *mut EncodeCx, _slot: *const Slot, _value: *const u8, _out: *mut u8) -> *mut u8 {
        core::ptr::without_provenance_mut(2)
    }
}

fn slot() -> Arc<Slot> {
    let program = Program {
        code: "program T\nb0:\n".parse::<Code>().expect("a program"),
        linkage: Linkage::default(),
    };
    // SAFETY: an empty program needs no functions and no children.
    Arc::new(unsafe { Slot::standalone(<() as facet::Facet>::SHAPE, program) })
}

fn is(entry: EncodeFn, other: EncodeFn) -> bool {
    core::ptr::eq(entry as *const (), other as *const ())
}

/// Memory that a compiler writes code to before it publishes the entry.
struct Page(loom::cell::UnsafeCell<u32>);

// SAFETY: for loom to judge: that is what the model is for.
unsafe impl Sync for Page {}
// SAFETY: as above.
unsafe impl Send for Page {}

#[test]
fn who_sees_an_entry_sees_the_code_behind_it() {
    loom::model(|| {
        let slot = slot();
        let page = Arc::new(Page(loom::cell::UnsafeCell::new(0)));
        let compiler = thread::spawn({
            let (slot, page) = (Arc::clone(&slot), Arc::clone(&page));
            move || {
                // SAFETY: nobody reads it before the entry is published.
                page.0.with_mut(|code| unsafe { *code = 7 });
                // SAFETY: the entry is never called.
                unsafe { slot.publish(optimized, Tier::Optimized) };
            }
        });
        if is(slot.entry(), optimized) {
            // SAFETY: it was written before the entry was published.
            page.0.with(|code| assert_eq!(unsafe { *code }, 7));
            assert_eq!(slot.tier(), Tier::Optimized);
        }
        compiler.join().expect("no panic");
        assert!(is(slot.entry(), optimized));
    });
}

/// The control of the model above: a cell that publishes without an order is found out.
#[test]
#[should_panic(expected = "Causality violation")]
fn an_entry_published_without_an_order_is_found_out() {
    loom::model(|| {
        let entry = Arc::new(AtomicUsize::new(0));
        let page = Arc::new(Page(loom::cell::UnsafeCell::new(0)));
        let compiler = thread::spawn({
            let (entry, page) = (Arc::clone(&entry), Arc::clone(&page));
            move || {
                // SAFETY: for loom to judge; it ends the test before this is a race.
                page.0.with_mut(|code| unsafe { *code = 7 });
                entry.store(1, Ordering::Relaxed);
            }
        });
        if entry.load(Ordering::Acquire) == 1 {
            // SAFETY: as above.
            page.0.with(|code| assert_eq!(unsafe { *code }, 7));
        }
        compiler.join().expect("no panic");
    });
}

#[test]
fn a_lower_tier_never_replaces_a_higher_one() {
    loom::model(|| {
        let slot = slot();
        let publish = |entry: EncodeFn, tier: Tier| {
            let slot = Arc::clone(&slot);
            thread::spawn(move || {
                // SAFETY: the entries are never called.
                unsafe { slot.publish(entry, tier) };
            })
        };
        let threads = [
            publish(baseline, Tier::Baseline),
            publish(optimized, Tier::Optimized),
        ];
        let seen = slot.entry();
        if is(seen, optimized) {
            assert!(is(slot.entry(), optimized), "it went down");
        }
        for thread in threads {
            thread.join().expect("no panic");
        }
        assert!(is(slot.entry(), optimized));
        assert_eq!(slot.tier(), Tier::Optimized);
    });
}

#[test]
fn one_of_many_promotes() {
    loom::model(|| {
        let slot = slot();
        let claims = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let (slot, claims) = (Arc::clone(&slot), Arc::clone(&claims));
                thread::spawn(move || {
                    if slot.promotion().claim(1) {
                        claims.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        if slot.promotion().claim(1) {
            claims.fetch_add(1, Ordering::Relaxed);
        }
        for thread in threads {
            thread.join().expect("no panic");
        }
        assert_eq!(claims.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_failure_and_a_claim_do_not_both_win() {
    loom::model(|| {
        let slot = slot();
        let promotion = |slot: &Arc<Slot>| -> *const Promotion { slot.promotion() };
        assert!(!promotion(&slot).is_null());
        assert!(slot.promotion().claim(1));
        let worker = thread::spawn({
            let slot = Arc::clone(&slot);
            move || slot.promotion().fail()
        });
        let claimed = slot.promotion().claim(1);
        let factor = worker.join().expect("no panic");
        assert!(factor.is_some());
        // Either it came after the failure, or somebody else may claim now.
        assert_eq!(slot.promotion().claim(1), !claimed);
        assert_eq!(slot.promotion().failures(), 1);
    });
}

#[test]
fn what_is_pushed_is_popped_once_and_in_order() {
    loom::model(|| {
        let queue = Arc::new(Queue::new(2));
        let pusher = thread::spawn({
            let queue = Arc::clone(&queue);
            move || {
                queue.push(1).expect("room");
                queue.push(2).expect("room");
            }
        });
        assert_eq!(queue.pop(), 1);
        assert_eq!(queue.pop(), 2);
        pusher.join().expect("no panic");
        assert!(queue.is_empty());
    });
}

#[test]
fn two_pushers_and_a_queue_that_is_full() {
    loom::model(|| {
        let queue = Arc::new(Queue::new(1));
        let pushers: Vec<_> = (0..2)
            .map(|item| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || queue.push(item).is_ok())
            })
            .collect();
        let first = queue.pop();
        assert!(first < 2);
        let taken: usize = pushers
            .into_iter()
            .map(|it| usize::from(it.join().expect("no panic")))
            .sum();
        assert_eq!(queue.len(), taken - 1);
    });
}
