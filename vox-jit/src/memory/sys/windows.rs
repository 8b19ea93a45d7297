//! Windows: reserved pages must be committed before they are memory.

use std::io;

use windows_sys::Win32::System::Memory::{MEM_COMMIT, PAGE_READWRITE, VirtualAlloc};

/// Commits reserved pages as readable and writable.
///
/// # Safety
///
/// The pages are reserved by us and hold no published code.
pub(super) unsafe fn make_writable(start: *mut u8, len: usize) -> io::Result<()> {
    // SAFETY: the caller's duty. Committing twice, after an attempt that failed,
    // only sets the protection.
    let committed = unsafe { VirtualAlloc(start.cast(), len, MEM_COMMIT, PAGE_READWRITE) };
    if committed.is_null() {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
