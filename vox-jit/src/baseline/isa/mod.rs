//! What the baseline tier needs of an instruction set: some sixty short sequences.
//!
//! Four things live in registers that calls preserve: the state of the encode (*cx*), the address ops
//! are relative to (*base*), the table of handlers, and one word *kept* across a call. The cursor
//! (*out*) is where calls return their result, so an op that calls a handler has nothing to move after it.
//! Everything else that outlives a call is in numbered words of the frame.
//!
//! Both instruction sets are compiled and emitted on every host, as they are only data: what one of them cannot
//! express is found everywhere. [`Host`] is the one this process can run, if any.
//!
//! Not here: which sequences a program becomes ([`super::emit`]).

pub mod aarch64;
mod code;
pub(crate) mod ranges;
pub mod x86_64;

use vox_core::program::TagWidth;

pub use code::{Hole, Jump, Label, OutOfRange, Place, Range, Table};

/// The instruction set of this process.
#[cfg(target_arch = "x86_64")]
pub type Host = x86_64::X64;
/// The instruction set of this process.
#[cfg(target_arch = "aarch64")]
pub type Host = aarch64::Arm64;
/// There is no baseline tier for this processor; this one is never run.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub type Host = x86_64::X64;

/// Whether this process can run the code of [`Host`].
pub const HAS_HOST: bool = cfg!(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_endian = "little")
));

/// A word of the frame, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word(pub u32);

/// Two words of the frame that form a `Pair` in memory: its own address is that of `ptr`.
#[derive(Debug, Clone, Copy)]
pub struct PairWords {
    /// The first word in memory: the address.
    pub ptr: Word,
    /// The second: the length.
    pub len: Word,
}

/// The most words a frame has: less than a page, so that no frame steps over a guard page.
pub const MAX_WORDS: u32 = 400;

/// How far behind a jump a label may be for the short form of jumps, on any instruction set.
pub const NEAR: u32 = 127;

/// One instruction set. An offset `at` is relative to base.
///
/// Arguments are set by position, in the order of the entry convention. The cursor is moved before argument 0 is set
/// ([`Self::arg_out`]), for that may overwrite it.
pub trait Assembler: Default {
    /// Starts a function that will have at most `capacity` bytes. What was made before is forgotten, its memory used
    /// again.
    fn start(&mut self, capacity: usize);
    /// The finished code of a function whose frame has this many words. It stands until the next one is started.
    ///
    /// # Errors
    ///
    /// When a jump does not reach its label.
    fn finish(&mut self, words: u32) -> Result<&[u8], OutOfRange>;

    /// A label to be bound later.
    fn label(&mut self) -> Label;
    /// A label to be bound at most [`NEAR`] bytes behind each jump to it.
    fn near_label(&mut self) -> Label;
    /// Binds a label here.
    fn bind(&mut self, label: Label);
    /// Jumps.
    fn jump(&mut self, label: Label);
    /// A jump that was emitted leads here.
    fn land(&mut self, jump: Jump);
    /// The place of the next instruction.
    fn here(&self) -> Place;
    /// Jumps back.
    fn jump_back(&mut self, place: Place);

    /// Fills a constant in, once. It is at most 31 bits: what is more becomes that.
    fn fill(&mut self, hole: Hole, value: u32);

    /// The start of a function: saves registers, takes over the parameters and stores the slot in a word. It is
    /// argument 1 afterwards.
    fn enter(&mut self, table: u64, slot: Word);
    /// Adds a constant to the account of work of the slot that is argument 1.
    fn add_work(&mut self) -> Hole;
    /// Returns the cursor.
    fn leave(&mut self);
    /// The cursor becomes null.
    fn null_out(&mut self);

    /// Passes the cursor. Before another argument 0.
    fn arg_out(&mut self, index: usize);
    /// Passes the state of the encode.
    fn arg_cx(&mut self, index: usize);
    /// Passes the address `at`.
    fn arg_at(&mut self, index: usize, at: u32);
    /// Passes the word at `at`.
    fn arg_load(&mut self, index: usize, at: u32);
    /// Passes a constant.
    fn arg_const(&mut self, index: usize, value: u64);
    /// Passes a word of the frame.
    fn arg_word(&mut self, index: usize, word: Word);
    /// Passes the address of a word of the frame.
    fn arg_word_address(&mut self, index: usize, word: Word);
    /// Passes the tag at `at`, extended to 64 bits.
    fn arg_tag(&mut self, index: usize, at: u32, width: TagWidth);

    /// Calls a handler by its place in the table.
    fn call_handler(&mut self, index: usize);
    /// Calls a handler with the cursor and the address `at`.
    fn call_with_at(&mut self, index: usize, at: u32) {
        self.arg_out(0);
        self.arg_at(1, at);
        self.call_handler(index);
    }
    /// Calls a handler with the cursor, the state of the encode, the address `at`, and what was passed behind
    /// those.
    fn call_with_cx_and_at(&mut self, index: usize, at: u32) {
        self.arg_out(0);
        self.arg_cx(1);
        self.arg_at(2, at);
        self.call_handler(index);
    }
    /// The same, and a constant.
    fn call_with_cx_at_and_const(&mut self, index: usize, at: u32, value: u32) {
        self.arg_const(3, value.into());
        self.call_with_cx_and_at(index, at);
    }
    /// Calls a handler with the state of the encode, a word of the frame, a constant, and what was passed behind those.
    fn call_with_cx_and_word(&mut self, index: usize, word: Word, value: u64) {
        self.arg_cx(0);
        self.arg_word(1, word);
        self.arg_const(2, value);
        self.call_handler(index);
    }
    /// Calls a handler with the cursor, the state of the encode, the kept word, a constant that is not known yet and a word
    /// of the frame.
    fn call_with_kept_and_later(&mut self, index: usize, word: Word) -> Hole;
    /// Calls the function of the sink that makes room, with the state of the encode, the cursor and how many bytes shall be spare.
    fn call_grow(&mut self, spare: u64);
    /// Calls the function at an address.
    fn call_address(&mut self, address: u64);
    /// Calls the entry of the slot that is argument 1.
    fn call_entry(&mut self, entry_offset: usize);

