//! The index in front of the registry: a hash table that is read without a lock.
//!
//! Finding a slot in the registry takes a lock; finding it here takes three loads, none of which waits for more than one
//! other. Places are filled and never changed, and the table is replaced by a larger one before it is an eighth
//! full: so nearly every type is in the first place looked at, and a mispredicted branch is rare.
//!
//! One table for all threads and not one for each: a thread has not to meet every type again, and nothing is
//! left behind by a runtime that is dropped.

use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::Arc;

use facet_core::Shape;
use vox_core::fork::ForkLock;
use vox_core::slot::Slot;

/// Places of the first table. A power of two, as all are.
const FIRST: usize = 128;
/// Places per type, at least.
const SPARSE: usize = 8;
/// Places a type may be in.
const PROBES: usize = 8;

/// A shape and its slot, or nothing yet. The shape is set last.
#[derive(Debug, Default)]
struct Place {
    shape: AtomicPtr<Shape>,
    slot: AtomicPtr<Slot>,
}

impl Place {
    /// The slot, if the place is this shape's.
    #[inline]
    fn slot_of<'s>(&self, shape: *const Shape) -> Option<&'s Slot> {
        if !ptr::eq(self.shape.load(Ordering::Acquire), shape) {
            return None;
        }
        // SAFETY: set before the shape, to a slot that lives as long as the index ...
        Some(unsafe { &*self.slot.load(Ordering::Relaxed) })
    }
}

/// The table of readers who find none: they look at one place.
static NOTHING: Place = Place {
    shape: AtomicPtr::new(ptr::null_mut()),
    slot: AtomicPtr::new(ptr::null_mut()),
};

/// See the module documentation.
#[derive(Debug)]
pub(super) struct Index {
    /// Places of the table or of one before it, less one. Read first and written last.
    mask: AtomicUsize,
    table: AtomicPtr<Place>,
    /// What writers share. A forked child may find it new, beside a table that is filled.
    tables: ForkLock<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    /// Types in the last one.
    types: usize,
    /// All there were: somebody may be reading in each.
    // Not boxed: moving a `Box` claims what is in it for its owner alone.
    all: Vec<Arc<[Place]>>,
}

