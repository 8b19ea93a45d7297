//! Options of integers and of strings, made ready all at once.
//!
//! The options of one type that a record has mostly lie next to each other in memory, wherever they stand on the wire. Where the
//! processor has a routine for it, eight of them at a time are turned into the bytes they will have: the tag, the varint behind it,
//! and how many they are. What is left to do for each in its turn is to store these and to move on, whatever it is.
//!
//! Of a string the varint is its length, and what is left to do besides is to copy as much as a short one may have, from an address
//! that can be read in any case. One at the end of a page is marked, and of one that is longer its length says it.
//!
//! Here is what the routine is told; it is in `arch`. For machine code, which has the table when it is made.
//!
//! Read next: [`table`], which finds the neighbours.

mod table;

use core::mem::offset_of;

use super::over;
use crate::entry::{ReadyEachFn, ReadyFn};
use crate::program::{BlockId, Code, Op};

/// Options of a group.
pub(super) const LANES: usize = 8;
const HALF: usize = LANES / 2;

/// What the routine makes of a group.
#[derive(Debug)]
#[repr(C)]
#[allow(
    dead_code,
    reason = "written by the routine, which not every architecture has"
)]
pub(super) struct Made {
    /// Of each option, the tag and what comes behind it, in eight bytes, or sixteen where it may be as much: those of the even lanes, then those
    /// of the odd ones. Of strings, eight bytes with the tag and the length of each, then their addresses.
    pub(super) bytes: [u8; 16 * LANES],
    /// How many bytes it has, the tag included. For a string that may not be read as if it were short, [`NOT_SHORT`].
    pub(super) len: [u64; LANES],
}

/// What is said of a string so near to the end of a page that reading [`ReadyPlace::SHORT`] bytes might leave it: more than any short one has.
#[allow(dead_code, reason = "as above")]
pub(super) const NOT_SHORT: u64 = u64::MAX;

/// Options of integers of 32 bits, one word each: the tag is the lowest byte, 0 for `None`, the payload the upper half.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Narrow {
    /// Where the first of eight words is.
    pub(super) at: u32,
}

/// Options of integers of 64 bits, two words each: one with the tag, then the payload.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wide {
    /// Where the first of sixteen words is.
    pub(super) at: u32,
}

/// A few of each of these widths.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mixed {
    /// Where the first of eight words is, and of eight others.
    pub(super) at: [u32; 2],
    /// Which of the sixteen the tag of each is in.
    pub(super) tags: [u8; LANES],
    /// Which its payload.
    pub(super) values: [u8; LANES],
    /// One bit for each of 32 bits, whose payload is the upper half.
    pub(super) narrow: u8,
}

/// The groups of integers with a sign, or without.
#[derive(Debug, Default)]
pub(super) struct Integers {
    pub(super) narrow: Vec<Narrow>,
    pub(super) wide: Vec<Wide>,
    pub(super) mixed: Vec<Mixed>,
}

impl Integers {
    fn groups(&self) -> usize {
        self.narrow.len() + self.wide.len() + self.mixed.len()
    }
}

/// Options of strings, three words each, as the standard library has them today: the tag, the address, the length.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Texts {
    /// Where the first of 24 words is.
    pub(super) at: u32,
    /// What is in the word of the tag for `None`.
    pub(super) none: i64,
}

/// The routines of a set.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "not every architecture has some")]
pub(super) struct Routines {
    pub(super) one: ReadyFn,
    pub(super) each: ReadyEachFn,
}

/// What a block writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadyOf {
    /// A value alone. What was made of it is read at once, which takes longer, and is not worth it for strings.
    Value,
    /// An element of a list, a few of which are made ready by one call.
    Element,
}

/// The options of a block, ready for the routines, which make the groups in this order.
///
/// A group is always read as if it were full. What is read besides its own are other fields of the same value, or what lies
/// between them.
#[derive(Debug)]
pub struct Ready {
    routines: Routines,
    /// Without a sign, and with one.
    pub(super) integers: [Integers; 2],
    pub(super) texts: Vec<Texts>,
    /// By the block of its payload: which option it is.
    places: Vec<(BlockId, Lane)>,
}

