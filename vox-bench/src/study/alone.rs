//! A row in processes of its own.
//!
//! Where memory lies decides some nanoseconds: a load waits for a store that lies 4 KiB before it, and what lies in two cache
//! lines takes longer. In one process that is the same in every round, and no median tells. So a row is measured in a few processes
//! whose heaps and stacks start at different distances, and the median of what they tell counts. Nor does a row depend on where
//! the rows before it left the memory and the processor.

use std::hint::black_box;
use std::io;

use serde::{Deserialize, Serialize};

use super::child::{Part, answer, command};
use crate::contender::{Absence, Buffer, Column};
use crate::measure::{Plan, Timing, median};
use crate::progress::Progress;
use crate::rows::{self, Options, Row, Time};
use crate::workload::{Workload, metadata};

/// How much further on the heap and the stack start, in bytes: in each process differently within pages and within cache lines.
const PLACES: [usize; 3] = [0, 1_352, 2_720];

/// What shifts the stack of a process by its length, and tells it how far to shift the heap.
const SHIFT: &str = "VOX_BENCH_SHIFT";

/// A row, as one process tells it to another.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    values: usize,
    bytes: f64,
    times: Vec<Time>,
    /// Who did not take part, and why.
    absent: Vec<(Column, Buffer, String)>,
}

/// The last row that is meant, if it is there, in a part of the rounds: there are more processes.
pub(super) fn tell(options: &Options) -> Option<Told> {
    // The text is gone before, and what nobody uses is made all the same.
    let shift = std::env::var_os(SHIFT).map_or(0, |shift| shift.len());
    black_box(Vec::leak(Vec::<u8>::with_capacity(shift)));
    let options = Options {
        plan: Plan {
            rounds: (options.plan.rounds / PLACES.len()) | 1,
            ..options.plan
        },
        ..options.clone()
    };
    let host = options.wants(&metadata::HOST).then(metadata::read_host);
    let host = host.and_then(Result::ok);
    let mut rows = rows::measure(&options, host.as_ref(), &mut Progress::silent());
    let Row {
        values,
        bytes,
        times,
        absent,
        ..
    } = rows.pop()?;
    let in_words =
        |(column, buffer, absence): (_, _, Absence)| (column, buffer, absence.to_string());
    Some(Told {
        values,
        bytes,
        times,
        absent: absent.into_iter().map(in_words).collect(),
    })
}

/// Measures a row in new processes of this program.
///
/// # Errors
///
/// When a process cannot be started, fails, or does not tell of the row.
pub fn row(workload: &Workload, is_quick: bool) -> io::Result<Row> {
    let told: io::Result<Vec<Told>> = PLACES
        .iter()
        .map(|&shift| ask(workload, is_quick, shift))
        .collect();
    let told = told?;
    let [first, ..] = told.as_slice() else {
        return Err(io::Error::other("no process was asked"));
    };
    Ok(Row {
        workload: workload.name,
        values: first.values,
        bytes: first.bytes,
        times: medians(&told),
        absent: absent(&told),
    })
}

fn ask(workload: &Workload, is_quick: bool, shift: usize) -> io::Result<Told> {
    let mut command = command(&std::env::current_exe()?, Part::Row);
    command.args(["--row", &format!("={}", workload.name)]);
    if is_quick {
        command.arg("--quick");
    }
    command.env(SHIFT, ".".repeat(shift));
    let told: Option<Told> = answer(&mut command)?;
    told.ok_or_else(|| io::Error::other("there is no such row"))
}

/// Of each contender that all tell of, the medians of what they tell.
fn medians(told: &[Told]) -> Vec<Time> {
    let Some((first, others)) = told.split_first() else {
        return Vec::new();
    };
    let of = |time: &Time| {
        let same = |other: &&Time| other.column == time.column && other.buffer == time.buffer;
        let mut all = vec![time.timing];
        for other in others {
            all.push(other.times.iter().find(same)?.timing);
        }
        let middle = |field: fn(&Timing) -> f64| median(all.iter().map(field).collect());
        let timing = Timing {
            median_ns: middle(|timing| timing.median_ns),
            lower_quartile_ns: middle(|timing| timing.lower_quartile_ns),
            upper_quartile_ns: middle(|timing| timing.upper_quartile_ns),
            iterations: time.timing.iterations,
        };
        Some(Time { timing, ..*time })
    };
    first.times.iter().filter_map(of).collect()
}

/// Who did not take part in one process or another, each with the first reason.
fn absent(told: &[Told]) -> Vec<(Column, Buffer, Absence)> {
    let mut absent: Vec<(Column, Buffer, Absence)> = Vec::new();
    for (column, buffer, reason) in told.iter().flat_map(|told| &told.absent) {
        if !absent.iter().any(|it| (it.0, it.1) == (*column, *buffer)) {
            absent.push((*column, *buffer, Absence::Unavailable(reason.clone())));
        }
    }
    absent
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(times: &[(Column, f64)]) -> Told {
        let time = |&(column, nanos): &(Column, f64)| Time {
            column,
            buffer: Buffer::Fresh,
            timing: Timing {
                median_ns: nanos,
                lower_quartile_ns: nanos - 1.0,
                upper_quartile_ns: nanos + 1.0,
                iterations: 7,
            },
        };
        Told {
            values: 1,
            bytes: 3.0,
            times: times.iter().map(time).collect(),
            absent: Vec::new(),
        }
    }

    #[test]
    fn the_median_of_the_processes_counts() {
        let processes = [
            told(&[(Column::Hand, 20.0), (Column::Probed, 90.0)]),
            told(&[(Column::Probed, 30.0), (Column::Hand, 21.0)]),
            told(&[(Column::Hand, 10.0), (Column::Probed, 31.0)]),
        ];
        let medians = medians(&processes);
        let found: Vec<_> = medians
            .iter()
            .map(|time| {
                (
                    time.column,
                    time.timing.median_ns,
                    time.timing.upper_quartile_ns,
                )
            })
            .collect();
        let expected = [(Column::Hand, 20.0, 21.0), (Column::Probed, 31.0, 32.0)];
        assert_eq!(found, expected);
    }

    #[test]
    fn who_took_part_in_some_processes_only_did_not_take_part() {
        let processes = [
            told(&[(Column::Hand, 20.0), (Column::Probed, 90.0)]),
            told(&[(Column::Hand, 21.0)]),
        ];
        let medians = medians(&processes);
        assert_eq!(medians.len(), 1);
        assert_eq!(medians[0].column, Column::Hand);
    }

    #[test]
    fn why_somebody_is_absent_is_told_once() {
        let because = |reason: &str| Told {
            absent: vec![(Column::Probed, Buffer::Fresh, reason.to_owned())],
            ..told(&[(Column::Hand, 20.0)])
        };
        let processes = [because("its bytes differ"), because("it refuses the value")];
        let reason = Absence::Unavailable("its bytes differ".to_owned());
        assert_eq!(
            absent(&processes),
            [(Column::Probed, Buffer::Fresh, reason)]
        );
    }

    #[test]
    fn what_a_process_tells_is_what_another_reads() {
        let told = Told {
            absent: vec![(Column::Hand, Buffer::Reused, "why".to_owned())],
            ..told(&[(Column::Probed, 30.0)])
        };
        let text = serde_json::to_string(&told).unwrap();
        let read: Told = serde_json::from_str(&text).unwrap();
        assert_eq!(read.times, told.times);
        assert_eq!(read.absent, told.absent);
        assert_eq!((read.values, read.bytes), (1, 3.0));
    }
}
