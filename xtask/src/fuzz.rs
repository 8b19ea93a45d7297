//! `cargo xtask fuzz`: libFuzzer drives the generator of types for a given time.
//!
//! Needs a nightly toolchain and cargo-fuzz, which it installs when told to. The
//! interpreter's target builds without Cranelift: under a sanitizer that alone would take longer than the run.

use std::process::Command;

use crate::context::Context;
use crate::install::{self, Availability};
use crate::outcome::Outcome;
use crate::process;

/// What is driven.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Interpreter,
    EveryTier,
}

impl Target {
    pub(crate) fn from_every_tier(every_tier: bool) -> Self {
        if every_tier {
            Target::EveryTier
        } else {
            Target::Interpreter
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Target::Interpreter => &["interpreter"],
            Target::EveryTier => &["every_tier", "--features", "jit"],
        }
    }
}

pub(crate) fn run(cx: &Context, target: Target, seconds: u64) -> anyhow::Result<Outcome> {
    if let Availability::DownloadFailed(reason) = install::cargo_fuzz(cx)? {
        return Ok(Outcome::Skipped(reason));
    }
    let mut command = nightly(&["cargo", "fuzz", "run"]);
    command
        .args(target.arguments())
        .args(["--", "-max_len=2048", "-timeout=30", "-print_final_stats=1"])
        .arg(format!("-max_total_time={seconds}"))
        .current_dir(cx.root());
    process::run(&mut command)?;
    Ok(Outcome::Passed(format!("{seconds} s")))
}

fn nightly(arguments: &[&str]) -> Command {
    // Not `cargo +nightly`: the cargo that runs this is a toolchain's own and knows no `+`.
    let mut command = Command::new("rustup");
    command.args(["run", "nightly"]).args(arguments);
    // What the stable cargo around us has set for its own children would mislead the nightly one.
    for name in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
        command.env_remove(name);
    }
    command
}
