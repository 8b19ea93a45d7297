//! How the report looks: Markdown, a page that needs nothing beside itself, and JSON.
//!
//! Not for: what it says ([`crate::study`]). Read next: [`html`].

mod chart;
pub mod html;
pub mod markdown;

use serde::Serialize;

use crate::report::Machine;
use crate::study::{Cell, Section};

/// Everything that is shown.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// The machine, in words.
    pub machine: String,
    /// What else must be known.
    pub notes: Vec<String>,
    /// The parts.
    pub sections: Vec<Section>,
}

impl Page {
    /// As one JSON document.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("numbers and words have a JSON form")
    }
}

/// A machine in words.
#[must_use]
pub fn describe(machine: &Machine) -> String {
    let processor = machine
        .processor
        .as_deref()
        .unwrap_or("a processor without a name");
    format!("{processor}, {}, {}", machine.architecture, machine.system)
}

/// A cell as people read it.
fn words(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number { value, digits: 0 } => crate::table::number::count(value.round()),
        Cell::Number { value, digits } => format!("{value:.digits$}"),
        Cell::Nothing => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Chart;

    pub(super) fn page() -> Page {
        let mut section = Section::new("Speed & more", "Of a <b>.", &["row", "ns"]);
        section.line(vec![Cell::text("gnarly|1"), Cell::number(Some(1234.6), 0)]);
        section.line(vec![Cell::text("tree"), Cell::number(None, 2)]);
        section.state("it is fast".to_owned(), true);
        section.state("it is small".to_owned(), false);
        section.charts.push(Chart {
            title: "Times".to_owned(),
            unit: "ns".to_owned(),
            series: vec!["hand".to_owned(), "vox".to_owned()],
            groups: vec![
                ("gnarly <1>".to_owned(), vec![Some(10.0), Some(12.5)]),
                ("tree".to_owned(), vec![None, Some(3_000.0)]),
            ],
        });
        Page {
            machine: "a machine".to_owned(),
            notes: vec!["a note".to_owned()],
            sections: vec![section],
        }
    }

    #[test]
    fn numbers_are_numbers_for_machines() {
        let json: serde_json::Value = serde_json::from_str(&page().to_json()).unwrap();
        let line = &json["sections"][0]["lines"][0];
        assert_eq!(line[0], "gnarly|1");
        assert_eq!(line[1]["value"], 1234.6);
        assert!(json["sections"][0]["lines"][1][1].is_null());
    }

    #[test]
    fn cells_have_the_digits_they_are_worth() {
        assert_eq!(words(&Cell::number(Some(94_524.4), 0)), "94,524");
        assert_eq!(words(&Cell::number(Some(1.256), 2)), "1.26");
        assert_eq!(words(&Cell::Nothing), "-");
    }
}
