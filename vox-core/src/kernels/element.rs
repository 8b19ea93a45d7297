//! Integers as list elements, and what a routine for a list of them is.

use crate::wire::{varint, zigzag};

/// An integer as a list element.
pub(super) trait Element: Copy {
    /// The most bytes its varint takes.
    const MAX_LEN: usize;
    /// The number that is written as a varint.
    fn wire(self) -> u64;
}

macro_rules! elements {
    ($($ty:ty, $max_len:ident, |$value:ident| $wire:expr;)*) => { $(
        impl Element for $ty {
            const MAX_LEN: usize = varint::$max_len;
            #[inline]
            fn wire(self) -> u64 {
                let $value = self;
                u64::from($wire)
            }
        }
    )* };
}

elements! {
    u16, MAX_LEN_U16, |value| value;
    u32, MAX_LEN_U32, |value| value;
    u64, MAX_LEN_U64, |value| value;
    i16, MAX_LEN_U16, |value| zigzag::encode_i16(value);
    i32, MAX_LEN_U32, |value| zigzag::encode_i32(value);
    i64, MAX_LEN_U64, |value| zigzag::encode_i64(value);
}

/// A way to write integers that follow each other in memory, for some processors.
pub(super) trait Routine<T: Element> {
    /// Writes `count` elements as varints and answers the end.
    ///
    /// # Safety
    ///
    /// The processor has the instructions of this routine. `count` elements can be read at
    /// `from`, which need not be aligned, and nothing else there is read. `count *
    /// T::MAX_LEN` bytes and the overshoot may be written at `out`.
    unsafe fn write(out: *mut u8, from: *const T, count: usize) -> *mut u8;

    /// Writes the first of `count` elements for as long as the longest varints would fit into `room` bytes, and answers the end
    /// and how many they are: all, if there is room for all. A routine that looks at the room as it goes need not be called again for
    /// values that turn out short.
    ///
    /// # Safety
    ///
    /// As for [`Self::write`], but for the room: it is `room` bytes and the overshoot.
    #[inline]
    unsafe fn write_in(
        out: *mut u8,
        from: *const T,
        count: usize,
        room: usize,
    ) -> (*mut u8, usize) {
        let count = count.min(room / T::MAX_LEN);
        // SAFETY: the caller's duty; so many have room.
        (unsafe { Self::write(out, from, count) }, count)
    }
}
