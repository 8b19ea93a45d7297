//! The cursor: two addresses in registers, and one comparison per string.
//!
//! A check leaves [`ROOM`] bytes at the cursor. All that is written until the next check, wide stores that
//! overshoot included, fits in there: up to [`FIXED`] bytes of scalars, then one string of up to 128 bytes, which
//! checks behind itself. Longer strings make their own room. So no scalar is ever checked.
//!
//! A cursor must stay in registers: what is inlined passes it by value, and what is called takes its words and
//! answers two, for three would go through memory ([`Cursor::resume`]). Only growth, which is cold, touches the vector.

use core::hint::select_unpredictable;
use core::ptr;

use super::isa::{Isa, zigzag_i16, zigzag_i32, zigzag_i64};
use super::portable::Portable;

/// Bytes that may be written at the cursor after a check.
pub const ROOM: usize = 448;

/// Bytes of scalars between two checks, at most. One string of 130 bytes with its length, and the
/// overshoot of the last store, fit behind them.
pub const FIXED: usize = 120;

/// Where the next byte goes.
#[derive(Debug, Clone, Copy)]
pub struct Cursor {
    at: *mut u8,
    /// [`ROOM`] bytes before the end of the allocation.
    limit: *mut u8,
    buffer: *mut Vec<u8>,
}

impl Cursor {
    /// A cursor behind what a vector holds, with room.
    #[inline(always)]
    pub(super) fn at_end_of(buffer: &mut Vec<u8>) -> Self {
        if buffer.capacity() - buffer.len() < ROOM {
            make_room(buffer, ROOM);
        }
        Self::with_room(buffer)
    }

    /// Of a vector that has room.
    #[inline(always)]
    fn with_room(buffer: &mut Vec<u8>) -> Self {
        let (len, capacity) = (buffer.len(), buffer.capacity());
        let start = buffer.as_mut_ptr();
        debug_assert!(capacity - len >= ROOM);
        // SAFETY: both lie in the allocation, which has room behind `len`.
        let (at, limit) = unsafe { (start.add(len), start.add(capacity - ROOM)) };
        Self { at, limit, buffer }
    }

    /// Gives the vector its new length.
    ///
    /// # Safety
    ///
    /// The vector lives, and every byte before the cursor is written.
    #[inline(always)]
    pub(super) unsafe fn finish(self) {
        // SAFETY: the caller's duty; the cursor lies in the vector's allocation.
        unsafe {
            let buffer = &mut *self.buffer;
            let len = self.at.offset_from_unsigned(buffer.as_ptr());
            buffer.set_len(len);
        }
    }

    /// Where the next byte goes.
    #[inline(always)]
    pub(super) fn at(self) -> *mut u8 {
        self.at
    }

    /// The same cursor, further on.
    ///
    /// # Safety
    ///
    /// So many bytes have been written (H1).
    #[inline(always)]
    pub(super) unsafe fn advance(mut self, len_bytes: usize) -> Self {
        // SAFETY: the caller wrote them, so they are in the allocation.
        self.at = unsafe { self.at.add(len_bytes) };
        debug_assert!(self.at.addr() <= self.limit.addr() + ROOM, "no room");
        self
    }

    /// The same cursor at an address that is further on.
    ///
    /// # Safety
    ///
    /// The bytes up to there have been written (H1).
    #[inline(always)]
    #[cfg(target_arch = "x86_64")]
    pub(super) unsafe fn moved_to(mut self, at: *mut u8) -> Self {
        debug_assert!(at.addr() <= self.limit.addr() + ROOM, "no room");
        self.at = at;
        self
    }

    /// Makes sure of [`ROOM`] bytes.
    ///
    /// # Safety
    ///
    /// Every byte before the cursor is written, and the vector lives.
    #[inline(always)]
    pub(super) unsafe fn check(self) -> Self {
        if self.at > self.limit {
            // SAFETY: the caller's duty.
            return unsafe { self.grow(ROOM) };
        }
        self
    }

    /// Makes sure of [`ROOM`] bytes behind `len_bytes` more.
    ///
    /// # Safety
    ///
    /// As for [`Self::check`].
    #[inline(always)]
    pub(super) unsafe fn reserve(self, len_bytes: usize) -> Self {
        let left = self.limit.addr().saturating_sub(self.at.addr());
        if left < len_bytes {
            // SAFETY: the caller's duty.
            return unsafe { self.grow(len_bytes.saturating_add(ROOM)) };
        }
        self
    }

    /// Makes room for so many bytes.
    ///
    /// # Safety
    ///
    /// As for [`Self::check`].
    #[inline(always)]
    unsafe fn grow(self, len_bytes: usize) -> Self {
        // SAFETY: the caller's duty.
        unsafe { self.resume(grow(self.at, self.buffer, len_bytes)) }
    }

