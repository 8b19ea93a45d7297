//! The tables handlers are called through: the same handlers in each, but for the varints of fields, which are those of a set of routines.

use core::ptr;

use once_cell::race::OnceBox;
use vox_core::entry_address;
use vox_core::kernels::Kernels;
use vox_core::kernels::fields::Kind;

use super::{At, COUNT, FIRST_SINGLE, FOUR, ONE, Out, PAIR, RUN, singles};

/// Addresses of functions.
struct Table {
    addresses: [*const (); COUNT],
    set: &'static Kernels,
}

// SAFETY: the addresses of functions are only read (A13).
unsafe impl Send for Table {}
// SAFETY: as above.
unsafe impl Sync for Table {}

impl Table {
    /// With the routines of a set for fields.
    fn of(set: &'static Kernels) -> Self {
        let fields = &set.fields;
        let mut table = [ptr::null(); COUNT];
        table[FIRST_SINGLE..RUN].copy_from_slice(&singles());
        for kind in 0..Kind::COUNT {
            table[ONE + kind] = entry_address!(fields.one[kind], (Out, At) -> Out);
            table[FOUR + kind] = entry_address!(fields.four[kind], (Out, At, usize) -> Out);
            table[RUN + kind] = entry_address!(fields.run[kind], (Out, At, usize) -> Out);
            for (second, pair) in fields.pair[kind].into_iter().enumerate() {
                let place = PAIR + kind * Kind::COUNT + second;
                table[place] = entry_address!(pair, (Out, At, usize) -> Out);
            }
        }
        Self {
            addresses: table,
            set,
        }
    }
}

/// A table for each set the processor can run, in their order. Whoever is first makes them; two at once make them twice, and nobody waits: a
/// forked child would wait for ever.
static TABLES: OnceBox<Vec<Table>> = OnceBox::new();

/// The address of the table for a set.
///
/// # Panics
///
/// Panics when the processor cannot run the set.
pub(in crate::baseline) fn table(kernels: &'static Kernels) -> u64 {
    let tables = TABLES.get_or_init(|| {
        let sets = Kernels::available().iter();
        Box::new(sets.map(|set| Table::of(set)).collect())
    });
    let table = tables.iter().find(|table| ptr::eq(table.set, kernels));
    let table = table.expect("programs are linked with a set of this processor");
    table.addresses.as_ptr().addr() as u64
}
