//! Maps and sets: in the order of the very value, which is never rebuilt.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;

/// Sizes around the batches in which items are fetched.
const SIZES: &[u32] = &[0, 1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000, 10_000];

codec_test!(
    fn every_size(judge: &Judge) {
        for size in SIZES {
            let what = |name: &str| format!("{name} of {size}");
            judge.by_serde(&what("BTreeSet"), &(0..*size).collect::<BTreeSet<u32>>());
            judge.by_serde(&what("HashSet"), &(0..*size).collect::<HashSet<u32>>());
            let pairs = || (0..*size).map(|key| (key, format!("value {key}")));
            judge.by_serde(&what("BTreeMap"), &pairs().collect::<BTreeMap<_, _>>());
            judge.by_serde(&what("HashMap"), &pairs().collect::<HashMap<_, _>>());
        }
    }
);

#[derive(Facet, Serialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
enum Key {
    Number(u32),
    Text(String),
}

codec_test!(
    maps:
    BTreeMap::from([(Key::Number(300), vec![1_u8]), (Key::Text(String::from("k")), vec![])]),
    HashMap::from([(Key::Number(1), 1_u8), (Key::Number(2), 2), (Key::Text(String::new()), 3)]),
    BTreeMap::from([("a", BTreeMap::from([(1_u8, Some("x"))])), ("b", BTreeMap::new())]),
    HashMap::from([(String::from("outer"), HashMap::from([(1_u64, [1_u8, 2])]))]),
    BTreeMap::from([((), ())]),
    BTreeMap::from([(1_u8, ()), (2, ())]),
    BTreeMap::from([((1_u8, 'a'), (2_u16, "b"))]),
    BTreeMap::from([(Rc::<str>::from("rc"), Box::new(1_u8))]),
    BTreeMap::from([("key", Box::<str>::from("value")), ("other", "v".repeat(200).into())]),
    vec![BTreeMap::from([(1_u8, 2_u16)]), BTreeMap::new()],
    Some(BTreeMap::from([(u128::MAX, i128::MIN)])),
    (1_u8, HashMap::from([(1_u8, 2_u8)]), 3_u8),
);

codec_test!(
    sets:
    BTreeSet::from([Key::Number(1), Key::Text(String::from("k"))]),
    HashSet::from([String::from("a"), String::from("b"), "c".repeat(5000)]),
    BTreeSet::from([BTreeSet::from([1_u8, 2]), BTreeSet::new()]),
    BTreeSet::from([()]),
    BTreeSet::from([[1_u8, 2], [3, 4]]),
    HashSet::from([Some(1_u16), None]),
    vec![HashSet::from([300_u16]), HashSet::new()],
    (1_u8, BTreeSet::from(['x', 'é']), 2_u8),
);

codec_test!(
    /// Maps whose entries alone are larger than a chunk of a sink.
    fn large_entries(judge: &Judge) {
        let map: BTreeMap<String, Vec<u64>> = (0..20)
            .map(|key| (format!("{key:05000}"), vec![u64::MAX; 2000]))
            .collect();
        judge.by_serde("large entries", &map);
    }
);

codec_test!(
    /// Keys and values whose places in an entry differ.
    fn entries_of_odd_layout(judge: &Judge) {
        let map: HashMap<u8, u128> = (0..=255)
            .map(|key| (key, u128::MAX - u128::from(key)))
            .collect();
        judge.by_serde("HashMap<u8, u128>", &map);
        let map: HashMap<u128, u8> = map.into_iter().map(|(key, value)| (value, key)).collect();
        judge.by_serde("HashMap<u128, u8>", &map);
        let map: BTreeMap<u16, [u8; 3]> = (0..1000).map(|key| (key, [1, 2, 3])).collect();
        judge.by_serde("BTreeMap<u16, [u8; 3]>", &map);
    }
);
