//! Arrays: unrolled, copied, looped over, or nothing at all.

use core::marker::PhantomData;

use facet::Facet;
use vox_core::program::{ArraySource, BlockId, MAX_RESERVE, Offset, Op};

use crate::common::{all_ops, names, ops, program, root_names, unprobed};

#[test]
fn bytes_are_one_copy() {
    let lowered = program::<[u8; 100]>();
    let copy = Op::CopyBytes {
        at: Offset(0),
        len: 100,
    };
    assert_eq!(ops(&lowered), [Op::Reserve { bytes: 100 }, copy]);
    assert_eq!(root_names(&program::<[u8; 1]>()), ["reserve", "write_byte"]);
}

#[test]
fn bytes_join_their_neighbours() {
    #[derive(Facet)]
    #[repr(C)]
    struct Header {
        magic: [u8; 4],
        version: u8,
        flags: [bool; 3],
    }
    let copy = Op::CopyBytes {
        at: Offset(0),
        len: 8,
    };
    assert_eq!(ops(&program::<Header>()), [Op::Reserve { bytes: 8 }, copy]);
}

#[test]
#[cfg(target_endian = "little")]
fn floats_in_wire_order_are_bytes() {
    #[derive(Facet)]
    #[repr(C)]
    struct Point {
        x: f32,
        y: f32,
        z: [f32; 2],
    }
    let lowered = program::<[Point; 3]>();
    let copy = Op::CopyBytes {
        at: Offset(0),
        len: 48,
    };
    assert_eq!(ops(&lowered), [Op::Reserve { bytes: 48 }, copy]);
}

#[test]
fn long_bytes_are_copied_in_chunks_and_a_rest() {
    let lowered = program::<[u8; 10_000]>();
    assert_eq!(root_names(&lowered), ["write_array", "copy_bytes"]);
    let [
        Op::WriteArray {
            count,
            stride,
            reserve,
            ..
        },
        Op::CopyBytes { at, len },
    ] = ops(&lowered)
    else {
        panic!("{}", lowered.code);
    };
    assert_eq!((*count, *stride), (2, MAX_RESERVE));
    assert_eq!((at.0, *len), (2 * MAX_RESERVE, 10_000 - 2 * MAX_RESERVE));
    assert_eq!(reserve, len);
    assert_eq!(root_names(&program::<[u8; 8192]>()), ["write_array"]);
    assert_eq!(
        root_names(&program::<[u8; 4097]>()),
        ["reserve", "copy_bytes", "reserve", "write_byte"]
    );
}

#[test]
fn short_arrays_of_numbers_are_unrolled() {
    assert_eq!(
        root_names(&program::<[u32; 3]>()),
        ["reserve", "write_var_u32", "write_var_u32", "write_var_u32"]
    );
    let lowered = program::<[(u8, u16); 32]>();
    assert_eq!(root_names(&lowered), ["reserve", "write_run"]);
    assert_eq!(names(&lowered, BlockId(1)).len(), 64);
    let lowered = program::<[u32; 65]>();
    assert_eq!(root_names(&lowered), ["write_array"]);
    assert_eq!(names(&lowered, BlockId(1)), ["write_var_u32"]);
}

#[test]
fn arrays_of_more_than_numbers_are_loops() {
    let lowered = program::<[String; 3]>();
    assert_eq!(root_names(&lowered), ["write_array"]);
    let lowered = program::<[Option<u8>; 2]>();
    assert_eq!(root_names(&lowered), ["write_array"]);
}

#[test]
fn arrays_of_nothing_write_nothing() {
    #[derive(Facet)]
    struct Nothing {
        unit: (),
        marker: PhantomData<String>,
        none: [String; 0],
    }
    assert!(ops(&program::<[Nothing; 1000]>()).is_empty());
    assert!(ops(&unprobed::<[Nothing; 1000]>()).is_empty());
    assert!(ops(&program::<[[u64; 0]; 5]>()).is_empty());
    // What no element has cannot be in the way.
    assert!(ops(&program::<[*const u8; 0]>()).is_empty());
}

#[test]
fn the_function_is_asked_where_layouts_may_not_be_used() {
    for lowered in [
        unprobed::<[u8; 16]>(),
        unprobed::<[u32; 3]>(),
        unprobed::<[u8; 10_000]>(),
    ] {
        let arrays: Vec<_> = all_ops(&lowered)
            .filter(|op| {
                matches!(
                    op,
                    Op::WriteArray {
                        source: ArraySource::Vtable { .. },
                        ..
                    }
                )
            })
            .collect();
        assert_eq!(arrays.len(), 1, "{}", lowered.code);
    }
}
