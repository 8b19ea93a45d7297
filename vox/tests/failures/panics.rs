//! Panics of user code, at every call: the caller sees that very panic, its
//! buffer is as it was, nothing leaks, locks are let go, and encoding goes on.

#![allow(dead_code, reason = "facet reads these fields, rustc does not see it")]

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::{Mutex, RwLock};

use facet::Facet;
use vox_oracle::{codec_test, mode};

use crate::moody::{self, Mood, Moody, MoodyLock};
use crate::script::{self, ScriptedList, ScriptedMap, ScriptedSet};

codec_test!(
    fn an_iterator_at_every_call(judge: &Judge) {
        for call in [0, 1, 5, 30, 31, 32, 33, 39, 40] {
            let text = format!("the iterator panics at call {call}");
            judge.panics("list", &ScriptedList::panicking(40, call), &text);
            judge.panics("set", &ScriptedSet::panicking(40, call), &text);
            judge.panics("map", &ScriptedMap::panicking(40, call), &text);
            judge.panics(
                "nested",
                &(
                    1_u8,
                    vec![ScriptedList::honest(40), ScriptedList::panicking(40, call)],
                    2_u8,
                ),
                &text,
            );
        }
        assert_eq!(script::live_iterators(), 0);
    }
);

const CONVERTING: &str = "the conversion panics";
const DROPPING: &str = "the proxy panics when dropped";

codec_test!(
    /// The element that panics is the k-th of many.
    fn a_proxy_at_every_element(judge: &Judge) {
        for idx in [0, 1, 2, 50, 99] {
            for (mood, text) in [
                (Moody::PanicsConverting, CONVERTING),
                (Moody::PanicsDropping, DROPPING),
            ] {
                let mut list = vec![Moody::Fine(300); 100];
                list[idx] = mood;
                judge.panics(&format!("element {idx}"), &list, text);
            }
        }
        assert_eq!(moody::live(), (0, 0));
    }
);

codec_test!(
    proxies panics:
    (Moody::PanicsConverting, CONVERTING),
    (Moody::PanicsDropping, DROPPING),
    (Some(Box::new(Moody::PanicsConverting)), CONVERTING),
    ((1_u8, Moody::Fine(1), Moody::PanicsDropping), DROPPING),
    (Ok::<Moody, ()>(Moody::PanicsConverting), CONVERTING),
    (Mutex::new(Moody::PanicsDropping), DROPPING),
);

codec_test!(
    locks panics:
    (MoodyLock::new(Mood::PanicsLocking, 1_u8), "the lock panics when taken"),
    (MoodyLock::new(Mood::PanicsReleasing, 1_u8), "the lock panics when released"),
    (
        vec![
            MoodyLock::new(Mood::Fine, String::from("a")),
            MoodyLock::new(Mood::PanicsReleasing, String::from("b")),
        ],
        "the lock panics when released"
    ),
    (
        MoodyLock::new(Mood::Fine, MoodyLock::new(Mood::PanicsLocking, 1_u8)),
        "the lock panics when taken"
    ),
    // The first panic is the one that counts.
    (MoodyLock::new(Mood::PanicsReleasing, Moody::PanicsConverting), CONVERTING),
);

fn always_panics(_: &u32) -> bool {
    panic!("the predicate panics")
}

#[derive(Facet)]
struct Predicate {
    before: u8,
    #[facet(skip_serializing_if = always_panics)]
    field: u32,
    after: u8,
}

const PREDICATE: Predicate = Predicate {
    before: 1,
    field: 2,
    after: 3,
};

codec_test!(
    predicates panics:
    (PREDICATE, "the predicate panics"),
    (vec![PREDICATE], "the predicate panics"),
);

/// Everything that is held while something deep inside panics.
#[derive(Facet)]
struct Holding {
    mutex: Mutex<RwLock<Vec<MoodyLock<ScriptedSet>>>>,
}

