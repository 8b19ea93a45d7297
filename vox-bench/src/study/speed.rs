//! Every row: how long an encode takes, beside the hand-written encoder and serde postcard.

use std::io::Write;

use super::{Cell, Chart, Section, alone};
use crate::contender::{Buffer, Column};
use crate::goals;
use crate::progress::Progress;
use crate::rows::Row;
use crate::workload::Workload;

/// The columns that are shown in full.
const SHOWN: [Column; 9] = [
    Column::Copied,
    Column::Hand,
    Column::Probed,
    Column::Baseline,
    Column::Interpreter,
    Column::SerdePostcard,
    Column::FacetPostcard,
    Column::Bincode,
    Column::Bitcode,
];

/// The most that vox may take of the hand-written encoder's time, on any row that counts.
const MOST: f64 = 1.25;
/// And on the geometric mean of them.
const MOST_IN_THE_MEAN: f64 = 1.10;

/// Measures rows, each [alone]. Answers them, and what could not be measured.
pub fn measure<W: Write>(
    workloads: &[Workload],
    is_quick: bool,
    progress: &mut Progress<W>,
) -> (Vec<Row>, Vec<String>) {
    let (mut rows, mut failures) = (Vec::new(), Vec::new());
    for (idx, workload) in workloads.iter().enumerate() {
        progress.step(idx + 1, workloads.len(), workload.name);
        match alone::row(workload, is_quick) {
            Ok(row) => rows.push(row),
            Err(error) => failures.push(format!("{} was not measured: {error}", workload.name)),
        }
    }
    progress.finish();
    (rows, failures)
}

/// The sections of measured rows, and of what could not be measured.
#[must_use]
pub fn sections(rows: &[Row], failures: &[String]) -> Vec<Section> {
    let mut times = times(rows);
    for failure in failures {
        times.state(failure.clone(), false);
    }
    vec![times, ratios(rows), reuse(rows), verdicts(rows)]
}

fn times(rows: &[Row]) -> Section {
    let mut head = vec!["row", "bytes"];
    head.extend(SHOWN.map(Column::title));
    let mut section = Section::new(
        "Time per encode, new vectors",
        "Nanoseconds, the median of many short turns that the contenders of a row take one after another in one process, and of three such processes, \
         whose memory lies differently. \
         Every contender but the copy and the other formats (feature `peers`) gives serde postcard's bytes, \
         checked before it is timed. Rotations take 256 values in turns.",
        &head,
    );
    for row in rows {
        let mut line = vec![Cell::text(row.workload), Cell::number(Some(row.bytes), 0)];
        line.extend(SHOWN.map(|column| Cell::number(row.nanos(column, Buffer::Fresh), 1)));
        section.line(line);
    }
    let charted = [Column::Hand, Column::Probed, Column::Interpreter];
    let speeds = |row: &Row| {
        let speed = |column| row.ratio(Column::SerdePostcard, column, Buffer::Fresh);
        (row.workload.to_owned(), charted.map(speed).to_vec())
    };
    section.charts.push(Chart {
        title: "Speed".to_owned(),
        unit: "times serde postcard".to_owned(),
        series: charted.map(|column| column.title().to_owned()).to_vec(),
        groups: rows.iter().map(speeds).collect(),
    });
    section
}

fn ratios(rows: &[Row]) -> Section {
    let head = [
        "row",
        "vox / hand",
        "interpreter / hand",
        "serde / hand",
        "serde / vox",
        "serde / interpreter",
        "facet-postcard / interpreter",
        "interpreter / vox",
    ];
    let text = "Ratios of the times above; vox is its machine code with probed layouts.";
    let mut section = Section::new("Ratios", text, &head);
    for row in rows {
        let ratio = |column, than| Cell::number(row.ratio(column, than, Buffer::Fresh), 2);
        section.line(vec![
            Cell::text(row.workload),
            ratio(Column::Probed, Column::Hand),
            ratio(Column::Interpreter, Column::Hand),
            ratio(Column::SerdePostcard, Column::Hand),
            ratio(Column::SerdePostcard, Column::Probed),
            ratio(Column::SerdePostcard, Column::Interpreter),
            ratio(Column::FacetPostcard, Column::Interpreter),
            ratio(Column::Interpreter, Column::Probed),
        ]);
    }
    section
}

