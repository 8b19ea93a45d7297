//! AVX-512: strings and lists of bytes that are longer than what machine code copies by itself, and not so long that a call of
//! the system's `memcpy` is nothing beside the copy.
//!
//! A function of Rust's would be called by a stub that saves all registers first, which takes longer than to copy a few hundred bytes.

use core::arch::naked_asm;
use core::mem::offset_of;

use crate::cx::{EncodeCx, FREE_SPARE};
use crate::kernels::LONG_LENS;

// Two bytes of varint, and copies of 64 bytes at both ends.
const _: () = assert!(LONG_LENS.start >= 128 && LONG_LENS.end <= 1 << 14);

/// [`crate::entry::WriteLongFn`] by AVX-512.
///
/// Registers from `zmm16` on belong to nobody here: machine code has a value in them from one instruction to the next at most, and in every
/// calling convention of x86-64 the callers of generated code do not expect them back.
///
/// # Safety
///
/// As for the type; the processor has AVX-512 F.
#[unsafe(naked)]
pub(super) unsafe extern "sysv64" fn write_long(_cx: *mut EncodeCx, _otherwise: *const ()) {
    naked_asm!(
        "push rax",
        "push rcx",
        "push rdx",
        "push r8",
        "mov rcx, [rdi + {exchange} + 16]",
        "lea rax, [rcx - {least}]",
        "cmp rax, {count}",
        "jae 3f",
        "mov rdx, [rdi + {exchange}]",
        "mov r8, [rdi + {exchange} + 24]",
        // The end, and how far what is to follow it may be beyond the limit.
        "lea rax, [rdx + rcx + 2]",
        "lea r8, [rax + r8 - {free}]",
        "cmp r8, [rdi + {limit}]",
        "ja 3f",
        "mov r8, [rdi + {exchange} + 8]",
        "mov [rdi + {exchange}], rax",
        // The last 64 bytes, which the others overlap.
        "vmovdqu64 zmm16, [r8 + rcx - 64]",
        "vmovdqu64 [rax - 64], zmm16",
        // The length: its lowest seven bits with the mark that more follow, and the others.
        "mov eax, ecx",
        "shr eax, 7",
        "or cl, 0x80",
        "mov [rdx], cl",
        "mov [rdx + 1], al",
        "lea rcx, [rdx + 2]",
        "mov rax, [rdi + {exchange}]",
        "sub rax, 64",
        "2:",
        "vmovdqu64 zmm16, [r8]",
        "vmovdqu64 [rcx], zmm16",
        "add r8, 64",
        "add rcx, 64",
        "cmp rcx, rax",
        "jb 2b",
        "pop r8",
        "pop rdx",
        "pop rcx",
        "pop rax",
        "ret",
        "3:",
        "pop r8",
        "pop rdx",
        "pop rcx",
        "pop rax",
        "jmp rsi",
        exchange = const offset_of!(EncodeCx, exchange),
        limit = const offset_of!(EncodeCx, limit),
        least = const LONG_LENS.start,
        count = const LONG_LENS.end - LONG_LENS.start,
        free = const FREE_SPARE,
    )
}

#[cfg(test)]
mod tests {
    use core::mem::MaybeUninit;

    use super::super::kept;
    use crate::cx::{Constants, EncodeCx};
    use crate::entry_fn;
    use crate::kernels::Kernels;
    use crate::kernels::tests::{no_bulk, no_room};

    entry_fn! {
        unsafe fn nothing(_cx: *mut EncodeCx) {}
    }

    /// What machine code rests on when it calls the routine without saving anything: where it writes, and where it leaves that
    /// to a stub.
    #[test]
    fn a13_all_registers_are_kept() {
        let Some(write) = Kernels::best().write_long else {
            eprintln!("skipped: no set of this processor has the routine");
            return;
        };
        let (from, mut out) = ([7_u8; 1000], [0_u8; 2000]);
        let limit = out.as_mut_ptr_range().end.wrapping_sub(crate::cx::SLACK);
        let constants = const { &Constants::new(no_room, no_bulk) };
        let mut cx = EncodeCx::new(limit, 0, constants, core::ptr::null_mut());
        for (len, end) in [(1000, 1002), (100, 0)] {
            let start = out.as_mut_ptr() as u64;
            cx.exchange = MaybeUninit::new([start, from.as_ptr() as u64, len, 0]);
            // SAFETY: the state is that of an encode with room; the routine is this processor's, and the other function does nothing.
            let exchange = unsafe {
                let arguments = [&raw mut cx as u64, nothing as *const () as u64, 5, 6];
                kept::call(write as *const (), arguments);
                cx.exchange.assume_init()
            };
            assert_eq!(exchange[0], start + end);
        }
        assert_eq!((out[0], out[1], out[2], out[1001]), (0xe8, 0x07, 7, 7));
    }
}
