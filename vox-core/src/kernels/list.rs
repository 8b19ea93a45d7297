//! Lists of integers as varints: the length, room in blocks, and a [`Routine`] per block.

use super::element::{Element, Routine};
use super::ensure;
use crate::cx::EncodeCx;
use crate::entry_fn;
use crate::program::MAX_RESERVE;
use crate::wire::varint;

/// Elements one check for room covers.
const BLOCK: usize = 256;

const _: () = assert!(BLOCK * varint::MAX_LEN_U64 <= MAX_RESERVE as usize);

entry_fn! {
    /// Writes a length and that many varints, and leaves `spare` bytes of room; null
    /// when there is none to be had.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `out` its cursor, `ptr` and `len` a
    /// live list of this element, aligned or not. The processor has the
    /// instructions of the routine.
    pub(super) unsafe fn write<T: Element, R: Routine<T>>(cx: *mut EncodeCx, out: *mut u8, ptr: *const u8, len: usize, spare: usize) -> *mut u8 {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        let cx = unsafe { &mut *cx };
        let from = ptr.cast::<T>();
        let mut done = len.min(BLOCK);
        // SAFETY: the caller's duty.
        let mut out = unsafe { ensure(cx, out, varint::MAX_LEN_U64 + done * T::MAX_LEN) };
        if out.is_null() {
            return out;
        }
        // SAFETY: room for a varint and the first block was just made.
        unsafe {
            out = varint::write_u64(out, len as u64);
            out = R::write(out, from, done);
        }
        while done < len {
            let count = BLOCK.min(len - done);
            // SAFETY: the caller's duty; the block is within the list, with room made for it.
            unsafe {
                out = ensure(cx, out, count * T::MAX_LEN);
                if out.is_null() {
                    return out;
                }
                out = R::write(out, from.add(done), count);
            }
            done += count;
        }
        // SAFETY: the caller's duty.
        unsafe { ensure(cx, out, spare) }
    }
}
