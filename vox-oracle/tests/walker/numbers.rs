//! Numbers, with the values where a varint grows by a byte.

use crate::specimens;
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8,
    NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
};

#[test]
fn booleans_and_bytes() {
    specimens![
        true,
        false,
        0_u8,
        127_u8,
        128_u8,
        u8::MAX,
        0_i8,
        -1_i8,
        i8::MIN,
        i8::MAX
    ];
}

/// Judges 0, the extremes, and every power of two with both neighbours.
macro_rules! judge_every_length {
    ($($int:ty)+) => {$(
        specimens![0 as $int, <$int>::MIN, <$int>::MAX];
        for shift in 0..<$int>::BITS - 1 {
            let power = (1 as $int) << shift;
            for value in [power - 1, power, power + (power - 1)] {
                specimens![value, (0 as $int).wrapping_sub(value)];
            }
        }
    )+};
}

#[test]
fn unsigned_integers_of_every_length() {
    judge_every_length![u16 u32 u64 u128 usize];
}

#[test]
fn signed_integers_of_every_length() {
    judge_every_length![i16 i32 i64 i128 isize];
}

#[test]
fn floats() {
    specimens![
        0.0_f32,
        -0.0_f32,
        1.5_f32,
        f32::MIN,
        f32::MAX,
        f32::MIN_POSITIVE,
        f32::INFINITY,
        f32::from_bits(0x7fc0_0001),
        0.0_f64,
        -0.0_f64,
        1.5_f64,
        f64::MIN,
        f64::MAX,
        f64::EPSILON,
        f64::NEG_INFINITY,
        f64::from_bits(0x7ff8_0000_dead_beef),
    ];
}

#[test]
fn non_zero_integers_are_the_integer() {
    specimens![
        NonZeroU8::MAX,
        NonZeroI8::MIN,
        NonZeroU16::MAX,
        NonZeroI16::MIN,
        NonZeroU32::MAX,
        NonZeroI32::MIN,
        NonZeroU64::MAX,
        NonZeroI64::MIN,
        NonZeroU128::MAX,
        NonZeroI128::MIN,
        NonZeroUsize::MAX,
        NonZeroIsize::MIN,
        [NonZeroU8::new(1), None],
        [Some(NonZeroU64::MIN), None],
    ];
}
