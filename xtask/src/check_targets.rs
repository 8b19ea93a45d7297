//! Type-checks `vox` for every target but the host's, Windows with GNU's tools and WebAssembly, where the gate runs it.
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
    /// Whether the processor and the system are each checked together with others as well: a quick check leaves it out.
    is_combination: bool,
}

impl CheckedTarget {
    const fn new(triple: &'static str, cargo: &'static [&'static str]) -> Self {
        Self {
            triple,
            cargo,
            is_combination: false,
        }
    }

    const fn combination(triple: &'static str) -> Self {
        Self {
            is_combination: true,
            ..Self::new(triple, CHECK_DEFAULT)
        }
    }
}

const CHECK_DEFAULT: &[&str] = &["check", "-p", "vox"];

const TARGETS: &[CheckedTarget] = &[
    CheckedTarget::new("aarch64-unknown-linux-gnu", CHECK_DEFAULT),
    CheckedTarget::new("riscv64gc-unknown-linux-gnu", CHECK_DEFAULT),
    CheckedTarget::new("s390x-unknown-linux-gnu", CHECK_DEFAULT),
    CheckedTarget::new("aarch64-apple-darwin", CHECK_DEFAULT),
    // The one of these whose executable memory is that of "any other system".
    CheckedTarget::new("x86_64-apple-darwin", CHECK_DEFAULT),
    CheckedTarget::new("x86_64-pc-windows-msvc", CHECK_DEFAULT),
    CheckedTarget::combination("aarch64-pc-windows-msvc"),
];

/// The targets, all of them or those of a quick check.
pub(crate) fn targets(is_quick: bool) -> impl Iterator<Item = &'static CheckedTarget> {
    TARGETS
        .iter()
        .filter(move |target| !(is_quick && target.is_combination))
}

pub(crate) fn check(cx: &Context, target: &CheckedTarget) -> anyhow::Result<Outcome> {
    if let Availability::DownloadFailed(reason) = install::rust_target(cx, target.triple)? {
        return Ok(Outcome::Skipped(reason));
    }
    process::run(cx.cargo(target.cargo).args(["--target", target.triple]))?;
    Ok(Outcome::Passed(format!("cargo {}", target.cargo.join(" "))))
}
