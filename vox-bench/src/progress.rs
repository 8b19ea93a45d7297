//! What is said while one waits: a line on a terminal that is written over, or
//! plain lines where there is none. Goes to stderr, away from the results.

use std::io::{self, IsTerminal, Write};

/// Says how far it is.
#[derive(Debug)]
pub struct Progress<W: Write> {
    out: W,
    form: Form,
    /// Characters of the line that stands on the terminal.
    standing: usize,
}

/// Where the words go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One line, written over.
    Terminal,
    /// A line each.
    Lines,
    /// Nowhere.
    Silent,
}

impl Progress<io::Stderr> {
    /// To stderr, in the form that suits it.
    #[must_use]
    pub fn to_stderr() -> Self {
        let stderr = io::stderr();
        let form = if stderr.is_terminal() {
            Form::Terminal
        } else {
            Form::Lines
        };
        Self::new(stderr, form)
    }
}

impl Progress<io::Sink> {
    /// Says nothing.
    #[must_use]
    pub fn silent() -> Self {
        Self::new(io::sink(), Form::Silent)
    }
}

impl<W: Write> Progress<W> {
    /// To anything.
    pub fn new(out: W, form: Form) -> Self {
        Self {
            out,
            form,
            standing: 0,
        }
    }

    /// Says that step `number` of `total` begins. Where nobody listens, nothing is lost.
    pub fn step(&mut self, number: usize, total: usize, what: &str) {
        let line = format!("[{number}/{total}] {what}");
        let _ = match self.form {
            Form::Terminal => {
                let width = self.standing;
                self.standing = line.chars().count();
                write!(self.out, "\r{line:<width$}").and_then(|()| self.out.flush())
            }
            Form::Lines => writeln!(self.out, "{line}"),
            Form::Silent => Ok(()),
        };
    }

    /// Clears what stands on the terminal.
    pub fn finish(&mut self) {
        if self.form == Form::Terminal && self.standing > 0 {
            let width = self.standing;
            self.standing = 0;
            let _ = write!(self.out, "\r{:width$}\r", "").and_then(|()| self.out.flush());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(form: Form) -> String {
        let mut out = Vec::new();
        let mut progress = Progress::new(&mut out, form);
        progress.step(1, 2, "a long name");
        progress.step(2, 2, "short");
        progress.finish();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_terminal_has_one_line_that_is_written_over() {
        let blank = " ".repeat(11);
        assert_eq!(
            said(Form::Terminal),
            format!("\r[1/2] a long name\r[2/2] short      \r{blank}\r")
        );
    }

    #[test]
    fn elsewhere_every_step_has_a_line() {
        assert_eq!(said(Form::Lines), "[1/2] a long name\n[2/2] short\n");
        assert_eq!(said(Form::Silent), "");
    }
}
