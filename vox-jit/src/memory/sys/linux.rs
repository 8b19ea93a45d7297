//! Linux: a memory file, mapped once to execute and once to write.
//!
//! No protection ever changes after that, so a rule against gaining execute permission
//! (`PR_SET_MDWE`, a seccomp filter, SELinux) decides when the file is mapped, and never later.
//!
//! A forked child shares the file with its parent, and both would fill the same places with
//! different code. So the writable view is not passed on to children, and a child's attempt to write is an
//! error: it makes a new arena. Code published before the fork runs in both.

use core::ptr;
use std::io;

use core::ffi::c_void;

use vox_core::fork::process_id;

/// Bytes of memory asked for at a time.
const STEP: usize = 64 << 10;

/// Both views of one memory file. See the module documentation.
pub(in crate::memory) struct Views {
    writable: *mut u8,
    executable: *const u8,
    len: usize,
    /// Bytes from the start that have memory behind them.
    populated: usize,
    /// The process that has the writable view.
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

/// A mapping, given back when the other one fails.
struct Mapping(*mut c_void, usize);

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: a mapping of our own which nobody was told of.
        unsafe { libc::munmap(self.0, self.1) };
    }
}

/// A memory file that is closed on drop; its mappings keep the memory.
struct File(libc::c_int);

impl Drop for File {
    fn drop(&mut self) {
        // SAFETY: a descriptor of our own.
        unsafe { libc::close(self.0) };
    }
}

/// Whether a file may have so many bytes: where a limit forbids it, asking for them is a signal that ends the process.
fn may_have(len: libc::off_t) -> io::Result<()> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the limit is written where there is room for it.
    if unsafe { libc::getrlimit(libc::RLIMIT_FSIZE, &raw mut limit) } != 0 {
        return Err(io::Error::last_os_error());
    }
    match u64::try_from(len) {
        Ok(len) if limit.rlim_cur == libc::RLIM_INFINITY || len <= limit.rlim_cur => Ok(()),
        _ => Err(io::Error::from_raw_os_error(libc::EFBIG)),
    }
}

impl File {
    fn create(len: usize) -> io::Result<Self> {
        let name = c"vox-code";
        let len = libc::off_t::try_from(len).map_err(io::Error::other)?;
        may_have(len)?;
        // Kernels before 6.3 know no MFD_EXEC, and allow to execute without it.
        for flags in [libc::MFD_CLOEXEC | libc::MFD_EXEC, libc::MFD_CLOEXEC] {
            // SAFETY: the name ends in a zero.
            let descriptor = unsafe { libc::memfd_create(name.as_ptr(), flags) };
            if descriptor >= 0 {
                let file = Self(descriptor);
                // SAFETY: a descriptor of our own.
                return match unsafe { libc::ftruncate(file.0, len) } {
                    0 => Ok(file),
                    _ => Err(io::Error::last_os_error()),
                };
            }
        }
        Err(io::Error::last_os_error())
    }

    /// Maps the file, at `hint` or wherever the system likes.
    fn map(&self, len: usize, hint: *mut c_void, protection: libc::c_int) -> io::Result<Mapping> {
        // SAFETY: a new mapping, which replaces none: the address is no more than a hint.
        let start = unsafe {
            libc::mmap(
                hint,
                len,
                protection,
                libc::MAP_SHARED | libc::MAP_NORESERVE,
                self.0,
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Mapping(start, len))
    }
}

/// Where code is best: below the program's own, far enough from where that may begin, and mostly in the same four gigabytes.
///
/// A call and its return between addresses that are further apart take an Emerald Rapids a nanosecond longer: eight records of pointers took
/// 337 ns and take 328. Other processors do not mind.
fn near_the_program(len: usize) -> *mut c_void {
    const BEGINNING: usize = 256 << 20;
    const HUGE_PAGE: usize = 2 << 20;
    let here = near_the_program as *const () as usize;
    let hint = here.saturating_sub(BEGINNING).saturating_sub(len);
    ptr::without_provenance_mut(hint & !(HUGE_PAGE - 1))
}

impl Views {
    /// Maps `len` bytes twice.
    pub(super) fn map(len: usize) -> io::Result<Self> {
        let file = File::create(len)?;
        let code = near_the_program(len);
        let executable = file.map(len, code, libc::PROT_READ | libc::PROT_EXEC)?;
        let writable = file.map(len, ptr::null_mut(), libc::PROT_READ | libc::PROT_WRITE)?;
        // SAFETY: the mapping just made.
        if unsafe { libc::madvise(writable.0, len, libc::MADV_DONTFORK) } != 0 {
            return Err(io::Error::last_os_error());
        }
        let views = Self {
            writable: writable.0.cast(),
            executable: executable.0.cast_const().cast(),
            len,
            populated: 0,
            owner: process_id(),
        };
        core::mem::forget((writable, executable));
        Ok(views)
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The view to run.
    pub(super) fn executable(&self) -> *const u8 {
        self.executable
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
        self.populate(offset + len)?;
        // SAFETY: within the writable view, which the caller has exclusively; what runs in the
        // other view meanwhile is at other addresses, for the arena passes only offsets beyond
        // what it has published (A14).
        fill(unsafe { core::slice::from_raw_parts_mut(self.writable.add(offset), len) });
        Ok(())
    }

    /// Asks for memory up to `end`. Without it a write would ask, and could not be refused but by a signal.
    fn populate(&mut self, end: usize) -> io::Result<()> {
        if end <= self.populated {
            return Ok(());
        }
        let end = end.next_multiple_of(STEP).min(self.len);
        // SAFETY: within the writable view.
        let start = unsafe { self.writable.add(self.populated) };
        // SAFETY: as above; it changes nothing that is there.
        let populated = unsafe {
            libc::madvise(
                start.cast(),
                end - self.populated,
                libc::MADV_POPULATE_WRITE,
            )
        };
        let error = io::Error::last_os_error();
        // Kernels before 5.14 do not know this advice.
        if populated != 0 && error.raw_os_error() != Some(libc::EINVAL) {
            return Err(error);
        }
        self.populated = end;
        Ok(())
    }
}

impl Drop for Views {
    fn drop(&mut self) {
        // SAFETY: a mapping of our own; nobody runs its code any more (A14).
        unsafe { libc::munmap(self.executable.cast_mut().cast(), self.len) };
        // A child of the owner does not have this one; something else may be there.
        if self.owner == process_id() {
            // SAFETY: a mapping of our own, borrowed by nobody.
            unsafe { libc::munmap(self.writable.cast(), self.len) };
        }
    }
}
