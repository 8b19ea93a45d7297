//! Which registers a routine keeps.

use core::arch::asm;
use core::arch::x86_64::{__m128i, _mm_set1_epi8};

/// What `rbx` and `rbp` hold during the call.
const OWN: [u64; 2] = [0x0123_4567_89ab_cdef, 0x0fed_cba9_8765_4321];

/// Calls a function of four words, and sees that it keeps all general registers and the lowest 16 bytes of the
/// vector registers.
///
/// # Safety
///
/// It may be called so. It changes no other registers than those, but flags and vector registers this program was not compiled for.
pub(super) unsafe fn call(function: *const (), arguments: [u64; 4]) {
    // The last one is the function's address.
    let mut words: [u64; 8] = core::array::from_fn(|idx| 0x1111 * (1 + idx as u64));
    words[7] = function as u64;
    // SAFETY: every x86-64 has the instruction.
    let mut lanes: [__m128i; 16] = core::array::from_fn(|idx| unsafe { _mm_set1_epi8(idx as i8) });
    let mut passed = arguments;
    let mut own = OWN;
    let before = (words, bytes_of(lanes));
    // SAFETY: the caller's duty. `rbx` and `rbp`, which cannot be named as operands, are as before at the end.
    unsafe {
        asm!(
            "push rbx",
            "push rbp",
            "push r13",
            "push r13",
            "mov rbx, [r13]",
            "mov rbp, [r13 + 8]",
            "call r14",
            "cmp r13, [rsp]",
            "pop r13",
            "jne 2f",
            "mov [r13], rbx",
            "mov [r13 + 8], rbp",
            "jmp 3f",
            "2:",
            "mov qword ptr [r13], 0",
            "3:",
            "pop r13",
            "pop rbp",
            "pop rbx",
            inout("rdi") passed[0],
            inout("rsi") passed[1],
            inout("rdx") passed[2],
            inout("rcx") passed[3],
            inout("rax") words[0],
            inout("r8") words[1],
            inout("r9") words[2],
            inout("r10") words[3],
            inout("r11") words[4],
            inout("r12") words[5],
            inout("r15") words[6],
            inout("r14") words[7],
            in("r13") own.as_mut_ptr(),
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
    assert_eq!((passed, own), (arguments, OWN));
    assert_eq!((words, bytes_of(lanes)), before);
}

fn bytes_of(lanes: [__m128i; 16]) -> [u128; 16] {
    // SAFETY: 16 bytes each.
    lanes.map(|lane| unsafe { core::mem::transmute(lane) })
}
