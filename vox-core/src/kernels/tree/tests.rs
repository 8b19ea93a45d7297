//! Walks over ordered maps and sets find what their own iterators find. Not under Miri, where nothing is learnt.

use std::collections::{BTreeMap, BTreeSet};

use facet_core::{Def, Facet};
use fastrand::Rng;

use super::{Known, Next, Position, Tree, end, entries, items, start};
use crate::cx::tests::state;
use crate::trampoline::iter::Entry;

fn map_tree<K, V>() -> Tree
where
    K: Facet<'static> + Ord,
    V: Facet<'static>,
{
    let Def::Map(def) = &BTreeMap::<K, V>::SHAPE.def else {
        panic!("a map is a map")
    };
    let vtable = &def.vtable.iter_vtable;
    let init = vtable.init_with_value.expect("it can be started");
    let sizes = [size_of::<K>(), size_of::<V>()];
    Tree::new(init, Next::Entry(vtable.next), vtable.dealloc, sizes)
}

/// Whether a walk was possible. What it finds, by batches of `count`, is what the iterator finds.
fn check<K, V>(tree: &Tree, map: &BTreeMap<K, V>, count: usize) -> bool {
    let mut cx = state();
    let mut found = Vec::new();
    let mut position = core::mem::MaybeUninit::<Position>::uninit();
    let position = position.as_mut_ptr();
    let container = core::ptr::from_ref(map).cast();
    // SAFETY: the map is alive and of the tree's type, and the batch has room.
    let is_walk = unsafe {
        start(&mut cx, tree, container, map.len(), position);
        let is_walk = (*position).iterator().is_none();
        loop {
            let nothing = Entry {
                key: core::ptr::null(),
                value: core::ptr::null(),
            };
            let mut batch = vec![nothing; count];
            let filled = entries(&mut cx, tree, position, batch.as_mut_ptr(), count);
            found.extend_from_slice(&batch[..filled]);
            assert!(found.len() <= map.len(), "no more than there are");
            if filled < count {
                break;
            }
        }
        end(&mut cx, tree, position);
        is_walk
    };
    check_each(tree, container, &found, is_walk);
    let found = found.iter().map(|entry| (entry.key, entry.value));
    let expected = map.iter().map(|(key, value)| {
        let key: *const K = key;
        let value: *const V = value;
        (key.cast::<u8>(), value.cast::<u8>())
    });
    if size_of::<V>() == 0 {
        assert!(found.map(|it| it.0).eq(expected.map(|it| it.0)));
    } else {
        assert!(found.eq(expected));
    }
    is_walk
}

/// A walk without a position finds the same, and stops where it is told to.
fn check_each(tree: &Tree, container: *const u8, expected: &[Entry], is_walk: bool) {
    for most in [0, expected.len() / 2, expected.len(), usize::MAX] {
        let mut found = Vec::new();
        let mut take = |place: usize, key, value| {
            assert_eq!(place, found.len());
            let has_room = place < most;
            if has_room {
                found.push((key, value));
            }
            has_room
        };
        // SAFETY: the container is alive and of the tree's type.
        let count = unsafe { super::each(tree, container, &mut take) };
        let expected = &expected[..most.min(expected.len())];
        match count {
            // What is learnt from a container is of use from the next one on.
            None => assert!(!is_walk || tree.known.leaves().is_none()),
            Some(count) => assert_eq!(count, expected.len()),
        }
        // A value without a size may be anywhere.
        let is_same = |(found, entry): (&(_, _), &Entry)| {
            found.0 == entry.key && (found.1 == entry.value || tree.sizes.value == 0)
        };
        assert!(count.is_none() || found.iter().zip(expected).all(is_same));
    }
}

/// Maps of random sizes with holes, and what was learnt at the end.
fn maps_are_understood<K, V>(key: impl Fn(usize) -> K, value: impl Fn(usize) -> V)
where
    K: Facet<'static> + Ord,
    V: Facet<'static>,
{
    let mut random = Rng::with_seed(17);
    let tree = map_tree::<K, V>();
    let most = [5, 11, 12, 40, 150, 2_000, 2_000];
    let mut walks = 0;
    for round in 0..140 {
        let numbers = (0..random.usize(0..=most[round % most.len()])).map(|_| random.usize(..4000));
        let mut map: BTreeMap<K, V> = numbers.map(|it| (key(it), value(it))).collect();
        if round % 3 == 0 {
            let mut kept = Rng::with_seed(round as u64);
            map.retain(|_, _| kept.u8(..) < 100);
        }
        walks += usize::from(check(&tree, &map, random.usize(1..40)));
    }
    assert!(tree.known.leaves().is_some() && tree.known.inner().is_some());
    assert!(walks > 100, "{walks}");
}

