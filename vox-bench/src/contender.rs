//! Who competes: the ways to encode a value that are timed side by side.
//!
//! A [`Column`] names a way, a [`Contender`] is that way applied to the values of
//! a workload. The [`Lineup`] owns the runtimes, one per column of vox, made for
//! timing: they count nothing and compile nothing in the background. A
//! contender's bytes are compared with serde postcard's before it is let in.

use std::fmt;
use std::hint::black_box;

use vox::{Runtime, Tier, VtableCalls};
use vox_oracle::diff::{self, Difference};

use crate::measure::Subject;
use crate::workload::Value;

/// A way to encode: a column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// vox's interpreter, with probed layouts.
    Interpreter,
    /// vox's machine code, every vtable function called through a trampoline, nothing probed.
    Trampoline,
    /// vox's machine code, every `extern "C"` vtable function called in place, nothing probed.
    Inline,
    /// vox's machine code as it is by default: probed layouts, other calls in place.
    Probed,
    /// The serde `postcard` crate's `to_allocvec`.
    SerdePostcard,
    /// The `facet-postcard` crate's `to_vec`.
    FacetPostcard,
}

/// How vox is set up for a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The tier of every type.
    pub tier: Tier,
    /// How vtable functions are called.
    pub vtable_calls: VtableCalls,
    /// Whether layouts are probed.
    pub probed_layouts: bool,
}

impl Column {
    /// All columns, in the table's order.
    pub const ALL: [Self; 6] = [
        Self::Interpreter,
        Self::Trampoline,
        Self::Inline,
        Self::Probed,
        Self::SerdePostcard,
        Self::FacetPostcard,
    ];

    /// What people read.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Interpreter => "interpreter",
            Self::Trampoline => "trampoline",
            Self::Inline => "inline",
            Self::Probed => "probed layouts",
            Self::SerdePostcard => "serde postcard",
            Self::FacetPostcard => "facet-postcard",
        }
    }

    /// What machines read.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Interpreter => "interpreter",
            Self::Trampoline => "trampoline",
            Self::Inline => "inline",
            Self::Probed => "probed",
            Self::SerdePostcard => "serde_postcard",
            Self::FacetPostcard => "facet_postcard",
        }
    }

    /// How vox is set up; `None` for its peers.
    #[must_use]
    pub const fn settings(self) -> Option<Settings> {
        let (tier, vtable_calls, probed_layouts) = match self {
            Self::Interpreter => (Tier::Interpreter, VtableCalls::Inline, true),
            Self::Trampoline => (Tier::Optimized, VtableCalls::Trampoline, false),
            Self::Inline => (Tier::Optimized, VtableCalls::Inline, false),
            Self::Probed => (Tier::Optimized, VtableCalls::Inline, true),
            Self::SerdePostcard | Self::FacetPostcard => return None,
        };
        Some(Settings {
            tier,
            vtable_calls,
            probed_layouts,
        })
    }

    /// Why this build cannot have the column, if it cannot.
    #[must_use]
    pub fn missing(self) -> Option<&'static str> {
        let settings = self.settings()?;
        if !vox::available_tiers().contains(&settings.tier) {
            return Some("this build of vox has no optimized tier");
        }
        if !VtableCalls::available().contains(&settings.vtable_calls) {
            return Some("this build of vox has no trampolines");
        }
        None
    }

    /// The columns this build can have, in the table's order.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let is_there = |column: &Self| column.missing().is_none();
        Self::ALL.into_iter().filter(is_there).collect()
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// Why a contender is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// It is not to be had here; why.
    Unavailable(String),
    /// It refuses a value; what it says.
    Refuses(String),
    /// Its bytes are not serde postcard's.
    Differs(Difference),
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(reason) => f.write_str(reason),
            Self::Refuses(reason) => write!(f, "it refuses the value: {reason}"),
            Self::Differs(difference) => write!(f, "its bytes differ: {difference}"),
        }
    }
}

impl std::error::Error for Absence {}

/// A way to encode, applied to the values of a workload.
pub struct Contender<'v> {
    column: Column,
    values: usize,
    /// Encodes the next so many values.
    encode: Box<dyn FnMut(u64) + 'v>,
}

impl Contender<'_> {
    /// The way.
    #[must_use]
    pub fn column(&self) -> Column {
        self.column
    }
}

impl fmt::Debug for Contender<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contender")
            .field("column", &self.column)
            .field("values", &self.values)
            .finish_non_exhaustive()
    }
}

impl Subject for Contender<'_> {
    fn run(&mut self, iterations: u64) {
        (self.encode)(iterations);
    }

    fn cycle(&self) -> u64 {
        u64::try_from(self.values).expect("lengths have at most 64 bits")
    }
}

