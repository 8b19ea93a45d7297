//! `cargo xtask soak`: types made at run time, in every tier, for a given time; in a release build.
//!
//! Not for the gate: `cargo test` runs a fixed number of the same types.

use crate::context::Context;
use crate::outcome::Outcome;
use crate::process;

/// Runs the soak with another seed each time, or with the one given.
pub(crate) fn run(cx: &Context, seconds: u64, seed: Option<u64>) -> anyhow::Result<Outcome> {
    let mut command = cx.cargo(&[
        "run",
        "--release",
        "-p",
        "vox-generate",
        "--bin",
        "soak",
        "--",
    ]);
    command.arg("--seconds").arg(seconds.to_string());
    if let Some(seed) = seed {
        command.arg("--seed").arg(seed.to_string());
    }
    process::run(&mut command)?;
    Ok(Outcome::Passed(format!("{seconds} s")))
}
