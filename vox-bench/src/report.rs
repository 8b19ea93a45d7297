//! What came out of a trial: numbers, and the numbers that follow from them.
//!
//! Plain data and arithmetic. Not for: how it looks ([`crate::table`]) or how it
//! came about ([`crate::trial`]).

use vox::Counters;

use crate::contender::Column;
use crate::measure::{Plan, Timing};

/// Everything a trial found.
#[derive(Debug, Clone)]
pub struct Report {
    /// Where it ran.
    pub machine: Machine,
    /// How long it measured.
    pub plan: Plan,
    /// Whose bytes were proven equal to serde postcard's.
    pub proof: Proof,
    /// A row per workload.
    pub rows: Vec<Row>,
    /// What must be known to read the rows: what is missing and why.
    pub notes: Vec<String>,
}

/// The machine a trial ran on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The architecture, in Rust's words.
    pub architecture: &'static str,
    /// The operating system, in Rust's words.
    pub system: &'static str,
    /// The processor, where the system says so.
    pub processor: Option<String>,
}

/// What was proven before anything was timed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// The workloads.
    pub workloads: usize,
    /// Their values.
    pub values: usize,
    /// The modes every value was encoded in.
    pub modes: Vec<String>,
    /// The documents that serde postcard read back from the bytes of every mode.
    pub read_back: Vec<&'static str>,
}

/// One workload's results.
#[derive(Debug, Clone)]
pub struct Row {
    /// The workload.
    pub workload: &'static str,
    /// How many values it has; one, unless it is a rotation.
    pub values: usize,
    /// Bytes per value, the mean.
    pub bytes: f64,
    /// A cell per column, in the order of [`Column::TABLE`].
    pub cells: Vec<Cell>,
}

/// One contender's results.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The contender.
    pub column: Column,
    /// Its time per encode; `None` if it did not take part.
    pub timing: Option<Timing>,
    /// What it called per encode; `None` for those that do not say, or did not take part.
    pub calls: Option<Calls>,
}

/// Calls per encode, the mean over the values.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Calls {
    /// Of facet's vtable functions, in whatever way.
    pub vtable: f64,
    /// Of trampolines that reach Rust-ABI functions.
    pub trampoline: f64,
    /// Of trampolines that reach `extern "C"` vtable functions.
    pub c_trampoline: f64,
    /// Of accessors for values without a vtable function.
    pub accessor: f64,
}

impl Calls {
    /// The mean of what was counted over so many encodes.
    #[must_use]
    pub fn mean(total: &Counters, encodes: usize) -> Self {
        // Counts of calls stay far below 2^53.
        let mean = |count: u64| count as f64 / encodes as f64;
        Self {
            vtable: mean(total.vtable_calls),
            trampoline: mean(total.trampoline_calls),
            c_trampoline: mean(total.c_trampoline_calls),
            accessor: mean(total.accessor_calls),
        }
    }

    /// Of trampolines of either kind.
    #[must_use]
    pub fn any_trampoline(&self) -> f64 {
        self.trampoline + self.c_trampoline
    }
}

impl Row {
    /// The cell of a column.
    #[must_use]
    pub fn cell(&self, column: Column) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.column == column)
    }

    /// The time of a column per encode.
    #[must_use]
    pub fn nanos(&self, column: Column) -> Option<f64> {
        Some(self.cell(column)?.timing?.median_ns)
    }

    /// How many times as fast as `reference` a column is.
    #[must_use]
    pub fn speed(&self, column: Column, reference: Column) -> Option<f64> {
        Some(self.nanos(reference)? / self.nanos(column)?)
    }

    /// What one call costs more through a trampoline than in place: the
    /// difference of the two columns over the calls that differ in the way they are made.
    /// `None` where nothing differs.
    #[must_use]
    pub fn trampoline_cost_ns(&self) -> Option<f64> {
        let difference = self.nanos(Column::Trampoline)? - self.nanos(Column::Inline)?;
        let calls = self.cell(Column::Trampoline)?.calls?.c_trampoline;
        (calls > 0.0).then(|| difference / calls)
    }
}

