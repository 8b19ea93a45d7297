//! The cache in front of the registry: a small table per thread.
//!
//! Finding a slot in the registry takes a lock and a hash; finding it here takes a
//! few loads. An entry names the runtime it belongs to by a number that is never
//! used again, so a dropped runtime's entries match nothing. The table has no destructor
//! and so works in the destructors of other thread-locals.

use core::cell::Cell;
use core::ptr;

use facet_core::Shape;
use vox_core::slot::Slot;

const ENTRIES: usize = 256;

#[derive(Clone, Copy)]
struct Entry {
    shape: *const Shape,
    runtime: u64,
    slot: *const Slot,
}

const EMPTY: Entry = Entry {
    shape: ptr::null(),
    runtime: 0,
    slot: ptr::null(),
};

thread_local! {
    static CACHE: [Cell<Entry>; ENTRIES] = const { [const { Cell::new(EMPTY) }; ENTRIES] };
}

/// The place of a shape: shapes are statics, some hundred bytes apart.
#[inline]
fn place(shape: *const Shape, runtime: u64) -> usize {
    let bits = (shape.addr() as u64 ^ runtime).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (bits >> 56) as usize % ENTRIES
}

/// The slot of a shape in a runtime, if this thread met it recently.
#[inline]
pub(super) fn find(shape: &'static Shape, runtime: u64) -> Option<*const Slot> {
    CACHE.with(|cache| {
        let entry = cache[place(shape, runtime)].get();
        (ptr::eq(entry.shape, shape) && entry.runtime == runtime).then_some(entry.slot)
    })
}

/// Remembers the slot of a shape in a runtime.
pub(super) fn remember(shape: &'static Shape, runtime: u64, slot: &Slot) {
    CACHE.with(|cache| {
        cache[place(shape, runtime)].set(Entry {
            shape,
            runtime,
            slot,
        });
    });
}
