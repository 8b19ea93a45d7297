//! Functions that answer shapes made at run time.
//!
//! A field names its shape by a plain function without a state, and the compiler makes
//! functions only while compiling: so there is a fixed number of them, each answering what
//! its place in a table of the thread holds. A field is asked for its shape while its type is lowered and
//! not again, so the table can be filled anew for the next type, once the last one was.

use std::cell::Cell;

use facet_core::Shape;

/// Shapes one type can be made of.
pub(crate) const SLOTS: usize = 256;

thread_local! {
    static TABLE: [Cell<Option<&'static Shape>>; SLOTS] = const { [const { Cell::new(None) }; SLOTS] };
}

/// Sets what a function of this thread answers.
pub(crate) fn set(slot: usize, shape: &'static Shape) {
    TABLE.with(|table| table[slot].set(Some(shape)));
}

/// Forgets all shapes, so that asking for one of a type that is gone is noticed.
pub(crate) fn clear() {
    TABLE.with(|table| table.iter().for_each(|slot| slot.set(None)));
}

/// The function that answers what a slot holds.
pub(crate) fn getter(slot: usize) -> fn() -> &'static Shape {
    GETTERS[slot / 16][slot % 16]
}

fn get<const SLOT: usize>() -> &'static Shape {
    TABLE
        .with(|table| table[SLOT].get())
        .expect("a type that is gone, or another thread's, was asked for its shape")
}

macro_rules! rows {
    ($($row:literal)*) => { [$( rows!(@row $row), )*] };
    (@row $row:literal) => { [
        get::<{ $row * 16 }>, get::<{ $row * 16 + 1 }>, get::<{ $row * 16 + 2 }>, get::<{ $row * 16 + 3 }>,
        get::<{ $row * 16 + 4 }>, get::<{ $row * 16 + 5 }>, get::<{ $row * 16 + 6 }>, get::<{ $row * 16 + 7 }>,
        get::<{ $row * 16 + 8 }>, get::<{ $row * 16 + 9 }>, get::<{ $row * 16 + 10 }>, get::<{ $row * 16 + 11 }>,
        get::<{ $row * 16 + 12 }>, get::<{ $row * 16 + 13 }>, get::<{ $row * 16 + 14 }>, get::<{ $row * 16 + 15 }>,
    ] };
}

static GETTERS: [[fn() -> &'static Shape; 16]; SLOTS / 16] =
    rows!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
