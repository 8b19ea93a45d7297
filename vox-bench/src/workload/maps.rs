//! An ordered map from strings to numbers and a hashed one from numbers to
//! strings, 128 entries each.
//!
//! For: iteration through map vtables. The order of the hashed map differs
//! from build to build of the same value, so its bytes do too. Its hasher must
//! be the standard one: facet 0.46's `HashMap` vtable reads every map as
//! `HashMap<K, V, RandomState>`, whatever its hasher is. A rotation's value has
//! 16 entries each.

use std::collections::{BTreeMap, HashMap};

use facet::Facet;
use serde::{Deserialize, Serialize};

use super::{Family, Random, SEED, Visitor, Workload, offer, offer_rotation};

/// Two maps.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
pub struct Maps {
    /// Strings of 8 to 16 bytes to numbers of random magnitude.
    pub ordered: BTreeMap<String, u64>,
    /// Numbers of random magnitude to strings of 8 to 16 bytes.
    pub hashed: HashMap<u64, String>,
}

/// Maps of `len` entries each.
pub fn maps(seed: u64, len: usize) -> Maps {
    draw(&mut Random::new(seed), len)
}

/// `count` values of 16 entries in each map.
pub fn rotation(seed: u64, count: usize) -> Vec<Maps> {
    let mut random = Random::new(seed);
    (0..count).map(|_| draw(&mut random, 16)).collect()
}

fn draw(random: &mut Random, len: usize) -> Maps {
    let mut ordered = BTreeMap::new();
    while ordered.len() < len {
        ordered.insert(random.draw(), random.draw());
    }
    let mut hashed = HashMap::new();
    while hashed.len() < len {
        // A small key drawn twice keeps its first string, and is drawn again.
        let (key, value) = (random.draw(), random.draw());
        hashed.entry(key).or_insert(value);
    }
    Maps { ordered, hashed }
}

pub(super) fn visit_rows<V: Visitor>(visitor: &mut V) {
    let row = Workload::row("maps_128", Family::Maps, 4_708).hashed();
    offer(visitor, row, || maps(SEED, 128));
}

pub(super) fn visit_rotations<V: Visitor>(visitor: &mut V, seed: u64, count: usize) {
    let workload = Workload::rotation("maps_16_rotation", Family::Maps, 576).hashed();
    offer_rotation(visitor, workload, || rotation(seed, count));
}
