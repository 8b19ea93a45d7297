//! One key, value or item: a string or a number, at an address.

use super::Part;
use super::write::Isa;
use crate::cx::EncodeCx;
use crate::entry::Pair;
use crate::kernels::run::{Form, RunField};
use crate::kernels::{bytes, ensure, over};
use crate::program::{Op, Source};
use crate::wire::{varint, zigzag};

/// What the loop needs to know of a part; one type each, so that there is a loop for each.
pub(in crate::kernels) trait Written: Copy {
    /// What is written at most of a part that is short.
    const ROOM: usize;
    /// Whether it is no part at all.
    const IS_NOTHING: bool = false;
    /// The part as it was linked.
    fn of(part: Option<Part>) -> Self;
    /// Writes a part that is short, and answers the end; `None` of one that is not.
    ///
    /// # Safety
    ///
    /// [`Self::ROOM`] bytes and the overshoot may be written at `out`; a live value of the part's type is at `at`. The processor has the
    /// instructions of `I`.
    unsafe fn write_short<I: Isa>(self, out: *mut u8, at: *const u8) -> Option<*mut u8>;
    /// Writes any part, and makes its own room; null when that failed.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode and `out` its cursor; the rest as for [`Self::write_short`].
    unsafe fn write<I: Isa>(self, cx: *mut EncodeCx, out: *mut u8, at: *const u8) -> *mut u8;
}

/// [`Written::write`] of a part that is always short.
///
/// # Safety
///
/// As there.
unsafe fn write_always_short<W: Written, I: Isa>(
    part: W,
    cx: *mut EncodeCx,
    out: *mut u8,
    at: *const u8,
) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe {
        let out = ensure(&mut *cx, out, W::ROOM);
        if out.is_null() {
            return out;
        }
        part.write_short::<I>(out, at).unwrap_or(out)
    }
}

/// Two words: the address and the length of a string or a list of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kernels) struct Text {
    ptr: usize,
    len: usize,
}

impl Text {
    pub(super) fn of_op(op: &Op) -> Option<Self> {
        let Op::WriteBytes {
            at,
            source: Source::Words { ptr, len },
            ..
        } = *op
        else {
            return None;
        };
        let place = |word: u32| at.0.checked_add(word).map(|it| it as usize);
        Some(Self {
            ptr: place(ptr.0)?,
            len: place(len.0)?,
        })
    }

    /// Whether it is a [`UsualText`].
    pub(super) fn is_usual(self) -> bool {
        self == UsualText::WORDS
    }

    /// The address and the length.
    ///
    /// # Safety
    ///
    /// A live value of the part's type is at `at`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "into loops of other instructions")]
    unsafe fn words(self, at: *const u8) -> Pair {
        // SAFETY: the caller's duty: the words are the string's (A6).
        unsafe {
            Pair {
                ptr: at.add(self.ptr).cast::<*const u8>().read_unaligned(),
                len: at.add(self.len).cast::<usize>().read_unaligned(),
            }
        }
    }
}

impl Written for Text {
    const ROOM: usize = 1 + over::LEN;

    fn of(part: Option<Part>) -> Self {
        match part {
            Some(Part::Text(text)) => text,
            other => unreachable!("chosen for text: {other:?}"),
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "into loops of other instructions")]
    unsafe fn write_short<I: Isa>(self, out: *mut u8, at: *const u8) -> Option<*mut u8> {
        // SAFETY: the caller's duty.
        let Pair { ptr, len } = unsafe { self.words(at) };
        // SAFETY: the caller's duty; the string is a live one.
        unsafe { I::text(out, ptr, len) }
    }

    unsafe fn write<I: Isa>(self, cx: *mut EncodeCx, out: *mut u8, at: *const u8) -> *mut u8 {
        // SAFETY: the caller's duty; the string is outside the output.
        unsafe {
            let Pair { ptr, len } = self.words(at);
            bytes::write_bytes(cx, out, ptr, len, 0)
        }
    }
}

/// [`Text`] whose words are where those of a `String` have been for years: what a loop need not look up.
#[derive(Debug, Clone, Copy)]
pub(super) struct UsualText;

impl UsualText {
    const WORDS: Text = Text {
        ptr: size_of::<usize>(),
        len: 2 * size_of::<usize>(),
    };
}

impl Written for UsualText {
    const ROOM: usize = Text::ROOM;

    fn of(part: Option<Part>) -> Self {
        let text = Text::of(part);
        assert!(text.is_usual(), "chosen for text as usual: {text:?}");
        Self
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "into loops of other instructions")]
    unsafe fn write_short<I: Isa>(self, out: *mut u8, at: *const u8) -> Option<*mut u8> {
        // SAFETY: the caller's duty; the words are there, as was checked when the part was chosen.
        unsafe { Self::WORDS.write_short::<I>(out, at) }
    }

    unsafe fn write<I: Isa>(self, cx: *mut EncodeCx, out: *mut u8, at: *const u8) -> *mut u8 {
        // SAFETY: as above.
        unsafe { Self::WORDS.write::<I>(cx, out, at) }
    }
}

