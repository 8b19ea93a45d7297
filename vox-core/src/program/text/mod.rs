//! The text form of programs, for people and golden tests.

use core::fmt;

/// Writes one op as a line.
pub(super) struct LineWriter<'a, 'b> {
    f: &'a mut fmt::Formatter<'b>,
}

/// A field of an op in the text form.
pub(super) trait TextField: Sized {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    fn parse(text: &str) -> Option<Self>;
}

impl LineWriter<'_, '_> {
    pub(super) fn name(&mut self, name: &str) -> fmt::Result {
        self.f.write_str(name)
    }

    pub(super) fn field<T>(&mut self, name: &str, value: &T) -> fmt::Result
    where
        T: fmt::Debug,
    {
        write!(self.f, " {name}={value:?}")
    }
}

/// Reads one op from a line.
pub(super) struct LineReader<'a> {
    line: &'a str,
}

/// Why a text is no program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

impl LineReader<'_> {
    pub(super) fn field<T>(&mut self, name: &str) -> Result<T, ParseError> {
        let _ = name;
        Err(self.error("parsing is not there yet"))
    }

    pub(super) fn error(&self, message: &str) -> ParseError {
        ParseError {
            line: 0,
            message: format!("{message}: {}", self.line),
        }
    }
}