/// A comparison of two columns on one workload.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statement {
    /// On what.
    pub workload: &'static str,
    /// Who.
    pub subject: Column,
    /// Against whom.
    pub reference: Column,
    /// How many times as fast.
    pub speed: f64,
}

/// The comparisons that vox is judged by.
const STATEMENTS: [(&str, Column, Column); 2] = [
    ("gnarly_16", Column::Interpreter, Column::FacetPostcard),
    ("gnarly_16", Column::Probed, Column::SerdePostcard),
];

impl Report {
    /// The comparisons that vox is judged by, as far as they were measured.
    #[must_use]
    pub fn statements(&self) -> Vec<Statement> {
        let state = |(workload, subject, reference): (&str, Column, Column)| {
            let row = self.rows.iter().find(|row| row.workload == workload)?;
            Some(Statement {
                workload: row.workload,
                subject,
                reference,
                speed: row.speed(subject, reference)?,
            })
        };
        STATEMENTS.into_iter().filter_map(state).collect()
    }
}

impl Machine {
    /// This one.
    #[must_use]
    pub fn here() -> Self {
        Self {
            architecture: std::env::consts::ARCH,
            system: std::env::consts::OS,
            processor: read_processor(),
        }
    }
}

/// The processor's name where Linux says it.
fn read_processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    let (_, name) = line.split_once(':')?;
    Some(name.trim().to_owned())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Duration;

    use super::*;

    fn timing(median_ns: f64) -> Timing {
        Timing {
            median_ns,
            lower_quartile_ns: median_ns - 1.0,
            upper_quartile_ns: median_ns + 1.0,
            iterations: 1000,
        }
    }

    /// A row whose columns take these times, and whose columns of vox called something.
    pub(crate) fn row(workload: &'static str, nanos: [Option<f64>; 6]) -> Row {
        let cell = |(column, nanos): (Column, Option<f64>)| Cell {
            column,
            timing: nanos.map(timing),
            calls: column.settings().and(nanos).map(|_| Calls {
                vtable: 100.0,
                c_trampoline: if column == Column::Trampoline {
                    80.0
                } else {
                    0.0
                },
                ..Calls::default()
            }),
        };
        Row {
            workload,
            values: 1,
            bytes: 5915.0,
            cells: Column::TABLE.into_iter().zip(nanos).map(cell).collect(),
        }
    }

    pub(crate) fn report(rows: Vec<Row>) -> Report {
        Report {
            machine: Machine {
                architecture: "pdp11",
                system: "unix",
                processor: None,
            },
            plan: Plan {
                rounds: 3,
                turn: Duration::from_millis(1),
            },
            proof: Proof {
                workloads: rows.len(),
                values: rows.len(),
                modes: vec!["by hand".to_owned()],
                read_back: Vec::new(),
            },
            rows,
            notes: Vec::new(),
        }
    }

    #[test]
    fn what_follows_is_arithmetic() {
        let times = [1000.0, 940.0, 900.0, 500.0, 3000.0, 8000.0].map(Some);
        let row = row("gnarly_16", times);
        assert_eq!(row.trampoline_cost_ns(), Some(0.5));
        assert_eq!(row.speed(Column::Probed, Column::SerdePostcard), Some(6.0));
        let statements = report(vec![row]).statements();
        assert_eq!(statements.len(), 2);
        assert_eq!(statements[0].speed, 8.0);
        assert_eq!(statements[1].speed, 6.0);
    }

    #[test]
    fn nothing_follows_from_what_is_missing() {
        let times = [Some(1000.0), None, None, None, Some(3000.0), None];
        let row = row("gnarly_16", times);
        assert_eq!(row.trampoline_cost_ns(), None);
        assert_eq!(row.speed(Column::Probed, Column::SerdePostcard), None);
        assert_eq!(report(vec![row]).statements(), []);
    }

    #[test]
    fn calls_are_means() {
        let mut total = Counters::default();
        total.vtable_calls = 10;
        total.trampoline_calls = 1;
        total.c_trampoline_calls = 2;
        let calls = Calls::mean(&total, 4);
        assert_eq!((calls.vtable, calls.any_trampoline()), (2.5, 0.75));
    }
}
