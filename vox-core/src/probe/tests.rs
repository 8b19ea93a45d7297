//! Probes that find the truth, and probes that are lied to.

use core::mem::size_of;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use std::rc::Rc;
use std::sync::Arc;

use facet_core::{Def, Facet, ListDef, ListTypeOps, ListVTable, PtrConst, PtrMut, Shape};

use super::counted::Counted;
use super::words::{Sighting, Words, deduce};
use super::{list, table, wide};
use crate::fork::ForkLock;
use crate::kernels::table::Table;

const WORD: usize = size_of::<usize>();

fn vec_def<T: Facet<'static>>() -> &'static ListDef {
    match &Vec::<T>::SHAPE.def {
        Def::List(def) => def,
        _ => panic!("a Vec is a list"),
    }
}

/// Checks a layout on a value the probe has not seen.
fn check_vec<T: Facet<'static>>(words: Words, value: &Vec<T>) {
    let address = core::ptr::from_ref(value).cast::<u8>();
    // SAFETY: the layout's offsets are words of the Vec.
    unsafe {
        let ptr = address.add(words.ptr).cast::<*const T>().read();
        let len = address.add(words.len).cast::<usize>().read();
        assert_eq!((ptr, len), (value.as_ptr(), value.len()));
    }
}

#[test]
fn vecs_of_every_kind_of_element_are_understood() {
    fn check<T: Facet<'static>>(make: impl Fn() -> T) {
        let words = list::probe(Vec::<T>::SHAPE, vec_def::<T>()).expect("an unambiguous layout");
        check_vec(words, &Vec::<T>::new());
        check_vec(words, &(0..9).map(|_| make()).collect());
    }
    check(|| 0_u8);
    check(|| 0_u128);
    check(|| ());
    check(String::new);
    check(|| Some(Box::new(1_u64)));
    check(|| [0_u64; 64]);
}

#[test]
fn elements_too_large_to_allocate_are_not_probed() {
    let def = vec_def::<[u64; 100_000]>();
    assert_eq!(list::probe(Vec::<[u64; 100_000]>::SHAPE, def), None);
}

#[test]
fn only_vecs_are_probed() {
    let vtable: &'static ListVTable = Box::leak(Box::new(*vec_def::<u8>().vtable));
    let imitation = ListDef {
        vtable,
        ..*vec_def::<u8>()
    };
    assert_eq!(list::probe(Vec::<u8>::SHAPE, &imitation), None);
}

#[test]
fn strings_and_wide_pointers_are_understood() {
    let words = wide::probe_string().expect("an unambiguous layout");
    check_vec(words, &String::from("a text").into_bytes());
    for words in [wide::probe_reference(), wide::probe_box()] {
        let words = words.expect("an unambiguous layout");
        let mut offsets = [words.ptr, words.len];
        offsets.sort_unstable();
        assert_eq!(offsets, [0, WORD]);
    }
}

/// Sightings of a value whose words are an address, a length and a capacity in
/// this order.
fn sightings(order: [usize; 3]) -> Vec<Sighting> {
    [(0x1000, 3, 11), (0x1000, 5, 11), (0x2000, 7, 19)]
        .into_iter()
        .map(|(ptr, len, capacity)| {
            let mut words = vec![0; 3];
            for (place, word) in order.into_iter().zip([ptr, len, capacity]) {
                words[place] = word;
            }
            Sighting { words, ptr, len }
        })
        .collect()
}

const ORDERS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

#[test]
fn every_order_is_deduced() {
    for order in ORDERS {
        let expected = Words {
            ptr: order[0] * WORD,
            len: order[1] * WORD,
        };
        assert_eq!(deduce(&sightings(order)), Some(expected));
    }
}

#[test]
fn a4_one_sighting_of_another_order_refutes_all() {
    for truth in ORDERS {
        for lie in ORDERS {
            if lie == truth {
                continue;
            }
            for liar in 0..3 {
                let mut mixed = sightings(truth);
                mixed[liar] = sightings(lie)[liar].clone();
                // Exchanging words that differ can never agree with the rest.
                assert_eq!(deduce(&mixed), None, "{truth:?} {lie:?} {liar}");
            }
        }
    }
}

#[test]
fn a4_ambiguous_words_are_refused() {
    // The capacity always equals the length.
    let mut same = sightings([0, 1, 2]);
    for sighting in &mut same {
        sighting.words[2] = sighting.words[1];
    }
    assert_eq!(deduce(&same), None);
    // Two words hold the address.
    let mut twice = sightings([0, 1, 2]);
    for sighting in &mut twice {
        sighting.words[2] = sighting.words[0];
    }
    assert_eq!(deduce(&twice), None);
}

#[test]
fn too_little_to_tell_is_refused() {
    let all = sightings([0, 1, 2]);
    assert_eq!(deduce(&[]), None);
    assert_eq!(deduce(&all[..1]), None);
    assert_eq!(deduce(&[all[0].clone(), all[0].clone()]), None);
}

