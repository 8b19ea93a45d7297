//! The tables handlers are called through: the same handlers in each, but for the varints of fields, which are those of a set of routines.

use vox_core::entry_address;
use vox_core::kernels::Kernels;
use vox_core::kernels::fields::{Fields, Kind, OWN, PORTABLE};

use super::{At, COUNT, FIRST_SINGLE, FOUR, ONE, Out, PAIR, RUN, SINGLES, singles};

/// Addresses of functions. In memory that cannot be written to, as code calls what it finds there.
struct Table([*const (); COUNT]);

// SAFETY: the addresses of functions are only read (A13).
unsafe impl Sync for Table {}

static WITH_PORTABLE: Table = Table::with(&PORTABLE);
static WITH_OWN: Table = Table::with(&OWN);

impl Table {
    /// With these functions for fields.
    const fn with(fields: &Fields) -> Self {
        let mut table = [core::ptr::null(); COUNT];
        let singles = singles();
        let mut single = 0;
        while single < SINGLES {
            table[FIRST_SINGLE + single] = singles[single];
            single += 1;
        }
        let mut kind = 0;
        while kind < Kind::COUNT {
            table[ONE + kind] = entry_address!(fields.one[kind], (Out, At) -> Out);
            table[FOUR + kind] = entry_address!(fields.four[kind], (Out, At, usize) -> Out);
            table[RUN + kind] = entry_address!(fields.run[kind], (Out, At, usize) -> Out);
            let mut second = 0;
            while second < Kind::COUNT {
                let pair = entry_address!(fields.pair[kind][second], (Out, At, usize) -> Out);
                table[PAIR + kind * Kind::COUNT + second] = pair;
                second += 1;
            }
            kind += 1;
        }
        Self(table)
    }

    /// The one for programs linked with a set.
    fn of(kernels: &Kernels) -> &'static Self {
        match kernels.has_own_fields {
            true => &WITH_OWN,
            false => &WITH_PORTABLE,
        }
    }
}

/// The address of the table for programs linked with a set.
pub(in crate::baseline) fn table(kernels: &Kernels) -> u64 {
    Table::of(kernels).0.as_ptr().addr() as u64
}

#[cfg(test)]
mod tests {
    use core::ptr;

    use super::super::Handler;
    use super::*;

    /// Whoever calls what a processor cannot run is ended by it, which no test would see where it can.
    #[test]
    fn a_set_has_its_own_functions_and_no_others() {
        for set in Kernels::available() {
            let fields = if set.has_own_fields { OWN } else { PORTABLE };
            let table = &Table::of(set).0;
            let at = |handler: Handler| table[handler.index()];
            for first in Kind::ALL {
                let kind = first as usize;
                let one = entry_address!(fields.one[kind], (Out, At) -> Out);
                assert!(ptr::eq(at(Handler::one(first)), one), "{first:?}");
                let four = entry_address!(fields.four[kind], (Out, At, usize) -> Out);
                assert!(ptr::eq(at(Handler::four(first)), four), "{first:?}");
                let run = entry_address!(fields.run[kind], (Out, At, usize) -> Out);
                assert!(ptr::eq(at(Handler::run(first)), run), "{first:?}");
                for second in Kind::ALL {
                    let pair = fields.pair[kind][second as usize];
                    let pair = entry_address!(pair, (Out, At, usize) -> Out);
                    let found = at(Handler::pair(first, second));
                    assert!(ptr::eq(found, pair), "{first:?} {second:?}");
                }
            }
            assert!(table.iter().all(|address| !address.is_null()));
        }
        let has_own = |name| matches!(name, "avx512" | "bmi2");
        let mut sets = Kernels::available().iter();
        assert!(sets.all(|set| set.has_own_fields == has_own(set.name)));
    }
}
