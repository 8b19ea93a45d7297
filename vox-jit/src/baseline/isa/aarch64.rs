//! AArch64, with the platform's C convention, which is the same everywhere for words in registers.
//!
//! | register | holds |
//! |---|---|
//! | `x20` | cx |
//! | `x21` | base |
//! | `x19` | the table of handlers |
//! | `x22` | the kept word |
//! | `x0` | the cursor, also what calls return and their first argument |
//! | `x29` | the frame record; the words of the frame start at `sp` |
//!
//! `x9` to `x11` and `x16` are scratch between calls.

#![allow(
    clippy::useless_conversion,
    reason = "the encoding macro converts every operand it is given"
)]

use core::mem::offset_of;

use dynasm::dynasm;
use vox_core::cx::{Constants, EncodeCx, FREE_SPARE};
use vox_core::program::TagWidth;
use vox_core::slot::Slot;

use super::code::{Code, Fixup, Hole};
use super::{Assembler, Jump, Label, OutOfRange, PairWords, Place, Range, Table, Word};

/// Where in an instruction a distance is encoded.
#[derive(Debug, Clone, Copy)]
enum Distance {
    /// `b`: 26 bits of instructions.
    Branch26,
    /// `b.cond`, `cbz`, `cbnz`: 19 bits of instructions.
    Branch19,
    /// An entry of a jump table: 32 bits of bytes.
    Table32,
}

/// See the module documentation.
#[derive(Debug, Default)]
pub struct Arm64 {
    code: Code<Distance>,
    /// Where the instruction that makes the frame is.
    frame: u32,
}

const LIMIT: u32 = offset_of!(EncodeCx, limit) as u32;
const DEPTH: u32 = offset_of!(EncodeCx, depth_left) as u32;
const CONSTANTS: u32 = offset_of!(EncodeCx, constants) as u32;
const GROW: u32 = offset_of!(Constants, grow) as u32;
const WORK: u32 = Slot::WORK_OFFSET as u32;

// The casts above keep their values, and the fields are reached by scaled offsets.
const _: () = assert!(offset_of!(EncodeCx, limit) < 256 && LIMIT.is_multiple_of(8));
const _: () = assert!(offset_of!(EncodeCx, depth_left) < 256 && DEPTH.is_multiple_of(8));
const _: () = assert!(offset_of!(EncodeCx, constants) < 256 && CONSTANTS.is_multiple_of(8));
const _: () = assert!(offset_of!(Constants, grow) < 256 && GROW.is_multiple_of(8));
const _: () = assert!(Slot::WORK_OFFSET < 256 && WORK.is_multiple_of(8));

/// Bytes of the frame record and the saved registers.
const SAVED: u32 = 48;

/// `b`.
const B: u32 = 0x1400_0000;
/// `b.cond`, without the condition.
const B_COND: u32 = 0x5400_0000;
/// `cbz` of a 64-bit register, without the register.
const CBZ: u32 = 0xb400_0000;

// Conditions, as branches encode them.
const EQ: u32 = 0;
const NE: u32 = 1;
const HS: u32 = 2;
const PL: u32 = 5;
const HI: u32 = 8;

/// Instructions.
macro_rules! asm {
    ($self:ident, $($code:tt)*) => { $self.code.emit(|piece| dynasm!(piece; .arch aarch64; $($code)*)) };
}

/// An instruction whose last operand is the memory at base and an offset of `$width` bytes' alignment,
/// in its shortest form. Offsets no instruction holds go through `x16`.
macro_rules! asm_at {
    ($self:ident, $at:expr, $width:literal, $near:ident / $far:ident $($head:tt)*) => {{
        let at: u32 = $at;
        if at.is_multiple_of($width) && at / $width < 4096 {
            asm!($self, $near $($head)* [x21, at]);
        } else if let Ok(at) = u8::try_from(at) {
            asm!($self, $far $($head)* [x21, i32::from(at)]);
        } else {
            $self.set(16, u64::from(at));
            asm!($self, $near $($head)* [x21, x16]);
        }
    }};
}

fn frame(word: Word) -> u32 {
    word.0 * 8
}

impl Arm64 {
    fn branch(&mut self, instruction: u32, label: Label, kind: Distance) {
        let place = self.code.here();
        asm!(self, .u32 instruction);
        self.code.fix(place, place, label, kind);
    }

