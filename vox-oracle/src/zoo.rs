//! The zoo: many types, each tried at every kind of place.
//!
//! A member of the zoo is a type with a few values at its boundaries. Its test, a [`codec_test!`](crate::codec_test) that
//! [`zoo!`](crate::zoo!) declares, encodes each of them in every mode as the root, as a field between others, as the element of a
//! list, as the payload of an option and as the value of a map.
//!
//! The root is judged by serde's `postcard`, and everything by the walker. At the other places
//! serde's bytes of the root are put together by postcard's rules, which need no
//! more than concatenation: that spares four instances of serde's code per type, and is an oracle of its
//! own. Everything below [`visit`] works on reflected values, so that a thousand types
//! do not compile the judge a thousand times.
//!
//! Not here: other kinds of output than vectors ([`crate::judge`]).

use std::collections::BTreeMap;

use facet::Facet;
use facet_core::Shape;
use facet_reflect::Peek;
use serde::Serialize;

use crate::assert_same_bytes;
use crate::mode::Mode;
use crate::walker;
use crate::wire;

/// One type of the zoo.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// The module it is in.
    pub module: &'static str,
    /// Its name, unique in the module.
    pub name: &'static str,
    /// Its shape.
    pub shape: fn() -> &'static Shape,
    /// Hands its values out, at every place.
    pub visit: fn(&mut Visitor<'_>),
}

impl Member {
    /// Its module and name, without the test program they are in.
    #[must_use]
    pub fn full_name(&self) -> String {
        let module = self.module.split_once("::").map_or("", |(_, rest)| rest);
        format!("{module}::{}", self.name)
    }
}

/// Members that belong together.
#[derive(Debug)]
pub struct Family {
    /// What they are called together.
    pub name: &'static str,
    /// The members, as the modules have them.
    pub members: &'static [&'static [&'static [Member]]],
}

impl Family {
    /// Every member.
    pub fn members(&self) -> impl Iterator<Item = &'static Member> {
        self.members.iter().copied().flatten().copied().flatten()
    }
}

/// How many types the families have that are derived where they are tested, each
/// counted once.
#[must_use]
pub fn count_derived(families: &[Family]) -> usize {
    let mut derived = std::collections::BTreeSet::new();
    for member in families.iter().flat_map(Family::members) {
        let shape = (member.shape)();
        let here = member.module.split("::").next();
        if shape.module_path.and_then(|path| path.split("::").next()) == here {
            derived.insert(format!("{:?}", shape.id));
        }
    }
    derived.len()
}

/// What is done with each value.
pub type Visitor<'v> = dyn FnMut(Specimen<'_>) + 'v;

/// A value at a place, with the bytes it must have.
#[derive(Debug)]
pub struct Specimen<'a> {
    /// Whether the value is the root.
    pub is_root: bool,
    /// Which of the member's values it is.
    pub index: usize,
    /// The value.
    pub peek: Peek<'a, 'static>,
    /// Its bytes.
    pub expected: &'a [u8],
}

/// All places but the root.
#[derive(Facet)]
struct Places<T: 'static> {
    before: u8,
    field: T,
    between: u16,
    list: Vec<T>,
    option: Option<T>,
    map: BTreeMap<u8, T>,
    after: u32,
}

