//! Processes that end at once, and processes that fork.

use std::time::{Duration, Instant};

use vox::Runtime;

use crate::{has_machine_code, made, process};

/// A process that ends while the background thread has hours of work.
#[test]
#[ignore = "run by another test, in a child process"]
fn child_that_exits() {
    let start = Instant::now();
    let made = made::many(5, 1_000, 400);
    let runtime = Box::leak(Box::new(Runtime::builder().compile_after(1).build()));
    for it in &made {
        it.check(runtime);
    }
    println!("waiting={}", runtime.stats().waiting);
    println!("worked_ms={}", start.elapsed().as_millis());
}

#[test]
fn an_exit_is_not_held_up() {
    if !has_machine_code() {
        return;
    }
    let start = Instant::now();
    let said = process::run("children::child_that_exits", &[]);
    assert!(
        said.number("waiting") > 10,
        "the thread had nothing left to do"
    );
    // An emulated processor may take a minute for the work.
    let worked = Duration::from_millis(said.number("worked_ms"));
    let rest = start.elapsed().saturating_sub(worked);
    assert!(rest < Duration::from_secs(60), "{rest:?} after {worked:?}");
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod fork {
    use vox::Tier;

    use super::{Runtime, has_machine_code, made, process};
    use std::sync::atomic::{AtomicBool, Ordering};
    use vox_oracle::scale::scaled;

    /// What a forked child does: encodes types that are hot and types nobody met, compiles one, and
    /// sees one become hot by itself.
    fn in_the_child(runtime: &Runtime, known: &[made::Made], new: &[made::Made]) {
        for it in known.iter().chain(new) {
            it.check(runtime);
        }
        let prepared = runtime.prepare_shapes(&[new[0].shape], Tier::Optimized);
        assert_eq!(prepared.is_ok(), has_machine_code(), "{prepared:?}");
        new[0].check(runtime);
        if has_machine_code() {
            crate::until("a type is compiled in the child", || {
                new[1].check(runtime);
                let report = runtime.report_shape(new[1].shape);
                report.tier == Tier::Optimized
            });
        }
    }

    /// Forks, and answers how the child ended.
    fn forked(run: impl FnOnce()) -> i32 {
        // SAFETY: the child has this thread only; vox is meant to stand that, and the C library's
        // allocator does.
        match unsafe { libc::fork() } {
            0 => {
                // A child that waits for ever ends by a signal.
                // SAFETY: a number.
                unsafe { libc::alarm(60) };
                let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
                // SAFETY: without the handlers of the parent.
                unsafe { libc::_exit(i32::from(ended.is_err())) }
            }
            child => {
                assert!(child > 0, "it cannot fork");
                let mut status = 0;
                // SAFETY: a child of ours, and a place for its status.
                assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
                status
            }
        }
    }

    /// Forks again and again, while threads meet new types and compile.
    #[test]
    #[ignore = "run by another test, in a child process"]
    fn child_that_forks() {
        let forks = scaled(40);
        let runtime = Runtime::builder().compile_after(200).build();
        let known = made::many(6, 20, 20);
        let new = made::many(7, 2 + forks * 4, 20);
        for it in &known {
            it.check(&runtime);
        }
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for thread in 0..3_u64 {
                let (runtime, done) = (&runtime, &done);
                scope.spawn(move || {
                    let mut seed = thread << 32;
                    while !done.load(Ordering::Relaxed) {
                        seed += 1;
                        let it = made::one(&mut made::Numbers(seed), 20);
                        for _ in 0..100 {
                            it.check(runtime);
                        }
                    }
                });
            }
            for fork in 0..forks {
                let status = forked(|| in_the_child(&runtime, &known, &new[fork * 4..]));
                if status != 0 {
                    done.store(true, Ordering::Relaxed);
                    panic!("child {fork} ended with {status:#x}");
                }
            }
            done.store(true, Ordering::Relaxed);
        });
        for it in known.iter().chain(&new) {
            it.check(&runtime);
        }
        println!("forks={forks}");
    }

    static TOLD: AtomicBool = AtomicBool::new(false);

    /// Encodes and forks when it is first told something.
    fn told() {
        if !TOLD.swap(true, Ordering::Relaxed) {
            encodes_globally();
            assert_eq!(forked(encodes_globally), 0);
        }
    }

    fn encodes_globally() {
        assert_eq!(vox::to_bytes(&300_u16).expect("it encodes"), [0xac, 0x02]);
    }

    /// The global runtime is told of a setting it does not understand, and tells the subscriber.
    #[test]
    #[ignore = "run by another test, in a child process"]
    fn child_that_makes_the_global_runtime() {
        crate::telling::at_events(tracing::Level::WARN, told);
        // SAFETY: a number. Who waits for ever ends by a signal.
        unsafe { libc::alarm(60) };
        encodes_globally();
        println!("told={}", u8::from(TOLD.load(Ordering::Relaxed)));
    }

    #[test]
    fn a_subscriber_may_encode_and_fork_while_the_global_runtime_is_made() {
        let said = process::run(
            "children::fork::child_that_makes_the_global_runtime",
            &[("VOX_TIER", "fastest")],
        );
        assert_eq!(said.number("told"), 1);
    }

    #[test]
    fn children_of_a_forking_compiling_parent() {
        let said = process::run("children::fork::child_that_forks", &[]);
        assert!(said.number("forks") > 0);
    }
}
