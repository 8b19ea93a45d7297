//! `cargo xtask full`: everything that is checked, as one table. A new check is one more line of [`STEPS`].
//!
//! `.ci/run` is the shorter gate for every change; this is run before something is called done.

use std::time::Instant;

use anyhow::Context as _;

use crate::context::Context;
use crate::journal::Journal;
use crate::outcome::{Outcome, Report};
use crate::{
    assumptions, check_targets, codec_tests, concurrency, cross, examples, features, golden,
    layers, layout, miri, package, process, readme, wasm,
};

struct Step {
    name: &'static str,
    action: Action,
}

enum Action {
    /// A cargo command that must succeed.
    Cargo(&'static [&'static str]),
    /// A cargo command that must run tests.
    Tests(&'static [&'static str]),
    Docs,
    /// The tests with the layout of their types shuffled by this seed.
    LayoutSeed(u32),
    Check(fn(&Context) -> anyhow::Result<Outcome>),
    CheckTargets,
    CrossTargets,
}

const STEPS: &[Step] = &[
    step("format", Action::Cargo(&["fmt", "--all", "--check"])),
    step(
        "clippy",
        Action::Cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]),
    ),
    step(
        "clippy, no default features",
        Action::Cargo(&[
            "clippy",
            "-p",
            "vox",
            "--no-default-features",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]),
    ),
    step(
        "clippy, all features",
        Action::Cargo(&[
            "clippy",
            "--workspace",
            "--all-features",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]),
    ),
    step("each feature alone", Action::Check(features::check)),
    step("docs", Action::Docs),
    step("readme", Action::Check(readme::check)),
    step("layers", Action::Check(layers::check)),
    step("assumptions", Action::Check(assumptions::check)),
    step("codec tests", Action::Check(codec_tests::check)),
    step("golden files", Action::Check(golden::check)),
    step("packages", Action::Check(package::check)),
    step("tests", Action::Tests(&["test", "--workspace"])),
    step(
        "tests, vox as it comes",
        Action::Tests(&["test", "-p", "vox"]),
    ),
    step(
        "tests, vox without features",
        Action::Tests(&["test", "-p", "vox", "--no-default-features"]),
    ),
    step(
        "a feature that is off",
        Action::Tests(&["test", "-p", "vox-core", "--test", "lower", "refusals"]),
    ),
    step(
        "tests, all features",
        Action::Tests(&["test", "--workspace", "--all-features"]),
    ),
    step("examples", Action::Check(examples::run_all)),
    step("layout seed 1", Action::LayoutSeed(1)),
    step("layout seed 2", Action::LayoutSeed(2)),
    step("layout seed 3", Action::LayoutSeed(3)),
    step("layout seed 4", Action::LayoutSeed(4)),
    step("loom", Action::Check(concurrency::loom)),
    step("thread sanitizer", Action::Check(concurrency::tsan)),
    step(
        "miri",
        Action::Check(|cx| miri::test(cx, miri::Extent::Whole)),
    ),
    step("soak", Action::Check(|cx| crate::soak::run(cx, 60, None))),
    step(
        "fuzz, interpreter",
        Action::Check(|cx| crate::fuzz::run(cx, crate::fuzz::Target::Interpreter, 60)),
    ),
    step(
        "fuzz, every tier",
        Action::Check(|cx| crate::fuzz::run(cx, crate::fuzz::Target::EveryTier, 60)),
    ),
    step("wasm32, under Node.js", Action::Check(wasm::test)),
    // These two make a row for each target.
    step("check", Action::CheckTargets),
    step("tests", Action::CrossTargets),
];

const fn step(name: &'static str, action: Action) -> Step {
    Step { name, action }
}

/// With `resume`, what passed in the last run of the same commit is not run again.
pub(crate) fn run(cx: &Context, report: &mut Report, resume: bool) -> anyhow::Result<()> {
    report.keep_in(Journal::open(cx, resume)?);
    let start = Instant::now();
    for step in STEPS {
        println!("[{:.0} s]", start.elapsed().as_secs_f64());
        run_step(cx, step, report);
    }
    println!("[{:.0} s] all steps ran", start.elapsed().as_secs_f64());
    write_table(cx, report)
}

/// For ARCHITECTURE.md, section "What was run".
fn write_table(cx: &Context, report: &Report) -> anyhow::Result<()> {
    let path = cx.metadata.target_directory.as_std_path().join("full.md");
    std::fs::write(&path, report.markdown())
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!("the table: {}", path.display());
    Ok(())
}

fn run_step(cx: &Context, step: &Step, report: &mut Report) {
    match &step.action {
        Action::Cargo(arguments) => report.run(step.name, || {
            process::run(&mut cx.cargo(arguments))?;
            Ok(Outcome::Passed(String::new()))
        }),
        Action::Tests(arguments) => report.run(step.name, || {
            let count = process::run_tests(&mut cx.cargo(arguments))?;
            Ok(Outcome::Passed(count.to_string()))
        }),
        Action::Docs => report.run(step.name, || {
            let mut command = cx.cargo(&["doc", "--workspace", "--no-deps"]);
            process::run(command.env("RUSTDOCFLAGS", "-D warnings"))?;
            Ok(Outcome::Passed(String::new()))
        }),
        Action::LayoutSeed(seed) => report.run(step.name, || layout::test(cx, *seed)),
        Action::Check(check) => report.run(step.name, || check(cx)),
        // One row for each target, so that the table says which of them passed.
        Action::CheckTargets => {
            for target in check_targets::targets(false) {
                let name = format!("{}, {}", step.name, target.triple);
                report.run(&name, || check_targets::check(cx, target));
            }
        }
        Action::CrossTargets => {
            for target in cross::ALL {
                let name = format!("{}, {}", step.name, target.triple);
                report.run(&name, || cross::test(cx, target, &[]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_name_of_its_own() {
        let targets =
            check_targets::targets(false).map(|target| format!("check, {}", target.triple));
        let tests = cross::ALL
            .iter()
            .map(|target| format!("tests, {}", target.triple));
        // Those two are no steps, but groups of steps.
        let single =
            |step: &&Step| !matches!(step.action, Action::CheckTargets | Action::CrossTargets);
        let steps = STEPS.iter().filter(single).map(|step| step.name.to_owned());
        let mut names: Vec<String> = steps.chain(targets).chain(tests).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