/// Visits values that are their own serde twins.
pub fn visit<T>(make: fn() -> Vec<T>, visitor: &mut Visitor<'_>)
where
    T: Facet<'static> + Serialize + 'static,
{
    let encode = |value| postcard::to_allocvec(value).expect("serde encodes the specimen");
    let encoded: Vec<Vec<u8>> = make().iter().map(encode).collect();
    visit_encoded(make, &encoded, visitor);
}

/// Visits values whose bytes are known.
pub fn visit_encoded<T>(make: fn() -> Vec<T>, encoded: &[Vec<u8>], visitor: &mut Visitor<'_>)
where
    T: Facet<'static> + 'static,
{
    let roots = make();
    assert_eq!(roots.len(), encoded.len(), "as many values as encodings");
    for (index, (value, expected)) in roots.iter().zip(encoded).enumerate() {
        visitor(Specimen {
            is_root: true,
            index,
            peek: Peek::new(value),
            expected,
        });
    }
    for (index, root) in encoded.iter().enumerate() {
        let pick = || make().swap_remove(index);
        // Everything in the containers once is enough.
        let (list, rest) = if index == 0 {
            (make(), encoded)
        } else {
            (Vec::new(), &[][..])
        };
        let places = Places {
            before: 0xa5,
            field: pick(),
            between: 300,
            list,
            option: Some(pick()),
            map: (0..)
                .zip(if index == 0 { make() } else { Vec::new() })
                .collect(),
            after: 70_000,
        };
        visitor(Specimen {
            is_root: false,
            index,
            peek: Peek::new(&places),
            expected: &places_of(root, rest),
        });
    }
}

/// The bytes of [`Places`] from those of its parts.
fn places_of(root: &[u8], all: &[Vec<u8>]) -> Vec<u8> {
    let mut out = vec![0xa5];
    wire::raw(&mut out, root);
    wire::varint(&mut out, 300);
    wire::length(&mut out, all.len());
    wire::raw(&mut out, &all.concat());
    wire::boolean(&mut out, true);
    wire::raw(&mut out, root);
    wire::length(&mut out, all.len());
    for (key, value) in (0..).zip(all) {
        wire::byte(&mut out, key);
        wire::raw(&mut out, value);
    }
    wire::varint(&mut out, 70_000);
    out
}

/// Judges every value of a member, in every mode.
pub(crate) fn judge(member: &Member, modes: &[Mode]) {
    let mut count = 0;
    (member.visit)(&mut |specimen| {
        count += 1;
        judge_specimen(member, &specimen, modes);
    });
    assert!(count > 0, "{}::{} has values", member.module, member.name);
}

fn judge_specimen(member: &Member, specimen: &Specimen<'_>, modes: &[Mode]) {
    const BEFORE: [u8; 3] = [0xa5, 0x5a, 0x99];
    let place = if specimen.is_root {
        "root"
    } else {
        "other places"
    };
    let label = format!(
        "{}::{}, value {}, {place}",
        member.module, member.name, specimen.index
    );
    match walker::encode(specimen.peek) {
        Ok(walked) => {
            assert_same_bytes(&format!("{label}, the walker"), specimen.expected, &walked);
        }
        Err(error) => panic!("{label}: the walker refuses it: {error}"),
    }
    for mode in modes {
        let label = format!("{label}, {}", mode.name);
        let mut buffer = BEFORE.to_vec();
        match mode.runtime.peek_to_bytes_in(specimen.peek, &mut buffer) {
            Ok(len) => assert_eq!(len, specimen.expected.len(), "{label}: the length answered"),
            Err(error) => panic!("{label}: {error}"),
        }
        assert_eq!(
            buffer[..BEFORE.len()],
            BEFORE,
            "{label}: what was there before"
        );
        assert_same_bytes(&label, specimen.expected, &buffer[BEFORE.len()..]);
    }
}

/// Declares members of the zoo, and a [`codec_test!`](crate::codec_test) for each: `name: Type = [values];`.
///
/// Members whose twin is another value are declared as `name: Type as twin =
/// [(value, twin), ...];`, in an invocation of their own.
#[macro_export]
macro_rules! zoo {
    ($members:ident; $($name:ident : $ty:ty = [$($value:expr),+ $(,)?];)+) => {
        pub(crate) const $members: &[$crate::zoo::Member] = &[$( $crate::zoo::Member {
            module: module_path!(),
            name: stringify!($name),
            shape: || <$ty as ::facet::Facet>::SHAPE,
            visit: |visitor| {
                $crate::zoo::visit::<$ty>(|| vec![$($value),+], visitor);
            },
        } ),+];
        $crate::zoo!(@tests $members; $($name)+);
    };
    ($members:ident; $($name:ident : $ty:ty as twin = [$(($value:expr, $twin:expr)),+ $(,)?];)+) => {
        pub(crate) const $members: &[$crate::zoo::Member] = &[$( $crate::zoo::Member {
            module: module_path!(),
            name: stringify!($name),
            shape: || <$ty as ::facet::Facet>::SHAPE,
            visit: |visitor| {
                let encoded = vec![$( ::postcard::to_allocvec(&$twin).expect("the twin") ),+];
                $crate::zoo::visit_encoded::<$ty>(|| vec![$($value),+], &encoded, visitor);
            },
        } ),+];
        $crate::zoo!(@tests $members; $($name)+);
    };
    (@tests $members:ident; $($name:ident)+) => {
        $(
            $crate::codec_test!(fn $name(judge: &Judge) {
                judge.member($members, stringify!($name));
            });
        )+
    };
}