    /// Jumps when the result (the cursor) is null.
    fn jump_if_null(&mut self, label: Label);
    /// Jumps when the kept word is this small number.
    fn jump_if_kept(&mut self, value: i8, label: Label);

    /// Keeps the cursor.
    fn keep_out(&mut self);
    /// Takes the kept cursor back; the result is lost.
    fn take_kept(&mut self);
    /// Takes the kept cursor back and keeps the result in its place.
    fn swap_kept(&mut self);
    /// Keeps the word at `at`.
    fn keep_load(&mut self, at: u32);
    /// Keeps a word of the frame.
    fn keep_word(&mut self, word: Word);
    /// Keeps a constant.
    fn keep_const(&mut self, value: u64);
    /// Stores the kept word in the frame.
    fn store_kept(&mut self, word: Word);
    /// Jumps when the kept word is 0.
    fn jump_if_kept_null(&mut self, range: Range) -> Jump;
    /// Writes 0 and jumps when the kept word is 0, writes 1 and goes on otherwise.
    fn write_option_tag(&mut self, range: Range) -> Jump;
    /// Writes 0 and jumps when the tag at `at` is this, writes 1 and goes on otherwise.
    fn write_option_tag_unless(&mut self, at: u32, width: TagWidth, tag: i64, range: Range)
    -> Jump;
    /// As [`Self::swap_kept`], then jumps when the byte at the cursor is not 0, and moves
    /// the cursor behind it either way.
    fn open_result(&mut self) -> Jump;

    /// Stores base in the frame.
    fn save_base(&mut self, word: Word);
    /// Loads base from the frame.
    fn load_base(&mut self, word: Word);
    /// Stores base in the frame; then it becomes the word at `at`.
    fn save_base_and_follow(&mut self, word: Word, at: u32) {
        self.save_base(word);
        self.base_follow(at);
    }
    /// Stores the kept word in two words of the frame, and base in another.
    fn open_loop(&mut self, kept: PairWords, base: Word) {
        self.store_kept(kept.len);
        self.store_kept(kept.ptr);
        self.save_base(base);
    }
    /// Base becomes the kept word.
    fn base_from_kept(&mut self);
    /// Base becomes the word at `at`.
    fn base_follow(&mut self, at: u32);
    /// Base moves.
    fn base_add(&mut self, by: u32);

    /// The two words of a pair that starts at this number.
    fn pair_words(first: u32) -> PairWords;
    /// Takes 1 off a word of the frame and jumps while it is not 0.
    fn count_down(&mut self, word: Word, again: Place);
    /// Sets a word of the frame to what becomes 0 by adding 1.
    fn start_count(&mut self, word: Word);
    /// Adds 1 to a word of the frame.
    fn count_up(&mut self, word: Word);
    /// Jumps when the sum of the addition just before, to the account of work, is not negative.
    fn jump_if_not_negative(&mut self) -> Jump;

    /// Jumps when there are fewer than `bytes` spare at the cursor.
    fn check_spare(&mut self, bytes: u32) -> Jump;
    /// Goes one level deeper, or jumps when there is none.
    fn enter_level(&mut self) -> Jump;
    /// Comes back one level.
    fn leave_level(&mut self);

    /// Copies 1, 2, 4, 8 or 16 bytes from `at` to `to` bytes behind the cursor.
    fn copy(&mut self, at: u32, to: u32, width: u32);
    /// Stores the low `width` bytes (1, 2, 4 or 8) of a constant `to` bytes behind the cursor.
    fn store_const(&mut self, to: u32, width: u32, value: u64);
    /// Moves the cursor.
    fn advance(&mut self, by: u32);

    /// Loads the tag at `at`.
    fn load_tag(&mut self, at: u32, width: TagWidth);
    /// Takes the kept cursor back, and the result for a tag that was loaded.
    fn load_tag_from_result(&mut self);
    /// Writes the tag loaded last, which is less than 128, and moves the cursor behind it.
    fn write_tag(&mut self);
    /// Jumps when the tag loaded last, of this width, is this.
    fn jump_if_tag(&mut self, width: TagWidth, value: i64, label: Label);
    /// Jumps unless the tag loaded last, of this width, is this.
    fn jump_unless_tag(&mut self, width: TagWidth, value: i64, label: Label);
    /// Takes `first` off the tag loaded last, and jumps unless it is one of so many from 0 on.
    fn limit_tag(&mut self, first: i64, count: usize, otherwise: Label);
    /// Jumps by the tag, which is less than `count`, to what becomes the entry of a table.
    fn jump_by_tag(&mut self, count: usize) -> Table;
    /// The code from here on becomes an entry.
    fn bind_entry(&mut self, table: Table, index: usize);
    /// A label behind the table becomes an entry.
    fn fix_entry(&mut self, table: Table, index: usize, label: Label);
}
