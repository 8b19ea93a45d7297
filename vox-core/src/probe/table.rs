//! Where hash tables keep their entries.
//!
//! What the words of a table mean is learnt from standard maps, once: the number of buckets is a word that depends on
//! the capacity alone, and the address of the control bytes is the one word that entries lie in front of. Then the
//! scan must find in several maps what their own iterators find. That the table of another type is at the same place
//! is for [`super::hashed`] to say, and how its entries are laid out for facet.

use once_cell::race::OnceBox;

use facet_core::{Def, Shape};

use super::hashed::{CAPACITIES, Place, Standard, WORDS, Word, capacity_words, words_of};
use crate::kernels::only;
use crate::kernels::table::{Position, Table, scan};

const WORD: usize = size_of::<usize>();

/// How the entries of a type are laid out, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) stride: usize,
    pub(super) key: usize,
    pub(super) value: usize,
}

/// The table of a `HashMap` or `HashSet` with entries that take room; `None` where it is not known.
pub(super) fn probe(shape: &'static Shape, place: Place) -> Option<Table> {
    if place != Place::Standard {
        return None;
    }
    let entry = Entry::of(shape)?;
    standard().map(|standard| with_entries(standard, entry))
}

impl Entry {
    /// What facet says of the pairs of a map, as far as that is possible; a set's are items.
    fn of(shape: &'static Shape) -> Option<Self> {
        let (key, value, stride, value_at) = match &shape.def {
            Def::Map(def) => {
                let vtable = def.vtable;
                let value = def.v.layout.sized_layout().ok()?;
                let key = def.k.layout.sized_layout().ok()?;
                (key, value, vtable.pair_stride, vtable.value_offset_in_pair)
            }
            Def::Set(def) => {
                let key = def.t.layout.sized_layout().ok()?;
                let value = core::alloc::Layout::new::<()>();
                (key, value, key.size(), key.size())
            }
            _ => return None,
        };
        // A pair has no room to spare: its parts touch but for what their alignment takes.
        let (pair, second) = key.extend(value).ok()?;
        let first = value.extend(key).ok()?.1;
        let key_at = if value_at == second { 0 } else { first };
        let is_pair = stride == pair.pad_to_align().size() && (value_at == second || value_at == 0);
        (is_pair && stride > 0).then_some(Self {
            stride,
            key: key_at,
            value: value_at,
        })
    }
}

fn with_entries(standard: Table, entry: Entry) -> Table {
    Table {
        stride: entry.stride,
        key: entry.key,
        value: entry.value,
        ..standard
    }
}

/// The table of a standard map of `u64` to `u64`.
fn standard() -> Option<Table> {
    static KNOWN: OnceBox<Option<Table>> = OnceBox::new();
    *KNOWN.get_or_init(|| Box::new(learn()))
}

fn learn() -> Option<Table> {
    let maps = [0, 1, 3, 6, 20, 300].map(holed);
    let table = Table {
        control: control_word(&maps)? * WORD,
        mask: mask_word()? * WORD,
        stride: size_of::<(u64, u64)>(),
        key: core::mem::offset_of!((u64, u64), 0),
        value: core::mem::offset_of!((u64, u64), 1),
    };
    maps.iter()
        .all(|map| finds_entries(&table, map))
        .then_some(table)
}

/// The word that is the number of buckets less one, for every capacity.
fn mask_word() -> Option<usize> {
    let of = |(capacity, words): (&usize, &Vec<Word>)| {
        let buckets = (capacity * 8 / 7).next_power_of_two();
        let masks = words.iter().filter(|word| word.1 == buckets - 1);
        only(masks.map(|word| word.0))
    };
    let mut masks = CAPACITIES.iter().zip(capacity_words()).map(of);
    let first = masks.next()??;
    masks.all(|mask| mask == Some(first)).then_some(first)
}

/// The word that points behind all entries, and not further than there are buckets.
fn control_word(maps: &[Standard]) -> Option<usize> {
    let points_behind = |map: &Standard, word: usize| {
        let size = size_of::<(u64, u64)>();
        let control = words_of(map)[word];
        map.iter().all(|(key, value)| {
            let entry = core::ptr::from_ref(key)
                .addr()
                .min(core::ptr::from_ref(value).addr());
            let distance = control.wrapping_sub(entry);
            distance % size == 0 && (1..=4 * map.capacity()).contains(&(distance / size))
        })
    };
    only((0..WORDS).filter(|word| maps.iter().all(|map| points_behind(map, *word))))
}

/// A map of so many entries, between which others were removed.
fn holed(len: u64) -> Standard {
    let mut map: Standard = (0..2 * len).map(|number| (number, !number)).collect();
    map.retain(|number, _| number % 2 == 0);
    map
}

/// Whether the scan finds what the map's iterator finds, in its order.
fn finds_entries(table: &Table, map: &Standard) -> bool {
    /// Not a divisor of a group.
    const FEW: usize = 11;
    let container = core::ptr::from_ref(map).cast();
    // SAFETY: the map is alive, and its words were identified (A15).
    let found = unsafe { parts(table, container, FEW, map.len()) };
    let addresses =
        |(key, value): (&u64, &u64)| (core::ptr::from_ref(key), core::ptr::from_ref(value));
    let found = found
        .into_iter()
        .map(|(key, value)| (key.cast(), value.cast()));
    found.eq(map.iter().map(addresses))
}

/// The keys and values of a table in the order of the scan, which is asked for `count` at a time. Ends when there are more
/// than `most`.
///
/// # Safety
///
/// A live container of the table's type is at `container`.
pub(super) unsafe fn parts(
    table: &Table,
    container: *const u8,
    count: usize,
    most: usize,
) -> Vec<(*const u8, *const u8)> {
    let mut position = Position::start(container);
    let mut found = Vec::new();
    loop {
        let mut take = |_, key, value| {
            found.push((key, value));
            true
        };
        // SAFETY: the caller's duty.
        let filled = unsafe { scan(table, &mut position, count, &mut take) };
        if filled < count || found.len() > most {
            return found;
        }
    }
}
