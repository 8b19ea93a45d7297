//! The text form of programs, for people, reports and golden tests.
//!
//! [`Code`] prints as text and the text parses back to an equal `Code`:
//!
//! ```text
//! program Tree
//! functions
//!   f0 pointer.borrow
//! children
//!   c0 Leaf
//! paths
//!   p1 ".left"
//! iters
//!   i0 init=f1 next=f2 dealloc=f3
//! proxies
//!   x0 convert=f4 drop=f5 size=24 align=8
//! t0:
//!   -1 -> b1
//! b0:
//!   reserve bytes=10
//!   write_bytes at=@8 source=words(ptr=@8, len=@16) reserve=20
//! b1:
//!   write_const bytes=[00]
//! ```
//!
//! Lines that start with a space belong to the section above them; sections
//! without lines are left out, except tables and blocks, which may be empty.
//! Every number in a section is the one after the number before it. Names and
//! strings are quoted where they would not survive bare. Empty lines and lines
//! whose first character other than spaces is `#` say nothing.
//!
//! [`Code::tree`] is a shorter form that is only for people.
//!
//! Not here: whether a program makes sense ([`super::verify`]); any text that
//! spells a `Code` parses.

mod document;
mod parse;
mod quote;
#[cfg(test)]
pub(super) mod random;
#[cfg(test)]
mod tests;
mod tree;
mod write;

use core::fmt;
use core::str::FromStr;

pub(super) use parse::LineReader;
pub use tree::Tree;

use super::Code;

/// Why a text is no program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl core::error::Error for ParseError {}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write::code(f, self)
    }
}

impl FromStr for Code {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        document::parse(text)
    }
}

impl Code {
    /// The code as a tree: each block beneath the op that runs it, with the
    /// names of paths and children in place of their numbers. For people; it
    /// does not parse back.
    #[must_use]
    pub fn tree(&self) -> Tree<'_> {
        Tree::new(self)
    }
}
