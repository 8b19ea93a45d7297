//! The report as Markdown: headings, tables, lists of what holds.

use std::fmt::Write as _;

use super::{Page, words};
use crate::study::Section;

/// The whole report.
#[must_use]
pub fn render(page: &Page) -> String {
    let mut text = String::from("# Report\n\n");
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}\n", page.machine);
    for note in &page.notes {
        let _ = writeln!(text, "* {note}");
    }
    for section in &page.sections {
        text.push('\n');
        text.push_str(&render_section(section));
    }
    text
}

fn render_section(section: &Section) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "## {}\n\n{}\n", section.title, section.text);
    if !section.lines.is_empty() {
        let head: Vec<String> = section.head.iter().map(|head| escape(head)).collect();
        let _ = writeln!(text, "| {} |", head.join(" | "));
        let numbers = head.len().saturating_sub(1);
        let _ = writeln!(text, "|---|{}", "--:|".repeat(numbers));
        for line in &section.lines {
            let cells: Vec<String> = line.iter().map(|cell| escape(&words(cell))).collect();
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
        text.push('\n');
    }
    for statement in &section.statements {
        let mark = if statement.holds {
            "holds"
        } else {
            "**does not hold**"
        };
        let _ = writeln!(text, "* {mark}: {}", statement.text);
    }
    text
}

fn escape(cell: &str) -> String {
    cell.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_its_head_lines_and_statements() {
        let text = render(&super::super::tests::page());
        assert!(
            text.contains("| row | ns |\n|---|--:|\n| gnarly\\|1 | 1,235 |\n| tree | - |\n"),
            "{text}"
        );
        assert!(
            text.contains("* holds: it is fast\n* **does not hold**: it is small\n"),
            "{text}"
        );
        assert!(text.contains("* a note\n"), "{text}");
    }
}
