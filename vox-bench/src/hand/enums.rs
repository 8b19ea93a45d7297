//! A list of enum values: a jump per value, and straight lines behind it.

use core::mem::MaybeUninit;
use core::ptr;

use super::Hand;
use super::align::at_cache_line;
use super::cursor::Cursor;
use super::isa::Isa;
use crate::workload::enums::Event;

impl Hand for Vec<Event> {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; a length, and every event checks behind itself (H1).
        unsafe {
            if self.is_empty() {
                at_cache_line();
                return cursor.byte(0).check();
            }
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
                Self::Idle
                | Self::Stop
                | Self::Code(_)
                | Self::Flag(_)
                | Self::Fixed(_)
                | Self::Level(_) => self.write_head(cursor),
                Self::Count(count) => cursor.byte(3).u32::<I>(*count),
                Self::Total(total) => cursor.byte(4).u64::<I>(*total),
                Self::Offset(offset) => cursor.byte(5).i64::<I>(*offset),
                Self::Ratio(ratio) => cursor.byte(6).raw(ratio.to_le_bytes()),
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
            };
            cursor.check()
        }
    }
}

impl Event {
    /// Writes a variant whose wire form is how it begins in memory: its number, and at most four bytes behind it.
    ///
    /// # Safety
    ///
    /// 8 bytes of room (H1).
    #[inline(always)]
    unsafe fn write_head(&self, cursor: Cursor) -> Cursor {
        const LENS: [u8; 16] = [1, 1, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 5, 2];
        let head = ptr::from_ref(self).cast::<MaybeUninit<[u8; 8]>>();
        // SAFETY: `repr(u8)` puts the number first and bytes behind it at once; the type is longer than 8 bytes, of
        // which what is not a byte of the variant is not kept. There are 16 variants. The room is the caller's duty.
        unsafe {
            let len = LENS[usize::from(head.cast::<u8>().read()) % LENS.len()];
            cursor
                .at()
                .cast::<MaybeUninit<[u8; 8]>>()
                .write_unaligned(head.read_unaligned());
            cursor.advance(len.into())
        }
    }
}
