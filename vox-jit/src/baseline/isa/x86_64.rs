//! x86-64, with the entry convention `sysv64` on every system.
//!
//! | register | holds |
//! |---|---|
//! | `r12` | cx |
//! | `r13` | base |
//! | `rbx` | the table of handlers, 128 bytes in: the first 32 are reached by one byte of offset |
//! | `r14` | the kept word |
//! | `rax` | the cursor, also what calls return |
//! | `rbp` | the frame; its words lie below the saved registers |
//!
//! `rcx`, `r10` and `r11` are scratch between calls.

#![allow(
    clippy::useless_conversion,
    reason = "the encoding macro converts every operand it is given"
)]

use core::mem::offset_of;

use dynasm::dynasm;
use vox_core::cx::{EncodeCx, FREE_SPARE};
use vox_core::program::TagWidth;
use vox_core::slot::Slot;

use super::code::Code;
use super::{Assembler, Label, OutOfRange, PairWords, Word};

/// How a distance is encoded: always in 32 bits.
#[derive(Debug, Clone, Copy)]
struct Rel32;

/// See the module documentation.
#[derive(Debug)]
pub struct X64 {
    code: Code<Rel32>,
    /// Where the size of the frame belongs.
    frame: usize,
}

/// The registers of arguments, by number.
const ARGS: [u8; 6] = [7, 6, 2, 1, 8, 9];

/// Bytes of registers saved below `rbp`.
const SAVED: i32 = 32;

/// How far into the table `rbx` points.
const TABLE_BIAS: i32 = 128;

const LIMIT: i32 = offset_of!(EncodeCx, limit) as i32;
const DEPTH: i32 = offset_of!(EncodeCx, depth_left) as i32;
const WORK: i32 = Slot::WORK_OFFSET as i32;

// The casts above keep their values.
const _: () = assert!(offset_of!(EncodeCx, limit) < 128);
const _: () = assert!(offset_of!(EncodeCx, depth_left) < 128);
const _: () = assert!(Slot::WORK_OFFSET < 128);

/// An instruction.
macro_rules! asm {
    ($self:ident, $($code:tt)*) => { dynasm!($self.code; .arch x64; $($code)*) };
}

/// An instruction whose last operand is the memory at a register and an offset, in its
/// shortest form. Offsets no instruction holds go through `r11`.
macro_rules! asm_at {
    ($self:ident, $base:ident, $at:expr, $($head:tt)*) => {{
        let at: i64 = i64::from($at);
        if let Ok(at) = i8::try_from(at) {
            asm!($self, $($head)* [BYTE $base + at]);
        } else if let Ok(at) = i32::try_from(at) {
            asm!($self, $($head)* [DWORD $base + at]);
        } else {
            asm!($self, mov r11, QWORD at);
            asm!($self, $($head)* [$base + r11]);
        }
    }};
}

/// Where a word of the frame is, from `rbp`.
fn frame(word: Word) -> i32 {
    let above = i32::try_from(word.0).expect("frames are limited to MAX_WORDS");
    -SAVED - 8 * (above + 1)
}

impl X64 {
    /// Fills a distance from here to the label in behind the opcode just emitted.
    fn rel32(&mut self, label: Label) {
        let place = self.code.len();
        asm!(self, .i32 0);
        self.code.fix(place, place + 4, label, Rel32);
    }

    fn jump_if_zero(&mut self, label: Label) {
        asm!(self, .bytes [0x0f, 0x84]);
        self.rel32(label);
    }

    fn jump_if_not_zero(&mut self, label: Label) {
        asm!(self, .bytes [0x0f, 0x85]);
        self.rel32(label);
    }

    fn jump_if_above(&mut self, label: Label) {
        asm!(self, .bytes [0x0f, 0x87]);
        self.rel32(label);
    }

    fn jump_if_below(&mut self, label: Label) {
        asm!(self, .bytes [0x0f, 0x82]);
        self.rel32(label);
    }

    fn jump_if_not_below(&mut self, label: Label) {
        asm!(self, .bytes [0x0f, 0x83]);
        self.rel32(label);
    }

    /// Sets a register to a constant.
    fn set(&mut self, register: u8, value: u64) {
        if value == 0 {
            asm!(self, xor Rd(register), Rd(register));
        } else if let Ok(value) = u32::try_from(value) {
            asm!(self, mov Rd(register), value.cast_signed());
        } else {
            asm!(self, mov Rq(register), QWORD value.cast_signed());
        }
    }

