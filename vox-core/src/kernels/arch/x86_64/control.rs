//! Which buckets of a hash table are full, sixteen at a time.

use core::arch::x86_64::{_mm_loadu_si128, _mm_movemask_epi8};

/// Whether [`tops`] may be asked here.
pub(in crate::kernels) const IS_AVAILABLE: bool = true;

/// The top bits of sixteen bytes.
///
/// # Safety
///
/// They are at `bytes`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "into loops of other instructions")]
pub(in crate::kernels) unsafe fn tops(bytes: *const [u8; 16]) -> u16 {
    // SAFETY: the caller's duty; every processor of this architecture has SSE2.
    let bits = unsafe { _mm_movemask_epi8(_mm_loadu_si128(bytes.cast())) };
    // Sixteen of them.
    bits as u16
}
