//! Advancing iterators, a batch at a time: one trampoline call fills an array of
//! item addresses.

use facet_core::{IterNextFn, PtrConst, PtrMut};

use super::{FAILED, guard};
use crate::cx::{EncodeCx, Failure};
use crate::entry_fn;

/// The state of an iterator: what `init` answers and `next` advances. Two words.
pub type State = PtrMut;

/// The most items one call yields.
pub const BATCH: usize = 32;

/// The addresses of a key and a value.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The key.
    pub key: *const u8,
    /// The value.
    pub value: *const u8,
}

/// The address of an item; items are sized, so their pointers are thin.
fn address(cx: &mut EncodeCx, item: PtrConst) -> Option<*const u8> {
    if item.is_wide() {
        cx.fail(Failure::Bug(String::from(
            "an iterator yielded an unsized item",
        )));
        return None;
    }
    Some(item.raw_ptr())
}

entry_fn! {
    /// Fills `items` with the addresses of up to `count` (at most [`BATCH`])
    /// further items and answers how many; fewer than asked means the iterator
    /// ended. [`FAILED`] when it panicked.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `next` is the address of an
    /// `IterNextFn<PtrConst>`, `iter` points to the `PtrMut` its `init` answered, `items` has room for `count`.
    pub unsafe fn next(cx: *mut EncodeCx, next: *const (), iter: *const PtrMut, items: *mut *const u8, count: usize) -> usize {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        let cx = unsafe { &mut *cx };
        cx.counters.trampoline_calls += 1;
        // SAFETY: programs name functions of the kind their ops call (A2).
        let next = unsafe { core::mem::transmute::<*const (), IterNextFn<PtrConst>>(next) };
        for filled in 0..count {
            // SAFETY: the iterator is alive between init and dealloc (A10).
            match guard(cx, || unsafe { next(*iter) }) {
                Some(Some(item)) => {
                    let Some(item) = address(cx, item) else { return FAILED };
                    // SAFETY: there is room for `count`.
                    unsafe { items.add(filled).write(item) };
                }
                Some(None) => return filled,
                None => return FAILED,
            }
        }
        count
    }
}

entry_fn! {
    /// As `next`, for the iterator of a map.
    ///
    /// # Safety
    ///
    /// As for `next`, with an `IterNextFn<(PtrConst, PtrConst)>`.
    pub unsafe fn next_entries(cx: *mut EncodeCx, next: *const (), iter: *const PtrMut, entries: *mut Entry, count: usize) -> usize {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        let cx = unsafe { &mut *cx };
        cx.counters.trampoline_calls += 1;
        // SAFETY: programs name functions of the kind their ops call (A2).
        let next = unsafe { core::mem::transmute::<*const (), IterNextFn<(PtrConst, PtrConst)>>(next) };
        for filled in 0..count {
            // SAFETY: the iterator is alive between init and dealloc (A10).
            match guard(cx, || unsafe { next(*iter) }) {
                Some(Some((key, value))) => {
                    let (Some(key), Some(value)) = (address(cx, key), address(cx, value)) else { return FAILED };
                    // SAFETY: there is room for `count`.
                    unsafe { entries.add(filled).write(Entry { key, value }) };
                }
                Some(None) => return filled,
                None => return FAILED,
            }
        }
        count
    }
}
