//! Whether facet finds what is in a hashed map or set.
//!
//! Facet 0.46 compiles the functions of `HashMap` and `HashSet` for the standard hasher, whatever the hasher is. They read
//! right where the hasher leaves the table at its place, and what happens to be there where it does not. A table
//! says its capacity in words of its own; those are found in standard maps, and must stand at the same
//! place in specimens of the type.

use core::alloc::Layout;
use core::mem::MaybeUninit;
use std::alloc::{alloc, dealloc, handle_alloc_error};
use std::collections::HashMap;

use once_cell::race::OnceBox;

use facet_core::{Def, MapInitInPlaceWithCapacityFn, PtrMut, PtrUninit, Shape};

/// Capacities that tables have exactly. Smaller tables are larger than asked for, by the size of their entries.
pub(super) const CAPACITIES: [usize; 2] = [28, 112];

/// Entries a table of the largest of these capacities has room for.
const MOST_ENTRIES: usize = 128;

/// Entries may take this much address space while a type is probed; nothing is written there.
const MAX_BYTES: usize = 1 << 28;

pub(super) type Standard = HashMap<u64, u64>;

/// The words of a standard map.
pub(super) const WORDS: usize = size_of::<Standard>() / size_of::<usize>();

/// A word: its position and what it is.
pub(super) type Word = (usize, usize);

/// What probing needs of a type.
struct Hashed {
    init: MapInitInPlaceWithCapacityFn,
    layout: Layout,
    /// The size of an entry.
    entry: usize,
}

impl Hashed {
    /// `None` for all types but `HashMap` and `HashSet`.
    fn of(shape: &'static Shape) -> Option<Self> {
        let size = |part: &Shape| part.layout.sized_layout().ok().map(|it| it.size());
        let (init, entry) = match (shape.module_path?, &shape.def) {
            ("std::collections::hash_map", Def::Map(def)) => (
                def.vtable.init_in_place_with_capacity,
                size(def.k)?.checked_add(size(def.v)?)?,
            ),
            ("std::collections::hash_set", Def::Set(def)) => {
                (def.vtable.init_in_place_with_capacity, size(def.t)?)
            }
            _ => return None,
        };
        let layout = shape.layout.sized_layout().ok()?;
        Some(Self {
            init,
            layout,
            entry,
        })
    }
}

/// What is known of the table of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It is where that of a standard map is.
    Standard,
    /// Nothing says that it is elsewhere.
    Unknown,
    /// It is elsewhere, and facet's functions do not find it.
    Elsewhere,
}

/// Where the table of a `HashMap` or `HashSet` is; `None` for all other types.
pub(super) fn place(shape: &'static Shape) -> Option<Place> {
    let hashed = Hashed::of(shape)?;
    let is_affordable = hashed
        .entry
        .checked_mul(MOST_ENTRIES)
        .is_some_and(|bytes| bytes <= MAX_BYTES);
    let words = capacity_words();
    if !is_affordable || words[0].is_empty() {
        // Nothing tells; at least it is no larger and no smaller.
        let may_be = hashed.layout == Layout::new::<Standard>();
        return Some(if may_be {
            Place::Unknown
        } else {
            Place::Elsewhere
        });
    }
    let is_standard = CAPACITIES
        .iter()
        .zip(words)
        .all(|(capacity, words)| has_words(shape, &hashed, *capacity, words));
    Some(if is_standard {
        Place::Standard
    } else {
        Place::Elsewhere
    })
}

/// The words of a standard map that depend on its capacity, and on nothing else, for each of the [`CAPACITIES`].
pub(super) fn capacity_words() -> &'static [Vec<Word>; CAPACITIES.len()] {
    static KNOWN: OnceBox<[Vec<Word>; CAPACITIES.len()]> = OnceBox::new();
    KNOWN.get_or_init(|| Box::new(CAPACITIES.map(words_at)))
}

fn words_at(capacity: usize) -> Vec<Word> {
    // At the same time, so that their tables have different addresses.
    let maps = [capacity, capacity, capacity * 9].map(Standard::with_capacity);
    let [first, second, other] = maps.each_ref().map(words_of);
    (0..WORDS)
        .filter(|at| first[*at] == second[*at] && first[*at] != other[*at])
        .map(|at| (at, first[at]))
        .collect()
}

pub(super) fn words_of(map: &Standard) -> [usize; WORDS] {
    let words = core::ptr::from_ref(map).cast::<*const u8>();
    // SAFETY: a standard map is words, all of them initialised: the table's and the hasher's keys. Read as
    // pointers, so that provenance is not lost.
    core::array::from_fn(|at| unsafe { words.add(at).read() }.addr())
}

/// Whether an empty value of the type, of this capacity, has these words.
fn has_words(shape: &'static Shape, hashed: &Hashed, capacity: usize, words: &[Word]) -> bool {
    let layout = hashed.layout;
    let fits = |at: usize| (at + 1) * size_of::<usize>() <= layout.size();
    if layout.align() < align_of::<usize>() || !words.iter().all(|(at, _)| fits(*at)) {
        return false;
    }
    // SAFETY: the size is not 0, for a word fits.
    let memory = unsafe { alloc(layout) };
    if memory.is_null() {
        handle_alloc_error(layout);
    }
    // SAFETY: the memory has the type's layout (A1); the function initialises it, and the value is dropped once.
    // The words are inside of it. Where the hasher displaced the table they may be padding, and are
    // compared all the same: memory from the allocator, whatever is in it.
    unsafe {
        (hashed.init)(PtrUninit::new_sized(memory), capacity);
        let is = |word: &Word| {
            let place = memory.cast::<MaybeUninit<*const u8>>().add(word.0);
            place.read().assume_init().addr() == word.1
        };
        let has_all = words.iter().all(is);
        shape.call_drop_in_place(PtrMut::new_sized(memory));
        dealloc(memory, layout);
        has_all
    }
}
