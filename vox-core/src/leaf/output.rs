//! Where a leaf function writes to: the cursor it was given, and the pieces a
//! form is put together from.
//!
//! The raw cursor is handled here and nowhere else in this module: [`Output`] is
//! made once per call, by an unsafe function, and given up by the one method
//! that writes.

#[cfg(any(
    feature = "chrono",
    feature = "jiff02",
    feature = "rust_decimal",
    feature = "semver"
))]
mod display;

use core::ptr;

use crate::cx::{EncodeCx, Failure};
use crate::wire::varint;

/// Below this a copy of our own is cheaper than the sink's cold path.
const SHORT_LEN: usize = 1024;

/// The cursor of a running encode, and the room asked for behind the value.
pub(super) struct Output {
    cx: *mut EncodeCx,
    out: *mut u8,
    spare: usize,
}

impl Output {
    /// # Safety
    ///
    /// `cx` is the state of a running encode, in which a function of ours runs now, and
    /// `out` its cursor.
    pub(super) const unsafe fn new(cx: *mut EncodeCx, out: *mut u8, spare: usize) -> Self {
        Self { cx, out, spare }
    }

    /// Writes nothing: the value cannot be encoded.
    pub(super) fn fail(self, failure: Failure) -> *mut u8 {
        // SAFETY: the state is ours while a function of ours runs (A3).
        let cx = unsafe { &mut *self.cx };
        cx.fail(failure)
    }

    /// Writes these bytes and no length.
    pub(super) fn raw(self, bytes: &[u8]) -> *mut u8 {
        // SAFETY: by `new`; `len` bytes may be written where `make_room` says.
        unsafe {
            let out = self.make_room(bytes.len() + self.spare);
            if out.is_null() {
                return out;
            }
            ptr::copy_nonoverlapping(bytes.as_ptr(), out, bytes.len());
            out.add(bytes.len())
        }
    }

    /// Writes the length and these bytes.
    pub(super) fn bytes(self, bytes: &[u8]) -> *mut u8 {
        let short = bytes.len() <= SHORT_LEN;
        let rest = if short { bytes.len() + self.spare } else { 0 };
        // A length has at most 64 bits on the targets Rust has.
        let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        // SAFETY: by `new`; the room made covers the length, and the bytes and the
        // spare ones too when there are few (A3).
        unsafe {
            let out = self.make_room(varint::MAX_LEN_U64 + rest);
            if out.is_null() {
                return out;
            }
            let out = varint::write_u64(out, len);
            if short {
                ptr::copy_nonoverlapping(bytes.as_ptr(), out, bytes.len());
                out.add(bytes.len())
            } else {
                ((*self.cx).constants.bulk)(self.cx, out, bytes.as_ptr(), bytes.len(), self.spare)
            }
        }
    }

    /// Writes a string.
    pub(super) fn text(self, text: &str) -> *mut u8 {
        self.bytes(text.as_bytes())
    }

    /// Writes a variant's number below 128 and a string.
    #[cfg(feature = "url")]
    pub(super) fn numbered_text(self, variant: u8, text: &str) -> *mut u8 {
        // SAFETY: by `new`; there is room for the byte and for more behind it, which the
        // string asks for again (A3).
        let out = unsafe { self.make_room(1) };
        if out.is_null() {
            return out;
        }
        // SAFETY: as above.
        let rest = unsafe {
            out.write(variant);
            Self::new(self.cx, out.add(1), self.spare)
        };
        rest.text(text)
    }

    /// Makes sure that `wanted` bytes can be written at the cursor it answers;
    /// null when no room could be made.
    ///
    /// # Safety
    ///
    /// As for [`Self::new`].
    unsafe fn make_room(&self, wanted: usize) -> *mut u8 {
        // SAFETY: the state is ours to read while a function of ours runs, and
        // `grow` belongs to its sink (assumption A3).
        unsafe {
            if (*self.cx).spare(self.out) >= wanted {
                self.out
            } else {
                ((*self.cx).constants.grow)(self.cx, self.out, wanted)
            }
        }
    }
}

/// A form of few bytes, put together before it is written at once.
pub(super) struct Form {
    bytes: [u8; Self::MAX_LEN],
    len: usize,
}

impl Form {
    /// Enough for each of them: the longest is a date with time and offset.
    const MAX_LEN: usize = 32;

    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; Self::MAX_LEN],
            len: 0,
        }
    }

    /// Adds bytes as they are.
    pub(super) fn push(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
        self
    }

    /// Adds an unsigned varint.
    pub(super) fn unsigned(&mut self, value: u64) -> &mut Self {
        let mut rest = value;
        loop {
            let [low, ..] = rest.to_le_bytes();
            rest >>= 7;
            if rest == 0 {
                return self.push(&[low & 0x7f]);
            }
            self.push(&[low | 0x80]);
        }
    }

    /// Adds a signed varint.
    #[cfg(any(feature = "chrono", feature = "time"))]
    pub(super) fn signed(&mut self, value: i64) -> &mut Self {
        self.unsigned(((value << 1) ^ (value >> 63)).cast_unsigned())
    }

    /// Everything added.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}
