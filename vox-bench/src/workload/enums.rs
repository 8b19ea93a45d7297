//! A list of enum values with 16 kinds of variants: unit, newtype, tuple and
//! struct, of scalars, strings, options, bytes, an array and a unit enum.
//!
//! For: dispatch on a tag that no predictor can guess. The row is 256 values,
//! a rotation's value 64.

// The derive of rkyv makes structs of the variants, and leaves their documentation behind.
#![cfg_attr(feature = "peers", allow(missing_docs))]

use facet::Facet;
use serde::{Deserialize, Serialize};

use super::{Draw, Family, Random, SEED, Visitor, Workload, draw_many, offer, offer_rotation};

/// 16 variants, all equally frequent.
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
#[repr(u8)]
#[expect(missing_docs, reason = "variants without meaning: their types say it")]
pub enum Event {
    Idle,
    Stop,
    Code(u8),
    Count(u32),
    Total(u64),
    Offset(i64),
    Ratio(f32),
    Flag(bool),
    Letter(#[cfg_attr(feature = "peers", borsh(serialize_with = "write_char"))] char),
    Label(String),
    Pair(u32, u32),
    Point { x: i32, y: i32 },
    Maybe(Option<u32>),
    Bytes(Vec<u8>),
    Fixed([u8; 4]),
    Level(Level),
}

/// Borsh has no characters; this is what its users do.
#[cfg(feature = "peers")]
fn write_char<W: borsh::io::Write>(letter: &char, writer: &mut W) -> borsh::io::Result<()> {
    borsh::BorshSerialize::serialize(&u32::from(*letter), writer)
}

/// Units only.
#[derive(Debug, Clone, Copy, PartialEq, Facet, Serialize, Deserialize)]
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
#[repr(u8)]
#[expect(missing_docs, reason = "variants without meaning")]
pub enum Level {
    Trace,
    Info,
    Warning,
    Fatal,
}

impl Draw for Level {
    fn draw(random: &mut Random) -> Self {
        const ALL: [Level; 4] = [Level::Trace, Level::Info, Level::Warning, Level::Fatal];
        ALL[random.length(0..=3)]
    }
}

impl Draw for Event {
    fn draw(random: &mut Random) -> Self {
        match random.below(16) {
            0 => Self::Idle,
            1 => Self::Stop,
            2 => Self::Code(random.draw()),
            3 => Self::Count(random.draw()),
            4 => Self::Total(random.draw()),
            5 => Self::Offset(random.draw()),
            6 => Self::Ratio(random.draw()),
            7 => Self::Flag(random.draw()),
            8 => Self::Letter(random.draw()),
            9 => Self::Label(random.draw()),
            10 => Self::Pair(random.draw(), random.draw()),
            11 => Self::Point {
                x: random.draw(),
                y: random.draw(),
            },
            12 => Self::Maybe(random.draw()),
            13 => Self::Bytes(random.bytes(0..=24)),
            14 => Self::Fixed([(); 4].map(|()| random.draw())),
            _ => Self::Level(random.draw()),
        }
    }
}

/// `len` values.
pub fn events(seed: u64, len: usize) -> Vec<Event> {
    draw_many(seed, len)
}

/// `count` lists of 64 values.
pub fn rotation(seed: u64, count: usize) -> Vec<Vec<Event>> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random.list(64..=64)).collect()
}

pub(super) fn visit_rows<V: Visitor>(visitor: &mut V) {
    let row = Workload::row("enums_256", Family::Enums, 1_251);
    offer(visitor, row, || events(SEED, 256));
}

pub(super) fn visit_rotations<V: Visitor>(visitor: &mut V, seed: u64, count: usize) {
    let workload = Workload::rotation("enums_64_rotation", Family::Enums, 329);
    offer_rotation(visitor, workload, || rotation(seed, count));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_variant_is_in_the_row() {
        let tag = |event: &Event| postcard::to_allocvec(event).unwrap()[0];
        let tags: BTreeSet<u8> = events(SEED, 256).iter().map(tag).collect();
        assert_eq!(tags, (0..16).collect());
    }
}
