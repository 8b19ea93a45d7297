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
//! `rcx` and `r11` are scratch between calls.
//!
//! Jumps are two bytes where the label is known to be near. Those to where failures go are far, for that is behind all else; but
//! one that follows another within 128 bytes goes to that one, whose condition then holds as well.

#![allow(
    clippy::useless_conversion,
    reason = "the encoding macro converts every operand it is given"
)]

#[macro_use]
mod forms;
mod jumps;
mod tags;

use core::mem::offset_of;

use dynasm::dynasm;
use vox_core::cx::{Constants, EncodeCx, FREE_SPARE};
use vox_core::program::TagWidth;
use vox_core::slot::Slot;

use super::code::{Code, Hole, Reach};
use super::{Assembler, Jump, Label, OutOfRange, PairWords, Place, Range, Table, Word};
use forms::{Form, TABLE_BIAS, address, call, frame};
use jumps::{A, AE, B, Distance, NS, NZ, Z, encode};

/// See the module documentation.
#[derive(Debug, Default)]
pub struct X64 {
    code: Code<Distance>,
    /// Where the size of the frame belongs.
    frame: u32,
}

const LIMIT: usize = offset_of!(EncodeCx, limit);
const DEPTH: i8 = offset_of!(EncodeCx, depth_left) as i8;
const CONSTANTS: i8 = offset_of!(EncodeCx, constants) as i8;
const GROW: i8 = offset_of!(Constants, grow) as i8;
const WORK: i8 = Slot::WORK_OFFSET as i8;

// The casts above keep their values.
const _: () = assert!(offset_of!(EncodeCx, depth_left) < 128);
const _: () = assert!(offset_of!(EncodeCx, constants) < 128 && offset_of!(Constants, grow) < 128);
const _: () = assert!(Slot::WORK_OFFSET < 128);
// What is first needs no offset.
const _: () = assert!(LIMIT == 0);

impl Assembler for X64 {
    fn start(&mut self, capacity: usize) {
        self.code.start(capacity);
    }

    fn finish(&mut self, words: u32) -> Result<&[u8], OutOfRange> {
        // An even number of words keeps the stack aligned to 16 bytes.
        let bytes = words.next_multiple_of(2) * 8;
        *self.code.at(self.frame) = bytes.to_le_bytes();
        self.code.finish(encode)
    }

    #[inline]
    fn label(&mut self) -> Label {
        self.code.label(false)
    }

    #[inline]
    fn near_label(&mut self) -> Label {
        self.code.label(true)
    }

    #[inline]
    fn bind(&mut self, label: Label) {
        self.code.bind(label);
    }

    #[inline]
    fn jump(&mut self, label: Label) {
        match self.code.reach(label, 2) {
            Reach::Known(distance) => self.jump_always_by(distance),
            Reach::Near => {
                let distance = self.code.near(label, 1);
                self.code.put([0xeb, distance]);
            }
            Reach::Far => {
                let distance = self.code.long(label, 1);
                self.long_jump_always(distance);
            }
        }
    }

    #[inline]
    fn land(&mut self, jump: Jump) {
        let Place(here) = self.here();
        let place = self.code.close_jump(&jump);
        self.code.lead(place, jump.range, here);
    }

    #[inline]
    fn here(&self) -> Place {
        Place(self.code.here())
    }

    #[inline]
    fn jump_back(&mut self, place: Place) {
        self.jump_always_by(self.code.distance(place, 2));
    }

    #[inline]
    fn fill(&mut self, hole: Hole, value: u32) {
        let value = i32::try_from(value).unwrap_or(i32::MAX);
        *self.code.at(hole.0) = value.to_le_bytes();
    }

    fn enter(&mut self, table: u64, slot: Word) {
        asm!(self, push rbp; mov rbp, rsp; push rbx; push r12; push r13; push r14
            ; sub rsp, DWORD 0);
        self.frame = self.code.here() - 4;
        asm!(self, mov r12, rdi; mov r13, rdx; mov rax, rcx
            ; mov rbx, QWORD table.wrapping_add_signed(i64::from(TABLE_BIAS)).cast_signed()
            ; mov [BYTE rbp - 40], rsi);
        debug_assert_eq!(frame(slot), -40, "the first word");
    }

    #[inline]
    fn add_work(&mut self) -> Hole {
        asm!(self, add QWORD [BYTE rsi + WORK], DWORD 0);
        Hole(self.code.here() - 4)
    }

    fn leave(&mut self) {
        asm!(self, lea rsp, [BYTE rbp - 32]; pop r14; pop r13; pop r12; pop rbx; pop rbp; ret);
    }