    /// Compares the tag in `rcx`.
    fn compare_tag(&mut self, value: i64) {
        if let Ok(value) = i8::try_from(value) {
            // cmp rcx, value: as above.
            asm!(self, .bytes [0x48, 0x83, 0xf9, value.to_le_bytes()[0]]);
        } else if let Ok(value) = i32::try_from(value) {
            asm!(self, cmp rcx, DWORD value);
        } else {
            asm!(self, mov r11, QWORD value; cmp rcx, r11);
        }
    }

    /// Jumps by the unsigned number in `rcx`, through a table of distances behind the jump.
    fn jump_by_rcx(&mut self, labels: &[Label], otherwise: Label) {
        let count = i32::try_from(labels.len()).expect("as many arms as blocks at most");
        asm!(self, cmp rcx, DWORD count);
        self.jump_if_not_below(otherwise);
        // lea r11, [rip + 10]: the table starts behind the next three instructions.
        asm!(self, .bytes [0x4c, 0x8d, 0x1d, 10, 0, 0, 0]
            ; movsxd rcx, DWORD [r11 + rcx * 4]
            ; add r11, rcx
            ; jmp r11);
        let table = self.code.len();
        for label in labels {
            let place = self.code.len();
            asm!(self, .i32 0);
            self.code.fix(place, table, *label, Rel32);
        }
    }
}

impl Assembler for X64 {
    fn new(capacity: usize) -> Self {
        Self {
            code: Code::new(capacity),
            frame: 0,
        }
    }

    fn finish(mut self, words: u32) -> Result<Vec<u8>, OutOfRange> {
        // An even number of words keeps the stack aligned to 16 bytes.
        let bytes = words.next_multiple_of(2) * 8;
        self.code.patch(self.frame, bytes.to_le_bytes());
        self.code.finish(|bytes, fixup, distance| {
            let Rel32 = fixup.kind;
            let distance = i32::try_from(distance).map_err(|_| OutOfRange)?;
            bytes[fixup.place..fixup.place + 4].copy_from_slice(&distance.to_le_bytes());
            Ok(())
        })
    }

    fn label(&mut self) -> Label {
        self.code.label()
    }

    fn bind(&mut self, label: Label) {
        self.code.bind(label);
    }

    fn jump(&mut self, label: Label) {
        asm!(self, .bytes [0xe9]);
        self.rel32(label);
    }

    fn enter(&mut self, table: u64, slot: Word, work: u32) {
        asm!(self, push rbp; mov rbp, rsp; push rbx; push r12; push r13; push r14
            ; sub rsp, DWORD 0);
        self.frame = self.code.len() - 4;
        asm!(self, mov r12, rdi; mov r13, rdx; mov rax, rcx
            ; mov rbx, QWORD table.wrapping_add_signed(i64::from(TABLE_BIAS)).cast_signed()
            ; mov [BYTE rbp - 40], rsi);
        debug_assert_eq!(frame(slot), -40, "the first word");
        asm!(self, add QWORD [BYTE rsi + WORK as i8], DWORD work.cast_signed());
    }

    fn leave(&mut self) {
        asm!(self, lea rsp, [BYTE rbp - 32]; pop r14; pop r13; pop r12; pop rbx; pop rbp; ret);
    }

    fn leave_failed(&mut self) {
        asm!(self, xor eax, eax);
        self.leave();
    }

    fn arg_out(&mut self, index: usize) {
        asm!(self, mov Rq(ARGS[index]), rax);
    }

    fn arg_cx(&mut self, index: usize) {
        asm!(self, mov Rq(ARGS[index]), r12);
    }

    fn arg_kept(&mut self, index: usize) {
        asm!(self, mov Rq(ARGS[index]), r14);
    }

    fn arg_at(&mut self, index: usize, at: u32) {
        if at == 0 {
            asm!(self, mov Rq(ARGS[index]), r13);
        } else {
            asm_at!(self, r13, at, lea Rq(ARGS[index]),);
        }
    }

    fn arg_load(&mut self, index: usize, at: u32) {
        asm_at!(self, r13, at, mov Rq(ARGS[index]),);
    }

    fn arg_const(&mut self, index: usize, value: u64) {
        self.set(ARGS[index], value);
    }

