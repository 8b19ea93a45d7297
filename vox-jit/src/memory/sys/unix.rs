//! Everything that is not Windows: reserved pages become writable by `mprotect`.

use region::Protection;

/// Makes reserved pages readable and writable.
///
/// # Safety
///
/// The pages are reserved by us and hold no published code.
pub(super) unsafe fn make_writable(start: *mut u8, len: usize) -> region::Result<()> {
    // SAFETY: the caller's duty.
    unsafe { region::protect(start, len, Protection::READ_WRITE) }
}
