//! The interpreter: what a build without machine code is worth.

use super::speed::least;
use super::{Cell, Section};
use crate::contender::{Buffer, Column};
use crate::goals::{INTERPRETED, TEXT};
use crate::rows::Row;

/// How many times facet-postcard's speed it is at least to have, on any row.
const LEAST_OVER_FACET: f64 = 10.0;
/// The most it may take of machine code's time where text is most of what there is.
const MOST_ON_TEXT: f64 = 4.0;

/// The section.
#[must_use]
pub fn section(rows: &[Row]) -> Section {
    let mut section = Section::new(
        "The interpreter",
        "Ratios of the times of the first table. Left out of the second column is where making the vector is most of what there is to \
         do: where a copy of the finished bytes is not twenty times as fast as facet-postcard.",
        &[
            "row",
            "serde / interpreter",
            "facet-postcard / interpreter",
            "interpreter / vox",
        ],
    );
    for row in rows {
        section.line(vec![
            Cell::text(row.workload),
            Cell::number(over(row, Column::SerdePostcard), 2),
            Cell::number(over_facet(row), 1),
            Cell::number(
                row.ratio(Column::Interpreter, Column::Probed, Buffer::Fresh),
                2,
            ),
        ]);
    }
    for row in rows
        .iter()
        .filter(|row| INTERPRETED.contains(&row.workload))
    {
        if let Some(speed) = over(row, Column::SerdePostcard) {
            let text = format!(
                "{}: {speed:.2} times serde's speed, more than 1",
                row.workload
            );
            section.state(text, speed > 1.0);
        }
    }
    if let Some((name, speed)) = least(rows.iter(), over_facet) {
        let text = format!(
            "{speed:.1} times facet-postcard's speed on {name}, the least, at least {LEAST_OVER_FACET}"
        );
        section.state(text, speed >= LEAST_OVER_FACET);
    }
    for row in rows.iter().filter(|row| TEXT.contains(&row.workload)) {
        if let Some(part) = row.ratio(Column::Interpreter, Column::Probed, Buffer::Fresh) {
            let text = format!(
                "{}: {part:.2} of machine code's time, at most {MOST_ON_TEXT}",
                row.workload
            );
            section.state(text, part <= MOST_ON_TEXT);
        }
    }
    section
}

/// How many times the speed of another.
fn over(row: &Row, other: Column) -> Option<f64> {
    row.ratio(other, Column::Interpreter, Buffer::Fresh)
}

/// How many times the speed of facet-postcard, where a copy is twice as far ahead as the interpreter is to be.
fn over_facet(row: &Row) -> Option<f64> {
    let copy = row.ratio(Column::FacetPostcard, Column::Copied, Buffer::Fresh)?;
    (copy >= 2.0 * LEAST_OVER_FACET).then(|| over(row, Column::FacetPostcard))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::row;

    #[test]
    fn each_goal_is_judged() {
        let times = |copied, interpreter, vox| {
            [
                (Column::Copied, copied),
                (Column::Interpreter, interpreter),
                (Column::Probed, vox),
                (Column::SerdePostcard, 110.0),
                (Column::FacetPostcard, 990.0),
            ]
        };
        let rows = [
            row("gnarly_16", &times(10.0, 100.0, 26.0)),
            row("tree_511", &times(10.0, 120.0, 20.0)),
            row("gnarly_refusal", &times(100.0, 300.0, 20.0)),
        ];
        let section = section(&rows);
        assert_eq!(section.lines.len(), 3);
        assert_eq!(section.lines[2][2], Cell::Nothing);
        assert_eq!(
            section.said(),
            [
                ("gnarly_16: 1.10 times serde's speed, more than 1", true),
                (
                    "8.2 times facet-postcard's speed on tree_511, the least, at least 10",
                    false
                ),
                ("gnarly_16: 3.85 of machine code's time, at most 4", true),
            ]
        );
    }
}
