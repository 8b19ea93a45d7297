//! Everything that stands for another value: boxes, references, `Cow`, locks.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, RwLock};

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;

codec_test!(
    boxes:
    Box::new(300_u16),
    Box::new(()),
    Box::new(Box::new(Box::new(String::from("deep")))),
    Box::<str>::from(""),
    Box::<str>::from("text"),
    Box::<[u8]>::from([1, 2, 3]),
    Box::<[u32]>::from([300; 100]),
    Box::<[String]>::from([String::from("a"), String::from("b")]),
    Box::<[()]>::from([(); 7]),
    Box::new([1_u16, 300]),
    Box::new(Some(Box::new(1_u8))),
);

codec_test!(
    counted:
    Rc::new(300_u16),
    Arc::new(300_u16),
    Rc::<str>::from("rc"),
    Arc::<str>::from("arc"),
    Rc::<[u16]>::from([1, 300]),
    Arc::<[u16]>::from([1, 300]),
    Arc::<[u16]>::from([300; 3000]),
    Arc::<[u32]>::from([1, 300, u32::MAX]),
    Arc::<[u64]>::from([1, 300, u64::MAX]),
    Arc::<[i16]>::from([-1, 300, i16::MIN]),
    Arc::<[i32]>::from([-1, 300, i32::MIN]),
    Arc::<[i64]>::from([-1, 300, i64::MIN]),
    Arc::<[u8]>::from([]),
    Arc::<[String]>::from([String::from("a")]),
    Arc::new(vec![Rc::new(String::from("x"))]),
    Arc::new(Mutex::new(Arc::new(5_u8))),
);

codec_test!(
    references:
    &300_u16,
    &&&300_u16,
    &"text",
    &String::from("text"),
    &[1_u32, 300][..],
    &vec![1_u8],
    &Some(&1_u8),
    &(),
    (&1_u8, &"x", &[1_u16][..]),
);

codec_test!(
    cows:
    Cow::Borrowed("borrowed"),
    Cow::<'static, str>::Owned(String::from("owned")),
    Cow::<'static, [u8]>::Borrowed(&[1, 2, 3]),
    Cow::<'static, [u8]>::Owned(vec![1, 2, 3]),
    Cow::<'static, [u32]>::Owned(vec![300; 3000]),
    Cow::<'static, u64>::Borrowed(&u64::MAX),
    Cow::<'static, u64>::Owned(1),
    Cow::<'static, [String]>::Owned(vec![String::from("a")]),
    vec![Cow::Borrowed("a"), Cow::Owned(String::from("b"))],
);

#[derive(Facet, Serialize)]
struct Locked {
    before: u8,
    mutex: Mutex<Vec<String>>,
    between: u16,
    rwlock: RwLock<Option<u64>>,
    shared: Arc<Mutex<u8>>,
    after: u32,
}

codec_test!(
    locks:
    Mutex::new(300_u16),
    RwLock::new(300_u16),
    Mutex::new(()),
    Mutex::new(String::from("text")),
    RwLock::new(vec![1_u32, 300]),
    Mutex::new(RwLock::new(Mutex::new(7_u8))),
    vec![Mutex::new(1_u8), Mutex::new(2)],
    Some(RwLock::new(Some(1_u8))),
    Locked {
        before: 1,
        mutex: Mutex::new(vec![String::from("a"), String::from("b")]),
        between: 300,
        rwlock: RwLock::new(Some(u64::MAX)),
        shared: Arc::new(Mutex::new(9)),
        after: 70_000,
    },
);

codec_test!(
    cells as twin:
    (OnceLock::from(300_u16), 300_u16),
    (LazyLock::new(|| String::from("lazy")), "lazy"),
    (vec![OnceLock::from(String::from("a"))], vec!["a"]),
);

codec_test!(
    /// Guards are pointers that hold what they point to.
    fn guards(judge: &Judge) {
        let mutex = Mutex::new(300_u16);
        let rwlock = RwLock::new(String::from("text"));
        judge.by_twin("MutexGuard", &mutex.lock().unwrap(), &300_u16);
        judge.by_twin("RwLockReadGuard", &rwlock.read().unwrap(), &"text");
        judge.by_twin("RwLockWriteGuard", &rwlock.write().unwrap(), &"text");
    }
);

codec_test!(
    /// Written as what they point to, like shared ones.
    fn exclusive_references(judge: &Judge) {
        let mut number = 300_u16;
        let mut text = String::from("text");
        judge.by_serde("&mut u16", &&mut number);
        judge.by_serde("&mut str", &text.as_mut_str());
        judge.by_serde("&mut [u8]", &&mut [1_u8, 2][..]);
    }
);

#[derive(Facet, Serialize)]
struct Borrowed<'a> {
    text: &'a str,
    bytes: &'a [u8],
    number: &'a u64,
    cow: Cow<'a, str>,
    list: Vec<&'a str>,
    nested: Option<&'a Borrowed<'a>>,
}

codec_test!(
    borrowing_struct:
    Borrowed {
        text: "outer",
        bytes: &[1, 2],
        number: &u64::MAX,
        cow: Cow::Borrowed("c"),
        list: vec!["a", "b"],
        nested: Some(&Borrowed {
            text: "inner",
            bytes: &[],
            number: &0,
            cow: Cow::Owned(String::from("o")),
            list: vec![],
            nested: None,
        }),
    },
);
