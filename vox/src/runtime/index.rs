//! The index in front of the registry: a hash table that is read without a lock.
//!
//! Finding a slot in the registry takes a lock; finding it here takes four loads, of which at most three wait for each
//! other. Places are filled and never changed, and the table is replaced by a larger one before more than a quarter of it is
//! full: so nearly every type is in one of the two places looked at first, which take no call, and a mispredicted branch is rare. The others are
//! in the places behind them, none of which wraps around. A table less full would have less of itself in the first cache.
//!
//! One table for all threads and not one for each: a thread has not to meet every type again, and nothing is
//! left behind by a runtime that is dropped.

use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::Arc;

use facet_core::Shape;
use vox_core::fork::ForkLock;
use vox_core::slot::Slot;

use super::place::Place;

/// Places of the first table. A power of two, as all are.
const FIRST: usize = 128;
/// Places per type, at least.
const SPARSE: usize = 4;
/// Places a type may be in, one behind the other. A table has so many more, less one, than it says: none wraps around.
const PROBES: usize = 8;

/// The table of readers who find none.
static NOTHING: [Place; PROBES] = [const { Place::empty() }; PROBES];

/// See the module documentation.
#[derive(Debug)]
pub(super) struct Index {
    /// Places of the table or of one before it where a type may be looked for first, less one. Read first and written last.
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
    // (Fibonacci hashing), where those that are equally far apart may meet; with bits shifted in before, seldom.
    let bits = shape.addr() as u64;
    ((bits ^ bits >> 12).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize
}

impl Index {
    pub(super) const fn new() -> Self {
        Self {
            mask: AtomicUsize::new(0),
            table: AtomicPtr::new(NOTHING.as_ptr().cast_mut()),
            tables: ForkLock::new(),
        }
    }

    /// The slot of a shape, if it was remembered; none as well for the moment in which the table is replaced.
    #[inline]
    pub(super) fn find(&self, shape: &'static Shape) -> Option<&Slot> {
        let mut places = self.probes(shape).iter();
        places.find_map(|place| place.slot_of(shape))
    }

    /// The same, if it is in one of the first two places looked at: without a call, so that whoever asks has nothing to keep meanwhile.
    #[inline]
    pub(super) fn find_near(&self, shape: &'static Shape) -> Option<&Slot> {
        let [first, second, ..] = self.probes(shape);
        first.slot_of(shape).or_else(|| second.slot_of(shape))
    }

    /// The places of a shape.
    #[inline]
    fn probes(&self, shape: *const Shape) -> &[Place; PROBES] {
        // In this order: with the mask of a table come that table's places, or those of a larger one.
        let mask = self.mask.load(Ordering::Acquire);
        let table = self.table.load(Ordering::Acquire);
        // SAFETY: the table has so many places behind each that the mask leaves, and stays as long as the index.
        unsafe { &*table.add(first_place(shape) & mask).cast() }
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
        let len = self.mask.load(Ordering::Relaxed) + 1;
        if (tables.types + 1) * SPARSE > len {
            self.grow(&mut tables);
        }
        // SAFETY: the caller's duty, and the places are the index's, for which this one has the lock.
        while unsafe { !put(self.probes(shape), shape, slot) } {
            self.grow(&mut tables);
        }
        tables.types += 1;
    }

    /// The table, for the one who has the lock.
    fn places(&self) -> &[Place] {
        let len = self.mask.load(Ordering::Relaxed) + PROBES;
        // SAFETY: the table has at least so many places, and stays as long as the index.
        unsafe { core::slice::from_raw_parts(self.table.load(Ordering::Relaxed), len) }
    }

    /// Replaces the table by a larger one.
    fn grow(&self, tables: &mut Tables) {
        let mut len = FIRST.max(2 * (self.mask.load(Ordering::Relaxed) + 1));
        let table = loop {
            let table: Arc<[Place]> = (0..len + PROBES - 1).map(|_| Place::empty()).collect();
            if self.places().iter().all(|place| copy(place, &table)) {
                break table;
            }
            len *= 2;
        };
        // Counted, for a forked child may not know.
        tables.types = table.iter().filter(|place| !place.is_empty()).count();
        let start = table.as_ptr().cast_mut();
        tables.all.push(table);
        self.table.store(start, Ordering::Release);
        self.mask.store(len - 1, Ordering::Release);
    }
}

/// Fills one of the places of a shape, if one is free.
///
/// # Safety
///
/// As for [`Place::fill`], where it is empty.
unsafe fn put(places: &[Place], shape: *const Shape, slot: *const Slot) -> bool {
    let free = places.iter().find(|place| place.is_empty());
    if let Some(place) = free {
        // SAFETY: the caller's duty.
        unsafe { place.fill(shape, slot) };
    }
    free.is_some()
}

/// Puts what is in a place of an index, if anything, into a table that the index does not have yet, of `PROBES - 1` places more than a power of two.
fn copy(place: &Place, table: &[Place]) -> bool {
    let (shape, slot) = place.contents();
    let first = first_place(shape) % (table.len() - (PROBES - 1));
    // SAFETY: the slot is the shape's, as in the place before, and nobody else has the table.
    shape.is_null() || unsafe { put(&table[first..first + PROBES], shape, slot) }
}

#[cfg(test)]
mod tests {
    use core::ptr;
    use std::sync::Barrier;

    use facet_core::Facet;
    use vox_core::program::{Code, Linkage, Program};

    use super::*;

