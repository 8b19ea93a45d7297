//! Times vox against the encoders written by hand, a row at a time.

use std::process::ExitCode;

use clap::Parser;
use vox_bench::hand;
use vox_bench::measure::Plan;
use vox_bench::progress::Progress;
use vox_bench::rows::{self, Options};
use vox_bench::workload::{Scale, catalogue, metadata};

/// Times every contender on some workloads, into new vectors and into one that is
/// reused, beside the encoder written by hand for the type.
#[derive(Debug, Parser)]
struct Arguments {
    /// Only workloads that have NAME in their name, or whose name it is, as `=NAME`. May be given again.
    #[arg(long = "row", value_name = "NAME")]
    rows: Vec<String>,
    /// Measure for a moment only.
    #[arg(long)]
    quick: bool,
    /// Print the names of the workloads, and measure nothing.
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        for workload in catalogue().into_iter().chain([metadata::HOST]) {
            println!("{}", workload.name);
        }
        return ExitCode::SUCCESS;
    }
    let plan = if arguments.quick {
        Plan::QUICK
    } else {
        Plan::FULL
    };
    let options = Options {
        filters: arguments.rows,
        scale: Scale::FULL,
        plan,
    };
    let host = match metadata::read_host() {
        Ok(document) => Some(document),
        Err(error) => {
            eprintln!("rows: no {}: {error}", metadata::HOST.name);
            None
        }
    };
    if cfg!(debug_assertions) {
        eprintln!("rows: built with debug assertions: the times say nothing of vox");
    }
    let rows = rows::measure(&options, host.as_ref(), &mut Progress::to_stderr());
    if rows.is_empty() {
        eprintln!("rows: no workload has that in its name");
        return ExitCode::from(2);
    }
    println!("hand-written encoders use: {}", hand::form());
    for row in &rows {
        println!("\n{}", rows::to_text(row).trim_end());
    }
    ExitCode::SUCCESS
}