    #[inline]
    fn null_out(&mut self) {
        asm!(self, xor eax, eax);
    }

    #[inline(always)]
    fn arg_out(&mut self, index: usize) {
        self.code.emit(|piece| arg!(index, copy_of!(piece, rax)));
    }

    #[inline(always)]
    fn arg_cx(&mut self, index: usize) {
        self.code.emit(|piece| arg!(index, copy_of!(piece, r12)));
    }

    #[inline(always)]
    fn arg_at(&mut self, index: usize, at: u32) {
        self.code.emit(|piece| address(piece, index, at));
    }

    #[inline(always)]
    fn arg_load(&mut self, index: usize, at: u32) {
        self.code
            .emit(|piece| arg!(index, load_of!(piece, r13, at)));
    }

    #[inline(always)]
    fn arg_const(&mut self, index: usize, value: u64) {
        self.code.emit(|piece| arg!(index, constant!(piece, value)));
    }

    #[inline(always)]
    fn arg_word(&mut self, index: usize, word: Word) {
        self.code.emit(|piece| arg!(index, word_of!(piece, word)));
    }

    #[inline(always)]
    fn arg_word_address(&mut self, index: usize, word: Word) {
        self.code
            .emit(|piece| arg!(index, word_address_of!(piece, word)));
    }

    #[inline]
    fn arg_tag(&mut self, index: usize, at: u32, width: TagWidth) {
        self.load_tag(at, width);
        self.code.emit(|piece| arg!(index, copy_of!(piece, rcx)));
    }

    #[inline(always)]
    fn call_handler(&mut self, index: usize) {
        self.code.emit(|piece| call(piece, index));
    }

    #[inline(always)]
    fn call_with_at(&mut self, index: usize, at: u32) {
        self.code.emit(|piece| {
            ins!(piece, mov rdi, rax);
            address(piece, 1, at);
            call(piece, index);
        });
    }

    #[inline(always)]
    fn call_with_cx_and_at(&mut self, index: usize, at: u32) {
        self.code.emit(|piece| {
            ins!(piece, mov rdi, rax; mov rsi, r12);
            address(piece, 2, at);
            call(piece, index);
        });
    }

    #[inline(always)]
    fn call_with_cx_at_and_const(&mut self, index: usize, at: u32, value: u32) {
        self.code.emit(|piece| {
            constant!(rcx, ecx, piece, u64::from(value));
            ins!(piece, mov rdi, rax; mov rsi, r12);
            address(piece, 2, at);
            call(piece, index);
        });
    }

    #[inline(always)]
    fn call_with_cx_and_word(&mut self, index: usize, word: Word, value: u64) {
        self.code.emit(|piece| {
            ins!(piece, mov rdi, r12);
            ins_word!(piece, word, (mov rsi,), ());
            constant!(rdx, edx, piece, value);
            call(piece, index);
        });
    }

    #[inline(always)]
    fn call_with_kept_and_later(&mut self, index: usize, word: Word) -> Hole {
        // The constant ends behind four instructions of 3, 3, 3 and 5 bytes.
        let later = Hole(self.code.here() + 10);
        self.code.emit(|piece| {
            ins!(piece, mov rdi, rax; mov rsi, r12; mov rdx, r14; mov ecx, DWORD 0);
            ins_word!(piece, word, (mov r8,), ());
            call(piece, index);
        });
        later
    }

    #[inline(always)]
    fn call_grow(&mut self, spare: u64) {
        self.code.emit(|piece| {
            ins!(piece, mov rsi, rax; mov rdi, r12);
            constant!(rdx, edx, piece, spare);
            ins!(piece, mov rax, [BYTE r12 + CONSTANTS]; call QWORD [BYTE rax + GROW]);
        });
    }

    #[inline]
    fn call_address(&mut self, address: u64) {
        asm!(self, mov r11, QWORD address.cast_signed(); call r11);
    }

    #[inline]
    fn call_entry(&mut self, entry_offset: usize) {
        let offset = i32::try_from(entry_offset).expect("a field of a small structure");
        // Loads acquire on this processor.
        if offset == 0 {
            asm!(self, call QWORD [rsi]);
        } else {
            asm_at!(self, rsi, offset, call QWORD);
        }
    }

    #[inline]
    fn jump_if_null(&mut self, label: Label) {
        // test rax, rax
        self.jump_if_zero([0x48, 0x85, 0xc0], label);
    }