    /// The words of the cursor, for a call.
    #[inline(always)]
    pub(super) fn words(self) -> (*mut u8, *mut u8, *mut Vec<u8>) {
        (self.at, self.limit, self.buffer)
    }

    /// The cursor of three words.
    ///
    /// # Safety
    ///
    /// They are those of one, or of what was called with one.
    #[inline(always)]
    pub(super) unsafe fn from_words(at: *mut u8, limit: *mut u8, buffer: *mut Vec<u8>) -> Self {
        Self { at, limit, buffer }
    }

    /// The cursor after a call that answered its first two words.
    ///
    /// # Safety
    ///
    /// The call was made with this cursor's words.
    #[inline(always)]
    pub(super) unsafe fn resume(self, (at, limit): (*mut u8, *mut u8)) -> Self {
        Self { at, limit, ..self }
    }
}

/// Gives the vector its new length and room.
///
/// # Safety
///
/// The words of a cursor whose vector lives, every byte before it written.
#[cold]
#[inline(never)]
unsafe fn grow(at: *mut u8, buffer: *mut Vec<u8>, len_bytes: usize) -> (*mut u8, *mut u8) {
    // SAFETY: the vector lives, and its bytes up to the cursor are written.
    let cursor = unsafe {
        let buffer = &mut *buffer;
        buffer.set_len(at.offset_from_unsigned(buffer.as_ptr()));
        make_room(buffer, len_bytes);
        Cursor::with_room(buffer)
    };
    (cursor.at, cursor.limit)
}

#[cold]
#[inline(never)]
fn make_room(buffer: &mut Vec<u8>, len_bytes: usize) {
    buffer.reserve(len_bytes);
}

/// Scalars. Each takes from [`FIXED`] what it can have at most.
///
/// # Safety
///
/// Of all: the cursor has room for it (H1), and the processor has what `I` uses.
#[allow(clippy::missing_safety_doc, reason = "one duty for all, above")]
impl Cursor {
    /// A byte as it is.
    #[inline(always)]
    pub(super) unsafe fn byte(self, byte: u8) -> Self {
        // SAFETY: the caller's duty.
        unsafe {
            self.at.write(byte);
            self.advance(1)
        }
    }

    /// Bytes as they are.
    #[inline(always)]
    pub(super) unsafe fn raw<const N: usize>(self, bytes: [u8; N]) -> Self {
        // SAFETY: the caller's duty; an array of bytes has no alignment.
        unsafe {
            self.at.cast::<[u8; N]>().write(bytes);
            self.advance(N)
        }
    }

    /// At most 3 bytes.
    #[inline(always)]
    pub(super) unsafe fn u16<I: Isa>(self, value: u16) -> Self {
        // SAFETY: the caller's duty.
        unsafe { self.u32::<I>(value.into()) }
    }

    /// At most 5 bytes.
    #[inline(always)]
    pub(super) unsafe fn u32<I: Isa>(self, value: u32) -> Self {
        // SAFETY: the caller's duty.
        unsafe { self.advance(I::varint_u32(self.at, value)) }
    }

    /// At most 10 bytes.
    #[inline(always)]
    pub(super) unsafe fn u64<I: Isa>(self, value: u64) -> Self {
        // SAFETY: the caller's duty.
        unsafe { self.advance(I::varint_u64(self.at, value)) }
    }

    /// At most 3 bytes.
    #[inline(always)]
    pub(super) unsafe fn i16<I: Isa>(self, value: i16) -> Self {
        // SAFETY: the caller's duty.
        unsafe { self.u16::<I>(zigzag_i16(value)) }
    }

    /// At most 5 bytes.
    #[inline(always)]
    pub(super) unsafe fn i32<I: Isa>(self, value: i32) -> Self {
        // SAFETY: the caller's duty.
        unsafe { self.u32::<I>(zigzag_i32(value)) }
    }

    /// At most 10 bytes.
    #[inline(always)]
    pub(super) unsafe fn i64<I: Isa>(self, value: i64) -> Self {
        // SAFETY: the caller's duty.
        unsafe { self.u64::<I>(zigzag_i64(value)) }
    }

    /// A number that is mostly below 128: at most 10 bytes.
    #[inline(always)]
    pub(super) unsafe fn small<I: Isa>(self, value: usize) -> Self {
        // SAFETY: the caller's duty.
        unsafe {
            if value < 0x80 {
                return self.byte(low_byte(value));
            }
            self.u64::<I>(value as u64)
        }
    }

    /// An option of a number, without a branch: at most 6 bytes.
    #[inline(always)]
    pub(super) unsafe fn option_u32<I: Isa>(self, value: &Option<u32>) -> Self {
        let some = value.as_slice().len();
        let value = *or_else(value, &0);
        // SAFETY: the caller's duty; what is written for `None` is not kept.
        unsafe {
            self.at.write(low_byte(some));
            let len = I::varint_u32(self.at.add(1), value);
            self.advance(1 + (len & some.wrapping_neg()))
        }
    }

