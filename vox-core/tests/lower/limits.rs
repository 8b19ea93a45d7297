//! Shapes at the limits, and beyond what a derive makes.

use facet::{EnumRepr, Facet};
use vox_core::lower::{LowerError, Lowered, MAX_NESTING};
use vox_core::program::{Op, TagWidth};

use crate::common::{PROBED, UNPROBED, all_ops, lower_shape, ops};
use crate::synthetic::{enumeration, field, option, packed, structure, variant, wrapper};

fn refused(result: Result<Lowered, LowerError>) -> LowerError {
    result.expect_err("refused")
}

#[test]
fn seventy_thousand_fields() {
    let fields = (0..70_000).map(|_| field::<u32>("f", 8)).collect();
    let lowered = lower_shape(structure(fields), &PROBED).expect("a program");
    let written = all_ops(&lowered).filter(|op| matches!(op, Op::WriteVarU32 { .. }));
    assert_eq!(written.count(), 70_000);
}

#[test]
fn seventy_thousand_variants() {
    let variants = (0..70_000)
        .map(|index| variant("V", Some(index), vec![field::<u8>("f", 4)]))
        .collect();
    let lowered = lower_shape(enumeration(EnumRepr::U32, variants), &PROBED).expect("a program");
    assert_eq!(lowered.code.tables[0].len(), 70_000);
}

#[test]
fn more_steps_than_a_program_may_have() {
    let fields = (0..1_100_000).map(|_| field::<u32>("f", 8)).collect();
    let error = refused(lower_shape(structure(fields), &PROBED));
    assert!(error.reason.contains("steps"), "{error}");
}

#[test]
fn offsets_up_to_two_gigabytes() {
    let last = i32::MAX as usize - 1;
    let lowered = lower_shape(structure(vec![field::<u8>("f", last)]), &PROBED);
    assert!(lowered.is_ok(), "{lowered:?}");
    for beyond in [last + 1, u32::MAX as usize, usize::MAX] {
        let error = refused(lower_shape(
            structure(vec![field::<u8>("f", beyond)]),
            &PROBED,
        ));
        assert_eq!(error.path, ".f");
        assert!(error.reason.contains("2 GiB"), "{error}");
    }
}

/// Blocks for variants and for fields with predicates count from the base of the block around them.
#[test]
#[cfg(target_pointer_width = "64")]
fn offsets_add_up_over_blocks() {
    const PART: usize = 0x3000_0000;
    const BEFORE: usize = 0x6000_0000;

    #[derive(Facet)]
    #[repr(u8)]
    #[expect(
        dead_code,
        clippy::large_enum_variant,
        reason = "too large for a value"
    )]
    enum Variants {
        A { x: [u8; PART], y: u32 },
        B,
    }
    #[derive(Facet)]
    #[repr(C)]
    struct WithVariants {
        before: [u8; BEFORE],
        part: Variants,
    }

    #[derive(Facet)]
    #[repr(C)]
    struct Fields {
        x: [u8; PART],
        y: u32,
    }
    fn never(_: &Fields) -> bool {
        false
    }
    #[derive(Facet)]
    #[repr(C)]
    struct WithPredicate {
        before: [u8; BEFORE],
        #[facet(skip_serializing_if = never)]
        part: Fields,
    }

    for (shape, path) in [
        (WithVariants::SHAPE, ".part::A.x"),
        (WithPredicate::SHAPE, ".part.x"),
    ] {
        for options in [PROBED, UNPROBED] {
            let error = refused(lower_shape(shape, &options));
            assert_eq!(error.path, path);
            assert!(error.reason.contains("2 GiB"), "{error}");
        }
    }
}

#[test]
fn large_programs_call_instead_of_inlining() {
    #[derive(Facet)]
    struct Part {
        a: Vec<u32>,
        b: String,
    }
    let fields = (0..5000)
        .map(|index| field::<Part>("f", index * 8))
        .collect();
    let lowered = lower_shape(structure(fields), &PROBED).expect("a program");
    assert_eq!(lowered.children.len(), 1);
    let calls = all_ops(&lowered).filter(|op| matches!(op, Op::Call { .. }));
    assert!(calls.count() > 2000);
}

