//! Variants marked as skipped. As in serde, the others are written as if nothing were, and a
//! value that is one is an error, which names it.

#![allow(dead_code, reason = "facet reads these fields, rustc does not see it")]

use std::collections::BTreeMap;

use facet::Facet;
use serde::Serialize;
use vox::EncodeErrorKind;
use vox_oracle::{codec_test, mode};

/// Facet knows nothing of it, and need not: it is never written.
#[derive(Clone)]
struct Unknown;

/// The derive of serde counts skipped variants.
#[derive(Facet, Serialize, Clone)]
#[repr(i16)]
enum Kind {
    #[facet(skip)]
    #[serde(skip)]
    Gone = -7,
    Unit,
    #[facet(skip_serializing)]
    #[serde(skip_serializing)]
    Unwritten(#[facet(opaque)] Unknown, u32),
    Named {
        number: u64,
        text: String,
    },
    #[facet(skip_deserializing)]
    #[serde(skip_deserializing)]
    NotRead(u8),
    #[facet(skip)]
    #[serde(skip)]
    Last {
        text: String,
    },
}

const SKIPPED: &str = "a variant marked as skipped, which has no encoding";

fn named() -> Kind {
    Kind::Named {
        number: 300,
        text: "text".repeat(40),
    }
}

fn refused(place: &str) -> String {
    format!("cannot encode `{place}`: {SKIPPED}")
}

#[derive(Facet, Serialize)]
struct Holder {
    before: u32,
    kinds: Vec<Kind>,
    by_name: BTreeMap<String, Option<Kind>>,
    after: String,
}

fn holder(kind: Kind) -> Holder {
    Holder {
        before: 300,
        kinds: vec![Kind::Unit, named(), kind.clone()],
        by_name: [(String::from("a"), None), (String::from("b"), Some(kind))].into(),
        after: String::from("after"),
    }
}

codec_test!(others_are_written: Kind::Unit, named(), Kind::NotRead(1), holder(named()), holder(Kind::Unit));

codec_test!(
    skipped_are_not refuses:
    (Kind::Gone, &refused("Kind::Gone")),
    (Kind::Unwritten(Unknown, 1), &refused("Kind::Unwritten")),
    (Kind::Last { text: String::from("t") }, &refused("Kind::Last")),
    (holder(Kind::Gone), &refused("Holder.kinds[2]::Gone")),
    (
        BTreeMap::from([(1_u8, None), (2, Some(Kind::Gone))]),
        &refused("BTreeMap<u8, Option<Kind>>.values[1]::Gone")
    ),
    (Some(Box::new(Kind::Gone)), &refused("Option<Box<Kind>>::Gone")),
);

/// Of a length that is known, so that room is made for many elements at a time.
#[derive(Facet, Serialize, Clone)]
#[repr(u8)]
enum Gap {
    Number(u64),
    #[facet(skip)]
    #[serde(skip)]
    Gone,
}

codec_test!(
    fn elements_room_was_made_for_together(judge: &Judge) {
        let numbers = vec![Gap::Number(u64::MAX); 1000];
        judge.by_serde("none is gone", &numbers);
        for gone in [0, 1, 371, 372, 373, 743, 744, 999] {
            let mut gaps = numbers.clone();
            gaps[gone] = Gap::Gone;
            judge.refuses(
                &format!("{gone}"),
                &gaps,
                &refused(&format!("Vec<Gap>[{gone}]::Gone")),
            );
            let lists = vec![vec![], numbers.clone(), gaps];
            judge.refuses(
                &format!("2, {gone}"),
                &lists,
                &refused(&format!("Vec<Vec<Gap>>[2][{gone}]::Gone")),
            );
        }
    }
);

/// Serde refuses the same values, and no others.
#[test]
fn as_serde() {
    for kind in [Kind::Gone, Kind::Unwritten(Unknown, 1)] {
        assert!(postcard::to_allocvec(&kind).is_err());
    }
    for mode in mode::all() {
        let error = mode.runtime.to_bytes(&Kind::Gone).expect_err("refused");
        assert_eq!(error.kind(), EncodeErrorKind::InvalidValue);
        assert_eq!(error.path(), "::Gone");
        assert_eq!(
            mode.runtime.report::<Kind>().refusal,
            None,
            "the type has an encoding"
        );
    }
}

macro_rules! tagged {
    ($($name:ident: $($facet:ident $(= $text:literal)?),*;)+) => {$(
        #[derive(Facet, Serialize, Clone)]
        #[repr(u8)]
        #[facet($($facet $(= $text)?),*)]
        #[serde($($facet $(= $text)?),*)]
        enum $name {
            #[facet(skip)]
            #[serde(skip)]
            Gone,
            Unit,
            #[facet(skip_serializing)]
            #[serde(skip_serializing)]
            Pair { left: u8, right: u8 },
            Named { number: u32 },
        }
    )+};
}

tagged! {
    Untagged: untagged;
    Internally: tag = "type";
    Adjacently: tag = "type", content = "content";
}

codec_test!(
    others_of_tagged:
    Untagged::Unit, Untagged::Named { number: 300 },
    Internally::Unit, Internally::Named { number: 300 },
    Adjacently::Unit, Adjacently::Named { number: 300 },
);

codec_test!(
    skipped_of_tagged refuses:
    (Untagged::Gone, &refused("Untagged::Gone")),
    (Untagged::Pair { left: 1, right: 2 }, &refused("Untagged::Pair")),
    (Internally::Gone, &refused("Internally::Gone")),
    (Internally::Pair { left: 1, right: 2 }, &refused("Internally::Pair")),
    (Adjacently::Pair { left: 1, right: 2 }, &refused("Adjacently::Pair")),
);

/// The crate `serde_repr`, whose form it is, knows no `skip`; facet does.
#[derive(Facet, Clone)]
#[repr(u16)]
#[facet(is_numeric)]
enum Numeric {
    First = 3,
    #[facet(skip)]
    Gone = 400,
    Last = 300,
}

codec_test!(others_of_numeric as twin: (Numeric::First, 3_u16), (Numeric::Last, 300_u16));
codec_test!(skipped_of_numeric refuses: (Numeric::Gone, &refused("Numeric::Gone")));

/// Nothing of it can be written, and that is no reason to refuse the type.
#[derive(Facet, Clone)]
#[repr(u8)]
enum AllGone {
    #[facet(skip)]
    Only,
}

codec_test!(
    all_skipped refuses:
    (AllGone::Only, &refused("AllGone::Only")),
    ((1_u8, AllGone::Only, String::new()), &refused("(u8, AllGone, String).1::Only")),
);
codec_test!(none_of_all_skipped by walker: None::<AllGone>, Vec::<AllGone>::new());