    fn arg_word(&mut self, index: usize, word: Word) {
        asm_at!(self, rbp, frame(word), mov Rq(ARGS[index]),);
    }

    fn arg_word_address(&mut self, index: usize, word: Word) {
        asm_at!(self, rbp, frame(word), lea Rq(ARGS[index]),);
    }

    fn arg_tag(&mut self, index: usize, at: u32, width: TagWidth) {
        self.load_tag(at, width);
        asm!(self, mov Rq(ARGS[index]), rcx);
    }

    fn call_handler(&mut self, index: usize) {
        let offset = i32::try_from(index * 8).expect("a small table") - TABLE_BIAS;
        asm_at!(self, rbx, offset, call QWORD);
    }

    fn call_address(&mut self, address: u64) {
        asm!(self, mov r11, QWORD address.cast_signed(); call r11);
    }

    fn call_state(&mut self, offset: usize) {
        let offset = i32::try_from(offset).expect("a field of a small structure");
        asm!(self, call QWORD [r12 + offset]);
    }

    fn call_entry(&mut self, entry_offset: usize) {
        let offset = i32::try_from(entry_offset).expect("a field of a small structure");
        // Loads acquire on this processor.
        asm_at!(self, rsi, offset, call QWORD);
    }

    fn jump_if_null(&mut self, label: Label) {
        asm!(self, test rax, rax);
        self.jump_if_zero(label);
    }

    fn jump_if_kept(&mut self, value: i8, label: Label) {
        // cmp r14, value: the assembler knows only the form with 32 bits.
        asm!(self, .bytes [0x49, 0x83, 0xfe, value.to_le_bytes()[0]]);
        self.jump_if_zero(label);
    }

    fn keep_out(&mut self) {
        asm!(self, mov r14, rax);
    }

    fn take_kept(&mut self) {
        asm!(self, mov rax, r14);
    }

    fn swap_kept(&mut self) {
        asm!(self, xchg rax, r14);
    }

    fn keep_load(&mut self, at: u32) {
        asm_at!(self, r13, at, mov r14,);
    }

    fn keep_word(&mut self, word: Word) {
        asm_at!(self, rbp, frame(word), mov r14,);
    }

    fn keep_const(&mut self, value: u64) {
        self.set(14, value);
    }

    fn store_kept(&mut self, word: Word) {
        asm!(self, mov[rbp + frame(word)], r14);
    }

    fn jump_if_kept_null(&mut self, label: Label) {
        asm!(self, test r14, r14);
        self.jump_if_zero(label);
    }

    fn write_option_tag(&mut self, none: Label) {
        // Neither store nor lea touches the flags.
        asm!(self, test r14, r14; setne BYTE [rax]; lea rax, [BYTE rax + 1]);
        self.jump_if_zero(none);
    }

    fn write_option_tag_unless(&mut self, tag: i64, none: Label) {
        self.compare_tag(tag);
        asm!(self, setne BYTE [rax]; lea rax, [BYTE rax + 1]);
        self.jump_if_zero(none);
    }

    fn open_result(&mut self, err: Label) {
        asm!(self, xchg rax, r14; cmp BYTE [rax], BYTE 0; lea rax, [BYTE rax + 1]);
        self.jump_if_not_zero(err);
    }

    fn save_base(&mut self, word: Word) {
        asm!(self, mov[rbp + frame(word)], r13);
    }

    fn load_base(&mut self, word: Word) {
        asm_at!(self, rbp, frame(word), mov r13,);
    }

    fn base_from_kept(&mut self) {
        asm!(self, mov r13, r14);
    }

    fn base_follow(&mut self, at: u32) {
        asm_at!(self, r13, at, mov r13,);
    }

    fn base_add(&mut self, by: u32) {
        if by != 0 {
            asm_at!(self, r13, by, lea r13,);
        }
    }

    fn pair_words(first: u32) -> PairWords {
        PairWords {
            ptr: Word(first + 1),
            len: Word(first),
        }
    }

    fn count_down(&mut self, word: Word, again: Label) {
        asm!(self, sub QWORD [rbp + frame(word)], BYTE 1);
        self.jump_if_not_zero(again);
    }

    fn count_up(&mut self, word: Word) {
        asm!(self, add QWORD [rbp + frame(word)], BYTE 1);
    }

