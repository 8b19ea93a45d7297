//! Which registers a routine keeps.

use core::arch::asm;

/// Calls a function of four words, and sees that it keeps all general registers and the lower half of the vector registers.
///
/// # Safety
///
/// It may be called so. It changes no other registers than those, but flags and vector registers this program was not compiled for.
pub(super) unsafe fn call(function: *const (), arguments: [u64; 4]) {
    let mut words: [u64; 6] = core::array::from_fn(|idx| 0x1111 * (1 + idx as u64));
    let mut lanes: [f64; 16] = core::array::from_fn(|idx| 1.5 + idx as f64);
    let mut passed = arguments;
    let before = (words, lanes);
    // SAFETY: the caller's duty.
    unsafe {
        asm!(
            "call {function}",
            function = in(reg) function,
            inout("rdi") passed[0],
            inout("rsi") passed[1],
            inout("rdx") passed[2],
            inout("rcx") passed[3],
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
            inout("xmm8") lanes[8],
            inout("xmm9") lanes[9],
            inout("xmm10") lanes[10],
            inout("xmm11") lanes[11],
            inout("xmm12") lanes[12],
            inout("xmm13") lanes[13],
            inout("xmm14") lanes[14],
            inout("xmm15") lanes[15],
        );
    }
    assert_eq!(passed, arguments);
    assert_eq!((words, lanes), before);
}
