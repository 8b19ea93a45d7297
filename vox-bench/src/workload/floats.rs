//! Lists of 1,024 `f32`, `f64` and `bool` each, and one `f32` more.
//!
//! For: lists whose memory equals their wire bytes, where nothing but a bulk
//! copy is fast. The first values are the odd ones: zeros of both signs,
//! infinities, subnormals. No NaN, for values must compare equal to themselves.
//! A rotation's value has 64 of each.

use facet::Facet;
use serde::{Deserialize, Serialize};

use super::{Draw, Family, Random, SEED, Visitor, Workload, offer, offer_rotation};

/// Three lists.
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
pub struct Samples {
    /// Four bytes each.
    pub singles: Vec<f32>,
    /// Eight bytes each.
    pub doubles: Vec<f64>,
    /// One byte each.
    pub flags: Vec<bool>,
    /// What is not in a list.
    pub rate: f32,
}

/// Lists of `len` values each.
pub fn samples(seed: u64, len: usize) -> Samples {
    draw(&mut Random::new(seed), len)
}

/// `count` values of lists of 64.
pub fn rotation(seed: u64, count: usize) -> Vec<Samples> {
    let mut random = Random::new(seed);
    (0..count).map(|_| draw(&mut random, 64)).collect()
}

fn draw(random: &mut Random, len: usize) -> Samples {
    let singles = [
        0.0,
        -0.0,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::from_bits(1),
    ];
    let doubles = [
        0.0,
        -0.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::from_bits(1),
    ];
    Samples {
        singles: begin_with(&singles, random, len),
        doubles: begin_with(&doubles, random, len),
        flags: random.list(len..=len),
        rate: random.draw(),
    }
}

/// A list of `len` values that starts with `odd` ones.
fn begin_with<T: Draw + Copy>(odd: &[T], random: &mut Random, len: usize) -> Vec<T> {
    let odd = odd.iter().copied();
    odd.chain(std::iter::repeat_with(|| random.draw()))
        .take(len)
        .collect()
}

pub(super) fn visit_rows<V: Visitor>(visitor: &mut V) {
    let row = Workload::row("floats_1024", Family::Floats, 13_322);
    offer(visitor, row, || samples(SEED, 1024));
}

pub(super) fn visit_rotations<V: Visitor>(visitor: &mut V, seed: u64, count: usize) {
    let workload = Workload::rotation("floats_64_rotation", Family::Floats, 839);
    offer_rotation(visitor, workload, || rotation(seed, count));
}
