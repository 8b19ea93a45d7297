//! Options of integers, made ready all at once.
//!
//! The options of one integer type that a record has mostly lie next to each other in memory, wherever they stand on the wire. Where the
//! processor has a routine for it, eight of them at a time are turned into the bytes they will have: the tag, the varint behind it,
//! and how many they are. What is left to do for each in its turn is to store these and to move on, whatever it is.
//!
//! Here is what the routine is told; it is in `arch`. For machine code, which has the table when it is made.

use core::mem::offset_of;

use crate::entry::ReadyFn;
use crate::program::{BlockId, Code, Offset, Op, OptionSource, TagWidth};

/// Options of a group.
pub(super) const LANES: usize = 8;
/// Fewer neighbours are no group.
const FEWEST: usize = 3;
/// In a block with fewer options in groups it is not worth the call.
const WORTH: usize = 8;
/// The most groups of a block: their bytes are on the stack.
const MOST: usize = 8;

/// What the routine makes of a group.
#[derive(Debug)]
#[repr(C)]
#[allow(
    dead_code,
    reason = "written by the routine, which not every architecture has"
)]
pub(super) struct Made {
    /// Of each option, the tag and what comes behind it, in eight bytes, or sixteen where it may be as much.
    pub(super) bytes: [u8; 16 * LANES],
    /// How many bytes it has, the tag included.
    pub(super) len: [u64; LANES],
}

/// Options that lie next to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    /// Where the first one is.
    pub(super) at: u32,
    /// One bit for each word of them, from the lowest on.
    pub(super) words: u16,
    pub(super) kind: Kind,
}

impl Group {
    /// The words, where an option is one.
    #[allow(
        dead_code,
        reason = "asked by the routine, which not every architecture has"
    )]
    pub(super) fn present(&self) -> u8 {
        // Eight at most.
        self.words.to_le_bytes()[0]
    }
}

/// The type in the options. The tag is the lowest byte of an option, 0 for `None`; the payload is its upper half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    U32,
    I32,
    U64,
    I64,
}

impl Kind {
    const fn size(self) -> u32 {
        match self {
            Self::U32 | Self::I32 => 8,
            Self::U64 | Self::I64 => 16,
        }
    }

    const fn is_wide(self) -> bool {
        self.size() == 16
    }

    const fn words(self) -> usize {
        if self.is_wide() { 2 } else { 1 }
    }
}

/// The options of a block, ready for the routine.
#[derive(Debug)]
pub struct Ready {
    routine: ReadyFn,
    pub(super) groups: Vec<Group>,
    /// By the block of its payload: which option of which group it is.
    places: Vec<(BlockId, usize, usize)>,
}

/// Where an option's bytes are, from the start of what the routine makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadyPlace {
    /// Its bytes, the first of which is the tag.
    pub bytes: usize,
    /// Whether they are sixteen rather than eight.
    pub is_wide: bool,
    /// A word: how many of them it has.
    pub len: usize,
}

impl Ready {
    /// The options of this block that are worth it.
    pub(super) fn new(routine: ReadyFn, code: &Code, ops: &[Op]) -> Option<Self> {
        let mut found: Vec<(Kind, u32, BlockId)> =
            ops.iter().filter_map(|op| option_of(code, op)).collect();
        found.sort_unstable_by_key(|(kind, at, _)| (*kind, *at));
        let mut ready = Self {
            routine,
            groups: Vec::new(),
            places: Vec::new(),
        };
        let mut rest = &found[..];
        while let [(kind, at, _), ..] = *rest {
            let is_next = |(index, option): (u32, &&(Kind, u32, BlockId))| {
                (option.0, Some(option.1)) == (kind, at.checked_add(index * kind.size()))
            };
            let options = (0_u32..).zip(rest.iter().take(LANES));
            let len = options.take_while(|(idx, it)| is_next((*idx, it))).count();
            let (group, behind) = rest.split_at(len);
            if len >= FEWEST && ready.groups.len() < MOST {
                let lanes = group.iter().enumerate();
                let number = ready.groups.len();
                ready
                    .places
                    .extend(lanes.map(|(lane, option)| (option.2, number, lane)));
                ready.groups.push(Group {
                    at,
                    words: u16::MAX >> (16 - len * kind.words()),
                    kind,
                });
            }
            rest = behind;
        }
        (ready.places.len() >= WORTH).then_some(ready)
    }

    /// Where the option with this block for its payload will be, if it is one of these.
    #[must_use]
    pub fn place(&self, some: BlockId) -> Option<ReadyPlace> {
        let (_, group, lane) = *self.places.iter().find(|place| place.0 == some)?;
        let made = group * size_of::<Made>();
        let is_wide = self.groups[group].kind.is_wide();
        let size = if is_wide { 16 } else { 8 };
        Some(ReadyPlace {
            bytes: made + offset_of!(Made, bytes) + lane * size,
            is_wide,
            len: made + offset_of!(Made, len) + lane * size_of::<u64>(),
        })
    }

    /// How many bytes the routine writes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.groups.len() * size_of::<Made>()
    }

    /// The routine, for machine code to call with this table.
    #[must_use]
    pub fn routine(&self) -> ReadyFn {
        self.routine
    }
}

/// The type and place of an option that a routine can make ready, and the block of its payload.
fn option_of(code: &Code, op: &Op) -> Option<(Kind, u32, BlockId)> {
    let Op::WriteOption { at, source, some } = *op else {
        return None;
    };
    let [inner] = code.block(some).ops[..] else {
        return None;
    };
    let kind = match inner {
        Op::WriteVarU32 { at: Offset(0) } => Kind::U32,
        Op::WriteVarI32 { at: Offset(0) } => Kind::I32,
        Op::WriteVarU64 { at: Offset(0) } => Kind::U64,
        Op::WriteVarI64 { at: Offset(0) } => Kind::I64,
        _ => return None,
    };
    let expected = OptionSource::Tagged {
        tag: TagWidth::U8,
        tag_at: Offset(0),
        none: 0,
        payload: Offset(kind.size() / 2),
    };
    (source == expected && cfg!(target_endian = "little")).then_some((kind, at.0, some))
}
