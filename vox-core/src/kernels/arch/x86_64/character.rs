//! BMI2: a character, for machine code that has its number in a register and keeps all others.
//!
//! Machine code of its own takes 60 us to compile, and 200 bytes. A function of Rust's may change half of the registers, so that what lives across the call
//! lives elsewhere.

use core::arch::naked_asm;
use core::mem::offset_of;

use crate::cx::EncodeCx;

/// [`crate::entry::WriteCharFn`]: ASCII by a branch, others as [`crate::wire::varint::write_char`] does.
///
/// # Safety
///
/// As for the type; the processor has BMI2.
#[unsafe(naked)]
pub(super) unsafe extern "sysv64" fn write_char(_cx: *mut EncodeCx, _code: u64, _out: *mut u8) {
    naked_asm!(
        "cmp esi, 0x80",
        "jae 2f",
        "mov byte ptr [rdx], 1",
        "mov [rdx + 1], sil",
        "add rdx, 2",
        "mov [rdi + {exchange}], rdx",
        "sub rdx, 2",
        "ret",
        "2:",
        "push rax",
        "push rcx",
        "push r8",
        // The length: 3, or 2 below 0x800, or 4 from 0x10000 on.
        "mov r8d, 3",
        "cmp esi, 0x800",
        "sbb r8d, 0",
        "cmp esi, 0x10000",
        "sbb r8d, -1",
        "mov [rdx], r8b",
        // Four groups of six bits, highest first, of which the leading ones are shifted out.
        "mov eax, 0x3f3f3f3f",
        "pdep eax, esi, eax",
        "or eax, 0x80808080",
        "bswap eax",
        "mov ecx, r8d",
        "shl ecx, 3",
        "neg ecx",
        "shrx eax, eax, ecx",
        // The first byte starts with as many ones as there are bytes.
        "mov ecx, 0xf00",
        "shrx ecx, ecx, r8d",
        "or al, cl",
        "mov [rdx + 1], eax",
        "lea rax, [rdx + r8 + 1]",
        "mov [rdi + {exchange}], rax",
        "pop r8",
        "pop rcx",
        "pop rax",
        "ret",
        // The section begins at a cache line, and so does the routine.
        ".p2align 6",
        exchange = const offset_of!(EncodeCx, exchange),
    )
}

#[cfg(test)]
mod tests {
    use super::super::kept;
    use crate::cx::{Constants, EncodeCx};
    use crate::kernels::Kernels;
    use crate::kernels::tests::{no_bulk, no_room};

    /// What machine code rests on when it calls the routine without saving anything, on both ways through it.
    #[test]
    fn a13_all_registers_are_kept() {
        let Some(routine) = Kernels::best().write_char else {
            eprintln!("skipped: no set of this processor has the routine");
            return;
        };
        let constants = const { &Constants::new(no_room, no_bulk) };
        let mut cx = EncodeCx::new(core::ptr::null_mut(), 0, constants, core::ptr::null_mut());
        let mut out = [0_u8; 16];
        for (value, len) in [('a', 2), ('€', 4)] {
            let start = out.as_mut_ptr() as u64;
            // SAFETY: there is room for five bytes; the routine is this processor's.
            let end = unsafe {
                let arguments = [&raw mut cx as u64, value.into(), start, 6];
                kept::call(routine as *const (), arguments);
                cx.exchange.assume_init()[0]
            };
            assert_eq!(end, start + len, "{value}");
        }
    }
}
