//! Lists of strings: an over-copy, a length byte and one comparison each.

use super::Hand;
use super::cursor::Cursor;
use super::isa::Isa;

impl Hand for Vec<String> {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; a length, and every string checks (H1).
        unsafe { write_strings::<I>(cursor, self) }
    }
}

/// A list of strings.
///
/// # Safety
///
/// As for [`Hand::write`].
#[inline(always)]
pub(super) unsafe fn write_strings<I: Isa>(cursor: Cursor, strings: &[String]) -> Cursor {
    // SAFETY: the caller's duty; a length, and every string checks (H1).
    unsafe {
        let mut cursor = cursor.small::<I>(strings.len());
        for string in strings {
            cursor = cursor.short_text::<I>(string);
        }
        cursor.check()
    }
}
