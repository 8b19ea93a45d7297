//! Lists of integers by stretches of sixteen, which a processor with registers of 16 bytes narrows at once where all of them are small.

use crate::kernels::element::Element;

/// Elements tested together for being small.
const STRETCH: usize = 16;

/// Writes `count` elements as varints, and answers the end. `narrow` is given an address to write to and one of sixteen elements: it writes each as one
/// byte and answers true, or leaves what is there and answers false. Where not all are small, `one` writes one after the other, and answers its end;
/// where that has no branches, sixteen are faster by sixteen copies of it.
///
/// # Safety
///
/// As for [`crate::kernels::element::Routine::write`]. `narrow` reads sixteen elements, aligned or not, writes sixteen bytes at most, and these are the elements'
/// varints; `one` writes a varint, and no more bytes than the overshoot.
#[inline(always)]
pub(super) unsafe fn write<T: Element, const IS_UNROLLED: bool>(
    out: *mut u8,
    from: *const T,
    count: usize,
    narrow: impl Fn(*mut u8, *const T) -> bool,
    one: impl Fn(*mut u8, u64) -> *mut u8,
) -> *mut u8 {
    let (mut out, mut from, mut left) = (out, from, count);
    // SAFETY: the elements are among the `count`; each has its room, the last one the overshoot.
    unsafe {
        loop {
            while left >= STRETCH && narrow(out, from) {
                out = out.add(STRETCH);
                from = from.add(STRETCH);
                left -= STRETCH;
            }
            if left == 0 {
                return out;
            }
            let few = left.min(STRETCH);
            if IS_UNROLLED && few == STRETCH {
                for at in 0..STRETCH {
                    out = one(out, from.add(at).read_unaligned().wire());
                }
            } else {
                for at in 0..few {
                    out = one(out, from.add(at).read_unaligned().wire());
                }
            }
            from = from.add(few);
            left -= few;
        }
    }
}
