//! Options nested four deep, over every kind of niche and over none: each state of
//! each level.

use facet::Facet;
use serde::Serialize;
use std::num::{NonZeroI64, NonZeroU8};
use std::rc::Rc;

use crate::forms::forms;

/// Niches behind the last variant.
#[derive(Facet, Serialize, Clone, Copy)]
#[repr(u8)]
pub(crate) enum Small {
    Yes = 3,
    No = 9,
}

/// A struct whose niche is in the middle.
#[derive(Facet, Serialize, Clone, Copy)]
pub(crate) struct Inside {
    before: u32,
    flag: bool,
    after: u64,
}

type Four<T> = Option<Option<Option<Option<T>>>>;

/// All states of four levels, by hand: what is between the brackets is evaluated anew.
macro_rules! nested {
    ($($name:ident($repr:ident) : $ty:ty = $value:expr;)+) => {
        forms! {
            $( $name($repr): Four<$ty> = [
                None,
                Some(None),
                Some(Some(None)),
                Some(Some(Some(None))),
                Some(Some(Some(Some($value)))),
            ]; )+
        }
    };
}

nested! {
    no_niche(u8): u32 = 300;
    float(u16): f64 = -0.5;
    unit(u32): () = ();
    boolean(u64): bool = true;
    character(i8): char = '€';
    non_zero(i16): NonZeroU8 = NonZeroU8::MAX;
    non_zero_wide(i32): NonZeroI64 = NonZeroI64::MIN;
    reference(i64): &'static u64 = &u64::MAX;
    text_reference(u8): &'static str = "text";
    slice_reference(u16): &'static [u16] = &[1, 300];
    boxed(u32): Box<u16> = Box::new(300);
    boxed_text(u64): Box<str> = "boxed".into();
    shared(i8): Rc<u32> = Rc::new(70_000);
    vector(i16): Vec<u8> = vec![1, 2, 3];
    string(i32): String = String::from("string");
    variants(i64): Small = Small::No;
    niche_inside(u8): Inside = Inside { before: 1, flag: true, after: 300 };
    pair(u16): (bool, u64) = (true, 1 << 40);
    array(u32): [Option<bool>; 3] = [None, Some(false), Some(true)];
    result(u64): Result<u8, bool> = Err(true);
}

/// Four levels beside each other.
#[derive(Facet, Serialize)]
struct Levels {
    one: Option<String>,
    two: Option<Option<bool>>,
    three: Option<Option<Option<Box<u8>>>>,
    four: Four<char>,
}

vox_oracle::zoo! { MEMBERS;
    small: Small = [Small::Yes, Small::No];
    inside: Inside = [Inside { before: 1, flag: false, after: u64::MAX }];
    levels: Levels = [
        Levels { one: None, two: None, three: None, four: None },
        Levels { one: Some(String::new()), two: Some(None), three: Some(None), four: Some(None) },
        Levels {
            one: Some(String::from("one")),
            two: Some(Some(true)),
            three: Some(Some(Some(Box::new(3)))),
            four: Some(Some(Some(Some('4')))),
        },
    ];
}
