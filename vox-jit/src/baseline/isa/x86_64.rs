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

use core::mem::offset_of;

use dynasm::dynasm;
use vox_core::cx::{EncodeCx, FREE_SPARE};
use vox_core::program::TagWidth;
use vox_core::slot::Slot;

use super::code::{Code, Fixup, Hole, Piece, Reach};
use super::{Assembler, Label, OutOfRange, PairWords, Table, Word};

/// How a distance is encoded.
#[derive(Debug, Clone, Copy)]
enum Distance {
    /// In 32 signed bits.
    Rel32,
    /// An entry of a jump table: 16 unsigned bits.
    Table16,
}

/// See the module documentation.
#[derive(Debug, Default)]
pub struct X64 {
    code: Code<Distance>,
    /// Where the size of the frame belongs.
    frame: u32,
}

/// Bytes of registers saved below `rbp`.
const SAVED: i32 = 32;

/// How far into the table `rbx` points.
const TABLE_BIAS: i32 = 128;

const LIMIT: usize = offset_of!(EncodeCx, limit);
const DEPTH: i8 = offset_of!(EncodeCx, depth_left) as i8;
const WORK: i8 = Slot::WORK_OFFSET as i8;

// The casts above keep their values.
const _: () = assert!(offset_of!(EncodeCx, depth_left) < 128);
const _: () = assert!(Slot::WORK_OFFSET < 128);
// What is first needs no offset.
const _: () = assert!(LIMIT == 0);

// Conditions, as jumps encode them; the opposite of each differs in the lowest bit.
const O: u8 = 0;
const B: u8 = 2;
const AE: u8 = 3;
const Z: u8 = 4;
const NZ: u8 = 5;
const A: u8 = 7;
const NS: u8 = 9;

/// Instructions in a piece.
macro_rules! ins {
    ($piece:ident, $($code:tt)*) => { dynasm!($piece; .arch x64; $($code)*) };
}

/// An instruction with the memory at a register and an offset, in its shortest form, and what comes
/// before and behind it. Offsets no instruction holds go through `r11`.
macro_rules! ins_mem {
    ($piece:ident, $base:ident, $at:expr, ($($head:tt)*), ($($tail:tt)*)) => {{
        let at: i64 = i64::from($at);
        if let Ok(at) = i8::try_from(at) {
            ins!($piece, $($head)* [BYTE $base + at] $($tail)*);
        } else if let Ok(at) = i32::try_from(at) {
            ins!($piece, $($head)* [DWORD $base + at] $($tail)*);
        } else {
            ins!($piece, mov r11, QWORD at);
            ins!($piece, $($head)* [$base + r11] $($tail)*);
        }
    }};
}

/// Instructions, a piece of their own.
macro_rules! asm {
    ($self:ident, $($code:tt)*) => { $self.code.emit(|piece| ins!(piece, $($code)*)) };
}

/// As [`ins_mem`], a piece of its own.
macro_rules! asm_mem {
    ($self:ident, $base:ident, $at:expr, $head:tt, $tail:tt) => {
        $self
            .code
            .emit(|piece| ins_mem!(piece, $base, $at, $head, $tail))
    };
}

/// As [`asm_mem`], with the memory as the last operand.
macro_rules! asm_at {
    ($self:ident, $base:ident, $at:expr, $($head:tt)*) => {
        asm_mem!($self, $base, $at, ($($head)*), ())
    };
}

/// An instruction on the memory some bytes behind the cursor.
macro_rules! asm_out {
    ($self:ident, $to:expr, ($($head:tt)*), ($($tail:tt)*)) => {{
        let to = i8::try_from($to).expect("within the bytes an op writes in place");
        if to == 0 {
            asm!($self, $($head)* [rax] $($tail)*);
        } else {
            asm!($self, $($head)* [BYTE rax + to] $($tail)*);
        }
    }};
}