#[test]
fn a4_functions_that_answer_something_else_are_refused() {
    unsafe extern "C" fn len_lies(list: PtrConst) -> usize {
        // SAFETY: called with a `Vec<u8>`.
        unsafe { list.get::<Vec<u8>>() }.capacity()
    }
    unsafe extern "C" fn as_ptr_lies(list: PtrConst) -> PtrConst {
        // SAFETY: called with a `Vec<u8>`.
        PtrConst::new(unsafe { list.get::<Vec<u8>>() }.as_ptr().wrapping_add(1))
    }
    unsafe extern "C" fn set_len_does_nothing(_: PtrMut, _: usize) {}

    let truth = *vec_def::<u8>();
    let with_vtable = |vtable: ListVTable| ListDef {
        vtable: Box::leak(Box::new(vtable)),
        ..truth
    };
    let with_ops = |type_ops: ListTypeOps| ListDef {
        type_ops: Some(Box::leak(Box::new(type_ops))),
        ..truth
    };
    let ops = *truth.type_ops.expect("Vec has them");
    let lies = [
        with_vtable(ListVTable {
            len: len_lies,
            ..*truth.vtable
        }),
        with_vtable(ListVTable {
            as_ptr: Some(as_ptr_lies),
            ..*truth.vtable
        }),
        with_vtable(ListVTable {
            as_ptr: None,
            ..*truth.vtable
        }),
        with_ops(ListTypeOps {
            set_len: Some(set_len_does_nothing),
            ..ops
        }),
        with_ops(ListTypeOps {
            init_in_place_with_capacity: None,
            ..ops
        }),
    ];
    let shape: &'static Shape = Vec::<u8>::SHAPE;
    // SAFETY: the functions work on `Vec<u8>`, whatever they say about it.
    unsafe {
        assert!(list::probe_any(shape, &truth).is_some());
        for (number, lie) in lies.iter().enumerate() {
            assert_eq!(list::probe_any(shape, lie), None, "lie {number}");
        }
    }
}

#[test]
fn answers_are_remembered_by_shape() {
    let first = super::list(Vec::<u32>::SHAPE, vec_def::<u32>());
    assert_eq!(first, super::list(Vec::<u32>::SHAPE, vec_def::<u32>()));
    assert!(first.is_some());
    assert_eq!(super::string(), super::string());
}

/// All keys and values of a table in the order of the scan, by `count` at a time.
fn parts<C>(table: &Table, container: &C, count: usize) -> Vec<(*const u8, *const u8)> {
    let container = core::ptr::from_ref(container).cast();
    // SAFETY: the container is alive and of the table's type.
    unsafe { table::parts(table, container, count, usize::MAX) }
}

/// Maps and sets of these keys and values, of many sizes, with and without holes.
fn tables_are_understood<K, V>(key: impl Fn(usize) -> K, value: impl Fn(usize) -> V)
where
    K: Facet<'static> + Hash + Eq + Clone,
    V: Facet<'static>,
{
    let map_table = super::table(HashMap::<K, V>::SHAPE).expect("the layout is known");
    let set_table = super::table(HashSet::<K>::SHAPE);
    assert_eq!(set_table.is_some(), size_of::<K>() > 0);
    let check = |map: &HashMap<K, V>| {
        let set: HashSet<K> = map.keys().cloned().collect();
        for count in [1, 7, 8, 9, 32] {
            let found = parts(map_table, map, count)
                .into_iter()
                .map(|(key, value)| (key.cast(), value.cast()));
            let expected = map
                .iter()
                .map(|(key, value)| (core::ptr::from_ref(key), core::ptr::from_ref(value)));
            let is_same = |(found, expected): ((*const K, *const V), (*const K, *const V))| {
                (size_of::<K>() == 0 || found.0 == expected.0)
                    && (size_of::<V>() == 0 || found.1 == expected.1)
            };
            assert_eq!(found.len(), map.len());
            assert!(found.zip(expected).all(is_same));
            if let Some(table) = set_table {
                let found = parts(table, &set, count).into_iter();
                let found = found.map(|(item, _)| item.cast());
                assert!(found.eq(set.iter().map(core::ptr::from_ref)));
            }
        }
    };
    check(&HashMap::new());
    for len in [1, 2, 3, 4, 7, 8, 14, 15, 29, 200] {
        let full: HashMap<K, V> = (0..len).map(|it| (key(it), value(it))).collect();
        check(&full);
        let mut holed = full;
        let mut position = 0;
        holed.retain(|_, _| {
            position += 1;
            position % 3 == 0
        });
        check(&holed);
        holed.retain(|_, _| false);
        check(&holed);
    }
    check(&HashMap::with_capacity(1000));
}

#[test]
fn a15_hash_tables_of_every_layout_are_understood() {
    tables_are_understood(|it| it as u8, |_| 7_u8);
    tables_are_understood(|it| it as u8, |_| 7_u64);
    tables_are_understood(|it| it as u64, |_| 7_u8);
    tables_are_understood(|it| it as u16, |_| [7_u8; 5]);
    tables_are_understood(|it| it as u128, |_| 7_u16);
    tables_are_understood(|it| it.to_string(), |_| [7_u8; 3]);
    tables_are_understood(|it| it as u32, |it| it.to_string());
    tables_are_understood(|it| it as u32, |_| ());
    tables_are_understood(|_| (), |it| it as u32);
    tables_are_understood(|it| [it; 9], |it| Some(vec![it]));
}

