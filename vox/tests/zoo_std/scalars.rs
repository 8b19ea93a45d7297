//! Scalars: every width, at both sides of every length a varint can have.

use std::num::*;

use crate::forms::forms;

forms! {
    boolean(u8): bool = [false, true];
    character(u16): char = ['\0', 'a', '\u{7f}', '\u{80}', '\u{7ff}', '\u{800}', '\u{ffff}', '\u{10000}', char::MAX];
    unsigned_8(u32): u8 = [0, 1, 127, 128, u8::MAX];
    unsigned_16(u64): u16 = [0, 127, 128, 0x3fff, 0x4000, u16::MAX];
    unsigned_32(i8): u32 = [0, 127, 128, 0x3fff, 0x4000, 0x1f_ffff, 0x20_0000, 0xfff_ffff, 0x1000_0000, u32::MAX];
    unsigned_64(i16): u64 = [
        0, 127, 128, (1 << 14) - 1, 1 << 14, (1 << 21) - 1, 1 << 21, (1 << 28) - 1, 1 << 28, (1 << 35) - 1, 1 << 35,
        (1 << 42) - 1, 1 << 42, (1 << 49) - 1, 1 << 49, (1 << 56) - 1, 1 << 56, (1 << 63) - 1, 1 << 63, u64::MAX,
    ];
    unsigned_128(i32): u128 = [
        0, 127, 128, (1 << 63) - 1, 1 << 63, u64::MAX.into(), 1 << 64, (1 << 70) - 1, 1 << 70, (1 << 119) - 1, 1 << 119,
        (1 << 126) - 1, 1 << 126, u128::MAX,
    ];
    unsigned_word(i64): usize = [0, 127, 128, 65_535, 65_536, u32::MAX as usize];
    signed_8(u8): i8 = [0, -1, 1, i8::MIN, i8::MAX];
    signed_16(u16): i16 = [0, -1, 63, 64, -64, -65, 8191, 8192, -8192, -8193, i16::MIN, i16::MAX];
    signed_32(u32): i32 = [0, -1, 63, 64, -64, -65, 1 << 20, -(1 << 20), -(1 << 20) - 1, i32::MIN, i32::MAX];
    signed_64(u64): i64 = [0, -1, 63, 64, -64, -65, 1 << 41, -(1 << 41) - 1, 1 << 62, -(1 << 62) - 1, i64::MIN, i64::MAX];
    signed_128(i8): i128 = [0, -1, 64, -65, i64::MIN.into(), 1 << 69, -(1 << 69) - 1, 1 << 125, i128::MIN, i128::MAX];
    signed_word(i16): isize = [0, -1, 64, -65, 65_536, i32::MIN as isize];
    float_32(i32): f32 = [
        0.0, -0.0, 1.0, f32::MIN, f32::MAX, f32::MIN_POSITIVE, f32::from_bits(1), f32::INFINITY, f32::NEG_INFINITY,
        f32::NAN, -f32::NAN, f32::from_bits(0x7fc0_0001), f32::from_bits(0xff80_0001),
    ];
    float_64(i64): f64 = [
        0.0, -0.0, 1.5, f64::MIN, f64::MAX, f64::MIN_POSITIVE, f64::from_bits(1), f64::INFINITY, f64::NEG_INFINITY,
        f64::NAN, -f64::NAN, f64::from_bits(0x7ff8_0000_0000_0001), f64::from_bits(0xfff0_0000_0000_0001),
    ];
    non_zero_u8(u8): NonZeroU8 = [NonZeroU8::MIN, NonZeroU8::MAX];
    non_zero_u16(u16): NonZeroU16 = [NonZeroU16::MIN, NonZeroU16::MAX];
    non_zero_u32(u32): NonZeroU32 = [NonZeroU32::MIN, NonZeroU32::MAX];
    non_zero_u64(u64): NonZeroU64 = [NonZeroU64::MIN, NonZeroU64::MAX];
    non_zero_u128(i8): NonZeroU128 = [NonZeroU128::MIN, NonZeroU128::MAX];
    non_zero_usize(i16): NonZeroUsize = [NonZeroUsize::MIN, NonZeroUsize::new(65_536).expect("not zero")];
    non_zero_i8(i32): NonZeroI8 = [NonZeroI8::MIN, NonZeroI8::MAX];
    non_zero_i16(i64): NonZeroI16 = [NonZeroI16::MIN, NonZeroI16::MAX];
    non_zero_i32(u8): NonZeroI32 = [NonZeroI32::MIN, NonZeroI32::MAX];
    non_zero_i64(u16): NonZeroI64 = [NonZeroI64::MIN, NonZeroI64::MAX];
    non_zero_i128(u32): NonZeroI128 = [NonZeroI128::MIN, NonZeroI128::MAX];
    non_zero_isize(u64): NonZeroIsize = [NonZeroIsize::new(-65_536).expect("not zero"), NonZeroIsize::new(1).expect("not zero")];
}