/// Does something with the register of an argument: `$with` names a macro that takes the 64-bit and the 32-bit
/// register and what follows.
macro_rules! arg {
    ($index:expr, $with:ident!($($rest:tt)*)) => {
        match $index {
            0 => $with!(rdi, edi, $($rest)*),
            1 => $with!(rsi, esi, $($rest)*),
            2 => $with!(rdx, edx, $($rest)*),
            3 => $with!(rcx, ecx, $($rest)*),
            4 => $with!(r8, r8d, $($rest)*),
            5 => $with!(r9, r9d, $($rest)*),
            index => unreachable!("there are six registers for arguments, not {index}"),
        }
    };
}

/// Copies another register.
macro_rules! copy_of {
    ($wide:ident, $narrow:ident, $piece:ident, $from:ident) => { ins!($piece, mov $wide, $from) };
}

/// Loads from memory.
macro_rules! load_of {
    ($wide:ident, $narrow:ident, $piece:ident, $base:ident, $at:expr) => {
        ins_mem!($piece, $base, $at, (mov $wide,), ())
    };
}

/// Takes an address.
macro_rules! address_of {
    ($wide:ident, $narrow:ident, $piece:ident, $base:ident, $at:expr) => {
        ins_mem!($piece, $base, $at, (lea $wide,), ())
    };
}

/// Becomes a constant, in the shortest form.
macro_rules! constant {
    ($wide:ident, $narrow:ident, $piece:ident, $value:expr) => {{
        let value: u64 = $value;
        if value == 0 {
            ins!($piece, xor $narrow, $narrow);
        } else if let Ok(value) = u32::try_from(value) {
            ins!($piece, mov $narrow, value.cast_signed());
        } else if let Ok(value) = i32::try_from(value.cast_signed()) {
            ins!($piece, mov $wide, DWORD value);
        } else {
            ins!($piece, mov $wide, QWORD value.cast_signed());
        }
    }};
}

/// Becomes a constant of 32 bits that is filled in later.
macro_rules! later {
    ($wide:ident, $narrow:ident, $piece:ident) => { ins!($piece, mov $narrow, DWORD 0) };
}

/// The address `at`, as an argument.
#[inline]
fn address(piece: &mut Piece<'_>, index: usize, at: u32) {
    if at == 0 {
        arg!(index, copy_of!(piece, r13));
    } else {
        arg!(index, address_of!(piece, r13, at));
    }
}

/// A call of a handler.
#[inline]
fn call(piece: &mut Piece<'_>, index: usize) {
    let offset = i32::try_from(index * 8).expect("a small table") - TABLE_BIAS;
    if offset == 0 {
        ins!(piece, call QWORD [rbx]);
    } else {
        ins_mem!(piece, rbx, offset, (call QWORD), ());
    }
}

/// `cmp [r13 + at], value`, the prefix saying whether of 32 or 64 bits: the macro knows only the form with 32
/// bits of value.
#[inline]
fn compare(piece: &mut Piece<'_>, prefix: u8, at: u32, value: i8) {
    let value = value.cast_unsigned();
    if let Ok(at @ 0..=127) = u8::try_from(at) {
        piece.put([prefix, 0x83, 0x7d, at, value]);
    } else if at <= i32::MAX.cast_unsigned() {
        let [a, b, c, d] = at.to_le_bytes();
        piece.put([prefix, 0x83, 0xbd, a, b, c, d, value]);
    } else {
        ins!(piece, mov r11, QWORD i64::from(at));
        // [r13 + r11]
        piece.put([prefix | 2, 0x83, 0x7c, 0x1d, 0, value]);
    }
}

/// Where a word of the frame is, from `rbp`.
#[inline]
fn frame(word: Word) -> i32 {
    let above = i32::try_from(word.0).expect("frames are limited to MAX_WORDS");
    -SAVED - 8 * (above + 1)
}

impl X64 {
    #[inline]
    fn jump_if(&mut self, condition: u8, label: Label) {
        self.jump_behind([], condition, label);
    }

    /// A jump, and an instruction in front of it.
    #[inline]
    fn jump_behind<const N: usize>(&mut self, front: [u8; N], condition: u8, label: Label) {
        match self.code.reach(label, N as u32 + 2) {
            Reach::Short(distance) => self.short_jump(front, condition, distance),
            Reach::Near => {
                let distance = self.code.near(label, N as u32 + 1);
                self.short_jump(front, condition, distance.cast_signed());
            }
            Reach::Far => {
                self.code.emit(|piece| {
                    piece.put(front);
                    piece.put([0x0f, 0x80 | condition, 0, 0, 0, 0]);
                });
                self.fix_rel32(label);
            }
        }
    }

