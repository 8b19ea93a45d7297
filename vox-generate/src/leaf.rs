//! The types at the ends: real Rust types with real values.
//!
//! Each derives (or has) `Serialize` as well, so serde's postcard says what their bytes are.
//! Everything around them is made at run time.

use core::alloc::Layout;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::num::{NonZeroI16, NonZeroU8, NonZeroU32};
use core::time::Duration;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

use facet::Facet;
use facet_core::Shape;
use serde::Serialize;

use crate::Choices;
use crate::arena::{DropFn, drop_as};

/// A real type.
pub(crate) struct Leaf {
    pub(crate) name: &'static str,
    pub(crate) shape: fn() -> &'static Shape,
    pub(crate) layout: Layout,
    /// Writes a value to memory of this layout, and its bytes to the output.
    pub(crate) make: unsafe fn(&mut Choices<'_>, *mut u8, &mut Vec<u8>),
    pub(crate) drop: Option<DropFn>,
}

impl core::fmt::Debug for Leaf {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name)
    }
}

/// A type with values that follow from choices.
trait Specimen: Facet<'static> + Serialize {
    fn make(choices: &mut Choices<'_>) -> Self;
}

impl Leaf {
    const fn of<T: Specimen>(name: &'static str) -> Self {
        Self {
            name,
            shape: facet::shape_of::<T>,
            layout: Layout::new::<T>(),
            make: make::<T>,
            drop: if core::mem::needs_drop::<T>() {
                Some(drop_as::<T>)
            } else {
                None
            },
        }
    }
}

unsafe fn make<T: Specimen>(choices: &mut Choices<'_>, at: *mut u8, out: &mut Vec<u8>) {
    let value = T::make(choices);
    let bytes = postcard::to_allocvec(&value).expect("serde postcard encodes every leaf");
    out.extend_from_slice(&bytes);
    // SAFETY: the caller gave memory of this type's layout; fields of packed structs
    // are at any address.
    unsafe { at.cast::<T>().write_unaligned(value) };
}

macro_rules! leaves {
    ($($name:ident = $($ty:ty),+ ;)+) => { $(
        pub(crate) static $name: &[Leaf] = &[ $( Leaf::of::<$ty>(stringify!($ty)) ),+ ];
    )+ };
}

leaves! {
    // Copied, without padding in them that anyone reads, and allowed in packed structs.
    SCALARS = u8, bool, u16, u32, u64, i8, i16, i32, i64, f32, f64, char, u128, i128, usize, isize, ();
    // The elements of the specialised list ops.
    INTEGERS = u16, u32, u64, i16, i32, i64, u8, f32;
    OTHERS = String, Box<str>, Arc<str>, Cow<'static, str>, PathBuf, Duration, IpAddr, Ipv4Addr, Ipv6Addr,
        SocketAddr, Vec<u8>, Vec<u32>, Vec<String>, Vec<Option<u16>>, Vec<()>, Box<[u64]>, Arc<[u16]>, Rc<[String]>,
        Option<bool>, Option<char>, Option<u64>, Option<NonZeroU32>, Option<Box<u16>>, Option<Option<bool>>,
        Option<String>, NonZeroU8, NonZeroI16, Result<u8, i64>, Result<String, ()>, BTreeMap<u16, String>,
        BTreeSet<i32>, Mutex<u32>, RwLock<Vec<u16>>, (u8, u64), [i16; 5], [u8; 32], [String; 2], Rc<u64>, Box<i128>;
}

