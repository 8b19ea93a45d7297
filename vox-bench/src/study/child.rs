//! Parts of the report that need a process of their own: this program, run again.
//!
//! A part prints what it found, as JSON on a line; the process that started it reads that. For: what happens once in a process
//! (the first encode), what is set once in it (the tier of the global runtime), and what is not to depend on where others before it
//! left the memory and the processor ([`super::alone`]).

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::counts;
use crate::measure::median;
use crate::rows::Options;

/// The parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// [`super::first::first_encode`].
    First,
    /// [`super::entry::overheads`].
    Entry,
    /// The one row that is meant; see [`super::alone`].
    Row,
    /// Some encodes, to be counted; see [`super::counts`].
    Count,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Entry => "entry",
            Self::Row => "row",
            Self::Count => "count",
        }
    }

    /// Does the part in this process, and prints what it found. The options are for a row, `encodes` is what is counted.
    pub fn print(self, options: &Options, encodes: &counts::Encodes) {
        match self {
            Self::First => print(&super::first::first_encode()),
            Self::Entry => print(&super::entry::overheads()),
            Self::Row => print(&super::alone::tell(options)),
            Self::Count => print(&encodes.run()),
        }
    }
}

fn print(found: &impl Serialize) {
    let text = serde_json::to_string(found).expect("numbers have a JSON form");
    println!("{text}");
}

/// Runs a part in a new process of this program, with `VOX_TIER` as given.
///
/// # Errors
///
/// When the process cannot be started, fails, or does not print numbers.
pub fn run(part: Part, tier: &str) -> io::Result<Vec<f64>> {
    run_program(&std::env::current_exe()?, part, tier)
}

fn run_program(program: &Path, part: Part, tier: &str) -> io::Result<Vec<f64>> {
    answer(command(program, part).env("VOX_TIER", tier))
}

/// A process for a part.
pub(super) fn command(program: &Path, part: Part) -> Command {
    let mut command = Command::new(program);
    command.args(["--part", part.name()]);
    command
}

/// What a part prints.
pub(super) fn answer<T: DeserializeOwned>(command: &mut Command) -> io::Result<T> {
    let output = command.output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or("it said nothing");
        return Err(io::Error::other(format!("{}: {last}", output.status)));
    }
    serde_json::from_slice(&output.stdout).map_err(io::Error::other)
}

/// The median over so many processes of each number they print.
///
/// # Errors
///
/// As for what runs one of them.
pub(super) fn medians(
    processes: usize,
    run: impl Fn() -> io::Result<Vec<f64>>,
) -> io::Result<Vec<f64>> {
    let found: Vec<Vec<f64>> = (0..processes).map(|_| run()).collect::<io::Result<_>>()?;
    let numbers = found.iter().map(Vec::len).min().unwrap_or_default();
    let of_each = |number: usize| median(found.iter().map(|found| found[number]).collect());
    Ok((0..numbers).map(of_each).collect())
}

/// A copy of this program's file, as an installed program is one. What a linker left is kept by the system page by page, as it
/// was written, and each costs a fault of its own when it is first run; a file that was copied is mapped in larger pieces.
#[derive(Debug)]
pub struct Installed(PathBuf);

impl Installed {
    /// Copies the file, to a name of this process beside it.
    ///
    /// # Errors
    ///
    /// When that is not possible.
    pub fn new() -> io::Result<Self> {
        let original = std::env::current_exe()?;
        let mut name = format!("installed-{}", std::process::id());
        if cfg!(windows) {
            name.push_str(".exe");
        }
        let copy = Self(original.with_extension(name));
        std::fs::copy(&original, &copy.0)?;
        Ok(copy)
    }

    /// As [`run`], in a process of the copy.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn run(&self, part: Part, tier: &str) -> io::Result<Vec<f64>> {
        run_program(&self.0, part, tier)
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        // What is left behind is a file in the folder of what is built.
        let _ = std::fs::remove_file(&self.0);
    }
}