    #[inline]
    fn short_jump<const N: usize>(&mut self, front: [u8; N], condition: u8, distance: i8) {
        self.code.emit(|piece| {
            piece.put(front);
            piece.put([0x70 | condition, distance.cast_unsigned()]);
        });
    }

    /// Jumps on zero, if need be through the jump on zero to the same label before this one: the flags are
    /// there what they are here. The instruction that sets them is in front.
    #[inline]
    fn jump_if_zero<const N: usize>(&mut self, front: [u8; N], label: Label) {
        let (start, end) = (N as u32, N as u32 + 2);
        if self.code.reach(label, end) == Reach::Far
            && let Some(distance) = self.code.way(label, start, end)
        {
            self.short_jump(front, Z, distance);
        } else {
            self.jump_behind(front, Z, label);
        }
    }

    /// The four bytes just emitted become the distance from here to the label.
    #[inline]
    fn fix_rel32(&mut self, label: Label) {
        let here = self.code.here();
        self.code.fix(here - 4, here, label, Distance::Rel32);
    }

    /// Whether entries of jump tables take 16 bits.
    #[inline]
    fn has_small_tables(&self) -> bool {
        self.code.capacity() <= usize::from(u16::MAX)
    }

    /// Where an entry is.
    fn entry(&self, table: Table, index: usize) -> u32 {
        let size = if self.has_small_tables() { 2 } else { 4 };
        table.0 + size * index as u32
    }

    /// The four bytes just emitted are a constant that is filled in later.
    #[inline]
    fn hole(&self) -> Hole {
        Hole(self.code.here() - 4)
    }

    /// Compares the tag in `rcx`, of which `ecx` is all that counts where it is narrow.
    #[inline]
    fn compare_tag(&mut self, width: TagWidth, value: i64) {
        let narrow = match width {
            TagWidth::U8 | TagWidth::U16 | TagWidth::U32 => {
                u32::try_from(value).ok().map(u32::cast_signed)
            }
            TagWidth::I8 | TagWidth::I16 | TagWidth::I32 => i32::try_from(value).ok(),
            TagWidth::U64 | TagWidth::I64 => None,
        };
        // The macro knows no comparison of a register with 8 bits.
        match (narrow, i8::try_from(value)) {
            (Some(0), _) => asm!(self, test ecx, ecx),
            (Some(_), Ok(value)) => self.code.put([0x83, 0xf9, value.cast_unsigned()]),
            (Some(value), _) => asm!(self, cmp ecx, DWORD value),
            (None, Ok(value)) => self.code.put([0x48, 0x83, 0xf9, value.cast_unsigned()]),
            (None, _) => {
                if let Ok(value) = i32::try_from(value) {
                    asm!(self, cmp rcx, DWORD value);
                } else {
                    asm!(self, mov r11, QWORD value; cmp rcx, r11);
                }
            }
        }
    }

    /// Compares the tag at `at` and writes whether it is not this, behind which the cursor is then; answers the
    /// condition under which it is. It is compared where it stands if the value allows, in `rcx` otherwise.
    #[inline]
    fn write_unless(&mut self, at: u32, width: TagWidth, value: i64) -> u8 {
        let byte = i8::try_from(value);
        let write = |piece: &mut Piece<'_>, is_it: u8| {
            // setcc [rax]: neither it nor lea touches the flags.
            piece.put([0x0f, 0x90 | (is_it ^ 1), 0]);
            ins!(piece, lea rax, [BYTE rax + 1]);
        };
        match (width, byte) {
            (TagWidth::U8 | TagWidth::I8, _) if in_byte(width, value) => self.code.emit(|piece| {
                let [value, ..] = value.to_le_bytes();
                ins_mem!(piece, r13, at, (cmp BYTE), (, BYTE value.cast_signed()));
                write(piece, Z);
            }),
            (TagWidth::U32, Ok(value @ 0..)) | (TagWidth::I32, Ok(value)) => {
                self.code.emit(|piece| {
                    compare(piece, 0x41, at, value);
                    write(piece, Z);
                });
            }
            (TagWidth::U64 | TagWidth::I64, Ok(value)) => self.code.emit(|piece| {
                compare(piece, 0x49, at, value);
                write(piece, Z);
            }),
            (TagWidth::U64 | TagWidth::I64, _) if value == i64::MIN => {
                // The one number from which 1 cannot be taken: shorter than to load it.
                self.code.emit(|piece| {
                    compare(piece, 0x49, at, 1);
                    write(piece, O);
                });
                return O;
            }
            _ => {
                self.load_tag(at, width);
                self.compare_tag(width, value);
                self.code.emit(|piece| write(piece, Z));
            }
        }
        Z
    }
}