    /// Types, more than a few tables take.
    const COUNT: usize = if cfg!(miri) { 40 } else { 3_000 };

    /// Shapes at addresses of their own, in an order by chance. Nobody looks at what they say.
    fn shapes(count: usize) -> Vec<&'static Shape> {
        let shapes: &[Shape] = Vec::leak(vec![*<u8 as Facet>::SHAPE; 8 * count]);
        let mut state = 1_u64;
        let mut step = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            // One to eight.
            1 + (state >> 61) as usize
        };
        let places = (0..count).scan(0, |place, _| {
            *place += step();
            Some(*place - 1)
        });
        places.map(|place| &shapes[place]).collect()
    }

    /// Three shapes that are looked for first in the last place where one may be, in a table of so many.
    fn at_end(len: usize) -> [&'static Shape; 3] {
        let shapes: &[Shape] = Vec::leak(vec![*<u8 as Facet>::SHAPE; 20 * len]);
        let mut found = shapes
            .iter()
            .filter(|shape| first_place(*shape) % len == len - 1);
        [(); 3].map(|()| found.next().expect("one in so many is there"))
    }

    /// How many are in none of the first `places` places where they are looked for.
    fn displaced(index: &Index, shapes: &[&'static Shape], places: usize) -> usize {
        let is_displaced = |shape: &&&'static Shape| {
            let mut near = index.probes(**shape)[..places].iter();
            near.all(|place| place.slot_of(**shape).is_none())
        };
        shapes.iter().filter(is_displaced).count()
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
        let mut all = shapes.iter().zip(&slots);
        assert!(all.all(|(shape, slot)| finds(&index, shape, slot)));
        let [beyond_first, beyond_second] = [1, 2].map(|places| displaced(&index, &shapes, places));
        // Of as few as Miri takes there may be none.
        assert!(
            cfg!(miri) || beyond_second > 0,
            "no third place was looked at"
        );
        assert!(beyond_first < COUNT / 5, "{beyond_first}");
        assert!(cfg!(miri) || beyond_second < COUNT / 25, "{beyond_second}");
        drop(index);
    }

    #[test]
    fn what_is_remembered_again_takes_no_place() {
        let (shapes, slots) = (shapes(1), slots(1));
        let index = Index::new();
        for _ in 0..2 * FIRST {
            // SAFETY: the slot is dropped after the index.
            unsafe { index.remember(shapes[0], &slots[0]) };
        }
        assert_eq!(index.mask.load(Ordering::Relaxed) + 1, FIRST);
        drop(index);
    }

    /// A table is full for types when all places of one are taken.
    #[test]
    fn a_table_that_has_no_place_is_replaced() {
        let index = Index::new();
        let (known, slots) = (at_end(FIRST), slots(3));
        // SAFETY: the slots are dropped after the index.
        unsafe { index.remember(known[0], &slots[0]) };
        assert_eq!(index.mask.load(Ordering::Relaxed) + 1, FIRST);
        let [others @ .., last] = index.probes(known[1]);
        for place in others.iter().filter(|place| place.is_empty()) {
            // SAFETY: the slots are dropped after the index, and nobody calls the one of this type.
            unsafe { place.fill(<u16 as Facet>::SHAPE, &raw const slots[0]) };
        }
        // The last of all places is a place like the others.
        assert!(ptr::eq(last, &raw const index.places()[FIRST + PROBES - 2]));
        // SAFETY: as above. What stands in for other types is one.
        unsafe { index.remember(known[1], &slots[1]) };
        assert_eq!(index.mask.load(Ordering::Relaxed) + 1, FIRST);
        assert!(last.slot_of(known[1]).is_some() && finds(&index, known[1], &slots[1]));

        let places = index.probes(known[2]);
        // SAFETY: as above.
        assert!(unsafe { !put(places, known[2], &raw const slots[2]) });
        // SAFETY: as above.
        unsafe { index.remember(known[2], &slots[2]) };
        assert!(index.mask.load(Ordering::Relaxed) + 1 > FIRST);
        let mut all = known.iter().zip(&slots);
        assert!(all.all(|(shape, slot)| finds(&index, shape, slot)));
        drop(index);
    }

    /// A child that is forked while another thread writes finds the lock new, beside a table that is filled; and if that is being replaced, the
    /// mask of the one before.
    #[test]
    #[cfg_attr(miri, ignore = "what a child leaves alone is never freed")]
    fn a12_a_forked_child_goes_on_with_what_there_is() {
        for is_replaced in [false, true] {
            let (shapes, slots) = (shapes(COUNT), slots(COUNT));
            let mut index = Index::new();
            let (before, after) = (COUNT / 3, COUNT);
            for (shape, slot) in shapes.iter().zip(&slots).take(before) {
                // SAFETY: the slots are dropped after the index.
                unsafe { index.remember(shape, slot) };
            }
            core::mem::forget(core::mem::replace(&mut index.tables, ForkLock::new()));
            if is_replaced {
                let mask = index.mask.get_mut();
                *mask /= 2;
            }
            for (shape, slot) in shapes.iter().zip(&slots).take(after) {
                assert!(index.find(shape).is_none_or(|found| ptr::eq(found, slot)));
                // SAFETY: as above.
                unsafe { index.remember(shape, slot) };
                assert!(finds(&index, shape, slot));
            }
            let mut all = shapes.iter().zip(&slots);
            assert!(all.all(|(shape, slot)| finds(&index, shape, slot)));
            assert!(index.places().len() >= SPARSE * COUNT);
            drop(index);
        }
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