/// As far as that is possible, an entry's layout is not believed but compared.
#[test]
fn a15_entries_that_facet_describes_otherwise_are_not_believed() {
    let shape = HashMap::<u8, u64>::SHAPE;
    assert!(super::table(shape).is_some());
    let Def::Map(def) = shape.def else {
        panic!("a map is a map")
    };
    for (stride, value) in [(8, 0), (24, 8), (16, 4), (16, 16), (0, 0)] {
        let mut vtable = *def.vtable;
        vtable.pair_stride = stride;
        vtable.value_offset_in_pair = value;
        let mut def = def;
        def.vtable = Box::leak(Box::new(vtable));
        let mut copy = *shape;
        copy.def = Def::Map(def);
        let copy: &'static Shape = Box::leak(Box::new(copy));
        assert!(super::is_read_right(copy));
        assert_eq!(super::table(copy), None, "{stride}, {value}");
    }
}

#[test]
fn a15_only_hash_tables_are_probed() {
    assert_eq!(super::table(BTreeMap::<u8, u8>::SHAPE), None);
    assert_eq!(super::table(BTreeSet::<u8>::SHAPE), None);
    assert_eq!(super::table(Vec::<u8>::SHAPE), None);
    // Nothing is learnt of entries too large for specimens, and items without a size have no place.
    assert_eq!(super::table(HashMap::<u8, [u64; 1 << 20]>::SHAPE), None);
    assert_eq!(super::table(HashSet::<()>::SHAPE), None);
    assert_eq!(super::table(HashMap::<(), ()>::SHAPE), None);
}

#[test]
fn a16_what_is_behind_counts_is_where_it_was_seen() {
    #[expect(dead_code, reason = "only its place matters")]
    #[repr(align(4))]
    struct Odd([u8; 7]);
    let (arc, rc) = (super::arc(), super::rc());
    let (arc, rc) = (arc.expect("it is found"), rc.expect("it is found"));
    let check = |counted: Counted, align: usize, pointer: *const *const u8, value: *const u8| {
        // SAFETY: a pointer to a sized value is a word.
        let held = unsafe { pointer.read() };
        let behind = counted.distance(align).expect("not too much");
        assert_eq!(held.wrapping_add(behind), value, "{align}");
    };
    macro_rules! check {
        ($($value:expr),*) => { $(
            let shared = Arc::new($value);
            let align = align_of_val(&*shared);
            check(arc, align, (&raw const shared).cast(), Arc::as_ptr(&shared).cast());
            let shared = Rc::new($value);
            check(rc, align, (&raw const shared).cast(), Rc::as_ptr(&shared).cast());
        )* };
    }
    check!(
        1_u8,
        1_u16,
        (1_u8, 1_u64),
        [1_u128; 3],
        String::from("x"),
        Odd([1; 7]),
        ()
    );
    assert_eq!(arc.distance(128), None);
    assert_eq!(rc.distance(1 << 20), None);
}

#[test]
fn a16_shared_slices_are_where_they_were_seen() {
    fn check<T>(counted: Counted, pointer: *const u8, value: &[T]) {
        // SAFETY: a wide pointer is two words.
        let word = |at: usize| unsafe { pointer.add(at).cast::<*const u8>().read() };
        let behind = counted.distance(align_of::<T>()).expect("not too much");
        let words = counted.words;
        assert_eq!(word(words.ptr).wrapping_add(behind), value.as_ptr().cast());
        assert_eq!(word(words.len).addr(), value.len());
    }
    let (arc, rc) = (super::arc(), super::rc());
    let (arc, rc) = (arc.expect("it is found"), rc.expect("it is found"));
    let shared: Arc<[u32]> = Arc::new([1, 2, 3, 4]);
    check(arc, (&raw const shared).cast(), &shared);
    let shared: Rc<[String]> = Rc::new([const { String::new() }; 9]);
    check(rc, (&raw const shared).cast(), &shared);
    let shared: Arc<str> = Arc::from("seven b");
    check(arc, (&raw const shared).cast(), shared.as_bytes());
    let shared: Rc<[u128]> = Rc::new([]);
    check(rc, (&raw const shared).cast(), &shared);
}

/// Two threads may probe a type at the same time. Both get one answer, and so does who asks later.
#[test]
fn what_was_learnt_first_stays() {
    static KNOWN: super::Known<u32> = ForkLock::new();
    let shape = u8::SHAPE;
    let ask = |probe: &dyn Fn() -> Option<u32>| super::remember(&KNOWN, shape, probe);
    // While one probes another begins and ends.
    let later = ask(&|| {
        assert_eq!(ask(&|| Some(1)), Some(1));
        Some(2)
    });
    assert_eq!(later, Some(1));
    assert_eq!(ask(&|| unreachable!("it is known")), Some(1));
}
