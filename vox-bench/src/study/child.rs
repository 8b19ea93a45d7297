//! Parts of the report that need a process of their own: this program, run again.
//!
//! A part prints its numbers, one JSON array on a line; [`run`] reads them. For: what happens once in a process
//! (the first encode), and what is set once in it (the tier of the global runtime).

use std::io;
use std::process::Command;

/// The parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// [`super::first::first_encode`].
    First,
    /// [`super::entry::overheads`].
    Entry,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Entry => "entry",
        }
    }

    /// Does the part in this process, and prints its numbers.
    pub fn print(self) {
        let numbers = match self {
            Self::First => super::first::first_encode(),
            Self::Entry => super::entry::overheads(),
        };
        let text = serde_json::to_string(&numbers).expect("numbers have a JSON form");
        println!("{text}");
    }
}

/// Runs a part in a new process of this program, with `VOX_TIER` as given.
///
/// # Errors
///
/// When the process cannot be started, fails, or does not print numbers.
pub fn run(part: Part, tier: &str) -> io::Result<Vec<f64>> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--part", part.name()])
        .env("VOX_TIER", tier)
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(said));
    }
    serde_json::from_slice(&output.stdout).map_err(io::Error::other)
}
