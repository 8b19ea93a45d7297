//! Lists of 4,096 integers: small `u32`, `u32` around the border of one byte, uniform
//! `u64`, and `u64` of random magnitude.
//!
//! For: runs of varints. Small means below 128, one byte each. The border is crossed by values below 150:
//! most take one byte, some take two, and a guess that they all take one fails often. Uniform
//! `u64` nearly all take nine or ten; random magnitude takes every length
//! from one to ten, unpredictably. A rotation's value is 256 of the last.

use super::{Family, Random, SEED, Visitor, Workload, draw_many, offer, offer_rotation};

/// `len` values below `bound`.
pub fn below(bound: u32, seed: u64, len: usize) -> Vec<u32> {
    let mut random = Random::new(seed);
    let mut value = || u32::try_from(random.below(bound.into())).expect("below a u32");
    (0..len).map(|_| value()).collect()
}

/// `len` values of 64 uniform bits.
pub fn uniform(seed: u64, len: usize) -> Vec<u64> {
    let mut random = Random::new(seed);
    (0..len).map(|_| random.bits()).collect()
}

/// `len` values whose number of significant bits is uniform.
pub fn magnitudes(seed: u64, len: usize) -> Vec<u64> {
    draw_many(seed, len)
}

/// `count` lists of 256 values of random magnitude.
pub fn rotation(seed: u64, count: usize) -> Vec<Vec<u64>> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random.list(256..=256)).collect()
}

pub(super) fn visit_rows<V: Visitor>(visitor: &mut V) {
    let row = |name, bytes| Workload::row(name, Family::Integers, bytes);
    offer(visitor, row("integers_u32_small", 4_098), || {
        below(128, SEED, 4096)
    });
    offer(visitor, row("integers_u32_border", 4_705), || {
        below(150, SEED, 4096)
    });
    offer(visitor, row("integers_u64_uniform", 38_897), || {
        uniform(SEED, 4096)
    });
    offer(visitor, row("integers_u64_magnitudes", 20_289), || {
        magnitudes(SEED, 4096)
    });
}

pub(super) fn visit_rotations<V: Visitor>(visitor: &mut V, seed: u64, count: usize) {
    let name = "integers_u64_magnitudes_rotation";
    let workload = Workload::rotation(name, Family::Integers, 1_269);
    offer_rotation(visitor, workload, || rotation(seed, count));
}
