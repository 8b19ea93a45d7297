//! Finding and installing what a check needs: Debian packages, Node.js, Rust targets, the nightly toolchain, cargo-fuzz.
//!
//! One rule matters: only a download that failed may skip a check. Everything else that goes wrong here,
//! a missing tool without `--install` included, is an error.

use std::process::Command;

use anyhow::bail;

use crate::context::Context;
use crate::process::{self, Captured};

/// Whether a check can go ahead.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Availability {
    Ready,
    /// With the reason to print beside `SKIPPED`.
    DownloadFailed(String),
}

/// Makes sure the packages are installed.
pub(crate) fn debian_packages(cx: &Context, packages: &[&str]) -> anyhow::Result<Availability> {
    println!("Debian packages: {}", packages.join(" "));
    let missing = find_missing_packages(packages)?;
    if missing.is_empty() {
        return Ok(Availability::Ready);
    }
    if !cx.install {
        bail!(
            "missing Debian packages; pass --install, or run: apt-get install -y --no-install-recommends {}",
            missing.join(" ")
        );
    }
    finish_interrupted_installation()?;
    // With `any`, a list that could not be fetched is an error; else apt only warns.
    let update =
        process::capture_and_show(&mut apt(&["update", "-o", "APT::Update::Error-Mode=any"]))?;
    let mut download = apt(&INSTALL);
    let download = process::capture_and_show(download.arg("--download-only").args(&missing))?;
    if !download.success {
        if !update.success || is_failed_apt_download(&download.stderr) {
            return Ok(Availability::DownloadFailed(format!(
                "apt-get could not download {}",
                missing.join(" ")
            )));
        }
        bail!("apt-get cannot install {}", missing.join(" "));
    }
    process::run(apt(&INSTALL).args(&missing))?;
    Ok(Availability::Ready)
}

/// Where an installation was killed half way, apt refuses every further one until dpkg has configured what it unpacked.
/// What dpkg had not unpacked as a whole it cannot configure: apt installs that anew (`--fix-broken`), so a failure here is left to apt to judge.
/// Not asked first is `dpkg --audit`, which does not tell of all that apt refuses for.
fn finish_interrupted_installation() -> anyhow::Result<()> {
    process::capture_and_show(&mut debian("dpkg", &["--configure", "-a"]))?;
    Ok(())
}

fn find_missing_packages<'a>(packages: &[&'a str]) -> anyhow::Result<Vec<&'a str>> {
    let mut missing = Vec::new();
    for package in packages {
        let mut query = Command::new("dpkg-query");
        query.args(["-W", "-f=${db:Status-Status}", package]);
        let answer = process::capture(&mut query)?;
        if !(answer.success && answer.stdout.trim() == "installed") {
            missing.push(*package);
        }
    }
    Ok(missing)
}

const INSTALL: [&str; 4] = ["install", "-y", "--fix-broken", "--no-install-recommends"];

fn apt(arguments: &[&str]) -> Command {
    debian("apt-get", arguments)
}

/// A tool of Debian's, which is not to ask anything.
fn debian(tool: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(tool);
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(arguments);
    command
}

fn is_failed_apt_download(stderr: &str) -> bool {
    stderr.contains("Failed to fetch") || stderr.contains("Unable to fetch")
}

/// Makes sure Node.js is there, wherever it came from.
pub(crate) fn node(cx: &Context) -> anyhow::Result<Availability> {
    match process::capture(Command::new("node").arg("--version")) {
        Ok(answer) if answer.success => Ok(Availability::Ready),
        _ => debian_packages(cx, &["nodejs"]),
    }
}

/// Makes sure the standard library for a target is installed in the running toolchain.
pub(crate) fn rust_target(cx: &Context, triple: &str) -> anyhow::Result<Availability> {
    let installed = process::capture(&mut rustup(&["target", "list", "--installed"]))?;
    if installed.success && installed.stdout.lines().any(|line| line == triple) {
        return Ok(Availability::Ready);
    }
    if !cx.install {
        bail!(
            "Rust target {triple} is missing; pass --install, or run: rustup target add {triple}"
        );
    }
    judge_rustup(triple, rustup_and_show(&["target", "add", triple])?)
}

/// Makes sure the nightly toolchain with Miri is installed.
pub(crate) fn miri(cx: &Context) -> anyhow::Result<Availability> {
    if have_miri()? {
        return Ok(Availability::Ready);
    }
    if !cx.install {
        bail!(
            "Miri is missing; pass --install, or run: rustup toolchain install nightly --profile minimal -c miri -c rust-src"
        );
    }
    if let failed @ Availability::DownloadFailed(_) = install_nightly()? {
        return Ok(failed);
    }
    let arguments = [
        "component",
        "add",
        "miri",
        "rust-src",
        "--toolchain",
        "nightly",
    ];
    judge_rustup("miri", rustup_and_show(&arguments)?)
}