    #[inline]
    fn jump_if_kept(&mut self, value: i8, label: Label) {
        // cmp r14, value: the macro knows only the form with 32 bits.
        self.jump_if_zero([0x49, 0x83, 0xfe, value.cast_unsigned()], label);
    }

    #[inline]
    fn keep_out(&mut self) {
        asm!(self, mov r14, rax);
    }

    #[inline]
    fn take_kept(&mut self) {
        asm!(self, mov rax, r14);
    }

    #[inline]
    fn swap_kept(&mut self) {
        asm!(self, xchg rax, r14);
    }

    #[inline]
    fn keep_load(&mut self, at: u32) {
        asm_at!(self, r13, at, mov r14,);
    }

    #[inline]
    fn keep_word(&mut self, word: Word) {
        asm_word!(self, word, (mov r14,), ());
    }

    #[inline]
    fn keep_const(&mut self, value: u64) {
        self.code.emit(|piece| constant!(r14, r14d, piece, value));
    }

    #[inline]
    fn store_kept(&mut self, word: Word) {
        asm_word!(self, word, (mov), (, r14));
    }

    #[inline]
    fn jump_if_kept_null(&mut self, range: Range) -> Jump {
        asm!(self, test r14, r14);
        self.jump_ahead(Z, range)
    }

    #[inline]
    fn write_option_tag(&mut self, range: Range) -> Jump {
        // Neither store nor lea touches the flags.
        asm!(self, test r14, r14; setne BYTE [rax]; lea rax, [BYTE rax + 1]);
        self.jump_ahead(Z, range)
    }

    #[inline]
    fn write_option_tag_unless(
        &mut self,
        at: u32,
        width: TagWidth,
        tag: i64,
        range: Range,
    ) -> Jump {
        self.write_unless(at, width, tag, range)
    }

    fn open_result(&mut self) -> Jump {
        asm!(self, xchg rax, r14; cmp BYTE [rax], BYTE 0; lea rax, [BYTE rax + 1]);
        self.jump_ahead(NZ, Range::Far)
    }

    #[inline]
    fn save_base(&mut self, word: Word) {
        asm_word!(self, word, (mov), (, r13));
    }

    #[inline]
    fn load_base(&mut self, word: Word) {
        asm_word!(self, word, (mov r13,), ());
    }

    #[inline(always)]
    fn save_base_and_follow(&mut self, word: Word, at: u32) {
        self.code.emit(|piece| {
            ins_word!(piece, word, (mov), (, r13));
            ins_mem!(piece, r13, at, (mov r13,), ());
        });
    }

    #[inline]
    fn open_loop(&mut self, kept: PairWords, base: Word) {
        self.code.emit(|piece| {
            ins_word!(piece, kept.len, (mov), (, r14));
            ins_word!(piece, kept.ptr, (mov), (, r14));
            ins_word!(piece, base, (mov), (, r13));
        });
    }

    #[inline]
    fn base_from_kept(&mut self) {
        asm!(self, mov r13, r14);
    }

    #[inline]
    fn base_follow(&mut self, at: u32) {
        asm_at!(self, r13, at, mov r13,);
    }

    #[inline]
    fn base_add(&mut self, by: u32) {
        if by != 0 {
            asm_at!(self, r13, by, lea r13,);
        }
    }

    #[inline]
    fn pair_words(first: u32) -> PairWords {
        PairWords {
            ptr: Word(first + 1),
            len: Word(first),
        }
    }

    #[inline]
    fn count_down(&mut self, word: Word, again: Place) {
        asm_word!(self, word, (dec QWORD), ());
        self.jump_by([], NZ, self.code.distance(again, 2));
    }

    fn start_count(&mut self, word: Word) {
        self.code.emit(|piece| {
            ins_mem_const!(piece, rbp, frame(word), (mov QWORD), (, DWORD -1));
        });
    }

    #[inline]
    fn count_up(&mut self, word: Word) {
        asm_word!(self, word, (inc QWORD), ());
    }

    #[inline]
    fn jump_if_not_negative(&mut self) -> Jump {
        self.jump_ahead(NS, Range::Far)
    }

    #[inline]
    fn check_spare(&mut self, bytes: u32) -> Jump {
        let beyond = i64::from(bytes) - FREE_SPARE as i64;
        if beyond <= 0 {
            asm!(self, cmp rax, [r12]);
        } else {
            asm_at!(self, rax, beyond, lea rcx,);
            asm!(self, cmp rcx, [r12]);
        }
        self.jump_ahead(A, Range::Far)
    }

