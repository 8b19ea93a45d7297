//! Varints without a branch by their length, where the processor has parallel bit deposit (`pdep`): one instruction
//! in place of the shifts of [`crate::wire::varint`].
//!
//! Not here: integers of machine code, and lists of them, which have such instructions of their own ([`crate::interp`] is who calls this).

use super::{Kernels, arch};
use crate::wire::varint::{BY_ZEROS, GROUPS, tail, write_groups};

/// Whether [`write`] may be called on the processor of this set.
#[inline]
pub(crate) fn is_there(kernels: &Kernels) -> bool {
    arch::deposit::IS_AVAILABLE && kernels.has_deposit
}

/// Writes a varint, of whatever length in the same steps.
///
/// # Safety
///
/// [`is_there`] said so of a set that this processor can run. 10 bytes may be written at `out`.
#[inline]
pub(crate) unsafe fn write(out: *mut u8, value: u64) -> *mut u8 {
    // SAFETY: the caller's duty; a word has 64 leading zeros at most; the ninth and tenth byte are there where the varint is that long, and the end is within the ten.
    unsafe {
        let zeros = arch::deposit::leading_zeros(value);
        // What assembly answers, the compiler does not know the bounds of.
        core::hint::assert_unchecked(zeros < BY_ZEROS.len.len());
        let end = write_groups(out, arch::deposit::deposit(value, GROUPS), zeros);
        out.add(8).cast::<[u8; 2]>().write_unaligned(tail(value));
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::varint;

    #[test]
    fn every_length_is_as_the_portable_form_writes_it() {
        if !is_there(Kernels::best()) {
            println!("this processor does not deposit bits");
            return;
        }
        let borders = (0..64).flat_map(|bits| [(1 << bits) - 1, 1 << bits, (1 << bits) + 1]);
        for value in borders.chain([0, u64::MAX, 0x0123_4567_89ab_cdef]) {
            let (mut found, mut expected) = ([0xee_u8; 16], [0xee_u8; 16]);
            // SAFETY: there is room for both, and the processor was asked.
            let lens = unsafe {
                let (to, also) = (found.as_mut_ptr(), expected.as_mut_ptr());
                let (end, other) = (write(to, value), varint::write_u64(also, value));
                (end.offset_from(to), other.offset_from(also))
            };
            assert_eq!(lens.0, lens.1, "{value:#x}");
            let len = lens.0.cast_unsigned();
            assert_eq!(found[..len], expected[..len], "{value:#x}");
            // Not beyond the ten bytes that it may write.
            assert_eq!(found[10..], [0xee; 6], "{value:#x}");
        }
    }
}
