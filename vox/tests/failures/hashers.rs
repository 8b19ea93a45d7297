//! Maps and sets with hashers of their own: facet's functions read them as if they had the standard one, which is right
//! where the table is at the same place. Where it is not, the type is refused.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use facet::Facet;
use vox::EncodeErrorKind;
use vox_oracle::judge::Judge;
use vox_oracle::{codec_test, mode};

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

/// A map and a set, whose bytes do not depend on the hasher.
fn with_hasher<S: BuildHasher + Default>() -> (HashMap<u16, String, S>, HashSet<i32, S>) {
    (
        HashMap::from_iter([(300, String::from("text"))]),
        HashSet::from_iter([-70_000]),
    )
}

/// Encodes a map and a set with such a hasher; answers whether they are encoded. The walker reads those with the standard
/// hasher: of others it would read what facet's functions take for the table.
fn is_encoded<S: BuildHasher + Default + Facet<'static>>(judge: &Judge) -> bool {
    let value = with_hasher::<S>();
    let mut answers = Vec::new();
    let standard = with_hasher::<std::hash::RandomState>();
    judge.in_every_mode("standard", &standard, |mode, expected| {
        let name = &mode.name;
        answers.push(match mode.runtime.to_bytes(&value) {
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
        });
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    answers[0]
}

codec_test!(
    fn without_contents(judge: &Judge) {
        assert!(is_encoded::<With<()>>(judge));
    }
);

codec_test!(
    /// Entries of any size: the smallest tables depend on it.
    fn the_standard_one(judge: &Judge) {
        assert!(is_encoded::<std::hash::RandomState>(judge));
        judge.by_serde("()", &HashSet::from([()]));
        judge.by_serde("u8", &HashSet::from([7_u8]));
        judge.by_serde("u16", &HashSet::from([7_u16]));
        let large = HashMap::from([([7_u8; 1000], [9_u8; 30_000])]);
        let expected = [&[1][..], &[7; 1000], &[9; 30_000]].concat();
        judge.by_bytes("large entries", &large, &expected);
    }
);

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

codec_test!(
    /// What the compiler does with these is its own affair.
    fn with_contents(judge: &Judge) {
        let encoded = [
            is_encoded::<With<u8>>(judge),
            is_encoded::<With<[u64; 4]>>(judge),
            is_encoded::<With<(u64, bool)>>(judge),
            is_encoded::<With<Option<Box<u8>>>>(judge),
            is_encoded::<With<Aligned>>(judge),
        ];
        println!("encoded: {encoded:?}");
        // Its alignment alone puts it first.
        assert!(!encoded[4]);
    }
);
