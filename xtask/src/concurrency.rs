//! Looking for races: loom runs the slot, promotion and queue through every order of their threads, and the
//! thread sanitizer watches the tests that encode from many.
//!
//! Not for: races in machine code, which neither of them sees; the stress tests of `vox` compare its bytes.

use std::process::Command;

use crate::context::Context;
use crate::install::{self, Availability};
use crate::outcome::Outcome;
use crate::process::{self, TestCount};

/// Runs the models of `vox-core/tests/loom.rs`. The flag changes every crate, so they are built apart; there is
/// no Cranelift among them.
pub(crate) fn loom(cx: &Context) -> anyhow::Result<Outcome> {
    let mut command = cx.cargo(&["test", "-p", "vox-core", "--test", "loom"]);
    command
        .env("RUSTFLAGS", "--cfg loom")
        .env("CARGO_TARGET_DIR", cx.scratch("loom")?);
    let count = process::run_tests(&mut command)?;
    Ok(Outcome::Passed(count.to_string()))
}

/// The suites the thread sanitizer watches: the pieces, the interpreter, and tiers that change.
const WATCHED: &[&[&str]] = &[
    &["-p", "vox-core", "--lib"],
    &["-p", "vox", "--no-default-features", "--test", "api"],
    // Children of a fork are beyond what the sanitizer supports.
    &["-p", "vox", "--test", "tiers", "--", "--skip", "children"],
];

/// The sanitizer slows threads down some ten times.
const SCALE: &str = "0.05";

/// Runs tests under the thread sanitizer, on the nightly toolchain, with a standard library built for it.
pub(crate) fn tsan(cx: &Context) -> anyhow::Result<Outcome> {
    // What Miri needs, the library's sources, is what this needs.
    if let Availability::DownloadFailed(reason) = install::miri(cx)? {
        return Ok(Outcome::Skipped(reason));
    }
    let mut count = TestCount::default();
    for suite in WATCHED {
        count.add(process::run_tests(&mut sanitized(cx, suite)?)?);
    }
    Ok(Outcome::Passed(count.to_string()))
}

fn sanitized(cx: &Context, suite: &[&str]) -> anyhow::Result<Command> {
    // Not `cargo +nightly`: the cargo that runs this is a toolchain's own and knows no `+`.
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo", "test", "-Zbuild-std"]);
    // With a target named, the flags do not reach build scripts.
    command.args(["--target", "x86_64-unknown-linux-gnu"]);
    command.args(suite).current_dir(cx.root());
    // What the stable cargo around us has set for its own children would mislead the nightly one.
    for name in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
        command.env_remove(name);
    }
    command
        .env("RUSTFLAGS", "-Zsanitizer=thread")
        .env("CARGO_TARGET_DIR", cx.scratch("tsan")?);
    if std::env::var_os("VOX_TEST_SCALE").is_none() {
        command.env("VOX_TEST_SCALE", SCALE);
    }
    Ok(command)
}
