//! The report as one HTML page: styles and charts are in it, nothing is fetched.

use std::fmt::Write as _;

use super::{Page, chart, words};
use crate::study::Section;

const STYLE: &str = "
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .15rem .7rem; text-align: right; border-bottom: 1px solid #ddd; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
.no { color: #b00020; font-weight: 600; }
.yes { color: #1b5e20; }
svg { max-width: 100%; height: auto; }
nav a { margin-right: 1rem; }
";

/// The whole page.
#[must_use]
pub fn render(page: &Page) -> String {
    let mut text =
        String::from("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "<title>vox: report</title><style>{STYLE}</style></head><body>"
    );
    let _ = write!(
        text,
        "<h1>vox: report</h1>\n<p>{}</p>\n<ul>",
        escape(&page.machine)
    );
    for note in &page.notes {
        let _ = writeln!(text, "<li>{}</li>", escape(note));
    }
    text.push_str("</ul>\n<nav>");
    for (idx, section) in page.sections.iter().enumerate() {
        let _ = write!(text, "<a href=\"#s{idx}\">{}</a> ", escape(&section.title));
    }
    text.push_str("</nav>\n");
    for (idx, section) in page.sections.iter().enumerate() {
        let _ = writeln!(text, "<h2 id=\"s{idx}\">{}</h2>", escape(&section.title));
        render_section(section, &mut text);
    }
    text.push_str("</body></html>\n");
    text
}

fn render_section(section: &Section, text: &mut String) {
    let _ = writeln!(text, "<p>{}</p>", escape(&section.text));
    for chart in &section.charts {
        match chart::draw(chart) {
            Ok(svg) => text.push_str(&svg),
            Err(error) => {
                let _ = writeln!(text, "<p class=\"no\">no chart: {}</p>", escape(&error));
            }
        }
    }
    if !section.lines.is_empty() {
        text.push_str("<table><thead><tr>");
        for head in &section.head {
            let _ = write!(text, "<th>{}</th>", escape(head));
        }
        text.push_str("</tr></thead><tbody>\n");
        for line in &section.lines {
            text.push_str("<tr>");
            for cell in line {
                let _ = write!(text, "<td>{}</td>", escape(&words(cell)));
            }
            text.push_str("</tr>\n");
        }
        text.push_str("</tbody></table>\n");
    }
    if !section.statements.is_empty() {
        text.push_str("<ul>\n");
        for statement in &section.statements {
            let (class, mark) = match statement.holds {
                true => ("yes", "holds"),
                false => ("no", "does not hold"),
            };
            let said = escape(&statement.text);
            let _ = writeln!(
                text,
                "<li><span class=\"{class}\">{mark}</span>: {said}</li>"
            );
        }
        text.push_str("</ul>\n");
    }
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_needs_nothing_beside_itself() {
        let text = render(&super::super::tests::page());
        assert!(text.contains("<svg"), "a chart");
        for outside in ["src=", "@import", "<script", "url("] {
            assert!(!text.contains(outside), "{outside}");
        }
        assert!(text.contains("Speed &amp; more") && text.contains("Of a &lt;b&gt;."));
        assert!(text.contains("<span class=\"no\">does not hold</span>: it is small"));
    }
}
