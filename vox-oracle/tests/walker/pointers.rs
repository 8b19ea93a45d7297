//! Everything that stands for another value.

use crate::{judge_as, specimens};
use std::borrow::Cow;
use std::rc::{Rc, Weak};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, RwLock};

#[test]
fn boxes() {
    specimens![
        Box::new(300_u32),
        Box::new(()),
        Box::new("text".to_owned()),
        Box::<str>::from("text"),
        Box::<str>::from(""),
        Box::<[u8]>::from([1, 2, 3]),
        Box::<[u32]>::from([300, 0]),
        Box::<[String]>::from(["a".to_owned()]),
        Box::<[()]>::from([(), ()]),
        Box::new(Box::new(Some(1_u8))),
        Box::new(Box::<str>::from("thin over wide")),
    ];
}

#[test]
fn reference_counts() {
    specimens![
        Rc::new(300_u32),
        Rc::<str>::from("text"),
        Rc::<[u16]>::from([300, 1]),
        Arc::new("text".to_owned()),
        Arc::<str>::from("text"),
        Arc::<[u16]>::from([300, 1]),
        Arc::<[String]>::from(["a".to_owned(), String::new()]),
        vec![Arc::<str>::from("a"), Arc::from("bc")],
        Some(Arc::<[u8]>::from([1, 2])),
    ];
}

#[test]
fn weak_pointers_are_options() {
    let strong = Rc::new("alive".to_owned());
    let shared = Arc::<str>::from("alive");
    specimens![
        Rc::downgrade(&strong),
        Weak::<u32>::new(),
        Arc::downgrade(&shared),
        Arc::downgrade(&Arc::<[u16]>::from([300])),
    ];
    // The walker upgraded for a moment and must have let go again.
    assert_eq!(Rc::strong_count(&strong), 1);
    assert_eq!(Arc::strong_count(&shared), 1);
}

#[test]
fn references() {
    let mut number = 300_u32;
    let mut words = ["a".to_owned(), "b".to_owned()];
    specimens![
        &300_u32,
        &&&300_u32,
        &mut number,
        &words[..],
        &[1_u8, 2, 3][..],
        &[300_u32][..],
        &b""[..],
        &[1_u16, 2],
        &"text",
        &mut words[..],
        vec!["a", "bc"],
        vec![&b"a"[..], b"bc"],
        (&1_u8, "x", &[2_u8][..]),
    ];
    crate::judge::<[u16]>("bare slice", &[300, 1]);
    crate::judge::<[String]>("bare empty slice", &[]);
}

#[test]
fn cows() {
    specimens![
        Cow::Borrowed("borrowed"),
        Cow::<'_, str>::Owned("owned".to_owned()),
        Cow::Borrowed(&[1_u8, 2][..]),
        Cow::<'_, [u32]>::Owned(vec![300]),
        Cow::<'_, u64>::Owned(300),
        vec![Cow::Borrowed("a"), Cow::Owned("b".to_owned())],
    ];
}

#[test]
fn locks_are_the_value_they_guard() {
    let mutex = Mutex::new("locked".to_owned());
    let read_write = RwLock::new(vec![300_u16]);
    specimens![
        mutex,
        read_write,
        Arc::new(Mutex::new(5_u8)),
        Mutex::new(Mutex::new(1_u8))
    ];
    assert!(mutex.try_lock().is_ok(), "the walker let go of the lock");
    assert!(
        read_write.try_write().is_ok(),
        "the walker let go of the lock"
    );
    // A lock that is held for reading can be read once more.
    let _reader = read_write.read();
    specimens![read_write];
}

/// Serde refuses a poisoned lock; facet reads on, and the walker with it: from
/// the shape nobody can tell that a lock is poisoned.
#[test]
fn a_poisoned_lock_is_read_on() {
    let mutex = Mutex::new(7_u8);
    std::thread::scope(|scope| {
        let poisoner = scope.spawn(|| {
            let _guard = mutex.lock();
            std::panic::resume_unwind(Box::new("poison"));
        });
        assert!(poisoner.join().is_err());
    });
    assert!(mutex.is_poisoned());
    assert!(postcard::to_allocvec(&mutex).is_err());
    judge_as("poisoned", &mutex, &7_u8);
}

/// Facet reflects these, serde does not: the value itself is the judge.
#[test]
fn cells_and_guards_are_the_value_they_hold() {
    let once = OnceLock::from(300_u32);
    judge_as("once lock", &once, &300_u32);
    let lazy: LazyLock<String> = LazyLock::new(|| "lazy".to_owned());
    judge_as("lazy lock", &lazy, "lazy");
    let mutex = Mutex::new(7_u16);
    judge_as("mutex guard", &mutex.lock().expect("not poisoned"), &7_u16);
}
