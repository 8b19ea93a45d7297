//! What is appended at once.

/// The room for what is appended at once: as much as its length can say, and one more instruction. So nothing that is put
/// there needs a test whether it fits.
pub(super) const PIECE: usize = u8::MAX as usize + MAX_PUT;

/// The most bytes that are put into a piece at once.
const MAX_PUT: usize = 16;

/// What is appended at once. How long the code is stands in memory, and a processor takes some cycles to read what it just
/// wrote; within a piece, the length is in a register.
#[derive(Debug)]
pub(in crate::baseline::isa) struct Piece<'c> {
    room: &'c mut [u8; PIECE],
    len: u8,
}

impl<'c> Piece<'c> {
    #[inline(always)]
    pub(super) fn new(room: &'c mut [u8; PIECE]) -> Self {
        Self { room, len: 0 }
    }

    /// How many bytes were put.
    #[inline(always)]
    pub(super) fn len(&self) -> u32 {
        self.len.into()
    }
}

impl Piece<'_> {
    #[inline(always)]
    pub(in crate::baseline::isa) fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        self.put_first(bytes, N as u8);
    }

    /// Puts the first so many bytes of a word, the lowest first.
    #[inline(always)]
    pub(in crate::baseline::isa) fn put_word(&mut self, word: u64, len: u8) {
        self.put_first(word.to_le_bytes(), len);
    }

    /// Puts the first so many of these bytes.
    #[inline(always)]
    fn put_first<const N: usize>(&mut self, bytes: [u8; N], len: u8) {
        const { assert!(N <= MAX_PUT) };
        debug_assert!(usize::from(len) <= N, "more bytes than there are");
        let place = self.room[usize::from(self.len)..].first_chunk_mut();
        *place.expect("as much room as the length can say") = bytes;
        debug_assert!(self.len.checked_add(len).is_some(), "a long piece");
        self.len = self.len.wrapping_add(len);
    }

    /// What the macro calls for the parts of instructions that are known when it is expanded.
    #[inline(always)]
    pub(in crate::baseline::isa) fn extend<const N: usize>(&mut self, bytes: &[u8; N]) {
        self.put(*bytes);
    }
}

macro_rules! pushes {
    ($($name:ident: $ty:ty),*) => {
        /// What the macro calls for operands that are only known at run time.
        impl Piece<'_> {
            $(
                #[inline]
                pub(in crate::baseline::isa) fn $name(&mut self, value: $ty) {
                    self.put(value.to_le_bytes());
                }
            )*
        }
    };
}

pushes!(push_i8: i8, push_i32: i32, push_i64: i64, push_u32: u32);
