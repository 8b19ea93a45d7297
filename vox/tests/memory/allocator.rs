//! An allocator that counts, and fails when told to, for each thread by itself.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;

thread_local! {
    /// Allocations (growing included) that still succeed; `None` is all.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
    /// Whether all later ones fail too, or one only.
    static FOR_GOOD: Cell<bool> = const { Cell::new(false) };
    static FAILED: Cell<usize> = const { Cell::new(0) };
    static MADE: Cell<usize> = const { Cell::new(0) };
    static LIVE_BYTES: Cell<isize> = const { Cell::new(0) };
}

/// The allocator.
pub(crate) struct Scripted;

/// Counts an allocation; answers whether it may succeed.
fn permits() -> bool {
    MADE.set(MADE.get() + 1);
    match LEFT.get() {
        None => true,
        Some(0) => {
            FAILED.set(FAILED.get() + 1);
            if !FOR_GOOD.get() {
                LEFT.set(None);
            }
            false
        }
        Some(left) => {
            LEFT.set(Some(left - 1));
            true
        }
    }
}

/// Bytes of a layout, for counting.
fn bytes(size: usize) -> isize {
    isize::try_from(size).unwrap_or(isize::MAX)
}

// SAFETY: memory is the system's; failing is allowed at any time.
unsafe impl GlobalAlloc for Scripted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !permits() {
            return ptr::null_mut();
        }
        LIVE_BYTES.set(LIVE_BYTES.get() + bytes(layout.size()));
        // SAFETY: the caller's duty.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE_BYTES.set(LIVE_BYTES.get() - bytes(layout.size()));
        // SAFETY: the caller's duty.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !permits() {
            return ptr::null_mut();
        }
        LIVE_BYTES.set(LIVE_BYTES.get() + bytes(size) - bytes(layout.size()));
        // SAFETY: the caller's duty.
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// Runs something while the allocation with this number (from 0) fails, and
/// all later ones too if it is for good. Answers how many failed.
pub(crate) fn failing<R>(number: usize, for_good: bool, run: impl FnOnce() -> R) -> (R, usize) {
    FAILED.set(0);
    FOR_GOOD.set(for_good);
    LEFT.set(Some(number));
    let result = run();
    LEFT.set(None);
    (result, FAILED.get())
}

/// Allocations made by something.
pub(crate) fn counting<R>(run: impl FnOnce() -> R) -> (R, usize) {
    let before = MADE.get();
    let result = run();
    (result, MADE.get() - before)
}

/// Bytes of this thread that are allocated and not freed.
pub(crate) fn live_bytes() -> isize {
    LIVE_BYTES.get()
}
