//! Types without an encoding: a clear error with the way to the place, for
//! every value, before anything is written.

#![allow(dead_code, reason = "facet reads these fields, rustc does not see it")]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ptr::{self, NonNull};

use facet::{Facet, Repr, Shape, ShapeBuilder, Type, UnionType, UserType};
use vox::EncodeErrorKind;
use vox_oracle::codec_test;

/// Opaque to reflection.
struct NotFacet;

#[derive(Facet)]
struct Hidden {
    before: u8,
    #[facet(opaque)]
    hidden: NotFacet,
}

#[derive(Facet)]
struct Pointers {
    list: Vec<Option<NonNull<u8>>>,
}

#[derive(Facet)]
struct Flattening {
    #[facet(flatten)]
    map: BTreeMap<String, u8>,
}

#[repr(C)]
union Either {
    number: u32,
    bits: [u8; 4],
}

// SAFETY: the shape describes the type, whose fields nobody is told of. Facet
// has no derive for unions.
unsafe impl<'f> Facet<'f> for Either {
    const SHAPE: &'static Shape = &const {
        ShapeBuilder::for_sized::<Self>("Either")
            .ty(Type::User(UserType::Union(UnionType {
                repr: Repr::c(),
                fields: &[],
            })))
            .build()
    };
}

#[derive(Facet)]
struct HasUnion {
    before: u8,
    either: Either,
}

#[derive(Facet)]
struct Callbacks {
    name: String,
    entries: BTreeMap<u8, Vec<Callback>>,
}

#[derive(Facet)]
#[repr(u8)]
enum Callback {
    Never,
    Function { function: fn(u8) -> u8 },
}

#[derive(Facet)]
struct Recursive {
    bad: *const u8,
    #[facet(recursive_type)]
    children: Vec<Recursive>,
}

#[derive(Facet)]
struct HasRecursive {
    first: u8,
    tree: Box<Recursive>,
}

codec_test!(
    fn texts(judge: &Judge) {
        judge.refuses(
            "opaque",
            &Hidden {
                before: 1,
                hidden: NotFacet,
            },
            "cannot encode `Hidden.hidden`: `Opaque` is opaque to reflection; a `#[facet(proxy = ...)]` \
             on the field or the type says what to encode instead",
        );
        const RAW: &str = "is a raw pointer, which may dangle; a reference, a `Box` or a \
                           `#[facet(proxy = ...)]` can be encoded";
        judge.refuses(
            "*const",
            &ptr::null::<u8>(),
            &format!("cannot encode `*const T`: `*const T` {RAW}"),
        );
        judge.refuses(
            "NonNull",
            &Pointers { list: vec![] },
            &format!("cannot encode `Pointers.list[]`: `NonNull` {RAW}"),
        );
        judge.refuses(
            "through a child",
            &HasRecursive {
                first: 1,
                tree: Box::new(Recursive {
                    children: vec![],
                    bad: ptr::null(),
                }),
            },
            &format!("cannot encode `HasRecursive.tree.bad`: `*const T` {RAW}"),
        );
        judge.refuses(
            "in a recursive type",
            &Recursive {
                children: vec![],
                bad: ptr::null(),
            },
            &format!("cannot encode `Recursive.bad`: `*const T` {RAW}"),
        );
        judge.refuses(
            "flatten",
            &Flattening {
                map: BTreeMap::new(),
            },
            "cannot encode `Flattening.map`: is flattened; serde makes a flattened struct a map of \
             unknown length, which postcard refuses; remove `flatten`, or use a proxy",
        );
        judge.refuses(
            "union",
            &HasUnion {
                before: 1,
                either: Either { number: 1 },
            },
            "cannot encode `HasUnion.either`: `Either` is a union, and nothing tells which field is \
             valid; a `#[facet(proxy = ...)]` says what to encode",
        );
        judge.refuses(
            "function",
            &Callbacks {
                name: String::new(),
                entries: BTreeMap::new(),
            },
            "cannot encode `Callbacks.entries.values[][]::Function.function`: `fn` is a function \
             pointer, which has no encoding; skip the field",
        );
    }
);

codec_test!(
    whatever_the_value_is refuses:
    (None::<fn()>, "cannot encode `Option<fn>`: `fn` is a function pointer, which has no encoding; skip the field"),
    (Vec::<fn()>::new(), "cannot encode `Vec<fn>[]`: `fn` is a function pointer, which has no encoding; skip the field"),
);

codec_test!(
    /// What cannot exist needs no encoding: a type with such a part is fine.
    fn uninhabited_parts(judge: &Judge) {
        judge.by_bytes("no error", &Ok::<u8, Infallible>(7), &[0, 7]);
        judge.by_bytes("none", &None::<Infallible>, &[0]);
        judge.by_bytes("empty", &Vec::<Infallible>::new(), &[0]);
        let first = Ok::<u8, (Infallible, u64, String)>(7);
        judge.by_bytes("no error with fields behind it", &first, &[0, 7]);
        let empty: [[Infallible; 0]; 2] = [[], []];
        judge.by_bytes("empty arrays", &empty, &[]);
    }
);

/// A refusal is remembered: the same text again, and other types go on.
#[test]
fn refused_again_and_again() {
    let bad = Recursive {
        children: vec![],
        bad: ptr::null(),
    };
    for mode in vox_oracle::mode::all() {
        let first = mode.runtime.to_bytes(&bad).expect_err("refused");
        let second = mode.runtime.to_bytes(&bad).expect_err("refused");
        assert_eq!(first.kind(), EncodeErrorKind::Unsupported);
        assert_eq!(first.to_string(), second.to_string());
        assert_eq!(first.path(), ".bad");
        let report = mode.runtime.report::<Recursive>();
        assert_eq!(report.refusal, Some(first.to_string()));
        assert_eq!((report.ops, report.code_bytes), (0, None));
        let printed = format!("{report:#}");
        assert!(
            printed.contains("refused\n") && printed.contains(".bad"),
            "{printed}"
        );
        assert!(mode.runtime.to_bytes(&vec![1_u8]).is_ok());
        // The child was refused as a part of another root, too.
        let parent = HasRecursive {
            first: 1,
            tree: Box::new(Recursive {
                children: vec![],
                bad: ptr::null(),
            }),
        };
        let error = mode.runtime.to_bytes(&parent).expect_err("refused");
        assert_eq!(error.path(), ".tree.bad", "{}", mode.name);
    }
}
