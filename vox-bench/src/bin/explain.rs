//! Shows what vox makes of a workload's type: shape, program, Cranelift IR, machine code.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use vox_bench::explain::{self, Explanation};
use vox_bench::workload;

/// Shows what vox makes of a workload's type: shape, program, Cranelift IR, machine code.
#[derive(Debug, Parser)]
struct Arguments {
    /// The workload; without one, their names are listed.
    workload: Option<String>,
    /// Print one page of HTML, which needs nothing from elsewhere.
    #[arg(long)]
    html: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let text = match arguments.workload {
        Some(name) => match explained(&name) {
            Ok(explanation) if arguments.html => explain::html::page(&explanation),
            Ok(explanation) => explanation.to_string(),
            Err(reason) => {
                eprintln!("explain: {reason}");
                return ExitCode::FAILURE;
            }
        },
        None => workload::catalogue()
            .iter()
            .map(|it| format!("{}\n", it.name))
            .collect(),
    };
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads may stop reading.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("explain: {error}");
            ExitCode::FAILURE
        }
    }
}

fn explained(name: &str) -> Result<Explanation, String> {
    let shape = explain::shape_of_workload(name)
        .ok_or_else(|| format!("there is no workload {name}; without a name, they are listed"))?;
    Explanation::of(shape)
}
