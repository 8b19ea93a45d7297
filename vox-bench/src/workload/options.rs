//! Records of 32 options each: 11 of `u32`, 11 of `u64`, 10 of `String`, taking
//! turns, half of them `None` at random.
//!
//! For: option tests and payload access, which no predictor can guess. The row
//! is 64 records, a rotation's value 16.

use facet::Facet;
use serde::{Deserialize, Serialize};

use super::{Draw, Family, Random, SEED, Visitor, Workload, draw_many, offer, offer_rotation};

macro_rules! record_of_options {
    ($($field:ident: $kind:ident,)*) => {
        /// 32 options. The fields' names say their types.
        #[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
        #[cfg_attr(feature = "peers", derive(bincode::Encode, bitcode::Encode, borsh::BorshSerialize, rkyv::Archive, rkyv::Serialize, speedy::Writable, wincode::SchemaWrite))]
        #[expect(missing_docs, reason = "32 fields without meaning")]
        pub struct Record {
            $(pub $field: Option<$kind>,)*
        }

        impl Draw for Record {
            fn draw(random: &mut Random) -> Self {
                Self { $($field: random.draw(),)* }
            }
        }
    };
}

record_of_options! {
    small_0: u32, large_0: u64, text_0: String,
    small_1: u32, large_1: u64, text_1: String,
    small_2: u32, large_2: u64, text_2: String,
    small_3: u32, large_3: u64, text_3: String,
    small_4: u32, large_4: u64, text_4: String,
    small_5: u32, large_5: u64, text_5: String,
    small_6: u32, large_6: u64, text_6: String,
    small_7: u32, large_7: u64, text_7: String,
    small_8: u32, large_8: u64, text_8: String,
    small_9: u32, large_9: u64, text_9: String,
    small_10: u32, large_10: u64,
}

/// `len` records.
pub fn records(seed: u64, len: usize) -> Vec<Record> {
    draw_many(seed, len)
}

/// `count` lists of 16 records.
pub fn rotation(seed: u64, count: usize) -> Vec<Vec<Record>> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random.list(16..=16)).collect()
}

pub(super) fn visit_rows<V: Visitor>(visitor: &mut V) {
    let row = Workload::row("options_64x32", Family::Options, 8_973);
    offer(visitor, row, || records(SEED, 64));
}

pub(super) fn visit_rotations<V: Visitor>(visitor: &mut V, seed: u64, count: usize) {
    let workload = Workload::rotation("options_16x32_rotation", Family::Options, 2_223);
    offer_rotation(visitor, workload, || rotation(seed, count));
}
