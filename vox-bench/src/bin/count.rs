//! Encodes one workload by one contender some times: for profilers.

use std::process::ExitCode;

use clap::Parser;
use vox_bench::study::counts::Encodes;

/// Encodes a workload by a contender some times, and measures nothing: run it under a
/// profiler, such as `valgrind --tool=callgrind` or `perf record`.
#[derive(Debug, Parser)]
struct Arguments {
    /// The workload.
    #[arg(long, value_name = "NAME")]
    row: String,
    /// The contender: hand, probed, interpreter, serde_postcard and others.
    #[arg(long, value_name = "KEY")]
    column: String,
    /// How many encodes.
    #[arg(long, default_value_t = 1_000)]
    times: u64,
}

fn main() -> ExitCode {
    let Arguments { row, column, times } = Arguments::parse();
    let encodes = Encodes { row, column, times };
    match encodes.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("count: {error}");
            ExitCode::from(2)
        }
    }
}
