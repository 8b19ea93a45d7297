//! What the walker refuses, and how it says so. Never a crash, never bytes.

#![allow(
    dead_code,
    reason = "facet reads these fields and variants, rustc does not see it"
)]

use crate::refusal;
use facet::{Def, EnumType, Facet, PtrConst, SetDef, SetVTable, Shape, Type, UserType};
use facet_reflect::Peek;
use std::collections::{BTreeMap, BTreeSet};
use std::ptr::NonNull;
use std::sync::OnceLock;
use vox_oracle::walker::{WalkError, encode, encode_with_max_depth};

#[track_caller]
fn assert_unsupported<'f, T: Facet<'f>>(value: &T, part: &str) {
    match refusal(value) {
        WalkError::Unsupported { what, .. } => assert!(what.contains(part), "{what}"),
        other => panic!("refused for another reason: {other}"),
    }
}

#[test]
fn attributes_for_self_describing_formats() {
    #[derive(Facet)]
    struct Flattening {
        #[facet(flatten)]
        map: BTreeMap<String, u8>,
    }
    assert_unsupported(
        &Flattening {
            map: BTreeMap::new(),
        },
        "flatten",
    );

    #[derive(Facet)]
    #[facet(tag = "t")]
    #[repr(u8)]
    enum Tagged {
        Tuple(u8, u8),
        Newtype(u8),
        Named { x: u8 },
    }
    assert_unsupported(&Tagged::Tuple(1, 2), "tagged tuple variant");
    assert_unsupported(&Tagged::Newtype(1), "without named fields");
    assert!(encode(Peek::new(&Tagged::Named { x: 1 })).is_ok());
}

#[test]
fn types_without_an_encoding() {
    struct NotFacet;
    #[derive(Facet)]
    struct Holder {
        #[facet(opaque)]
        hidden: NotFacet,
    }
    let holder = Holder { hidden: NotFacet };
    let Holder { hidden: NotFacet } = &holder;
    assert_unsupported(&holder, "opaque");

    let mut number = 1_u8;
    assert_unsupported(&NonNull::from(&mut number), "raw pointer");
    assert_unsupported(&std::ptr::from_ref(&number), "raw or function pointer");
    assert_unsupported(&std::any::TypeId::of::<u8>(), "opaque");

    // The refusal comes up from however deep it was found.
    assert_unsupported(
        &vec![Some(Box::new(NonNull::from(&mut number)))],
        "raw pointer",
    );
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_utf8() {
    use std::os::unix::ffi::OsStringExt as _;
    let path = std::path::PathBuf::from(std::ffi::OsString::from_vec(vec![b'a', 0xff]));
    assert!(
        postcard::to_allocvec(&path).is_err(),
        "serde refuses it too"
    );
    assert_eq!(refusal(&path), WalkError::PathNotUtf8);
}

#[test]
fn a_cell_that_is_not_set() {
    let shape = "OnceLock<u8>".to_owned();
    assert_eq!(
        refusal(&OnceLock::<u8>::new()),
        WalkError::Unreadable { shape }
    );
}

#[test]
fn a_proxy_that_refuses() {
    #[derive(Facet)]
    #[facet(proxy = u8)]
    struct Even(u32);
    impl TryFrom<&Even> for u8 {
        type Error = String;
        fn try_from(value: &Even) -> Result<Self, String> {
            if value.0 % 2 == 1 {
                return Err("odd".to_owned());
            }
            Self::try_from(value.0).map_err(|error| error.to_string())
        }
    }
    impl TryFrom<u8> for Even {
        type Error = String;
        fn try_from(value: u8) -> Result<Self, String> {
            Ok(Self(value.into()))
        }
    }
    crate::judge_as("convertible", &Even(2), &2_u8);
    match refusal(&Even(1)) {
        WalkError::Proxy { shape, message } => {
            assert_eq!(shape, "Even");
            assert!(message.contains("odd"), "{message}");
        }
        other => panic!("refused for another reason: {other}"),
    }
}

#[derive(Facet)]
struct Node {
    #[facet(recursive_type)]
    next: Option<Box<Node>>,
}

/// A list of `count` nodes after the first.
fn chain(count: usize) -> Node {
    let mut head = Node { next: None };
    for _ in 0..count {
        head = Node {
            next: Some(Box::new(head)),
        };
    }
    head
}

/// A node is one level, and so are its option and its box.
#[test]
fn depth_is_limited() {
    let nested = chain(10);
    let needed = 10 * 3 + 2;
    let bytes = encode_with_max_depth(Peek::new(&nested), needed).expect("deep enough");
    assert_eq!(bytes, [[1].repeat(10), vec![0]].concat());
    assert_eq!(
        encode_with_max_depth(Peek::new(&nested), needed - 1),
        Err(WalkError::TooDeep {
            max_depth: needed - 1
        })
    );
}

/// The default limit comes before the end of a test thread's stack.
#[test]
#[cfg_attr(
    target_arch = "s390x",
    ignore = "the frames of a debug build are larger there"
)]
fn the_default_depth_fits_the_stack() {
    assert!(encode(Peek::new(&chain(170))).is_ok());
    assert!(matches!(refusal(&chain(5000)), WalkError::TooDeep { .. }));
}

