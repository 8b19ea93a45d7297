//! The variables the global runtime reads, each combination in a process of
//! its own.

use std::ffi::OsStr;

use vox::{Tier, VtableCalls};
use vox_oracle::child;

/// What the child does: the report of a type in the global runtime, in lines.
#[test]
#[ignore = "run by the other tests, in a child process"]
fn child() {
    let value = (vec![String::from("a")], 300_u16);
    assert_eq!(
        vox::to_bytes(&value).expect("it encodes"),
        [1, 1, b'a', 0xac, 0x02]
    );
    let report = vox::report::<(Vec<String>, u16)>();
    println!("tier={}", report.tier);
    println!("why={}", report.why_not_higher.unwrap_or_default());
    println!("calls={}", report.program.contains("list.as_ptr"));
    for note in report.notes {
        println!("note={note}");
    }
}

/// Runs the child with these variables and answers its lines of one kind.
fn ask<V: AsRef<OsStr>>(variables: &[(&str, V)], kind: &str) -> Vec<String> {
    let mut command = child::command("environment::child");
    for variable in ["VOX_TIER", "VOX_VTABLE_CALLS", "VOX_PROBED_LAYOUTS"] {
        command.env_remove(variable);
    }
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    let output = child::output(&mut command).expect("the child runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    assert!(text.contains("tier="), "the child said nothing: {text}");
    let prefix = format!("{kind}=");
    text.lines()
        .filter_map(|line| line.trim_end().split_once(&prefix))
        .map(|(_, value)| value.to_owned())
        .collect()
}

fn highest() -> String {
    vox::available_tiers()
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn baseline() -> String {
    let is_there = vox::available_tiers().contains(&Tier::Baseline);
    String::from(if is_there { "baseline" } else { "interpreter" })
}

#[test]
fn nothing_set() {
    assert_eq!(ask::<&str>(&[], "tier"), ["interpreter"]);
    assert_eq!(ask::<&str>(&[], "note"), [""; 0]);
    assert_eq!(ask::<&str>(&[], "calls"), ["false"]);
}

#[test]
fn tiers() {
    for (value, tier) in [
        ("auto", String::from("interpreter")),
        ("interpreter", String::from("interpreter")),
        ("optimized", highest()),
        ("baseline", baseline()),
    ] {
        assert_eq!(
            ask(&[("VOX_TIER", value)], "tier"),
            [tier.as_str()],
            "{value}"
        );
        let notes = ask(&[("VOX_TIER", value)], "note");
        if value == "auto" || tier == value {
            assert_eq!(notes, [""; 0], "{value}");
        } else {
            let missing = format!("the {value} tier is not in this build");
            let is_told = notes.iter().any(|note| note.starts_with(&missing));
            assert!(is_told, "{value}: {notes:?}");
        }
    }
    if vox::available_tiers().contains(&Tier::Optimized) {
        assert_eq!(
            ask(&[("VOX_TIER", "interpreter")], "why"),
            ["the runtime is fixed to the interpreter tier"]
        );
    }
}

#[test]
fn layouts() {
    let off = [("VOX_PROBED_LAYOUTS", "off")];
    assert_eq!(ask(&off, "calls"), ["true"]);
    assert_eq!(ask(&off, "note"), [""; 0]);
    assert_eq!(ask(&[("VOX_PROBED_LAYOUTS", "on")], "calls"), ["false"]);
}

#[test]
fn calls() {
    for (value, calls) in [
        ("inline", VtableCalls::Inline),
        ("trampoline", VtableCalls::Trampoline),
    ] {
        let variables = [("VOX_VTABLE_CALLS", value), ("VOX_TIER", "optimized")];
        let notes = ask(&variables, "note");
        if highest() != "optimized" {
            let missing = "the optimized tier is not in this build";
            let is_told = notes.iter().any(|note| note.starts_with(missing));
            assert!(is_told, "{value}: {notes:?}");
        } else if VtableCalls::available().contains(&calls) {
            assert_eq!(notes, [""; 0], "{value}");
            assert_eq!(ask(&variables, "tier"), [highest()], "{value}");
        } else {
            // Known, but not in this build: said, and nothing fails.
            let why = ask(&variables, "why");
            assert!(why[0].contains("feature `trampolines`"), "{why:?}");
            assert_eq!(ask(&variables, "tier"), ["interpreter"], "{value}");
        }
    }
}

/// No text at all is no known value either.
#[cfg(unix)]
#[test]
fn values_that_are_not_unicode() {
    use std::os::unix::ffi::OsStrExt as _;
    let value = std::ffi::OsStr::from_bytes(b"fast\xff");
    let notes = ask(&[("VOX_TIER", value)], "note");
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].starts_with("VOX_TIER=\"fast"), "{notes:?}");
}

/// A value that is not understood is reported, and leaves the default.
#[test]
fn unknown_values() {
    for (variable, allowed) in [
        ("VOX_TIER", "auto, interpreter, baseline, optimized"),
        ("VOX_VTABLE_CALLS", "inline, trampoline"),
        ("VOX_PROBED_LAYOUTS", "on, off"),
    ] {
        for value in ["fastest", "", "ON", " on"] {
            let variables = [(variable, value)];
            let note = format!("{variable}={value:?} is none of {allowed}; ignored");
            assert_eq!(ask(&variables, "note"), [note]);
            assert_eq!(ask(&variables, "tier"), ["interpreter"]);
            assert_eq!(ask(&variables, "calls"), ["false"]);
        }
    }
}
