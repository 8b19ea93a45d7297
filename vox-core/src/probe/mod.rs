//! Probed layouts: where `Vec`, `String`, boxed slices and wide references keep
//! their address and length, options their tag, and `Arc` and `Rc` what they share; where hash tables keep their entries, and whether a hasher keeps
//! facet from finding the table of a map.
//!
//! Rust does not promise these layouts, so they are learnt at run time, on
//! values vox builds itself: values whose address, length
//! and capacity all differ are looked at word by word, and a layout is accepted
//! only when exactly one pair of words agrees with what the type's own functions
//! answer, for every value. Anything else answers `None`, and lowering uses
//! those functions instead.
//!
//! The nodes of B-trees alone are learnt from containers that are encoded, for their layout depends on types whose values
//! only the user can make: [`crate::kernels::tree`].
//!
//! What was learnt is kept without locks that a forked child could wait for.
//!
//! Not here: how a layout is used ([`crate::lower`]). Read next: [`words`], [`option`], [`hashed`], [`table`].

mod counted;
mod hashed;
mod list;
mod option;
mod table;
mod tree;
mod wide;
mod words;

use once_cell::race::OnceBox;
use rustc_hash::FxHashMap;

use facet_core::{ListDef, OptionDef, Shape};

use crate::fork::ForkLock;
use crate::kernels::table::Table;
use crate::kernels::tree::Tree;
use hashed::Place;

pub(crate) use counted::Counted;
pub(crate) use option::Tagged;
pub(crate) use words::Words;

/// The layout of a `Vec` of this shape.
pub(crate) fn list(shape: &'static Shape, def: &'static ListDef) -> Option<Words> {
    static KNOWN: Known<Words> = ForkLock::new();
    remember(&KNOWN, shape, || list::probe(shape, def))
}

/// The layout of an `Option` of this shape.
pub(crate) fn option(shape: &'static Shape, def: &'static OptionDef) -> Option<Tagged> {
    static KNOWN: Known<Tagged> = ForkLock::new();
    remember(&KNOWN, shape, || option::probe(shape, def))
}

/// Whether facet's functions read a map or set of this shape, whatever its hasher is.
pub(crate) fn is_read_right(shape: &'static Shape) -> bool {
    hashed(shape).is_none_or(|hashed| hashed.place != Place::Elsewhere)
}

/// The table of a `HashMap` or `HashSet` of this shape.
pub(crate) fn table(shape: &'static Shape) -> Option<&'static Table> {
    hashed(shape).and_then(|hashed| hashed.table)
}

/// What will be learnt of a `BTreeMap` or `BTreeSet` of this shape.
pub(crate) fn tree(shape: &'static Shape) -> Option<&'static Tree> {
    static KNOWN: Known<&'static Tree> = ForkLock::new();
    // Programs name it by its address.
    remember(&KNOWN, shape, || {
        tree::of(shape).map(|tree| &*Box::leak(Box::new(tree)))
    })
}

/// What is known of a hashed map or set.
#[derive(Clone, Copy)]
struct Hashed {
    place: Place,
    /// Programs name it by its address.
    table: Option<&'static Table>,
}

fn hashed(shape: &'static Shape) -> Option<Hashed> {
    static KNOWN: Known<Hashed> = ForkLock::new();
    remember(&KNOWN, shape, || {
        let place = hashed::place(shape)?;
        let table = table::probe(shape, place);
        Some(Hashed {
            place,
            table: table.map(|table| &*Box::leak(Box::new(table))),
        })
    })
}

/// What was learnt, by the address of the shape.
type Known<L> = ForkLock<FxHashMap<usize, Option<L>>>;

fn remember<L: Copy>(
    known: &Known<L>,
    shape: &'static Shape,
    probe: impl FnOnce() -> Option<L>,
) -> Option<L> {
    let key = core::ptr::from_ref(shape).addr();
    if let Some(&answer) = known.lock().get(&key) {
        return answer;
    }
    // Probed without the lock: it calls functions of the type. So two threads may both probe; what the first of them finds
    // is the answer for good, as programs that name one table are told to be the same by its address.
    let answer = probe();
    *known.lock().entry(key).or_insert(answer)
}

/// The layout of a `String`.
pub(crate) fn string() -> Option<Words> {
    static KNOWN: OnceBox<Option<Words>> = OnceBox::new();
    *KNOWN.get_or_init(|| Box::new(wide::probe_string()))
}

/// The layout of a reference to a slice or string.
pub(crate) fn wide_reference() -> Option<Words> {
    static KNOWN: OnceBox<Option<Words>> = OnceBox::new();
    *KNOWN.get_or_init(|| Box::new(wide::probe_reference()))
}

/// The layout of a box of a slice or string.
pub(crate) fn wide_box() -> Option<Words> {
    static KNOWN: OnceBox<Option<Words>> = OnceBox::new();
    *KNOWN.get_or_init(|| Box::new(wide::probe_box()))
}

/// Where an `Arc` keeps what it shares.
pub(crate) fn arc() -> Option<Counted> {
    static KNOWN: OnceBox<Option<Counted>> = OnceBox::new();
    *KNOWN.get_or_init(|| Box::new(counted::probe_arc()))
}

/// Where an `Rc` keeps what it shares.
pub(crate) fn rc() -> Option<Counted> {
    static KNOWN: OnceBox<Option<Counted>> = OnceBox::new();
    *KNOWN.get_or_init(|| Box::new(counted::probe_rc()))
}

#[cfg(test)]
mod tests;
