//! Nothing leaks, however an encode ends.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, Once, RwLock};

use facet::Facet;
use vox::Runtime;
use vox_oracle::mode;

use crate::allocator::live_bytes;
use crate::moody::{self, Mood, Moody, MoodyLock};
use crate::script::{self, ScriptedList, ScriptedMap, ScriptedSet};

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Catches a panic whose message nobody prints: the test harness keeps what a
/// test prints, in memory that would be counted.
fn catch_quietly(run: impl FnOnce()) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                loud(info);
            }
        }));
    });
    QUIET.set(true);
    drop(catch_unwind(AssertUnwindSafe(run)));
    QUIET.set(false);
}

/// Encodes in every way, however it ends, and throws everything away.
fn encode_in_every_way<'f, T: Facet<'f>>(runtime: &Runtime, value: &T) {
    let mut buffer = vec![1, 2, 3];
    let mut ways: [&mut dyn FnMut(); 5] = [
        &mut || drop(runtime.to_bytes(value)),
        &mut || drop(runtime.to_bytes_in(value, &mut buffer)),
        &mut || {
            drop(
                runtime
                    .to_slice(value, &mut [0; 100])
                    .map(|bytes| bytes.len()),
            )
        },
        &mut || drop(runtime.to_writer(value, io::sink())),
        &mut || drop(runtime.encoded_len(value)),
    ];
    for way in &mut ways {
        catch_quietly(way);
    }
}

#[track_caller]
fn leaks_nothing<'f, T: Facet<'f>>(label: &str, value: &T) {
    for mode in mode::all() {
        // What is made once for a type is made now.
        for _ in 0..2 {
            encode_in_every_way(&mode.runtime, value);
        }
        let before = live_bytes();
        for _ in 0..5 {
            encode_in_every_way(&mode.runtime, value);
        }
        assert_eq!(live_bytes() - before, 0, "{label}, {}", mode.name);
        assert_eq!(moody::live(), (0, 0), "{label}, {}", mode.name);
        assert_eq!(script::live_iterators(), 0, "{label}, {}", mode.name);
    }
}

#[test]
fn after_success() {
    leaks_nothing("document", &crate::counts::document(500));
    leaks_nothing("proxies", &vec![Moody::Fine(300); 100]);
    leaks_nothing(
        "locks",
        &Mutex::new(RwLock::new(MoodyLock::new(Mood::Fine, 1_u8))),
    );
    leaks_nothing(
        "map",
        &(0..100_u8)
            .map(|key| (key, vec![key]))
            .collect::<BTreeMap<_, _>>(),
    );
}

#[test]
fn after_errors() {
    leaks_nothing("unsupported", &vec![std::ptr::null::<u8>()]);
    leaks_nothing("proxy", &vec![Moody::Fine(300), Moody::Refuses]);
    leaks_nothing("lock", &Mutex::new(MoodyLock::new(Mood::Refuses, 1_u8)));
    leaks_nothing(
        "deep inside",
        &Mutex::new(BTreeMap::from([(
            1_u8,
            vec![MoodyLock::new(Mood::Fine, Moody::Refuses)],
        )])),
    );
    leaks_nothing(
        "list",
        &vec![ScriptedList::honest(40), ScriptedList::lying(40, 39)],
    );
    leaks_nothing("set", &Some(ScriptedSet::lying(40, usize::MAX)));
    leaks_nothing("map", &(ScriptedMap::lying(usize::MAX, 3), 1_u8));
}

#[test]
fn after_panics() {
    leaks_nothing(
        "converting",
        &vec![Moody::Fine(300), Moody::PanicsConverting],
    );
    leaks_nothing("dropping", &vec![Moody::Fine(300), Moody::PanicsDropping]);
    leaks_nothing("locking", &vec![MoodyLock::new(Mood::PanicsLocking, 1_u8)]);
    leaks_nothing(
        "releasing",
        &vec![MoodyLock::new(Mood::PanicsReleasing, 1_u8)],
    );
    leaks_nothing(
        "twice",
        &Mutex::new(MoodyLock::new(Mood::PanicsReleasing, Moody::PanicsDropping)),
    );
    leaks_nothing(
        "iterating",
        &vec![ScriptedSet::honest(40), ScriptedSet::panicking(40, 33)],
    );
    leaks_nothing("iterating a map", &ScriptedMap::panicking(40, 0));
}

/// What refuses or panics is the k-th of many, for every k.
#[test]
fn at_every_call() {
    const COUNT: usize = 40;
    for mode in mode::all() {
        let mut before = None;
        for call in 0..COUNT {
            let with = |mood| {
                let mut list = vec![Moody::Fine(300); COUNT];
                list[call] = mood;
                list
            };
            keeps_the_buffer(&mode.runtime, &with(Moody::Refuses));
            keeps_the_buffer(&mode.runtime, &with(Moody::PanicsConverting));
            keeps_the_buffer(&mode.runtime, &with(Moody::PanicsDropping));
            keeps_the_buffer(&mode.runtime, &ScriptedList::panicking(COUNT, call));
            keeps_the_buffer(&mode.runtime, &ScriptedSet::lying(COUNT, call));
            keeps_the_buffer(&mode.runtime, &ScriptedMap::lying(call, COUNT));
            // The first round makes what is made once for a type.
            let live = (live_bytes(), moody::live(), script::live_iterators());
            let first = before.get_or_insert(live);
            assert_eq!(live, *first, "call {call}, {}", mode.name);
            assert_eq!((live.1, live.2), ((0, 0), 0), "call {call}, {}", mode.name);
        }
    }
}

/// Encodes what must fail behind other bytes.
#[track_caller]
fn keeps_the_buffer<'f, T: Facet<'f>>(runtime: &Runtime, value: &T) {
    let mut buffer = vec![1, 2, 3];
    let mut succeeded = false;
    catch_quietly(|| succeeded = runtime.to_bytes_in(value, &mut buffer).is_ok());
    assert!(!succeeded);
    assert_eq!(buffer, [1, 2, 3]);
}

/// Dropping a runtime frees its programs.
#[test]
fn runtimes() {
    let make_and_drop = || {
        let runtime = Runtime::builder().background(false).build();
        encode_in_every_way(&runtime, &crate::counts::document(5));
        encode_in_every_way(&runtime, &vec![Moody::Refuses]);
    };
    make_and_drop();
    let before = live_bytes();
    for _ in 0..10 {
        make_and_drop();
    }
    assert_eq!(live_bytes() - before, 0);
}
