//! Instructions per encode, by callgrind: small changes show here that times hide in noise.
//!
//! The program `count` runs under valgrind twice, with different numbers of encodes; the difference is the encodes'. Valgrind
//! knows no AVX-512, so kernels and hand-written encoders are in the forms for processors without it.

use std::io;
use std::path::PathBuf;
use std::process::Command;

use super::{Cell, Section};
use crate::contender::Column;

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
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(counter()?)
        .args(["--row", row, "--column", column.key()])
        .args(["--times", &times.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Err(io::Error::other(said));
    }
    collected(&said).ok_or_else(|| io::Error::other(format!("no count in: {said}")))
}

/// The program beside this one.
fn counter() -> io::Result<PathBuf> {
    let path =
        std::env::current_exe()?.with_file_name(format!("count{}", std::env::consts::EXE_SUFFIX));
    match path.exists() {
        true => Ok(path),
        false => Err(io::Error::new(
            io::ErrorKind::NotFound,
            "there is no program `count` beside this one; build all of vox-bench's",
        )),
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
    fn the_count_is_found() {
        let said = "==7== Events    : Ir\n==7== Collected : 184531\n==7== \n==7== I   refs:      184,531\n";
        assert_eq!(collected(said), Some(184_531));
        assert_eq!(collected("==7== nothing"), None);
    }
}
