//! The message with a bit of everything: straight-line code, one comparison per string.

use super::Hand;
use super::cursor::Cursor;
use super::isa::Isa;
use super::strings::write_strings;
use crate::workload::gnarly::{
    Arguments, GnarlyAttr, GnarlyEntry, GnarlyKind, GnarlyPayload, Response,
};

impl Hand for GnarlyPayload {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; 20 bytes of scalars at most between two strings (H1).
        unsafe {
            let cursor = cursor.u64::<I>(self.revision).text::<I>(&self.mount);
            let mut cursor = cursor.small::<I>(self.entries.len());
            for entry in &self.entries {
                cursor = entry.write::<I>(cursor);
            }
            cursor
                .option_text::<I>(self.footer.as_deref())
                .bytes::<I>(&self.digest)
        }
    }
}

impl Hand for GnarlyEntry {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; 21 bytes of scalars at most between two strings, and every list
        // checks behind itself (H1).
        unsafe {
            let cursor = cursor.u64::<I>(self.id).option_u64::<I>(&self.parent);
            let cursor = cursor.text::<I>(&self.name).text::<I>(&self.path);
            let mut cursor = cursor.small::<I>(self.attrs.len());
            for GnarlyAttr { key, value } in &self.attrs {
                cursor = cursor.text::<I>(key).text::<I>(value);
            }
            cursor = cursor.small::<I>(self.chunks.len());
            for chunk in &self.chunks {
                cursor = cursor.bytes::<I>(chunk);
            }
            self.kind.write::<I>(cursor)
        }
    }
}

impl Hand for GnarlyKind {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; 16 bytes of scalars at most between two checks, and every
        // list checks behind itself (H1).
        unsafe {
            match self {
                Self::File { mime, tags } => {
                    write_strings::<I>(cursor.byte(0).text::<I>(mime), tags)
                }
                Self::Directory {
                    child_count,
                    children,
                } => write_strings::<I>(cursor.byte(1).u32::<I>(*child_count), children),
                Self::Symlink { target, hops } => {
                    let cursor = cursor.byte(2).text::<I>(target).small::<I>(hops.len());
                    I::short_run_u32(cursor, hops)
                }
            }
        }
    }
}

impl Hand for Arguments {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty.
        unsafe { self.0.write::<I>(cursor) }
    }
}

impl Hand for Response {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; a byte, and strings check (H1).
        unsafe {
            match self {
                Ok(payload) => payload.write::<I>(cursor.byte(0)),
                Err(text) => cursor.byte(1).text::<I>(text),
            }
        }
    }
}
