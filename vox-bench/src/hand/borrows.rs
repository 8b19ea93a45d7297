//! Records of pointers: each is followed where it stands.

use super::Hand;
use super::cursor::Cursor;
use super::isa::Isa;
use super::strings::write_strings;
use crate::workload::borrows::{Point, Record};

impl Hand for Vec<Record<'_>> {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; every record checks behind itself (H1).
        unsafe {
            let mut cursor = cursor.small::<I>(self.len());
            for record in self {
                cursor = record.write::<I>(cursor);
            }
            cursor.check()
        }
    }
}

impl Hand for Record<'_> {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; 35 bytes of scalars at most between two checks (H1).
        unsafe {
            let cursor = cursor.u64::<I>(*self.boxed).text::<I>(&self.boxed_string);
            let cursor = point::<I>(cursor, &self.shared);
            let cursor = point::<I>(cursor, &self.counted).u32::<I>(*self.borrowed);
            let cursor = cursor.text::<I>(&self.boxed_text);
            let cursor = cursor.text::<I>(&self.shared_text);
            let cursor = cursor.text::<I>(&self.counted_text);
            let cursor = cursor.text::<I>(self.text).text::<I>(&self.either);
            let mut cursor = cursor.small::<I>(self.boxed_words.len()).check();
            for word in &self.boxed_words {
                cursor = cursor.u32::<I>(*word).check();
            }
            cursor = cursor.small::<I>(self.shared_words.len());
            for word in &*self.shared_words {
                cursor = cursor.u16::<I>(*word).check();
            }
            let cursor = write_strings::<I>(cursor, &self.boxed_strings);
            let cursor = cursor.text::<I>(&self.nested);
            match &self.maybe {
                Some(inside) => point::<I>(cursor.byte(1), inside).check(),
                None => cursor.byte(0).check(),
            }
        }
    }
}

/// # Safety
///
/// 10 bytes of room, and overshoot (H1).
#[inline(always)]
unsafe fn point<I: Isa>(cursor: Cursor, point: &Point) -> Cursor {
    // SAFETY: the caller's duty.
    unsafe { cursor.i32::<I>(point.x).i32::<I>(point.y) }
}
