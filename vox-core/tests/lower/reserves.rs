//! Where room is asked for. That it is enough is checked for every program.

use facet::Facet;
use vox_core::program::{BlockId, MAX_RESERVE, Op};

use crate::common::{all_ops, names, ops, program, root_names};

#[derive(Facet)]
struct Numbers {
    a: u64,
    b: Option<u64>,
    c: u32,
}

#[test]
fn a_chain_has_one_reserve_for_its_longest_path() {
    let lowered = program::<Numbers>();
    assert_eq!(ops(&lowered)[0], Op::Reserve { bytes: 10 + 11 + 5 });
    let reserves = all_ops(&lowered).filter(|op| matches!(op, Op::Reserve { .. }));
    assert_eq!(reserves.count(), 1);
}

#[test]
fn an_op_that_makes_room_makes_it_for_what_follows() {
    let lowered = program::<(String, u64, Option<String>, u8)>();
    let reserves: Vec<u32> = all_ops(&lowered)
        .filter_map(|op| match op {
            Op::WriteBytes { reserve, .. } => Some(*reserve),
            _ => None,
        })
        .collect();
    assert_eq!(reserves.len(), 2);
    assert!(
        reserves.contains(&12) && reserves.contains(&1),
        "{reserves:?}"
    );
    assert!(!all_ops(&lowered).any(|op| matches!(op, Op::Reserve { .. })));
}

#[test]
fn bounded_elements_are_reserved_for_by_the_loop() {
    let bound = |lowered: &vox_core::lower::Lowered| match ops(lowered) {
        [Op::WriteList { bound, .. }] => *bound,
        other => panic!("{other:?}"),
    };
    assert_eq!(bound(&program::<Vec<Numbers>>()), 26);
    assert_eq!(bound(&program::<Vec<(u8, String)>>()), 0);
    // A chain of its own, past the limit for loops.
    let lowered = program::<Vec<[Numbers; 20]>>();
    assert_eq!(bound(&lowered), 0);
}

#[test]
fn a_large_branch_reserves_for_itself() {
    #[derive(Facet)]
    #[repr(u8)]
    #[expect(clippy::large_enum_variant, reason = "what is tested")]
    enum Uneven {
        Small(u8),
        Large([u8; 2000]),
    }
    let lowered = program::<(Uneven, u8)>();
    let reserve = ops(&lowered)[0];
    assert!(
        matches!(reserve, Op::Reserve { bytes: 3 }),
        "{}",
        lowered.code
    );
    let lowered = program::<Option<[u8; 2000]>>();
    assert_eq!(ops(&lowered)[0], Op::Reserve { bytes: 1 });
}

#[test]
fn long_chains_are_split() {
    #[derive(Facet)]
    struct Long {
        a: [u8; 3000],
        b: u64,
        c: [u8; 3000],
        d: Option<Box<[u8; 4096]>>,
    }
    let lowered = program::<Long>();
    for op in all_ops(&lowered) {
        if let Op::Reserve { bytes } = op {
            assert!(*bytes <= MAX_RESERVE);
        }
    }
    let count = |names: Vec<&str>| names.iter().filter(|name| **name == "reserve").count();
    assert!(count(root_names(&lowered)) >= 2);
}

#[test]
fn nothing_is_reserved_for_nothing() {
    assert!(ops(&program::<()>()).is_empty());
    // A body that starts by making room needs none before.
    let lowered = program::<Vec<(String, u8)>>();
    assert_eq!(names(&lowered, BlockId(1)), ["write_bytes", "write_byte"]);
}
