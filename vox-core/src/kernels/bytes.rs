//! Runs of bytes whose memory form is their wire form.
//!
//! Short runs, by far the most, are copied by two overlapping loads and stores of
//! one width: a `memcpy` call costs several times the copy. Nothing outside the
//! run is read, except bytes behind the end of a short string ([`over`]).

use super::{ensure, over};
use crate::cx::EncodeCx;
use crate::entry_fn;
use crate::wire::varint::{self, MAX_LEN_U64};

/// Copies through two values of `T` that overlap in the middle.
///
/// # Safety
///
/// `len` is between `size_of::<T>()` and twice that; `len` bytes can be read at
/// `from` and written at `to`, without overlap.
#[inline]
unsafe fn copy_ends<T: Copy>(to: *mut u8, from: *const u8, len: usize) {
    let last = len - size_of::<T>();
    // SAFETY: both values lie within the `len` bytes.
    unsafe {
        let head = from.cast::<T>().read_unaligned();
        let tail = from.add(last).cast::<T>().read_unaligned();
        to.cast::<T>().write_unaligned(head);
        to.add(last).cast::<T>().write_unaligned(tail);
    }
}

/// Copies `len` bytes.
///
/// # Safety
///
/// `len` bytes can be read at `from` and written at `to`, without overlap.
#[inline]
pub(crate) unsafe fn copy(to: *mut u8, from: *const u8, len: usize) {
    // SAFETY: the caller's duty; each arm is within the bounds of `copy_ends`.
    unsafe {
        match len {
            0 => {}
            1 => to.write(from.read()),
            2..=3 => copy_ends::<[u8; 2]>(to, from, len),
            4..=7 => copy_ends::<[u8; 4]>(to, from, len),
            8..=15 => copy_ends::<[u8; 8]>(to, from, len),
            16..=32 => copy_ends::<[u8; 16]>(to, from, len),
            33..=64 => copy_ends::<[u8; 32]>(to, from, len),
            65..=128 => copy_ends::<[u8; 64]>(to, from, len),
            _ => to.copy_from_nonoverlapping(from, len),
        }
    }
}

/// Whether a string is of medium length: longer than what is copied without regard to that, and no more than twice as long.
#[inline]
pub(crate) fn is_medium(len: usize) -> bool {
    len.wrapping_sub(over::LEN + 1) < over::LEN
}

/// Writes the length of a string of medium length, which is one byte, and the string, and answers the end.
///
/// # Safety
///
/// The string is at `from` and [`is_medium`] said so of its length. `1 + len` bytes may be written at `out`.
#[inline]
pub(crate) unsafe fn write_medium(out: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe {
        out.write(len.to_le_bytes()[0]);
        copy_ends::<[u8; over::LEN]>(out.add(1), from, len);
        out.add(1 + len)
    }
}

/// As [`write_bytes`], and faster for short strings, by far the most: they are copied without regard to their
/// length.
///
/// # Safety
///
/// As for [`write_bytes`].
#[inline]
pub unsafe fn write_string(
    cx: *mut EncodeCx,
    out: *mut u8,
    ptr: *const u8,
    len: usize,
    spare: usize,
) -> *mut u8 {
    if over::may_write(ptr, len)
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        && unsafe { &*cx }.spare(out) >= 1 + len + spare
    {
        // SAFETY: there is room for the string, and the overshoot behind it (A7);
        // reading beyond its end stays in the page (A11).
        return unsafe { over::write(out, ptr, len) };
    }
    // SAFETY: as above.
    if is_medium(len) && unsafe { &*cx }.spare(out) >= 1 + len + spare {
        // SAFETY: there is room for the string.
        return unsafe { write_medium(out, ptr, len) };
    }
    // SAFETY: the caller's duty.
    unsafe { write_bytes(cx, out, ptr, len, spare) }
}

entry_fn! {
    /// Writes a length and that many bytes, and leaves `spare` bytes of room.
    /// Null when there is none to be had.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `out` its cursor, `ptr` and `len` a
    /// run of initialised bytes outside the output.
    pub unsafe fn write_bytes(cx: *mut EncodeCx, out: *mut u8, ptr: *const u8, len: usize, spare: usize) -> *mut u8 {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        let cx = unsafe { &mut *cx };
        // SAFETY: as in `append`, which writes the bytes.
        let out = unsafe { ensure(cx, out, MAX_LEN_U64) };
        if out.is_null() {
            return out;
        }
        // SAFETY: room for a varint was just made.
        let out = unsafe { varint::write_u64(out, len as u64) };
        // SAFETY: the caller's duty.
        unsafe { append(cx, out, ptr, len, spare) }
    }
}

entry_fn! {
    /// Writes a run of bytes without its length, and leaves `spare` bytes of
    /// room. Null when there is none to be had.
    ///
    /// # Safety
    ///
    /// As for `write_bytes`.
    pub unsafe fn append(cx: *mut EncodeCx, out: *mut u8, ptr: *const u8, len: usize, spare: usize) -> *mut u8 {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        let cx = unsafe { &mut *cx };
        // Runs are at most isize::MAX bytes, reserves are small: no overflow.
        if cx.spare(out) < len + spare {
            let bulk = cx.constants.bulk;
            // SAFETY: the caller's duty; `bulk` was made for the sink of this state (A3).
            return unsafe { bulk(cx, out, ptr, len, spare) };
        }
        // SAFETY: there is room, and the run is outside the output.
        unsafe {
            copy(out, ptr, len);
            out.add(len)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_every_length_and_alignment_touch_nothing_else() {
        let source: Vec<u8> = (0..=255).cycle().take(600).collect();
        // Under Miri, which is slow: the ends of each arm, and no alignment decides anything.
        let is_end = |len: &usize| {
            let near = [len.wrapping_sub(1), *len, len + 1];
            near.iter().any(|len| len.is_power_of_two())
        };
        let lens = (0..=300).chain([511, 512, 513]);
        for len in lens.filter(|len| !cfg!(miri) || is_end(len)) {
            for shift in (0..17).step_by(if cfg!(miri) { 8 } else { 1 }) {
                let mut to = vec![0xa5_u8; len + 64];
                // SAFETY: both have room for `len` bytes behind `shift`.
                unsafe { copy(to.as_mut_ptr().add(shift), source.as_ptr().add(shift), len) };
                assert_eq!(to[shift..shift + len], source[shift..shift + len]);
                assert!(to[..shift].iter().all(|byte| *byte == 0xa5));
                assert!(to[shift + len..].iter().all(|byte| *byte == 0xa5));
            }
        }
    }
}
