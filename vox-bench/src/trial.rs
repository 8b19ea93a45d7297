//! A trial: a choice of workloads, each checked in every mode, then timed in
//! every column.
//!
//! Everything is checked before anything is timed, so that a wrong byte is
//! reported at once and a long run is never for nothing.

use std::fmt;
use std::io::Write;

use vox_oracle::mode::{self, Mode};

use crate::check::{self, Mismatch};
use crate::contender::{Absence, Column, Lineup};
use crate::measure::{self, Plan, WallClock};
use crate::progress::Progress;
use crate::report::{Calls, Cell, Machine, Proof, Report, Row};
use crate::workload::metadata::{self, Document, ReadError};
use crate::workload::{Family, Scale, Value, Visitor, Workload, catalogue, visit_all};

/// What to try, and how long.
#[derive(Debug, Clone)]
pub struct Options {
    /// Only workloads with this in their name.
    pub filter: Option<String>,
    /// How many values rotations have.
    pub scale: Scale,
    /// How long to measure.
    pub plan: Plan,
    /// Whether cargo's description of this workspace is among the workloads.
    pub host: bool,
}

/// The families a trial tries: the message that stands for the real thing, the
/// real document, and those with many vtable calls.
const FAMILIES: [Family; 5] = [
    Family::Gnarly,
    Family::Metadata,
    Family::Options,
    Family::Borrows,
    Family::Slices,
];

impl Options {
    fn wants(&self, workload: &Workload) -> bool {
        let is_named = |filter: &String| workload.name.contains(filter.as_str());
        FAMILIES.contains(&workload.family) && self.filter.as_ref().is_none_or(is_named)
    }

    /// The workloads to try, in order.
    #[must_use]
    pub fn workloads(&self) -> Vec<Workload> {
        let host = self.host.then_some(metadata::HOST);
        let all = catalogue().into_iter().chain(host);
        all.filter(|workload| self.wants(workload)).collect()
    }
}

/// Why a trial gave no report.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// Wrong bytes.
    Mismatch(Box<Mismatch>),
    /// Cargo's description of this workspace could not be read.
    Host(ReadError),
    /// No workload is meant.
    NothingToDo,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mismatch(mismatch) => write!(f, "MISMATCH: {mismatch}"),
            Self::Host(error) => write!(f, "{}: {error}", metadata::HOST.name),
            Self::NothingToDo => f.write_str("no workload has that in its name"),
        }
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Mismatch(mismatch) => Some(mismatch),
            Self::Host(error) => Some(error),
            Self::NothingToDo => None,
        }
    }
}

/// Checks, then times.
///
/// # Errors
///
/// When bytes are wrong, or there is nothing to try.
pub fn run<W: Write>(options: &Options, progress: &mut Progress<W>) -> Result<Report, Failure> {
    let workloads = options.workloads();
    if workloads.is_empty() {
        return Err(Failure::NothingToDo);
    }
    let wants_host = workloads.contains(&metadata::HOST);
    let host = if wants_host {
        Some(metadata::read_host().map_err(Failure::Host)?)
    } else {
        None
    };
    let mut trial = Trial::new(options, progress, 2 * workloads.len());
    trial.walk(host.as_ref());
    trial.phase = Phase::Timing;
    trial.walk(host.as_ref());
    trial.progress.finish();
    trial.finish()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Checking,
    Timing,
}

struct Trial<'o, W: Write> {
    options: &'o Options,
    progress: &'o mut Progress<W>,
    steps: usize,
    step: usize,
    phase: Phase,
    modes: &'static [Mode],
    lineup: Lineup,
    clock: WallClock,
    proof: Proof,
    rows: Vec<Row>,
    notes: Vec<String>,
    /// Ends the walk: visitors cannot.
    failed: Option<Failure>,
}

impl<'o, W: Write> Trial<'o, W> {
    fn new(options: &'o Options, progress: &'o mut Progress<W>, steps: usize) -> Self {
        let modes = mode::counting();
        let mut notes = Vec::new();
        if cfg!(debug_assertions) {
            notes.push("built with debug assertions: the times say nothing of vox".to_owned());
        }
        for column in Column::TABLE {
            if let Some(reason) = column.unavailable() {
                notes.push(format!("no column \"{}\": {reason}", column.title()));
            }
        }
        Self {
            options,
            progress,
            steps,
            step: 0,
            phase: Phase::Checking,
            modes,
            lineup: Lineup::new(),
            clock: WallClock::start(),
            proof: Proof {
                modes: modes.iter().map(|mode| mode.name.clone()).collect(),
                ..Proof::default()
            },
            rows: Vec::new(),
            notes,
            failed: None,
        }
    }

    fn walk(&mut self, host: Option<&Document>) {
        visit_all(self, self.options.scale);
        if let Some(document) = host
            && self.wants(&metadata::HOST)
        {
            self.visit(&metadata::HOST, document);
            if self.phase == Phase::Checking {
                match check::read_back(self.modes, &metadata::HOST, document) {
                    Ok(()) => self.proof.read_back.push(metadata::HOST.name),
                    Err(mismatch) => self.fail(mismatch),
                }
            }
        }
    }

    fn fail(&mut self, mismatch: Box<Mismatch>) {
        self.failed.get_or_insert(Failure::Mismatch(mismatch));
    }

