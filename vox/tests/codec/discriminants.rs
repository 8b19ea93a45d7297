//! Discriminants: negative, sparse, unordered, extreme. Never on the wire.

#![allow(
    dead_code,
    reason = "facet reads these variants, rustc does not see it"
)]

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;

macro_rules! discriminants {
    ($($test:ident $name:ident: $repr:ident, $low:expr, $second:expr;)+) => {$(
        #[derive(Facet, Serialize, Clone, Copy)]
        #[repr($repr)]
        enum $name {
            Second = $second,
            Highest,
            Low = $low,
            AboveLow,
            Seven = 7,
        }

        codec_test!(
            $test:
            $name::Second,
            $name::Highest,
            $name::Low,
            $name::AboveLow,
            $name::Seven,
            vec![$name::Low, $name::Highest, $name::Seven, $name::AboveLow, $name::Second],
        );
    )+};
}

discriminants! {
    extreme_i8 ExtremeI8: i8, -128, 126;
    extreme_i16 ExtremeI16: i16, -32_768, 32_766;
    extreme_i32 ExtremeI32: i32, -2_147_483_648, 2_147_483_646;
    extreme_i64 ExtremeI64: i64, i64::MIN, 0x7fff_ffff_ffff_fffe_i64;
    extreme_u8 ExtremeU8: u8, 100, 254;
    extreme_u16 ExtremeU16: u16, 100, 65_534;
    extreme_u32 ExtremeU32: u32, 100, 0xffff_fffe_u32;
    extreme_u64 ExtremeU64: u64, 100, 0x7fff_ffff_ffff_fffe_u64;
    extreme_c ExtremeC: C, -5, 70_000;
    lowest_c LowestC: C, -2_147_483_648, 2_147_483_646;
}

const HIGH_BIT: u64 = 1 << 63;

/// Over the middle of the range, where facet keeps a negative number.
#[derive(Facet, Serialize, Clone, Copy)]
#[repr(u64)]
enum Unsigned {
    Zero,
    Half = HIGH_BIT,
    Most = u64::MAX,
}

codec_test!(
    over_the_signed_range:
    Unsigned::Zero,
    Unsigned::Half,
    Unsigned::Most,
    [Unsigned::Most, Unsigned::Zero, Unsigned::Half],
);

#[derive(Facet, Serialize)]
#[repr(i16)]
enum Payloads {
    Negative(String) = -300,
    AfterNegative { x: u8, y: u64 },
    Sparse(u32, u8) = 1000,
    Zero = 0,
    MinusOne(Option<u8>) = -1,
}

codec_test!(
    payloads_behind_odd_discriminants:
    Payloads::Negative(String::from("n")),
    Payloads::AfterNegative { x: 1, y: 300 },
    Payloads::Sparse(300, 1),
    Payloads::Zero,
    Payloads::MinusOne(Some(9)),
    vec![Payloads::Zero, Payloads::MinusOne(None), Payloads::Negative(String::new())],
);

#[derive(Facet, Serialize)]
#[repr(C, i32)]
enum NegativeCI32 {
    Minus(u64) = -1,
    Zero,
    Least(String) = i32::MIN,
}

#[derive(Facet, Serialize)]
#[repr(C)]
enum NegativeC {
    Minus = -1,
    Zero,
    Least = -2_147_483_648,
    Most = 2_147_483_647,
}

codec_test!(
    negative_in_repr_c_i32:
    NegativeCI32::Minus(300),
    NegativeCI32::Zero,
    NegativeCI32::Least(String::from("least")),
);

codec_test!(
    negative_in_repr_c:
    NegativeC::Minus,
    NegativeC::Zero,
    NegativeC::Least,
    NegativeC::Most,
);

/// Contiguous but not from zero, as a jump table might assume.
#[derive(Facet, Serialize, Clone, Copy)]
#[repr(u8)]
enum Offset {
    Ten = 10,
    Eleven,
    Twelve,
}

/// Backwards: the discriminant of each is the index of another.
#[derive(Facet, Serialize, Clone, Copy)]
#[repr(u8)]
enum Backwards {
    Two = 2,
    One = 1,
    Zero = 0,
}

codec_test!(
    contiguous_elsewhere:
    [Offset::Ten, Offset::Eleven, Offset::Twelve],
    [Backwards::Two, Backwards::One, Backwards::Zero],
);

/// A `repr(C)` enum grows with its discriminants, but facet measures the tag
/// on one without them: 0 and `1 << 32` would look the same.
#[cfg(target_pointer_width = "64")]
mod wide {
    #![allow(
        clippy::enum_clike_unportable_variant,
        repr_c_enums_larger_than_int,
        reason = "that is the case under test"
    )]

    use facet::Facet;
    use vox_oracle::codec_test;

    #[derive(Facet)]
    #[repr(C)]
    enum Wide {
        Zero,
        Bit32 = 0x1_0000_0000,
    }

    codec_test!(
        repr_c_over_32_bits_is_refused refuses:
        (Wide::Zero, "cannot encode `Wide::Bit32`: has no discriminant of its own that fits the tag"),
        (Wide::Bit32, "cannot encode `Wide::Bit32`: has no discriminant of its own that fits the tag"),
        (vec![Wide::Bit32], "cannot encode `Vec<Wide>[]::Bit32`: has no discriminant of its own that fits the tag"),
    );
}
