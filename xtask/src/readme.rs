//! The two commands README.md promises, held in one place.
//!
//! `.ci/run` runs the test command from a variable of its own; it must be the same text.

use anyhow::{Context as _, bail};

use crate::context::Context;
use crate::outcome::Outcome;

/// What a visitor runs first.
pub(crate) const MAIN_COMMAND: &str = "cargo run --release -p vox-bench --bin gnarly";
/// What a contributor runs first, and `.ci/run` exactly so.
pub(crate) const TEST_COMMAND: &str = "cargo test --workspace";

pub(crate) fn check(cx: &Context) -> anyhow::Result<Outcome> {
    let readme = read(cx, "README.md")?;
    let gate = read(cx, ".ci/run")?;
    let missing = find_missing(&readme, &gate);
    if !missing.is_empty() {
        bail!("{}", missing.join("; "));
    }
    Ok(Outcome::Passed("2 commands".into()))
}

fn read(cx: &Context, name: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(cx.root().join(name)).with_context(|| format!("cannot read {name}"))
}

fn find_missing(readme: &str, gate: &str) -> Vec<String> {
    let mut missing = Vec::new();
    for command in [MAIN_COMMAND, TEST_COMMAND] {
        if !readme.lines().any(|line| line.trim() == command) {
            missing.push(format!("README.md has no line `{command}`"));
        }
    }
    let variable = format!("TEST_COMMAND='{TEST_COMMAND}'");
    if !gate.lines().any(|line| line.trim() == variable) {
        missing.push(format!(".ci/run has no line `{variable}`"));
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    const GATE: &str = "set -e\nTEST_COMMAND='cargo test --workspace'\n";

    #[test]
    fn both_commands_on_lines_of_their_own_are_enough() {
        let readme = format!("# vox\n\n```sh\n{MAIN_COMMAND}\n{TEST_COMMAND}\n```\n");
        assert_eq!(find_missing(&readme, GATE), Vec::<String>::new());
    }

    #[test]
    fn a_command_inside_a_longer_line_does_not_count() {
        let readme = format!("{MAIN_COMMAND} --json\nrun {TEST_COMMAND}\n");
        assert_eq!(find_missing(&readme, GATE).len(), 2);
    }

    #[test]
    fn a_gate_that_runs_something_else_is_found() {
        let readme = format!("{MAIN_COMMAND}\n{TEST_COMMAND}\n");
        let missing = find_missing(&readme, "TEST_COMMAND='cargo test -p vox'\n");
        assert_eq!(missing.len(), 1);
        assert!(missing[0].starts_with(".ci/run"), "{missing:?}");
    }
}
