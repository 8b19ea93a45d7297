//! A subscriber of `tracing` that panics on the thread that compiles in the background: the thread stays, and so does what it is
//! for. In a child process, for a process has one global subscriber.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use tracing::Level;
use vox::{Runtime, Tier};

use crate::{has_machine_code, process, telling, until};

static PANICS: AtomicU64 = AtomicU64::new(0);

/// Panics at whatever the background thread tells.
fn told() {
    if thread::current().name() == Some("vox compiler") {
        PANICS.fetch_add(1, Ordering::Relaxed);
        panic!("a subscriber that panics");
    }
}

#[test]
#[ignore = "run by the other test, in a child process"]
fn child() {
    telling::at_events(Level::TRACE, told);
    let value = (1_u8, String::from("two"));
    let expected = postcard::to_allocvec(&value).expect("serde encodes it");
    // Encodes once more, and answers the tier.
    let encode = |runtime: &Runtime| {
        assert_eq!(runtime.to_bytes(&value).expect("it encodes"), expected);
        runtime.report::<(u8, String)>().tier
    };
    let without_room = Runtime::builder().code_budget(0).compile_after(1).build();
    until("it is refused, and that is told", || {
        assert_eq!(encode(&without_room), Tier::Interpreter);
        without_room.stats().waiting == 0 && PANICS.load(Ordering::Relaxed) > 0
    });
    let runtime = Runtime::builder().compile_after(1).build();
    until("it is compiled", || encode(&runtime) == Tier::Optimized);
    println!("panics={}", PANICS.load(Ordering::Relaxed));
}

#[test]
fn the_background_thread_outlives_a_panicking_subscriber() {
    if has_machine_code() {
        assert_ne!(process::run("subscriber::child", &[]).number("panics"), 0);
    }
}
