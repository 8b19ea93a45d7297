//! Pointers, locks and options of pointers.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

use facet::Facet;
use vox_core::program::{FunctionKind, Op, OptionSource, PointerSource};

use crate::common::{all_ops, program, root_names, unprobed};

fn borrow<T: Facet<'static>>(probed: bool) -> PointerSource {
    let lowered = if probed {
        program::<T>()
    } else {
        unprobed::<T>()
    };
    let found = all_ops(&lowered).find_map(|op| match op {
        Op::Borrow { source, .. } => Some(*source),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{}", lowered.code))
}

#[test]
fn thin_pointers_rust_promises_are_words() {
    assert_eq!(borrow::<&'static u64>(true), PointerSource::Word);
    assert_eq!(borrow::<&'static mut u64>(true), PointerSource::Word);
    assert_eq!(borrow::<Box<u64>>(true), PointerSource::Word);
    assert!(matches!(
        borrow::<Box<u64>>(false),
        PointerSource::BorrowThin { .. }
    ));
}

/// More than is probed.
#[derive(Facet)]
#[repr(align(128))]
struct Overaligned(u64);

#[test]
fn counted_pointers_are_words_before_counts() {
    /// Where the number is, from the word.
    fn place<T: Facet<'static>>() -> u32 {
        assert_eq!(borrow::<T>(true), PointerSource::Word);
        let lowered = program::<T>();
        let at = all_ops(&lowered).find_map(|op| match op {
            Op::WriteVarU64 { at } => Some(at.0),
            _ => None,
        });
        at.unwrap_or_else(|| panic!("{}", lowered.code))
    }
    #[derive(Facet)]
    #[repr(align(32))]
    struct Aligned(u64);
    let counts = 2 * size_of::<usize>() as u32;
    assert_eq!(place::<Box<u64>>(), 0);
    assert_eq!(place::<Arc<u64>>(), counts);
    assert_eq!(place::<Rc<u64>>(), counts);
    assert_eq!(place::<Rc<Aligned>>(), 32);
    for found in [
        borrow::<Arc<str>>(true),
        borrow::<Rc<str>>(true),
        borrow::<Arc<[u16]>>(true),
        borrow::<Rc<[String]>>(true),
    ] {
        let behind = |source| match source {
            PointerSource::Counted { behind, .. } => behind.0,
            _ => panic!("{source:?}"),
        };
        assert_eq!(behind(found), counts);
    }
}

#[test]
fn other_pointers_are_borrowed() {
    for found in [
        borrow::<Rc<u64>>(false),
        borrow::<Arc<u64>>(false),
        borrow::<Arc<Overaligned>>(true),
        borrow::<Cow<'static, u64>>(true),
    ] {
        assert!(
            matches!(found, PointerSource::BorrowThin { .. }),
            "{found:?}"
        );
    }
    for found in [borrow::<Arc<str>>(false), borrow::<Rc<[u16]>>(false)] {
        assert!(
            matches!(found, PointerSource::BorrowWide { .. }),
            "{found:?}"
        );
    }
    assert!(matches!(
        borrow::<Cow<'static, str>>(true),
        PointerSource::BorrowWide { .. }
    ));
    assert!(matches!(
        borrow::<&'static std::path::Path>(true),
        PointerSource::BorrowWide { .. }
    ));
}

#[test]
fn wide_pointers_of_known_form_are_read() {
    assert_eq!(root_names(&program::<&'static str>()), ["write_bytes"]);
    assert_eq!(root_names(&program::<Box<str>>()), ["write_bytes"]);
    assert_eq!(root_names(&program::<Box<[u32]>>()), ["write_list_var_u32"]);
    assert_eq!(root_names(&program::<&'static [String]>()), ["write_list"]);
    assert!(matches!(
        borrow::<&'static str>(false),
        PointerSource::BorrowWide { .. }
    ));
    assert!(matches!(
        borrow::<Box<[u32]>>(false),
        PointerSource::BorrowWide { .. }
    ));
}

fn option<T: Facet<'static>>(probed: bool) -> OptionSource {
    let lowered = if probed {
        program::<T>()
    } else {
        unprobed::<T>()
    };
    let found = all_ops(&lowered).find_map(|op| match op {
        Op::WriteOption { source, .. } => Some(*source),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{}", lowered.code))
}

#[test]
fn options_of_pointers_are_words_where_rust_promises_it() {
    assert_eq!(option::<Option<Box<u64>>>(true), OptionSource::NullIsNone);
    assert_eq!(
        option::<Option<&'static u64>>(true),
        OptionSource::NullIsNone
    );
    assert!(matches!(
        option::<Option<Box<u64>>>(false),
        OptionSource::GetValue { .. }
    ));
}

#[test]
#[cfg_attr(miri, ignore = "options are not probed under Miri")]
fn the_layout_of_other_options_is_probed() {
    fn check<T: Facet<'static>>() {
        assert!(matches!(
            option::<Option<T>>(true),
            OptionSource::Tagged { .. }
        ));
        let found = option::<Option<T>>(false);
        let called = matches!(
            found,
            OptionSource::GetValue { .. } | OptionSource::IsSome { .. }
        );
        assert!(called, "{found:?}");
    }
    check::<u32>();
    check::<String>();
    check::<bool>();
    check::<Arc<u64>>();
    check::<&'static str>();
    check::<Option<Box<u64>>>();
    check::<()>();
    check::<[String; 3]>();
}

#[test]
fn options_too_large_to_probe_are_asked() {
    assert!(matches!(
        option::<Option<[u8; 5000]>>(true),
        OptionSource::GetValue { .. }
    ));
}

#[test]
fn options_of_nothing_are_only_tested() {
    assert!(matches!(
        option::<Option<()>>(false),
        OptionSource::IsSome { .. }
    ));
    assert!(matches!(
        option::<Option<Box<()>>>(false),
        OptionSource::IsSome { .. }
    ));
}

#[test]
fn locks_are_held_for_reading_where_that_is_enough() {
    let kinds = |lowered: vox_core::lower::Lowered| lowered.code.functions;
    let mutex = program::<Mutex<u64>>();
    assert_eq!(root_names(&mutex), ["reserve", "with_lock"]);
    assert!(kinds(mutex).contains(&FunctionKind::Lock));
    assert!(kinds(program::<RwLock<Vec<u8>>>()).contains(&FunctionKind::Read));
}
