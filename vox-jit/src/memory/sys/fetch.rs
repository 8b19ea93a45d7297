//! What was written, made visible to instruction fetch on every processor.
//!
//! On x86-64 and s390x processors see to it themselves. The crate `wasmtime-internal-jit-icache-coherence` does it on
//! Windows and Apple's systems. Elsewhere it leaves out two steps, done here:
//!
//! * On AArch64 lines of the data cache must reach the point where instructions are fetched from, unless the processor says (`CTR_EL0.IDC`) that
//!   they need not (Arm Architecture Reference Manual, on instructions that are modified, and on that register). Where protection changes
//!   after writing, the kernel does it; a second view changes none.
//! * On RISC-V under Linux it flushes the hart that asks, and others when they next switch processes (flag 1 of
//!   `riscv_flush_icache`): those that run threads of this process would go on with what they fetched before.

use super::{MemoryError, refused};

/// Makes written code visible to instruction fetch, on every processor.
pub(super) fn synchronise(start: *const u8, len: usize) -> Result<(), MemoryError> {
    clean(start, len);
    // SAFETY: the bytes are readable, and the pipelines are flushed next.
    unsafe { wasmtime_internal_jit_icache_coherence::clear_cache(start.cast(), len) }
        .map_err(|error| refused("synchronise the instruction cache", error))?;
    flush(start, len).map_err(|error| refused("synchronise the instruction caches", error))?;
    wasmtime_internal_jit_icache_coherence::pipeline_flush_mt()
        .map_err(|error| refused("synchronise the processors", error))
}

/// Lets written lines of the data cache reach where instructions are fetched from.
#[cfg(all(target_arch = "aarch64", unix, not(target_vendor = "apple")))]
fn clean(start: *const u8, len: usize) {
    use core::arch::asm;

    let kind: u64;
    // SAFETY: reads a register that programs may read, and orders what was written through the other view before what follows.
    unsafe {
        asm!("mrs {}, ctr_el0", "dsb ish", out(reg) kind, options(nostack, preserves_flags));
    }
    // Bit 28: nothing need be cleaned. Bits 16 to 19: the logarithm of the words in a line.
    if kind & (1 << 28) != 0 {
        return;
    }
    let line = 4_usize << ((kind >> 16) & 0xf);
    let first = start.addr() & !(line - 1);
    for address in (first..start.addr() + len).step_by(line) {
        // SAFETY: cleans a line of memory that is mapped and readable; no byte changes.
        unsafe { asm!("dc cvau, {}", in(reg) address, options(nostack, preserves_flags)) };
    }
    // SAFETY: waits until they are clean.
    unsafe { asm!("dsb ish", options(nostack, preserves_flags)) };
}

#[cfg(not(all(target_arch = "aarch64", unix, not(target_vendor = "apple"))))]
fn clean(_start: *const u8, _len: usize) {}

/// Flushes what harts that run threads of this process fetched before.
#[cfg(all(target_arch = "riscv64", target_os = "linux"))]
fn flush(start: *const u8, len: usize) -> std::io::Result<()> {
    // Linux, arch/riscv/include/uapi/asm/unistd.h; no flags: all harts.
    const RISCV_FLUSH_ICACHE: libc::c_long = 259;
    const ALL_HARTS: libc::c_ulong = 0;
    // SAFETY: addresses of mapped memory.
    match unsafe {
        libc::syscall(
            RISCV_FLUSH_ICACHE,
            start,
            start.wrapping_add(len),
            ALL_HARTS,
        )
    } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

#[cfg(not(all(target_arch = "riscv64", target_os = "linux")))]
fn flush(_start: *const u8, _len: usize) -> std::io::Result<()> {
    Ok(())
}