/// A number or a few bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kernels) struct Number {
    at: usize,
    load: Load,
    /// How many bytes are written as they are; 0 for a varint.
    copied: usize,
}

/// How it stands in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Load {
    U8,
    U16,
    U32,
    U64,
    I16,
    I32,
    I64,
}

impl From<Option<Part>> for Number {
    fn from(part: Option<Part>) -> Self {
        match part {
            Some(Part::Number(number)) => number,
            other => unreachable!("chosen for a number: {other:?}"),
        }
    }
}

impl Number {
    pub(super) fn of_op(op: &Op) -> Option<Self> {
        let field = RunField::of(op)?;
        let load = match (field.form(), field.width) {
            (Form::Bytes, 1) => Load::U8,
            (Form::Bytes | Form::Unsigned, 2) => Load::U16,
            (Form::Bytes | Form::Unsigned, 4) => Load::U32,
            (Form::Bytes | Form::Unsigned, 8) => Load::U64,
            (Form::Signed, 2) => Load::I16,
            (Form::Signed, 4) => Load::I32,
            (Form::Signed, 8) => Load::I64,
            _ => return None,
        };
        // Bytes are in the order of memory, which a number loaded has on a processor of the other order not.
        let is_copied = !field.is_varint();
        let is_ordered = cfg!(target_endian = "little") || field.width == 1;
        (!is_copied || is_ordered).then_some(Self {
            at: field.at as usize,
            load,
            copied: if is_copied { field.width.into() } else { 0 },
        })
    }

    /// Whether it is a [`U64`].
    pub(super) fn is_u64(self) -> bool {
        self.load == Load::U64 && self.copied == 0 && self.at == 0
    }

    /// The number to be written.
    ///
    /// # Safety
    ///
    /// It is at `at`, aligned or not.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "into loops of other instructions")]
    unsafe fn load(self, at: *const u8) -> u64 {
        // SAFETY: the caller's duty.
        unsafe {
            let at = at.add(self.at);
            match self.load {
                Load::U8 => at.read().into(),
                Load::U16 => at.cast::<u16>().read_unaligned().into(),
                Load::U32 => at.cast::<u32>().read_unaligned().into(),
                Load::U64 => at.cast::<u64>().read_unaligned(),
                Load::I16 => zigzag::encode_i16(at.cast::<i16>().read_unaligned()).into(),
                Load::I32 => zigzag::encode_i32(at.cast::<i32>().read_unaligned()).into(),
                Load::I64 => zigzag::encode_i64(at.cast::<i64>().read_unaligned()),
            }
        }
    }
}

impl Written for Number {
    const ROOM: usize = varint::MAX_LEN_U64;

    fn of(part: Option<Part>) -> Self {
        Self::from(part)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "into loops of other instructions")]
    unsafe fn write_short<I: Isa>(self, out: *mut u8, at: *const u8) -> Option<*mut u8> {
        // SAFETY: the caller's duty; there is room for the longest.
        unsafe {
            let value = self.load(at);
            if self.copied != 0 {
                out.cast::<[u8; 8]>().write_unaligned(value.to_le_bytes());
                return Some(out.add(self.copied));
            }
            Some(I::varint(out, value))
        }
    }

    unsafe fn write<I: Isa>(self, cx: *mut EncodeCx, out: *mut u8, at: *const u8) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { write_always_short::<Self, I>(self, cx, out, at) }
    }
}

/// A `u64` that is written as a varint and is all there is, the commonest number.
#[derive(Debug, Clone, Copy)]
pub(super) struct U64;

impl Written for U64 {
    const ROOM: usize = varint::MAX_LEN_U64;

    fn of(part: Option<Part>) -> Self {
        let number = Number::from(part);
        assert!(
            number.is_u64(),
            "chosen for a number of 64 bits: {number:?}"
        );
        Self
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "into loops of other instructions")]
    unsafe fn write_short<I: Isa>(self, out: *mut u8, at: *const u8) -> Option<*mut u8> {
        // SAFETY: the caller's duty; there is room for the longest.
        unsafe { Some(I::varint(out, at.cast::<u64>().read_unaligned())) }
    }

    unsafe fn write<I: Isa>(self, cx: *mut EncodeCx, out: *mut u8, at: *const u8) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { write_always_short::<Self, I>(self, cx, out, at) }
    }
}

/// What a set's item has for a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nothing;

impl Written for Nothing {
    const ROOM: usize = 0;
    const IS_NOTHING: bool = true;

    fn of(part: Option<Part>) -> Self {
        assert!(part.is_none(), "chosen for nothing: {part:?}");
        Self
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is nothing")]
    unsafe fn write_short<I: Isa>(self, out: *mut u8, _at: *const u8) -> Option<*mut u8> {
        Some(out)
    }

    unsafe fn write<I: Isa>(self, _cx: *mut EncodeCx, out: *mut u8, _at: *const u8) -> *mut u8 {
        out
    }
}
