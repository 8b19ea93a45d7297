//! Going over the nodes of a B-tree in the order of its keys.

use core::mem::MaybeUninit;

use super::{Inner, Leaves, Nodes};
use crate::kernels::Visit;
use crate::reflect::PtrMut;

/// Levels of the highest tree that is walked: of nodes that are half full it has thousands of millions of items.
pub(super) const LEVELS: usize = 12;

/// [`Position::levels`] of an iterator.
const ITERATOR: u8 = u8::MAX;
const _: () = assert!(LEVELS < ITERATOR as usize);

/// How far an iteration has come. Small, for it stands in every frame that iterates.
#[repr(C)]
pub struct Position {
    /// How many nodes there are from the leaf up to the root; 0 in an empty tree, [`ITERATOR`] where an iterator is asked.
    levels: u8,
    /// Keys in the leaf.
    leaf_len: MaybeUninit<u8>,
    /// Of each node, how many of its keys were handed out.
    done: [MaybeUninit<u8>; LEVELS],
    place: Place,
}

/// Where it is.
#[repr(C)]
union Place {
    iterator: PtrMut,
    /// As many as there are levels, the leaf first.
    nodes: [MaybeUninit<*const u8>; LEVELS],
}

/// The word at a distance.
///
/// # Safety
///
/// There is one.
#[inline]
pub(super) unsafe fn word(from: *const u8, at: usize) -> *const u8 {
    // SAFETY: the caller's duty.
    unsafe { from.add(at).cast::<*const u8>().read() }
}

/// The word of a container with this number.
///
/// # Safety
///
/// There is one.
#[inline]
pub(super) unsafe fn numbered_word(container: *const u8, number: u8) -> *const u8 {
    // SAFETY: the caller's duty.
    unsafe { word(container, usize::from(number) * size_of::<usize>()) }
}

impl Inner {
    /// How many keys a node has.
    ///
    /// # Safety
    ///
    /// It is of a tree of this type that has more than one.
    #[inline]
    pub(super) unsafe fn len_of(self, node: *const u8) -> usize {
        // SAFETY: the caller's duty (A17).
        unsafe { node.add(self.len.into()).cast::<u16>().read().into() }
    }

    /// The node before a key, or behind the last.
    ///
    /// # Safety
    ///
    /// The node has others below it, and so many keys or more.
    #[inline]
    pub(super) unsafe fn below(self, node: *const u8, key: usize) -> *const u8 {
        let at = usize::from(self.edges) + key * size_of::<*const u8>();
        // SAFETY: the caller's duty (A17).
        unsafe { word(node, at) }
    }
}

impl Nodes {
    /// How many levels are below the root of a container, and the root, if it has one; `None` if too little is known to walk over it.
    ///
    /// # Safety
    ///
    /// A live container of the type that this is known of is at `container`, which nobody changes.
    #[inline(always)]
    unsafe fn root(self, container: *const u8) -> Option<Option<(usize, *const u8)>> {
        let Leaves { root, height, .. } = self.leaves;
        // SAFETY: the words are there (A17).
        let root = unsafe { numbered_word(container, root) };
        if root.is_null() {
            return Some(None);
        }
        // SAFETY: there is a root, so the word says how high it is (A17).
        let height = unsafe { numbered_word(container, height) }.addr();
        let is_known = height < LEVELS && (height == 0 || self.inner.is_some());
        is_known.then_some(Some((height, root)))
    }

    /// Where a key is and its value.
    #[inline]
    pub(super) fn parts(self, node: *const u8, index: usize) -> (*const u8, *const u8) {
        let Leaves { keys, values, .. } = self.leaves;
        let part = |first: u16, size: usize| node.wrapping_add(usize::from(first) + index * size);
        (part(keys, self.sizes.key), part(values, self.sizes.value))
    }
}

impl Position {
    /// Where an iterator is.
    ///
    /// # Safety
    ///
    /// The position may be written.
    pub(super) unsafe fn iterate(position: *mut Self, iterator: PtrMut) {
        // SAFETY: the caller's duty.
        unsafe {
            (&raw mut (*position).levels).write(ITERATOR);
            (&raw mut (*position).place.iterator).write(iterator);
        }
    }