/// The place where a shape is looked for first, under any mask.
#[inline]
fn first_place(shape: *const Shape) -> usize {
    // Shapes are aligned and lie close together: a multiplication spreads the bits in which they differ over the upper half
    // (Fibonacci hashing).
    ((shape.addr() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize
}

impl Index {
    pub(super) const fn new() -> Self {
        Self {
            mask: AtomicUsize::new(0),
            table: AtomicPtr::new(ptr::from_ref(&NOTHING).cast_mut()),
            tables: ForkLock::new(),
        }
    }

    /// The slot of a shape, if it was remembered; none as well for the moment in which the table is replaced.
    #[inline]
    pub(super) fn find(&self, shape: &'static Shape) -> Option<&Slot> {
        let (table, mask) = self.table();
        // SAFETY: the table has more places than the mask, and stays as long as the index.
        let place = unsafe { &*table.add(first_place(shape) & mask) };
        place.slot_of(shape).or_else(|| self.find_further(shape))
    }

    /// The slot of a shape that is not in the first place looked at.
    #[cold]
    #[inline(never)]
    fn find_further(&self, shape: &'static Shape) -> Option<&Slot> {
        let (table, mask) = self.table();
        // SAFETY: as in `find`.
        let places = unsafe { core::slice::from_raw_parts(table, mask + 1) };
        probes(places, shape).find_map(|place| place.slot_of(shape))
    }

    /// The table, and how many places of it there are at least, less one.
    #[inline]
    fn table(&self) -> (*const Place, usize) {
        // In this order: with the mask of a table come that table's places, or those of a larger one.
        let mask = self.mask.load(Ordering::Acquire);
        (self.table.load(Ordering::Acquire), mask)
    }

    /// Has the slot found from now on.
    ///
    /// # Safety
    ///
    /// It is the shape's, and lives as long as the index.
    pub(super) unsafe fn remember(&self, shape: &'static Shape, slot: &Slot) {
        let mut tables = self.tables.lock();
        if self.find(shape).is_some() {
            return;
        }
        let places = self.mask.load(Ordering::Relaxed) + 1;
        if (tables.types + 1) * SPARSE > places {
            self.grow(&mut tables, places);
        }
        while !put(self.places(), shape, slot) {
            self.grow(&mut tables, self.places().len());
        }
        tables.types += 1;
    }

    /// The table, for the one who has the lock.
    fn places(&self) -> &[Place] {
        let len = self.mask.load(Ordering::Relaxed) + 1;
        // SAFETY: the table has at least so many places, and stays as long as the index.
        unsafe { core::slice::from_raw_parts(self.table.load(Ordering::Relaxed), len) }
    }

    /// Replaces the table by one of more than `len` places.
    fn grow(&self, tables: &mut Tables, len: usize) {
        let mut len = FIRST.max(2 * len);
        let table = loop {
            let table: Arc<[Place]> = (0..len).map(|_| Place::default()).collect();
            if self.places().iter().all(|place| copy(place, &table)) {
                break table;
            }
            len *= 2;
        };
        self.table
            .store(table.as_ptr().cast_mut(), Ordering::Release);
        self.mask.store(len - 1, Ordering::Release);
        tables.all.push(table);
    }
}

/// The places of a shape.
fn probes(places: &[Place], shape: *const Shape) -> impl Iterator<Item = &Place> {
    let first = first_place(shape);
    (0..PROBES).map(move |probe| &places[first.wrapping_add(probe) % places.len()])
}

/// Fills a place of the shape's, if one is free.
fn put(places: &[Place], shape: *const Shape, slot: *const Slot) -> bool {
    let free = probes(places, shape).find(|place| place.shape.load(Ordering::Relaxed).is_null());
    if let Some(place) = free {
        place.slot.store(slot.cast_mut(), Ordering::Relaxed);
        place.shape.store(shape.cast_mut(), Ordering::Release);
    }
    free.is_some()
}

/// Puts what is in a place, if anything, into a table.
fn copy(place: &Place, table: &[Place]) -> bool {
    let shape = place.shape.load(Ordering::Relaxed);
    shape.is_null() || put(table, shape, place.slot.load(Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use facet_core::Facet;
    use vox_core::program::{Code, Linkage, Program};

    use super::*;

    /// Types, more than a few tables take.
    const COUNT: usize = if cfg!(miri) { 40 } else { 3_000 };

    /// Shapes at addresses of their own. Nobody looks at what they say.
    fn shapes(count: usize) -> &'static [Shape] {
        Vec::leak(vec![*<u8 as Facet>::SHAPE; count])
    }

    /// Slots nobody calls.
    fn slots(count: usize) -> Vec<Slot> {
        let slot = || {
            let program = Program {
                code: "program T\nb0:\n".parse::<Code>().expect("a program"),
                linkage: Linkage::default(),
            };
            // SAFETY: an empty program needs no functions and no children.
            unsafe { Slot::standalone(<() as Facet>::SHAPE, program) }
        };
        (0..count).map(|_| slot()).collect()
    }

    fn finds(index: &Index, shape: &'static Shape, slot: &Slot) -> bool {
        index.find(shape).is_some_and(|found| ptr::eq(found, slot))
    }

    #[test]
    fn a12_what_was_remembered_is_found_and_nothing_else() {
        let (shapes, slots) = (shapes(COUNT), slots(COUNT));
        let index = Index::new();
        for (idx, (shape, slot)) in shapes.iter().zip(&slots).enumerate() {
            assert!(index.find(shape).is_none(), "{idx}");
            // SAFETY: the slots are dropped after the index.
            unsafe { index.remember(shape, slot) };
            assert!(finds(&index, shape, slot), "{idx}");
        }
        let all = shapes.iter().zip(&slots);
        assert!(all.clone().all(|(shape, slot)| finds(&index, shape, slot)));
        drop(index);
    }

    #[test]
    fn what_is_remembered_again_takes_no_place() {
        let (shapes, slots) = (shapes(1), slots(1));
        let index = Index::new();
        for _ in 0..2 * FIRST {
            // SAFETY: the slot is dropped after the index.
            unsafe { index.remember(&shapes[0], &slots[0]) };
        }
        assert_eq!(index.places().len(), FIRST);
        drop(index);
    }

    #[test]
    fn most_are_in_the_first_place() {
        let (shapes, slots) = (shapes(COUNT), slots(COUNT));
        let index = Index::new();
        for (shape, slot) in shapes.iter().zip(&slots) {
            // SAFETY: the slots are dropped after the index.
            unsafe { index.remember(shape, slot) };
        }
        let places = index.places();
        let is_first = |shape: &&Shape| {
            let place = &places[first_place(ptr::from_ref(*shape)) % places.len()];
            place.slot_of(*shape).is_some()
        };
        let first = shapes.iter().filter(is_first).count();
        assert!(first > COUNT * 4 / 5, "{first}");
        drop(index);
    }

    /// Whatever a writer does meanwhile, readers find the right slot or none, and in the end the right one.
    #[test]
    fn a12_reads_while_the_table_grows() {
        let (shapes, slots) = (shapes(COUNT), slots(COUNT));
        let (index, done, start) = (Index::new(), AtomicUsize::new(0), Barrier::new(3));
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    start.wait();
                    loop {
                        let is_last = done.load(Ordering::Acquire) == COUNT;
                        let mut all = shapes.iter().zip(&slots);
                        assert!(all.all(|(shape, slot)| match index.find(shape) {
                            Some(found) => ptr::eq(found, slot),
                            None => !is_last,
                        }));
                        if is_last {
                            break;
                        }
                    }
                });
            }
            start.wait();
            for (shape, slot) in shapes.iter().zip(&slots) {
                // SAFETY: the slots are dropped after the index.
                unsafe { index.remember(shape, slot) };
                done.fetch_add(1, Ordering::Release);
            }
        });
        drop(index);
    }
}
