//! The cache in front of the registry: a small table per thread.
//!
//! Finding a slot in the registry takes a lock and a hash; finding it here takes a
//! few loads. An entry names the runtime it belongs to by a number that is never
//! used again, so a dropped runtime's entries match nothing. The table has no destructor
//! and so works in the destructors of other thread-locals.
//!
//! A type has a *set* of places, as in a processor's caches: with one place each, a fifth of 64 types would share it with
//! another, and be looked up in the registry whenever both are used in turns.

use core::cell::Cell;
use core::ptr;

use facet_core::Shape;
use vox_core::slot::Slot;

const SETS: usize = 128;
/// Places of a set.
const WAYS: usize = 4;

#[derive(Clone, Copy)]
struct Entry {
    shape: *const Shape,
    runtime: u64,
    slot: *const Slot,
}

type Set = [Cell<Entry>; WAYS];

const EMPTY: Entry = Entry {
    shape: ptr::null(),
    runtime: 0,
    slot: ptr::null(),
};

thread_local! {
    static CACHE: [Set; SETS] = const { [const { [const { Cell::new(EMPTY) }; WAYS] }; SETS] };
}

#[inline]
fn set_of(shape: *const Shape, runtime: u64) -> usize {
    // Shapes are aligned and lie close together: a multiplication spreads them over
    // the upper bits (Fibonacci hashing).
    let bits = (shape.addr() as u64 ^ runtime).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (bits >> (64 - SETS.ilog2())) as usize % SETS
}

/// The slot of a shape in the runtime with this number, if this thread has met it lately.
#[inline]
pub(super) fn find(shape: *const Shape, runtime: u64) -> Option<*const Slot> {
    CACHE.with(|cache| {
        let is_it = |entry: &Entry| ptr::eq(entry.shape, shape) && entry.runtime == runtime;
        let mut entries = cache[set_of(shape, runtime)].iter().map(Cell::get);
        entries.find(is_it).map(|entry| entry.slot)
    })
}

/// Notes the slot for the next time, first in its set: types met first are the first to be forgotten.
pub(super) fn remember(shape: *const Shape, runtime: u64, slot: *const Slot) {
    let mut entry = Entry {
        shape,
        runtime,
        slot,
    };
    CACHE.with(|cache| {
        for place in &cache[set_of(shape, runtime)] {
            entry = place.replace(entry);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses for shapes and slots, which nobody looks at: aligned, close together, and no two the same.
    fn addresses(count: usize) -> Vec<usize> {
        let mut state = 1_u64;
        let mut step = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            // Below 64, whatever a word is.
            8 * (1 + (state >> 58) as usize)
        };
        let mut next = |last: &mut usize| {
            *last += step();
            Some(*last)
        };
        (0..count).scan(0x5000_0000, |last, _| next(last)).collect()
    }

    fn shape(address: usize) -> *const Shape {
        ptr::without_provenance(address)
    }

    fn slot(address: usize) -> *const Slot {
        ptr::without_provenance(address + 1)
    }

    fn known(addresses: &[usize]) -> usize {
        let is_known = |address: &&usize| find(shape(**address), 1) == Some(slot(**address));
        addresses.iter().filter(is_known).count()
    }

    #[test]
    fn sixty_four_types_have_room_beside_each_other() {
        let addresses = addresses(64);
        for &address in &addresses {
            remember(shape(address), 1, slot(address));
        }
        assert_eq!(known(&addresses), 64);
    }

    #[test]
    fn entries_of_another_runtime_match_nothing() {
        for address in addresses(8) {
            remember(shape(address), 1, slot(address));
            assert_eq!(find(shape(address), 1), Some(slot(address)));
            assert_eq!(find(shape(address), 2), None);
        }
    }

    #[test]
    fn of_more_types_than_places_the_latest_are_known() {
        let addresses = addresses(4 * SETS * WAYS);
        for &address in &addresses {
            remember(shape(address), 1, slot(address));
            assert_eq!(known(&[address]), 1);
        }
        assert_eq!(known(&addresses[..SETS]), 0);
        assert!(known(&addresses) > SETS * WAYS / 2);
    }
}
