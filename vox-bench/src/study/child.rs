//! Parts of the report that need a process of their own: this program, run again.
//!
//! A part prints its numbers, one JSON array on a line; [`run`] reads them. For: what happens once in a process
//! (the first encode), and what is set once in it (the tier of the global runtime).

use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

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

/// A copy of this program's file, as an installed program is one. What a linker left is kept by the system page by page, as it
/// was written, and each costs a fault of its own when it is first run; a file that was copied is mapped in larger pieces.
fn installed() -> io::Result<PathBuf> {
    static COPY: OnceLock<PathBuf> = OnceLock::new();
    if let Some(copy) = COPY.get() {
        return Ok(copy.clone());
    }
    let original = std::env::current_exe()?;
    let extension = if cfg!(windows) {
        "installed.exe"
    } else {
        "installed"
    };
    let copy = original.with_extension(extension);
    std::fs::copy(&original, &copy)?;
    Ok(COPY.get_or_init(|| copy).clone())
}

/// Runs a part in a new process of this program, with `VOX_TIER` as given.
///
/// # Errors
///
/// When the program's file cannot be copied, the process cannot be started, fails, or does not print numbers.
pub fn run(part: Part, tier: &str) -> io::Result<Vec<f64>> {
    let output = Command::new(installed()?)
        .args(["--part", part.name()])
        .env("VOX_TIER", tier)
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(said));
    }
    serde_json::from_slice(&output.stdout).map_err(io::Error::other)
}
