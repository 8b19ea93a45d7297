//! The items of a B-tree, a batch at a time, without the container's own iterator.
//!
//! The standard library's ordered maps and sets keep up to eleven keys in a node, one behind the other, and their values in the same
//! way; nodes that are no leaves have one node below each side of every key. What lies where depends on the types, and cannot be
//! learnt from values of our own, for those would have to be in an order. So it is learnt from the first containers that are
//! encoded, which are read and compared with what their own iterator yields ([`learn`]), and used from the next one on.
//! Until then, and where it was not understood, the iterator is asked.
//!
//! Read next: [`walk`], which goes over the nodes.

mod learn;
mod walk;

use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use crate::cx::{EncodeCx, thin};
use crate::entry_fn;
use crate::kernels::Visit;
use crate::reflect::{IterDeallocFn, IterInitWithValueFn, IterNextFn, PtrConst, PtrMut};
use crate::trampoline::FAILED;
use crate::trampoline::iter::{self, BATCH, Entry};
pub use walk::Position;

pub(crate) use learn::is_understood;

/// Keys of a node, at most.
const CAPACITY: usize = 11;

/// A node is no larger, so that distances in it are 16 bits.
const MAX_NODE: usize = 1 << 15;

/// Containers with more items are not looked at.
const MOST_ITEMS: usize = 1 << 14;

/// How many containers of a type are looked at in vain before it is given up.
const ATTEMPTS: u8 = 8;

/// Containers of one type that are B-trees.
#[derive(Debug)]
pub struct Tree {
    init: IterInitWithValueFn,
    next: Next,
    dealloc: IterDeallocFn,
    sizes: Sizes,
    known: Known,
}

/// How the iterator advances.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Next {
    /// Of a set.
    Item(IterNextFn<PtrConst>),
    /// Of a map.
    Entry(IterNextFn<(PtrConst, PtrConst)>),
}

/// From a key to the next one in a node, and from a value; in bytes. Those of a set have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sizes {
    key: usize,
    value: usize,
}

/// Where in a leaf what is. All nodes start like leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Leaves {
    /// Words of the container: the address of the root, and how many levels are below it.
    root: u8,
    height: u8,
    /// Where the first key is, and the first value.
    keys: u16,
    values: u16,
}

impl Leaves {
    /// The word of the container that is the number of its items: of three the third.
    fn len(self) -> u8 {
        3 - self.root - self.height
    }
}

/// Where in a node of a tree with more than one what is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Inner {
    /// 16 bits: how many keys.
    len: u16,
    /// The addresses of the nodes below.
    edges: u16,
}

/// All that is known.
#[derive(Debug, Clone, Copy)]
struct Nodes {
    sizes: Sizes,
    leaves: Leaves,
    inner: Option<Inner>,
}

/// What was learnt of a type. Each part is a word, which whoever finds it out stores, the same in every thread.
#[derive(Debug, Default)]
struct Known {
    leaves: AtomicU64,
    inner: AtomicU64,
    attempts: AtomicU8,
}

/// Marks a word of [`Known`] that says something.
const SAID: u64 = 1 << 63;

impl Known {
    fn leaves(&self) -> Option<Leaves> {
        let word = self.leaves.load(Ordering::Relaxed);
        let [keys, keys_2, values, values_2, root, height, ..] = word.to_le_bytes();
        (word != 0).then_some(Leaves {
            root,
            height,
            keys: u16::from_le_bytes([keys, keys_2]),
            values: u16::from_le_bytes([values, values_2]),
        })
    }

    fn inner(&self) -> Option<Inner> {
        let word = self.inner.load(Ordering::Relaxed);
        let [len, len_2, edges, edges_2, ..] = word.to_le_bytes();
        (word != 0).then_some(Inner {
            len: u16::from_le_bytes([len, len_2]),
            edges: u16::from_le_bytes([edges, edges_2]),
        })
    }

    fn tell_leaves(&self, leaves: Leaves) {
        let [keys, keys_2] = leaves.keys.to_le_bytes();
        let [values, values_2] = leaves.values.to_le_bytes();
        let bytes = [
            keys,
            keys_2,
            values,
            values_2,
            leaves.root,
            leaves.height,
            0,
            0,
        ];
        self.leaves
            .store(u64::from_le_bytes(bytes) | SAID, Ordering::Relaxed);
    }

    fn tell_inner(&self, inner: Inner) {
        let [len, len_2] = inner.len.to_le_bytes();
        let [edges, edges_2] = inner.edges.to_le_bytes();
        let bytes = [len, len_2, edges, edges_2, 0, 0, 0, 0];
        self.inner
            .store(u64::from_le_bytes(bytes) | SAID, Ordering::Relaxed);
    }
}

