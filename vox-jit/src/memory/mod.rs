//! Executable memory: one reserved range per arena, filled from its start.
//!
//! Code arrives in batches. A batch is written behind the last one and published; what is
//! published never changes and never loses execute permission, so other threads run earlier code all the
//! while. No mapping is ever writable and executable at once.
//!
//! Where the system allows it, the range is mapped a second time, to write: functions of many batches
//! share pages, and nothing is asked of the system when code is published. Elsewhere
//! a batch gets fresh pages, which are written and then protected. `docs/adr/0006-executable-memory.md`
//! compares the two.
//!
//! The range is freed when the arena is dropped. Whoever publishes code sees to it that
//! nobody runs it then.
//!
//! Not here: the system calls, which are in `sys`, the only part of the
//! crate that names operating systems.

mod sys;

use core::fmt;
use std::sync::{Arc, Mutex};

pub(crate) use sys::Dump;
pub use sys::HAS_CODE_GENERATOR;

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
                "the code budget of {budget} bytes has no room for {wanted} more; set a larger \
                 `code_budget`"
            ),
        }
    }
}

impl core::error::Error for MemoryError {}

/// How code gets into executable memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Publication {
    /// Through a second, writable view of the same memory; by fresh pages where there is none.
    #[default]
    SecondView,
    /// By fresh pages, written and then protected.
    FreshPages,
}

/// An arena that compilers share.
pub type SharedArena = Arc<Mutex<Arena>>;

/// A range of executable memory. See the module documentation.
#[derive(Debug)]
pub struct Arena {
    /// `None` when the budget has no room for a page: everything is refused.
    memory: Option<sys::Memory>,
    publication: Publication,
    /// Why there is no second view although one was wanted.
    no_second_view: Option<MemoryError>,
    /// Bytes from the start that hold published code, with the padding between.
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
    pub fn reserve(budget: usize, wanted: Publication) -> Result<Self, MemoryError> {
        let mut arena = Self {
            memory: None,
            publication: wanted,
            no_second_view: None,
            used: 0,
            budget,
            refuse: false,
        };
        let len = budget - budget % sys::page_size();
        if len == 0 {
            return Ok(arena);
        }
        if wanted == Publication::SecondView {
            match sys::Memory::map_views(len) {
                Ok(memory) => {
                    arena.memory = Some(memory);
                    return Ok(arena);
                }
                Err(error) => arena.no_second_view = Some(error),
            }
        }
        arena.publication = Publication::FreshPages;
        arena.memory = Some(sys::Memory::reserve_pages(len)?);
        Ok(arena)
    }

    /// Places functions and makes them executable. Answers the address of each,
    /// or why it was not placed: where the budget has no room for one, those that follow may find theirs.
    ///
    /// What was published before is as it was in any case, and a later call may succeed.
    pub fn publish(&mut self, functions: &[&[u8]]) -> Vec<Result<*const u8, MemoryError>> {
        let start = self.next_batch();
        let free = self.memory.as_ref().map_or(0, sys::Memory::len) - start;
        let mut len = 0_usize;
        let mut find_room = |code: &&[u8]| {
            let (offset, end) = (len, (len + code.len()).next_multiple_of(FUNCTION_ALIGN));
            (end <= free).then(|| {
                len = end;
                offset
            })
        };
        let offsets: Vec<Option<usize>> = functions.iter().map(&mut find_room).collect();
        let fitting: Vec<(&[u8], usize)> = core::iter::zip(functions, &offsets)
            .filter_map(|(code, offset)| Some((*code, (*offset)?)))
            .collect();
        let budget = self.budget;
        let placed = self.place(start, &fitting, len);
        let address = |(code, offset): (&&[u8], &Option<usize>)| match offset {
            Some(offset) => Ok(placed.clone()?.wrapping_add(*offset)),
            None => Err(MemoryError::BudgetSpent {
                budget,
                wanted: code.len(),
            }),
        };
        core::iter::zip(functions, &offsets).map(address).collect()
    }

    /// Where the next batch starts: behind the last one, in a page of its own where pages are
    /// protected one by one.
    fn next_batch(&self) -> usize {
        match &self.memory {
            Some(memory) => self
                .used
                .next_multiple_of(memory.batch_align())
                .min(memory.len()),
            None => 0,
        }
    }

    /// Writes functions at these offsets behind `start`, `len` bytes in all, and
    /// makes them executable. Answers where they start.
    fn place(
        &mut self,
        start: usize,
        functions: &[(&[u8], usize)],
        len: usize,
    ) -> Result<*const u8, MemoryError> {
        let (Some(memory), 1..) = (&mut self.memory, len) else {
            return Ok(core::ptr::null());
        };
        if self.refuse {
            return Err(MemoryError::Refused {
                what: "make code executable",
                reason: String::from("injected by a test"),
            });
        }
        let address = memory.place(start, len, |bytes| {
            for (code, offset) in functions {
                bytes[*offset..offset + code.len()].copy_from_slice(code);
            }
        })?;
        self.used = start + len;
        Ok(address)
    }

    /// Bytes of memory in use, in whole pages.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used.next_multiple_of(sys::page_size())
    }

    /// The budget in bytes.
    #[must_use]
    pub fn budget(&self) -> usize {
        self.budget
    }

    /// How code gets here.
    #[must_use]
    pub fn publication(&self) -> Publication {
        self.publication
    }

    /// Why it gets here by fresh pages although a second view was wanted.
    #[must_use]
    pub fn no_second_view(&self) -> Option<&MemoryError> {
        self.no_second_view.as_ref()
    }

    /// Makes later calls of [`Self::publish`] fail as if the system refused.
    #[doc(hidden)]
    pub fn refuse_for_test(&mut self, refuse: bool) {
        self.refuse = refuse;
    }
}

#[cfg(test)]
mod tests;
