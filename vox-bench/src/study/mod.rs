//! Studies: what the report says, as data.
//!
//! A [`Section`] is a heading, a paragraph, a table and charts; each study makes some. Not for: how they look
//! ([`crate::page`]). Numbers stay numbers until they are printed, so that the JSON form has them.
//!
//! | module | studies |
//! |---|---|
//! | [`speed`] | every row: vox beside the hand-written encoders and other encoders of postcard |
//! | [`ceiling`], [`interpreter`], [`formats`] | whether that is enough: goals, other formats |
//! | [`alone`] | a row in processes of its own |
//! | [`entry`] | what finding the code of a type costs |
//! | [`tiers`] | tiers on one type, on many in random order, in runs; break-even counts |
//! | [`types`] | many types and values at random, beside other encoders of postcard |
//! | [`compile`] | what machine code costs to make, per scalar field |
//! | [`emission`] | what baseline code costs to emit, per op |
//! | [`nested`] | nested calls, for every pair of tiers |
//! | [`first`] | first encodes: in new processes, and the latency of the first calls of many types |
//! | [`counts`] | instructions per encode, by callgrind |

pub mod alone;
pub mod ceiling;
pub mod child;
pub mod compile;
pub mod counts;
pub mod emission;
pub mod entry;
pub mod first;
pub mod formats;
pub mod interpreter;
mod mix;
pub mod nested;
pub mod speed;
pub mod tiers;
pub mod types;

use std::fmt;

use serde::Serialize;

/// A part of the report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What was done and how to read it.
    pub text: String,
    /// Heads of the table's columns.
    pub head: Vec<String>,
    /// Lines of the table.
    pub lines: Vec<Vec<Cell>>,
    /// Statements about the numbers: what holds and what does not.
    pub statements: Vec<Statement>,
    /// Pictures of the same numbers.
    pub charts: Vec<Chart>,
}

impl Section {
    /// A section without lines, statements and charts.
    #[must_use]
    pub fn new(title: &str, text: &str, head: &[&str]) -> Self {
        Self {
            title: title.to_owned(),
            text: text.to_owned(),
            head: head.iter().map(|&head| head.to_owned()).collect(),
            lines: Vec::new(),
            statements: Vec::new(),
            charts: Vec::new(),
        }
    }

    /// Adds a line.
    pub fn line(&mut self, cells: Vec<Cell>) {
        self.lines.push(cells);
    }

    /// Adds a statement.
    pub fn state(&mut self, text: String, holds: bool) {
        self.statements.push(Statement { text, holds });
    }

    /// What is stated, and whether it holds.
    #[cfg(test)]
    fn said(&self) -> Vec<(&str, bool)> {
        let statements = self.statements.iter();
        statements.map(|it| (it.text.as_str(), it.holds)).collect()
    }
}

/// Plain text for a terminal, without heading, explanation and charts.
impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (idx, head) in self.head.iter().enumerate() {
            match idx {
                0 => write!(f, "{head:<40}")?,
                _ => write!(f, "{head:>14}")?,
            }
        }
        writeln!(f)?;
        for line in &self.lines {
            for cell in line {
                match cell {
                    Cell::Text(text) => write!(f, "{text:<40}")?,
                    Cell::Number { value, digits } => write!(f, "{value:>14.digits$}")?,
                    Cell::Nothing => write!(f, "{:>14}", "-")?,
                }
            }
            writeln!(f)?;
        }
        for statement in &self.statements {
            let verdict = if statement.holds { "holds" } else { "MISSED" };
            writeln!(f, "{verdict}: {}", statement.text)?;
        }
        Ok(())
    }
}

/// Something that is so or is not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statement {
    /// What is said.
    pub text: String,
    /// Whether it is so.
    pub holds: bool,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number, to be printed with so many digits behind the point. Tables for machines have all of them.
    Number {
        /// The number.
        value: f64,
        /// Digits behind the point.
        digits: usize,
    },
    /// There is nothing.
    Nothing,
}

impl Cell {
    /// Words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number, if there is one.
    #[must_use]
    pub fn number(value: Option<f64>, digits: usize) -> Self {
        value.map_or(Self::Nothing, |value| Self::Number { value, digits })
    }

    /// Whether it is a number above 0, as measured ones are.
    #[cfg(test)]
    fn is_positive(&self) -> bool {
        matches!(self, Self::Number { value, .. } if *value > 0.0)
    }
}

/// Bars, on a logarithmic scale: groups of them, one bar per series in each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chart {
    /// Its heading.
    pub title: String,
    /// What the scale counts.
    pub unit: String,
    /// Names of the series.
    pub series: Vec<String>,
    /// Names and bars of the groups; a bar may be missing.
    pub groups: Vec<(String, Vec<Option<f64>>)>,
}
