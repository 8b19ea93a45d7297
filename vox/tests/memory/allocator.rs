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
    /// Layouts whose allocations always succeed, and how many did while others were to fail.
    static SPARED: Cell<(&'static [Layout], usize)> = const { Cell::new((&[], 0)) };
    /// Allocations until the one whose layout is wanted, and the layout once it was seen.
    static WATCHED: Cell<(Option<usize>, Option<Layout>)> = const { Cell::new((None, None)) };
}

/// The allocator.
pub(crate) struct Scripted;

/// Remembers the layout of the allocation that is watched for.
fn watch(layout: Layout) {
    match WATCHED.get() {
        (Some(0), _) => WATCHED.set((None, Some(layout))),
        (Some(left), seen) => WATCHED.set((Some(left - 1), seen)),
        (None, _) => {}
    }
}

/// Counts an allocation; answers whether it may succeed.
fn permits(layout: Layout) -> bool {
    MADE.set(MADE.get() + 1);
    watch(layout);
    let (spared, count) = SPARED.get();
    if spared.contains(&layout) {
        SPARED.set((spared, count + 1));
        return true;
    }
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
        if !permits(layout) {
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
        if !permits(layout) {
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

/// Runs something while allocations of these layouts succeed whatever is to fail. Answers how many there were.
pub(crate) fn sparing<R>(layouts: &'static [Layout], run: impl FnOnce() -> R) -> (R, usize) {
    SPARED.set((layouts, 0));
    let result = run();
    let (_, count) = SPARED.replace((&[], 0));
    (result, count)
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

/// The layout of the allocation with this number (from 0) of those something makes.
#[allow(dead_code, reason = "not every test program asks")]
pub(crate) fn layout_of(number: usize, run: impl FnOnce()) -> Option<Layout> {
    WATCHED.set((Some(number), None));
    run();
    WATCHED.replace((None, None)).1
}
