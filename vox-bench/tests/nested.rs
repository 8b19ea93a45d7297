//! No pair of tiers allocates when one calls the other.

#![cfg(feature = "jit")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use vox_bench::nested::{CALLS, Pair, tiers};

/// The system's allocator, counting what each thread asks of it.
struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

fn count() -> u64 {
    COUNT.get()
}

// SAFETY: every call is passed on as it is; the counter is a plain word that needs no allocation.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller's duty.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's duty.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn nested_calls_allocate_nothing() {
    let mut buffer = Vec::with_capacity(1024);
    for caller in tiers() {
        for callee in tiers() {
            let pair = Pair::new(caller, callee);
            let before = count();
            for _ in 0..100 {
                buffer.clear();
                pair.encode(&mut buffer);
            }
            assert_eq!(count() - before, 0, "{caller} calls {callee}");
            assert_eq!(buffer, [7; CALLS], "{caller} calls {callee}");
        }
    }
}

#[test]
fn an_allocation_would_be_counted() {
    let before = count();
    drop(std::hint::black_box(Box::new(1_u64)));
    assert_eq!(count() - before, 1);
}
