//! Other formats: the same values by crates with wire forms of their own.

use super::{Cell, Section};
use crate::contender::{Buffer, Column};
use crate::goals;
use crate::rows::Row;

/// The formats.
const FORMATS: [Column; 6] = [
    Column::Bincode,
    Column::Bitcode,
    Column::Borsh,
    Column::Rkyv,
    Column::Speedy,
    Column::Wincode,
];

/// The section.
#[must_use]
pub fn section(rows: &[Row]) -> Section {
    let mut head = vec!["row", "vox"];
    head.extend(FORMATS.map(Column::title));
    head.extend(["fastest", "vox / fastest", "at most"]);
    let mut section = Section::new(
        "Other formats",
        "Nanoseconds, new vectors, in the turns of the first table. Formats of fixed width copy integers as they are.",
        &head,
    );
    let measured = rows.iter().filter(|row| fastest(row).is_some());
    for row in measured {
        let vox = row.nanos(Column::Probed, Buffer::Fresh);
        let fastest = fastest(row);
        let goal = goals::of(row.workload).and_then(|goal| goal.other);
        let part = vox.zip(fastest).map(|(vox, (_, fastest))| vox / fastest);
        let mut line = vec![Cell::text(row.workload), Cell::number(vox, 1)];
        line.extend(FORMATS.map(|format| Cell::number(row.nanos(format, Buffer::Fresh), 1)));
        line.extend([
            fastest.map_or(Cell::Nothing, |(format, _)| Cell::text(format.title())),
            Cell::number(part, 2),
            Cell::number(goal, 1),
        ]);
        section.line(line);
        if let (Some(part), Some(goal), Some((format, _))) = (part, goal, fastest) {
            let text = format!(
                "{}: {part:.2} of the time of {}, the fastest other format, at most {goal}",
                row.workload,
                format.title()
            );
            section.state(text, part <= goal);
        }
    }
    if section.lines.is_empty() {
        section.text =
            "Not measured: this program was built without the feature `peers`.".to_owned();
        section.head.clear();
    }
    section
}

/// The fastest format of a row and its time, if there is any.
fn fastest(row: &Row) -> Option<(Column, f64)> {
    let times = FORMATS
        .into_iter()
        .filter_map(|format| Some((format, row.nanos(format, Buffer::Fresh)?)));
    times.min_by(|(_, one), (_, other)| one.total_cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::row;

    #[test]
    fn vox_is_beside_the_fastest_of_them() {
        let times = |vox| {
            [
                (Column::Probed, vox),
                (Column::Borsh, 100.0),
                (Column::Speedy, 90.0),
            ]
        };
        let rows = [
            row("gnarly_16", &times(91.0)),
            row("tree_511", &times(125.0)),
            row("scalars_64", &times(500.0)),
        ];
        let section = section(&rows);
        assert_eq!(section.lines.len(), 3);
        assert_eq!(section.lines[0].len(), section.head.len());
        assert_eq!(
            section.said(),
            [
                (
                    "gnarly_16: 1.01 of the time of speedy, the fastest other format, at most 1",
                    false
                ),
                (
                    "tree_511: 1.39 of the time of speedy, the fastest other format, at most 1.4",
                    true
                ),
            ]
        );
    }

    #[test]
    fn a_build_without_them_says_so() {
        let section = section(&[row("gnarly_16", &[(Column::Probed, 91.0)])]);
        assert!(section.text.contains("without the feature `peers`"));
        assert!(section.lines.is_empty() && section.statements.is_empty());
    }
}
