//! Copying short strings, and what a variant of an enum in a list has, without regard to the length.
//!
//! Two loads and two stores of 16 bytes copy any string of up to 32 bytes. They read beyond its end, which is
//! no matter for the processor as long as it stays in the page of the first byte, and undefined in
//! Rust: the loads are assembly (A11). Memory checkers see such reads; the feature `exact-reads` and Miri
//! turn them off, as does an architecture without assembly here.
//!
//! Not here: strings machine code copies, of which it reads less beyond the end ([`crate::interp`] is who calls this).

use super::arch;

/// The longest string copied so.
pub(crate) const LEN: usize = 32;
const _: () = assert!(LEN <= crate::cx::OVERSHOOT);

/// A page is at least this long everywhere, and its start a multiple of it.
pub(super) const PAGE: usize = 4096;

/// What is read in place of something that is empty or not there: the address of such is none. As long as the widest register.
#[repr(align(64))]
#[derive(Debug)]
pub struct Nothing([u8; 64]);
const _: () = assert!(LEN <= size_of::<Nothing>());

/// See its type.
pub static NOTHING: Nothing = Nothing([0; 64]);

impl Nothing {
    /// Where it is.
    #[must_use]
    pub const fn as_ptr(&self) -> *const u8 {
        self.0.as_ptr()
    }
}

/// Whether [`LEN`] bytes from an address on are in its page, so that they can be read when
/// the first can.
#[inline]
pub(super) fn stays_in_page(from: *const u8) -> bool {
    from.addr() % PAGE <= PAGE - LEN
}

/// Whether that is so, and reads beyond the end are made at all.
#[inline]
pub(crate) fn may_read(from: *const u8) -> bool {
    arch::over_copy::IS_AVAILABLE && stays_in_page(from)
}

/// Copies [`LEN`] bytes, of which the caller wants fewer.
///
/// # Safety
///
/// The first byte at `from` can be read and [`may_read`] said so. [`LEN`] bytes may be written
/// at `to`.
#[inline]
pub(crate) unsafe fn copy(to: *mut u8, from: *const u8) {
    // SAFETY: the caller's duty.
    unsafe { arch::over_copy::copy_32(to, from) }
}

/// Whether a string is neither empty (the address of nothing is no address) nor longer than [`LEN`].
#[inline]
pub(crate) fn is_short(len: usize) -> bool {
    len.wrapping_sub(1) < LEN
}

/// Whether a string may be written by [`write`]: it is short, and not at the end of a page.
#[inline]
pub(crate) fn may_write(from: *const u8, len: usize) -> bool {
    is_short(len) && may_read(from)
}

/// Writes the length of a string, which is one byte, and the string, and answers the end.
///
/// # Safety
///
/// The string is at `from` and [`may_write`] said so. `1 + LEN` bytes may be written at `out`.
#[inline]
pub(crate) unsafe fn write(out: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    // SAFETY: the caller's duty; what is copied too much is behind the end.
    unsafe {
        out.write(len.to_le_bytes()[0]);
        copy(out.add(1), from);
        out.add(1 + len)
    }
}