    /// The iterator, if there is one.
    #[inline]
    pub(super) fn iterator(&self) -> Option<&PtrMut> {
        if self.levels != ITERATOR {
            return None;
        }
        // SAFETY: written with the mark.
        Some(unsafe { &self.place.iterator })
    }

    /// The end of a walk over nothing: a walk.
    ///
    /// # Safety
    ///
    /// The position may be written.
    pub(super) unsafe fn rest(position: *mut Self) -> bool {
        // SAFETY: the caller's duty.
        unsafe { (&raw mut (*position).levels).write(0) };
        true
    }

    /// The first key of a container, if enough is known to walk over it: whether that is so.
    ///
    /// # Safety
    ///
    /// A live container of the type that this is known of is at `container`, which nobody changes while the position
    /// is used; it may be written.
    pub(super) unsafe fn walk(position: *mut Self, nodes: Nodes, container: *const u8) -> bool {
        // SAFETY: the caller's duty.
        let Some(root) = (unsafe { nodes.root(container) }) else {
            return false;
        };
        let Some((height, node)) = root else {
            // SAFETY: the caller's duty.
            return unsafe { Self::rest(position) };
        };
        // SAFETY: the caller's duty; of three words the third is the number of items, which are all in a leaf that is
        // the root (A17).
        unsafe {
            (&raw mut (*position).levels).write(low_byte(height + 1));
            let position = &mut *position;
            position.enter(height, node);
            match nodes.inner {
                Some(inner) if height > 0 => position.descend(inner, height),
                _ => {
                    let len = numbered_word(container, nodes.leaves.len()).addr();
                    position.leaf_len.write(low_byte(len));
                }
            }
        }
        true
    }

    /// Sets the node of a level, whose first key is next.
    #[inline]
    fn enter(&mut self, level: usize, node: *const u8) {
        self.done[level].write(0);
        // SAFETY: words that need not be initialised, of a walk.
        unsafe { self.place.nodes[level].write(node) };
    }

    /// The node of a level, and how many of its keys were handed out.
    ///
    /// # Safety
    ///
    /// The way has so many levels.
    #[inline]
    unsafe fn step(&self, level: usize) -> (*const u8, usize) {
        // SAFETY: nodes of all levels were entered.
        unsafe {
            let node = self.place.nodes[level].assume_init();
            (node, self.done[level].assume_init().into())
        }
    }

    /// Goes down from a level to the leaf before its next key.
    ///
    /// # Safety
    ///
    /// The level has a node, and is not that of leaves.
    #[inline]
    unsafe fn descend(&mut self, inner: Inner, from: usize) {
        for level in (0..from).rev() {
            // SAFETY: the caller's duty; no more than all keys were handed out.
            let node = unsafe {
                let (node, done) = self.step(level + 1);
                inner.below(node, done)
            };
            self.enter(level, node);
        }
        // SAFETY: a node of a tree that has more than one.
        let len = unsafe { inner.len_of(self.step(0).0) };
        self.leaf_len.write(low_byte(len));
    }

