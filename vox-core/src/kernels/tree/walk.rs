//! Going over the nodes of a B-tree in the order of its keys.

use core::mem::MaybeUninit;

use super::{Inner, Leaves, Nodes};
use crate::reflect::PtrMut;

/// Levels of the highest tree that is walked: of nodes that are half full it has thousands of millions of items.
pub(super) const LEVELS: usize = 12;

/// [`Position::levels`] of an iterator.
const ITERATOR: usize = usize::MAX;

/// A node, and how many of its keys were handed out.
#[derive(Debug, Clone, Copy)]
struct Step {
    node: *const u8,
    done: usize,
}

/// How far an iteration has come.
#[derive(Debug)]
#[repr(C)]
pub struct Position {
    /// How many nodes there are from the leaf up to the root; 0 in an empty tree, [`ITERATOR`] where an iterator is asked.
    levels: usize,
    iterator: MaybeUninit<PtrMut>,
    /// Keys in the leaf.
    leaf_len: usize,
    /// As many as there are levels, the leaf first.
    steps: [MaybeUninit<Step>; LEVELS],
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
            (&raw mut (*position).iterator).write(MaybeUninit::new(iterator));
        }
    }

    /// The iterator, if there is one.
    #[inline]
    pub(super) fn iterator(&self) -> Option<&PtrMut> {
        // SAFETY: written with the mark.
        (self.levels == ITERATOR).then(|| unsafe { self.iterator.assume_init_ref() })
    }

    /// The first key of a container, if enough is known to walk over it: whether that is so.
    ///
    /// # Safety
    ///
    /// A live container of the type that this is known of is at `container`, which nobody changes while the position
    /// is used; it may be written.
    pub(super) unsafe fn walk(position: *mut Self, nodes: Nodes, container: *const u8) -> bool {
        let Leaves { root, height, .. } = nodes.leaves;
        // SAFETY: the words are there (A17).
        let node = unsafe { numbered_word(container, root) };
        // SAFETY: the caller's duty.
        let levels = unsafe { &mut *(&raw mut (*position).levels).cast::<MaybeUninit<usize>>() };
        if node.is_null() {
            levels.write(0);
            return true;
        }
        // SAFETY: there is a root, so the word says how high it is (A17).
        let height = unsafe { numbered_word(container, height) }.addr();
        if height >= LEVELS || (height > 0 && nodes.inner.is_none()) {
            return false;
        }
        levels.write(height + 1);
        // SAFETY: the caller's duty; of three words the third is the number of items, which are all in a leaf that is
        // the root (A17).
        unsafe {
            let len = numbered_word(container, nodes.leaves.len()).addr();
            (&raw mut (*position).leaf_len).write(len);
            let position = &mut *position;
            position.steps[height].write(Step { node, done: 0 });
            if let (1.., Some(inner)) = (height, nodes.inner) {
                position.descend(inner, height);
            }
        }
        true
    }

    /// A level of the way.
    ///
    /// # Safety
    ///
    /// It has so many.
    #[inline]
    unsafe fn step(&mut self, level: usize) -> &mut Step {
        // SAFETY: steps of all levels were written.
        unsafe { self.steps[level].assume_init_mut() }
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
                let Step { node, done } = *self.step(level + 1);
                inner.below(node, done)
            };
            self.steps[level].write(Step { node, done: 0 });
        }
        // SAFETY: a node of a tree that has more than one.
        self.leaf_len = unsafe { inner.len_of(self.step(0).node) };
    }

    /// Hands out up to `count` further keys and values, to places from 0 on, and answers how many there were.
    ///
    /// # Safety
    ///
    /// It is a walk, its container is alive and was not changed, and the nodes are those it was started with.
    #[inline(always)]
    pub(super) unsafe fn advance(
        &mut self,
        nodes: Nodes,
        count: usize,
        mut put: impl FnMut(usize, *const u8, *const u8),
    ) -> usize {
        if self.levels == 0 {
            return 0;
        }
        let mut filled = 0;
        loop {
            // SAFETY: there is a leaf.
            let Step { node, done } = *unsafe { self.step(0) };
            let now = (self.leaf_len - done).min(count - filled);
            let (mut key, mut value) = nodes.parts(node, done);
            for place in filled..filled + now {
                put(place, key, value);
                key = key.wrapping_add(nodes.sizes.key);
                value = value.wrapping_add(nodes.sizes.value);
            }
            // SAFETY: there is a leaf.
            unsafe { self.step(0) }.done += now;
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
            let step = unsafe { self.step(level) };
            let (key, value) = nodes.parts(step.node, step.done);
            put(filled, key, value);
            filled += 1;
            step.done += 1;
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
    unsafe fn ascend(&mut self, inner: Inner) -> Option<usize> {
        (1..self.levels).find(|level| {
            // SAFETY: there is such a level, and a tree with more than one node.
            unsafe {
                let Step { node, done } = *self.step(*level);
                done < inner.len_of(node)
            }
        })
    }
}
