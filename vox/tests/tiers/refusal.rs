//! Executable memory that is refused: by `PR_SET_MDWE`, which forbids memory to become executable, by a
//! seccomp filter, which forbids to map executable memory at all, and by a limit of the size of files; before anything is
//! compiled, after the first and after the hundredth type; and threads that are. In child processes, for none can be taken back.

use std::io::{self, Write as _};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::Level;
use vox::{Runtime, Tier};

use crate::{made, process, telling};

static WARNINGS: AtomicU64 = AtomicU64::new(0);
static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// Counts a warning, and calls the runtime that gives it.
fn warned() {
    WARNINGS.fetch_add(1, Ordering::Relaxed);
    let runtime = RUNTIME.get().expect("made before anything is compiled");
    runtime
        .prepare::<Vec<u16>>(Tier::Optimized)
        .expect_err("is refused as well");
    assert_ne!(runtime.stats().failed, 0);
}

/// From here on no memory becomes executable that was not before.
fn forbid_gaining() -> io::Result<()> {
    const PR_SET_MDWE: libc::c_int = 65;
    const PR_MDWE_REFUSE_EXEC_GAIN: libc::c_ulong = 1;
    // SAFETY: numbers.
    match unsafe { libc::prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// From here on files have at most 1 MiB; who makes a larger one is killed.
fn forbid_large_files() -> io::Result<()> {
    let limit = libc::rlimit {
        rlim_cur: 1 << 20,
        rlim_max: 1 << 20,
    };
    // SAFETY: a limit that lives through the call.
    match unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// From here on executable memory can neither be mapped nor made.
fn forbid_mapping() -> io::Result<()> {
    const THIRD_ARGUMENT: u32 = 32;
    filter(&mut [
        load(NUMBER),
        jump_if_equal(libc::SYS_mmap as u32, 1, 0),
        jump_if_equal(libc::SYS_mprotect as u32, 0, 3),
        load(THIRD_ARGUMENT),
        jump(libc::BPF_JSET, libc::PROT_EXEC as u32, 0, 1),
        answer(libc::SECCOMP_RET_ERRNO | libc::EACCES as u32),
        answer(libc::SECCOMP_RET_ALLOW),
    ])
}

/// From here on no thread can be started.
fn forbid_threads() -> io::Result<()> {
    filter(&mut [
        load(NUMBER),
        jump_if_equal(libc::SYS_clone as u32, 1, 0),
        jump_if_equal(libc::SYS_clone3 as u32, 0, 1),
        answer(libc::SECCOMP_RET_ERRNO | libc::EAGAIN as u32),
        answer(libc::SECCOMP_RET_ALLOW),
    ])
}

/// Has the system ask a program before each call of this thread, and of those it starts.
fn filter(filter: &mut [libc::sock_filter]) -> io::Result<()> {
    let program = libc::sock_fprog {
        len: filter.len() as u16,
        filter: filter.as_mut_ptr(),
    };
    // SAFETY: numbers, and a filter that lives through the call.
    let set = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(
                libc::PR_SET_SECCOMP,
                libc::SECCOMP_MODE_FILTER,
                &raw const program,
            ) == 0
    };
    // Threads that exist already, that of the compiler, are not bound; here compilation is asked for by this one.
    if set {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Where the number of a call is.
const NUMBER: u32 = 0;

fn load(place: u32) -> libc::sock_filter {
    op(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, place)
}

fn answer(answer: u32) -> libc::sock_filter {
    op(libc::BPF_RET | libc::BPF_K, 0, 0, answer)
}

fn jump(condition: u32, operand: u32, jt: u8, jf: u8) -> libc::sock_filter {
    op(libc::BPF_JMP | condition | libc::BPF_K, jt, jf, operand)
}

fn jump_if_equal(operand: u32, jt: u8, jf: u8) -> libc::sock_filter {
    jump(libc::BPF_JEQ, operand, jt, jf)
}

fn op(code: u32, jt: u8, jf: u8, k: u32) -> libc::sock_filter {
    libc::sock_filter {
        code: code as u16,
        jt,
        jf,
        k,
    }
}

/// Prepares 150 types one by one, is forbidden executable memory after some, and checks all bytes.
#[test]
#[ignore = "run by the other tests, in a child process"]
fn child() {
    let variable = |name| std::env::var(name).expect("told by the parent");
    telling::at_events(Level::WARN, warned);
    let after: usize = variable("AFTER").parse().expect("a number");
    let runtime = RUNTIME.get_or_init(|| {
        Runtime::builder()
            .background(false)
            .fresh_pages(variable("PAGES") == "fresh")
            .build()
    });
    let made = made::many(8, 150, 10);
    for (index, it) in made.iter().enumerate() {
        if index == after {
            let forbidden = match variable("RULE").as_str() {
                "mdwe" => forbid_gaining(),
                "files" => forbid_large_files(),
                _ => forbid_mapping(),
            };
            if let Err(error) = forbidden {
                println!("unknown={error}");
                return;
            }
        }
        it.check(runtime);
        let prepared = runtime.prepare_shapes(&[it.shape], Tier::Optimized);
        if let Err(error) = &prepared {
            assert!(error.to_string().contains("refused"), "{error}");
        }
        it.check(runtime);
    }
    for it in &made {
        it.check(runtime);
    }
    let stats = runtime.stats();
    println!("types={}", stats.types.all());
    println!("optimized={}", stats.types.optimized);
    println!("failed={}", stats.failed);
    println!("reason={}", stats.failures.first().map_or("", |it| &it.0));
    println!("warnings={}", WARNINGS.load(Ordering::Relaxed));
}

/// Encodes types that are hot at once where no thread can be started, and compiles one that is prepared.
#[test]
#[ignore = "run by another test, in a child process"]
fn child_without_threads() {
    if let Err(error) = forbid_threads() {
        println!("unknown={error}");
        return;
    }
    let runtime = Runtime::builder().compile_after(1).build();
    let made = made::many(10, 20, 10);
    for it in &made {
        for _ in 0..100 {
            it.check(&runtime);
        }
    }
    let stats = runtime.stats();
    println!("optimized={}", stats.types.optimized);
    println!("waiting={}", stats.waiting);
    let why = runtime.report_shape(made[0].shape).why_not_higher;
    println!("why={}", why.unwrap_or_default());
    let shapes: Vec<_> = made.iter().map(|it| it.shape).collect();
    let tier = runtime.prepare_shapes(&shapes, Tier::Optimized);
    println!(
        "prepared={}",
        tier.expect("the one thread there is makes it")
    );
    made.iter().for_each(|it| it.check(&runtime));
}

/// Types stay where they are, and say why, until somebody prepares them.
#[test]
fn threads_are_refused() {
    let said = process::run("refusal::child_without_threads", &[]);
    if is_unknown(&said, "threads by seccomp") {
        return;
    }
    assert_eq!(said.number("optimized"), 0);
    assert_eq!(said.number("waiting"), 0);
    let why = said.get("why");
    assert!(
        why.contains("no background thread could be started"),
        "{why}"
    );
    assert_eq!(said.get("prepared"), Tier::Optimized.to_string());
}

/// Asks a child; `None` where the system does not know the rule.
fn ask(rule: &str, pages: &str, after: usize) -> Option<process::Said> {
    let said = process::run(
        "refusal::child",
        &[
            ("RULE", rule),
            ("PAGES", pages),
            ("AFTER", &after.to_string()),
        ],
    );
    let what = format!("executable memory by {rule}");
    (!is_unknown(&said, &what)).then_some(said)
}

/// Whether the system does not know how to refuse it, which is said where the gate sees it.
fn is_unknown(said: &process::Said, what: &str) -> bool {
    let Some(reason) = said.find("unknown") else {
        return false;
    };
    // Past the capture of a test's output, and in the form the gate repeats at its end.
    let _ = writeln!(
        io::stderr(),
        "\nSKIPPED refusal of {what}: the system does not know it: {reason}"
    );
    true
}

/// With a second view, and the rule in force after so many types, every type is compiled, and nothing warned of.
fn none_refused(rule: &str, afters: &[usize]) {
    for after in afters {
        let Some(said) = ask(rule, "shared", *after) else {
            return;
        };
        assert_eq!(
            said.number("optimized"),
            said.number("types"),
            "after {after}"
        );
        assert_eq!(said.number("failed"), 0);
        assert_eq!(said.number("warnings"), 0);
    }
}

/// With a second view nothing changes its protection, so a rule against that forbids nothing.
#[test]
fn a_second_view_gains_nothing() {
    none_refused("mdwe", &[0, 1, 100]);
}

/// A second view is a file. Where it would be too large there is none, and the process goes on with fresh pages.
#[test]
fn a_second_view_may_be_too_large_a_file() {
    none_refused("files", &[0, 1]);
}

/// Once the memory is mapped nothing more is asked for; before that everything is refused.
#[test]
fn a_second_view_is_mapped_once() {
    none_refused("seccomp", &[1, 100]);
    if let Some(said) = ask("seccomp", "shared", 0) {
        refused(&said, 0);
    }
}

/// Fresh pages become executable one by one, and each may be refused.
#[test]
fn fresh_pages_are_refused_at_any_time() {
    for rule in ["mdwe", "seccomp"] {
        for after in [0, 1, 100] {
            if let Some(said) = ask(rule, "fresh", after) {
                refused(&said, after as u64);
            }
        }
    }
}

/// What came before is compiled, the rest is not; it is counted, and warned of once.
fn refused(said: &process::Said, compiled: u64) {
    assert!(said.number("optimized") <= compiled);
    assert!(
        said.number("optimized") + 10 > compiled,
        "two made types may be alike, not ten"
    );
    assert!(said.number("failed") >= said.number("types") - compiled);
    assert!(
        said.get("reason").contains("refused"),
        "{}",
        said.get("reason")
    );
    assert_eq!(said.number("warnings"), 1);
}