#[test]
fn everything_held_is_given_back() {
    let value = Holding {
        mutex: Mutex::new(RwLock::new(vec![
            MoodyLock::new(Mood::Fine, ScriptedSet::honest(3)),
            MoodyLock::new(Mood::Fine, ScriptedSet::panicking(50, 35)),
        ])),
    };
    for mode in mode::all() {
        let outcome = catch_unwind(AssertUnwindSafe(|| mode.runtime.to_bytes(&value)));
        assert!(outcome.is_err(), "{}", mode.name);
        // Not poisoned either: nobody unwound while holding it.
        let rwlock = value.mutex.try_lock().expect("the mutex is free");
        let list = rwlock.try_write().expect("the lock is free");
        assert!(list.iter().all(|lock| !lock.is_held()), "{}", mode.name);
        assert_eq!(moody::live(), (0, 0), "{}", mode.name);
        assert_eq!(script::live_iterators(), 0, "{}", mode.name);
    }
}

/// A payload that is no text.
#[derive(Debug, PartialEq)]
struct Payload(u64);

#[derive(Facet)]
#[facet(proxy = u8)]
struct Throwing(u64);

impl From<&Throwing> for u8 {
    fn from(value: &Throwing) -> Self {
        panic_any(Payload(value.0))
    }
}

impl From<u8> for Throwing {
    fn from(value: u8) -> Self {
        Self(value.into())
    }
}

#[test]
fn the_payload_is_that_very_one() {
    for mode in mode::all() {
        let value = vec![Throwing(0xfeed)];
        let payload = catch_unwind(AssertUnwindSafe(|| mode.runtime.to_bytes(&value)))
            .expect_err("it panics");
        assert_eq!(
            payload.downcast_ref(),
            Some(&Payload(0xfeed)),
            "{}",
            mode.name
        );
    }
}

/// A buffer that had to grow before the panic keeps its old contents.
#[test]
fn a_grown_buffer_is_restored() {
    let value = (vec!["x".repeat(1000); 100], Moody::PanicsConverting);
    for mode in mode::all() {
        let mut buffer = vec![1, 2, 3];
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            mode.runtime.to_bytes_in(&value, &mut buffer)
        }));
        assert!(outcome.is_err());
        assert_eq!(buffer, [1, 2, 3], "{}", mode.name);
    }
}

/// Panics at one of its calls.
struct PanickingWriter {
    calls_left: usize,
}

impl io::Write for PanickingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.calls_left = self.calls_left.checked_sub(1).expect("the writer panics");
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_at_every_call() {
    let value = (
        vec!["x".repeat(1000); 30],
        "y".repeat(20_000),
        vec![u64::MAX; 5000],
        Mutex::new(vec![300_u16; 9000]),
    );
    for mode in mode::all() {
        let mut panicked = 0;
        for calls in 0..100 {
            let writer = PanickingWriter { calls_left: calls };
            match catch_unwind(AssertUnwindSafe(|| mode.runtime.to_writer(&value, writer))) {
                Ok(outcome) => {
                    assert!(outcome.is_ok(), "{}", mode.name);
                    break;
                }
                Err(payload) => {
                    let text = payload.downcast_ref::<String>().map(String::as_str);
                    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
                    assert_eq!(text, Some("the writer panics"), "{}", mode.name);
                    assert!(value.3.try_lock().is_ok(), "{}", mode.name);
                    panicked += 1;
                }
            }
        }
        assert!(panicked > 5, "{}: {panicked} calls", mode.name);
        assert!(mode.runtime.to_writer(&value, io::sink()).is_ok());
    }
}

/// A panic inside an encode that runs inside another encode's conversion.
#[derive(Facet)]
#[facet(proxy = Vec<u8>)]
struct Reentrant(Box<[Moody]>);

impl From<&Reentrant> for Vec<u8> {
    fn from(value: &Reentrant) -> Self {
        vox::to_bytes(&value.0).expect("it encodes or panics")
    }
}

impl From<Vec<u8>> for Reentrant {
    fn from(_: Vec<u8>) -> Self {
        Self(Box::default())
    }
}

codec_test!(
    inside_another_encode panics:
    (Reentrant(Box::new([Moody::Fine(1), Moody::PanicsConverting])), CONVERTING),
    (vec![Reentrant(Box::new([Moody::PanicsDropping]))], DROPPING),
);
