//! Windows: a section of the paging file, mapped once to execute and once to write.

use core::ffi::c_void;
use core::ptr;
use std::io;

use windows_sys::Win32::Foundation::{CloseHandle, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Memory::{
    CreateFileMappingW, FILE_MAP_EXECUTE, FILE_MAP_READ, FILE_MAP_WRITE, MEM_COMMIT,
    MEMORY_MAPPED_VIEW_ADDRESS, MapViewOfFile, PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE,
    PAGE_READWRITE, SEC_RESERVE, UnmapViewOfFile, VirtualAlloc,
};

/// Bytes committed at a time.
const STEP: usize = 64 << 10;

/// A mapped view, unmapped on drop.
#[derive(Debug)]
struct View(*mut c_void);

impl Drop for View {
    fn drop(&mut self) {
        // SAFETY: a view of our own, which nobody uses any more.
        unsafe { UnmapViewOfFile(MEMORY_MAPPED_VIEW_ADDRESS { Value: self.0 }) };
    }
}

/// Both views of one section. See the module documentation.
#[derive(Debug)]
pub(in crate::memory) struct Views {
    writable: View,
    executable: View,
    len: usize,
    /// Bytes from the start that have memory behind them.
    committed: usize,
}

// SAFETY: memory of its own, written only through `&mut self`, and run by whoever was
// given an address.
unsafe impl Send for Views {}
// SAFETY: through a shared reference only numbers can be asked for.
unsafe impl Sync for Views {}

impl Views {
    /// Maps `len` bytes twice.
    pub(super) fn map(len: usize) -> io::Result<Self> {
        let size = u64::try_from(len).map_err(io::Error::other)?;
        let (high, low) = ((size >> 32) as u32, (size & 0xffff_ffff) as u32);
        // SAFETY: no name, no security attributes; the result is looked at.
        let section = unsafe {
            CreateFileMappingW(
                INVALID_HANDLE_VALUE,
                ptr::null(),
                PAGE_EXECUTE_READWRITE | SEC_RESERVE,
                high,
                low,
                ptr::null(),
            )
        };
        if section.is_null() {
            return Err(io::Error::last_os_error());
        }
        let map = |access| {
            // SAFETY: a section of our own, mapped as a whole where the system chooses.
            let view = unsafe { MapViewOfFile(section, access, 0, 0, len) };
            match view.Value.is_null() {
                true => Err(io::Error::last_os_error()),
                false => Ok(View(view.Value)),
            }
        };
        let views = map(FILE_MAP_READ | FILE_MAP_EXECUTE)
            .and_then(|executable| Ok((executable, map(FILE_MAP_READ | FILE_MAP_WRITE)?)));
        // SAFETY: a handle of our own; the views keep the section.
        unsafe { CloseHandle(section) };
        let (executable, writable) = views?;
        Ok(Self {
            writable,
            executable,
            len,
            committed: 0,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The view to run.
    pub(super) fn executable(&self) -> *const u8 {
        self.executable.0.cast_const().cast()
    }

    /// Writes to bytes that hold no published code.
    pub(super) fn write(
        &mut self,
        offset: usize,
        len: usize,
        fill: impl FnOnce(&mut [u8]),
    ) -> io::Result<()> {
        self.commit(offset + len)?;
        // SAFETY: committed memory of the writable view, which the caller has exclusively; what
        // runs in the other view meanwhile is at other addresses, for the arena passes only
        // offsets beyond what it has published (A14).
        fill(unsafe {
            core::slice::from_raw_parts_mut(self.writable.0.cast::<u8>().add(offset), len)
        });
        Ok(())
    }

    /// Commits pages up to `end`, fresh ones only: those with published code stay as they are.
    fn commit(&mut self, end: usize) -> io::Result<()> {
        if end <= self.committed {
            return Ok(());
        }
        let end = end.next_multiple_of(STEP).min(self.len);
        let (from, len) = (self.committed, end - self.committed);
        for (view, protection) in [
            (&self.writable, PAGE_READWRITE),
            (&self.executable, PAGE_EXECUTE_READ),
        ] {
            // SAFETY: within the view.
            let start = unsafe { view.0.cast::<u8>().add(from) };
            // SAFETY: reserved pages of our own that hold nothing yet. The first call commits
            // them for both views, the second one changes nothing but is never wrong.
            if unsafe { VirtualAlloc(start.cast(), len, MEM_COMMIT, protection) }.is_null() {
                return Err(io::Error::last_os_error());
            }
        }
        self.committed = end;
        Ok(())
    }
}
