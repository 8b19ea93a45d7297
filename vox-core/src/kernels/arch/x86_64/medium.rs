//! AVX-512: a copy of medium length, the first and the last 64 bytes of it, which overlap.
//!
//! Nothing is masked: on a Zen 4 it took less time to choose between this and halves of it than to make a mask for the
//! length, which hides no branch that messages have trouble with.

use core::arch::naked_asm;

use crate::cx::EncodeCx;

/// [`crate::entry::CopyMediumFn`] by AVX-512.
///
/// Registers from `zmm16` on belong to nobody here: the generator of machine code does not use them, and in every
/// calling convention of x86-64 the callers of generated code do not expect them back.
///
/// # Safety
///
/// As for the type; the processor has AVX-512 F.
#[unsafe(naked)]
pub(super) unsafe extern "sysv64" fn copy_medium(
    _cx: *mut EncodeCx,
    _to: *mut u8,
    _from: *const u8,
    _len: usize,
) {
    naked_asm!(
        "vmovdqu64 zmm16, [rdx]",
        "vmovdqu64 zmm17, [rdx + rcx - 64]",
        "vmovdqu64 [rsi], zmm16",
        "vmovdqu64 [rsi + rcx - 64], zmm17",
        "ret",
    )
}

#[cfg(test)]
mod tests {
    use super::super::kept;
    use crate::kernels::Kernels;

    /// What machine code rests on when it calls the routine without saving anything.
    #[test]
    fn a13_all_registers_are_kept() {
        let Some(copy) = Kernels::best().copy_medium else {
            eprintln!("skipped: no set of this processor has the routine");
            return;
        };
        let (from, mut to) = ([7_u8; 128], [0_u8; 128]);
        let (to_word, from_word) = (to.as_mut_ptr() as u64, from.as_ptr() as u64);
        // SAFETY: the copy is of 100 bytes from an array of 128 to one; it is this processor's.
        unsafe { kept::call(copy as *const (), [3, to_word, from_word, 100]) };
        assert_eq!(to[..100], from[..100]);
    }
}
