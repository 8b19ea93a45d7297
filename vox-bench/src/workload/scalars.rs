//! Flat structs of 64 scalars; integers of random magnitude.
//!
//! [`Runs`] has fields of one type next to each other: 16 `u32`, 16 `u64`, 16 `i32`, 8 `i64`, 8 `bool`. For:
//! kernels that take a run of fields at once. [`Mixed`] has eight each of `bool`, `u8`, `u16`, `u32`,
//! `u64`, `i16`, `i32` and `i64`, taking turns. For: straight-line code without a loop, a call or a branch
//! on the type.

use facet::Facet;
use serde::{Deserialize, Serialize};

use super::{Draw, Family, Random, SEED, Visitor, Workload, draw_many, offer, offer_rotation};

macro_rules! struct_of_scalars {
    ($(#[$doc:meta])* $name:ident: $($field:ident: $kind:ident,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
        #[cfg_attr(feature = "peers", derive(bincode::Encode, bitcode::Encode, borsh::BorshSerialize, rkyv::Archive, rkyv::Serialize, speedy::Writable, wincode::SchemaWrite))]
        #[expect(missing_docs, reason = "64 fields without meaning")]
        pub struct $name {
            $(pub $field: $kind,)*
        }

        impl Draw for $name {
            fn draw(random: &mut Random) -> Self {
                Self { $($field: random.draw(),)* }
            }
        }
    };
}

struct_of_scalars! {
    /// 64 scalars whose types take turns. The fields' names say their types.
    Mixed:
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

struct_of_scalars! {
    /// 64 scalars in runs of one type. The fields' names say their types.
    Runs:
    word_0: u32, word_1: u32, word_2: u32, word_3: u32,
    word_4: u32, word_5: u32, word_6: u32, word_7: u32,
    word_8: u32, word_9: u32, word_10: u32, word_11: u32,
    word_12: u32, word_13: u32, word_14: u32, word_15: u32,
    long_0: u64, long_1: u64, long_2: u64, long_3: u64,
    long_4: u64, long_5: u64, long_6: u64, long_7: u64,
    long_8: u64, long_9: u64, long_10: u64, long_11: u64,
    long_12: u64, long_13: u64, long_14: u64, long_15: u64,
    signed_0: i32, signed_1: i32, signed_2: i32, signed_3: i32,
    signed_4: i32, signed_5: i32, signed_6: i32, signed_7: i32,
    signed_8: i32, signed_9: i32, signed_10: i32, signed_11: i32,
    signed_12: i32, signed_13: i32, signed_14: i32, signed_15: i32,
    wide_0: i64, wide_1: i64, wide_2: i64, wide_3: i64,
    wide_4: i64, wide_5: i64, wide_6: i64, wide_7: i64,
    flag_0: bool, flag_1: bool, flag_2: bool, flag_3: bool,
    flag_4: bool, flag_5: bool, flag_6: bool, flag_7: bool,
}

/// A struct of runs.
pub fn runs(seed: u64) -> Runs {
    Random::new(seed).draw()
}

/// `count` structs of runs.
pub fn runs_rotation(seed: u64, count: usize) -> Vec<Runs> {
    draw_many(seed, count)
}

/// A struct whose types take turns.
pub fn mixed(seed: u64) -> Mixed {
    Random::new(seed).draw()
}

/// `count` structs whose types take turns.
pub fn mixed_rotation(seed: u64, count: usize) -> Vec<Mixed> {
    draw_many(seed, count)
}

pub(super) fn visit_rows<V: Visitor>(visitor: &mut V) {
    let row = |name, bytes| Workload::row(name, Family::Scalars, bytes);
    offer(visitor, row("scalars_64", 225), || runs(SEED));
    offer(visitor, row("scalars_64_mixed", 157), || mixed(SEED));
}

pub(super) fn visit_rotations<V: Visitor>(visitor: &mut V, seed: u64, count: usize) {
    let rotation = |name, bytes| Workload::rotation(name, Family::Scalars, bytes);
    let workload = rotation("scalars_64_rotation", 213);
    offer_rotation(visitor, workload, || runs_rotation(seed, count));
    let workload = rotation("scalars_64_mixed_rotation", 164);
    offer_rotation(visitor, workload, || mixed_rotation(seed, count));
}