    /// The only branch to a place ahead.
    fn branch_ahead(&mut self, instruction: u32, range: Range) -> Jump {
        let place = self.code.here();
        asm!(self, .u32 instruction);
        self.code.open_jump(place, range)
    }

    /// A branch whose place and kind are known, and the place it leads to.
    fn connect(&mut self, place: u32, to: u32, kind: Distance) {
        let distance = to.wrapping_sub(place).cast_signed();
        if encode(self.code.at(place), kind, distance).is_err() {
            self.code.refuse();
        }
    }

    /// A branch back.
    fn branch_back(&mut self, instruction: u32, to: Place, kind: Distance) {
        let place = self.code.here();
        asm!(self, .u32 instruction);
        self.connect(place, to.0, kind);
    }

    fn branch_if(&mut self, condition: u32, label: Label) {
        self.branch(B_COND | condition, label, Distance::Branch19);
    }

    /// `cbz` of a 64-bit register.
    fn branch_if_zero(&mut self, register: u32, label: Label) {
        self.branch(CBZ | register, label, Distance::Branch19);
    }

    /// Sets a register to a constant, 16 bits at a time.
    fn set(&mut self, register: u8, value: u64) {
        let parts = [0, 16, 32, 48].map(|shift| (shift, ((value >> shift) & 0xffff) as u32));
        let mut is_set = false;
        for (shift, part) in parts {
            if part == 0 {
                continue;
            }
            if is_set {
                asm!(self, movk X(register), part, LSL shift);
            } else {
                asm!(self, movz X(register), part, LSL shift);
                is_set = true;
            }
        }
        if !is_set {
            asm!(self, movz X(register), 0);
        }
    }

    /// Base plus an offset.
    fn base_plus(&mut self, register: u8, at: u32) {
        if at == 0 {
            asm!(self, mov X(register), x21);
        } else if at < 4096 {
            asm!(self, add XSP(register), x21, at);
        } else {
            self.set(16, u64::from(at));
            asm!(self, add X(register), x21, x16);
        }
    }

    /// Compares the tag in `x9`.
    fn compare_tag(&mut self, value: i64) {
        match u32::try_from(value) {
            Ok(value @ 0..4096) => asm!(self, cmp x9, value),
            _ => {
                self.set(10, value.cast_unsigned());
                asm!(self, cmp x9, x10);
            }
        }
    }

    /// Sets a register to 32 bits that are filled in later.
    fn set_later(&mut self, register: u8) -> Hole {
        let hole = Hole(self.code.here());
        asm!(self, movz X(register), 0; movk X(register), 0, LSL 16);
        hole
    }
}

/// Fills a distance into an instruction.
fn encode(place: &mut [u8; 4], kind: Distance, distance: i32) -> Result<(), OutOfRange> {
    let mut instruction = u32::from_le_bytes(*place);
    let words = distance / 4;
    let in_bits = |bits: u32| words >= -(1 << (bits - 1)) && words < 1 << (bits - 1);
    match kind {
        Distance::Branch26 if in_bits(26) => {
            instruction |= words.cast_unsigned() & 0x03ff_ffff;
        }
        Distance::Branch19 if in_bits(19) => {
            instruction |= (words.cast_unsigned() & 0x7_ffff) << 5;
        }
        Distance::Table32 => instruction = distance.cast_unsigned(),
        Distance::Branch26 | Distance::Branch19 => return Err(OutOfRange),
    }
    *place = instruction.to_le_bytes();
    Ok(())
}

impl Assembler for Arm64 {
    fn start(&mut self, capacity: usize) {
        self.code.start(capacity);
    }

    fn finish(&mut self, words: u32) -> Result<&[u8], OutOfRange> {
        // An even number of words keeps the stack aligned to 16 bytes. `sub sp, sp, #bytes`
        let bytes = words.next_multiple_of(2) * 8;
        let instruction = 0xd100_03ff | (bytes << 10);
        *self.code.at(self.frame) = instruction.to_le_bytes();
        self.code
            .finish(|bytes, fixup: &Fixup<Distance>, distance| {
                let bytes = &mut bytes[fixup.place as usize..];
                let place = bytes.first_chunk_mut().expect("emitted before");
                encode(place, fixup.kind, distance)
            })
    }