    /// Hands up to `count` further keys and values to `visit`, numbered from 0 on, until it wants no more, and answers how many there were.
    ///
    /// A walk that ended so cannot go on.
    ///
    /// # Safety
    ///
    /// It is a walk, its container is alive and was not changed, and the nodes are those it was started with.
    #[inline(always)]
    pub(super) unsafe fn advance(
        &mut self,
        nodes: Nodes,
        count: usize,
        visit: &mut impl Visit,
    ) -> usize {
        if self.levels == 0 {
            return 0;
        }
        let mut filled = 0;
        loop {
            // SAFETY: there is a leaf.
            let (node, done, len) = unsafe {
                let (node, done) = self.step(0);
                (node, done, usize::from(self.leaf_len.assume_init()))
            };
            let now = (len - done).min(count - filled);
            let (mut key, mut value) = nodes.parts(node, done);
            for place in filled..filled + now {
                if !visit.item(place, key, value) {
                    return place;
                }
                key = key.wrapping_add(nodes.sizes.key);
                value = value.wrapping_add(nodes.sizes.value);
            }
            self.done[0].write(low_byte(done + now));
            filled += now;
            if filled == count {
                return filled;
            }
            // SAFETY: the caller's duty.
            let above = nodes.inner.and_then(|inner| unsafe { self.ascend(inner) });
            let (Some(level), Some(inner)) = (above, nodes.inner) else {
                return filled;
            };
            // SAFETY: there is such a level.
            let (node, done) = unsafe { self.step(level) };
            let (key, value) = nodes.parts(node, done);
            if !visit.item(filled, key, value) {
                return filled;
            }
            filled += 1;
            self.done[level].write(low_byte(done + 1));
            // SAFETY: it is not that of leaves.
            unsafe { self.descend(inner, level) };
        }
    }

    /// The lowest level above leaves with a key that was not handed out.
    ///
    /// # Safety
    ///
    /// As for [`Self::advance`].
    #[inline]
    unsafe fn ascend(&self, inner: Inner) -> Option<usize> {
        (1..self.levels.into()).find(|level| {
            // SAFETY: there is such a level, and a tree with more than one node.
            unsafe {
                let (node, done) = self.step(*level);
                done < inner.len_of(node)
            }
        })
    }
}

/// Hands all items of a container to `visit`, until it wants no more, and answers how many it took; `None` if too little is known to walk over it.
/// As [`Position::advance`], without a position to come back to.
///
/// # Safety
///
/// As for [`Position::walk`].
#[inline(always)]
pub(super) unsafe fn each(
    nodes: Nodes,
    container: *const u8,
    visit: &mut impl Visit,
) -> Option<usize> {
    // SAFETY: the caller's duty (A17).
    unsafe {
        let Some((height, root)) = nodes.root(container)? else {
            return Some(0);
        };
        let Some(inner) = nodes.inner.filter(|_| height > 0) else {
            let len = numbered_word(container, nodes.leaves.len()).addr();
            return Some(leaf(nodes, root, len, 0, visit).0);
        };
        // Of each level above leaves its node, and how many of that node's keys were handed out.
        let mut way = [MaybeUninit::<(*const u8, usize)>::uninit(); LEVELS];
        let (mut node, mut level) = (root, height);
        let mut filled = 0;
        loop {
            while level > 0 {
                way[level].write((node, 0));
                node = inner.below(node, 0);
                level -= 1;
            }
            let goes_on;
            (filled, goes_on) = leaf(nodes, node, inner.len_of(node), filled, visit);
            if !goes_on {
                return Some(filled);
            }
            let (above, done) = loop {
                level += 1;
                if level > height {
                    return Some(filled);
                }
                let (above, done) = way[level].assume_init();
                if done < inner.len_of(above) {
                    break (above, done);
                }
            };
            let (key, value) = nodes.parts(above, done);
            if !visit.item(filled, key, value) {
                return Some(filled);
            }
            filled += 1;
            way[level].write((above, done + 1));
            node = inner.below(above, done + 1);
            level -= 1;
        }
    }
}

/// Hands the items of a leaf to `visit`: how many it took with those before, and whether it wants more.
///
/// # Safety
///
/// The node is of a tree of this type and has so many keys.
#[inline(always)]
unsafe fn leaf(
    nodes: Nodes,
    node: *const u8,
    len: usize,
    filled: usize,
    visit: &mut impl Visit,
) -> (usize, bool) {
    let (mut key, mut value) = nodes.parts(node, 0);
    for place in filled..filled + len {
        if !visit.item(place, key, value) {
            return (place, false);
        }
        key = key.wrapping_add(nodes.sizes.key);
        value = value.wrapping_add(nodes.sizes.value);
    }
    (filled + len, true)
}

/// A number of keys of a node, or of levels: few.
#[inline]
fn low_byte(number: usize) -> u8 {
    debug_assert!(number < 256, "a node has few keys");
    number.to_le_bytes()[0]
}
