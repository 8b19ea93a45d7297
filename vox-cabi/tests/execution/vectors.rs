//! Vector registers that the caller's convention preserves and the callee's
//! does not.
//!
//! A function of the Windows convention must hand xmm6 to xmm15 back as it
//! found them, also when it calls a System V function, which may overwrite
//! them all.

use std::arch::asm;

use vox_cabi::{Abi, FunctionType, Parameter, Returned, Words};

use crate::callees::{A2, address_of};
use crate::harness::{CALLS, Thunk};

type Registers = [[u64; 2]; 10];

const FUNCTION: FunctionType<'static> =
    FunctionType::new(&[Parameter::Aggregate(Words::Two)], Returned::Word);

extern "sysv64" fn overwrite(pair: A2) -> u64 {
    // SAFETY: writes registers that are declared as outputs.
    unsafe {
        asm!(
            "pcmpeqd xmm6, xmm6",
            "movdqa xmm7, xmm6",
            "movdqa xmm8, xmm6",
            "movdqa xmm9, xmm6",
            "movdqa xmm10, xmm6",
            "movdqa xmm11, xmm6",
            "movdqa xmm12, xmm6",
            "movdqa xmm13, xmm6",
            "movdqa xmm14, xmm6",
            "movdqa xmm15, xmm6",
            out("xmm6") _, out("xmm7") _, out("xmm8") _, out("xmm9") _, out("xmm10") _,
            out("xmm11") _, out("xmm12") _, out("xmm13") _, out("xmm14") _, out("xmm15") _,
        );
    }
    pair.a
}

/// Calls a Windows function with these values in xmm6 to xmm15 and returns
/// what the registers hold afterwards.
///
/// # Safety
///
/// `entry` is a Windows function of two pointers and may be called with these.
unsafe fn call_with(
    entry: *const u8,
    input: *const u64,
    output: *mut u64,
    before: &Registers,
) -> Registers {
    let mut after = *before;
    // SAFETY: the stack is aligned on entry, the shadow space is reserved, and
    // everything a Windows function may overwrite is declared, as is
    // everything loaded here.
    unsafe {
        asm!(
            "movdqu xmm6, [r12]",
            "movdqu xmm7, [r12 + 16]",
            "movdqu xmm8, [r12 + 32]",
            "movdqu xmm9, [r12 + 48]",
            "movdqu xmm10, [r12 + 64]",
            "movdqu xmm11, [r12 + 80]",
            "movdqu xmm12, [r12 + 96]",
            "movdqu xmm13, [r12 + 112]",
            "movdqu xmm14, [r12 + 128]",
            "movdqu xmm15, [r12 + 144]",
            "sub rsp, 32",
            "call rax",
            "add rsp, 32",
            "movdqu [r12], xmm6",
            "movdqu [r12 + 16], xmm7",
            "movdqu [r12 + 32], xmm8",
            "movdqu [r12 + 48], xmm9",
            "movdqu [r12 + 64], xmm10",
            "movdqu [r12 + 80], xmm11",
            "movdqu [r12 + 96], xmm12",
            "movdqu [r12 + 112], xmm13",
            "movdqu [r12 + 128], xmm14",
            "movdqu [r12 + 144], xmm15",
            in("r12") after.as_mut_ptr(),
            inout("rax") entry => _,
            inout("rcx") input => _,
            inout("rdx") output => _,
            out("xmm6") _, out("xmm7") _, out("xmm8") _, out("xmm9") _, out("xmm10") _,
            out("xmm11") _, out("xmm12") _, out("xmm13") _, out("xmm14") _, out("xmm15") _,
            clobber_abi("win64"),
        );
    }
    after
}

#[test]
fn a_windows_caller_keeps_vector_registers_across_system_v_calls() {
    let address = address_of(overwrite as *const ());
    let thunk = Thunk::planned(
        Abi::X86_64Windows,
        Abi::X86_64SystemV,
        &FUNCTION,
        address,
        CALLS,
    );
    let before: Registers = std::array::from_fn(|idx| {
        let word = u64::try_from(idx).expect("a small number");
        [0x1111 * (word + 1), 0x2222 * (word + 1)]
    });
    let input = [5_u64; 8];
    let mut output = [0_u64; 14];
    // SAFETY: the thunk reads two argument words and six more, and writes four
    // words for each of two calls and six more.
    let after = unsafe { call_with(thunk.entry(), input.as_ptr(), output.as_mut_ptr(), &before) };
    assert_eq!(output[0], 5, "the call was made");
    assert_eq!(after, before);
}

/// Shows that the callee does overwrite the registers: without this, the test
/// above could not fail.
#[test]
fn the_callee_overwrites_the_registers() {
    extern "sysv64" fn entry(input: *const u64, output: *mut u64) {
        // SAFETY: the test passes a word each.
        unsafe { output.write(input.read()) };
        overwrite(A2 {
            a: 0,
            b: std::ptr::null_mut(),
        });
    }
    // A System V function called as if it were a Windows function, through a
    // jump that exchanges the registers.
    #[unsafe(naked)]
    extern "win64" fn disguised(input: *const u64, output: *mut u64) {
        std::arch::naked_asm!(
            "push rdi",
            "push rsi",
            "sub rsp, 8",
            "mov rdi, rcx",
            "mov rsi, rdx",
            "call {entry}",
            "add rsp, 8",
            "pop rsi",
            "pop rdi",
            "ret",
            entry = sym entry,
        );
    }
    let before: Registers = [[1, 2]; 10];
    let (input, mut output) = (5_u64, 0_u64);
    let entry = disguised as *const () as *const u8;
    // SAFETY: the function reads and writes one word.
    let after = unsafe { call_with(entry, &raw const input, &raw mut output, &before) };
    assert_eq!(output, 5);
    assert_eq!(after, [[!0; 2]; 10]);
}