    fn label(&mut self) -> Label {
        self.code.label(false)
    }

    // All forms of a jump have one length here.
    fn near_label(&mut self) -> Label {
        self.code.label(true)
    }

    fn bind(&mut self, label: Label) {
        self.code.bind(label);
    }

    fn jump(&mut self, label: Label) {
        self.branch(B, label, Distance::Branch26);
    }

    fn land(&mut self, jump: Jump) {
        let Place(here) = self.here();
        let place = self.code.close_jump(&jump);
        self.connect(place, here, Distance::Branch19);
    }

    fn here(&self) -> Place {
        Place(self.code.here())
    }

    fn jump_back(&mut self, place: Place) {
        self.branch_back(B, place, Distance::Branch26);
    }

    fn fill(&mut self, hole: Hole, value: u32) {
        for (place, part) in [(hole.0, value & 0xffff), (hole.0 + 4, value >> 16)] {
            let instruction = self.code.at(place);
            *instruction = (u32::from_le_bytes(*instruction) | (part << 5)).to_le_bytes();
        }
    }

    fn enter(&mut self, table: u64, slot: Word) {
        asm!(self, stp x29, x30, [sp, -48]!
            ; mov x29, sp
            ; stp x19, x20, [sp, 16]
            ; stp x21, x22, [sp, 32]);
        self.frame = self.code.here();
        asm!(self, .u32 0
            ; mov x20, x0
            ; mov x21, x2
            ; str x1, [sp, frame(slot)]
            ; mov x0, x3);
        self.set(19, table);
    }

    fn add_work(&mut self) -> Hole {
        let hole = self.set_later(10);
        asm!(self, ldr x11, [x1, WORK]; adds x11, x11, x10; str x11, [x1, WORK]);
        hole
    }

    fn leave(&mut self) {
        asm!(self, mov sp, x29
            ; ldp x21, x22, [sp, 32]
            ; ldp x19, x20, [sp, 16]
            ; ldp x29, x30, [sp], SAVED as i32
            ; ret);
    }

    fn null_out(&mut self) {
        asm!(self, movz x0, 0);
    }

    fn arg_out(&mut self, index: usize) {
        if index != 0 {
            asm!(self, mov X(register(index)), x0);
        }
    }

    fn arg_cx(&mut self, index: usize) {
        asm!(self, mov X(register(index)), x20);
    }

    fn arg_at(&mut self, index: usize, at: u32) {
        self.base_plus(register(index), at);
    }

    fn arg_load(&mut self, index: usize, at: u32) {
        let register = register(index);
        asm_at!(self, at, 8, ldr/ldur X(register),);
    }

    fn arg_const(&mut self, index: usize, value: u64) {
        self.set(register(index), value);
    }

    fn arg_word(&mut self, index: usize, word: Word) {
        asm!(self, ldr X(register(index)), [sp, frame(word)]);
    }

    fn arg_word_address(&mut self, index: usize, word: Word) {
        asm!(self, add XSP(register(index)), sp, frame(word));
    }

    fn arg_tag(&mut self, index: usize, at: u32, width: TagWidth) {
        self.load_tag(at, width);
        asm!(self, mov X(register(index)), x9);
    }

    fn call_handler(&mut self, index: usize) {
        let offset = u32::try_from(index * 8).expect("a small table");
        asm!(self, ldr x16, [x19, offset]; blr x16);
    }

    fn call_address(&mut self, address: u64) {
        self.set(16, address);
        asm!(self, blr x16);
    }

    fn call_with_kept_and_later(&mut self, index: usize, word: Word) -> Hole {
        self.arg_out(0);
        self.arg_cx(1);
        asm!(self, mov x2, x22);
        let later = self.set_later(3);
        self.arg_word(4, word);
        self.call_handler(index);
        later
    }

    fn call_grow(&mut self, spare: u64) {
        self.arg_out(1);
        self.arg_cx(0);
        self.arg_const(2, spare);
        asm!(self, ldr x16, [x20, CONSTANTS]; ldr x16, [x16, GROW]; blr x16);
    }

    fn call_entry(&mut self, entry_offset: usize) {
        let offset = u32::try_from(entry_offset).expect("a field of a small structure");
        // Acquires: the code behind a new entry must be seen as it was published.
        asm!(self, add x16, x1, offset; ldar x16, [x16]; blr x16);
    }

