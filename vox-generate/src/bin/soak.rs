//! Runs types made at run time for as long as it is told to; see `cargo xtask soak`.
//!
//! Prints what was made and what was executed. Fails on the first wrong byte, with the case made small,
//! and when some op was never executed in some tier, or some kind of type never made.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use vox_generate::Campaign;

/// Types made at run time, in every tier, for a given time.
#[derive(Parser)]
struct Arguments {
    /// How long.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// The seed of the first type; without one, a different one in every run.
    #[arg(long)]
    seed: Option<u64>,
    /// How many types at most.
    #[arg(long, default_value_t = u64::MAX)]
    cases: u64,
    /// Every so many types one is compiled to machine code.
    #[arg(long, default_value_t = 4)]
    compile_every: u64,
    /// Print each seed and type before it is run, for crashes that end the process.
    #[arg(long)]
    trace: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let first_seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("the first seed is {first_seed}");
    let campaign = Campaign {
        first_seed,
        cases: arguments.cases,
        time: Some(Duration::from_secs(arguments.seconds)),
        compile_every: arguments.compile_every,
        outputs_every: 5,
        trace: arguments.trace,
    };
    match campaign.run() {
        Ok(summary) => {
            println!("{summary}");
            let missing = summary.missing();
            let never_made = summary.census.missing();
            if missing.is_empty() && never_made.is_empty() {
                return ExitCode::SUCCESS;
            }
            eprintln!("never executed, or unexpectedly: {missing:?}; never made: {never_made:?}");
        }
        Err(failure) => eprintln!("{failure}"),
    }
    ExitCode::FAILURE
}
