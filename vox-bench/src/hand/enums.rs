//! A list of enum values: a jump per value, and straight lines behind it.

use super::Hand;
use super::cursor::Cursor;
use super::isa::Isa;
use crate::workload::enums::Event;

impl Hand for Vec<Event> {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; a length, and every event checks behind itself (H1).
        unsafe {
            let mut cursor = cursor.small::<I>(self.len());
            for event in self {
                cursor = event.write::<I>(cursor);
            }
            cursor.check()
        }
    }
}

impl Hand for Event {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; 21 bytes of scalars at most (H1).
        unsafe {
            let cursor = match self {
                Self::Idle => cursor.byte(0),
                Self::Stop => cursor.byte(1),
                Self::Code(code) => cursor.raw([2, *code]),
                Self::Count(count) => cursor.byte(3).u32::<I>(*count),
                Self::Total(total) => cursor.byte(4).u64::<I>(*total),
                Self::Offset(offset) => cursor.byte(5).i64::<I>(*offset),
                Self::Ratio(ratio) => cursor.byte(6).raw(ratio.to_le_bytes()),
                Self::Flag(flag) => cursor.raw([7, (*flag).into()]),
                Self::Letter(letter) => {
                    let mut utf8 = [0; 4];
                    let len = letter.encode_utf8(&mut utf8).len();
                    // A length, then UTF-8, of which only `len` bytes are kept.
                    let cursor = cursor.byte(8).byte(super::cursor::low_byte(len));
                    cursor.at().cast::<[u8; 4]>().write(utf8);
                    cursor.advance(len)
                }
                Self::Label(label) => cursor.byte(9).text::<I>(label),
                Self::Pair(left, right) => cursor.byte(10).u32::<I>(*left).u32::<I>(*right),
                Self::Point { x, y } => cursor.byte(11).i32::<I>(*x).i32::<I>(*y),
                Self::Maybe(maybe) => cursor.byte(12).option_u32::<I>(maybe),
                Self::Bytes(bytes) => cursor.byte(13).bytes::<I>(bytes),
                Self::Fixed([a, b, c, d]) => cursor.raw([14, *a, *b, *c, *d]),
                // The number of a unit variant is its discriminant here.
                Self::Level(level) => cursor.raw([15, *level as u8]),
            };
            cursor.check()
        }
    }
}
