//! Checks the bytes of vox in every mode, then prints the table of times.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use vox_bench::measure::Plan;
use vox_bench::progress::Progress;
use vox_bench::table;
use vox_bench::trial::{self, Failure, Options};
use vox_bench::workload::Scale;

/// Checks vox's bytes against serde postcard's in every mode, then times vox
/// and its peers side by side and prints one table.
#[derive(Debug, Parser)]
struct Arguments {
    /// Print one JSON document instead of the table.
    #[arg(long)]
    json: bool,
    /// Print a Markdown table, as README.md shows it.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Measure for a moment only: for a look, and for machines that check this program.
    #[arg(long)]
    quick: bool,
    /// Only workloads that have NAME in their name.
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options = Options {
        filter: arguments.filter,
        scale: Scale::FULL,
        plan: if arguments.quick {
            Plan::QUICK
        } else {
            Plan::FULL
        },
        host: true,
    };
    let report = match trial::run(&options, &mut Progress::to_stderr()) {
        Ok(report) => report,
        Err(failure) => {
            eprintln!("gnarly: {failure}");
            return match failure {
                Failure::NothingToDo => ExitCode::from(2),
                _ => ExitCode::FAILURE,
            };
        }
    };
    let text = if arguments.json {
        table::to_json(&report)
    } else if arguments.markdown {
        table::to_markdown(&report)
    } else {
        table::to_text(&report)
    };
    match writeln!(io::stdout(), "{}", text.trim_end()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gnarly: the table could not be printed: {error}");
            ExitCode::FAILURE
        }
    }
}
