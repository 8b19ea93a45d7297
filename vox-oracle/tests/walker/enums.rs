//! Enums: on the wire the variant's index, whatever its discriminant.

use crate::specimens;
use facet::Facet;
use serde::Serialize;

/// One enum per representation, all with the same variants.
macro_rules! judge_reprs {
    ($($name:ident: $($repr:ident),+;)+) => {$({
        #[derive(Facet, Serialize)]
        #[repr($($repr),+)]
        enum $name {
            Unit,
            Newtype(u64),
            Tuple(u8, String, u16),
            Struct { wide: u128, flag: bool, list: Vec<i32> },
            Last,
        }
        let label = stringify!($name);
        crate::judge(label, &$name::Unit);
        crate::judge(label, &$name::Newtype(u64::MAX));
        crate::judge(label, &$name::Tuple(1, "two".to_owned(), 300));
        crate::judge(label, &$name::Struct { wide: u128::MAX, flag: true, list: vec![-1, 1] });
        crate::judge(label, &[$name::Last, $name::Unit, $name::Newtype(0)]);
    })+};
}

#[test]
fn every_representation() {
    judge_reprs![
        ReprU8: u8; ReprU16: u16; ReprU32: u32; ReprU64: u64;
        ReprI8: i8; ReprI16: i16; ReprI32: i32; ReprI64: i64;
        ReprC: C; ReprCU8: C, u8; ReprCI32: C, i32; ReprCU64: C, u64;
    ];
}

/// Over the middle of the range, where facet keeps a negative number.
const HIGH_BIT: u64 = 1 << 63;

#[derive(Facet, Serialize)]
#[repr(u64)]
enum Unsigned {
    Zero,
    Half = HIGH_BIT,
    Most = u64::MAX,
}

#[test]
fn discriminants_over_the_signed_range() {
    specimens![Unsigned::Zero, Unsigned::Half, Unsigned::Most];
}

/// A `repr(C)` enum grows with its discriminants, but facet measures the tag
/// on one without them: what it says is half the tag, and 0 and `1 << 32` look
/// the same.
#[cfg(target_pointer_width = "64")]
#[test]
#[allow(
    clippy::enum_clike_unportable_variant,
    repr_c_enums_larger_than_int,
    reason = "that is the case under test"
)]
fn a_discriminant_wider_than_the_tag_is_refused() {
    #[derive(Facet)]
    #[repr(C)]
    enum Wide {
        Zero,
        Bit32 = 0x1_0000_0000,
    }
    for value in [Wide::Zero, Wide::Bit32] {
        let error = crate::refusal(&value).to_string();
        assert!(error.contains("wider than the tag"), "{error}");
    }
}

/// Facet's derive does not compile for `repr(usize)` and `repr(isize)`, but a
/// shape may say it.
#[cfg(target_pointer_width = "64")]
#[test]
fn pointer_wide_tags() {
    use facet::{EnumRepr, EnumType, PtrConst, Shape, Type, UserType};
    use facet_reflect::Peek;

    for enum_repr in [EnumRepr::USize, EnumRepr::ISize] {
        let mut shape = *Unsigned::SHAPE;
        let Type::User(UserType::Enum(fixed)) = shape.ty else {
            panic!("an enum is an enum");
        };
        shape.ty = Type::User(UserType::Enum(EnumType { enum_repr, ..fixed }));
        let shape: &'static Shape = Box::leak(Box::new(shape));
        for (value, idx) in [
            (Unsigned::Zero, 0),
            (Unsigned::Half, 1),
            (Unsigned::Most, 2),
        ] {
            // SAFETY: on this target a pointer-wide tag is a u64.
            let peek = unsafe { Peek::unchecked_new(PtrConst::new(&raw const value), shape) };
            assert_eq!(vox_oracle::walker::encode(peek), Ok(vec![idx]));
        }
    }
}