    fn jump_if_null(&mut self, label: Label) {
        self.branch_if_zero(0, label);
    }

    fn jump_if_kept(&mut self, value: i8, label: Label) {
        let distance = u32::from(value.unsigned_abs());
        if value < 0 {
            asm!(self, cmn x22, distance);
        } else {
            asm!(self, cmp x22, distance);
        }
        self.branch_if(EQ, label);
    }

    fn keep_out(&mut self) {
        asm!(self, mov x22, x0);
    }

    fn take_kept(&mut self) {
        asm!(self, mov x0, x22);
    }

    fn swap_kept(&mut self) {
        asm!(self, mov x9, x0; mov x0, x22; mov x22, x9);
    }

    fn keep_load(&mut self, at: u32) {
        asm_at!(self, at, 8, ldr/ldur x22,);
    }

    fn keep_word(&mut self, word: Word) {
        asm!(self, ldr x22, [sp, frame(word)]);
    }

    fn keep_const(&mut self, value: u64) {
        self.set(22, value);
    }

    fn store_kept(&mut self, word: Word) {
        asm!(self, str x22, [sp, frame(word)]);
    }

    fn jump_if_kept_null(&mut self, range: Range) -> Jump {
        self.branch_ahead(CBZ | 22, range)
    }

    fn write_option_tag(&mut self, range: Range) -> Jump {
        asm!(self, cmp x22, 0; cset w9, ne; strb w9, [x0], 1);
        self.branch_ahead(B_COND | EQ, range)
    }

    fn write_option_tag_unless(
        &mut self,
        at: u32,
        width: TagWidth,
        tag: i64,
        range: Range,
    ) -> Jump {
        self.load_tag(at, width);
        self.compare_tag(tag);
        asm!(self, cset w9, ne; strb w9, [x0], 1);
        self.branch_ahead(B_COND | EQ, range)
    }

    fn open_result(&mut self) -> Jump {
        self.swap_kept();
        asm!(self, ldrb w9, [x0], 1; cmp w9, 0);
        self.branch_ahead(B_COND | NE, Range::Far)
    }

    fn save_base(&mut self, word: Word) {
        asm!(self, str x21, [sp, frame(word)]);
    }

    fn load_base(&mut self, word: Word) {
        asm!(self, ldr x21, [sp, frame(word)]);
    }

    fn base_from_kept(&mut self) {
        asm!(self, mov x21, x22);
    }

    fn base_follow(&mut self, at: u32) {
        asm_at!(self, at, 8, ldr/ldur x21,);
    }

    fn base_add(&mut self, by: u32) {
        if by != 0 {
            self.base_plus(21, by);
        }
    }

    fn pair_words(first: u32) -> PairWords {
        PairWords {
            ptr: Word(first),
            len: Word(first + 1),
        }
    }

    fn count_down(&mut self, word: Word, again: Place) {
        asm!(self, ldr x9, [sp, frame(word)]
            ; subs x9, x9, 1
            ; str x9, [sp, frame(word)]);
        self.branch_back(B_COND | NE, again, Distance::Branch19);
    }

    fn start_count(&mut self, word: Word) {
        asm!(self, movn x9, 0; str x9, [sp, frame(word)]);
    }

    fn count_up(&mut self, word: Word) {
        asm!(self, ldr x9, [sp, frame(word)]
            ; add x9, x9, 1
            ; str x9, [sp, frame(word)]);
    }

    fn jump_if_not_negative(&mut self) -> Jump {
        self.branch_ahead(B_COND | PL, Range::Far)
    }

    fn check_spare(&mut self, bytes: u32) -> Jump {
        asm!(self, ldr x9, [x20, LIMIT]);
        let beyond = u64::from(bytes).saturating_sub(FREE_SPARE as u64);
        if beyond == 0 {
            asm!(self, cmp x0, x9);
        } else {
            self.set(10, beyond);
            asm!(self, add x10, x0, x10; cmp x10, x9);
        }
        self.branch_ahead(B_COND | HI, Range::Far)
    }

    fn enter_level(&mut self) -> Jump {
        asm!(self, ldr x9, [x20, DEPTH]);
        let none = self.branch_ahead(CBZ | 9, Range::Far);
        asm!(self, sub x9, x9, 1; str x9, [x20, DEPTH]);
        none
    }

