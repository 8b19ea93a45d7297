//! The system calls behind executable memory. The only place that names
//! operating systems.
//!
//! Systems differ in one step: how reserved address space becomes memory that can be
//! written. Unix changes its protection; Windows has to commit it first.

#[cfg(not(windows))]
mod unix;
#[cfg(not(windows))]
use unix as os;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as os;

use region::Protection;

use super::MemoryError;

/// Bytes of a page.
pub(super) fn page_size() -> usize {
    region::page::size()
}

/// Reserved address space, released on drop.
pub(super) struct Range {
    allocation: region::Allocation,
}

// SAFETY: The range is memory of its own, reached only through `&mut self`
// here, and as code by whoever was given an address.
unsafe impl Send for Range {}
// SAFETY: nothing can be done through a shared reference but ask its size.
unsafe impl Sync for Range {}

impl core::fmt::Debug for Range {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Range").field("len", &self.len()).finish()
    }
}

fn refused(what: &'static str, reason: impl ToString) -> MemoryError {
    MemoryError::Refused {
        what,
        reason: reason.to_string(),
    }
}

impl Range {
    /// Reserves `len` bytes, a multiple of the page size, without memory behind them.
    pub(super) fn reserve(len: usize) -> Result<Self, MemoryError> {
        match region::alloc(len, Protection::NONE) {
            Ok(allocation) => Ok(Self { allocation }),
            Err(error) => Err(refused("reserve address space for code", error)),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.allocation.len()
    }

    /// Makes whole pages writable. They hold zeros, or what an attempt that
    /// failed before they were executable left there.
    pub(super) fn make_writable(
        &mut self,
        offset: usize,
        len: usize,
    ) -> Result<&mut [u8], MemoryError> {
        assert!(offset + len <= self.len(), "within the range");
        // SAFETY: within the reserved range.
        let start = unsafe { self.allocation.as_mut_ptr::<u8>().add(offset) };
        // SAFETY: pages of our own range which hold no published code: the
        // arena passes only offsets beyond what it has published (A14).
        unsafe { os::make_writable(start, len) }
            .map_err(|error| refused("make memory for code writable", error))?;
        // SAFETY: readable and writable now, exclusively borrowed with `self`.
        Ok(unsafe { core::slice::from_raw_parts_mut(start, len) })
    }

    /// Makes written pages executable, for every thread.
    pub(super) fn make_executable(
        &mut self,
        offset: usize,
        len: usize,
    ) -> Result<*const u8, MemoryError> {
        assert!(offset + len <= self.len(), "within the range");
        // SAFETY: within the reserved range.
        let start = unsafe { self.allocation.as_ptr::<u8>().add(offset) };
        // SAFETY: pages of our own range; nobody holds a reference into them.
        unsafe { region::protect(start, len, Protection::READ_EXECUTE) }
            .map_err(|error| refused("make code executable", error))?;
        // SAFETY: the pages are readable, and the pipelines are flushed next.
        unsafe { wasmtime_internal_jit_icache_coherence::clear_cache(start.cast(), len) }
            .map_err(|error| refused("synchronise the instruction cache", error))?;
        wasmtime_internal_jit_icache_coherence::pipeline_flush_mt()
            .map_err(|error| refused("synchronise the processors", error))?;
        Ok(start)
    }
}
