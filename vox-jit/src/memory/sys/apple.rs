//! Apple's own processors: memory mapped with `MAP_JIT`, which is writable for the
//! thread that asks to write, and executable for all others meanwhile.
//!
//! A program with the hardened runtime needs the entitlement `com.apple.security.cs.allow-jit`;
//! without it the mapping is refused, and so are fresh pages.

use core::ptr;
use std::io;

use vox_core::fork::process_id;

/// The one mapping that has a view per thread. See the module documentation.
pub(in crate::memory) struct Views {
    start: *mut u8,
    len: usize,
    /// The process that made it; children of a fork do not write to it.
    owner: u32,
}

// SAFETY: memory of its own, written only through `&mut self`, and run by whoever was
// given an address.
unsafe impl Send for Views {}
// SAFETY: through a shared reference only numbers can be asked for.
unsafe impl Sync for Views {}

impl core::fmt::Debug for Views {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Views").field("len", &self.len).finish()
    }
}

/// While it lives, this thread may write to such memory, and not run what is in it.
struct Writing;

impl Writing {
    fn begin() -> Self {
        // SAFETY: this thread runs no generated code before `end`.
        unsafe { libc::pthread_jit_write_protect_np(0) };
        Self
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        // SAFETY: always allowed.
        unsafe { libc::pthread_jit_write_protect_np(1) };
    }
}

impl Views {
    /// Maps `len` bytes.
    pub(super) fn map(len: usize) -> io::Result<Self> {
        // SAFETY: a question.
        if unsafe { libc::pthread_jit_write_protect_supported_np() } == 0 {
            return Err(io::Error::other("no write protection per thread"));
        }
        // SAFETY: a new mapping at an address the system chooses.
        let start = unsafe {
            libc::mmap(
                ptr::null_mut(),
                len,
                libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC,
                libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_JIT,
                -1,
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Self {
            start: start.cast(),
            len,
            owner: process_id(),
        })
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Where the code runs.
    pub(super) fn executable(&self) -> *const u8 {
        self.start
    }

    /// Writes to bytes that hold no published code.
    pub(super) fn write(
        &mut self,
        offset: usize,
        len: usize,
        fill: impl FnOnce(&mut [u8]),
    ) -> io::Result<()> {
        if self.owner != process_id() {
            return Err(io::Error::other(
                "this memory belongs to the parent process",
            ));
        }
        let _writing = Writing::begin();
        // SAFETY: within the mapping, writable for this thread, which has it exclusively; what
        // other threads run meanwhile is at other addresses, for the arena passes only offsets
        // beyond what it has published (A14).
        fill(unsafe { core::slice::from_raw_parts_mut(self.start.add(offset), len) });
        Ok(())
    }
}

impl Drop for Views {
    fn drop(&mut self) {
        if self.owner == process_id() {
            // SAFETY: a mapping of our own; nobody runs its code any more (A14).
            unsafe { libc::munmap(self.start.cast(), self.len) };
        }
    }
}
