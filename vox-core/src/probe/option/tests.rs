//! Layouts of options that are right for values the probe has not seen, and lies that are refused.

use core::mem::MaybeUninit;
use core::num::{NonZeroI64, NonZeroU8, NonZeroU32};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use facet::Facet;
use facet_core::{Def, OptionDef, OptionVTable, PtrConst, PtrMut, PtrUninit, Shape};

use super::{Tagged, probe, probe_any};

fn def<T: Facet<'static>>() -> &'static OptionDef {
    match &Option::<T>::SHAPE.def {
        Def::Option(def) => def,
        _ => panic!("an option has the definition of one"),
    }
}

fn probed<T: Facet<'static>>() -> Tagged {
    let found = probe(Option::<T>::SHAPE, def::<T>());
    found.unwrap_or_else(|| panic!("{} is not understood", core::any::type_name::<T>()))
}

/// What the layout says of an option: where its payload is, if it has one.
unsafe fn read(option: *const u8, tagged: Tagged) -> Option<*const u8> {
    let mut word = [0; 8];
    for (idx, byte) in word.iter_mut().take(tagged.width).enumerate() {
        // SAFETY: the tag is within the option, and initialised.
        *byte = unsafe { option.add(tagged.at + idx).read() };
    }
    let number = if cfg!(target_endian = "little") {
        u64::from_le_bytes(word)
    } else {
        u64::from_be_bytes(word) >> (64 - 8 * tagged.width)
    };
    // SAFETY: the payload is within the option.
    (number != tagged.none).then(|| unsafe { option.add(tagged.payload) })
}

/// Compares what the layout says with what Rust says, for `None` and these values, with
/// padding of two kinds.
fn check<T: Facet<'static> + 'static>(values: Vec<T>) {
    let tagged = probed::<T>();
    for option in values.into_iter().map(Some).chain([None]) {
        for poison in [0xa5, 0x5a] {
            let mut memory = MaybeUninit::<Option<T>>::uninit();
            let address = memory.as_mut_ptr().cast::<u8>();
            // SAFETY: the memory is an option's. The copy in it is never dropped: the
            // original is.
            unsafe {
                address.write_bytes(poison, size_of::<Option<T>>());
                match &option {
                    None => memory.as_mut_ptr().write(None),
                    Some(value) => {
                        let copy = core::ptr::from_ref(value).read();
                        memory.as_mut_ptr().write(Some(copy));
                    }
                }
                let seen = memory.assume_init_ref();
                let truth = seen
                    .as_ref()
                    .map(|payload| core::ptr::from_ref(payload).cast());
                assert_eq!(
                    read(address, tagged),
                    truth,
                    "{} {tagged:?}",
                    core::any::type_name::<T>()
                );
            }
        }
    }
}

#[derive(Facet, Clone, Copy)]
#[repr(u8)]
enum Flat {
    First,
    Middle,
    Last = 250,
}

#[derive(Facet, Clone)]
#[repr(u8)]
#[expect(dead_code, reason = "only written")]
enum Deep {
    Unit,
    Text(String),
    Both { number: u64, flag: bool },
}

#[derive(Facet, Clone)]
struct Record {
    small: u8,
    name: String,
    ratio: f64,
    done: bool,
}

#[derive(Facet, Clone, Copy)]
struct Unit;

/// Every payload by itself, in an option, a pair, an array, a vector and a box: six types each.
fn check_all<T: Facet<'static> + Clone + 'static>(values: Vec<T>) {
    check(values.clone());
    check(values.iter().cloned().map(Some).chain([None]).collect());
    check(values.iter().map(|value| (7_u8, value.clone())).collect());
    check(
        values
            .iter()
            .map(|value| [value.clone(), value.clone()])
            .collect(),
    );
    check(vec![Vec::new(), values.clone()]);
    check(values.into_iter().map(Box::new).collect());
}

