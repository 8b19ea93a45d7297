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
fn address(item: PtrConst) -> Option<*const u8> {
    (!item.is_wide()).then(|| item.raw_ptr())
}

/// Asks for up to `count` items and answers how many there were, or [`FAILED`]. All are asked for under one guard: it
/// costs as much as a step of most iterators does. `keep` answers whether the item is one that can be.
#[inline(always)]
fn fill<T>(
    cx: &mut EncodeCx,
    count: usize,
    mut next: impl FnMut() -> Option<T>,
    mut keep: impl FnMut(usize, T) -> Option<()>,
) -> usize {
    cx.counters.trampoline_calls += 1;
    let filled = guard(cx, || {
        for filled in 0..count {
            match next() {
                Some(item) => keep(filled, item)?,
                None => return Some(filled),
            }
        }
        Some(count)
    });
    match filled {
        Some(Some(filled)) => filled,
        Some(None) => {
            let problem = String::from("an iterator yielded an unsized item");
            cx.fail(Failure::Bug(problem));
            FAILED
        }
        None => FAILED,
    }
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
        // SAFETY: programs name functions of the kind their ops call (A2).
        let next = unsafe { core::mem::transmute::<*const (), IterNextFn<PtrConst>>(next) };
        // SAFETY: the iterator is alive between init and dealloc (A10).
        let next = || unsafe { next(*iter) };
        fill(cx, count, next, |position, item| {
            let item = address(item)?;
            // SAFETY: there is room for `count`, and positions are below it.
            unsafe { items.add(position).write(item) };
            Some(())
        })
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
        // SAFETY: programs name functions of the kind their ops call (A2).
        let next = unsafe { core::mem::transmute::<*const (), IterNextFn<(PtrConst, PtrConst)>>(next) };
        // SAFETY: the iterator is alive between init and dealloc (A10).
        let next = || unsafe { next(*iter) };
        fill(cx, count, next, |position, (key, value)| {
            let (key, value) = (address(key)?, address(value)?);
            // SAFETY: there is room for `count`, and positions are below it.
            unsafe { entries.add(position).write(Entry { key, value }) };
            Some(())
        })
    }
}