/// Makes sure the nightly toolchain and cargo-fuzz are installed.
pub(crate) fn cargo_fuzz(cx: &Context) -> anyhow::Result<Availability> {
    let has_fuzz = process::capture(Command::new("cargo-fuzz").arg("--version")).is_ok();
    if has_fuzz && have_nightly()? {
        return Ok(Availability::Ready);
    }
    if !cx.install {
        bail!(
            "cargo-fuzz or the nightly toolchain is missing; pass --install, or run: \
             rustup toolchain install nightly --profile minimal && cargo install cargo-fuzz --locked"
        );
    }
    if let failed @ Availability::DownloadFailed(_) = install_nightly()? {
        return Ok(failed);
    }
    if has_fuzz {
        return Ok(Availability::Ready);
    }
    let mut install = Command::new("cargo");
    install.args(["install", "cargo-fuzz", "--locked"]);
    let answer = process::capture_and_show(&mut install)?;
    judge_cargo("cargo-fuzz", &answer)
}

fn judge_cargo(what: &str, answer: &Captured) -> anyhow::Result<Availability> {
    if answer.success {
        return Ok(Availability::Ready);
    }
    if is_failed_cargo_download(&answer.stderr) {
        return Ok(Availability::DownloadFailed(format!(
            "cargo could not download {what}"
        )));
    }
    bail!("cargo cannot install {what}: {}", answer.stderr.trim())
}

fn is_failed_cargo_download(stderr: &str) -> bool {
    ["failed to download", "error: download of"]
        .iter()
        .any(|words| stderr.contains(words))
}

fn have_nightly() -> anyhow::Result<bool> {
    let mut version = rustup(&["run", "nightly", "rustc", "-V"]);
    Ok(process::capture(&mut version)?.success)
}

fn install_nightly() -> anyhow::Result<Availability> {
    if have_nightly()? {
        return Ok(Availability::Ready);
    }
    let arguments = ["toolchain", "install", "nightly", "--profile", "minimal"];
    judge_rustup("nightly", rustup_and_show(&arguments)?)
}

fn have_miri() -> anyhow::Result<bool> {
    let arguments = ["component", "list", "--toolchain", "nightly", "--installed"];
    let list = process::capture(&mut rustup(&arguments))?;
    let has = |wanted: &str| list.stdout.lines().any(|line| line.starts_with(wanted));
    Ok(list.success && has("miri") && has("rust-src"))
}

fn rustup(arguments: &[&str]) -> Command {
    let mut command = Command::new("rustup");
    command.args(arguments);
    command
}

fn rustup_and_show(arguments: &[&str]) -> anyhow::Result<Captured> {
    process::capture_and_show(&mut rustup(arguments))
}

fn judge_rustup(what: &str, answer: Captured) -> anyhow::Result<Availability> {
    if answer.success {
        return Ok(Availability::Ready);
    }
    if is_failed_rustup_download(&answer.stderr) {
        return Ok(Availability::DownloadFailed(format!(
            "rustup could not download {what}"
        )));
    }
    bail!("rustup cannot install {what}: {}", answer.stderr.trim())
}

fn is_failed_rustup_download(stderr: &str) -> bool {
    ["could not download", "error downloading", "download failed"]
        .iter()
        .any(|words| stderr.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Printed by rustup 1.29, cargo 1.95 and apt 2.6 without a network.
    const CARGO_OFFLINE: &str = "    Updating crates.io index\nerror: download of config.json failed\n\n\
        Caused by:\n  failed to download from `https://index.crates.io/config.json`";
    const CARGO_UNKNOWN: &str =
        "error: could not find `no-such-crate` in registry `crates-io` with version `*`";
    const RUSTUP_OFFLINE: &str = "error: component download failed for rust-std-armv7-unknown-linux-gnueabihf: \
        could not download file from 'http://127.0.0.1:1/dist/rust-std.tar.xz': error downloading file";
    const RUSTUP_UNKNOWN: &str =
        "error: toolchain 'stable-x86_64-unknown-linux-gnu' does not support target 'nonsense-foo'";
    const APT_OFFLINE: &str =
        "E: Failed to fetch http://deb.debian.org/debian/pool/main/w/wine/wine.deb";
    const APT_UNKNOWN: &str = "E: Unable to locate package no-such-package";

    fn failed(stderr: &str) -> Captured {
        Captured {
            success: false,
            stdout: String::new(),
            stderr: stderr.to_owned(),
        }
    }

    #[test]
    fn a_failed_download_skips() {
        let judged = judge_rustup("x", failed(RUSTUP_OFFLINE)).expect("a skip is not an error");
        assert!(matches!(judged, Availability::DownloadFailed(_)));
        assert!(is_failed_apt_download(APT_OFFLINE));
        let judged = judge_cargo("x", &failed(CARGO_OFFLINE)).expect("a skip is not an error");
        assert!(matches!(judged, Availability::DownloadFailed(_)));
    }

    #[test]
    fn any_other_failure_fails() {
        judge_rustup("x", failed(RUSTUP_UNKNOWN)).expect_err("an unknown target is an error");
        assert!(!is_failed_apt_download(APT_UNKNOWN));
        judge_cargo("x", &failed(CARGO_UNKNOWN)).expect_err("an unknown crate is an error");
    }
}
