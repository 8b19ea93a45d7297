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
    use core::arch::asm;

    use crate::kernels::Kernels;

    /// What machine code rests on when it calls the routine without saving anything.
    #[test]
    fn a13_all_registers_are_kept() {
        let Some(copy) = Kernels::best().copy_medium else {
            eprintln!("skipped: no set of this processor has the routine");
            return;
        };
        let (from, mut to) = ([7_u8; 128], [0_u8; 128]);
        let mut words: [u64; 6] = core::array::from_fn(|idx| 0x1111 * (1 + idx as u64));
        let mut lanes: [f64; 8] = core::array::from_fn(|idx| 1.5 + idx as f64);
        let mut others: [f64; 8] = core::array::from_fn(|idx| 100.5 + idx as f64);
        let mut arguments = (3_u64, to.as_mut_ptr(), from.as_ptr(), 100_usize);
        let (words_before, lanes_before, others_before) = (words, lanes, others);
        let arguments_before = arguments;
        // SAFETY: the copy is of 100 bytes from an array of 128 to one; it is this processor's. Of the registers it may change
        // vector registers this program was not compiled for.
        unsafe {
            asm!(
                "call {copy}",
                copy = in(reg) copy,
                inout("rdi") arguments.0,
                inout("rsi") arguments.1,
                inout("rdx") arguments.2,
                inout("rcx") arguments.3,
                inout("rax") words[0],
                inout("r8") words[1],
                inout("r9") words[2],
                inout("r10") words[3],
                inout("r11") words[4],
                inout("r15") words[5],
                inout("xmm0") lanes[0],
                inout("xmm1") lanes[1],
                inout("xmm2") lanes[2],
                inout("xmm3") lanes[3],
                inout("xmm4") lanes[4],
                inout("xmm5") lanes[5],
                inout("xmm6") lanes[6],
                inout("xmm7") lanes[7],
                inout("xmm8") others[0],
                inout("xmm9") others[1],
                inout("xmm10") others[2],
                inout("xmm11") others[3],
                inout("xmm12") others[4],
                inout("xmm13") others[5],
                inout("xmm14") others[6],
                inout("xmm15") others[7],
            );
        }
        assert_eq!(to[..100], from[..100]);
        assert_eq!((words, arguments), (words_before, arguments_before));
        assert_eq!((lanes, others), (lanes_before, others_before));
    }
}
