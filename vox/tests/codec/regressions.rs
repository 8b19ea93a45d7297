//! What broke in an earlier encoder of this kind: one named test each.

#![allow(
    dead_code,
    reason = "facet reads these variants, rustc does not see it"
)]

use std::sync::Arc;

use facet::Facet;
use serde::Serialize;
use smallvec::SmallVec;
use vox_oracle::codec_test;

codec_test!(usize_over_16_bits: 65_535_usize, 65_536_usize, 70_000_usize, usize::MAX, vec![65_536_usize]);
codec_test!(isize_over_16_bits: 32_768_isize, -32_769_isize, 70_000_isize, isize::MIN, vec![-70_000_isize]);
codec_test!(lengths_over_16_bits: vec![1_u16; 65_536], "x".repeat(65_537));

#[derive(Facet, Serialize)]
#[repr(i8)]
enum NegativeI8 {
    Minus = -1,
    Least(u8) = -128,
    Plus = 1,
}

#[derive(Facet, Serialize)]
#[repr(i16)]
enum NegativeI16 {
    Minus = -1,
    Least(u8) = -32_768,
}

codec_test!(
    negative_discriminants_in_small_reprs:
    NegativeI8::Minus, NegativeI8::Least(7), NegativeI8::Plus,
    vec![NegativeI8::Minus, NegativeI8::Least(1)],
    NegativeI16::Minus, NegativeI16::Least(7),
);

#[derive(Facet, Serialize, Clone)]
struct Branch {
    id: u32,
    #[facet(recursive_type)]
    branches: Vec<Branch>,
}

fn branch(depth: u32) -> Branch {
    Branch {
        id: depth,
        branches: depth.checked_sub(1).map(branch).into_iter().collect(),
    }
}

#[derive(Facet, Serialize)]
struct Owner {
    list: Vec<Branch>,
    one: Branch,
}

#[derive(Facet, Serialize)]
struct OtherOwner {
    owner: Owner,
    branch: Option<Box<Branch>>,
}

codec_test!(list_of_a_recursive_type: vec![branch(3), branch(0)], branch(10));

codec_test!(
    recursive_type_through_two_parents:
    Owner { list: vec![branch(1)], one: branch(2) },
    OtherOwner {
        owner: Owner { list: vec![branch(2), branch(0)], one: branch(1) },
        branch: Some(Box::new(branch(3))),
    },
);

codec_test!(arc_of_slice: Arc::<[u16]>::from([1, 300, 65_535]), Arc::<[u16]>::from([]));
codec_test!(arc_of_str: Arc::<str>::from("text"), Arc::<str>::from(""));
codec_test!(box_of_str: Box::<str>::from("text"), Box::<str>::from(""));
codec_test!(reference_to_slice: &[1_u32, 300, u32::MAX][..], &[] as &[u32]);
codec_test!(box_of_slice: Box::<[u32]>::from([1, 300, u32::MAX]), Box::<[u32]>::from([]));
codec_test!(
    box_of_slice_of_strings:
    Box::<[String]>::from([String::from("a"), String::from("b")]),
    Box::<[String]>::from([]),
);

#[derive(Facet, Serialize)]
struct Small {
    inline: SmallVec<[u32; 4]>,
    spilled: SmallVec<[u32; 2]>,
    texts: SmallVec<[String; 1]>,
    bytes: SmallVec<[u8; 16]>,
}

codec_test!(
    small_vec:
    SmallVec::<[u16; 4]>::from_slice(&[1, 300]),
    SmallVec::<[u16; 4]>::from_slice(&[300; 100]),
    SmallVec::<[u8; 8]>::new(),
    Small {
        inline: SmallVec::from_slice(&[1, 2, 300]),
        spilled: SmallVec::from_slice(&[1, 2, 300]),
        texts: [String::from("a"), String::from("b")].into_iter().collect(),
        bytes: SmallVec::from_slice(&[1, 2, 3]),
    },
    vec![SmallVec::<[u64; 1]>::from_slice(&[1]), SmallVec::from_slice(&[1, 2])],
);

codec_test!(
    wide_integers:
    u128::MAX, i128::MIN, i128::MAX, 1_u128 << 64, -1_i128,
    vec![u128::MAX; 100], (1_u8, i128::MIN, 2_u8), Some(u128::MAX),
);

/// Only the proxy is known to the shape.
#[derive(Facet)]
struct WithFieldProxy {
    before: u8,
    #[facet(proxy = String)]
    value: Hidden,
    after: u8,
}

#[derive(Facet)]
struct Hidden(u32);

impl From<&Hidden> for String {
    fn from(value: &Hidden) -> Self {
        format!("<{}>", value.0)
    }
}

impl From<String> for Hidden {
    fn from(_: String) -> Self {
        Self(0)
    }
}

codec_test!(
    field_proxy as twin:
    (WithFieldProxy { before: 1, value: Hidden(300), after: 2 }, (1_u8, "<300>", 2_u8)),
);

#[derive(Facet, Serialize)]
struct WithSkip {
    before: u8,
    #[facet(skip)]
    #[serde(skip)]
    skipped: Vec<String>,
    after: u8,
}

codec_test!(
    skip:
    WithSkip { before: 1, skipped: vec![String::from("no")], after: 2 },
    vec![WithSkip { before: 1, skipped: vec![], after: 2 }],
);

#[derive(Facet, Serialize)]
struct Link {
    value: u8,
    #[facet(recursive_type)]
    next: Option<Box<Link>>,
}

/// As deep as the judges go; `failures` goes deeper.
fn links(count: u8) -> Link {
    let mut link = Link {
        value: 0,
        next: None,
    };
    for value in 0..count {
        link = Link {
            value,
            next: Some(Box::new(link)),
        };
    }
    link
}

codec_test!(deep_list: links(160));
