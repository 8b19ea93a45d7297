//! Lists, arrays, maps and sets of many elements and of none.
//!
//! Hash maps and sets hold one element at most: their order is not to be relied on, and
//! maps with more are judged where serde walks the same map (`codec`).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::RandomState;

use bytes::{Bytes, BytesMut};
use facet::Facet;
use iddqd::{
    BiHashItem, BiHashMap, IdHashItem, IdHashMap, IdOrdItem, IdOrdMap, TriHashItem, TriHashMap,
};
use indexmap::IndexMap;
use serde::Serialize;
use smallvec::{SmallVec, smallvec};

use crate::forms::forms;

/// An element that knows its key.
#[derive(Facet, Serialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct User {
    id: u32,
    name: String,
}

impl IdOrdItem for User {
    type Key<'a> = u32;
    fn key(&self) -> u32 {
        self.id
    }
    iddqd::id_upcast!();
}

impl IdHashItem for User {
    type Key<'a> = u32;
    fn key(&self) -> u32 {
        self.id
    }
    iddqd::id_upcast!();
}

impl BiHashItem for User {
    type K1<'a> = u32;
    type K2<'a> = &'a str;
    fn key1(&self) -> u32 {
        self.id
    }
    fn key2(&self) -> &str {
        &self.name
    }
    iddqd::bi_upcast!();
}

impl TriHashItem for User {
    type K1<'a> = u32;
    type K2<'a> = &'a str;
    type K3<'a> = usize;
    fn key1(&self) -> u32 {
        self.id
    }
    fn key2(&self) -> &str {
        &self.name
    }
    fn key3(&self) -> usize {
        self.name.len()
    }
    iddqd::tri_upcast!();
}

fn users(count: u32) -> impl Iterator<Item = User> {
    (0..count).map(|id| User {
        id: id * 100,
        name: format!("user {id}"),
    })
}

/// Elements with padding.
#[derive(Facet, Serialize, Clone, Copy)]
pub(crate) struct Padded(u8, u32, u16);

fn texts(count: u8) -> Vec<String> {
    (0..count).map(|number| "t".repeat(number.into())).collect()
}

forms! {
    byte_list(u8): Vec<u8> = [vec![], vec![0], vec![7; 127], (0..=255).collect(), vec![9; 20_000]];
    signed_bytes(u16): Vec<i8> = [vec![], vec![-1, i8::MIN, i8::MAX]];
    booleans(u32): Vec<bool> = [vec![], vec![true, false, true]];
    numbers_16(u64): Vec<u16> = [vec![], vec![0, 127, 128, u16::MAX], vec![300; 129]];
    numbers_32(i8): Vec<u32> = [vec![], vec![0, 127, 128, u32::MAX], vec![1; 100]];
    numbers_64(i16): Vec<u64> = [vec![], vec![0, 127, 128, u64::MAX], vec![1 << 40; 33]];
    signed_32(i32): Vec<i32> = [vec![], vec![0, -1, i32::MIN, i32::MAX]];
    signed_64(i64): Vec<i64> = [vec![], vec![0, -1, i64::MIN, i64::MAX]];
    wide(u8): Vec<u128> = [vec![], vec![0, 1 << 70, u128::MAX]];
    floats(u16): Vec<f32> = [vec![], vec![0.0, -1.5, f32::MAX]];
    doubles(u32): Vec<f64> = [vec![], vec![0.0, -1.5, f64::MAX]];
    characters(u64): Vec<char> = [vec![], vec!['a', '€', char::MAX]];
    strings(i8): Vec<String> = [vec![], texts(1), texts(40)];
    units(i16): Vec<()> = [vec![], vec![(); 300]];
    lists(i32): Vec<Vec<u8>> = [vec![], vec![vec![], vec![1], vec![2; 200]]];
    options(i64): Vec<Option<u32>> = [vec![], vec![None, Some(0), Some(u32::MAX)]];
    pairs(u8): Vec<(u8, u16)> = [vec![], vec![(1, 300), (2, 0)]];
    padded(u16): Vec<Padded> = [vec![], vec![Padded(1, 70_000, 300); 50]];
    no_bytes(u32): [u8; 0] = [[]];
    no_strings(u64): [String; 0] = [[]];
    three_bytes(i8): [u8; 3] = [[0, 127, 255]];
    array_of_words(i16): [u64; 4] = [[0, 127, 128, u64::MAX]];
    array_of_lists(i32): [Vec<u8>; 2] = [[vec![], vec![1, 2]]];
    array_of_arrays(i64): [[u16; 2]; 3] = [[[0, 300], [1, 2], [u16::MAX, 0]]];
    array_of_units(u8): [(); 5] = [[(); 5]];
    boxed_bytes(u16): Box<[u8]> = [Box::new([]), Box::new([1, 2, 3])];
    boxed_numbers(u32): Box<[u32]> = [Box::new([]), Box::new([0, 300, u32::MAX])];
    boxed_strings(u64): Box<[String]> = [Box::new([]), texts(3).into()];
    small_bytes(i8): SmallVec<[u8; 4]> = [smallvec![], smallvec![1, 2], smallvec![7; 300]];
    small_strings(i16): SmallVec<[String; 1]> = [smallvec![], texts(1).into(), texts(3).into()];
    small_numbers(i32): SmallVec<[u32; 2]> = [smallvec![], smallvec![300], smallvec![300; 9]];
    shared_bytes(i64): Bytes = [Bytes::new(), Bytes::from_static(b"static"), Bytes::from(vec![1; 200])];
    mutable_bytes(u8): BytesMut = [BytesMut::new(), BytesMut::from(&b"bytes"[..])];
    map_of_strings(u16): BTreeMap<String, u32> = [BTreeMap::new(), texts(5).into_iter().zip(126..).collect()];
    map_of_lists(u32): BTreeMap<u8, Vec<u8>> = [BTreeMap::new(), (0..100).map(|it| (it, vec![it; 2])).collect()];
    map_of_units(u64): BTreeMap<(u8, char), ()> = [BTreeMap::new(), [((1, 'a'), ()), ((2, '€'), ())].into()];
    map_of_maps(i8): BTreeMap<u8, BTreeMap<u8, bool>> = [BTreeMap::new(), [(1, BTreeMap::new()), (2, [(3, true)].into())].into()];
    hash_map(i16): HashMap<u16, String> = [HashMap::new(), [(300, String::from("value"))].into()];
    ordered_set(i32): BTreeSet<u16> = [BTreeSet::new(), (100..400).collect()];
    set_of_strings(i64): BTreeSet<String> = [BTreeSet::new(), texts(4).into_iter().collect()];
    hash_set(u8): HashSet<u32> = [HashSet::new(), [70_000].into()];
    index_map(u16): IndexMap<String, u8> = [IndexMap::new(), texts(40).into_iter().rev().zip(0..).collect()];
    id_ord_map(u32): IdOrdMap<User> = [IdOrdMap::new(), users(3).collect()];
    id_hash_map(u64): IdHashMap<User, RandomState> = [IdHashMap::default(), users(1).collect()];
    bi_hash_map(i8): BiHashMap<User, RandomState> = [BiHashMap::default(), users(1).collect()];
    tri_hash_map(i16): TriHashMap<User, RandomState> = [TriHashMap::default(), users(1).collect()];
}

vox_oracle::zoo! { MEMBERS;
    user: User = [User { id: 300, name: String::from("name") }];
    padded_alone: Padded = [Padded(1, 70_000, 300)];
}
