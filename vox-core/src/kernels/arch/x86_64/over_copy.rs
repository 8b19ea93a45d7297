//! 32 bytes by assembly, which may read where Rust may not. See [`crate::kernels::over`].

/// Whether such copies may be made here.
pub(crate) const IS_AVAILABLE: bool = true;

/// Copies 32 bytes.
///
/// # Safety
///
/// The processor can read 32 bytes at `from` (they need not all belong to an allocation), and
/// 32 bytes may be written at `to`.
#[inline]
pub(crate) unsafe fn copy_32(to: *mut u8, from: *const u8) {
    // SAFETY: the caller's duty; what lies beyond the string ends up behind the cursor, where
    // it is overwritten or cut off (A11).
    unsafe {
        core::arch::asm!(
            "movups {low}, [{from}]",
            "movups {high}, [{from} + 16]",
            "movups [{to}], {low}",
            "movups [{to} + 16], {high}",
            from = in(reg) from,
            to = in(reg) to,
            low = out(xmm_reg) _,
            high = out(xmm_reg) _,
            options(nostack, preserves_flags),
        );
    }
}