    #[inline]
    fn enter_level(&mut self) -> Jump {
        // sub qword [r12 + DEPTH], 1: the macro knows only the form with 32 bits.
        self.code
            .put([0x49, 0x83, 0x6c, 0x24, DEPTH.cast_unsigned(), 1]);
        self.jump_ahead(B, Range::Far)
    }

    #[inline]
    fn leave_level(&mut self) {
        asm!(self, inc QWORD [BYTE r12 + DEPTH]);
    }

    fn copy(&mut self, at: u32, to: u32, width: u32) {
        match width {
            1 => {
                asm_at!(self, r13, at, movzx ecx, BYTE);
                asm_out!(self, to, (mov), (, cl));
            }
            2 => {
                asm_at!(self, r13, at, movzx ecx, WORD);
                asm_out!(self, to, (mov), (, cx));
            }
            4 => {
                asm_at!(self, r13, at, mov ecx,);
                asm_out!(self, to, (mov), (, ecx));
            }
            8 => {
                asm_at!(self, r13, at, mov rcx,);
                asm_out!(self, to, (mov), (, rcx));
            }
            _ => {
                asm_at!(self, r13, at, movups xmm0,);
                asm_out!(self, to, (movups), (, xmm0));
            }
        }
    }

    fn store_const(&mut self, to: u32, width: u32, value: u64) {
        let [a, b, c, d, ..] = value.to_le_bytes();
        match width {
            1 => asm_out!(self, to, (mov BYTE), (, BYTE a.cast_signed())),
            2 | 4 => {
                let value = i32::from_le_bytes([a, b, c, d]);
                asm_out!(self, to, (mov DWORD), (, DWORD value));
            }
            _ => {
                self.code.emit(|piece| constant!(rcx, ecx, piece, value));
                asm_out!(self, to, (mov), (, rcx));
            }
        }
    }

    #[inline]
    fn advance(&mut self, by: u32) {
        let by = i8::try_from(by).expect("within the bytes an op writes in place");
        if by == 1 {
            asm!(self, inc rax);
        } else {
            asm!(self, add rax, BYTE by);
        }
    }

    #[inline]
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

    #[inline]
    fn load_tag_from_result(&mut self) {
        asm!(self, mov rcx, rax; mov rax, r14);
    }

    #[inline]
    fn write_tag(&mut self) {
        asm!(self, mov [rax], cl; inc rax);
    }

    #[inline]
    fn jump_if_tag(&mut self, width: TagWidth, value: i64, label: Label) {
        self.compare_tag(width, value);
        self.jump_if(Z, label);
    }

    #[inline]
    fn jump_unless_tag(&mut self, width: TagWidth, value: i64, label: Label) {
        self.compare_tag(width, value);
        self.jump_if(NZ, label);
    }

    fn limit_tag(&mut self, first: i64, count: usize, otherwise: Label) {
        match i32::try_from(first) {
            Ok(0) => {}
            Ok(first) => asm!(self, sub rcx, DWORD first),
            Err(_) => asm!(self, mov r11, QWORD first; sub rcx, r11),
        }
        let count = i64::try_from(count).expect("as many arms as blocks at most");
        self.compare_tag(TagWidth::U64, count);
        self.jump_if(AE, otherwise);
    }

    fn jump_by_tag(&mut self, count: usize) -> Table {
        // lea r11, [rip + the length of the next three instructions]
        if self.has_small_tables() {
            self.code.put([0x4c, 0x8d, 0x1d, 10, 0, 0, 0]);
            asm!(self, movzx ecx, WORD [r11 + rcx * 2]);
        } else {
            self.code.put([0x4c, 0x8d, 0x1d, 9, 0, 0, 0]);
            asm!(self, movsxd rcx, DWORD [r11 + rcx * 4]);
        }
        asm!(self, add rcx, r11; jmp rcx);
        let table = Table(self.code.here());
        self.code.leave_out(self.entry(Table(0), count));
        table
    }

    fn bind_entry(&mut self, table: Table, index: usize) {
        let distance = self.code.here() - table.0;
        let place = self.entry(table, index);
        if self.has_small_tables() {
            let Ok(distance) = u16::try_from(distance) else {
                return self.code.refuse();
            };
            *self.code.at(place) = distance.to_le_bytes();
        } else {
            *self.code.at(place) = distance.to_le_bytes();
        }
    }

    fn fix_entry(&mut self, table: Table, index: usize, label: Label) {
        let kind = if self.has_small_tables() {
            Distance::Table16
        } else {
            Distance::Table32
        };
        let place = self.entry(table, index);
        self.code.fix(place, table.0, label, kind);
    }
}
