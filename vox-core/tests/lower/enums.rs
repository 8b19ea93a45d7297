//! Enums: tags and discriminants.

use core::convert::Infallible;

use facet::Facet;
use vox_core::program::{Op, TagWidth};

use crate::common::{all_ops, program, root_names};

fn tag_and_discriminants<T: Facet<'static>>() -> (TagWidth, Vec<i64>) {
    let lowered = program::<T>();
    let found = all_ops(&lowered).find_map(|op| match op {
        Op::Switch { tag, arms, .. } => Some((*tag, *arms)),
        _ => None,
    });
    let (tag, arms) = found.unwrap_or_else(|| panic!("{}", lowered.code));
    let arms = &lowered.code.tables[arms.index()];
    (tag, arms.iter().map(|arm| arm.discriminant).collect())
}

macro_rules! unit_enum {
    ($name:ident, ($($repr:ident),+), $a:expr, $b:expr) => {
        #[derive(Facet)]
        #[repr($($repr),+)]
        enum $name { A = $a, B = $b }
    };
}

unit_enum!(Narrow, (u8), 0, 255);
unit_enum!(Signed, (i8), -128, 127);
unit_enum!(Wide, (u64), 5, 0x7fff_ffff_ffff_ffff);
unit_enum!(WideSigned, (i64), -1, i64::MIN);
unit_enum!(InC, (C), -1, 1);

#[derive(Facet)]
#[repr(C, i16)]
enum InCNarrow {
    A(u8) = -300,
    B = 300,
}

#[test]
fn discriminants_are_extended_by_the_sign_of_the_tag() {
    assert_eq!(
        tag_and_discriminants::<Narrow>(),
        (TagWidth::U8, vec![0, 255])
    );
    assert_eq!(
        tag_and_discriminants::<Signed>(),
        (TagWidth::I8, vec![-128, 127])
    );
    assert_eq!(
        tag_and_discriminants::<Wide>(),
        (TagWidth::U64, vec![5, i64::MAX])
    );
    assert_eq!(
        tag_and_discriminants::<WideSigned>(),
        (TagWidth::I64, vec![-1, i64::MIN])
    );
    assert_eq!(
        tag_and_discriminants::<InC>(),
        (TagWidth::U32, vec![0xffff_ffff, 1])
    );
    assert_eq!(
        tag_and_discriminants::<InCNarrow>(),
        (TagWidth::I16, vec![-300, 300])
    );
}

#[test]
fn values_that_cannot_exist_are_an_op_of_their_own() {
    assert_eq!(root_names(&program::<Infallible>()), ["never"]);
    assert_eq!(
        root_names(&program::<Result<u8, Infallible>>()),
        ["reserve", "write_result"]
    );
}

#[derive(Facet)]
#[repr(u8)]
enum Mixed {
    Unit,
    Bytes([u8; 4]),
    Named { first: u8, second: String },
}

#[test]
fn the_index_is_a_constant_in_front_of_the_fields() {
    let lowered = program::<Mixed>();
    assert_eq!(root_names(&lowered), ["reserve", "switch"]);
    let blocks: Vec<Vec<_>> = lowered.code.tables[0]
        .iter()
        .map(|arm| crate::common::names(&lowered, arm.block))
        .collect();
    assert_eq!(
        blocks,
        [
            vec!["write_const"],
            vec!["write_const", "copy_bytes"],
            vec!["write_const", "write_byte", "write_bytes"],
        ]
    );
}