fn reuse(rows: &[Row]) -> Section {
    let head = [
        "row",
        "hand",
        "vox",
        "vox / hand",
        "serde postcard",
        "vox, reused / fresh",
    ];
    let mut section = Section::new(
        "Time per encode, one vector reused",
        "Nanoseconds. The vector is cleared before each encode.",
        &head,
    );
    let mut slower = Vec::new();
    for row in rows {
        let nanos = |column| Cell::number(row.nanos(column, Buffer::Reused), 1);
        let fresh = row.nanos(Column::Probed, Buffer::Fresh);
        let reused = row.nanos(Column::Probed, Buffer::Reused);
        let part = reused.zip(fresh).map(|(reused, fresh)| reused / fresh);
        // Medians of undisturbed turns agree to within some percent.
        if part.is_some_and(|part| part > 1.05) {
            slower.push(row.workload);
        }
        section.line(vec![
            Cell::text(row.workload),
            nanos(Column::Hand),
            nanos(Column::Probed),
            Cell::number(row.ratio(Column::Probed, Column::Hand, Buffer::Reused), 2),
            nanos(Column::SerdePostcard),
            Cell::number(part, 2),
        ]);
    }
    let mut text = "a reused vector is no slower than new ones, within 5 %".to_owned();
    if !slower.is_empty() {
        text = format!("{text}; it is on {}", slower.join(", "));
    }
    section.state(text, slower.is_empty());
    section
}

/// The rows that have goals, and whether they are reached.
fn verdicts(rows: &[Row]) -> Section {
    let head = [
        "row",
        "serde / hand",
        "goal",
        "counts",
        "vox / hand",
        "serde / vox",
        "goal",
    ];
    let mut section = Section::new(
        "Goals",
        "A row counts where the hand-written encoder is fast enough to be a ceiling. There, vox may take \
         1.25 times as long on any row, and 1.10 times in the geometric mean.",
        &head,
    );
    let mut to_hand = Vec::new();
    for row in rows {
        let Some(goal) = goals::of(row.workload) else {
            continue;
        };
        let counts = row.counts() == Some(true);
        let ratio = row.ratio(Column::Probed, Column::Hand, Buffer::Fresh);
        let speed = row.ratio(Column::SerdePostcard, Column::Probed, Buffer::Fresh);
        section.line(vec![
            Cell::text(row.workload),
            Cell::number(
                row.ratio(Column::SerdePostcard, Column::Hand, Buffer::Fresh),
                2,
            ),
            Cell::number(Some(goal.hand), 2),
            Cell::text(if counts { "yes" } else { "no" }),
            Cell::number(ratio, 2),
            Cell::number(speed, 2),
            Cell::number(goal.vox, 1),
        ]);
        if let Some(ratio) = ratio.filter(|_| counts) {
            section.state(
                format!(
                    "{}: {ratio:.2} of the hand-written time, at most {MOST}",
                    row.workload
                ),
                ratio <= MOST,
            );
            to_hand.push(ratio);
        }
        if let (Some(goal), Some(speed)) = (goal.vox, speed) {
            section.state(
                format!(
                    "{}: {speed:.2} times serde's speed, at least {goal}",
                    row.workload
                ),
                speed >= goal,
            );
        }
    }
    if let Some(mean) = geometric_mean(&to_hand) {
        section.state(
            format!(
                "{mean:.2} of the hand-written time in the mean, at most {MOST_IN_THE_MEAN:.2}"
            ),
            mean <= MOST_IN_THE_MEAN,
        );
    }
    section
}

/// The geometric mean, if there is a value.
fn geometric_mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let sum: f64 = values.iter().map(|value| value.ln()).sum();
    Some((sum / values.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Timing;
    use crate::rows::Time;

    fn row(workload: &'static str, hand: f64, vox: f64, serde: f64) -> Row {
        let time = |column, nanos| Time {
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
            times: vec![
                time(Column::Hand, hand),
                time(Column::Probed, vox),
                time(Column::SerdePostcard, serde),
            ],
            absent: Vec::new(),
        }
    }

    #[test]
    fn the_mean_is_geometric() {
        assert_eq!(geometric_mean(&[]), None);
        let mean = geometric_mean(&[1.0, 4.0]).unwrap();
        assert!((mean - 2.0).abs() < 1e-9, "{mean}");
    }

    #[test]
    fn rows_whose_ceiling_falls_short_are_not_judged_by_it() {
        let rows = [
            row("gnarly_16", 100.0, 120.0, 2_000.0),
            row("gnarly_1", 100.0, 900.0, 300.0),
        ];
        let section = verdicts(&rows);
        let said: Vec<(&str, bool)> = section
            .statements
            .iter()
            .map(|it| (it.text.as_str(), it.holds))
            .collect();
        assert_eq!(
            said,
            [
                (
                    "gnarly_16: 1.20 of the hand-written time, at most 1.25",
                    true
                ),
                ("gnarly_16: 16.67 times serde's speed, at least 8", true),
                (
                    "1.20 of the hand-written time in the mean, at most 1.10",
                    false
                ),
            ]
        );
        assert_eq!(section.lines.len(), 2);
    }
}
