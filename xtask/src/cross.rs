//! Runs the whole test suite for another target: Windows under Wine, other architectures under qemu-user.
//!
//! Not for: targets nothing here can run (`check_targets.rs`).
//! Read next: `cross/targets.rs`, what each target needs; `cross/wine.rs`, the traps of Wine.

mod targets;
mod wine;

use anyhow::Context as _;

use crate::context::Context;
use crate::install::{self, Availability};
use crate::outcome::Outcome;
use crate::process;
use targets::{Emulator, Target, VARIABLE_RUNNER, VARIABLE_SCALE};

pub(crate) use targets::ALL;

/// Emulated processors are slow; generated tests do a tenth of their usual count there.
const SCALE: &str = "0.1";
/// A test program that overflows its stack under Wine never ends, and a deadlock ends nowhere: coreutils'
/// `timeout` stops a program after 15 minutes, and one that does not listen 10 seconds later. The longest takes about 5.
const TIME_LIMIT: &str = "timeout --kill-after=10 900";
/// Crates that only ever run on the machine of a developer.
const HOST_ONLY: &[&str] = &["xtask"];

pub(crate) fn find_target(triple: &str) -> anyhow::Result<&'static Target> {
    ALL.iter()
        .find(|target| target.triple == triple)
        .with_context(|| {
            let known: Vec<&str> = ALL.iter().map(|target| target.triple).collect();
            format!(
                "{triple} is not among the targets that can run here: {}",
                known.join(", ")
            )
        })
}

/// Builds and runs all tests for one target; `extra` is passed on to `cargo test`.
pub(crate) fn test(cx: &Context, target: &Target, extra: &[String]) -> anyhow::Result<Outcome> {
    for availability in [
        install::debian_packages(cx, target.packages)?,
        install::rust_target(cx, target.triple)?,
    ] {
        if let Availability::DownloadFailed(reason) = availability {
            return Ok(Outcome::Skipped(reason));
        }
    }
    let mut command = cx.cargo(&[
        "test",
        "--workspace",
        "--no-fail-fast",
        "--target",
        target.triple,
    ]);
    for name in HOST_ONLY {
        command.args(["--exclude", name]);
    }
    command.args(extra);
    let left_out = target.emulator.left_out();
    if !left_out.is_empty() && !extra.iter().any(|argument| argument == "--") {
        command.arg("--");
    }
    for test in left_out {
        command.args(["--skip", test.name]);
    }
    command.env(target.variable("LINKER"), target.linker);
    if std::env::var_os(VARIABLE_SCALE).is_none() {
        command.env(VARIABLE_SCALE, SCALE);
    }
    // Held until the tests have ended.
    let _session = match target.emulator {
        Emulator::Wine => {
            let session = wine::start(cx)?;
            command.envs(session.variables());
            let runner = format!("{TIME_LIMIT} {}", session.program().display());
            command.env(target.variable("RUNNER"), runner);
            Some(session)
        }
        Emulator::Qemu { program, libraries } => {
            let runner = format!("{program} -L {libraries}");
            command.env(target.variable("RUNNER"), format!("{TIME_LIMIT} {runner}"));
            // A test that starts a child of its own needs it too: the kernel cannot start foreign programs.
            command.env(VARIABLE_RUNNER, runner);
            None
        }
    };
    let count = process::run_tests(&mut command)?;
    let mut covered = count.to_string();
    for test in left_out {
        covered.push_str(&format!("; not {}: {}", test.name, test.reason));
    }
    Ok(Outcome::Passed(covered))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_found_by_its_whole_name_only() {
        assert!(find_target("s390x-unknown-linux-gnu").is_ok());
        let Err(error) = find_target("s390x") else {
            panic!("half a name is no target");
        };
        assert!(
            error.to_string().contains("riscv64gc-unknown-linux-gnu"),
            "{error}"
        );
    }
}
