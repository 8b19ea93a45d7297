//! Runs the interpreter's tests under Miri, which finds undefined behaviour in the unsafe code they reach.
//!
//! Not for: machine code, which Miri cannot run. Nightly only, so an older or missing nightly never stops a
//! developer: the check is apart from `cargo test`.

use std::process::Command;

use crate::context::Context;
use crate::install::{self, Availability};
use crate::outcome::Outcome;
use crate::process::{self, TestCount};

/// Miri is some hundred times slower than the processor.
const SCALE: &str = "0.01";

/// Tests of vox-core's that are left out: random programs are printed, parsed and verified without unsafe code, thousands of
/// times, and so are the largest programs at the limits of lowering, which would take Miri hours to find nothing.
const WITHOUT_UNSAFE_CODE: [&str; 7] = [
    "program::text",
    "program::verify",
    "limits::seventy_thousand_fields",
    "limits::seventy_thousand_variants",
    "limits::more_steps_than_a_program_may_have",
    "limits::large_programs_call_instead_of_inlining",
    "limits::deep_types_continue_in_a_child",
];

/// The unit tests of `vox`: threads that read the index of types while it grows, and the steps of an encode to a vector.
const INDEX: &[&str] = &["-p", "vox", "--no-default-features", "--lib"];

/// How much to run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Unit tests of `vox-core` and `vox`: minutes.
    Quick,
    /// The tests of lowering and of what is assumed about facet, too. The other tests of `vox` are not: with five outputs for
    /// each value and a judge beside them they take Miri hours.
    Whole,
}

impl Extent {
    pub(crate) fn from_quick(quick: bool) -> Extent {
        if quick { Extent::Quick } else { Extent::Whole }
    }

    fn suites(self) -> &'static [&'static [&'static str]] {
        match self {
            Extent::Quick => &[&["-p", "vox-core", "--lib"], INDEX],
            Extent::Whole => &[
                &[
                    "-p",
                    "vox-core",
                    "--lib",
                    "--test",
                    "assumptions",
                    "--test",
                    "lower",
                ],
                INDEX,
            ],
        }
    }
}

pub(crate) fn test(cx: &Context, extent: Extent) -> anyhow::Result<Outcome> {
    if let Availability::DownloadFailed(reason) = install::miri(cx)? {
        return Ok(Outcome::Skipped(reason));
    }
    let mut count = TestCount::default();
    for suite in extent.suites() {
        count.add(process::run_tests(&mut miri(cx, suite))?);
    }
    Ok(Outcome::Passed(count.to_string()))
}

fn miri(cx: &Context, suite: &[&str]) -> Command {
    // Not `cargo +nightly`: the cargo that runs this is a toolchain's own and knows no `+`.
    let mut command = Command::new("rustup");
    command
        .args(["run", "nightly", "cargo", "miri", "test"])
        .args(suite)
        .arg("--");
    for name in WITHOUT_UNSAFE_CODE {
        command.args(["--skip", name]);
    }
    command.current_dir(cx.root());
    // What the stable cargo around us has set for its own children would mislead the nightly one.
    for name in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
        command.env_remove(name);
    }
    // Tests read golden files and variables, and leak what shapes refer to. Leaks of vox are looked for by its own tests (`vox/tests/memory`).
    command.env("MIRIFLAGS", "-Zmiri-disable-isolation -Zmiri-ignore-leaks");
    if std::env::var_os("VOX_TEST_SCALE").is_none() {
        command.env("VOX_TEST_SCALE", SCALE);
    }
    command
}