/// Whether a tag of one byte can be this.
fn in_byte(width: TagWidth, value: i64) -> bool {
    match width {
        TagWidth::I8 => i8::try_from(value).is_ok(),
        _ => u8::try_from(value).is_ok(),
    }
}

/// Fills a distance in at the fixup's place.
fn encode(bytes: &mut [u8], fixup: &Fixup<Distance>, distance: i32) -> Result<(), OutOfRange> {
    let place = &mut bytes[fixup.place as usize..];
    match fixup.kind {
        Distance::Rel32 => place[..4].copy_from_slice(&distance.to_le_bytes()),
        Distance::Table16 => {
            let distance = u16::try_from(distance).map_err(|_| OutOfRange)?;
            place[..2].copy_from_slice(&distance.to_le_bytes());
        }
    }
    Ok(())
}

impl Assembler for X64 {
    fn start(&mut self, capacity: usize) {
        self.code.start(capacity);
    }

    fn finish(&mut self, words: u32) -> Result<Vec<u8>, OutOfRange> {
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
            Reach::Short(distance) => self.code.put([0xeb, distance.cast_unsigned()]),
            Reach::Near => {
                let distance = self.code.near(label, 1);
                self.code.put([0xeb, distance]);
            }
            Reach::Far => {
                self.code.put([0xe9, 0, 0, 0, 0]);
                self.fix_rel32(label);
            }
        }
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
        self.hole()
    }

    fn leave(&mut self) {
        asm!(self, lea rsp, [BYTE rbp - 32]; pop r14; pop r13; pop r12; pop rbx; pop rbp; ret);
    }

    #[inline]
    fn null_out(&mut self) {
        asm!(self, xor eax, eax);
    }

    #[inline]
    fn arg_out(&mut self, index: usize) {
        self.code.emit(|piece| arg!(index, copy_of!(piece, rax)));
    }

    #[inline]
    fn arg_cx(&mut self, index: usize) {
        self.code.emit(|piece| arg!(index, copy_of!(piece, r12)));
    }

    #[inline]
    fn arg_kept(&mut self, index: usize) {
        self.code.emit(|piece| arg!(index, copy_of!(piece, r14)));
    }

    #[inline]
    fn arg_at(&mut self, index: usize, at: u32) {
        self.code.emit(|piece| address(piece, index, at));
    }

    #[inline]
    fn arg_load(&mut self, index: usize, at: u32) {
        self.code
            .emit(|piece| arg!(index, load_of!(piece, r13, at)));
    }

    #[inline]
    fn arg_const(&mut self, index: usize, value: u64) {
        self.code.emit(|piece| arg!(index, constant!(piece, value)));
    }

    #[inline]
    fn arg_later(&mut self, index: usize) -> Hole {
        self.code.emit(|piece| arg!(index, later!(piece)));
        self.hole()
    }

    #[inline]
    fn arg_word(&mut self, index: usize, word: Word) {
        self.code
            .emit(|piece| arg!(index, load_of!(piece, rbp, frame(word))));
    }

    #[inline]
    fn arg_word_address(&mut self, index: usize, word: Word) {
        self.code
            .emit(|piece| arg!(index, address_of!(piece, rbp, frame(word))));
    }

    #[inline]
    fn arg_tag(&mut self, index: usize, at: u32, width: TagWidth) {
        self.load_tag(at, width);
        self.code.emit(|piece| arg!(index, copy_of!(piece, rcx)));
    }

    #[inline]
    fn call_handler(&mut self, index: usize) {
        self.code.emit(|piece| call(piece, index));
    }

    #[inline]
    fn call_with_at(&mut self, index: usize, at: u32) {
        self.code.emit(|piece| {
            ins!(piece, mov rdi, rax);
            address(piece, 1, at);
            call(piece, index);
        });
    }

    #[inline]
    fn call_with_cx_and_at(&mut self, index: usize, at: u32) {
        self.code.emit(|piece| {
            ins!(piece, mov rdi, rax; mov rsi, r12);
            address(piece, 2, at);
            call(piece, index);
        });
    }

    #[inline]
    fn call_address(&mut self, address: u64) {
        asm!(self, mov r11, QWORD address.cast_signed(); call r11);
    }

    fn call_state(&mut self, offset: usize) {
        let offset = i32::try_from(offset).expect("a field of a small structure");
        asm_at!(self, r12, offset, call QWORD);
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
        asm_at!(self, rbp, frame(word), mov r14,);
    }

    #[inline]
    fn keep_const(&mut self, value: u64) {
        self.code.emit(|piece| constant!(r14, r14d, piece, value));
    }

    #[inline]
    fn store_kept(&mut self, word: Word) {
        asm_mem!(self, rbp, frame(word), (mov), (, r14));
    }

    #[inline]
    fn jump_if_kept_null(&mut self, label: Label) {
        // test r14, r14
        self.jump_if_zero([0x4d, 0x85, 0xf6], label);
    }

    #[inline]
    fn write_option_tag(&mut self, none: Label) {
        // Neither store nor lea touches the flags.
        asm!(self, test r14, r14; setne BYTE [rax]; lea rax, [BYTE rax + 1]);
        self.jump_if_zero([], none);
    }

    #[inline]
    fn write_option_tag_unless(&mut self, at: u32, width: TagWidth, tag: i64, none: Label) {
        let is_none = self.write_unless(at, width, tag);
        self.jump_if(is_none, none);
    }

    fn open_result(&mut self, err: Label) {
        asm!(self, xchg rax, r14; cmp BYTE [rax], BYTE 0; lea rax, [BYTE rax + 1]);
        self.jump_if(NZ, err);
    }

    #[inline]
    fn save_base(&mut self, word: Word) {
        asm_mem!(self, rbp, frame(word), (mov), (, r13));
    }

    #[inline]
    fn load_base(&mut self, word: Word) {
        asm_at!(self, rbp, frame(word), mov r13,);
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
    fn count_down(&mut self, word: Word, again: Label) {
        asm_at!(self, rbp, frame(word), dec QWORD);
        self.jump_if(NZ, again);
    }

    fn start_count(&mut self, word: Word) {
        asm_mem!(self, rbp, frame(word), (mov QWORD), (, DWORD -1));
    }

    #[inline]
    fn count_up(&mut self, word: Word) {
        asm_at!(self, rbp, frame(word), inc QWORD);
    }

    #[inline]
    fn jump_if_not_negative(&mut self, label: Label) {
        self.jump_if(NS, label);
    }

    #[inline]
    fn check_spare(&mut self, bytes: u32, cold: Label) {
        let beyond = i64::from(bytes) - FREE_SPARE as i64;
        if beyond <= 0 {
            asm!(self, cmp rax, [r12]);
        } else {
            asm_at!(self, rax, beyond, lea rcx,);
            asm!(self, cmp rcx, [r12]);
        }
        self.jump_if(A, cold);
    }

    #[inline]
    fn enter_level(&mut self, cold: Label) {
        // sub qword [r12 + DEPTH], 1: the macro knows only the form with 32 bits.
        self.code
            .put([0x49, 0x83, 0x6c, 0x24, DEPTH.cast_unsigned(), 1]);
        self.jump_if(B, cold);
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
        for _ in 0..count {
            if self.has_small_tables() {
                self.code.put([0; 2]);
            } else {
                self.code.put([0; 4]);
            }
        }
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
            Distance::Rel32
        };
        let place = self.entry(table, index);
        self.code.fix(place, table.0, label, kind);
    }
}
