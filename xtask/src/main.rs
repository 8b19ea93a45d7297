//! `cargo xtask`: the project's own checks, as one program.
//!
//! For: what plain cargo commands cannot say (dependency direction, other targets, the full run).
//! Not for: anything a user of `vox` needs; no crate may depend on this one.
//! Read next: `full.rs`, the table of everything that is checked; `layers/rules.rs`, the dependency rules.

use clap::{Parser, Subcommand};

mod assumptions;
mod check_targets;
mod codec_tests;
mod concurrency;
mod context;
mod cross;
mod examples;
#[cfg(test)]
mod facet_features;
mod features;
mod full;
mod fuzz;
mod golden;
mod install;
mod journal;
mod layers;
mod layout;
mod miri;
mod outcome;
mod package;
mod process;
mod readme;
mod soak;
mod sources;
mod wasm;

use context::Context;
use outcome::{Outcome, Report};

/// The checks of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Hold the dependency direction of crates and modules.
    Layers,
    /// Hold SAFETY.md, the proofs in the code and the guard tests together.
    Assumptions,
    /// Hold that tests of the codec are written with `codec_test!`.
    CodecTests,
    /// Run the test suite for other targets, under Wine or qemu-user.
    Cross {
        /// Targets to run; see `xtask/src/cross/targets.rs`.
        #[arg(required = true)]
        targets: Vec<String>,
        /// Install missing Debian packages and Rust targets (needs root).
        #[arg(long)]
        install: bool,
        /// Passed on to `cargo test`; a further `--` reaches the tests themselves.
        #[arg(last = true)]
        cargo_test: Vec<String>,
    },
    /// Type-check `vox` for the other targets, those that nothing here can run included.
    CheckTargets {
        /// Leave out what only combines a processor and a system that others show.
        #[arg(long)]
        quick: bool,
        /// Install missing Rust targets.
        #[arg(long)]
        install: bool,
    },
    /// Run every example of `vox`.
    Examples,
    /// Lint `vox` with each of its features alone.
    Features,
    /// Run the interpreter under Miri, on the nightly toolchain.
    Miri {
        /// Only the unit tests of `vox-core`.
        #[arg(long)]
        quick: bool,
        /// Install nightly and Miri where missing.
        #[arg(long)]
        install: bool,
    },
    /// Run the tests with the layout of their types shuffled.
    Layout {
        /// Decides the order of fields.
        #[arg(required = true)]
        seeds: Vec<u32>,
    },
    /// Run slots and queues through every order of their threads.
    Loom,
    /// Run the tests of many threads under the thread sanitizer, on the nightly toolchain.
    Tsan {
        /// Install nightly and its sources where missing.
        #[arg(long)]
        install: bool,
    },
    /// Look at what `cargo package` would put into each crate.
    Package,
    /// Check that README.md and `.ci/run` name the project's two commands.
    Readme,
    /// Hold the golden bytes in `fixtures` and the changelog's section Wire together.
    Golden,
    /// Encode types made at run time, in every tier, for a given time.
    Soak {
        /// How long, building apart.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// The seed of the first type; without one, a different one in every run.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Let libFuzzer make up types, for a given time; needs a nightly toolchain and cargo-fuzz.
    Fuzz {
        /// How long, building apart.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Machine code as well, which takes minutes to build.
        #[arg(long)]
        every_tier: bool,
        /// Install the nightly toolchain and cargo-fuzz if they are missing.
        #[arg(long)]
        install: bool,
    },
    /// Encode types made at run time in a WebAssembly module, under Node.js.
    Wasm {
        /// Install Node.js and the Rust target where missing (needs root).
        #[arg(long)]
        install: bool,
    },
    /// Everything: some two and a half hours on two processors.
    Full {
        /// Go on with a run of the same commit that was broken off: what passed is not run again.
        #[arg(long)]
        resume: bool,
        /// Install whatever is missing (needs root).
        #[arg(long)]
        install: bool,
    },
}

fn main() -> std::process::ExitCode {
    if let Some(code) = layout::run_as_wrapper() {
        return code;
    }
    let arguments = Arguments::parse();
    match run(arguments.task) {
        Ok(report) => {
            report.print_closing();
            report.exit_code()
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<Report> {
    let mut report = Report::default();
    match task {
        Task::Layers => one(&mut report, "layers", false, layers::check)?,
        Task::Assumptions => one(&mut report, "assumptions", false, assumptions::check)?,
        Task::CodecTests => one(&mut report, "codec tests", false, codec_tests::check)?,
        Task::Cross {
            targets,
            install,
            cargo_test,
        } => {
            let cx = Context::load(install)?;
            for name in &targets {
                let target = cross::find_target(name)?;
                report.run(name, || cross::test(&cx, target, &cargo_test));
            }
        }
        Task::CheckTargets { quick, install } => {
            let cx = Context::load(install)?;
            for target in check_targets::targets(quick) {
                report.run(target.triple, || check_targets::check(&cx, target));
            }
        }
        Task::Examples => one(&mut report, "examples", false, examples::run_all)?,
        Task::Features => one(&mut report, "features", false, features::check)?,
        Task::Miri { quick, install } => one(&mut report, "miri", install, |cx| {
            miri::test(cx, miri::Extent::from_quick(quick))
        })?,
        Task::Layout { seeds } => {
            let cx = Context::load(false)?;
            for seed in seeds {
                report.run(&format!("layout seed {seed}"), || layout::test(&cx, seed));
            }
        }
        Task::Loom => one(&mut report, "loom", false, concurrency::loom)?,
        Task::Tsan { install } => one(&mut report, "tsan", install, concurrency::tsan)?,
        Task::Package => one(&mut report, "package", false, package::check)?,
        Task::Readme => one(&mut report, "readme", false, readme::check)?,
        Task::Golden => one(&mut report, "golden files", false, golden::check)?,
        Task::Soak { seconds, seed } => one(&mut report, "soak", false, |cx| {
            soak::run(cx, seconds, seed)
        })?,
        Task::Fuzz {
            seconds,
            every_tier,
            install,
        } => one(&mut report, "fuzz", install, |cx| {
            fuzz::run(cx, fuzz::Target::from_every_tier(every_tier), seconds)
        })?,
        Task::Wasm { install } => one(&mut report, "wasm32", install, wasm::test)?,
        Task::Full { resume, install } => full::run(&Context::load(install)?, &mut report, resume)?,
    }
    Ok(report)
}

fn one(
    report: &mut Report,
    name: &str,
    install: bool,
    check: impl FnOnce(&Context) -> anyhow::Result<Outcome>,
) -> anyhow::Result<()> {
    let cx = Context::load(install)?;
    report.run(name, || check(&cx));
    Ok(())
}
