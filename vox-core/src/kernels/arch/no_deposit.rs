//! No deposited bits: Miri, and architectures without such an instruction.

/// Whether there is such an instruction in this architecture.
pub(crate) const IS_AVAILABLE: bool = false;

/// Never called: see [`IS_AVAILABLE`].
///
/// # Safety
///
/// Must not be called.
#[inline]
pub(crate) unsafe fn deposit(_value: u64, _mask: u64) -> u64 {
    unreachable!("not available")
}

/// Never called: see [`IS_AVAILABLE`].
///
/// # Safety
///
/// Must not be called.
#[inline]
pub(crate) unsafe fn leading_zeros(_value: u64) -> usize {
    unreachable!("not available")
}
