//! Records of options: no branch on whether there is something.
//!
//! With AVX-512, options of a record are made together: [`avx512`]. Everywhere else one after the other.
//!
//! What is absent is written like what is present, and the cursor moves past its tag only. For half
//! of 32 options at random a branch each would be mispredicted every other time.

#[cfg(target_arch = "x86_64")]
pub(super) mod avx512;

use super::Hand;
use super::cursor::{Cursor, low_byte, or_else};
use super::isa::Isa;
use super::over_copy;
use crate::workload::options::Record;

impl Hand for Vec<Record> {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; every record checks behind itself (H1).
        unsafe {
            let cursor = cursor.small::<I>(self.len());
            I::records_of_options(cursor, self)
        }
    }
}

macro_rules! in_order {
    ($self:ident, $cursor:ident, $(($small:ident, $large:ident, $text:ident),)*) => {$(
        $cursor = $cursor.option_u32::<I>(&$self.$small).option_u64::<I>(&$self.$large);
        $cursor = text::<I>($cursor, &$self.$text);
    )*};
}

impl Hand for Record {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, mut cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; 17 bytes of scalars at most before every string, which checks, and
        // behind the last (H1).
        unsafe {
            in_order! {
                self, cursor,
                (small_0, large_0, text_0),
                (small_1, large_1, text_1),
                (small_2, large_2, text_2),
                (small_3, large_3, text_3),
                (small_4, large_4, text_4),
                (small_5, large_5, text_5),
                (small_6, large_6, text_6),
                (small_7, large_7, text_7),
                (small_8, large_8, text_8),
                (small_9, large_9, text_9),
            }
            cursor
                .option_u32::<I>(&self.small_10)
                .option_u64::<I>(&self.large_10)
                .check()
        }
    }
}

/// An option of text that is mostly short.
///
/// # Safety
///
/// As for [`Cursor::text`].
#[inline(always)]
unsafe fn text<I: Isa>(cursor: Cursor, text: &Option<String>) -> Cursor {
    static NOTHING: String = String::new();
    let some = text.as_slice().len();
    let string = or_else(text, &NOTHING);
    let len = string.len();
    // SAFETY: two bytes and 32 of overshoot are in the room (H1); longer ones go the common way.
    unsafe {
        if len > 32 {
            return cursor.option_text::<I>(text.as_deref());
        }
        cursor.at().write(low_byte(some));
        cursor.at().add(1).write(low_byte(len));
        // Half of them are nothing, which is nowhere.
        I::copy_to_32(
            cursor.at().add(2),
            over_copy::readable(string.as_ptr(), len),
            len,
        );
        cursor.advance(1 + some + len).check()
    }
}
