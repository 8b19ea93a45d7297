//! Learning what lies where in the nodes of a type, from a container and what its own iterator yields of it.
//!
//! A node starts with what all have: the address of the one above it, eleven keys, eleven values, and two numbers of 16 bits, in an
//! order that the compiler chose for the type; behind that are the addresses of the nodes below, if there are any. The addresses of
//! keys and values say where in a node they are, those of the first nodes where the addresses below are. How many keys a node has is
//! the one number with which a walk finds just what the iterator found: every place that it could have is tried, and if there is
//! not exactly one, nothing is learnt.
//!
//! Nothing is read that is not inside of a node, however few keys it has, if nodes have as many as in maps of our own; which is
//! asked first ([`is_understood`]).

use std::collections::BTreeMap;

use once_cell::race::OnceBox;

use super::walk::{LEVELS, numbered_word, word};
use super::{CAPACITY, Inner, Known, Leaves, MAX_NODE, Nodes, Sizes};
use crate::kernels::only;
use crate::trampoline::iter::Entry;

/// As many items of a container are looked at.
const MOST: usize = 96;

/// Words of a container.
const WORDS: u8 = 3;

/// What is below is no address.
const LEAST_ADDRESS: usize = 4096;

/// A container, and where its items are.
pub(super) struct Specimen {
    words: Words,
    len: usize,
    /// The first ones.
    entries: [Entry; MOST],
    count: usize,
    /// The one whose key is the first behind the root's address. What is in the root is before what is in any other node there.
    first_in_root: Entry,
}

impl Specimen {
    /// Asks an iterator for all of a container's items. `None` if they are not as many as it said, or its words are not clear.
    ///
    /// # Safety
    ///
    /// The container is alive, and has items.
    pub(super) unsafe fn new(
        container: *const u8,
        len: usize,
        mut next: impl FnMut() -> Option<Entry>,
    ) -> Option<Self> {
        // SAFETY: the caller's duty.
        let words = unsafe { Words::of(container, len) }?;
        let first = next()?;
        let mut specimen = Self {
            words,
            len,
            entries: [first; MOST],
            count: 1,
            first_in_root: first,
        };
        let behind_root = |entry: Entry| entry.key.addr().wrapping_sub(words.node.addr());
        for index in 1..len {
            let entry = next()?;
            if let Some(place) = specimen.entries.get_mut(index) {
                *place = entry;
                specimen.count += 1;
            }
            if behind_root(entry) < behind_root(specimen.first_in_root) {
                specimen.first_in_root = entry;
            }
        }
        next().is_none().then_some(specimen)
    }

    fn entries(&self) -> &[Entry] {
        &self.entries[..self.count]
    }

    /// Whether these are all.
    fn is_whole(&self) -> bool {
        self.count == self.len
    }
}

/// What the words of a container with items say.
#[derive(Debug, Clone, Copy)]
struct Words {
    root: u8,
    height: u8,
    node: *const u8,
    levels_below: usize,
}

impl Words {
    /// One is the number of items, one an address, and one a small number. `None` if it is not clear which.
    ///
    /// # Safety
    ///
    /// The container is alive, and its words are initialised: it has items.
    unsafe fn of(container: *const u8, len: usize) -> Option<Self> {
        // SAFETY: the caller's duty; it is as large (`Tree::new`'s caller looked).
        let at = |number: u8| unsafe { numbered_word(container, number) };
        let root = only((0..WORDS).filter(|number| {
            let word = at(*number).addr();
            word >= LEAST_ADDRESS && word.is_multiple_of(align_of::<usize>()) && word != len
        }))?;
        let height = only((0..WORDS).filter(|number| {
            *number != root
                && at(*number).addr() < LEVELS
                && at(WORDS - root - *number).addr() == len
        }))?;
        Some(Self {
            root,
            height,
            node: at(root),
            levels_below: at(height).addr(),
        })
    }
}