#[test]
fn deep_types_continue_in_a_child() {
    let deep = (0..MAX_NESTING + 3).fold(u8::SHAPE, |inner, _| option(inner));
    let lowered = lower_shape(deep, &PROBED).expect("a program");
    assert_eq!(lowered.children.len(), 1);
    let options = all_ops(&lowered).filter(|op| matches!(op, Op::WriteOption { .. }));
    assert_eq!(options.count(), MAX_NESTING as usize);
    let rest = lower_shape(lowered.children[0], &PROBED).expect("a program");
    assert!(rest.children.is_empty());

    // However deep: what is not looked at costs nothing.
    let deep = (0..100_000).fold(u8::SHAPE, |inner, _| wrapper(inner));
    let lowered = lower_shape(deep, &PROBED).expect("a program");
    assert_eq!(lowered.children.len(), 1);
}

#[test]
fn packed_structs_hold_scalars_only() {
    let scalars = packed(vec![
        field::<u8>("a", 0),
        field::<u64>("b", 1),
        field::<(u16, [u32; 3])>("c", 9),
        field::<[u8; 5]>("d", 33),
        field::<Option<u8>>("e", 38),
    ]);
    for options in [PROBED, UNPROBED] {
        lower_shape(scalars, &options).expect("a program");
    }
    for (other, text) in [
        (field::<String>("s", 1), "no reference"),
        (field::<Option<u32>>("s", 1), "no reference"),
        (field::<(u8, Vec<u8>)>("s", 1), "no reference"),
    ] {
        let error = refused(lower_shape(packed(vec![other]), &PROBED));
        assert!(error.path.starts_with(".s"), "{error}");
        assert!(error.reason.contains(text), "{error}");
    }
}

#[test]
fn enums_without_a_tag_that_can_be_read() {
    for repr in [EnumRepr::Rust, EnumRepr::RustNPO] {
        let shape = enumeration(repr, vec![variant("A", Some(0), vec![])]);
        let error = refused(lower_shape(shape, &PROBED));
        assert!(error.reason.contains("repr"), "{error}");
    }
}

#[test]
fn discriminants_that_cannot_be_told_apart() {
    let enumerations = [
        vec![variant("A", Some(0), vec![]), variant("B", None, vec![])],
        vec![
            variant("A", Some(0), vec![]),
            variant("B", Some(256), vec![]),
        ],
        vec![variant("A", Some(1), vec![]), variant("B", Some(1), vec![])],
        vec![
            variant("A", Some(255), vec![]),
            variant("B", Some(-1), vec![]),
        ],
    ];
    for variants in enumerations {
        let error = refused(lower_shape(enumeration(EnumRepr::U8, variants), &PROBED));
        assert_eq!(error.path, "::B");
        assert!(error.reason.contains("discriminant"), "{error}");
    }
}

/// Made at run time: facet's derive does not compile for `repr(usize)`.
#[test]
#[cfg(target_pointer_width = "64")]
fn word_sized_tags() {
    for (repr, width) in [
        (EnumRepr::USize, TagWidth::U64),
        (EnumRepr::ISize, TagWidth::I64),
    ] {
        let shape = enumeration(repr, vec![variant("A", Some(0), vec![])]);
        let lowered = lower_shape(shape, &PROBED).expect("a program");
        let is_wide = |op: &Op| matches!(op, Op::Switch { tag, .. } if *tag == width);
        assert!(all_ops(&lowered).any(is_wide), "{}", lowered.code);
    }
}

#[test]
fn enums_without_variants() {
    let lowered = lower_shape(enumeration(EnumRepr::U8, vec![]), &PROBED).expect("a program");
    assert!(matches!(ops(&lowered), [Op::Never { .. }]));
}