#[test]
#[cfg_attr(miri, ignore = "nothing is learnt there")]
fn a17_trees_of_every_layout_are_understood() {
    assert!(super::is_understood());
    maps_are_understood(|it| it as u8, |_| 7_u8);
    maps_are_understood(|it| it as u16, |_| 7_u8);
    maps_are_understood(|it| it as u64, |_| 7_u8);
    maps_are_understood(|it| it as u8, |it| it as u64);
    maps_are_understood(|it| it as u32, |_| [7_u8; 5]);
    maps_are_understood(|it| [it as u8, (it >> 8) as u8, 0], |_| [7_u16; 3]);
    maps_are_understood(|it| it.to_string(), |it| it as u64);
    maps_are_understood(|it| it as u64, |it| it.to_string());
    maps_are_understood(|it| it as u32, |_| ());
    maps_are_understood(|it| [it; 9], |it| Some(vec![it]));
    maps_are_understood(|it| it as u16, |_| [7_u64; 40]);
}

#[test]
#[cfg_attr(miri, ignore = "nothing is learnt there")]
fn a17_sets_are_understood() {
    let Def::Set(def) = &BTreeSet::<u32>::SHAPE.def else {
        panic!("a set is a set")
    };
    let vtable = &def.vtable.iter_vtable;
    let init = vtable.init_with_value.expect("it can be started");
    let tree = Tree::new(init, Next::Item(vtable.next), vtable.dealloc, [4, 0]);
    for len in [0, 1, 11, 12, 13, 100, 144, 5000] {
        let set: BTreeSet<u32> = (0..len).collect();
        for _ in 0..2 {
            let mut cx = state();
            let mut position = core::mem::MaybeUninit::<Position>::uninit();
            let position = position.as_mut_ptr();
            let mut found = vec![core::ptr::null(); set.len() + 1];
            // SAFETY: the set is alive and of the tree's type, and there is room for one more.
            let filled = unsafe {
                start(&mut cx, &tree, (&raw const set).cast(), set.len(), position);
                let filled = items(&mut cx, &tree, position, found.as_mut_ptr(), found.len());
                end(&mut cx, &tree, position);
                filled
            };
            let expected = set.iter().map(|it| core::ptr::from_ref(it).cast::<u8>());
            assert!(found[..filled].iter().copied().eq(expected));
        }
    }
    assert!(tree.known.inner().is_some());
}

/// A type whose small containers came first is understood of these, and of larger ones when they come.
#[test]
#[cfg_attr(miri, ignore = "nothing is learnt there")]
fn a17_what_is_known_is_what_was_seen() {
    let tree = map_tree::<u32, u64>();
    let map = |len: u32| -> BTreeMap<u32, u64> { (0..len).map(|it| (it, it.into())).collect() };
    assert!(check(&tree, &map(0), 4), "nothing to go through");
    assert!(tree.known.leaves().is_none(), "an empty one tells nothing");
    assert!(!check(&tree, &map(3), 4));
    assert!(tree.known.leaves().is_some() && tree.known.inner().is_none());
    assert!(check(&tree, &map(11), 4) && check(&tree, &map(0), 4));
    assert!(!check(&tree, &map(12), 4));
    assert!(tree.known.inner().is_some());
    assert!(check(&tree, &map(12), 4) && check(&tree, &map(10_000), 4));
}

/// An iterator that does not yield as much as was said teaches nothing.
#[test]
fn a17_iterators_that_end_elsewhere_teach_nothing() {
    let map: BTreeMap<u32, u64> = (0..40).map(|it| (it, it.into())).collect();
    let honest: Vec<Entry> = map
        .iter()
        .map(|(key, value)| Entry {
            key: core::ptr::from_ref(key).cast(),
            value: core::ptr::from_ref(value).cast(),
        })
        .collect();
    let learnt = |entries: &[Entry]| {
        let known = Known::default();
        let mut entries = entries.iter().copied();
        let container = (&raw const map).cast();
        let sizes = super::Sizes { key: 4, value: 8 };
        // SAFETY: the map is alive and has items.
        unsafe {
            let specimen = super::learn::Specimen::new(container, map.len(), || entries.next());
            if let Some(specimen) = specimen {
                super::learn::learn(&known, sizes, &specimen);
            }
        }
        known.inner().is_some()
    };
    assert!(cfg!(miri) || learnt(&honest));
    assert!(!learnt(&honest[..39]), "too few");
    let more: Vec<Entry> = honest.iter().chain(&honest[..1]).copied().collect();
    assert!(!learnt(&more), "too many");
}