impl Tree {
    /// Containers with this iterator, whose keys and values have these sizes; of which nothing is known yet.
    pub(crate) fn new(
        init: IterInitWithValueFn,
        next: Next,
        dealloc: IterDeallocFn,
        [key, value]: [usize; 2],
    ) -> Self {
        Self {
            init,
            next,
            dealloc,
            sizes: Sizes { key, value },
            known: Known::default(),
        }
    }

    /// Whether the other one is of the same containers: what is learnt of one is true of both.
    pub(crate) fn is_of_the_type_of(&self, other: &Self) -> bool {
        let functions = |tree: &Self| {
            let (init, dealloc) = (tree.init as *const (), tree.dealloc as *const ());
            [init, tree.next.address(), dealloc]
        };
        functions(self) == functions(other) && self.sizes == other.sizes
    }

    /// Fills a batch with further items, a set's each for its value as well, and answers how many; fewer than there is room for means
    /// there are no more. [`FAILED`] when the iterator panicked.
    ///
    /// # Safety
    ///
    /// As for [`items`].
    unsafe fn fill(
        &self,
        cx: *mut EncodeCx,
        position: *mut Position,
        batch: &mut [Entry],
    ) -> usize {
        let count = batch.len();
        // SAFETY: the caller's duty; there is room for `count`.
        unsafe {
            if let Next::Entry(_) = self.next {
                return entries(cx, self, position, batch.as_mut_ptr(), count);
            }
            let mut found = [core::ptr::null(); BATCH];
            let filled = items(cx, self, position, found.as_mut_ptr(), count.min(BATCH));
            for (entry, item) in batch.iter_mut().zip(found) {
                (entry.key, entry.value) = (item, item);
            }
            filled
        }
    }

    /// What a walk needs, as far as it is known.
    fn nodes(&self) -> Option<Nodes> {
        Some(Nodes {
            sizes: self.sizes,
            leaves: self.known.leaves()?,
            inner: self.known.inner(),
        })
    }

    /// Learns from a container of `len` items, if there may be something to learn.
    ///
    /// # Safety
    ///
    /// A live container of the type is at `container`, which nobody changes.
    #[cold]
    unsafe fn learn(&self, container: *const u8, len: usize) {
        let has_more_nodes = len > CAPACITY;
        let may_tell = len > 0 && (has_more_nodes || self.known.leaves().is_none());
        let attempts = self.known.attempts.load(Ordering::Relaxed);
        if !may_tell || len > MOST_ITEMS || attempts >= ATTEMPTS {
            return;
        }
        self.known.attempts.store(attempts + 1, Ordering::Relaxed);
        // SAFETY: the caller's duty; the iterator is freed, and its items live as long as the container (A10).
        unsafe {
            let state = (self.init)(thin(container));
            let specimen = learn::Specimen::new(container, len, || self.next.entry(state));
            (self.dealloc)(state);
            if let Some(specimen) = specimen {
                learn::learn(&self.known, self.sizes, &specimen);
            }
        }
    }
}

impl Next {
    /// The next item and its value, which for a set's is the item.
    ///
    /// # Safety
    ///
    /// The state is that of a live iterator that this advances.
    unsafe fn entry(self, state: PtrMut) -> Option<Entry> {
        // SAFETY: the caller's duty.
        let (key, value) = unsafe {
            match self {
                Self::Item(next) => {
                    let item = next(state)?;
                    (item, item)
                }
                Self::Entry(next) => next(state)?,
            }
        };
        Some(Entry {
            key: key.raw_ptr(),
            value: value.raw_ptr(),
        })
    }

    fn address(self) -> *const () {
        match self {
            Self::Item(next) => next as *const (),
            Self::Entry(next) => next as *const (),
        }
    }
}

entry_fn! {
    /// Starts an iteration over a container that says it has `len` items. It is to be ended.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `tree` describes the type of the live container, which nobody changes, and
    /// `position` may be written.
    pub unsafe fn start(cx: *mut EncodeCx, tree: *const Tree, container: *const u8, len: usize, position: *mut Position) -> usize {
        // SAFETY: the caller's duty; the function is called with a live container (A1).
        unsafe {
            let tree = &*tree;
            let is_walk = match tree.nodes() {
                Some(nodes) => Position::walk(position, nodes, container),
                // Nobody can learn from it, so it would be so for ever where all are empty.
                None if len == 0 => Position::rest(position),
                None => false,
            };
            if !is_walk {
                (*cx).counters.vtable_calls += 1;
                tree.learn(container, len);
                Position::iterate(position, (tree.init)(thin(container)));
            }
            0
        }
    }
}

entry_fn! {
    /// Ends an iteration.
    ///
    /// # Safety
    ///
    /// As for `items`; the iteration is not used any more.
    pub unsafe fn end(cx: *mut EncodeCx, tree: *const Tree, position: *const Position) -> usize {
        // SAFETY: the caller's duty; the iterator is freed once (A10).
        unsafe {
            if let Some(state) = (*position).iterator() {
                (*cx).counters.vtable_calls += 1;
                ((*tree).dealloc)(*state);
            }
            0
        }
    }
}

