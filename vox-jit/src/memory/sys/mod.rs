//! The system calls behind executable memory. The only place that names
//! operating systems.
//!
//! There are two ways to get code into executable memory without ever making it writable
//! there, and [`Memory`] is one or the other:
//!
//! * [`views`](os): the memory is mapped a second time, writable, and never changes its
//!   protection. Functions of different batches share pages. Where the system has no such thing, or
//!   refuses it, `os::Views::map` says so.
//! * [`pages`]: fresh pages are written, then made executable. Works wherever code can be
//!   generated at all, and costs a page per batch.
//!
//! Read next: the parent module for what is done with them.

mod fetch;
mod pages;

#[cfg(any(target_os = "linux", target_os = "android"))]
#[path = "linux.rs"]
mod os;
#[cfg(windows)]
#[path = "windows.rs"]
mod os;
#[cfg(all(target_os = "macos", target_arch = "aarch64"))]
#[path = "apple.rs"]
mod os;
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    windows,
    all(target_os = "macos", target_arch = "aarch64")
)))]
#[path = "other.rs"]
mod os;

#[cfg_attr(target_os = "linux", path = "dump_linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "dump_other.rs")]
mod dump;

use super::MemoryError;
pub(crate) use dump::Dump;
use fetch::synchronise;

/// Whether this crate generates code for the processor it was built for.
/// Whether the operating system lets that code run, [`crate::Compiler`] finds out.
pub const HAS_CODE_GENERATOR: bool = cfg!(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64",
    target_arch = "s390x"
));

/// Bytes of a page.
pub(super) fn page_size() -> usize {
    region::page::size()
}

fn refused(what: &'static str, reason: impl ToString) -> MemoryError {
    MemoryError::Refused {
        what,
        reason: reason.to_string(),
    }
}

/// Reserved memory that code is placed in, released on drop.
#[derive(Debug)]
pub(super) enum Memory {
    Views(os::Views),
    Pages(pages::Pages),
}

impl Memory {
    /// Maps `len` bytes, a multiple of the page size, twice. Nothing is used of them yet.
    pub(super) fn map_views(len: usize) -> Result<Self, MemoryError> {
        os::Views::map(len)
            .map(Self::Views)
            .map_err(|error| refused("map memory for code a second time", error))
    }

    /// Reserves `len` bytes, a multiple of the page size, without memory behind them.
    pub(super) fn reserve_pages(len: usize) -> Result<Self, MemoryError> {
        pages::Pages::reserve(len).map(Self::Pages)
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Views(views) => views.len(),
            Self::Pages(pages) => pages.len(),
        }
    }

    /// Batches start at multiples of this.
    pub(super) fn batch_align(&self) -> usize {
        match self {
            Self::Views(_) => super::FUNCTION_ALIGN,
            Self::Pages(_) => page_size(),
        }
    }

    /// Writes code to `len` bytes at `offset`, where nothing was placed before, and makes it
    /// executable for every thread. Answers its address. Nobody runs what a failed attempt left
    /// behind, and the next one may use the same place.
    pub(super) fn place(
        &mut self,
        offset: usize,
        len: usize,
        fill: impl FnOnce(&mut [u8]),
    ) -> Result<*const u8, MemoryError> {
        let end = offset.checked_add(len);
        assert!(end.is_some_and(|end| end <= self.len()), "within the range");
        match self {
            Self::Views(views) => {
                views
                    .write(offset, len, fill)
                    .map_err(|error| refused("write code", error))?;
                // SAFETY: within the mapping.
                let start = unsafe { views.executable().add(offset) };
                synchronise(start, len)?;
                Ok(start)
            }
            Self::Pages(pages) => {
                let len = len.next_multiple_of(page_size());
                fill(pages.make_writable(offset, len)?);
                let start = pages.make_executable(offset, len)?;
                synchronise(start, len)?;
                Ok(start)
            }
        }
    }
}
