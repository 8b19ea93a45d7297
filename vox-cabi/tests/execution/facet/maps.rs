//! Maps and sets.

use std::collections::{HashMap, HashSet};
use std::mem::MaybeUninit;

use facet_core::{Def, Facet, PtrConst, PtrMut};

use super::{Argument, Caller, thin, uninit};
use crate::vtable;

pub(super) fn call_maps(cx: &mut Caller) {
    type Map = HashMap<String, u32>;
    let Def::Map(def) = Map::SHAPE.def else {
        panic!("a map");
    };
    let vtable = def.vtable;
    let mut memory = MaybeUninit::<Map>::uninit();
    let address = memory.as_ptr();
    let init = vtable.init_in_place_with_capacity;
    let made = call!(
        cx,
        MAP_INIT_IN_PLACE_WITH_CAPACITY,
        init,
        uninit(&mut memory),
        3_usize
    );
    assert_eq!(made, thin(address));
    // SAFETY: just initialized.
    let mut map = unsafe { memory.assume_init() };
    let pointer = PtrMut::new(&raw mut map);
    for (key, value) in [("a", 1_u32), ("b", 2)] {
        let mut key = std::mem::ManuallyDrop::new(key.to_owned());
        let mut value = value;
        let [key, value] = [PtrMut::new(&raw mut *key), PtrMut::new(&raw mut value)];
        assert_eq!(
            call!(cx, MAP_INSERT, vtable.insert, pointer, key, value),
            []
        );
    }
    assert_eq!(map, Map::from([("a".to_owned(), 1), ("b".to_owned(), 2)]));

    let lent = PtrConst::new(&raw const map);
    assert_eq!(call!(cx, MAP_LEN, vtable.len, lent), [2]);
    for key in ["a", "b", "c"].map(str::to_owned) {
        let found = map.get(&key);
        let key = PtrConst::new(&raw const key);
        let contains = call!(cx, MAP_CONTAINS_KEY, vtable.contains_key, lent, key);
        assert_eq!(contains, [u64::from(found.is_some())]);
        let value = call!(cx, MAP_GET_VALUE_PTR, vtable.get_value_ptr, lent, key);
        let expected = found.map_or(std::ptr::null(), std::ptr::from_ref);
        assert_eq!(value, expected.cast_mut().words());
    }

    let mut pairs = [("x".to_owned(), 7_u32), ("y".to_owned(), 8)].map(MaybeUninit::new);
    let mut memory = MaybeUninit::<Map>::uninit();
    let from = vtable.from_pair_slice.expect("it can be made of pairs");
    let data = pairs.as_mut_ptr().cast::<u8>();
    let made = call!(
        cx,
        MAP_FROM_PAIR_SLICE,
        from,
        uninit(&mut memory),
        data,
        2_usize
    );
    assert_eq!(made, thin(memory.as_ptr()));
    // SAFETY: just initialized.
    let map = unsafe { memory.assume_init() };
    assert_eq!(map, Map::from([("x".to_owned(), 7), ("y".to_owned(), 8)]));
}

pub(super) fn call_sets(cx: &mut Caller) {
    type Set = HashSet<u64>;
    let Def::Set(def) = Set::SHAPE.def else {
        panic!("a set");
    };
    let vtable = def.vtable;
    let mut memory = MaybeUninit::<Set>::uninit();
    let address = memory.as_ptr();
    let init = vtable.init_in_place_with_capacity;
    let made = call!(
        cx,
        SET_INIT_IN_PLACE_WITH_CAPACITY,
        init,
        uninit(&mut memory),
        3_usize
    );
    assert_eq!(made, thin(address));
    // SAFETY: just initialized.
    let mut set = unsafe { memory.assume_init() };
    let pointer = PtrMut::new(&raw mut set);
    for (element, new) in [(4_u64, 1), (5, 1), (4, 0)] {
        let mut element = element;
        let element = PtrMut::new(&raw mut element);
        assert_eq!(
            call!(cx, SET_INSERT, vtable.insert, pointer, element),
            [new]
        );
    }
    assert_eq!(set, Set::from([4, 5]));

    let lent = PtrConst::new(&raw const set);
    assert_eq!(call!(cx, SET_LEN, vtable.len, lent), [2]);
    for (element, found) in [(4_u64, 1), (6, 0)] {
        let element = PtrConst::new(&raw const element);
        assert_eq!(
            call!(cx, SET_CONTAINS, vtable.contains, lent, element),
            [found]
        );
    }

    let mut elements = [1_u64, 2, 3];
    let mut memory = MaybeUninit::<Set>::uninit();
    let from = vtable.from_slice.expect("it can be made of a slice");
    let data = elements.as_mut_ptr().cast::<u8>();
    let made = call!(cx, SET_FROM_SLICE, from, uninit(&mut memory), data, 3_usize);
    assert_eq!(made, thin(memory.as_ptr()));
    // SAFETY: just initialized.
    let set = unsafe { memory.assume_init() };
    assert_eq!(set, Set::from([1, 2, 3]));
}
