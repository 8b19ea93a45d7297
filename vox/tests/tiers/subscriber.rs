//! A subscriber of `tracing` that panics on the thread that compiles in the background: the thread stays, and so does what it is
//! for. In a child process, for a process has one global subscriber.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use facet::Facet;
use tracing::span;
use vox::{Runtime, Tier};

use crate::{has_machine_code, process, until};

/// Panics at whatever the background thread tells.
struct Panicking;

static PANICS: AtomicU64 = AtomicU64::new(0);

impl tracing::Subscriber for Panicking {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, _: &tracing::Event<'_>) {
        if thread::current().name() == Some("vox compiler") {
            PANICS.fetch_add(1, Ordering::Relaxed);
            panic!("a subscriber that panics");
        }
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// Encodes a value until its type is compiled, or is given up.
fn encode_until<T: Facet<'static>>(runtime: &Runtime, value: &T, what: &str, tier: Tier) {
    let expected = runtime.to_bytes(value).expect("it encodes");
    until(what, || {
        assert_eq!(runtime.to_bytes(value).expect("it encodes"), expected);
        let report = runtime.report::<T>();
        let is_over = runtime.stats().waiting == 0 && PANICS.load(Ordering::Relaxed) > 0;
        report.tier == tier && (tier == Tier::Optimized || is_over)
    });
}

#[test]
#[ignore = "run by the other test, in a child process"]
fn child() {
    tracing::subscriber::set_global_default(Panicking).expect("there is no other");
    let value = (1_u8, String::from("two"));
    let without_room = Runtime::builder().code_budget(0).compile_after(1).build();
    let refused = "it is refused, and that is told";
    encode_until(&without_room, &value, refused, Tier::Interpreter);
    let runtime = Runtime::builder().compile_after(1).build();
    encode_until(&runtime, &value, "it is compiled", Tier::Optimized);
    println!("panics={}", PANICS.load(Ordering::Relaxed));
}

#[test]
fn the_background_thread_outlives_a_panicking_subscriber() {
    if has_machine_code() {
        assert_ne!(process::run("subscriber::child", &[]).number("panics"), 0);
    }
}
