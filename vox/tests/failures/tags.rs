//! A tag that no variant has. A program can make one by a wrong discriminant of facet's alone (SAFETY.md), a shape made at run
//! time can: it forgets a variant.

#![allow(dead_code, reason = "facet reads these fields, rustc does not see it")]

use facet::{EnumType, Facet, PtrConst, Shape, Type, UserType};
use facet_reflect::Peek;
use vox::EncodeErrorKind;
use vox_oracle::mode;

/// The shape of an enum without all but its first variant.
fn forgetful(shape: &'static Shape) -> &'static Shape {
    let mut shape = *shape;
    let Type::User(UserType::Enum(full)) = shape.ty else {
        panic!("an enum is an enum");
    };
    shape.ty = Type::User(UserType::Enum(EnumType {
        variants: &full.variants[..1],
        ..full
    }));
    Box::leak(Box::new(shape))
}

macro_rules! unknown_tags {
    ($($test:ident $name:ident: $repr:ident, $second:expr, $tag:expr;)+) => {$(
        #[test]
        fn $test() {
            #[derive(Facet)]
            #[repr($repr)]
            enum $name {
                First(u8),
                Second(u8) = $second,
            }
            let shape = forgetful($name::SHAPE);
            for mode in mode::all() {
                let known = $name::First(7);
                // SAFETY: the value is of the type the shape was made from.
                let peek = unsafe { Peek::unchecked_new(PtrConst::new(&raw const known), shape) };
                assert_eq!(mode.runtime.peek_to_bytes(peek).ok(), Some(vec![0, 7]), "{}", mode.name);

                let unknown = $name::Second(7);
                // SAFETY: as above, but for the variant, which is the test.
                let peek = unsafe { Peek::unchecked_new(PtrConst::new(&raw const unknown), shape) };
                let mut buffer = vec![1, 2, 3];
                let error = mode.runtime.peek_to_bytes_in(peek, &mut buffer).expect_err("unknown");
                assert_eq!(error.kind(), EncodeErrorKind::InvalidValue);
                assert_eq!(
                    error.to_string(),
                    format!(
                        concat!("cannot encode `", stringify!($name), "`: the enum's tag is {}, which is no variant's"),
                        $tag
                    ),
                    "{}", mode.name
                );
                assert_eq!(buffer, [1, 2, 3], "{}", mode.name);
            }
        }
    )+};
}

unknown_tags! {
    in_u8 InU8: u8, 255, "255";
    in_u16 InU16: u16, 65_535, "65535";
    in_u32 InU32: u32, 0xffff_ffff, "4294967295";
    in_i8 InI8: i8, -128, "-128";
    in_i16 InI16: i16, -32_768, "-32768";
    in_i32 InI32: i32, -2_147_483_648, "-2147483648";
    in_i64 InI64: i64, i64::MIN, "-9223372036854775808";
    in_u64 InU64: u64, 0x7fff_ffff_ffff_ffff, "9223372036854775807";
}