/// An option of a group.
#[derive(Debug, Clone, Copy)]
struct Lane {
    form: Form,
    /// Among the groups of its form.
    group: usize,
    lane: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Narrow { signed: bool },
    Wide { signed: bool },
    Mixed { signed: bool },
    Text,
}

/// Where an option's bytes are, from the start of what the routine makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadyPlace {
    /// Its bytes, the first of which is the tag.
    pub bytes: usize,
    /// How they are stored.
    pub form: ReadyForm,
    /// A word: how many of them it has.
    pub len: usize,
}

impl ReadyPlace {
    /// The longest string that is a short one.
    pub const SHORT: u32 = over::LEN as u32;
}

/// What of an option was made ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadyForm {
    /// All of it, in eight bytes.
    Word,
    /// All of it, in sixteen bytes.
    Wide,
    /// The tag and the length, in two bytes. At `ptr` is the address of as many bytes as a short string may have. Where it is said to have
    /// more bytes than a tag, a length and a short string, this is all that is known: it is `Some`.
    Text {
        /// Where the address is, from the same start.
        ptr: usize,
    },
}

impl Ready {
    /// The options of this block, if they are worth it.
    pub(super) fn new(routines: Routines, code: &Code, ops: &[Op], of: ReadyOf) -> Option<Self> {
        table::of(routines, code, ops, of)
    }

    /// Where the option with this block for its payload will be, if it is one of these.
    #[must_use]
    pub fn place(&self, some: BlockId) -> Option<ReadyPlace> {
        let (_, Lane { form, group, lane }) = *self.places.iter().find(|place| place.0 == some)?;
        let made = (self.groups_before(form) + group) * size_of::<Made>();
        // The registers are those of the routine, which does without moving words to where one would look for them.
        let lane = match form {
            Form::Wide { .. } => 2 * (lane % HALF) + lane / HALF,
            _ => lane,
        };
        let word = lane * size_of::<u64>();
        let bytes = made + offset_of!(Made, bytes);
        let (bytes, form) = match form {
            Form::Narrow { .. } => (bytes + word, ReadyForm::Word),
            Form::Wide { .. } | Form::Mixed { .. } => {
                let place = lane % 2 * HALF + lane / 2;
                (bytes + 16 * place, ReadyForm::Wide)
            }
            Form::Text => {
                let ptr = bytes + size_of::<[u64; LANES]>() + word;
                (bytes + word, ReadyForm::Text { ptr })
            }
        };
        Some(ReadyPlace {
            bytes,
            form,
            len: made + offset_of!(Made, len) + word,
        })
    }

    /// How many groups are made before those of a form.
    fn groups_before(&self, form: Form) -> usize {
        let [unsigned, signed] = &self.integers;
        let of_sign = |is_signed| match is_signed {
            false => (0, unsigned),
            true => (unsigned.groups(), signed),
        };
        match form {
            Form::Narrow { signed } => of_sign(signed).0,
            Form::Wide { signed } => {
                let (before, same) = of_sign(signed);
                before + same.narrow.len()
            }
            Form::Mixed { signed } => {
                let (before, same) = of_sign(signed);
                before + same.narrow.len() + same.wide.len()
            }
            Form::Text => self.groups() - self.texts.len(),
        }
    }

    /// How many there are.
    pub(super) fn groups(&self) -> usize {
        let [unsigned, signed] = &self.integers;
        unsigned.groups() + signed.groups() + self.texts.len()
    }

    /// How many bytes the routine writes for each value.
    #[must_use]
    pub fn size(&self) -> usize {
        self.groups() * size_of::<Made>()
    }

    /// The routine for one value, for machine code to call with this table.
    #[must_use]
    pub fn routine(&self) -> ReadyFn {
        self.routines.one
    }

    /// The routine for more of them.
    #[must_use]
    pub fn routine_for_each(&self) -> ReadyEachFn {
        self.routines.each
    }
}
