//! Lists whose memory equals their wire bytes: a copy each.

use core::ptr;

use super::Hand;
use super::cursor::Cursor;
use super::isa::Isa;
use crate::workload::floats::Samples;

impl Hand for Samples {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; lists reserve, and four bytes at the end (H1).
        unsafe {
            let cursor = list::<I, f32>(cursor, &self.singles);
            let cursor = list::<I, f64>(cursor, &self.doubles);
            let cursor = list::<I, bool>(cursor, &self.flags);
            cursor.raw(self.rate.to_le_bytes()).check()
        }
    }
}

/// A list of floats or booleans.
///
/// # Safety
///
/// As for [`Hand::write`]; `T` is `f32`, `f64` or `bool`.
#[inline(always)]
unsafe fn list<I: Isa, T: Copy>(cursor: Cursor, list: &[T]) -> Cursor {
    let len_bytes = size_of_val(list);
    // SAFETY: the caller's duty; a length of ten bytes at most, then what was reserved and the room behind
    // it (H1). Neither type has padding.
    unsafe {
        let cursor = cursor.small::<I>(list.len()).reserve(len_bytes);
        if cfg!(target_endian = "little") || size_of::<T>() == 1 {
            ptr::copy_nonoverlapping(list.as_ptr().cast(), cursor.at(), len_bytes);
        } else {
            let from = list.as_ptr().cast::<u8>();
            for idx in 0..len_bytes {
                let in_element = idx % size_of::<T>();
                let mirrored = idx - in_element + (size_of::<T>() - 1 - in_element);
                cursor.at().add(idx).write(from.add(mirrored).read());
            }
        }
        cursor.advance(len_bytes)
    }
}
