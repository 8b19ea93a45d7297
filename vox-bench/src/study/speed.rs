//! Every row: how long an encode takes, beside the hand-written encoder, serde postcard and facet-postcard.
//!
//! Whether that is good enough say [`super::ceiling`], [`super::interpreter`] and [`super::formats`].

use std::io::Write;

use super::{Cell, Chart, Section, alone, ceiling, formats, interpreter};
use crate::contender::{Buffer, Column};
use crate::progress::Progress;
use crate::rows::Row;
use crate::workload::Workload;

/// The columns that are shown in full: the copy, and encoders of postcard's bytes, which take every type, but for one of serde's.
pub(super) const SHOWN: [Column; 8] = [
    Column::Copied,
    Column::Hand,
    Column::Probed,
    Column::Baseline,
    Column::Interpreter,
    Column::SerdePostcard,
    Column::SerdeBytes,
    Column::FacetPostcard,
];

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
    for failure in failures.iter().cloned().chain(absences(rows)) {
        times.state(failure, false);
    }
    vec![
        times,
        ratios(rows),
        formats::section(rows),
        reuse(rows),
        ceiling::section(rows),
        interpreter::section(rows),
    ]
}

/// Those that goals are about, where a row is without their times: a goal without a number is not stated.
fn absences(rows: &[Row]) -> impl Iterator<Item = String> {
    const JUDGED: [(Column, Buffer); 7] = [
        (Column::Copied, Buffer::Fresh),
        (Column::Hand, Buffer::Fresh),
        (Column::Probed, Buffer::Fresh),
        (Column::Probed, Buffer::Reused),
        (Column::Interpreter, Buffer::Fresh),
        (Column::SerdePostcard, Buffer::Fresh),
        (Column::FacetPostcard, Buffer::Fresh),
    ];
    rows.iter().flat_map(|row| {
        JUDGED.into_iter().filter_map(|(column, buffer)| {
            let why = row.why_absent(column, buffer)?;
            let (name, title, buffer) = (row.workload, column.title(), buffer.title());
            Some(format!("{name}: no {title}, {buffer}: {why}"))
        })
    })
}

fn times(rows: &[Row]) -> Section {
    let mut head = vec!["row", "bytes"];
    head.extend(SHOWN.map(Column::title));
    let mut section = Section::new(
        "Time per encode, new vectors",
        "Nanoseconds, the median of many short turns that the contenders of a row take one after another in one process, and of three such processes, \
         whose memory lies differently. \
         Every contender but the copy gives serde postcard's bytes, \
         checked before it is timed. Rotations take 256 values in turns, those of scalars 2,048.",
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
    let text = "Ratios of the times above; vox is its machine code with probed layouts, by `to_bytes`; its other tiers are runtimes of their own, which look a type up.";
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
    let speed = |row: &Row| row.ratio(Column::SerdePostcard, Column::Probed, Buffer::Fresh);
    if let Some((name, least)) = least(rows.iter(), speed) {
        let text = format!(
            "never slower than serde postcard: {least:.2} times its speed on {name}, the least"
        );
        section.state(text, least >= 1.0);
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

/// The row for which a number is least, and the number.
pub(super) fn least<'r>(
    rows: impl Iterator<Item = &'r Row>,
    number: impl Fn(&Row) -> Option<f64>,
) -> Option<(&'static str, f64)> {
    let numbers = rows.filter_map(|row| Some((row.workload, number(row)?)));
    numbers.min_by(|(_, one), (_, other)| one.total_cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contender::Absence;
    use crate::rows::tests::row;

    #[test]
    fn who_is_judged_and_absent_is_told() {
        let times = [
            (Column::Copied, 1.0),
            (Column::Hand, 2.0),
            (Column::Interpreter, 9.0),
            (Column::SerdePostcard, 30.0),
        ];
        let mut row = row("metadata_sample", &times);
        let reason = Absence::Unavailable("its bytes differ".to_owned());
        row.absent = vec![(Column::Probed, Buffer::Fresh, reason)];
        let sections = sections(&[row], &[]);
        assert_eq!(
            sections[0].said(),
            [
                (
                    "metadata_sample: no probed layouts, fresh: its bytes differ",
                    false
                ),
                (
                    "metadata_sample: no probed layouts, reused: not measured",
                    false
                ),
                (
                    "metadata_sample: no facet-postcard, fresh: not measured",
                    false
                ),
            ]
        );
    }

    #[test]
    fn the_slowest_row_is_told() {
        let times = |vox, serde| [(Column::Probed, vox), (Column::SerdePostcard, serde)];
        let rows = [
            row("gnarly_16", &times(100.0, 120.0)),
            row("gnarly_1", &times(100.0, 80.0)),
            row("tree_511", &[(Column::Probed, 1.0)]),
        ];
        let section = ratios(&rows);
        let [statement] = section.statements.as_slice() else {
            panic!("{section:?}");
        };
        assert!(!statement.holds);
        assert!(
            statement.text.contains("0.80 times its speed on gnarly_1"),
            "{statement:?}"
        );
    }
}
