//! Lists of integers: runs.

use super::Hand;
use super::cursor::Cursor;
use super::isa::Isa;

impl Hand for Vec<u32> {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; a length and a check (H1).
        unsafe { I::run_u32(cursor.small::<I>(self.len()).check(), self) }
    }
}

impl Hand for Vec<u64> {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; a length and a check (H1).
        unsafe { I::run_u64(cursor.small::<I>(self.len()).check(), self) }
    }
}
