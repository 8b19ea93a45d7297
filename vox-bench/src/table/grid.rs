//! Text in aligned columns, under headers of two lines: a title for a group of
//! columns, and a header for each. The first column is flush left, all others right.

use std::fmt;

/// Neighbouring columns under one title.
#[derive(Debug)]
pub(super) struct Group {
    title: &'static str,
    headers: &'static [&'static str],
}

impl Group {
    pub(super) const fn new(title: &'static str, headers: &'static [&'static str]) -> Self {
        Self { title, headers }
    }
}

/// Columns and their rows.
#[derive(Debug)]
pub(super) struct Grid {
    groups: Vec<Group>,
    rows: Vec<Vec<String>>,
}

/// Between columns of a group.
const GAP: &str = "  ";
/// Between groups.
const BORDER: &str = " | ";

impl Grid {
    pub(super) fn new(groups: Vec<Group>) -> Self {
        Self {
            groups,
            rows: Vec::new(),
        }
    }

    /// Adds a row of one cell per column.
    pub(super) fn push(&mut self, row: Vec<String>) {
        let columns: usize = self.groups.iter().map(|group| group.headers.len()).sum();
        assert_eq!(row.len(), columns, "a cell per column");
        self.rows.push(row);
    }

    /// The widths of the columns, in their groups.
    fn widths(&self) -> Vec<Vec<usize>> {
        let mut idx = 0;
        let mut widths = Vec::new();
        for group in &self.groups {
            let mut columns = Vec::new();
            for header in group.headers {
                let cells = self.rows.iter().map(|row| row[idx].len());
                columns.push(cells.fold(header.len(), usize::max));
                idx += 1;
            }
            let missing = group.title.len().saturating_sub(span(&columns));
            columns[0] += missing;
            widths.push(columns);
        }
        widths
    }
}

/// How wide a group is.
fn span(columns: &[usize]) -> usize {
    columns.iter().sum::<usize>() + GAP.len() * (columns.len() - 1)
}

/// One line of a cell per column.
fn write_line(f: &mut fmt::Formatter<'_>, widths: &[Vec<usize>], cells: &[&str]) -> fmt::Result {
    let mut line = String::new();
    let mut cells = cells.iter();
    for (group, columns) in widths.iter().enumerate() {
        for (column, width) in columns.iter().enumerate() {
            let cell = cells.next().copied().unwrap_or_default();
            line.push_str(match (group, column) {
                (0, 0) => "",
                (_, 0) => BORDER,
                _ => GAP,
            });
            line.push_str(&match (group, column) {
                (0, 0) => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
        }
    }
    writeln!(f, "{}", line.trim_end())
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        if self.groups.iter().any(|group| !group.title.is_empty()) {
            let titles: Vec<&str> = self.groups.iter().map(|group| group.title).collect();
            let spans: Vec<Vec<usize>> = widths.iter().map(|group| vec![span(group)]).collect();
            write_line(f, &spans, &titles)?;
        }
        let headers: Vec<&str> = self
            .groups
            .iter()
            .flat_map(|group| group.headers)
            .copied()
            .collect();
        write_line(f, &widths, &headers)?;
        let length: usize = widths.iter().map(|group| span(group)).sum();
        writeln!(
            f,
            "{}",
            "-".repeat(length + BORDER.len() * (widths.len() - 1))
        )?;
        for row in &self.rows {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            write_line(f, &widths, &cells)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest() {
        let mut grid = Grid::new(vec![
            Group::new("", &["name"]),
            Group::new("a title", &["x", "y"]),
        ]);
        grid.push(["longest", "1", "2"].map(str::to_owned).into());
        grid.push(["b", "10", "200"].map(str::to_owned).into());
        let expected = [
            "        | a title",
            "name    |  x    y",
            "-----------------",
            "longest |  1    2",
            "b       | 10  200",
            "",
        ];
        assert_eq!(grid.to_string(), expected.join("\n"));
    }

    #[test]
    fn a_long_title_widens_its_group() {
        let mut grid = Grid::new(vec![Group::new("long title", &["x", "y"])]);
        grid.push(["1", "2"].map(str::to_owned).into());
        let lines: Vec<String> = grid.to_string().lines().map(str::to_owned).collect();
        assert_eq!(lines[0], "long title");
        assert_eq!(lines[3].len(), lines[0].len());
    }

    #[test]
    #[should_panic(expected = "a cell per column")]
    fn a_short_row_is_refused() {
        Grid::new(vec![Group::new("", &["x", "y"])]).push(vec![String::new()]);
    }
}
