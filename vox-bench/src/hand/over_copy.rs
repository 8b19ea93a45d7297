//! Copies of a fixed size from strings that may be shorter: no branch on the length.
//!
//! H2: bytes behind a string are read, which Rust knows nothing of: it happens inside an `asm!` block. The processor
//! allows it as long as the page is the string's own, which is tested. What was read too much is written
//! behind the cursor and overwritten later. Where there is no such block (other architectures, Miri,
//! sanitizers), exactly the string is copied.

use core::ptr;

/// The instruction that moves 16 bytes, as the code around it knows registers: see [`copy_16`].
#[cfg(all(target_arch = "x86_64", not(miri), not(target_feature = "avx")))]
macro_rules! mov {
    ($operands:literal) => {
        concat!("movups ", $operands)
    };
}
#[cfg(all(target_arch = "x86_64", not(miri), target_feature = "avx"))]
macro_rules! mov {
    ($operands:literal) => {
        concat!("vmovups ", $operands)
    };
}

/// The smallest page of all systems with such a block.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) const PAGE: usize = 4096;

/// The most bytes that are copied so.
#[cfg(target_arch = "x86_64")]
pub(super) const SHORT: usize = 32;

/// Copies up to 32 bytes, and may write 32.
///
/// # Safety
///
/// 32 writable bytes at `to`, `len` readable ones at `from`, `len` at most 32.
#[inline(always)]
pub(super) unsafe fn up_to_32(to: *mut u8, from: *const u8, len: usize) {
    debug_assert!(len <= 32);
    #[cfg(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
    let from = readable(from, len);
    #[cfg(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
    if from.addr() & (PAGE - 1) <= PAGE - 32 {
        // SAFETY: the 32 bytes do not leave the page (H2).
        unsafe { copy_32(to, from) };
        return;
    }
    // SAFETY: the caller's duty.
    unsafe { exactly(to, from, len) };
}

/// The address, or another one where there is nothing: what an empty string points at is nowhere.
#[inline(always)]
pub(super) fn readable(from: *const u8, len: usize) -> *const u8 {
    static NOTHING: [u8; 64] = [0; 64];
    core::hint::select_unpredictable(len == 0, NOTHING.as_ptr(), from)
}

#[cold]
#[inline(never)]
unsafe fn exactly(to: *mut u8, from: *const u8, len: usize) {
    // SAFETY: the caller's duty.
    unsafe { ptr::copy_nonoverlapping(from, to, len) };
}

/// # Safety
///
/// H2: the first byte is readable, or nothing of the result is used, and the 32 bytes are in one page.
#[cfg(all(target_arch = "x86_64", not(miri)))]
#[inline(always)]
unsafe fn copy_32(to: *mut u8, from: *const u8) {
    // SAFETY: reads 32 bytes of one page (H2), writes 32 bytes of room (H1).
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

/// # Safety
///
/// As above.
#[cfg(all(target_arch = "aarch64", not(miri)))]
#[inline(always)]
unsafe fn copy_32(to: *mut u8, from: *const u8) {
    // SAFETY: reads 32 bytes of one page (H2), writes 32 bytes of room (H1).
    unsafe {
        core::arch::asm!(
            "ldp {low:q}, {high:q}, [{from}]",
            "stp {low:q}, {high:q}, [{to}]",
            from = in(reg) from,
            to = in(reg) to,
            low = out(vreg) _,
            high = out(vreg) _,
            options(nostack, preserves_flags),
        );
    }
}

/// The same of 16 bytes, for code that has wider registers in use: between instructions of their kind, one that knows registers of 16
/// bytes only makes a processor of Intel's save and restore the upper parts of all of them, for 50 ns.
///
/// # Safety
///
/// As above; the processor has AVX.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) unsafe fn copy_16(to: *mut u8, from: *const u8) {
    // SAFETY: reads 16 bytes of one page (H2), writes 16 bytes of room (H1).
    unsafe {
        core::arch::asm!(
            "vmovups {bytes}, [{from}]",
            "vmovups [{to}], {bytes}",
            from = in(reg) from,
            to = in(reg) to,
            bytes = out(xmm_reg) _,
            options(nostack, preserves_flags),
        );
    }
}
