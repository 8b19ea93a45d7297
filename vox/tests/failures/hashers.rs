//! Maps and sets with hashers of their own: facet's functions read them as if they had the standard one, which is right
//! where the table is at the same place. Where it is not, the type is refused.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use facet::Facet;
use vox::EncodeErrorKind;
use vox_oracle::mode;

/// A hasher of any contents.
#[derive(Default, Facet)]
struct With<T: 'static>(T);

impl<T> BuildHasher for With<T> {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        DefaultHasher::new()
    }
}

#[derive(Default, Facet)]
#[repr(align(64))]
struct Aligned([u64; 8]);

/// Encodes a map and a set with such a hasher; answers whether they are encoded.
fn is_encoded<S: BuildHasher + Default + Facet<'static>>() -> bool {
    let map: HashMap<u16, String, S> = HashMap::from_iter([(300, String::from("text"))]);
    let set: HashSet<i32, S> = HashSet::from_iter([-70_000]);
    let value = (map, set);
    let expected = postcard::to_allocvec(&(&value.0, &value.1)).expect("serde encodes it");
    let answers = mode::all().iter().map(|mode| {
        let name = &mode.name;
        match mode.runtime.to_bytes(&value) {
            Ok(bytes) => {
                assert_eq!(bytes, expected, "{name}");
                true
            }
            Err(error) => {
                assert_eq!(
                    error.kind(),
                    EncodeErrorKind::Unsupported,
                    "{name}: {error}"
                );
                let told = "has a hasher that changes where its table is";
                assert!(error.to_string().contains(told), "{name}: {error}");
                assert_eq!(error.path(), ".0", "{name}");
                false
            }
        }
    });
    let answers: Vec<bool> = answers.collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    answers[0]
}

#[test]
fn without_contents() {
    assert!(is_encoded::<With<()>>());
}

/// Entries of any size: the smallest tables depend on it.
#[test]
fn the_standard_one() {
    assert!(is_encoded::<std::hash::RandomState>());
    for mode in mode::all() {
        let runtime = &mode.runtime;
        let is = |bytes: Result<Vec<u8>, vox::EncodeError>, expected: &[u8]| {
            assert_eq!(bytes.expect("it encodes"), expected, "{}", mode.name);
        };
        is(runtime.to_bytes(&HashSet::from([()])), &[1]);
        is(runtime.to_bytes(&HashSet::from([7_u8])), &[1, 7]);
        is(runtime.to_bytes(&HashSet::from([7_u16])), &[1, 7]);
        let large = HashMap::from([([7_u8; 1000], [9_u8; 30_000])]);
        let expected = [&[1][..], &[7; 1000], &[9; 30_000]].concat();
        is(runtime.to_bytes(&large), &expected);
    }
}

/// More room than a probe would take.
#[test]
fn enormous_entries() {
    let none: HashMap<u8, [u64; 1 << 20]> = HashMap::new();
    let odd: HashMap<u8, [u64; 1 << 20], With<Aligned>> = HashMap::default();
    for mode in mode::all() {
        let bytes = mode.runtime.to_bytes(&none);
        assert_eq!(bytes.expect("it encodes"), [0], "{}", mode.name);
        let error = mode.runtime.to_bytes(&odd).expect_err("it is refused");
        assert_eq!(error.kind(), EncodeErrorKind::Unsupported, "{}", mode.name);
    }
}

/// What the compiler does with these is its own affair.
#[test]
fn with_contents() {
    let encoded = [
        is_encoded::<With<u8>>(),
        is_encoded::<With<[u64; 4]>>(),
        is_encoded::<With<(u64, bool)>>(),
        is_encoded::<With<Option<Box<u8>>>>(),
        is_encoded::<With<Aligned>>(),
    ];
    println!("encoded: {encoded:?}");
    // Its alignment alone puts it first.
    assert!(!encoded[4]);
}
