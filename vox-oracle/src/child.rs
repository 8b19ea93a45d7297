//! Child processes: a test of the running program, run by another one.
//!
//! Not here: what a child is told and what it says, which differ from test to test.

use std::env;
use std::process::Command;

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