/// Makes contenders, and owns the runtimes they use.
#[derive(Debug)]
pub struct Lineup {
    runtimes: Vec<(Column, Runtime)>,
}

impl Lineup {
    /// A runtime for every column this build can have.
    #[must_use]
    pub fn new() -> Self {
        let runtime = |column: Column| Some((column, time_runtime(column.settings()?)));
        Self {
            runtimes: Column::available()
                .into_iter()
                .filter_map(runtime)
                .collect(),
        }
    }

    /// A contender on values, of which there must be one at least. It takes
    /// them in turns, each encode into a new vector that is dropped.
    ///
    /// # Errors
    ///
    /// When the column is not to be had, or does not give serde postcard's bytes.
    pub fn enter<'v, T: Value>(
        &'v self,
        column: Column,
        values: &'v [T],
    ) -> Result<Contender<'v>, Absence> {
        if let Some(reason) = column.missing() {
            return Err(Absence::Unavailable(reason.to_owned()));
        }
        match column.settings() {
            Some(settings) => {
                let runtime = self.runtime(column);
                runtime
                    .prepare::<T>(settings.tier)
                    .map_err(|error| Absence::Unavailable(error.to_string()))?;
                contend(column, values, move |value| runtime.to_bytes(value))
            }
            None if column == Column::SerdePostcard => {
                contend(column, values, |value| postcard::to_allocvec(value))
            }
            None => contend(column, values, |value| facet_postcard::to_vec(value)),
        }
    }

    fn runtime(&self, column: Column) -> &Runtime {
        let found = self.runtimes.iter().find(|(it, _)| *it == column);
        &found.expect("available columns of vox have a runtime").1
    }
}

impl Default for Lineup {
    fn default() -> Self {
        Self::new()
    }
}

fn time_runtime(settings: Settings) -> Runtime {
    Runtime::builder()
        .tier(settings.tier)
        .vtable_calls(settings.vtable_calls)
        .probed_layouts(settings.probed_layouts)
        .background(false)
        .build()
}

/// Lets an encoder in if its bytes are right for every value.
fn contend<'v, T: Value, E: fmt::Display>(
    column: Column,
    values: &'v [T],
    encode: impl Fn(&T) -> Result<Vec<u8>, E> + 'v,
) -> Result<Contender<'v>, Absence> {
    assert!(!values.is_empty(), "a workload has a value");
    for value in values {
        let expected = postcard::to_allocvec(value)
            .map_err(|error| Absence::Refuses(format!("serde postcard: {error}")))?;
        let bytes = encode(value).map_err(|error| Absence::Refuses(error.to_string()))?;
        diff::compare(&expected, &bytes).map_err(Absence::Differs)?;
    }
    let mut next = 0;
    let encode = move |iterations| {
        for _ in 0..iterations {
            // Judged above: what is timed is the encoding and the vector.
            drop(black_box(encode(black_box(&values[next]))));
            next += 1;
            if next == values.len() {
                next = 0;
            }
        }
    };
    Ok(Contender {
        column,
        values: values.len(),
        encode: Box::new(encode),
    })
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn values_are_taken_in_turns_across_runs() {
        let seen = RefCell::new(Vec::new());
        let encode = |value: &u8| {
            seen.borrow_mut().push(*value);
            postcard::to_allocvec(value)
        };
        let mut contender = contend(Column::SerdePostcard, &[1_u8, 2, 3], encode).unwrap();
        seen.borrow_mut().clear();
        contender.run(2);
        contender.run(3);
        assert_eq!(*seen.borrow(), [1, 2, 3, 1, 2]);
        assert_eq!(contender.cycle(), 3);
    }

    #[test]
    fn wrong_bytes_are_not_let_in() {
        let wrong = |value: &u8| Ok::<_, String>(vec![value + 1]);
        let absence = contend(Column::Probed, &[7_u8], wrong).unwrap_err();
        assert!(matches!(absence, Absence::Differs(_)), "{absence}");
        let refusing = |_: &u8| Err("not today");
        let absence = contend(Column::Probed, &[7_u8], refusing).unwrap_err();
        assert_eq!(absence.to_string(), "it refuses the value: not today");
    }

    #[test]
    fn every_available_column_enters() {
        let lineup = Lineup::new();
        let values = [vec![String::from("one")], vec![]];
        for column in Column::ALL {
            let entered = lineup.enter(column, &values);
            match (column.missing(), entered) {
                (None, Ok(contender)) => assert_eq!(contender.column(), column),
                (Some(reason), Err(Absence::Unavailable(said))) => assert_eq!(said, reason),
                (missing, entered) => panic!("{column}: {missing:?}, {entered:?}"),
            }
        }
    }
}
