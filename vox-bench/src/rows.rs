//! Rows: every contender on one workload, in turns, into new vectors and into one that is reused.
//!
//! For: chasing a number. One row takes some seconds and says how far vox is from the encoder written by hand,
//! and whether that one is good enough to be chased. Bytes are compared as contenders enter. Not for: the
//! whole picture, which is the report's; it is made of the same rows.

use std::fmt::Write as _;
use std::io::Write;

use serde::{Deserialize, Serialize};

use crate::contender::{Absence, Buffer, Column, Lineup};
use crate::goals::{self, Processor};
use crate::measure::{self, Plan, Timing, WallClock};
use crate::progress::Progress;
use crate::table::number;
use crate::workload::metadata::{self, Document};
use crate::workload::{
    Family, ROTATION_COUNT, SEED, Scale, Size, Value, Visitor, Workload, catalogue, visit_all,
    visit_rotations,
};

/// One workload's times.
#[derive(Debug, Clone)]
pub struct Row {
    /// The workload.
    pub workload: &'static str,
    /// How many values take turns.
    pub values: usize,
    /// Bytes per value, the mean.
    pub bytes: f64,
    /// What was measured.
    pub times: Vec<Time>,
    /// Who did not take part, and why.
    pub absent: Vec<(Column, Buffer, Absence)>,
}

/// One contender's time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Time {
    /// Who.
    pub column: Column,
    /// Into what.
    pub buffer: Buffer,
    /// How long an encode takes.
    pub timing: Timing,
}

impl Row {
    /// Nanoseconds per encode, the median.
    #[must_use]
    pub fn nanos(&self, column: Column, buffer: Buffer) -> Option<f64> {
        let is_it = |time: &&Time| time.column == column && time.buffer == buffer;
        Some(self.times.iter().find(is_it)?.timing.median_ns)
    }

    /// How many times as long as `than` a contender takes.
    #[must_use]
    pub fn ratio(&self, column: Column, than: Column, buffer: Buffer) -> Option<f64> {
        Some(self.nanos(column, buffer)? / self.nanos(than, buffer)?)
    }

    /// Why there is no time of somebody's, in words; `None` if there is one.
    #[must_use]
    pub fn why_absent(&self, column: Column, buffer: Buffer) -> Option<String> {
        if self.nanos(column, buffer).is_some() {
            return None;
        }
        let is_it = |it: &&(Column, Buffer, Absence)| it.0 == column && it.1 == buffer;
        let reason = self.absent.iter().find(is_it);
        Some(reason.map_or_else(|| "not measured".to_owned(), |it| it.2.to_string()))
    }

    /// Whether the hand-written encoder is as fast as it should be on such a processor to count as a ceiling; `None` where
    /// no goal is known.
    #[must_use]
    pub fn counts_on(&self, processor: Processor) -> Option<bool> {
        let goal = goals::of(self.workload)?.hand(processor)?;
        let speed = self.ratio(Column::SerdePostcard, Column::Hand, Buffer::Fresh)?;
        Some(speed >= goal)
    }
}

/// What to measure, and how long.
#[derive(Debug, Clone)]
pub struct Options {
    /// Only workloads with one of these in their name; all, if there is none.
    pub filters: Vec<String>,
    /// How many values rotations have.
    pub scale: Scale,
    /// How long to measure.
    pub plan: Plan,
}

impl Options {
    /// Whether a workload is meant.
    #[must_use]
    pub fn wants(&self, workload: &Workload) -> bool {
        let has = |filter: &String| match filter.strip_prefix('=') {
            Some(name) => workload.name == name,
            None => workload.name.contains(filter.as_str()),
        };
        self.filters.is_empty() || self.filters.iter().any(has)
    }

    /// The workloads that are meant, in order.
    #[must_use]
    pub fn workloads(&self) -> Vec<Workload> {
        let all = catalogue().into_iter();
        all.filter(|workload| self.wants(workload)).collect()
    }
}

