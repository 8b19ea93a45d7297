//! Encodes one workload by one contender some times: what callgrind counts for the report.

use std::process::ExitCode;

use clap::Parser;
use vox_bench::contender::{Column, Lineup};
use vox_bench::measure::Subject as _;
use vox_bench::workload::{Scale, Value, Visitor, Workload, visit_all};

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

struct Encode {
    arguments: Arguments,
    column: Column,
    lineup: Lineup,
    result: Option<Result<(), String>>,
}

impl Visitor for Encode {
    fn wants(&mut self, workload: &Workload) -> bool {
        workload.name == self.arguments.row
    }

    fn visit<T: Value>(&mut self, workload: &Workload, value: &T) {
        self.visit_rotation(workload, std::slice::from_ref(value));
    }

    fn visit_rotation<T: Value>(&mut self, _: &Workload, values: &[T]) {
        let entered = self.lineup.enter(self.column, values);
        self.result = Some(match entered {
            Ok(mut contender) => {
                contender.run(self.arguments.times);
                Ok(())
            }
            Err(absence) => Err(absence.to_string()),
        });
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let columns = || Column::TABLE.into_iter().chain(Column::ROWS);
    let Some(column) = columns().find(|column| column.key() == arguments.column) else {
        let keys: Vec<&str> = columns().map(Column::key).collect();
        eprintln!("count: no such contender; there are {}", keys.join(", "));
        return ExitCode::from(2);
    };
    let mut encode = Encode {
        arguments,
        column,
        lineup: Lineup::new(),
        result: None,
    };
    visit_all(&mut encode, Scale::FULL);
    match encode.result {
        Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err(reason)) => {
            eprintln!("count: {reason}");
            ExitCode::FAILURE
        }
        None => {
            eprintln!("count: no such workload; `rows --list` names them");
            ExitCode::from(2)
        }
    }
}
