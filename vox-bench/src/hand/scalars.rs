//! Flat structs of 64 scalars: runs where equal types lie next to each other, else one by one.

use core::mem::offset_of;

use super::Hand;
use super::cursor::Cursor;
use super::isa::Isa;
use crate::workload::scalars::{Mixed, Runs};

impl Hand for u8 {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty.
        unsafe { cursor.byte(*self) }
    }
}

macro_rules! eight_fields {
    ($self:ident, $cursor:ident, $(($flag:ident, $byte:ident, $short:ident, $word:ident,
        $long:ident, $signed:ident, $wide:ident, $thin:ident),)*) => {$(
        $cursor = $cursor
            .raw([$self.$flag.into(), $self.$byte])
            .u16::<I>($self.$short)
            .u32::<I>($self.$word)
            .u64::<I>($self.$long)
            .i32::<I>($self.$signed)
            .i64::<I>($self.$wide)
            .i16::<I>($self.$thin)
            .check();
    )*};
}

impl Hand for Mixed {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, mut cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; 38 bytes of scalars at most between two checks (H1).
        unsafe {
            eight_fields! {
                self, cursor,
                (flag_0, byte_0, short_0, word_0, long_0, signed_0, wide_0, thin_0),
                (flag_1, byte_1, short_1, word_1, long_1, signed_1, wide_1, thin_1),
                (flag_2, byte_2, short_2, word_2, long_2, signed_2, wide_2, thin_2),
                (flag_3, byte_3, short_3, word_3, long_3, signed_3, wide_3, thin_3),
                (flag_4, byte_4, short_4, word_4, long_4, signed_4, wide_4, thin_4),
                (flag_5, byte_5, short_5, word_5, long_5, signed_5, wide_5, thin_5),
                (flag_6, byte_6, short_6, word_6, long_6, signed_6, wide_6, thin_6),
                (flag_7, byte_7, short_7, word_7, long_7, signed_7, wide_7, thin_7),
            }
        }
        cursor
    }
}

/// Fields of one type that lie next to each other, in the order of their names: as a slice. Where the compiler
/// laid them out otherwise, which it may, the program does not compile.
macro_rules! run {
    ($self:ident, $kind:ty, $first:ident $($rest:ident)*) => {{
        const FIRST: usize = offset_of!(Runs, $first);
        const LEN: usize = {
            let mut len = 1;
            $(
                assert!(offset_of!(Runs, $rest) == FIRST + len * size_of::<$kind>());
                len += 1;
            )*
            len
        };
        let start = core::ptr::from_ref($self).byte_add(FIRST).cast::<$kind>();
        core::slice::from_raw_parts(start, LEN)
    }};
}

impl Hand for Runs {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        // SAFETY: the caller's duty; runs check (H1). The slices are fields of `self`, as asserted.
        unsafe {
            let words = run!(self, u32,
                word_0 word_1 word_2 word_3 word_4 word_5 word_6 word_7
                word_8 word_9 word_10 word_11 word_12 word_13 word_14 word_15);
            let longs = run!(self, u64,
                long_0 long_1 long_2 long_3 long_4 long_5 long_6 long_7
                long_8 long_9 long_10 long_11 long_12 long_13 long_14 long_15);
            let signed = run!(self, i32,
                signed_0 signed_1 signed_2 signed_3 signed_4 signed_5 signed_6 signed_7
                signed_8 signed_9 signed_10 signed_11 signed_12 signed_13 signed_14 signed_15);
            let wide = run!(self, i64,
                wide_0 wide_1 wide_2 wide_3 wide_4 wide_5 wide_6 wide_7);
            let flags = run!(self, bool,
                flag_0 flag_1 flag_2 flag_3 flag_4 flag_5 flag_6 flag_7);
            let cursor = I::run_u32(cursor, words);
            let cursor = I::run_u64(cursor, longs);
            let cursor = I::run_i32(cursor, signed);
            let cursor = I::run_i64(cursor, wide);
            let flags = flags.as_ptr().cast::<[u8; 8]>().read();
            cursor.raw(flags).check()
        }
    }
}