/// Tells what a container with items says of its type, if that is clear.
///
/// # Safety
///
/// The container is alive and not changed.
pub(super) unsafe fn learn(known: &Known, sizes: Sizes, specimen: &Specimen) {
    let Some(leaves) = leaves(sizes, specimen) else {
        return;
    };
    if specimen.words.levels_below == 0 {
        let is_leaf = specimen.len <= CAPACITY && leaf_len(sizes, specimen.entries()).is_none();
        if is_leaf {
            known.tell_leaves(leaves);
        }
        return;
    }
    // SAFETY: the caller's duty; the tree has more than one node.
    if let Some(inner) = unsafe { inner(sizes, leaves, specimen) } {
        known.tell_leaves(leaves);
        known.tell_inner(inner);
    }
}

/// Where in a node keys and values are.
fn leaves(sizes: Sizes, specimen: &Specimen) -> Option<Leaves> {
    let Words {
        root, height, node, ..
    } = specimen.words;
    let distance = |at: *const u8, size: usize| {
        let distance = at.addr().checked_sub(node.addr())?;
        let end = distance.checked_add(CAPACITY.checked_mul(size)?)?;
        let distance = u16::try_from(distance).ok()?;
        (end <= MAX_NODE).then_some(distance)
    };
    let Entry { key, value } = specimen.first_in_root;
    Some(Leaves {
        root,
        height,
        keys: distance(key, sizes.key)?,
        values: match sizes.value {
            0 => 0,
            size => distance(value, size)?,
        },
    })
}

/// How many of the first items are in one node, if one behind them is not.
fn leaf_len(sizes: Sizes, entries: &[Entry]) -> Option<usize> {
    let is_next = |pair: &[Entry]| {
        let [one, other] = pair else { return false };
        let key = other.key.addr().wrapping_sub(one.key.addr());
        let value = other.value.addr().wrapping_sub(one.value.addr());
        key == sizes.key && (sizes.value == 0 || value == sizes.value)
    };
    entries
        .windows(2)
        .position(|pair| !is_next(pair))
        .map(|last| last + 1)
}

/// Where in a node above leaves the addresses of those below are, and in every node how many keys it has.
///
/// # Safety
///
/// The container is alive and not changed, its first items are those of the specimen, and it has more than one node.
unsafe fn inner(sizes: Sizes, leaves: Leaves, specimen: &Specimen) -> Option<Inner> {
    let entries = specimen.entries();
    // The first key of the second node is behind one of the node above: they are the first ones of theirs.
    let len = leaf_len(sizes, entries).filter(|len| *len <= CAPACITY)?;
    let [first, above, second] = [entries.first()?, entries.get(len)?, entries.get(len + 1)?];
    let node_of = |entry: &Entry| entry.key.wrapping_sub(leaves.keys.into());
    let start = behind_parts(sizes, leaves);
    let nodes = [node_of(first), node_of(second)];
    let above = node_of(above);
    let edges = (start..start + 4 * size_of::<usize>())
        .step_by(size_of::<usize>())
        // SAFETY: not beyond the addresses, for there it ends; volatile, as below.
        .find(|at| unsafe { above.add(*at).cast::<*const u8>().read_volatile() } == nodes[0])?;
    // SAFETY: behind the first one.
    if unsafe { word(above, edges + size_of::<usize>()) } != nodes[1] {
        return None;
    }
    let edges = u16::try_from(edges).ok()?;
    let candidates = (0..edges)
        .step_by(2)
        .filter(|at| is_gap(sizes, leaves, *at));
    let layout = Nodes {
        sizes,
        leaves,
        inner: None,
    };
    only(
        candidates
            .map(|len| Inner { len, edges })
            // SAFETY: the caller's duty.
            .filter(|inner| unsafe { finds(layout, *inner, specimen) }),
    )
}

/// The first word behind the keys and values.
fn behind_parts(sizes: Sizes, leaves: Leaves) -> usize {
    let end = |first: u16, size: usize| usize::from(first) + CAPACITY * size;
    end(leaves.keys, sizes.key)
        .max(end(leaves.values, sizes.value))
        .next_multiple_of(size_of::<usize>())
}

/// Whether 16 bits there are neither of keys nor of values.
fn is_gap(sizes: Sizes, leaves: Leaves, at: u16) -> bool {
    let (start, end) = (usize::from(at), usize::from(at) + 2);
    let is_beside = |first: u16, size: usize| {
        let first = usize::from(first);
        end <= first || start >= first + CAPACITY * size
    };
    is_beside(leaves.keys, sizes.key) && is_beside(leaves.values, sizes.value)
}

