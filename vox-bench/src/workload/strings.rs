//! A list of short strings: 8 to 16 bytes of ASCII each.
//!
//! For: the cost of copying a string that is shorter than a call to memcpy is
//! worth. The row is 1,024 strings, a rotation's value 64.

use super::{Family, Random, SEED, Visitor, Workload, draw_many, offer, offer_rotation};

/// `len` strings.
pub fn strings(seed: u64, len: usize) -> Vec<String> {
    draw_many(seed, len)
}

/// `count` lists of 64 strings.
pub fn rotation(seed: u64, count: usize) -> Vec<Vec<String>> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random.list(64..=64)).collect()
}

pub(super) fn visit_rows<V: Visitor>(visitor: &mut V) {
    let row = Workload::row("strings_1024", Family::Strings, 13_340);
    offer(visitor, row, || strings(SEED, 1024));
}

pub(super) fn visit_rotations<V: Visitor>(visitor: &mut V, seed: u64, count: usize) {
    let workload = Workload::rotation("strings_64_rotation", Family::Strings, 834);
    offer_rotation(visitor, workload, || rotation(seed, count));
}
