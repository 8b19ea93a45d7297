//! Lists of integers as varints: the length, room for a block at least, and a [`Routine`] that writes what fits.

use super::element::{Element, Routine};
use super::ensure;
use crate::cx::EncodeCx;
use crate::entry_fn;
use crate::program::MAX_RESERVE;
use crate::wire::varint;

/// Elements room is made for at once.
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
        // SAFETY: the caller's duty.
        let mut out = unsafe { ensure(cx, out, varint::MAX_LEN_U64 + len.min(BLOCK) * T::MAX_LEN) };
        if out.is_null() {
            return out;
        }
        // SAFETY: room for a varint was just made.
        out = unsafe { varint::write_u64(out, len as u64) };
        let mut done = 0;
        while done < len {
            let least = BLOCK.min(len - done) * T::MAX_LEN;
            // SAFETY: the caller's duty; elements from `done` on are within the list, and the room is there.
            unsafe {
                out = ensure(cx, out, least);
                if out.is_null() {
                    return out;
                }
                let (end, written) = R::write_in(out, from.add(done), len - done, cx.spare(out));
                out = end;
                done += written;
            }
        }
        // SAFETY: the caller's duty.
        unsafe { ensure(cx, out, spare) }
    }
}
