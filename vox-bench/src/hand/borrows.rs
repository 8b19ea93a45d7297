//! Records of pointers: each is followed where it stands.

use core::hint::select_unpredictable;

use super::Hand;
use super::cursor::{Cursor, low_byte};
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
            let cursor = cursor.small::<I>(self.boxed_words.len());
            let cursor = I::short_run_u32(cursor, &self.boxed_words);
            let cursor = cursor.small::<I>(self.shared_words.len());
            let cursor = I::short_run_u16(cursor, &self.shared_words);
            let cursor = write_strings::<I>(cursor, &self.boxed_strings);
            let cursor = cursor.text::<I>(&self.nested);
            maybe::<I>(cursor, &self.maybe).check()
        }
    }
}

/// A point that may be absent, without a branch.
///
/// # Safety
///
/// 11 bytes of room, and overshoot (H1).
#[inline(always)]
unsafe fn maybe<I: Isa>(cursor: Cursor, maybe: &Option<Box<Point>>) -> Cursor {
    static NOWHERE: Point = Point { x: 0, y: 0 };
    let inside = maybe.as_deref();
    let some = usize::from(inside.is_some());
    let inside = select_unpredictable(some == 1, maybe_ptr(inside), &raw const NOWHERE);
    // SAFETY: the caller's duty; either pointer is of a point. What is written for `None` is not kept.
    unsafe {
        let tagged = cursor.byte(low_byte(some));
        let end = point::<I>(tagged, &*inside);
        let len = end.at().offset_from_unsigned(tagged.at());
        tagged.advance(len & some.wrapping_neg())
    }
}

/// The address, or null.
#[inline(always)]
fn maybe_ptr(inside: Option<&Point>) -> *const Point {
    inside.map_or(core::ptr::null(), core::ptr::from_ref)
}

/// # Safety
///
/// 10 bytes of room, and overshoot (H1).
#[inline(always)]
unsafe fn point<I: Isa>(cursor: Cursor, point: &Point) -> Cursor {
    // SAFETY: the caller's duty.
    unsafe { cursor.i32::<I>(point.x).i32::<I>(point.y) }
}