#[test]
#[cfg_attr(miri, ignore = "options are not probed under Miri")]
fn options_of_scalars_are_understood() {
    check_all(vec![0_u8, 1, 2, 0xa5, 255]);
    check_all(vec![0_i8, 1, -1, i8::MIN]);
    check_all(vec![0_u16, 1, 2, u16::MAX]);
    check_all(vec![0_i16, 1, -1]);
    check_all(vec![0_u32, 1, 2, 0xa5a5_a5a5, u32::MAX]);
    check_all(vec![0_i32, 1, -1]);
    check_all(vec![0_u64, 1, 2, u64::MAX]);
    check_all(vec![0_i64, 1, -1, i64::MIN]);
    check_all(vec![0_usize, 1, usize::MAX]);
    check_all(vec![0_f32, 1.0, f32::NAN]);
    check_all(vec![0_f64, -0.0, f64::INFINITY]);
    check_all(vec![false, true]);
    check_all(vec!['\0', 'a', '\u{10ffff}', '\u{10000}']);
    check_all([1, 2, 255].map(|it| NonZeroU8::new(it).unwrap()).to_vec());
    check_all(
        [1, u32::MAX]
            .map(|it| NonZeroU32::new(it).unwrap())
            .to_vec(),
    );
    check_all([1, -1].map(|it| NonZeroI64::new(it).unwrap()).to_vec());
}

#[test]
#[cfg_attr(miri, ignore = "options are not probed under Miri")]
fn options_of_compounds_are_understood() {
    check_all(vec![Flat::Middle, Flat::Last]);
    check_all(vec![
        Deep::Unit,
        Deep::Text(String::new()),
        Deep::Text(String::from("text")),
        Deep::Both {
            number: 0,
            flag: true,
        },
        Deep::Both {
            number: u64::MAX,
            flag: false,
        },
    ]);
    check_all(vec![
        Record {
            small: 0,
            name: String::new(),
            ratio: 0.0,
            done: false,
        },
        Record {
            small: 255,
            name: String::from("a name"),
            ratio: f64::MAX,
            done: true,
        },
    ]);
    check_all(vec![(), ()]);
    check_all(vec![Unit]);
    check_all::<Result<u8, String>>(vec![Ok(0), Ok(255), Err(String::new())]);
    check_all(vec![Duration::ZERO, Duration::MAX]);
    check_all(vec![0_u8..3, 255..255]);
}

#[test]
#[cfg_attr(miri, ignore = "options are not probed under Miri")]
fn options_of_pointers_and_containers_are_understood() {
    check_all(vec![String::new(), String::from("text")]);
    check_all(vec!["", "text"]);
    check_all(vec![&0_u8, &255]);
    check_all::<Box<str>>(vec![Box::from(""), Box::from("text")]);
    check_all(vec![Arc::new(0_u64), Arc::new(u64::MAX)]);
    check_all::<Rc<str>>(vec![Rc::from(""), Rc::from("text")]);
    check_all(vec![Cow::Borrowed(""), Cow::Owned(String::from("text"))]);
    check_all(vec![BTreeMap::new(), BTreeMap::from([(1_u8, 2_u8)])]);
    check_all(vec![BTreeSet::new(), BTreeSet::from(['a'])]);
    check_all(vec![
        HashMap::new(),
        HashMap::from([(String::from("a"), 1_u8)]),
    ]);
}

#[test]
#[cfg_attr(miri, ignore = "options are not probed under Miri")]
fn only_options_of_core_are_asked() {
    // SAFETY: never read as a shape of anything else; only an identity differs.
    let imitation: Shape = Shape {
        decl_id: u8::SHAPE.decl_id,
        ..*Option::<u8>::SHAPE
    };
    let imitation: &'static Shape = Box::leak(Box::new(imitation));
    assert_eq!(probe(imitation, def::<u8>()), None);
    assert!(probe(Option::<u8>::SHAPE, def::<u8>()).is_some());
}

#[test]
fn what_is_too_large_or_empty_is_not_probed() {
    assert_eq!(
        probe(Option::<[u64; 200]>::SHAPE, def::<[u64; 200]>()),
        None
    );
    assert_eq!(
        probe(Option::<core::convert::Infallible>::SHAPE, def::<u8>()),
        None
    );
}