    fn leave_level(&mut self) {
        asm!(self, ldr x9, [x20, DEPTH]; add x9, x9, 1; str x9, [x20, DEPTH]);
    }

    fn copy(&mut self, at: u32, to: u32, width: u32) {
        let to = i32::try_from(to).expect("within the bytes an op copies in place");
        match width {
            1 => {
                asm_at!(self, at, 1, ldrb/ldurb w9,);
                asm!(self, sturb w9, [x0, to]);
            }
            2 => {
                asm_at!(self, at, 2, ldrh/ldurh w9,);
                asm!(self, sturh w9, [x0, to]);
            }
            4 => {
                asm_at!(self, at, 4, ldr/ldur w9,);
                asm!(self, stur w9, [x0, to]);
            }
            8 => {
                asm_at!(self, at, 8, ldr/ldur x9,);
                asm!(self, stur x9, [x0, to]);
            }
            _ => {
                asm_at!(self, at, 16, ldr/ldur q0,);
                asm!(self, stur q0, [x0, to]);
            }
        }
    }

    fn store_const(&mut self, to: u32, width: u32, value: u64) {
        let to = i32::try_from(to).expect("within the bytes an op writes in place");
        self.set(9, value);
        match width {
            1 => asm!(self, sturb w9, [x0, to]),
            2 => asm!(self, sturh w9, [x0, to]),
            4 => asm!(self, stur w9, [x0, to]),
            _ => asm!(self, stur x9, [x0, to]),
        }
    }

    fn advance(&mut self, by: u32) {
        asm!(self, add x0, x0, by);
    }

    fn load_tag(&mut self, at: u32, width: TagWidth) {
        match width {
            TagWidth::U8 => asm_at!(self, at, 1, ldrb/ldurb w9,),
            TagWidth::U16 => asm_at!(self, at, 2, ldrh/ldurh w9,),
            TagWidth::U32 => asm_at!(self, at, 4, ldr/ldur w9,),
            TagWidth::U64 => asm_at!(self, at, 8, ldr/ldur x9,),
            TagWidth::I8 => asm_at!(self, at, 1, ldrsb/ldursb x9,),
            TagWidth::I16 => asm_at!(self, at, 2, ldrsh/ldursh x9,),
            TagWidth::I32 => asm_at!(self, at, 4, ldrsw/ldursw x9,),
            TagWidth::I64 => asm_at!(self, at, 8, ldr/ldur x9,),
        }
    }

    fn load_tag_from_result(&mut self) {
        asm!(self, mov x9, x0; mov x0, x22);
    }

    fn write_tag(&mut self) {
        asm!(self, strb w9, [x0], 1);
    }

    fn jump_if_tag(&mut self, _: TagWidth, value: i64, label: Label) {
        self.compare_tag(value);
        self.branch_if(EQ, label);
    }

    fn jump_unless_tag(&mut self, _: TagWidth, value: i64, label: Label) {
        self.compare_tag(value);
        self.branch_if(NE, label);
    }

    fn limit_tag(&mut self, first: i64, count: usize, otherwise: Label) {
        if first != 0 {
            self.set(10, first.cast_unsigned());
            asm!(self, sub x9, x9, x10);
        }
        self.compare_tag(i64::try_from(count).expect("as many arms as blocks at most"));
        self.branch_if(HS, otherwise);
    }

    fn jump_by_tag(&mut self, count: usize) -> Table {
        // adr x10, #16: the table starts behind the next three instructions.
        asm!(self, .u32 0x1000_008a
            ; ldrsw x9, [x10, x9, LSL 2]
            ; add x10, x10, x9
            ; br x10);
        let table = Table(self.code.here());
        for _ in 0..count {
            asm!(self, .u32 0);
        }
        table
    }

    fn bind_entry(&mut self, table: Table, index: usize) {
        let distance = self.code.here() - table.0;
        *self.code.at(table.0 + 4 * index as u32) = distance.to_le_bytes();
    }

    fn fix_entry(&mut self, table: Table, index: usize, label: Label) {
        let place = table.0 + 4 * index as u32;
        self.code.fix(place, table.0, label, Distance::Table32);
    }
}

/// The register of an argument.
fn register(index: usize) -> u8 {
    u8::try_from(index).expect("at most eight arguments are in registers")
}
