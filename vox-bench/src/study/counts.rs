//! Instructions per encode, by callgrind: small changes show here that times hide in noise.
//!
//! This program runs under valgrind twice, with different numbers of encodes; the difference is the encodes'. Valgrind
//! knows no AVX-512, so kernels and hand-written encoders are in the forms for processors without it.

use std::io;
use std::process::Command;

use super::child::{self, Part};
use super::{Cell, Section};
use crate::contender::{Column, Lineup};
use crate::measure::Subject as _;
use crate::workload::metadata::visit_host;
use crate::workload::{Scale, Value, Visitor, Workload, visit_all};

/// The rows that are counted.
const ROWS: [&str; 8] = [
    "gnarly_16",
    "options_64x32",
    "strings_1024",
    "scalars_64",
    "integers_u64_magnitudes",
    "enums_256",
    "tree_511",
    "maps_128",
];

/// The columns that are counted.
const COLUMNS: [Column; 4] = [
    Column::Hand,
    Column::Probed,
    Column::Interpreter,
    Column::SerdePostcard,
];

/// The section, on the first so many rows; `say` is told what is being counted.
#[must_use]
pub fn section(rows: usize, mut say: impl FnMut(&str)) -> Section {
    let mut head = vec!["row"];
    head.extend(COLUMNS.map(Column::title));
    let mut section = Section::new(
        "Instructions per encode",
        "By callgrind, new vectors. Valgrind knows no AVX-512: kernels and hand-written encoders are in their forms for \
         processors without it.",
        &head,
    );
    for row in ROWS.into_iter().take(rows) {
        say(row);
        let mut line = vec![Cell::text(row)];
        for column in COLUMNS {
            match count(row, column) {
                Ok(instructions) => line.push(Cell::number(Some(instructions), 0)),
                Err(error) => {
                    let text = format!("{row}, {}: not counted: {error}", column.title());
                    section.state(text, false);
                    // Without valgrind nothing else can be counted either.
                    if error.kind() == io::ErrorKind::NotFound {
                        return section;
                    }
                    line.push(Cell::Nothing);
                }
            }
        }
        section.line(line);
    }
    section
}

fn count(row: &str, column: Column) -> io::Result<f64> {
    let few = run(row, column, 4)?;
    let many = run(row, column, 12)?;
    // Exact below 2^53.
    Ok(many.saturating_sub(few) as f64 / 8.0)
}

/// The instructions of a whole process that does so many encodes.
fn run(row: &str, column: Column, times: u32) -> io::Result<u64> {
    let part = child::command(&std::env::current_exe()?, Part::Count);
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(part.get_program())
        .args(part.get_args())
        .args(["--row", row, "--column", column.key()])
        .args(["--times", &times.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Err(io::Error::other(said));
    }
    let encoded: Result<(), String> = serde_json::from_slice(&output.stdout)?;
    encoded.map_err(io::Error::other)?;
    collected(&said).ok_or_else(|| io::Error::other(format!("no count in: {said}")))
}

/// Encodes of one workload by one contender, of which nothing is measured here.
#[derive(Debug, Clone)]
pub struct Encodes {
    /// The workload's name.
    pub row: String,
    /// The contender's key.
    pub column: String,
    /// How many encodes.
    pub times: u64,
}

impl Encodes {
    /// Does them.
    ///
    /// # Errors
    ///
    /// When there is no such workload or contender, or the contender does not take part.
    pub fn run(&self) -> Result<(), String> {
        let columns = || Column::TABLE.into_iter().chain(Column::ROWS);
        let Some(column) = columns().find(|column| column.key() == self.column) else {
            let keys: Vec<&str> = columns().map(Column::key).collect();
            return Err(format!("no such contender; there are {}", keys.join(", ")));
        };
        let mut run = Run {
            encodes: self,
            column,
            lineup: Lineup::new(),
            ended: Err(String::from("no such workload; `rows --list` names them")),
        };
        visit_all(&mut run, Scale::FULL);
        visit_host(&mut run).map_err(|error| error.to_string())?;
        run.ended
    }
}

struct Run<'e> {
    encodes: &'e Encodes,
    column: Column,
    lineup: Lineup,
    ended: Result<(), String>,
}

impl Visitor for Run<'_> {
    fn wants(&mut self, workload: &Workload) -> bool {
        workload.name == self.encodes.row
    }

    fn visit<T: Value>(&mut self, workload: &Workload, value: &T) {
        self.visit_rotation(workload, std::slice::from_ref(value));
    }

    fn visit_rotation<T: Value>(&mut self, _: &Workload, values: &[T]) {
        let entered = self.lineup.enter(self.column, values);
        let run = entered.map(|mut contender| contender.run(self.encodes.times));
        self.ended = run.map_err(|absence| absence.to_string());
    }
}

/// What callgrind says at its end.
fn collected(said: &str) -> Option<u64> {
    let (_, count) = said
        .lines()
        .find_map(|line| line.split_once("Collected : "))?;
    count.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_told() {
        let encodes = |row: &str, column: &str| Encodes {
            row: row.to_owned(),
            column: column.to_owned(),
            times: 2,
        };
        assert_eq!(encodes("enums_256", "hand").run(), Ok(()));
        let error = encodes("enums_256", "foot").run().unwrap_err();
        assert!(error.contains("serde_postcard"), "{error}");
        let error = encodes("enums_257", "hand").run().unwrap_err();
        assert!(error.contains("no such workload"), "{error}");
    }

    #[test]
    fn the_count_is_found() {
        let said = "==7== Events    : Ir\n==7== Collected : 184531\n==7== \n==7== I   refs:      184,531\n";
        assert_eq!(collected(said), Some(184_531));
        assert_eq!(collected("==7== nothing"), None);
    }
}
