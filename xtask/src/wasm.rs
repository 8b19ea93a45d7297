//! `cargo xtask wasm`: types made at run time, encoded by the interpreter as a WebAssembly module, under Node.js.
//!
//! There pointers have 32 bits, and there are no threads, processes or clocks to ask. The features are those that are on by
//! default: `jit` has nothing to do there.

use std::process::Command;

use crate::context::Context;
use crate::install::{self, Availability};
use crate::outcome::Outcome;
use crate::process;

const TRIPLE: &str = "wasm32-unknown-unknown";

/// How many types; some take a second for a thousand.
const TYPES: &str = "10000";

const SCRIPT: &str = "vox-generate/examples/wasm32.js";

pub(crate) fn test(cx: &Context) -> anyhow::Result<Outcome> {
    if let Availability::DownloadFailed(reason) = install::rust_target(cx, TRIPLE)? {
        return Ok(Outcome::Skipped(reason));
    }
    if let Availability::DownloadFailed(reason) = install::node(cx)? {
        return Ok(Outcome::Skipped(reason));
    }
    // In a release build, which takes no longer to make and runs ten times as fast.
    let mut build = cx.cargo(&[
        "build",
        "--release",
        "-p",
        "vox-generate",
        "--example",
        "wasm32",
        "--target",
        TRIPLE,
    ]);
    build
        .env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true")
        .env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true");
    process::run(&mut build)?;
    let module = cx
        .metadata
        .target_directory
        .join(TRIPLE)
        .join("release/examples/wasm32.wasm");
    let mut node = Command::new("node");
    node.arg(SCRIPT)
        .arg(module)
        .arg(TYPES)
        .current_dir(cx.root());
    process::run(&mut node)?;
    Ok(Outcome::Passed(format!("{TYPES} types")))
}
