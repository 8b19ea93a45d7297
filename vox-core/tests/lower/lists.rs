//! Lists: the op of their elements where there is one.

use core::num::NonZeroU32;
use std::collections::BTreeSet;

use facet::Facet;
use vox_core::program::{Op, Source};

use crate::common::{ops, program, root_names, unprobed};

fn only<T: Facet<'static>>() -> &'static str {
    let probed = root_names(&program::<T>());
    let unprobed = root_names(&unprobed::<T>());
    assert_eq!(probed, unprobed);
    let [name] = probed[..] else {
        panic!("{probed:?}");
    };
    name
}

#[derive(Facet)]
struct Id(u64);

#[derive(Facet)]
#[facet(transparent)]
struct Wrapped(Id);

#[derive(Facet)]
struct Empty;

#[test]
fn elements_that_are_one_scalar() {
    assert_eq!(only::<Vec<u8>>(), "write_bytes");
    assert_eq!(only::<Vec<i8>>(), "write_bytes");
    assert_eq!(only::<Vec<bool>>(), "write_bytes");
    assert_eq!(only::<Vec<u16>>(), "write_list_var_u16");
    assert_eq!(only::<Vec<u32>>(), "write_list_var_u32");
    assert_eq!(only::<Vec<u64>>(), "write_list_var_u64");
    assert_eq!(only::<Vec<i16>>(), "write_list_var_i16");
    assert_eq!(only::<Vec<i32>>(), "write_list_var_i32");
    assert_eq!(only::<Vec<i64>>(), "write_list_var_i64");
    assert_eq!(only::<Vec<u128>>(), "write_list");
    assert_eq!(only::<Vec<char>>(), "write_list");
}

#[test]
fn elements_that_wrap_one_scalar() {
    assert_eq!(only::<Vec<Id>>(), "write_list_var_u64");
    assert_eq!(only::<Vec<Wrapped>>(), "write_list_var_u64");
    assert_eq!(only::<Vec<NonZeroU32>>(), "write_list_var_u32");
    assert_eq!(only::<Vec<(i32, ())>>(), "write_list_var_i32");
    // Its wire form is shorter than the element.
    assert_eq!(only::<Vec<Skipping>>(), "write_list");
}

#[derive(Facet)]
struct Skipping {
    written: u32,
    #[facet(skip)]
    skipped: u32,
}

#[test]
#[cfg(target_endian = "little")]
fn elements_of_fixed_bytes() {
    let width = |lowered: &vox_core::lower::Lowered| match ops(lowered) {
        [Op::WriteFixedList { width, .. }] => *width,
        other => panic!("{other:?}"),
    };
    assert_eq!(width(&program::<Vec<f32>>()), 4);
    assert_eq!(width(&program::<Vec<f64>>()), 8);
    assert_eq!(width(&program::<Vec<[u8; 16]>>()), 16);
    assert_eq!(width(&program::<Vec<[f32; 3]>>()), 12);
    // A hole between them is not written.
    assert_eq!(only::<Vec<(u8, f32)>>(), "write_list");
}

#[test]
fn elements_of_nothing() {
    assert_eq!(only::<Vec<()>>(), "write_unit_list");
    assert_eq!(only::<Vec<Empty>>(), "write_unit_list");
    assert_eq!(only::<Vec<[u64; 0]>>(), "write_unit_list");
    assert_eq!(only::<Vec<Box<()>>>(), "write_unit_list");
}

#[test]
fn sets_are_iterated() {
    assert_eq!(only::<BTreeSet<u8>>(), "write_iter");
}

#[test]
fn sources_of_a_vec() {
    let source = |lowered: &vox_core::lower::Lowered| match ops(lowered) {
        [Op::WriteBytes { source, .. }] => *source,
        other => panic!("{other:?}"),
    };
    assert!(matches!(
        source(&program::<Vec<u8>>()),
        Source::Words { .. }
    ));
    assert!(matches!(
        source(&unprobed::<Vec<u8>>()),
        Source::List { .. }
    ));
    assert!(matches!(source(&program::<String>()), Source::Words { .. }));
    assert!(matches!(
        source(&unprobed::<String>()),
        Source::Accessor { .. }
    ));
}

#[test]
fn unsized_roots_are_given_a_pair() {
    assert_eq!(root_names(&program::<str>()), ["write_bytes"]);
    assert_eq!(root_names(&program::<[u32]>()), ["write_list_var_u32"]);
    assert!(matches!(
        ops(&unprobed::<[u32]>()),
        [Op::WriteListVarU32 {
            source: Source::Slice { .. },
            ..
        }]
    ));
}
