//! No instruction for the top bits of sixteen bytes.

/// Whether [`tops`] may be asked here.
pub(in crate::kernels) const IS_AVAILABLE: bool = false;

/// Never called: see [`IS_AVAILABLE`].
///
/// # Safety
///
/// Must not be called.
#[inline]
pub(in crate::kernels) unsafe fn tops(_bytes: *const [u8; 16]) -> u16 {
    unreachable!("not available")
}
