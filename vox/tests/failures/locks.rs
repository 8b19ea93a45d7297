//! Locks that cannot be taken, and locks that are let go after any failure.

#![allow(dead_code, reason = "facet reads these fields, rustc does not see it")]

use std::sync::{Mutex, OnceLock, RwLock};

use facet::Facet;
use vox::EncodeErrorKind;
use vox_oracle::{codec_test, mode};

use crate::moody::{self, Mood, Moody, MoodyLock};

#[derive(Facet)]
struct Settings {
    name: String,
    cells: Vec<Option<OnceLock<u8>>>,
}

codec_test!(
    refused refuses:
    (
        MoodyLock::new(Mood::Refuses, 1_u8),
        "cannot encode `MoodyLock`: the lock could not be taken, or the `OnceLock` is not set"
    ),
    (
        OnceLock::<u8>::new(),
        "cannot encode `OnceLock<u8>`: the lock could not be taken, or the `OnceLock` is not set"
    ),
    (
        Settings {
            name: String::from("n"),
            cells: vec![None, Some(OnceLock::from(1)), Some(OnceLock::new())],
        },
        "cannot encode `Settings.cells[2]`: the lock could not be taken, or the `OnceLock` is not set"
    ),
);

#[derive(Facet)]
struct Locked {
    mutex: Mutex<RwLock<Vec<MoodyLock<Moody>>>>,
}

fn locked(mood: Mood, moody: Moody) -> Locked {
    Locked {
        mutex: Mutex::new(RwLock::new(vec![
            MoodyLock::new(Mood::Fine, Moody::Fine(1)),
            MoodyLock::new(mood, moody),
        ])),
    }
}

#[test]
fn let_go_after_a_failure() {
    for (mood, moody, kind, text) in [
        (
            Mood::Fine,
            Moody::Refuses,
            EncodeErrorKind::Proxy,
            "cannot encode `Locked.mutex[1]`: the proxy conversion failed: not today",
        ),
        (
            Mood::Refuses,
            Moody::Fine(1),
            EncodeErrorKind::Lock,
            "cannot encode `Locked.mutex[1]`: the lock could not be taken, or the `OnceLock` is not set",
        ),
    ] {
        let value = locked(mood, moody);
        for mode in mode::all() {
            let error = mode.runtime.to_bytes(&value).expect_err("it fails");
            assert_eq!(error.kind(), kind, "{}", mode.name);
            assert_eq!(error.to_string(), text, "{}", mode.name);
            let rwlock = value.mutex.try_lock().expect("the mutex is free");
            let list = rwlock.try_write().expect("the lock is free");
            assert!(list.iter().all(|lock| !lock.is_held()), "{}", mode.name);
            assert_eq!(moody::live(), (0, 0), "{}", mode.name);
        }
    }
}

codec_test!(
    /// A poisoned lock is read like any other: reflection looks past the poison.
    fn poisoned_locks_are_read(judge: &Judge) {
        let mutex = Mutex::new(300_u16);
        let rwlock = RwLock::new(String::from("text"));
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _guard = mutex.lock();
            let _other = rwlock.write();
            panic!("poison");
        }));
        assert!(outcome.is_err());
        assert!(mutex.is_poisoned() && rwlock.is_poisoned());
        judge.by_bytes("poisoned mutex", &mutex, &[0xac, 0x02]);
        judge.by_bytes("poisoned rwlock", &rwlock, b"\x04text");
    }
);

/// The guard is held around length and elements: what is written is one of the
/// states the list was in.
#[test]
fn a_list_that_changes_meanwhile() {
    let states = [vec![1_u32; 3], vec![300; 5000], vec![], vec![70_000; 100]];
    let encoded: Vec<_> = states
        .iter()
        .map(|state| postcard::to_allocvec(state).expect("serde encodes it"))
        .collect();
    for mode in mode::all() {
        let list = Mutex::new(states[0].clone());
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for state in states.iter().cycle() {
                    if stop.load(std::sync::atomic::Ordering::Relaxed) {
                        break;
                    }
                    list.lock().expect("nobody panics").clone_from(state);
                }
            });
            for _ in 0..vox_oracle::scale::scaled(300) {
                let bytes = mode.runtime.to_bytes(&list).expect("it encodes");
                assert!(encoded.contains(&bytes), "{}: a torn list", mode.name);
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }
}