/// A proxy that leads back to its own type never ends by itself.
#[test]
fn a_proxy_in_a_circle() {
    #[derive(Facet)]
    #[facet(proxy = Wrapper)]
    struct Circular(u8);
    #[derive(Facet)]
    struct Wrapper {
        #[facet(recursive_type)]
        inner: Box<Circular>,
    }
    impl From<&Circular> for Wrapper {
        fn from(value: &Circular) -> Self {
            Self {
                inner: Box::new(Circular(value.0)),
            }
        }
    }
    impl From<Wrapper> for Circular {
        fn from(value: Wrapper) -> Self {
            *value.inner
        }
    }
    assert!(matches!(refusal(&Circular(1)), WalkError::TooDeep { .. }));
}

/// A peek at `value` through a changed copy of its shape.
fn peek_as<'mem, T: Facet<'static>>(value: &'mem T, shape: Shape) -> Peek<'mem, 'static> {
    let shape: &'static Shape = Box::leak(Box::new(shape));
    // SAFETY: the callers' changes do not touch what is read of the value.
    unsafe { Peek::unchecked_new(PtrConst::new(value), shape) }
}

#[test]
fn a_set_that_lies_about_its_length() {
    unsafe extern "C" fn three(_set: PtrConst) -> usize {
        3
    }
    let mut shape = *<BTreeSet<u8>>::SHAPE;
    let Def::Set(honest) = shape.def else {
        panic!("a BTreeSet is a set");
    };
    let vtable: &'static SetVTable = Box::leak(Box::new(SetVTable {
        len: three,
        ..*honest.vtable
    }));
    shape.def = Def::Set(SetDef::new(vtable, honest.t));
    for (set, counted) in [
        (BTreeSet::from([1_u8, 2]), 2),
        (BTreeSet::new(), 0),
        (BTreeSet::from([1, 2, 3, 4]), 4),
    ] {
        match encode(peek_as(&set, shape)) {
            Err(WalkError::LengthMismatch {
                announced: 3,
                counted: found,
                ..
            }) => {
                assert_eq!(found, counted);
            }
            other => panic!("the lie was not noticed: {other:?}"),
        }
    }
    assert!(encode(peek_as(&BTreeSet::from([1_u8, 2, 3]), shape)).is_ok());
}

#[test]
fn a_tag_of_no_variant() {
    #[derive(Facet)]
    #[repr(u8)]
    enum Two {
        First,
        Second,
    }
    let mut shape = *Two::SHAPE;
    let Type::User(UserType::Enum(full)) = shape.ty else {
        panic!("an enum is an enum");
    };
    shape.ty = Type::User(UserType::Enum(EnumType {
        variants: &full.variants[..1],
        ..full
    }));
    assert_eq!(encode(peek_as(&Two::First, shape)), Ok(vec![0]));
    assert!(matches!(
        encode(peek_as(&Two::Second, shape)),
        Err(WalkError::UnknownTag { .. })
    ));
}

/// Shapes made at run time may carry the identity of any type; what they say
/// of their fields counts, not their identity.
#[test]
fn a_struct_with_the_identity_of_a_scalar() {
    #[derive(Facet)]
    struct Pair(u16, u16);
    let mut shape = *Pair::SHAPE;
    shape.id = u32::SHAPE.id;
    assert_eq!(encode(peek_as(&Pair(1, 2), shape)), Ok(vec![1, 2]));
}
