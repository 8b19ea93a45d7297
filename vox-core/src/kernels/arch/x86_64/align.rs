//! Where functions begin in the cache.

/// Has the function it is inlined into begin at a cache line: in ELF and COFF every function has a section of its own, which is aligned as whatever is in it
/// asks for. To be called on a way that is hardly ever taken, for up to 63 bytes of nothing are run through there.
///
/// A linker puts functions at multiples of 16 otherwise, so that a change anywhere before them moves the interpreter by a part of a line: lists of enums, records of
/// options and messages took a tenth more or less by that alone.
#[expect(clippy::inline_always, reason = "meant for the function around")]
#[inline(always)]
pub(crate) fn at_cache_line() {
    // SAFETY: instructions that do nothing, if any.
    unsafe { core::arch::asm!(".p2align 6", options(nomem, nostack, preserves_flags)) };
}
