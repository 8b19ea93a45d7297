//! AVX-512: a copy of medium length without a branch on it.
//!
//! What is masked out of a load is not read, so no page is left and nothing beyond the string is seen. Four overlapping pieces of 32
//! bytes are faster in a loop of copies alone, and no faster in messages, where they took a tenth longer for byte slices.

use core::arch::naked_asm;

use crate::cx::EncodeCx;
use crate::kernels::MEDIUM_ROOM;

/// The numbers of the bytes.
#[repr(align(64))]
#[expect(dead_code, reason = "read by the instructions below")]
struct Numbers([u8; MEDIUM_ROOM]);

static NUMBERS: Numbers = {
    let mut numbers = [0; MEDIUM_ROOM];
    let mut number = 0;
    while number < MEDIUM_ROOM {
        numbers[number] = number as u8;
        number += 1;
    }
    Numbers(numbers)
};

/// [`crate::entry::CopyMediumFn`] by AVX-512.
///
/// Registers from `zmm16` on and masks belong to nobody here: the generator of machine code does not use them, and in every
/// calling convention of x86-64 the callers of generated code do not expect them back.
///
/// # Safety
///
/// As for the type; the processor has AVX-512 F and BW.
#[unsafe(naked)]
pub(super) unsafe extern "sysv64" fn copy_medium(
    _cx: *mut EncodeCx,
    _to: *mut u8,
    _from: *const u8,
    _len: usize,
) {
    naked_asm!(
        "vpbroadcastb zmm16, ecx",
        // Which numbers are below the length: 6 is "not less than or equal".
        "vpcmpub k1, zmm16, [rip + {numbers}], 6",
        "vpcmpub k2, zmm16, [rip + {numbers} + 64], 6",
        "vmovdqu8 zmm17{{k1}}{{z}}, [rdx]",
        "vmovdqu8 zmm18{{k2}}{{z}}, [rdx + 64]",
        "vmovdqu64 [rsi], zmm17",
        "vmovdqu64 [rsi + 64], zmm18",
        "ret",
        numbers = sym NUMBERS,
    )
}
