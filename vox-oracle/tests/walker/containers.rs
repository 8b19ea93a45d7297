//! Options, results, lists, maps and sets.

use crate::specimens;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

#[test]
fn options() {
    specimens![
        None::<u8>,
        Some(0_u8),
        Some(300_u32),
        None::<String>,
        Some(String::new()),
        Some("text".to_owned()),
        Some(()),
        None::<()>,
        None::<Option<Option<u8>>>,
        Some(None::<Option<u8>>),
        Some(Some(None::<u8>)),
        Some(Some(Some(1_u8))),
        Some(Some(true)),
        Some(None::<bool>),
        [Some('x'), None],
        Some(Box::new(5_u64)),
        None::<Box<u64>>,
        Some(Some(Box::new(5_u64))),
        Some(&7_u16),
        Some(vec![Some(1_u8), None]),
        Some(u128::MAX),
        Some([0_u8; 0]),
    ];
}

#[test]
fn results() {
    specimens![
        Ok::<u32, String>(300),
        Err::<u32, String>("no".to_owned()),
        Ok::<(), ()>(()),
        Err::<(), ()>(()),
        Ok::<Option<u8>, Result<u8, u16>>(Some(1)),
        Err::<Option<u8>, Result<u8, u16>>(Err(300)),
        Some(Ok::<String, u8>("deep".to_owned())),
        vec![Ok::<u8, u64>(1), Err(u64::MAX)],
    ];
}

#[test]
fn lists() {
    specimens![
        Vec::<u8>::new(),
        b"bytes".to_vec(),
        vec![0_u8; 300],
        vec![300_u32, 0, u32::MAX],
        vec![-1_i8, 1],
        vec![(); 200],
        vec![1.5_f64, -2.5],
        vec!["a".to_owned(), String::new()],
        vec![vec![1_u8, 2], vec![], vec![3]],
        vec![true, false],
        vec![Some("x".to_owned()), None],
        vec![(1_u8, u64::MAX), (2, 0)],
        vec![[1_u16, 2]; 3],
    ];
}

#[test]
fn maps() {
    specimens![
        BTreeMap::<u8, u8>::new(),
        BTreeMap::from([(3_u32, "c".to_owned()), (1, "a".to_owned())]),
        BTreeMap::from([("k".to_owned(), BTreeMap::from([(1_u8, vec![1_u16])]))]),
        HashMap::<String, u8>::new(),
        HashMap::from([("only".to_owned(), 300_u16)]),
        (0..200_u32)
            .map(|key| (key, key.to_string()))
            .collect::<HashMap<_, _>>(),
        BTreeMap::from([((), ())]),
        BTreeMap::from([(Some(1_u8), None::<u8>), (None, Some(2))]),
    ];
}

#[test]
fn sets() {
    specimens![
        BTreeSet::<u8>::new(),
        BTreeSet::from([300_u16, 1, 2]),
        HashSet::<String>::new(),
        HashSet::from(["one".to_owned()]),
        (0..200_u64).collect::<HashSet<_>>(),
        BTreeSet::from([BTreeSet::from([1_u8]), BTreeSet::new()]),
    ];
}
