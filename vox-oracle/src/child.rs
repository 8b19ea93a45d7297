//! Child processes: a test of the running program, run by another one.
//!
//! Not here: what a child is told and what it says, which differ from test to test.

use std::env;
use std::io::{self, Write as _};
use std::process::{Child, Command, Output, Stdio};

/// What Windows calls `ERROR_INTERNAL_ERROR`. Wine 8 answers it for a process that ended before it came to the
/// program: about once in 6,000 starts, when several threads start processes at once.
const ENDED_BEFORE_IT_BEGAN: i32 = 1359;

/// How often a process that does not begin is started at most.
const STARTS: usize = 4;

/// The program this is part of, to be run for one of its ignored tests, with what that prints.
///
/// # Panics
///
/// When the program's path cannot be found.
#[must_use]
pub fn command(test: &str) -> Command {
    let program = env::current_exe().expect("the path of the test program");
    // On emulated targets programs are run by another one.
    let mut command = match env::var("VOX_TEST_RUNNER") {
        Ok(runner) => {
            let mut words = runner.split_whitespace();
            let mut command = Command::new(words.next().expect("a runner has a name"));
            command.args(words).arg(program);
            command
        }
        Err(_) => Command::new(program),
    };
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    command
}

/// Runs the child to its end and answers how it ended and what it printed.
///
/// # Errors
///
/// When it cannot be started, or what it prints cannot be read.
pub fn output(command: &mut Command) -> io::Result<Output> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    start(command)?.wait_with_output()
}

/// Starts a process, and once more one that did not come to run the program: that says nothing about the program.
fn start(command: &mut Command) -> io::Result<Child> {
    let mut starts = 1;
    loop {
        match command.spawn() {
            Err(error) if is_lost(&error) && starts < STARTS => {
                // On the handle: what is printed by macros is kept from who runs the tests, as long as they pass.
                writeln!(
                    io::stderr(),
                    "note: start {starts} of {command:?}: {error}; once more"
                )?;
                starts += 1;
            }
            started => return started,
        }
    }
}

fn is_lost(error: &io::Error) -> bool {
    cfg!(windows) && error.raw_os_error() == Some(ENDED_BEFORE_IT_BEGAN)
}