/// Measures the rows that are meant; the real document as well, if it is given and meant.
pub fn measure<W: Write>(
    options: &Options,
    host: Option<&Document>,
    progress: &mut Progress<W>,
) -> Vec<Row> {
    let mut total = options.workloads().len();
    let host = host.filter(|_| options.wants(&metadata::HOST));
    total += usize::from(host.is_some());
    let mut rows = Rows {
        options,
        progress,
        total,
        lineup: Lineup::new(),
        clock: WallClock::start(),
        is_small: false,
        rows: Vec::new(),
    };
    visit_all(&mut rows, options.scale);
    rows.is_small = true;
    let many = SMALLER * ROTATION_COUNT;
    visit_rotations(&mut rows, SEED, options.scale.count(many));
    if let Some(document) = host {
        rows.visit(&metadata::HOST, document);
    }
    rows.progress.finish();
    rows.rows
}

/// Rotations of values with few branches have so many times more of them than others: a predictor memorises a few thousand
/// branches, and larger values would not fit into the caches in such numbers.
const SMALLER: usize = 8;

/// Whether that goes for a workload.
fn is_small(workload: &Workload) -> bool {
    workload.family == Family::Scalars && matches!(workload.size, Size::Mean(_))
}

struct Rows<'o, W: Write> {
    options: &'o Options,
    /// Which of the two kinds of workloads is being visited.
    is_small: bool,
    progress: &'o mut Progress<W>,
    total: usize,
    lineup: Lineup,
    clock: WallClock,
    rows: Vec<Row>,
}

impl<W: Write> Visitor for Rows<'_, W> {
    fn wants(&mut self, workload: &Workload) -> bool {
        is_small(workload) == self.is_small && self.options.wants(workload)
    }

    fn visit<T: Value>(&mut self, workload: &Workload, value: &T) {
        self.visit_rotation(workload, std::slice::from_ref(value));
    }

    fn visit_rotation<T: Value>(&mut self, workload: &Workload, values: &[T]) {
        let step = self.rows.len() + 1;
        self.progress.step(step, self.total, workload.name);
        let row = measure_row(
            &self.lineup,
            &mut self.clock,
            self.options.plan,
            workload,
            values,
        );
        self.rows.push(row);
    }
}

fn measure_row<T: Value>(
    lineup: &Lineup,
    clock: &mut WallClock,
    plan: Plan,
    workload: &Workload,
    values: &[T],
) -> Row {
    let mut who = Vec::new();
    let mut contenders = Vec::new();
    let mut absent = Vec::new();
    for column in Column::ROWS {
        for buffer in [Buffer::Fresh, Buffer::Reused] {
            let entered = match buffer {
                Buffer::Fresh => lineup.enter(column, values),
                Buffer::Reused => lineup.enter_reused(column, values),
            };
            match entered {
                Ok(contender) => {
                    contenders.push(contender);
                    who.push((column, buffer));
                }
                Err(absence) => absent.push((column, buffer, absence)),
            }
        }
    }
    let timings = measure::interleave(clock, plan, &mut contenders);
    let time = |((column, buffer), timing)| Time {
        column,
        buffer,
        timing,
    };
    Row {
        workload: workload.name,
        values: values.len(),
        // Exact below 2^53.
        bytes: encoded_len(values) as f64 / values.len() as f64,
        times: who.into_iter().zip(timings).map(time).collect(),
        absent,
    }
}

/// Bytes of all values together.
pub(crate) fn encoded_len<T: Value>(values: &[T]) -> usize {
    let len_of = |value| postcard::to_allocvec(value).map_or(0, |bytes| bytes.len());
    values.iter().map(len_of).sum()
}

/// A row for people: times, and ratios to serde postcard (more is better) and to the hand-written
/// encoder (less is better).
#[must_use]
pub fn to_text(row: &Row) -> String {
    let mut text = String::new();
    let bytes = number::count(row.bytes);
    let values = match row.values {
        1 => "one value".to_owned(),
        many => format!("{many} values in turns"),
    };
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}: {bytes} bytes, {values}", row.workload);
    let head = [
        "",
        "fresh ns",
        "x serde",
        "/ hand",
        "reused ns",
        "x serde",
        "/ hand",
    ];
    let _ = writeln!(text, "{}", line(head.map(str::to_owned)));
    for column in Column::ROWS {
        if row.nanos(column, Buffer::Fresh).is_none() {
            continue;
        }
        let cells = |buffer| {
            let nanos = row.nanos(column, buffer);
            let speed = row.ratio(Column::SerdePostcard, column, buffer);
            let to_hand = row.ratio(column, Column::Hand, buffer);
            let show = |value: Option<f64>, digits: usize| {
                value.map_or("-".to_owned(), |value| format!("{value:.digits$}"))
            };
            [show(nanos, 1), show(speed, 2), show(to_hand, 2)]
        };
        let [a, b, c] = cells(Buffer::Fresh);
        let [d, e, f] = cells(Buffer::Reused);
        let _ = writeln!(
            text,
            "{}",
            line([column.title().to_owned(), a, b, c, d, e, f])
        );
    }
    for (column, buffer, absence) in &row.absent {
        if column.missing().is_none() {
            let (title, buffer) = (column.title(), buffer.title());
            let _ = writeln!(text, "  no {title}, {buffer}: {absence}");
        }
    }
    let _ = writeln!(text, "{}", verdict(row, Processor::here()));
    text
}

