//! Bits deposited by assembly, for functions that are not built for the processors which can. See [`crate::kernels::deposit`].

/// Whether there is such an instruction in this architecture.
pub(crate) const IS_AVAILABLE: bool = true;

/// Puts the lowest bits of a value where the mask has ones, the lowest first.
///
/// # Safety
///
/// The processor has BMI2.
#[inline]
pub(crate) unsafe fn deposit(value: u64, mask: u64) -> u64 {
    let bits: u64;
    // SAFETY: the caller's duty; nothing but a register is written.
    unsafe {
        core::arch::asm!(
            "pdep {bits}, {value}, {mask}",
            bits = lateout(reg) bits,
            value = in(reg) value,
            mask = in(reg) mask,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    bits
}

/// The zeros above the highest bit that is set: 64 of 0.
///
/// # Safety
///
/// The processor has LZCNT. One without executes another instruction.
#[inline]
pub(crate) unsafe fn leading_zeros(value: u64) -> usize {
    let zeros: usize;
    // SAFETY: the caller's duty; nothing but a register and the flags is written.
    unsafe {
        core::arch::asm!(
            "lzcnt {zeros}, {value}",
            zeros = lateout(reg) zeros,
            value = in(reg) value,
            options(pure, nomem, nostack),
        );
    }
    zeros
}
