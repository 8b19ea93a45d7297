//! Records of slices of bytes and of words.

use super::Hand;
use super::cursor::Cursor;
use super::isa::Isa;
use crate::workload::slices::{ByteRecord, WordRecord};

macro_rules! lists_of {
    ($($record:ident)*) => {$(
        impl Hand for Vec<$record<'_>> {
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
    )*};
}

lists_of! { ByteRecord WordRecord }

impl Hand for ByteRecord<'_> {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; a length between two checks (H1).
        unsafe {
            let mut cursor = cursor.small::<I>(self.chunks.len());
            for chunk in &self.chunks {
                cursor = cursor.bytes::<I>(chunk);
            }
            let cursor = cursor.bytes::<I>(self.borrowed).bytes::<I>(&self.boxed);
            let mut cursor = cursor.bytes::<I>(&self.shared);
            cursor = cursor.small::<I>(self.views.len());
            for view in &self.views {
                cursor = cursor.bytes::<I>(view);
            }
            cursor.check()
        }
    }
}

impl Hand for WordRecord<'_> {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; a length between two checks (H1).
        unsafe {
            let cursor = shorts::<I>(cursor, self.shorts).small::<I>(self.words.len());
            let cursor = I::run_u32(cursor, self.words).small::<I>(self.boxed.len());
            let cursor = I::run_u32(cursor, &self.boxed);
            let mut cursor = cursor.small::<I>(self.names.len());
            for name in self.names {
                cursor = cursor.text::<I>(name);
            }
            cursor = cursor.small::<I>(self.rows.len());
            for row in &self.rows {
                cursor = shorts::<I>(cursor, row);
            }
            cursor.check()
        }
    }
}

/// # Safety
///
/// As for [`Hand::write`].
#[inline(always)]
unsafe fn shorts<I: Isa>(cursor: Cursor, shorts: &[u16]) -> Cursor {
    // SAFETY: the caller's duty; a length, and runs check (H1).
    unsafe { I::short_run_u16(cursor.small::<I>(shorts.len()), shorts) }
}