fn line(cells: [String; 7]) -> String {
    let [title, rest @ ..] = cells;
    let rest: String = rest.iter().map(|cell| format!("{cell:>11}")).collect();
    format!("  {title:<16}{rest}")
}

/// Whether the row's ceiling counts on such a processor, in words.
fn verdict(row: &Row, processor: Processor) -> String {
    let aim = goals::of(row.workload).and_then(|goal| goal.hand(processor));
    let speed = row.ratio(Column::SerdePostcard, Column::Hand, Buffer::Fresh);
    match (row.counts_on(processor), aim, speed) {
        (Some(counts), Some(aim), Some(speed)) => {
            let state = if counts { "counts" } else { "FALLS SHORT" };
            format!("  hand-written: {speed:.1} times serde's speed, goal {aim:.1}: {state}")
        }
        _ => "  no goal for the hand-written encoder".to_owned(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Duration;

    use super::*;

    /// A row whose contenders take these times with new vectors.
    pub(crate) fn row(workload: &'static str, nanos: &[(Column, f64)]) -> Row {
        let time = |&(column, nanos): &(Column, f64)| Time {
            column,
            buffer: Buffer::Fresh,
            timing: Timing {
                median_ns: nanos,
                lower_quartile_ns: nanos,
                upper_quartile_ns: nanos,
                iterations: 1,
            },
        };
        Row {
            workload,
            values: 1,
            bytes: 100.0,
            times: nanos.iter().map(time).collect(),
            absent: Vec::new(),
        }
    }

    fn quick(filter: &str) -> Vec<Row> {
        let options = Options {
            filters: vec![filter.to_owned()],
            scale: Scale::new(0.02).unwrap(),
            plan: Plan {
                rounds: 1,
                turn: Duration::from_micros(20),
            },
        };
        measure(&options, None, &mut Progress::silent())
    }

    #[test]
    fn a_row_has_every_contender_there_is() {
        let rows = quick("=gnarly_1");
        let names: Vec<&str> = rows.iter().map(|row| row.workload).collect();
        assert_eq!(names, ["gnarly_1"]);
        let row = &rows[0];
        assert_eq!((row.values, row.bytes), (1, 486.0));
        for column in Column::ROWS {
            let is_there = row.nanos(column, Buffer::Fresh).is_some();
            assert_eq!(is_there, column.unavailable().is_none(), "{column}");
        }
        assert!(row.counts_on(Processor::WideAvx512).is_some());
    }

    #[test]
    fn text_says_ratios_and_whether_the_row_counts() {
        let times = |hand| [(Column::Hand, hand), (Column::SerdePostcard, 3_000.0)];
        let row_of = |hand| Row {
            bytes: 5_915.0,
            ..row("gnarly_16", &times(hand))
        };
        let processor = Processor::WideAvx512;
        let mut row = row_of(200.0);
        assert_eq!(row.counts_on(processor), Some(true));
        let text = to_text(&row);
        assert!(
            text.starts_with("gnarly_16: 5,915 bytes, one value\n"),
            "{text}"
        );
        let said = verdict(&row, processor);
        let expected = "  hand-written: 15.0 times serde's speed, goal 10.8: counts";
        assert_eq!(said, expected);
        assert!(text.contains(&verdict(&row, Processor::here())), "{text}");
        row = row_of(1_000.0);
        assert_eq!(row.counts_on(processor), Some(false));
        assert!(verdict(&row, processor).ends_with("goal 10.8: FALLS SHORT"));
        assert!(verdict(&row, Processor::NoAvx512).ends_with("goal 10.0: FALLS SHORT"));
        row.workload = "slices_bytes_64";
        assert_eq!(row.counts_on(processor), None);
        assert!(verdict(&row, processor).contains("no goal"));
    }
}