    /// An option of a number, without a branch: at most 11 bytes.
    #[inline(always)]
    pub(super) unsafe fn option_u64<I: Isa>(self, value: &Option<u64>) -> Self {
        let some = value.as_slice().len();
        let value = *or_else(value, &0);
        // SAFETY: the caller's duty; what is written for `None` is not kept.
        unsafe {
            self.at.write(low_byte(some));
            let len = I::varint_u64(self.at.add(1), value);
            self.advance(1 + (len & some.wrapping_neg()))
        }
    }
}

/// What has a length. Each checks behind itself.
///
/// # Safety
///
/// Of all: at most [`FIXED`] bytes of scalars were written since the last check (H1), and the processor has what
/// `I` uses.
#[allow(clippy::missing_safety_doc, reason = "one duty for all, above")]
impl Cursor {
    /// A length and bytes, of which there may well be none: at the address of nothing, which is none, a load that masks everything out takes
    /// long.
    #[inline(always)]
    pub(super) unsafe fn bytes<I: Isa>(self, bytes: &[u8]) -> Self {
        // SAFETY: the caller's duty.
        unsafe {
            if bytes.is_empty() {
                return self.byte(0).check();
            }
            self.some_bytes::<I>(bytes)
        }
    }

    /// A length and text.
    #[inline(always)]
    pub(super) unsafe fn text<I: Isa>(self, text: &str) -> Self {
        // SAFETY: the caller's duty.
        unsafe { self.some_bytes::<I>(text.as_bytes()) }
    }

    /// The same, where most are of up to 16 bytes.
    #[inline(always)]
    pub(super) unsafe fn short_text<I: Isa>(self, text: &str) -> Self {
        let len = text.len();
        // SAFETY: the caller's duty; a byte and 32 bytes are in the room.
        unsafe {
            if len > 16 {
                return self.text::<I>(text);
            }
            self.at.write(low_byte(len));
            I::copy_to_16(self.at.add(1), text.as_ptr(), len);
            self.advance(1 + len).check()
        }
    }

    /// A length and bytes.
    #[inline(always)]
    unsafe fn some_bytes<I: Isa>(self, bytes: &[u8]) -> Self {
        let len = bytes.len();
        // SAFETY: a byte and 128 bytes are in the room; longer ones reserve.
        unsafe {
            if len <= 32 {
                self.at.write(low_byte(len));
                I::copy_to_32(self.at.add(1), bytes.as_ptr(), len);
                return self.advance(1 + len).check();
            }
            if len < 128 {
                self.at.write(low_byte(len));
                I::copy_33_to_128(self.at.add(1), bytes.as_ptr(), len);
                return self.advance(1 + len).check();
            }
            self.resume(long_bytes(self.at, self.limit, self.buffer, bytes))
        }
    }

    /// An option of text, with a branch: for where it is nearly always the same.
    #[inline(always)]
    pub(super) unsafe fn option_text<I: Isa>(self, text: Option<&str>) -> Self {
        // SAFETY: the caller's duty.
        unsafe {
            match text {
                Some(text) => self.byte(1).text::<I>(text),
                None => self.byte(0).check(),
            }
        }
    }
}

/// A length and bytes that are more than the room takes.
///
/// # Safety
///
/// As for [`Cursor::bytes`], with the words of the cursor; the answer is for [`Cursor::resume`].
#[cold]
#[inline(never)]
unsafe fn long_bytes(
    at: *mut u8,
    limit: *mut u8,
    buffer: *mut Vec<u8>,
    bytes: &[u8],
) -> (*mut u8, *mut u8) {
    // SAFETY: the caller's duty, and the reservation.
    let cursor = unsafe {
        let cursor = Cursor::from_words(at, limit, buffer);
        let cursor = cursor.small::<Portable>(bytes.len()).reserve(bytes.len());
        ptr::copy_nonoverlapping(bytes.as_ptr(), cursor.at, bytes.len());
        cursor.advance(bytes.len())
    };
    (cursor.at, cursor.limit)
}

/// What is in an option, or something else, without a branch.
#[inline(always)]
pub(super) fn or_else<'a, T>(option: &'a Option<T>, other: &'a T) -> &'a T {
    let inside = option.as_slice();
    let chosen = select_unpredictable(!inside.is_empty(), inside.as_ptr(), other);
    // SAFETY: the first is what is in the option if there is something, the second a reference.
    unsafe { &*chosen }
}

/// The low eight bits.
#[inline(always)]
pub(super) fn low_byte(value: usize) -> u8 {
    value.to_le_bytes()[0]
}
