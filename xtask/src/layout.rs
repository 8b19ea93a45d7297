//! The test suite with the layout of users' types shuffled: offsets must come from shapes, never from habit.
//!
//! `-Zrandomize-layout` is unstable; `RUSTC_BOOTSTRAP` lets the stable compiler take it. Only the workspace's own crates are
//! compiled with them: this program puts itself in front of rustc for those and adds the flags and the variable, so that
//! Cranelift is not built anew for every seed. Cargo itself must not see the variable: build scripts that ask for it, those
//! of most procedural macros, would run again, and everything behind them be built again, now and for whatever comes next.
//! A type's layout is decided by the crate that defines it, so crates with and without the flags agree on every type.
//!
//! Not for: `Vec`, `String` and the like, which come compiled and do not move.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Context as _;

use crate::context::Context;
use crate::outcome::Outcome;
use crate::process;

/// What this program is called when it stands in front of rustc, before the seed.
const WRAPPER: &str = "layout-seed-";

/// Runs the tests of `vox` with this seed.
pub(crate) fn test(cx: &Context, seed: u32) -> anyhow::Result<Outcome> {
    let mut command = cx.cargo(&["test", "--workspace", "--lib", "--tests"]);
    for name in ["xtask", "vox-bench", "vox-cabi"] {
        command.args(["--exclude", name]);
    }
    // Cargo tells artefacts apart by the wrapper's path: every seed has its own.
    command.env("RUSTC_WORKSPACE_WRAPPER", install_wrapper(cx, seed)?);
    // A test looks whether fields really moved.
    command.env("VOX_TEST_LAYOUT_SEED", seed.to_string());
    let count = process::run_tests(&mut command)?;
    Ok(Outcome::Passed(count.to_string()))
}

fn install_wrapper(cx: &Context, seed: u32) -> anyhow::Result<std::path::PathBuf> {
    let this = std::env::current_exe().context("this program has a path")?;
    let path = cx.scratch("layout")?.join(format!("{WRAPPER}{seed}"));
    std::fs::copy(&this, &path).with_context(|| {
        format!("cannot copy {this:?} to {path:?}; was the former built anew meanwhile?")
    })?;
    Ok(path)
}

/// Runs rustc with the flags when this program was started as its wrapper; `None` when it was not.
pub(crate) fn run_as_wrapper() -> Option<ExitCode> {
    let mut arguments = std::env::args_os();
    let seed = find_seed(Path::new(&arguments.next()?))?;
    let mut rustc = Command::new(arguments.next()?);
    rustc
        .args(arguments)
        .args([
            String::from("-Zrandomize-layout"),
            format!("-Zlayout-seed={seed}"),
        ])
        .env("RUSTC_BOOTSTRAP", "1");
    Some(match rustc.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot start rustc: {error}");
            ExitCode::FAILURE
        }
    })
}

fn find_seed(program: &Path) -> Option<u32> {
    program
        .file_stem()
        .and_then(OsStr::to_str)?
        .strip_prefix(WRAPPER)?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_wrapper_has_a_seed() {
        assert_eq!(find_seed(Path::new("/target/layout-seed-17")), Some(17));
        assert_eq!(find_seed(Path::new("layout-seed-4.exe")), Some(4));
        assert_eq!(find_seed(Path::new("/target/debug/xtask")), None);
        assert_eq!(find_seed(Path::new("layout-seed-x")), None);
    }
}
