//! Scalars at every boundary of their wire form.

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;

/// Every power of two that starts a new varint byte, with its neighbours, as
/// far as the type goes.
macro_rules! unsigned {
    ($($name:ident: $ty:ty;)+) => {$(
        codec_test!(
            fn $name(judge: &Judge) {
                let mut values = vec![0, 1, <$ty>::MAX, <$ty>::MAX - 1, <$ty>::MAX / 2, <$ty>::MAX / 2 + 1];
                for bits in (7..<$ty>::BITS).step_by(7) {
                    let edge: $ty = 1 << bits;
                    values.extend([edge - 1, edge, edge + 1]);
                }
                for bits in (8..<$ty>::BITS).step_by(8) {
                    let edge: $ty = 1 << bits;
                    values.extend([edge - 1, edge, edge + 1]);
                }
                for value in &values {
                    judge.by_serde(&format!("{value}_{}", stringify!($ty)), value);
                }
                judge.by_serde("all of them", &values);
            }
        );
    )+};
}

unsigned! {
    u8_edges: u8;
    u16_edges: u16;
    u32_edges: u32;
    u64_edges: u64;
    u128_edges: u128;
    usize_edges: usize;
}

/// As `unsigned`, around the edges that zigzag makes of them, on both sides.
macro_rules! signed {
    ($($name:ident: $ty:ty;)+) => {$(
        codec_test!(
            fn $name(judge: &Judge) {
                let mut values = vec![0, 1, -1, <$ty>::MAX, <$ty>::MAX - 1, <$ty>::MIN, <$ty>::MIN + 1];
                for bits in (6..<$ty>::BITS - 1).step_by(7) {
                    let edge: $ty = 1 << bits;
                    values.extend([edge - 1, edge, edge + 1, -edge - 1, -edge, -edge + 1]);
                }
                for bits in [7, 8, 15, 16, 31, 32, 63, 64] {
                    if bits < <$ty>::BITS - 1 {
                        let edge: $ty = 1 << bits;
                        values.extend([edge - 1, edge, -edge, -edge - 1]);
                    }
                }
                for value in &values {
                    judge.by_serde(&format!("{value}_{}", stringify!($ty)), value);
                }
                judge.by_serde("all of them", &values);
            }
        );
    )+};
}

signed! {
    i8_edges: i8;
    i16_edges: i16;
    i32_edges: i32;
    i64_edges: i64;
    i128_edges: i128;
    isize_edges: isize;
}

/// Scalars between strings, more than are written in place.
#[derive(Debug, Clone, Default, PartialEq, Facet, Serialize)]
struct Alone {
    a: String,
    aa: u64,
    b: String,
    bb: u64,
    c: String,
    cc: u64,
    d: String,
    dd: u64,
    e: String,
    ee: u64,
    f: String,
    ff: u64,
    g: String,
    gg: u16,
    h: String,
    hh: u32,
    i: String,
    ii: u64,
    j: String,
    jj: i16,
    k: String,
    kk: i32,
    l: String,
    ll: i64,
    m: String,
    mm: char,
    n: String,
    nn: usize,
    o: String,
    oo: char,
}

codec_test!(
    /// Each of every length, behind a string that is short and one that is not.
    fn many_that_stand_alone(judge: &Judge) {
        for bits in 0..=64 {
            let highest = u64::MAX.checked_shr(64 - bits).unwrap_or_default();
            for number in [highest, highest.wrapping_add(1), highest ^ 0x5555] {
                let code = (number % 0x11_0000) as u32;
                let mm = char::from_u32(code).unwrap_or(char::MAX);
                let value = Alone {
                    g: String::from("short"),
                    gg: number as u16,
                    h: "long ".repeat(40),
                    hh: number as u32,
                    ii: number,
                    j: "x".repeat(16),
                    jj: number as i16,
                    k: "y".repeat(17),
                    kk: number as i32,
                    ll: number.cast_signed(),
                    mm,
                    n: "z".repeat(5_000),
                    nn: number as usize,
                    oo: 'o',
                    ..Alone::default()
                };
                judge.by_serde(&format!("{number:#x}"), &value);
                judge.by_serde(&format!("three of {number:#x}"), &vec![value; 3]);
            }
        }
    }
);

codec_test!(
    /// Bits, not numbers: NaN payloads and the sign of zero stay.
    fn floats(judge: &Judge) {
        for bits in [
            0,
            1,
            0x8000_0000,
            0x3f80_0000,
            0x7f80_0000,
            0xff80_0000,
            0x7fc0_0001,
            0xffa5_5a5a,
            0x7f7f_ffff,
            0x0102_0304_u32,
        ] {
            judge.by_serde(&format!("f32 {bits:#x}"), &f32::from_bits(bits));
        }
        for bits in [
            0,
            1,
            1 << 63,
            0x3ff0_0000_0000_0000,
            0x7ff0_0000_0000_0000,
            0xfff0_0000_0000_0000,
            0x7ff8_0000_0000_0001,
            0xfff5_a5a5_a5a5_a5a5,
            0x0102_0304_0506_0708_u64,
        ] {
            judge.by_serde(&format!("f64 {bits:#x}"), &f64::from_bits(bits));
        }
    }
);

codec_test!(booleans: true, false, [true, false, true], (false, true));

codec_test!(
    characters: '\0', 'a', '\u{7f}', '\u{80}', '\u{7ff}', '\u{800}', '\u{d7ff}', '\u{e000}',
    '\u{ffff}', '\u{10000}', '\u{10ffff}', ['x', 'é', '中', '🦀']
);

codec_test!(units: (), ((), ()), [(); 3], (1_u8, (), 2_u8));

// Scalars next to each other, where copies fuse and offsets differ.
codec_test!(
    neighbours:
    (1_u8, 2_i8, true, 3_u16, 4_u32, 5_u64, 6_u128, 'c', 1.5_f32, -2.5_f64, 9_usize, -9_isize),
    (u128::MAX, 1_u8, i128::MIN, 2_u8),
    (1_u8, u64::MAX, 2_u8, u32::MAX, 3_u8, u16::MAX),
    (1.0_f32, 2.0_f32, 3.0_f64, 1_u8, 4.0_f64),
);
