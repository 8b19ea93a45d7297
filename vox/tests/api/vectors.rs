//! On Windows xmm6 to xmm15 belong to the caller: they are as they were after an encode, in
//! every mode.
//!
//! Machine code that calls a function of another convention, or a routine for lists of integers that
//! works in vector registers, would show here if it lost them. Not here: single calls
//! (`vox-cabi/tests/execution/vectors.rs`).

use std::arch::{asm, naked_asm};
use std::collections::BTreeMap;
use std::sync::Arc;

use facet::Facet;
use serde::Serialize;
use vox::Runtime;
use vox_oracle::codec_test;

/// xmm6 to xmm15.
type Registers = [[u64; 2]; 10];

/// Every kind of code: wide stores, kernels, short and long strings, calls of vtable functions,
/// iterators behind trampolines, calls of other types.
#[derive(Facet, Serialize)]
struct Everything {
    scalars: (u64, i32, f64, u16, i64, u32, u8),
    small: Vec<u32>,
    large: Vec<u64>,
    signed: Vec<i64>,
    short: String,
    long: String,
    option: Option<u64>,
    result: Result<u32, String>,
    shared: Arc<str>,
    map: BTreeMap<String, Vec<u64>>,
    children: Vec<Everything>,
}

fn everything(depth: u32) -> Everything {
    let spread = |idx: u64| idx.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (idx % 64);
    Everything {
        scalars: (u64::MAX, -70_000, 0.5, 300, i64::MIN, 7, 255),
        small: (0..1_000).collect(),
        large: (0..1_000).map(spread).collect(),
        signed: (0..1_000).map(|idx| spread(idx).cast_signed()).collect(),
        short: String::from("short"),
        long: "long".repeat(1_000),
        option: Some(1 << 40),
        result: Err(String::from("an error")),
        shared: Arc::from("shared"),
        map: (0..40)
            .map(|idx| (format!("key {idx}"), vec![spread(idx); 20]))
            .collect(),
        children: (0..depth * 2).map(|_| everything(depth - 1)).collect(),
    }
}

struct Call<'a> {
    runtime: &'a Runtime,
    value: &'a Everything,
    buffer: Vec<u8>,
}

extern "C" fn encode(call: &mut Call<'_>) {
    call.runtime
        .to_bytes_in(call.value, &mut call.buffer)
        .expect("it encodes");
}

#[unsafe(naked)]
extern "C" fn overwrite(_call: &mut Call<'_>) {
    naked_asm!("pxor xmm6, xmm6", "pxor xmm15, xmm15", "ret");
}

/// What xmm6 to xmm15 hold after a function was called with `before` in them.
fn call_with(
    function: extern "C" fn(&mut Call<'_>),
    call: &mut Call<'_>,
    before: &Registers,
) -> Registers {
    let mut after = *before;
    // SAFETY: the stack is aligned on entry and the shadow space reserved; the function
    // takes one pointer, to a `Call`; everything it may overwrite is declared, as
    // is everything loaded here.
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
            inout("rax") function => _,
            inout("rcx") core::ptr::from_mut(call) => _,
            out("xmm6") _, out("xmm7") _, out("xmm8") _, out("xmm9") _, out("xmm10") _,
            out("xmm11") _, out("xmm12") _, out("xmm13") _, out("xmm14") _, out("xmm15") _,
            clobber_abi("win64"),
        );
    }
    after
}

fn distinct() -> Registers {
    core::array::from_fn(|idx| {
        let word = u64::try_from(idx).expect("a small number");
        [0x1111 * (word + 1), !word]
    })
}

codec_test!(
    fn vector_registers_of_the_caller_are_kept(judge: &Judge) {
        let value = everything(2);
        let before = distinct();
        judge.in_every_mode("everything", &value, |mode, expected| {
            let mut call = Call {
                runtime: &mode.runtime,
                value: &value,
                buffer: Vec::new(),
            };
            // The first call compiles, the second only encodes.
            for _ in 0..2 {
                call.buffer.clear();
                let after = call_with(encode, &mut call, &before);
                assert_eq!(after, before, "{}", mode.name);
                assert!(call.buffer == expected, "{}", mode.name);
            }
        });
    }
);

/// The test above could not fail if this one did not.
#[test]
fn a_function_that_overwrites_them_is_noticed() {
    let value = everything(0);
    let mut call = Call {
        runtime: Runtime::global(),
        value: &value,
        buffer: Vec::new(),
    };
    let before = distinct();
    let after = call_with(overwrite, &mut call, &before);
    assert_eq!((after[0], after[9]), ([0, 0], [0, 0]));
    assert_eq!(after[1..9], before[1..9]);
}
