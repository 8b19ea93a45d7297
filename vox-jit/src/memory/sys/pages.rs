//! Fresh pages: reserved, then writable, then executable, then never changed again.
//!
//! The way that works on every system alike. Windows differs in one step: reserved pages must be
//! committed before they are memory.

use region::Protection;

use super::{MemoryError, refused};

/// Reserved address space, released on drop.
pub(in crate::memory) struct Pages {
    allocation: region::Allocation,
}

// SAFETY: The range is memory of its own, reached only through `&mut self`
// here, and as code by whoever was given an address.
unsafe impl Send for Pages {}
// SAFETY: nothing can be done through a shared reference but ask its size.
unsafe impl Sync for Pages {}

impl core::fmt::Debug for Pages {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pages").field("len", &self.len()).finish()
    }
}

impl Pages {
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
        // SAFETY: within the reserved range.
        let start = unsafe { self.allocation.as_mut_ptr::<u8>().add(offset) };
        // SAFETY: pages of our own range which hold no published code: the
        // arena passes only offsets beyond what it has published (A14).
        unsafe { make_writable(start, len) }
            .map_err(|error| refused("make memory for code writable", error))?;
        // SAFETY: readable and writable now, exclusively borrowed with `self`.
        Ok(unsafe { core::slice::from_raw_parts_mut(start, len) })
    }

    /// Makes written pages executable.
    pub(super) fn make_executable(
        &mut self,
        offset: usize,
        len: usize,
    ) -> Result<*const u8, MemoryError> {
        // SAFETY: within the reserved range.
        let start = unsafe { self.allocation.as_ptr::<u8>().add(offset) };
        // SAFETY: pages of our own range; nobody holds a reference into them.
        unsafe { region::protect(start, len, Protection::READ_EXECUTE) }
            .map_err(|error| refused("make code executable", error))?;
        Ok(start)
    }
}

/// Makes reserved pages readable and writable.
///
/// # Safety
///
/// The pages are reserved by us and hold no published code.
#[cfg(not(windows))]
unsafe fn make_writable(start: *mut u8, len: usize) -> region::Result<()> {
    // SAFETY: the caller's duty.
    unsafe { region::protect(start, len, Protection::READ_WRITE) }
}

/// Commits reserved pages as readable and writable.
///
/// # Safety
///
/// The pages are reserved by us and hold no published code.
#[cfg(windows)]
unsafe fn make_writable(start: *mut u8, len: usize) -> std::io::Result<()> {
    use windows_sys::Win32::System::Memory::{MEM_COMMIT, PAGE_READWRITE, VirtualAlloc};
    // SAFETY: the caller's duty. Committing twice, after an attempt that failed,
    // only sets the protection.
    let committed = unsafe { VirtualAlloc(start.cast(), len, MEM_COMMIT, PAGE_READWRITE) };
    if committed.is_null() {
        return Err(std::io::Error::last_os_error());
    }
    Ok(())
}
