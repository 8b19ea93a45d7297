//! Where functions begin in the cache.

/// Has the function it is inlined into begin at a cache line: in ELF and COFF every function has a section of its own, which is aligned as whatever is in it
/// asks for. To be called on a way that is hardly ever taken. Without it a linker puts a function at a multiple of 16, and a loop with a jump in it
/// may take a quarter more by that alone.
#[inline(always)]
pub(super) fn at_cache_line() {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: instructions that do nothing, if any.
    unsafe {
        core::arch::asm!(".p2align 6", options(nomem, nostack, preserves_flags));
    }
}
