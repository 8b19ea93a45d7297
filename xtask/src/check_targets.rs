//! Type-checks `vox` for every target but the host's and Windows with GNU's tools, whose tests the gate runs.
//!
//! Those a Debian machine can emulate are here as well: `cross` takes minutes for each, a check seconds, so the gate can afford
//! it. A `cargo check` shows that the code is well-typed there, no more.

use crate::context::Context;
use crate::install::{self, Availability};
use crate::outcome::Outcome;
use crate::process;

/// A target and the cargo command that must succeed for it.
pub(crate) struct CheckedTarget {
    pub(crate) triple: &'static str,
    cargo: &'static [&'static str],
}

const CHECK_DEFAULT: &[&str] = &["check", "-p", "vox"];
/// A build checks all that a check does, and needs no linker for a library.
const BUILD_INTERPRETER: &[&str] = &["build", "-p", "vox", "--no-default-features"];

pub(crate) const TARGETS: &[CheckedTarget] = &[
    CheckedTarget {
        triple: "aarch64-unknown-linux-gnu",
        cargo: CHECK_DEFAULT,
    },
    CheckedTarget {
        triple: "riscv64gc-unknown-linux-gnu",
        cargo: CHECK_DEFAULT,
    },
    CheckedTarget {
        triple: "s390x-unknown-linux-gnu",
        cargo: CHECK_DEFAULT,
    },
    CheckedTarget {
        triple: "aarch64-apple-darwin",
        cargo: CHECK_DEFAULT,
    },
    CheckedTarget {
        triple: "x86_64-apple-darwin",
        cargo: CHECK_DEFAULT,
    },
    CheckedTarget {
        triple: "x86_64-pc-windows-msvc",
        cargo: CHECK_DEFAULT,
    },
    CheckedTarget {
        triple: "aarch64-pc-windows-msvc",
        cargo: CHECK_DEFAULT,
    },
    CheckedTarget {
        triple: "wasm32-unknown-unknown",
        cargo: BUILD_INTERPRETER,
    },
];

pub(crate) fn check(cx: &Context, target: &CheckedTarget) -> anyhow::Result<Outcome> {
    if let Availability::DownloadFailed(reason) = install::rust_target(cx, target.triple)? {
        return Ok(Outcome::Skipped(reason));
    }
    process::run(cx.cargo(target.cargo).args(["--target", target.triple]))?;
    Ok(Outcome::Passed(format!("cargo {}", target.cargo.join(" "))))
}
