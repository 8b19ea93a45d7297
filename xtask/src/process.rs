//! Running other programs: echoed, without stdin, checked.
//!
//! Not for: deciding which programs (each check does).

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// Runs to the end; any status but success is an error.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let text = announce(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start `{text}`"))?;
    if !status.success() {
        bail!("`{text}` ended with {status}");
    }
    Ok(())
}

/// Runs to the end or to the deadline, whichever is first.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> anyhow::Result<()> {
    let text = announce(command);
    let mut child = command
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start `{text}`"))?;
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                bail!("`{text}` ended with {status}");
            }
            return Ok(());
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            bail!("`{text}` did not end within {} seconds", limit.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What a program printed.
pub(crate) struct Captured {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Asks a program something, unseen, and keeps the answer; the caller judges it.
pub(crate) fn capture(command: &mut Command) -> anyhow::Result<Captured> {
    let text = describe(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{text}`"))?;
    Ok(Captured {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Like [`capture`], seen: the command, and both streams once the program has ended.
pub(crate) fn capture_and_show(command: &mut Command) -> anyhow::Result<Captured> {
    announce(command);
    let captured = capture(command)?;
    print!("{}", captured.stdout);
    eprint!("{}", captured.stderr);
    Ok(captured)
}

/// Runs `cargo test` and counts what it ran; no test at all is an error, for it would prove nothing.
pub(crate) fn run_tests(command: &mut Command) -> anyhow::Result<TestCount> {
    let text = announce(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{text}`"))?;
    let stdout = child.stdout.take().context("stdout was piped")?;
    let mut count = TestCount::default();
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        count.add_line(&line);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{text}` ended with {status} ({count})");
    }
    if count.passed == 0 {
        bail!("`{text}` ran no test");
    }
    Ok(count)
}

/// Tests that passed, failed and were ignored, over every test binary of one run.
#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
pub(crate) struct TestCount {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

impl TestCount {
    /// Adds a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; ...`.
    fn add_line(&mut self, line: &str) {
        let Some((_, counts)) = line.split_once("test result: ") else {
            return;
        };
        let words: Vec<&str> = counts.split([' ', ';']).collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[0].parse::<u64>() else {
                continue;
            };
            match pair[1] {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }

    pub(crate) fn add(&mut self, other: TestCount) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

impl std::fmt::Display for TestCount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} tests", self.passed)?;
        if self.failed > 0 {
            write!(f, ", {} failed", self.failed)?;
        }
        if self.ignored > 0 {
            write!(f, ", {} ignored", self.ignored)?;
        }
        Ok(())
    }
}

/// Prints the command as one could type it, with the variables it adds; returns it without them.
fn announce(command: &Command) -> String {
    let mut variables = String::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            let value = value.display().to_string();
            variables.push_str(&format!("{}={value:?} ", name.display()));
        }
    }
    let text = describe(command);
    println!("+ {variables}{text}");
    text
}

fn describe(command: &Command) -> String {
    // The folder of the program says nothing to a reader.
    let program = std::path::Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let mut text = program.display().to_string();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.display().to_string());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_counts_add_up_over_binaries() {
        let mut count = TestCount::default();
        count.add_line("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 9 filtered out; finished in 0.00s");
        count.add_line("test 7 passed; of something else");
        count.add_line("test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured");
        let wanted = TestCount {
            passed: 13,
            failed: 2,
            ignored: 1,
        };
        assert_eq!(count, wanted);
        assert_eq!(count.to_string(), "13 tests, 2 failed, 1 ignored");
    }

    #[test]
    fn a_run_without_tests_is_an_error() {
        let mut command = Command::new("echo");
        command.arg("test result: ok. 0 passed; 0 failed; 0 ignored");
        let error = run_tests(&mut command).expect_err("nothing ran");
        assert!(error.to_string().ends_with("ran no test"), "{error}");
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let mut command = Command::new("sleep");
        command.arg("60");
        let error = run_within(&mut command, Duration::from_millis(50)).expect_err("it hangs");
        assert!(error.to_string().contains("did not end"), "{error}");
    }
}