/// What comparing a node came to.
#[derive(PartialEq, Eq)]
enum Found {
    /// As the iterator, up to here.
    Same,
    /// As the iterator, and no more was asked of it.
    AllThatIsKnown,
    Other,
}

/// Whether a walk finds what the iterator found.
///
/// # Safety
///
/// As for [`inner`], with which the nodes agree but for where the number of keys is.
unsafe fn finds(nodes: Nodes, inner: Inner, specimen: &Specimen) -> bool {
    let Words {
        node, levels_below, ..
    } = specimen.words;
    let mut expected = specimen.entries().iter();
    // SAFETY: the caller's duty.
    let found = unsafe { compare(nodes, inner, node, levels_below, &mut expected) };
    match found {
        Found::Same => specimen.is_whole() && expected.next().is_none(),
        Found::AllThatIsKnown => !specimen.is_whole(),
        Found::Other => false,
    }
}

/// Compares a node and all below it.
///
/// # Safety
///
/// As for [`finds`]; the node is at this height.
unsafe fn compare(
    nodes: Nodes,
    inner: Inner,
    node: *const u8,
    height: usize,
    expected: &mut core::slice::Iter<'_, Entry>,
) -> Found {
    // SAFETY: inside of a node, whatever it is: volatile, so that nobody reasons about what was never written there.
    let len = usize::from(unsafe { node.add(inner.len.into()).cast::<u16>().read_volatile() });
    for index in 0..=len {
        if height > 0 {
            // SAFETY: a node above leaves has one before its first key, and one behind each key that was found to be one.
            let found = unsafe {
                let below = inner.below(node, index);
                compare(nodes, inner, below, height - 1, expected)
            };
            if found != Found::Same {
                return found;
            }
        }
        if index < len {
            let (key, value) = nodes.parts(node, index);
            match expected.next() {
                None => return Found::AllThatIsKnown,
                Some(it) if it.key != key => return Found::Other,
                Some(it) if nodes.sizes.value != 0 && it.value != value => return Found::Other,
                Some(_) => {}
            }
        }
    }
    Found::Same
}

/// A key of a map of our own.
struct Number(u16);

impl From<Number> for u32 {
    fn from(number: Number) -> Self {
        number.0.into()
    }
}

impl From<Number> for u64 {
    fn from(number: Number) -> Self {
        number.0.into()
    }
}

impl From<Number> for (u16, u8) {
    fn from(number: Number) -> Self {
        (number.0, 0)
    }
}

/// Whether maps of our own are what this module takes maps for: as many keys in a node, and learnt from rightly.
pub(crate) fn is_understood() -> bool {
    static KNOWN: OnceBox<bool> = OnceBox::new();
    *KNOWN.get_or_init(|| Box::new(understands(&[1, 7, 11, 12, 40, 1000])))
}

fn understands(lens: &[u16]) -> bool {
    // What is in gaps need not be initialised, which is nothing to a processor.
    !cfg!(miri)
        && lens.iter().all(|len| {
            understands_len::<u32, u64>(*len)
                && understands_len::<u64, u16>(*len)
                && understands_len::<(u16, u8), [u64; 9]>(*len)
        })
}

fn understands_len<K: From<Number> + Ord, V: Default>(len: u16) -> bool {
    let sizes = Sizes {
        key: size_of::<K>(),
        value: size_of::<V>(),
    };
    let map: BTreeMap<K, V> = (0..len)
        .map(|it| (K::from(Number(it)), V::default()))
        .collect();
    let mut entries = map.iter().map(|(key, value)| Entry {
        key: core::ptr::from_ref(key).cast(),
        value: core::ptr::from_ref(value).cast(),
    });
    let container = core::ptr::from_ref(&map).cast();
    let known = Known::default();
    // SAFETY: the map is alive, and has items.
    unsafe {
        let Some(specimen) = Specimen::new(container, map.len(), || entries.next()) else {
            return false;
        };
        let is_one_leaf = leaf_len(sizes, specimen.entries()).is_none();
        if is_one_leaf != (map.len() <= CAPACITY) {
            return false;
        }
        learn(&known, sizes, &specimen);
    }
    known.leaves().is_some() && known.inner().is_some() == (map.len() > CAPACITY)
}
