//! Executable memory: one reserved range per arena, filled from its start.
//!
//! Code arrives in batches. A batch gets fresh pages, which are written, then
//! made executable and read-only, then never changed again: no page is ever
//! writable and executable, and no page that holds published code ever loses
//! execute permission. So other threads can run earlier code all the while.
//! The price is a partly used page per batch; compile types together where possible.
//!
//! The range is freed when the arena is dropped. Whoever publishes code sees to it that
//! nobody runs it then.
//!
//! Not here: the system calls, which are in `sys`, the only part of the
//! crate that names operating systems.

mod sys;

use core::fmt;

/// Functions start at multiples of this: a cache line, which loops at a
/// fixed distance from the start then share on every run.
pub const FUNCTION_ALIGN: usize = 64;

/// Why code could not be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MemoryError {
    /// The system refused, with its own words.
    Refused {
        /// What was asked of it.
        what: &'static str,
        /// What it said.
        reason: String,
    },
    /// The budget is spent.
    BudgetSpent {
        /// Bytes of the whole budget.
        budget: usize,
        /// Bytes asked for.
        wanted: usize,
    },
}

impl fmt::Display for MemoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { what, reason } => {
                write!(f, "the system refused to {what}: {reason}")
            }
            Self::BudgetSpent { budget, wanted } => write!(
                f,
                "the code budget of {budget} bytes has no room for {wanted} more"
            ),
        }
    }
}

impl core::error::Error for MemoryError {}

/// A range of executable memory. See the module documentation.
#[derive(Debug)]
pub struct Arena {
    /// `None` when the budget has no room for a page: everything is refused.
    range: Option<sys::Range>,
    /// Bytes from the start that hold published code; whole pages.
    used: usize,
    budget: usize,
    refuse: bool,
}

impl Arena {
    /// Reserves address space for a budget, rounded down to whole pages. No
    /// memory is used yet.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn reserve(budget: usize) -> Result<Self, MemoryError> {
        let len = budget - budget % sys::page_size();
        let range = match len {
            0 => None,
            _ => Some(sys::Range::reserve(len)?),
        };
        Ok(Self {
            range,
            used: 0,
            budget,
            refuse: false,
        })
    }

    /// Places functions and makes them executable. Answers their addresses.
    ///
    /// # Errors
    ///
    /// When the budget is spent or the system refuses; nothing is placed then,
    /// earlier code is as it was, and a later call may succeed.
    pub fn publish(&mut self, functions: &[&[u8]]) -> Result<Vec<*const u8>, MemoryError> {
        let mut offsets = Vec::with_capacity(functions.len());
        let mut len = 0_usize;
        for code in functions {
            offsets.push(len);
            len = (len + code.len()).next_multiple_of(FUNCTION_ALIGN);
        }
        let len = len.next_multiple_of(sys::page_size());
        let spent = MemoryError::BudgetSpent {
            budget: self.budget,
            wanted: len,
        };
        let Some(range) = &mut self.range else {
            return Err(spent);
        };
        if len > range.len() - self.used {
            return Err(spent);
        }
        if len == 0 {
            return Ok(Vec::new());
        }
        let pages = range.make_writable(self.used, len)?;
        for (code, offset) in functions.iter().zip(&offsets) {
            pages[*offset..offset + code.len()].copy_from_slice(code);
        }
        if self.refuse {
            return Err(MemoryError::Refused {
                what: "make code executable",
                reason: String::from("injected by a test"),
            });
        }
        let start = range.make_executable(self.used, len)?;
        self.used += len;
        Ok(offsets
            .into_iter()
            .map(|offset| start.wrapping_add(offset))
            .collect())
    }

    /// Bytes of memory in use, in whole pages.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used
    }

    /// The budget in bytes.
    #[must_use]
    pub fn budget(&self) -> usize {
        self.budget
    }

    /// Makes later calls of [`Self::publish`] fail as if the system refused.
    #[doc(hidden)]
    pub fn refuse_for_test(&mut self, refuse: bool) {
        self.refuse = refuse;
    }
}

#[cfg(test)]
mod tests;
