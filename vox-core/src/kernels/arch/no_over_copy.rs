//! No copies beyond the end: Miri, memory checkers, architectures without assembly here.

/// Whether such copies may be made here.
pub(crate) const IS_AVAILABLE: bool = false;

/// Never called: see [`IS_AVAILABLE`].
///
/// # Safety
///
/// Must not be called.
#[inline]
pub(crate) unsafe fn copy_32(_to: *mut u8, _from: *const u8) {
    unreachable!("not available")
}