macro_rules! integers {
    ($($ty:ty)+) => { $(
        impl Specimen for $ty {
            // Truncated on purpose: each width sees its own edges.
            fn make(choices: &mut Choices<'_>) -> Self { choices.bits() as $ty }
        }
    )+ };
}

integers! { u8 u16 u32 u64 i8 i16 i32 i64 usize isize }

macro_rules! specimens {
    ($($ty:ty = |$choices:ident| $value:expr;)+) => { $(
        impl Specimen for $ty { fn make($choices: &mut Choices<'_>) -> Self { $value } }
    )+ };
}

specimens! {
    () = |_choices| ();
    bool = |choices| choices.below(2) == 1;
    f32 = |choices| f32::from_bits(choices.bits() as u32);
    f64 = |choices| f64::from_bits(choices.bits());
    u128 = |choices| u128::from(choices.bits()) << 64 | u128::from(choices.bits());
    i128 = |choices| u128::make(choices).cast_signed() >> choices.below(127);
    char = |choices| choices.pick(&['a', '\0', '\x7f', '\u{80}', 'é', '\u{7ff}', '\u{800}', '€', '\u{ffff}', '🦀', '\u{10ffff}']);
    String = |choices| text(choices);
    Box<str> = |choices| text(choices).into();
    Arc<str> = |choices| text(choices).into();
    Cow<'static, str> = |choices| if choices.below(2) == 0 { Cow::Borrowed("borrowed") } else { Cow::Owned(text(choices)) };
    PathBuf = |choices| text(choices).into();
    Duration = |choices| Duration::new(choices.bits(), choices.below(1_000_000_000) as u32);
    Ipv4Addr = |choices| Ipv4Addr::from_bits(choices.bits() as u32);
    Ipv6Addr = |choices| Ipv6Addr::from_bits(u128::make(choices));
    IpAddr = |choices| if choices.below(2) == 0 { Ipv4Addr::make(choices).into() } else { Ipv6Addr::make(choices).into() };
    SocketAddr = |choices| SocketAddr::new(IpAddr::make(choices), u16::make(choices));
    Vec<u8> = |choices| list(choices);
    Vec<u16> = |choices| list(choices);
    Vec<u32> = |choices| list(choices);
    Vec<String> = |choices| list(choices);
    Vec<Option<u16>> = |choices| list(choices);
    // serde takes a step for each.
    Vec<()> = |choices| vec![(); choices.small(5000)];
    Box<[u64]> = |choices| list(choices).into();
    Arc<[u16]> = |choices| list(choices).into();
    Rc<[String]> = |choices| list(choices).into();
    NonZeroU8 = |choices| NonZeroU8::MIN.saturating_add(u8::make(choices));
    NonZeroU32 = |choices| NonZeroU32::MIN.saturating_add(u32::make(choices));
    NonZeroI16 = |choices| NonZeroI16::new(i16::make(choices)).unwrap_or(NonZeroI16::MIN);
    Result<u8, i64> = |choices| if choices.below(2) == 0 { Ok(u8::make(choices)) } else { Err(i64::make(choices)) };
    Result<String, ()> = |choices| if choices.below(2) == 0 { Err(()) } else { Ok(text(choices)) };
    BTreeMap<u16, String> = |choices| list::<(u16, String)>(choices).into_iter().collect();
    BTreeSet<i32> = |choices| list::<i32>(choices).into_iter().collect();
    Mutex<u32> = |choices| Mutex::new(u32::make(choices));
    RwLock<Vec<u16>> = |choices| RwLock::new(list(choices));
    (u8, u64) = |choices| (u8::make(choices), u64::make(choices));
    (u16, String) = |choices| (u16::make(choices), text(choices));
    [i16; 5] = |choices| [(); 5].map(|()| i16::make(choices));
    [u8; 32] = |choices| [choices.bits() as u8; 32];
    [String; 2] = |choices| [text(choices), text(choices)];
    Rc<u64> = |choices| Rc::new(u64::make(choices));
    Box<i128> = |choices| Box::new(i128::make(choices));
    Box<u16> = |choices| Box::new(u16::make(choices));
}

impl<T: Specimen> Specimen for Option<T> {
    fn make(choices: &mut Choices<'_>) -> Self {
        (choices.below(2) == 1).then(|| T::make(choices))
    }
}

fn list<T: Specimen>(choices: &mut Choices<'_>) -> Vec<T> {
    let len = choices.small(20);
    (0..len).map(|_| T::make(choices)).collect()
}

/// Lengths around what copies are made for; text of one to four bytes a character.
fn text(choices: &mut Choices<'_>) -> String {
    let len = match choices.below(8) {
        0 => 0,
        1..=4 => choices.small(16),
        5 | 6 => choices.small(70),
        _ => choices.small(400),
    };
    let piece = choices.pick(&["a", "é", "€", "🦀"]);
    piece.repeat(len)
}
