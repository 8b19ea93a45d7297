//! Strings, and what lists need that is no loop of the emitted code.

use core::ptr;

use vox_core::cx::{EncodeCx, Failure};
use vox_core::entry_fn;
use vox_core::kernels::bytes;
use vox_core::slot::Slot;
use vox_core::wire::varint;

use super::cold::failed_element;

/// Bytes a length takes at most.
const LEN: usize = varint::MAX_LEN_U64;

/// Where a string has its address and its length.
pub(super) trait Layout {
    const PTR: usize;
    const LEN: usize;
    /// Bytes of the whole.
    const SIZE: usize;
}

/// Slices and boxes, as they are found to be today.
pub(super) struct At0;

impl Layout for At0 {
    const PTR: usize = 0;
    const LEN: usize = 8;
    const SIZE: usize = 16;
}

/// Vectors and strings, as they are found to be today.
pub(super) struct At8;

impl Layout for At8 {
    const PTR: usize = 8;
    const LEN: usize = 16;
    const SIZE: usize = 24;
}

/// The address and the length.
///
/// # Safety
///
/// Something of the layout is at `at` (A4).
#[inline]
unsafe fn parts<L: Layout>(at: *const u8) -> (*const u8, usize) {
    // SAFETY: the caller's duty.
    unsafe {
        let ptr = at.add(L::PTR).cast::<*const u8>().read_unaligned();
        (ptr, at.add(L::LEN).cast::<usize>().read_unaligned())
    }
}

entry_fn! {
    /// Writes the string or list of bytes whose address and length are at these distances
    /// from `at`, and leaves `spare` bytes of room.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode and `out` its cursor; the layout was probed and holds (A4), the bytes are
    /// initialised (A6).
    pub(super) unsafe fn write_string<L: Layout>(out: *mut u8, cx: *mut EncodeCx, at: *const u8, spare: usize) -> *mut u8 {
        // SAFETY: the caller's duty. The length is read once.
        unsafe {
            let (ptr, len) = parts::<L>(at);
            bytes::write_string(cx, out, ptr, len, spare)
        }
    }
}

entry_fn! {
    /// As [`write_string`], and leaves no room: most strings are followed by something that makes its own.
    ///
    /// # Safety
    ///
    /// As for [`write_string`].
    pub(super) unsafe fn write_last_string<L: Layout>(out: *mut u8, cx: *mut EncodeCx, at: *const u8) -> *mut u8 {
        // SAFETY: the caller's duty. The length is read once.
        unsafe {
            let (ptr, len) = parts::<L>(at);
            bytes::write_string(cx, out, ptr, len, 0)
        }
    }
}

entry_fn! {
    /// Writes the list of strings at `at`, and leaves `spare` bytes of room. When a string fails, the way to it is recorded,
    /// with this path of the list.
    ///
    /// # Safety
    ///
    /// As for [`write_string`], for the list of layout `L` and the strings of layout `S`; `slot` is that of the running
    /// code, the path is one of its program.
    pub(super) unsafe fn write_strings<L: Layout, S: Layout>(out: *mut u8, cx: *mut EncodeCx, at: *const u8, spare: usize, path: usize, slot: *const Slot) -> *mut u8 {
        // SAFETY: the caller's duty. The length is read once (A4).
        let (first, count) = unsafe { parts::<L>(at) };
        // SAFETY: the caller's duty; each string is one of `count` at `first`.
        unsafe {
            let mut out = begin_loop(out, cx, count, 1, slot);
            if out.is_null() {
                return out;
            }
            for index in 0..count {
                let (ptr, len) = parts::<S>(first.add(index * S::SIZE));
                out = bytes::write_string(cx, out, ptr, len, 0);
                if out.is_null() {
                    return failed_element(cx, slot, path, index);
                }
            }
            if (*cx).spare(out) < spare { grow(cx, out, spare) } else { out }
        }
    }
}

entry_fn! {
    /// Writes a length and that many bytes, and leaves `spare` bytes of room.
    ///
    /// # Safety
    ///
    /// As for [`write_string`]; `len` initialised bytes are at `ptr` (A6).
    pub(super) unsafe fn write_bytes(cx: *mut EncodeCx, out: *mut u8, ptr: *const u8, len: usize, spare: usize) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { bytes::write_string(cx, out, ptr, len, spare) }
    }
}

entry_fn! {
    /// Writes the length of a list of elements that are `width` bytes in memory and on the
    /// wire, then the elements, and leaves `spare` bytes of room.
    ///
    /// # Safety
    ///
    /// As for [`write_string`]; `len` elements are at `ptr`.
    pub(super) unsafe fn write_fixed(out: *mut u8, cx: *mut EncodeCx, ptr: *const u8, len: usize, width: usize, spare: usize) -> *mut u8 {
        let Some(bytes) = len.checked_mul(width) else {
            // SAFETY: the state is exclusively ours while a function of ours runs (A3).
            return unsafe { &mut *cx }.fail(Failure::OutOfMemory);
        };
        // SAFETY: the caller's duty.
        unsafe {
            let out = begin_list(out, cx, len, 0);
            if out.is_null() {
                return out;
            }
            bytes::append(cx, out, ptr, bytes, spare)
        }
    }
}

entry_fn! {
    /// Writes the length of a list and leaves `spare` bytes of room.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode and `out` its cursor.
    pub(super) unsafe fn begin_list(out: *mut u8, cx: *mut EncodeCx, len: usize, spare: usize) -> *mut u8 {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        let has_room = unsafe { &*cx }.spare(out) >= LEN + spare;
        let out = if has_room {
            out
        } else {
            // SAFETY: the caller's duty.
            unsafe { grow(cx, out, LEN + spare) }
        };
        if out.is_null() {
            return ptr::null_mut();
        }
        // SAFETY: room for a length was just made.
        unsafe { varint::write_u64(out, len as u64) }
    }
}

entry_fn! {
    /// Begins a list of elements that are emitted: writes the length, and adds what the elements take to the account of work.
    ///
    /// # Safety
    ///
    /// As for [`begin_list`]; `slot` is that of the running code.
    pub(super) unsafe fn begin_loop(out: *mut u8, cx: *mut EncodeCx, len: usize, work: usize, slot: *const Slot) -> *mut u8 {
        // SAFETY: the caller's duty (A12).
        unsafe { &*slot }.count((len as u64).saturating_mul(work as u64));
        // SAFETY: the caller's duty.
        unsafe { begin_list(out, cx, len, 0) }
    }
}

/// Makes room; null when there is none to be had.
///
/// # Safety
///
/// As for [`begin_list`].
#[cold]
#[inline(never)]
unsafe fn grow(cx: *mut EncodeCx, out: *mut u8, spare: usize) -> *mut u8 {
    // SAFETY: the state's own function, with its cursor (A3).
    unsafe { ((*cx).constants.grow)(cx, out, spare) }
}

entry_fn! {
    /// Copies bytes whose memory form is their wire form.
    ///
    /// # Safety
    ///
    /// `len` initialised bytes without padding are at `at` (A6), and have room at `out` (A7).
    pub(super) unsafe fn copy(out: *mut u8, at: *const u8, len: usize) -> *mut u8 {
        // SAFETY: the caller's duty; the output overlaps no value.
        unsafe {
            out.copy_from_nonoverlapping(at, len);
            out.add(len)
        }
    }
}
