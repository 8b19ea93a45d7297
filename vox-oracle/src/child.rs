//! Child processes: a test of the running program, run by another one.
//!
//! Not here: what a child is told and what it says, which differ from test to test.

use std::env;
use std::io;
use std::process::{Command, Output};

/// What Windows calls `ERROR_INTERNAL_ERROR`. Wine 8 answers it, about once in some thousand times when several
/// threads start processes at once, for a process that ended before it came to the program.
const ENDED_BEFORE_IT_BEGAN: i32 = 1359;

/// How often a process that did not begin is started.
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
/// A child that never came to run the program is started once more, and that is printed; one that ran is not,
/// however it ended.
///
/// # Errors
///
/// When it cannot be started.
pub fn output(command: &mut Command) -> io::Result<Output> {
    for start in 1..STARTS {
        match command.output() {
            Err(error) if cfg!(windows) && error.raw_os_error() == Some(ENDED_BEFORE_IT_BEGAN) => {
                println!("note: start {start} of {command:?}: {error}; once more");
            }
            ended => return ended,
        }
    }
    command.output()
}
