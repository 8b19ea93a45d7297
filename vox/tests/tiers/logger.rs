//! A logger of the crate `log` that encodes by vox: Cranelift calls it in the middle of a compilation, which must not wait
//! for itself. In child processes, for a process has one logger.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use facet::Facet;
use serde::Serialize;
use vox::{PrepareError, Runtime, Tier};

use crate::{made, process};

static RUNTIME: OnceLock<Runtime> = OnceLock::new();
static LINES: AtomicU64 = AtomicU64::new(0);
static REFUSED: AtomicU64 = AtomicU64::new(0);

/// What the logger encodes.
#[derive(Facet, Serialize)]
struct Line {
    level: u32,
    target: String,
    text: String,
}

/// What it asks to be compiled.
#[derive(Facet)]
struct Wanted(u16);

/// Encodes every line, and asks for machine code while it is at it.
struct Logger;

thread_local! {
    static IS_LOGGING: Cell<bool> = const { Cell::new(false) };
}

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        assert!(!IS_LOGGING.replace(true), "a line about a line");
        let line = Line {
            level: record.level() as u32,
            target: record.target().to_owned(),
            text: record.args().to_string(),
        };
        let runtime = RUNTIME.get().expect("made before anything is compiled");
        let bytes = runtime.to_bytes(&line).expect("it encodes");
        assert_eq!(bytes, postcard::to_allocvec(&line).expect("it encodes"));
        if let Err(error) = runtime.prepare::<Wanted>(Tier::Optimized) {
            assert!(matches!(error, PrepareError::NotAvailable { .. }));
            let text = error.to_string();
            assert!(text.contains("by a logger"), "{text}");
            REFUSED.fetch_add(1, Ordering::Relaxed);
        }
        LINES.fetch_add(1, Ordering::Relaxed);
        IS_LOGGING.set(false);
    }

    fn flush(&self) {}
}

/// Compiles types one by one, and many at once, while everything Cranelift does is logged.
#[test]
#[ignore = "run by the other test, in a child process"]
fn child() {
    let tier = std::env::var("FIXED").is_ok().then_some(Tier::Optimized);
    let runtime = RUNTIME.get_or_init(|| {
        let builder = Runtime::builder().background(false);
        tier.map_or(builder.clone(), |tier| builder.tier(tier))
            .build()
    });
    log::set_logger(&Logger).expect("there is no other");
    log::set_max_level(log::LevelFilter::Trace);
    let made = made::many(9, 12, 4);
    let (first, rest) = made.split_first().expect("there are some");
    first.check(runtime);
    let prepared = runtime.prepare_shapes(&[first.shape], Tier::Optimized);
    assert_eq!(prepared.expect("it compiles"), Tier::Optimized);
    first.check(runtime);
    // On several threads, where there are as many processors.
    let shapes: Vec<_> = rest.iter().map(|it| it.shape).collect();
    let prepared = runtime.prepare_shapes(&shapes, Tier::Optimized);
    assert_eq!(prepared.expect("they compile"), Tier::Optimized);
    rest.iter().for_each(|it| it.check(runtime));
    log::set_max_level(log::LevelFilter::Off);
    // What was refused is not refused for good.
    let prepared = runtime.prepare::<Wanted>(Tier::Optimized);
    assert_eq!(prepared.expect("it compiles"), Tier::Optimized);
    println!("lines={}", LINES.load(Ordering::Relaxed));
    println!("refused={}", REFUSED.load(Ordering::Relaxed));
}

#[test]
fn a_logger_may_encode_while_types_are_compiled() {
    for variables in [&[][..], &[("FIXED", "1")]] {
        let said = process::run("logger::child", variables);
        assert_ne!(said.number("lines"), 0, "Cranelift says nothing");
        assert_eq!(said.number("lines"), said.number("refused"));
    }
}
