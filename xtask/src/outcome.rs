//! How a check ended, and the closing lines of a run.
//!
//! A skipped part is never quiet: it is repeated at the end of every run.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::journal::{Entry, Journal};

/// How a check ended; a failure is the `Err` beside it.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// With a word on what was covered, such as `212 tests`.
    Passed(String),
    /// Only for a download that failed.
    Skipped(String),
}

enum Verdict {
    Passed(String),
    Skipped(String),
    Failed(String),
}

struct Row {
    name: String,
    verdict: Verdict,
    elapsed: Duration,
}

/// Every check of one run, in order.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
    /// What passed before, which is not run again, and what passes now.
    journal: Option<Journal>,
}

impl Report {
    pub(crate) fn keep_in(&mut self, journal: Option<Journal>) {
        self.journal = journal;
    }

    /// Runs one check; a failure is recorded, not raised, so that the others still run.
    pub(crate) fn run(&mut self, name: &str, check: impl FnOnce() -> anyhow::Result<Outcome>) {
        if let Some(entry) = self.journal.as_ref().and_then(|kept| kept.find(name)) {
            println!("== {name}: passed before");
            self.rows.push(Row {
                name: name.to_owned(),
                verdict: Verdict::Passed(entry.detail.clone()),
                elapsed: entry.elapsed,
            });
            return;
        }
        println!("== {name}");
        let was_current = self.journal.as_ref().is_some_and(Journal::is_current);
        let start = Instant::now();
        let verdict = match check() {
            Ok(Outcome::Passed(detail)) => Verdict::Passed(detail),
            Ok(Outcome::Skipped(reason)) => Verdict::Skipped(reason),
            Err(error) => Verdict::Failed(format!("{error:#}")),
        };
        let row = Row {
            name: name.to_owned(),
            verdict,
            elapsed: start.elapsed(),
        };
        println!("== {}", describe(&row));
        if was_current {
            self.keep(&row);
        }
        self.rows.push(row);
    }

    /// Keeps what passed, unless the sources are others by now.
    fn keep(&mut self, row: &Row) {
        let (Some(journal), Verdict::Passed(detail)) = (&mut self.journal, &row.verdict) else {
            return;
        };
        if !journal.is_current() {
            println!("the sources have changed meanwhile: not kept");
            return;
        }
        let entry = Entry {
            name: row.name.clone(),
            elapsed: row.elapsed,
            detail: detail.clone(),
        };
        if let Err(error) = journal.add(entry) {
            println!("not kept: {error:#}");
        }
    }

    pub(crate) fn print_closing(&self) {
        print!("\n{}", self.closing());
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        if self.count(|verdict| matches!(verdict, Verdict::Failed(_))) > 0 {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }

    fn count(&self, wanted: impl Fn(&Verdict) -> bool) -> usize {
        self.rows.iter().filter(|row| wanted(&row.verdict)).count()
    }

    /// The table in Markdown, as ARCHITECTURE.md has it; a failure and a skipped part with its reason.
    pub(crate) fn markdown(&self) -> String {
        let mut text = String::from("| step | result | seconds | covered |\n|---|---|--:|---|\n");
        for row in &self.rows {
            let (result, covered) = match &row.verdict {
                Verdict::Passed(detail) => ("passed", detail.as_str()),
                Verdict::Skipped(reason) => ("skipped", reason.as_str()),
                Verdict::Failed(reason) => ("failed", reason.as_str()),
            };
            // A reason may have lines and bars of its own.
            let covered = covered.replace('\n', " ").replace('|', "\\|");
            let seconds = row.elapsed.as_secs_f64();
            line(
                &mut text,
                format_args!("| {} | {result} | {seconds:.0} | {covered} |", row.name),
            );
        }
        text
    }

    /// The table, then failures, then skipped parts, then the three numbers.
    fn closing(&self) -> String {
        let mut text = String::new();
        let width = self.rows.iter().map(|row| row.name.len()).max();
        let width = width.unwrap_or(0).max("step".len());
        line(
            &mut text,
            format_args!(
                "{:width$}  {:7}  {:>7}  covered",
                "step", "result", "seconds"
            ),
        );
        for row in &self.rows {
            let (result, covered) = match &row.verdict {
                Verdict::Passed(detail) => ("passed", detail.as_str()),
                Verdict::Skipped(_) => ("SKIPPED", ""),
                Verdict::Failed(_) => ("FAILED", ""),
            };
            let seconds = row.elapsed.as_secs_f64();
            let full = format!("{:width$}  {result:7}  {seconds:7.1}  {covered}", row.name);
            line(&mut text, format_args!("{}", full.trim_end()));
        }
        for row in &self.rows {
            if let Verdict::Failed(_) = &row.verdict {
                line(&mut text, format_args!("{}", describe(row)));
            }
        }
        for row in &self.rows {
            if let Verdict::Skipped(_) = &row.verdict {
                line(&mut text, format_args!("{}", describe(row)));
            }
        }
        let passed = self.count(|verdict| matches!(verdict, Verdict::Passed(_)));
        let failed = self.count(|verdict| matches!(verdict, Verdict::Failed(_)));
        let skipped = self.count(|verdict| matches!(verdict, Verdict::Skipped(_)));
        line(
            &mut text,
            format_args!("{passed} passed, {failed} failed, {skipped} skipped"),
        );
        text
    }
}

fn describe(row: &Row) -> String {
    match &row.verdict {
        Verdict::Passed(detail) if detail.is_empty() => format!("passed {}", row.name),
        Verdict::Passed(detail) => format!("passed {}: {detail}", row.name),
        Verdict::Skipped(reason) => format!("SKIPPED {}: {reason}", row.name),
        Verdict::Failed(reason) => format!("FAILED {}: {reason}", row.name),
    }
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    writeln!(text, "{arguments}").expect("writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skipped_parts_and_failures_stand_in_the_closing_lines() {
        let mut report = Report::default();
        report.run("one", || Ok(Outcome::Passed("3 tests".into())));
        report.run("two", || Ok(Outcome::Skipped("no network".into())));
        report.run("three", || anyhow::bail!("it broke"));
        let closing = report.closing();
        let lines: Vec<&str> = closing.lines().collect();
        assert!(lines[1].starts_with("one    passed"), "{closing}");
        assert!(lines[1].ends_with("3 tests"), "{closing}");
        assert_eq!(lines[4], "FAILED three: it broke");
        assert_eq!(lines[5], "SKIPPED two: no network");
        assert_eq!(lines[6], "1 passed, 1 failed, 1 skipped");
        assert_eq!(lines.len(), 7);
    }

    #[test]
    fn the_markdown_table_has_a_line_for_each_check() {
        let mut report = Report::default();
        report.run("one", || Ok(Outcome::Passed("3 tests".into())));
        report.run("two", || anyhow::bail!("a | b\nbroke"));
        let table = report.markdown();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[2], "| one | passed | 0 | 3 tests |");
        assert_eq!(lines[3], "| two | failed | 0 | a \\| b broke |");
        assert_eq!(lines.len(), 4);
    }

    #[test]
    fn a_skip_does_not_fail_the_run_and_a_failure_does() {
        let mut report = Report::default();
        report.run("skip", || Ok(Outcome::Skipped("no network".into())));
        assert_eq!(report.exit_code(), ExitCode::SUCCESS);
        report.run("fail", || anyhow::bail!("it broke"));
        assert_eq!(report.exit_code(), ExitCode::FAILURE);
    }
}
