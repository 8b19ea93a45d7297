//! Instructions in their shortest forms: macros around the encoding macro, which knows the form of an operand
//! only when it is expanded.

#![allow(
    clippy::useless_conversion,
    reason = "the encoding macro converts every operand it is given"
)]

use dynasm::dynasm;

use super::super::Word;
use super::super::code::Piece;

/// Bytes of registers saved below `rbp`.
pub(super) const SAVED: i32 = 32;

/// How far into the table `rbx` points.
pub(super) const TABLE_BIAS: i32 = 128;

/// Instructions in a piece.
macro_rules! ins {
    ($piece:ident, $($code:tt)*) => { dynasm!($piece; .arch x64; $($code)*) };
}

/// An instruction whose last byte, in its shortest form, is the offset of the memory it is about.
#[derive(Default)]
pub(super) struct Form {
    bytes: [u8; 8],
    len: u8,
}

impl Form {
    /// What the macro calls; the optimiser leaves two constants of it.
    #[inline]
    pub(super) fn extend<const N: usize>(&mut self, bytes: &[u8; N]) {
        let start = usize::from(self.len);
        self.bytes[start..start + N].copy_from_slice(bytes);
        self.len += N as u8;
    }

    /// The offset, which is 0.
    #[inline]
    pub(super) fn push_i8(&mut self, offset: i8) {
        self.extend(&offset.to_le_bytes());
    }

    /// The instruction and its offset, as words.
    #[inline]
    fn words(&self, at: i32) -> (u64, u64) {
        debug_assert!(self.is_plain(), "{:x?}", self.bytes);
        let at = u64::from(at.cast_unsigned()) << (8 * (self.len - 1));
        (u64::from_le_bytes(self.bytes), at)
    }

    /// Whether the last byte is an offset of one byte, 0 for now, and the one before it says so, without a second one for operands
    /// as the registers `rsp` and `r12` need; and whether an offset of four bytes fits in the word.
    fn is_plain(&self) -> bool {
        let [.., operands, offset] = self.bytes[..usize::from(self.len)] else {
            return false;
        };
        operands >> 6 == 1 && operands & 7 != 4 && offset == 0 && self.len <= 5
    }

    /// As [`Self::put`], for an offset that one byte holds most times.
    #[inline]
    pub(super) fn put_near(self, piece: &mut Piece<'_>, at: i32) {
        let Ok(near) = i8::try_from(at) else {
            core::hint::cold_path();
            return self.put(piece, at);
        };
        let (form, offset) = self.words(near.into());
        piece.put_word(form | offset, self.len);
    }

    /// The instruction with another offset, as short as that allows: one byte says how many bytes it takes, the one before it.
    #[inline]
    pub(super) fn put(self, piece: &mut Piece<'_>, at: i32) {
        let (form, offset) = self.words(at);
        let one_to_four = 0xc0 << (8 * (self.len - 2));
        match i8::try_from(at) {
            Ok(_) => piece.put_word(form | offset, self.len),
            Err(_) => piece.put_word((form ^ one_to_four) | offset, self.len + 3),
        }
    }
}

/// An instruction with the memory at a register and an offset, in its shortest form, and what comes
/// before and behind it, which takes no byte of its own. Offsets no instruction holds go through `r11`.
macro_rules! ins_mem {
    ($piece:ident, $base:ident, $at:expr, ($($head:tt)*), ($($tail:tt)*)) => {{
        let at: i64 = i64::from($at);
        if let Ok(at) = i32::try_from(at) {
            let mut form = Form::default();
            ins!(form, $($head)* [BYTE $base + 0] $($tail)*);
            form.put($piece, at);
        } else {
            ins!($piece, mov r11, QWORD at);
            ins!($piece, $($head)* [$base + r11] $($tail)*);
        }
    }};
}

/// As [`ins_mem`], with a word of the frame. Most are near.
macro_rules! ins_word {
    ($piece:ident, $word:expr, ($($head:tt)*), ($($tail:tt)*)) => {{
        let mut form = Form::default();
        ins!(form, $($head)* [BYTE rbp + 0] $($tail)*);
        form.put_near($piece, frame($word));
    }};
}

/// As [`ins_mem`], where a constant is behind the offset.
macro_rules! ins_mem_const {
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

/// As [`ins_word`], a piece of its own.
macro_rules! asm_word {
    ($self:ident, $word:expr, $head:tt, $tail:tt) => {
        $self
            .code
            .emit(|piece| ins_word!(piece, $word, $head, $tail))
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

/// Loads a word of the frame.
macro_rules! word_of {
    ($wide:ident, $narrow:ident, $piece:ident, $word:expr) => {
        ins_word!($piece, $word, (mov $wide,), ())
    };
}

/// Takes the address of a word of the frame.
macro_rules! word_address_of {
    ($wide:ident, $narrow:ident, $piece:ident, $word:expr) => {
        ins_word!($piece, $word, (lea $wide,), ())
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

/// The address `at`, as an argument.
#[inline(always)]
pub(super) fn address(piece: &mut Piece<'_>, index: usize, at: u32) {
    if at == 0 {
        arg!(index, copy_of!(piece, r13));
    } else {
        arg!(index, address_of!(piece, r13, at));
    }
}

/// A call of a handler.
#[inline(always)]
pub(super) fn call(piece: &mut Piece<'_>, index: usize) {
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
pub(super) fn compare(piece: &mut Piece<'_>, prefix: u8, at: u32, value: i8) {
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
#[inline(always)]
pub(super) fn frame(word: Word) -> i32 {
    // Frames are limited to `MAX_WORDS`.
    -SAVED - 8 * (word.0.cast_signed() + 1)
}
