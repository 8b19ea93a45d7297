//! Maps: the standard library's iterators, inlined.

use super::Hand;
use super::cursor::Cursor;
use super::isa::Isa;
use crate::workload::maps::Maps;

impl Hand for Maps {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; 20 bytes of scalars at most between two strings, which check (H1).
        unsafe {
            let mut cursor = cursor.small::<I>(self.ordered.len());
            for (key, value) in &self.ordered {
                cursor = cursor.text::<I>(key).u64::<I>(*value);
            }
            cursor = cursor.small::<I>(self.hashed.len());
            for (key, value) in &self.hashed {
                cursor = cursor.u64::<I>(*key).text::<I>(value);
            }
            cursor.check()
        }
    }
}