entry_fn! {
    /// Fills `items` with the addresses of up to `count` further items and answers how many; fewer than
    /// asked means there are no more. [`crate::trampoline::FAILED`] when the iterator panicked.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `tree` describes the type of the live container of `position`, which
    /// nobody changes, and `items` has room for `count`.
    pub unsafe fn items(cx: *mut EncodeCx, tree: *const Tree, position: *mut Position, items: *mut *const u8, count: usize) -> usize {
        // SAFETY: the caller's duty; there is room for `count`, and places are below it.
        unsafe {
            let mut put = |place, key, _| {
                items.add(place).write(key);
                true
            };
            match advance(cx, tree, position, count, &mut put) {
                Ok(filled) => filled,
                Err((next, state)) => iter::next(cx, next, state, items, count),
            }
        }
    }
}

entry_fn! {
    /// As `items`, for a map.
    ///
    /// # Safety
    ///
    /// As for `items`.
    pub unsafe fn entries(cx: *mut EncodeCx, tree: *const Tree, position: *mut Position, entries: *mut Entry, count: usize) -> usize {
        // SAFETY: as in `items`.
        unsafe {
            let mut put = |place, key, value| {
                entries.add(place).write(Entry { key, value });
                true
            };
            match advance(cx, tree, position, count, &mut put) {
                Ok(filled) => filled,
                Err((next, state)) => iter::next_entries(cx, next, state, entries, count),
            }
        }
    }
}

/// Hands out up to `count` further items, if it is a walk, and answers how many there were; the `next` and the state of
/// the iterator to ask otherwise.
///
/// # Safety
///
/// As for `items`.
#[inline(always)]
unsafe fn advance(
    cx: *mut EncodeCx,
    tree: *const Tree,
    position: *mut Position,
    count: usize,
    visit: &mut impl Visit,
) -> Result<usize, (*const (), *const PtrMut)> {
    // SAFETY: the caller's duty; what was known when the walk started is known now.
    unsafe {
        let (tree, position) = (&*tree, &mut *position);
        if let Some(state) = position.iterator() {
            return Err((tree.next.address(), &raw const *state));
        }
        (*cx).counters.accessor_calls += 1;
        let walk = |nodes| position.advance(nodes, count, visit);
        Ok(tree.nodes().map_or(0, walk))
    }
}

/// Hands the items of a container and their values to `visit`, until it wants no more, and answers how many there were;
/// `None` where too little is known of its nodes.
///
/// # Safety
///
/// `tree` describes the type of the live container, which nobody changes.
#[inline(always)]
pub(super) unsafe fn each(
    tree: &Tree,
    container: *const u8,
    visit: &mut impl Visit,
) -> Option<usize> {
    // SAFETY: the caller's duty.
    unsafe { walk::each(tree.nodes()?, container, visit) }
}

/// As [`each`] where too little is known: lets it be learnt, and asks the iterator. [`FAILED`] when that panicked.
///
/// # Safety
///
/// `cx` is the state of a running encode; `tree` describes the type of the live container, which nobody changes and which says that it
/// has `len` items.
#[inline(never)]
pub(super) unsafe fn each_asked(
    cx: *mut EncodeCx,
    tree: &Tree,
    container: *const u8,
    len: usize,
    visit: &mut impl Visit,
) -> usize {
    let mut position = MaybeUninit::uninit();
    let position = position.as_mut_ptr();
    // SAFETY: the caller's duty; the iteration is ended once and not used afterwards.
    unsafe {
        start(cx, tree, container, len, position);
        let found = each_of_position(cx, tree, position, len, visit);
        end(cx, tree, position);
        found
    }
}

/// Hands what is ahead of a position to `visit`.
///
/// # Safety
///
/// As for [`each_asked`]; the iteration was started.
unsafe fn each_of_position(
    cx: *mut EncodeCx,
    tree: &Tree,
    position: *mut Position,
    len: usize,
    visit: &mut impl Visit,
) -> usize {
    let nothing = Entry {
        key: core::ptr::null(),
        value: core::ptr::null(),
    };
    let mut batch = [nothing; BATCH];
    let mut found = 0;
    loop {
        // One more than is left, to see that it ends.
        let wanted = (len - found).saturating_add(1).min(BATCH);
        // SAFETY: the caller's duty; the batch has room for so many.
        let filled = unsafe { tree.fill(cx, position, &mut batch[..wanted]) };
        if filled == FAILED {
            return FAILED;
        }
        for entry in &batch[..filled] {
            if !visit.item(found, entry.key, entry.value) {
                return found;
            }
            found += 1;
        }
        if filled < wanted || found > len {
            return found;
        }
    }
}

#[cfg(test)]
mod tests;