    fn check<T: Value>(&mut self, workload: &Workload, values: &[T]) {
        match check::compare_bytes(self.modes, workload, values) {
            Ok(checked) => {
                self.proof.workloads += 1;
                self.proof.values += checked.values;
                let fallen = checked.fallen.iter().map(ToString::to_string);
                self.notes.extend(fallen);
                let cell = |column: Column| Cell {
                    column,
                    timing: None,
                    calls: self
                        .counting_mode(column)
                        .map(|idx| Calls::mean(&checked.calls[idx], checked.values)),
                };
                let row = Row {
                    workload: workload.name,
                    values: checked.values,
                    // Exact below 2^53.
                    bytes: checked.bytes as f64 / checked.values as f64,
                    cells: Column::TABLE.map(cell).into(),
                };
                self.rows.push(row);
            }
            Err(mismatch) => self.fail(mismatch),
        }
    }

    /// The mode that counts for a column.
    fn counting_mode(&self, column: Column) -> Option<usize> {
        let settings = column.settings()?;
        self.modes.iter().position(|mode| {
            mode.tier == settings.tier
                && mode.vtable_calls == settings.vtable_calls
                && mode.probed_layouts == settings.probed_layouts
        })
    }

    fn time<T: Value>(&mut self, workload: &Workload, values: &[T]) {
        let mut contenders = Vec::new();
        let mut absent = Vec::new();
        for column in Column::TABLE {
            match self.lineup.enter(column, values) {
                Ok(contender) => contenders.push(contender),
                Err(absence) => absent.push((column, absence)),
            }
        }
        let timings = measure::interleave(&mut self.clock, self.options.plan, &mut contenders);
        let timed: Vec<Column> = contenders.iter().map(|it| it.column()).collect();
        drop(contenders);
        let row = self
            .rows
            .iter_mut()
            .find(|row| row.workload == workload.name);
        let row = row.expect("what is timed was checked");
        for (column, timing) in timed.into_iter().zip(timings) {
            let cell = row.cells.iter_mut().find(|cell| cell.column == column);
            cell.expect("a row has every column").timing = Some(timing);
        }
        for (column, absence) in absent {
            self.note_absence(workload, column, absence);
        }
    }

    /// A peer may be absent, and vox where the machine does not let it run;
    /// wrong bytes of vox are a failure.
    fn note_absence(&mut self, workload: &Workload, column: Column, absence: Absence) {
        use check::Wrong;
        let wrong = match absence {
            // Said once, at the beginning.
            Absence::Unavailable(_) if column.missing().is_some() => return,
            Absence::Differs(difference) if column.settings().is_some() => {
                Wrong::Differs(difference)
            }
            Absence::Refuses(reason) if column.settings().is_some() => Wrong::Refused(reason),
            absence => {
                let (name, title) = (workload.name, column.title());
                self.notes.push(format!("{name}, no {title}: {absence}"));
                return;
            }
        };
        self.fail(Box::new(Mismatch {
            workload: workload.name,
            mode: format!("{}, as timed", column.title()),
            value: None,
            wrong,
        }));
    }

    fn finish(self) -> Result<Report, Failure> {
        match self.failed {
            Some(failure) => Err(failure),
            None => Ok(Report {
                machine: Machine::here(),
                plan: self.options.plan,
                proof: self.proof,
                rows: self.rows,
                notes: self.notes,
            }),
        }
    }
}

impl<W: Write> Visitor for Trial<'_, W> {
    fn wants(&mut self, workload: &Workload) -> bool {
        self.failed.is_none() && self.options.wants(workload)
    }

    fn visit<T: Value>(&mut self, workload: &Workload, value: &T) {
        self.visit_rotation(workload, std::slice::from_ref(value));
    }

    fn visit_rotation<T: Value>(&mut self, workload: &Workload, values: &[T]) {
        self.step += 1;
        let doing = match self.phase {
            Phase::Checking => "checking",
            Phase::Timing => "timing",
        };
        let what = format!("{doing} {}", workload.name);
        self.progress.step(self.step, self.steps, &what);
        match self.phase {
            Phase::Checking => self.check(workload, values),
            Phase::Timing => self.time(workload, values),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(filter: Option<&str>) -> Options {
        Options {
            filter: filter.map(str::to_owned),
            scale: Scale::FULL,
            plan: Plan::QUICK,
            host: true,
        }
    }

    #[test]
    fn the_choice_is_by_family_and_name() {
        let names = |filter| -> Vec<&str> {
            let workloads = options(filter).workloads();
            workloads.iter().map(|workload| workload.name).collect()
        };
        assert_eq!(names(Some("refusal")), ["gnarly_refusal"]);
        assert_eq!(names(Some("nothing")), [""; 0]);
        assert_eq!(
            names(Some("metadata")),
            ["metadata_sample", "metadata_host"]
        );
        let all = names(None);
        for name in ["gnarly_256_response", "options_64x32", "slices_words_64"] {
            assert!(all.contains(&name), "{name}");
        }
        assert!(
            !all.contains(&"tree_511"),
            "few vtable calls, another trial"
        );
    }

    #[test]
    fn nothing_to_do_is_said() {
        let failure = run(&options(Some("nothing")), &mut Progress::silent()).unwrap_err();
        assert!(matches!(failure, Failure::NothingToDo), "{failure}");
    }

    #[test]
    fn wrong_bytes_of_vox_fail_and_those_of_peers_are_noted() {
        let options = options(None);
        let mut silent = Progress::silent();
        let mut trial = Trial::new(&options, &mut silent, 0);
        let before = trial.notes.len();
        let absence = Absence::Refuses("no".to_owned());
        trial.note_absence(&metadata::HOST, Column::FacetPostcard, absence.clone());
        assert!(trial.failed.is_none());
        assert_eq!(
            trial.notes[before..],
            ["metadata_host, no facet-postcard: it refuses the value: no"]
        );
        trial.note_absence(&metadata::HOST, Column::Probed, absence);
        assert_eq!(
            trial.finish().unwrap_err().to_string(),
            "MISMATCH: metadata_host, probed layouts, as timed: refused: no"
        );
    }
}
