//! 32 bytes by assembly, which may read where Rust may not. See [`crate::kernels::over`].

/// Whether such copies may be made here.
pub(crate) const IS_AVAILABLE: bool = true;

/// The instruction that moves 16 bytes. Built for processors with AVX, the code around it may have wider registers in use, and an
/// instruction that knows 16 bytes only makes a processor of Intel's save and restore the rest of all of them, for 50 ns.
#[cfg(not(target_feature = "avx"))]
macro_rules! mov {
    ($operands:literal) => {
        concat!("movups ", $operands)
    };
}
#[cfg(target_feature = "avx")]
macro_rules! mov {
    ($operands:literal) => {
        concat!("vmovups ", $operands)
    };
}

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
            mov!("{low}, [{from}]"),
            mov!("{high}, [{from} + 16]"),
            mov!("[{to}], {low}"),
            mov!("[{to} + 16], {high}"),
            from = in(reg) from,
            to = in(reg) to,
            low = out(xmm_reg) _,
            high = out(xmm_reg) _,
            options(nostack, preserves_flags),
        );
    }
}
