//! The report as a Markdown table: what README.md shows.

use std::fmt::Write as _;

use super::number::{count, nanos, ratio};
use super::{MISSING, describe_measurement};
use crate::contender::Column;
use crate::report::{Report, Row};

/// The report for a page.
#[must_use]
pub fn to_markdown(report: &Report) -> String {
    let mut text = describe_measurement(report);
    text.push_str("\n| workload | bytes |");
    for column in Column::TABLE {
        write!(text, " {} |", column.title()).expect("strings take everything");
    }
    text.push_str("\n|---|--:|");
    text.push_str(&"--:|".repeat(Column::TABLE.len()));
    text.push('\n');
    for row in &report.rows {
        write!(text, "| {} | {} |", row.workload, count(row.bytes))
            .expect("strings take everything");
        for column in Column::TABLE {
            write!(text, " {} |", cell(row, column)).expect("strings take everything");
        }
        text.push('\n');
    }
    text
}

/// Nanoseconds, how many times as fast as serde postcard, and vtable calls where there are any to make.
fn cell(row: &Row, column: Column) -> String {
    let Some(time) = row.nanos(column) else {
        return MISSING.to_owned();
    };
    let mut text = nanos(time);
    if let Some(speed) = row.speed(column, Column::SerdePostcard)
        && column != Column::SerdePostcard
    {
        write!(text, ", {}x", ratio(speed)).expect("strings take everything");
    }
    if let Some(calls) = row.cell(column).and_then(|cell| cell.calls) {
        write!(text, ", {} calls", count(calls.vtable)).expect("strings take everything");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{report, row};

    #[test]
    fn a_row_has_every_number() {
        let full = [1000.0, 940.0, 900.0, 500.0, 3000.0, 8000.0].map(Some);
        let text = to_markdown(&report(vec![row("gnarly_16", full)]));
        assert_eq!(
            text.lines().last(),
            Some(
                "| gnarly_16 | 5,915 | 1,000, 3.00x, 100 calls | 940, 3.19x, 100 calls | 900, 3.33x, 100 calls \
                 | 500, 6.00x, 100 calls | 3,000 | 8,000, 0.38x |"
            )
        );
    }

    #[test]
    fn what_is_missing_is_a_dash() {
        let text = to_markdown(&report(vec![row("gnarly_16", [None; 6])]));
        assert!(
            text.ends_with("| gnarly_16 | 5,915 | - | - | - | - | - | - |\n"),
            "{text}"
        );
    }
}
