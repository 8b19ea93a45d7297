//! A flat struct of 64 scalars: eight each of `bool`, `u8`, `u16`, `u32`, `u64`,
//! `i16`, `i32` and `i64`, taking turns; integers of random magnitude.
//!
//! For: straight-line code without a loop, a call or a branch on the type.

use facet::Facet;
use serde::{Deserialize, Serialize};

use super::{Draw, Family, Random, SEED, Visitor, Workload, draw_many, offer, offer_rotation};

macro_rules! struct_of_scalars {
    ($($field:ident: $kind:ident,)*) => {
        /// 64 scalars. The fields' names say their types.
        #[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "64 fields without meaning")]
        pub struct Scalars {
            $(pub $field: $kind,)*
        }

        impl Draw for Scalars {
            fn draw(random: &mut Random) -> Self {
                Self { $($field: random.draw(),)* }
            }
        }
    };
}

struct_of_scalars! {
    flag_0: bool, byte_0: u8, short_0: u16, word_0: u32,
    long_0: u64, signed_0: i32, wide_0: i64, thin_0: i16,
    flag_1: bool, byte_1: u8, short_1: u16, word_1: u32,
    long_1: u64, signed_1: i32, wide_1: i64, thin_1: i16,
    flag_2: bool, byte_2: u8, short_2: u16, word_2: u32,
    long_2: u64, signed_2: i32, wide_2: i64, thin_2: i16,
    flag_3: bool, byte_3: u8, short_3: u16, word_3: u32,
    long_3: u64, signed_3: i32, wide_3: i64, thin_3: i16,
    flag_4: bool, byte_4: u8, short_4: u16, word_4: u32,
    long_4: u64, signed_4: i32, wide_4: i64, thin_4: i16,
    flag_5: bool, byte_5: u8, short_5: u16, word_5: u32,
    long_5: u64, signed_5: i32, wide_5: i64, thin_5: i16,
    flag_6: bool, byte_6: u8, short_6: u16, word_6: u32,
    long_6: u64, signed_6: i32, wide_6: i64, thin_6: i16,
    flag_7: bool, byte_7: u8, short_7: u16, word_7: u32,
    long_7: u64, signed_7: i32, wide_7: i64, thin_7: i16,
}

/// One struct.
pub fn scalars(seed: u64) -> Scalars {
    Random::new(seed).draw()
}

/// `count` structs.
pub fn rotation(seed: u64, count: usize) -> Vec<Scalars> {
    draw_many(seed, count)
}

pub(super) fn visit_rows<V: Visitor>(visitor: &mut V) {
    let row = Workload::row("scalars_64", Family::Scalars, 157);
    offer(visitor, row, || scalars(SEED));
}

pub(super) fn visit_rotations<V: Visitor>(visitor: &mut V, seed: u64, count: usize) {
    let workload = Workload::rotation("scalars_64_rotation", Family::Scalars, 164);
    offer_rotation(visitor, workload, || rotation(seed, count));
}