    fn add_work(&mut self, slot: Word, factor: u32) {
        asm_at!(self, rbp, frame(slot), mov r11,);
        asm!(self, imul r10, r14, DWORD factor.cast_signed(); add [BYTE r11 + WORK as i8], r10);
    }

    fn jump_if_not_negative(&mut self, label: Label) {
        asm!(self, .bytes [0x0f, 0x89]);
        self.rel32(label);
    }

    fn check_spare(&mut self, bytes: u32, cold: Label) {
        let beyond = i64::from(bytes) - FREE_SPARE as i64;
        if beyond <= 0 {
            asm!(self, cmp rax, [r12 + LIMIT]);
        } else {
            asm_at!(self, rax, beyond, lea rcx,);
            asm!(self, cmp rcx, [r12 + LIMIT]);
        }
        self.jump_if_above(cold);
    }

    fn enter_level(&mut self, cold: Label) {
        asm!(self, sub QWORD [BYTE r12 + DEPTH as i8], BYTE 1);
        self.jump_if_below(cold);
    }

    fn leave_level(&mut self) {
        asm!(self, add QWORD [BYTE r12 + DEPTH as i8], BYTE 1);
    }

    fn copy(&mut self, at: u32, to: u32, width: u32) {
        let to = i8::try_from(to).expect("within the bytes an op copies in place");
        match width {
            1 => {
                asm_at!(self, r13, at, movzx ecx, BYTE);
                asm!(self, mov [BYTE rax + to], cl);
            }
            2 => {
                asm_at!(self, r13, at, movzx ecx, WORD);
                asm!(self, mov [BYTE rax + to], cx);
            }
            4 => {
                asm_at!(self, r13, at, mov ecx,);
                asm!(self, mov [BYTE rax + to], ecx);
            }
            8 => {
                asm_at!(self, r13, at, mov rcx,);
                asm!(self, mov [BYTE rax + to], rcx);
            }
            _ => {
                asm_at!(self, r13, at, movups xmm0,);
                asm!(self, movups [BYTE rax + to], xmm0);
            }
        }
    }

    fn store_const(&mut self, to: u32, width: u32, value: u64) {
        let to = i8::try_from(to).expect("within the bytes an op writes in place");
        let [low, ..] = value.to_le_bytes();
        match width {
            1 => asm!(self, mov BYTE [BYTE rax + to], low.cast_signed()),
            2 | 4 => {
                let [a, b, c, d, ..] = value.to_le_bytes();
                let value = i32::from_le_bytes([a, b, c, d]);
                asm!(self, mov DWORD [BYTE rax + to], value);
            }
            _ => {
                self.set(1, value);
                asm!(self, mov [BYTE rax + to], rcx);
            }
        }
    }

    fn advance(&mut self, by: u32) {
        let by = i8::try_from(by).expect("within the bytes an op writes in place");
        asm!(self, add rax, BYTE by);
    }

    fn load_tag(&mut self, at: u32, width: TagWidth) {
        match width {
            TagWidth::U8 => asm_at!(self, r13, at, movzx ecx, BYTE),
            TagWidth::U16 => asm_at!(self, r13, at, movzx ecx, WORD),
            TagWidth::U32 => asm_at!(self, r13, at, mov ecx,),
            TagWidth::U64 => asm_at!(self, r13, at, mov rcx,),
            TagWidth::I8 => asm_at!(self, r13, at, movsx rcx, BYTE),
            TagWidth::I16 => asm_at!(self, r13, at, movsx rcx, WORD),
            TagWidth::I32 => asm_at!(self, r13, at, movsxd rcx, DWORD),
            TagWidth::I64 => asm_at!(self, r13, at, mov rcx,),
        }
    }

    fn jump_if_tag(&mut self, value: i64, label: Label) {
        self.compare_tag(value);
        self.jump_if_zero(label);
    }

    fn jump_by_tag(&mut self, first: i64, labels: &[Label], otherwise: Label) {
        if first != 0 {
            asm!(self, mov r11, QWORD first; sub rcx, r11);
        }
        self.jump_by_rcx(labels, otherwise);
    }

    fn jump_by_result(&mut self, labels: &[Label], otherwise: Label) {
        asm!(self, mov rcx, rax; mov rax, r14);
        self.jump_by_rcx(labels, otherwise);
    }
}