/// Enums with negative, sparse and unordered discriminants.
macro_rules! judge_discriminants {
    ($($name:ident: $repr:ident, $low:expr, $second:expr;)+) => {$({
        #[derive(Facet, Serialize, Clone, Copy)]
        #[repr($repr)]
        enum $name {
            Second = $second,
            Highest,
            Low = $low,
            AboveLow,
            Seven = 7,
        }
        for value in [$name::Second, $name::Highest, $name::Low, $name::AboveLow, $name::Seven] {
            crate::judge(stringify!($name), &value);
        }
    })+};
}

#[test]
fn extreme_discriminants() {
    judge_discriminants![
        DiscriminantI8: i8, -128, 126;
        DiscriminantI16: i16, -32_768, 32_766;
        DiscriminantI32: i32, -2_147_483_648, 2_147_483_646;
        DiscriminantI64: i64, i64::MIN, 0x7fff_ffff_ffff_fffe_i64;
        DiscriminantU8: u8, 100, 254;
        DiscriminantU16: u16, 100, 65_534;
        DiscriminantU32: u32, 100, 0xffff_fffe_u32;
        DiscriminantU64: u64, 100, 0x7fff_ffff_ffff_fffe_u64;
        DiscriminantC: C, -5, 70_000;
    ];
}

#[derive(Facet, Serialize)]
#[repr(i16)]
enum Payloads {
    Negative(String) = -300,
    AfterNegative { x: u8, y: u64 },
    Sparse(u32, u8) = 1000,
    Zero = 0,
}

#[test]
fn payloads_behind_odd_discriminants() {
    specimens![
        Payloads::Negative("n".to_owned()),
        Payloads::AfterNegative { x: 1, y: 300 },
        Payloads::Sparse(300, 1),
        Payloads::Zero,
    ];
}

#[derive(Facet, Serialize)]
#[repr(u8)]
enum Tree {
    Leaf(i32),
    Wrapped(Inner),
    Branch(#[facet(recursive_type)] Vec<Tree>),
    Pair {
        #[facet(recursive_type)]
        left: Box<Tree>,
        #[facet(recursive_type)]
        right: Option<Box<Tree>>,
    },
}

#[derive(Facet, Serialize)]
#[repr(i64)]
enum Inner {
    Never = -1,
    Always(Option<u8>) = -2,
}

#[test]
fn nested_enums() {
    specimens![
        Tree::Wrapped(Inner::Never),
        Tree::Wrapped(Inner::Always(Some(9))),
        Tree::Branch(vec![
            Tree::Leaf(-1),
            Tree::Branch(vec![]),
            Tree::Wrapped(Inner::Never)
        ]),
        Tree::Pair {
            left: Box::new(Tree::Leaf(1)),
            right: Some(Box::new(Tree::Pair {
                left: Box::new(Tree::Leaf(2)),
                right: None
            })),
        },
    ];
}

#[derive(Facet, Serialize)]
#[repr(u8)]
enum Single {
    Only(u16),
}

/// An index over 127 takes two bytes.
#[test]
fn a_variant_index_of_two_bytes() {
    macro_rules! many {
        ($($variant:ident)+) => {
            #[derive(Facet, Serialize)]
            #[repr(u8)]
            enum Many { $($variant),+ }
            specimens![$(Many::$variant),+];
        };
    }
    many![
        A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 B0 B1 B2 B3 B4 B5 B6 B7 B8 B9 C0 C1 C2 C3 C4 C5 C6 C7 C8 C9
        D0 D1 D2 D3 D4 D5 D6 D7 D8 D9 E0 E1 E2 E3 E4 E5 E6 E7 E8 E9 F0 F1 F2 F3 F4 F5 F6 F7 F8 F9
        G0 G1 G2 G3 G4 G5 G6 G7 G8 G9 H0 H1 H2 H3 H4 H5 H6 H7 H8 H9 I0 I1 I2 I3 I4 I5 I6 I7 I8 I9
        J0 J1 J2 J3 J4 J5 J6 J7 J8 J9 K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 L0 L1 L2 L3 L4 L5 L6 L7 L8 L9
        M0 M1 M2 M3 M4 M5 M6 M7 M8 M9
    ];
    specimens![Single::Only(300)];
}