/// Bytes of an option of the size of two words.
unsafe fn bytes(option: PtrConst) -> [u8; 16] {
    // SAFETY: called with 16 bytes that the probe filled.
    unsafe { option.raw_ptr().cast::<[u8; 16]>().read() }
}

macro_rules! lie {
    ($name:ident, |$bytes:ident| $is_some:expr) => {
        unsafe extern "C" fn $name(option: PtrConst) -> bool {
            // SAFETY: as above.
            let $bytes = unsafe { bytes(option) };
            $is_some
        }
    };
}

lie!(always, |_bytes| true);
lie!(never, |_bytes| false);
lie!(by_two_places, |bytes| bytes[0] & 1 != 0 || bytes[9] != 0);
lie!(by_all, |bytes| bytes != [0; 16]);
lie!(inverted, |bytes| bytes[0] & 1 == 0);
lie!(by_three_bytes, |bytes| bytes[..3] != [0; 3]);

// The payload's address goes with `by_three_bytes`: what is no value by the one function must be none by the other.
unsafe extern "C" fn value_by_three_bytes(option: PtrConst) -> *const u8 {
    // SAFETY: as above.
    match unsafe { bytes(option) } {
        [0, 0, 0, ..] => core::ptr::null(),
        _ => option.raw_ptr().wrapping_add(8),
    }
}

lie!(now_and_then, |bytes| bytes[0] & 1 != 0 || bytes[15] == 0xff);

unsafe extern "C" fn wandering_value(option: PtrConst) -> *const u8 {
    // SAFETY: as above.
    match unsafe { bytes(option) } {
        [tag, ..] if tag & 1 == 0 => core::ptr::null(),
        [_, .., last] => option
            .raw_ptr()
            .wrapping_add(if last & 1 == 0 { 8 } else { 0 }),
    }
}

unsafe extern "C" fn value_elsewhere(option: PtrConst) -> *const u8 {
    // SAFETY: as above.
    match unsafe { bytes(option) } {
        [tag, ..] if tag & 1 == 0 => core::ptr::null(),
        _ => option.raw_ptr().wrapping_add(64),
    }
}

unsafe extern "C" fn value_in_the_tag(option: PtrConst) -> *const u8 {
    // SAFETY: as above.
    match unsafe { bytes(option) } {
        [tag, ..] if tag & 1 == 0 => core::ptr::null(),
        _ => option.raw_ptr().wrapping_add(4),
    }
}

unsafe extern "C" fn init_nothing(option: PtrUninit) -> PtrMut {
    // SAFETY: the memory was filled by the probe.
    unsafe { option.assume_init() }
}

#[test]
#[cfg_attr(miri, ignore = "options are not probed under Miri")]
fn lies_are_refused() {
    let shape: &'static Shape = Option::<u64>::SHAPE;
    let truth = *def::<u64>();
    let with = |vtable: OptionVTable| OptionDef {
        vtable: Box::leak(Box::new(vtable)),
        ..truth
    };
    let is_some = |is_some| {
        with(OptionVTable {
            is_some,
            ..*truth.vtable
        })
    };
    let get_value = |get_value| {
        with(OptionVTable {
            get_value,
            ..*truth.vtable
        })
    };
    let lies = [
        is_some(always),
        is_some(never),
        is_some(by_two_places),
        is_some(by_all),
        is_some(inverted),
        with(OptionVTable {
            is_some: by_three_bytes,
            get_value: value_by_three_bytes,
            ..*truth.vtable
        }),
        is_some(now_and_then),
        get_value(wandering_value),
        get_value(value_elsewhere),
        get_value(value_in_the_tag),
        with(OptionVTable {
            init_none: init_nothing,
            ..*truth.vtable
        }),
        // A payload that does not fit.
        OptionDef {
            t: <[u64; 2]>::SHAPE,
            ..truth
        },
    ];
    // SAFETY: all of them look at 16 bytes and do nothing else.
    unsafe {
        assert!(probe_any(shape, &truth).is_some());
        for (number, lie) in lies.iter().enumerate() {
            assert_eq!(probe_any(shape, lie), None, "lie {number}");
        }
    }
}
