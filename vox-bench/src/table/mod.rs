//! The forms of a [`Report`]: an aligned table for people, a Markdown table for pages, one JSON
//! document for machines.
//!
//! Not for: what the numbers are ([`crate::report`]).

mod grid;
mod json;
mod markdown;
pub(crate) mod number;

use std::fmt::Write;

pub use json::to_json;
pub use markdown::to_markdown;

use crate::contender::Column;
use crate::report::{Report, Row, Statement};
use grid::{Grid, Group};
use number::{count, nanos, ratio};

/// What stands where nothing was measured.
const MISSING: &str = "-";

/// The report for people.
#[must_use]
pub fn to_text(report: &Report) -> String {
    let mut text = describe_proof(report);
    text.push_str(&describe_measurement(report));
    text.push('\n');
    text.push_str(&main_grid(&report.rows).to_string());
    text.push_str(LEGEND);
    if let Some(grid) = cost_grid(&report.rows) {
        text.push_str(COST_TITLE);
        text.push_str(&grid.to_string());
    }
    paragraph(&mut text, report.statements().iter().map(state));
    let note = |note: &String| format!("note: {note}");
    paragraph(&mut text, report.notes.iter().map(note));
    text
}

const LEGEND: &str = "
ns: time of one encode into a new Vec, the median round. x: times as fast as serde postcard.
calls: facet vtable functions called per encode / trampolines called per encode, counted.
interpreter: probed layouts. trampoline, inline: machine code without probed layouts, vtable
functions called through Rust trampolines or in place. probed layouts: machine code as by default, by
the free functions; the others are runtimes of their own, which look the type up.
serde postcard: to_allocvec. facet-postcard: to_vec.
";

const COST_TITLE: &str = "
One vtable call through a trampoline against one in place: the difference of the two columns,
over the calls that are made differently, as measured.
";

/// A blank line, then the lines, if there are any.
fn paragraph(text: &mut String, lines: impl ExactSizeIterator<Item = String>) {
    if lines.len() > 0 {
        text.push('\n');
    }
    for line in lines {
        text.push_str(&line);
        text.push('\n');
    }
}

fn describe_proof(report: &Report) -> String {
    let proof = &report.proof;
    let mut text = format!(
        "Bytes equal serde postcard's: {} workloads, {} values, in {} modes:\n",
        proof.workloads,
        proof.values,
        proof.modes.len()
    );
    for mode in &proof.modes {
        writeln!(text, "  {mode}").expect("strings take everything");
    }
    for name in &proof.read_back {
        writeln!(text, "Read back by serde postcard and equal: {name}")
            .expect("strings take everything");
    }
    text
}

fn describe_measurement(report: &Report) -> String {
    let (machine, plan) = (&report.machine, &report.plan);
    let processor = machine.processor.as_deref().unwrap_or("processor unknown");
    format!(
        "{} {}, {processor}; {} interleaved rounds, turns of {:?}\n",
        machine.architecture, machine.system, plan.rounds, plan.turn
    )
}

fn main_grid(rows: &[Row]) -> Grid {
    let mut groups = vec![Group::new("", &["workload"]), Group::new("", &["bytes"])];
    for column in Column::TABLE {
        let headers: &[&str] = match column.settings() {
            Some(_) => &["ns", "x", "calls"],
            None => &["ns", "x"],
        };
        groups.push(Group::new(column.title(), headers));
    }
    let mut grid = Grid::new(groups);
    for row in rows {
        let mut cells = vec![row.workload.to_owned(), count(row.bytes)];
        for column in Column::TABLE {
            push_cells(&mut cells, row, column);
        }
        grid.push(cells);
    }
    grid
}

fn push_cells(cells: &mut Vec<String>, row: &Row, column: Column) {
    let or_missing = |text: Option<String>| text.unwrap_or_else(|| MISSING.to_owned());
    cells.push(or_missing(row.nanos(column).map(nanos)));
    let speed = row.speed(column, Column::SerdePostcard);
    cells.push(or_missing(speed.map(ratio)));
    if column.settings().is_some() {
        let calls = row.cell(column).and_then(|cell| cell.calls);
        let words =
            calls.map(|calls| format!("{}/{}", count(calls.vtable), count(calls.any_trampoline())));
        cells.push(or_missing(words));
    }
}

/// What a trampoline costs, on the workloads that say.
fn cost_grid(rows: &[Row]) -> Option<Grid> {
    let mut grid = Grid::new(vec![
        Group::new("", &["workload"]),
        Group::new("", &["calls"]),
        Group::new("", &["ns per call"]),
    ]);
    let mut any = false;
    for row in rows {
        let calls = row.cell(Column::Trampoline).and_then(|cell| cell.calls);
        if let (Some(cost), Some(calls)) = (row.trampoline_cost_ns(), calls) {
            any = true;
            grid.push(vec![
                row.workload.to_owned(),
                count(calls.c_trampoline),
                format!("{cost:+.2}"),
            ]);
        }
    }
    any.then_some(grid)
}

fn state(statement: &Statement) -> String {
    let Statement {
        workload,
        subject,
        reference,
        speed,
    } = statement;
    let subject = match subject.settings() {
        Some(_) => format!("vox's {} column", subject.title()),
        None => subject.title().to_owned(),
    };
    format!(
        "{workload}: {subject} is {} times as fast as {}.",
        ratio(*speed),
        reference.title()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{report, row};

    #[test]
    fn the_text_has_every_number() {
        let full = [1000.0, 940.0, 900.0, 500.0, 3000.0, 8000.0].map(Some);
        let text = to_text(&report(vec![row("gnarly_16", full)]));
        let line = text.lines().find(|line| line.starts_with("gnarly_16 "));
        let words: Vec<&str> = line.unwrap().split_whitespace().collect();
        assert_eq!(
            words.join(" "),
            "gnarly_16 | 5,915 | 1,000 3.00 100/0 | 940 3.19 100/80 | 900 3.33 100/0 \
             | 500 6.00 100/0 | 3,000 1.00 | 8,000 0.38"
        );
        for sentence in [
            "Bytes equal serde postcard's: 1 workloads, 1 values, in 1 modes:",
            "gnarly_16: vox's interpreter column is 8.00 times as fast as facet-postcard.",
            "gnarly_16: vox's probed layouts column is 6.00 times as fast as serde postcard.",
        ] {
            assert!(text.contains(sentence), "{text}");
        }
        let cost = text.lines().rfind(|line| line.starts_with("gnarly_16 "));
        let words: Vec<&str> = cost.unwrap().split_whitespace().collect();
        assert_eq!(words, ["gnarly_16", "|", "80", "|", "+0.50"]);
    }

    #[test]
    fn what_is_missing_is_a_dash_and_a_note() {
        let interpreted = [Some(1000.0), None, None, None, Some(3000.0), None];
        let mut report = report(vec![row("gnarly_16", interpreted)]);
        report.notes.push("no machine code".to_owned());
        let text = to_text(&report);
        let line = text.lines().find(|line| line.starts_with("gnarly_16 "));
        let words: Vec<&str> = line.unwrap().split_whitespace().collect();
        assert_eq!(
            words.join(" "),
            "gnarly_16 | 5,915 | 1,000 3.00 100/0 | - - - | - - - | - - - | 3,000 1.00 | - -"
        );
        assert!(text.ends_with("\nnote: no machine code\n"), "{text}");
        assert!(!text.contains("through a trampoline against"), "{text}");
        assert!(!text.contains("times as fast as facet-postcard."), "{text}");
    }
}
