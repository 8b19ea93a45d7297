//! Fields that follow each other on the wire, in as few calls as there are functions for: what is done with a run where the processor
//! has no routine for it as a whole.
//!
//! The baseline makes its calls of these groups, and machine code does where varints have an instruction of their own. The
//! interpreter goes through a list of them ([`Groups`]), which is made when a program is linked.
//!
//! Read next: [`super::fields`], the functions.

use super::fields::{Fields, Kind};
use super::{Kernels, bytes};
use crate::entry::{PackedFn, SideBySideFn, VarintFn};
use crate::program::{Offset, Op};

/// Varints that one call writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Of integers of one kind that lie side by side, more than [`Group::PACKED`].
    SideBySide {
        /// The kind.
        kind: Kind,
        /// Where the first is.
        at: u32,
        /// How many there are.
        count: usize,
    },
    /// Of four integers of one kind, where a word holds four offsets.
    Four {
        /// The kind.
        kind: Kind,
        /// Where they are, 16 bits each, the first lowest.
        packed: u64,
    },
    /// Of two integers.
    Pair {
        /// The first one's kind, and the second's.
        kinds: [Kind; 2],
        /// Where they are, 16 bits each, the first lowest.
        packed: u64,
    },
    /// Of one integer.
    One {
        /// The kind.
        kind: Kind,
        /// Where it is.
        at: u32,
    },
}

impl Group {
    /// The most integers whose offsets are packed into a word.
    pub const PACKED: usize = 4;

    /// The group of the varints the ops start with, whose offsets are counted from `delta` bytes before their base, and how many ops that
    /// is. `None` where they start with something else, or with an integer that is too far away.
    #[must_use]
    pub fn first(ops: &[Op], delta: u32) -> Option<(Self, usize)> {
        let mut fields = ops
            .iter()
            .map_while(varint)
            .map_while(|(kind, at)| Some((kind, delta.checked_add(at.0)?)));
        let count = side_by_side(fields.clone());
        if count > Self::PACKED {
            let (kind, at) = fields.next()?;
            return Some((Self::SideBySide { kind, at, count }, count));
        }
        let mut first = [(Kind::U16, 0); Self::PACKED];
        let mut len = 0;
        for (place, field) in first.iter_mut().zip(fields) {
            *place = field;
            len += 1;
        }
        let (kind, at) = *first[..len].first()?;
        let is_one_kind = first.iter().all(|field| field.0 == kind);
        if cfg!(target_pointer_width = "64")
            && len == Self::PACKED
            && is_one_kind
            && let Some(packed) = pack(&first)
        {
            return Some((Self::Four { kind, packed }, len));
        }
        if len >= 2
            && let Some(packed) = pack(&first[..2])
        {
            let kinds = [kind, first[1].0];
            return Some((Self::Pair { kinds, packed }, 2));
        }
        Some((Self::One { kind, at }, 1))
    }
}

/// The varint an op writes: its integer's kind, and where that is.
#[inline]
#[must_use]
pub fn varint(op: &Op) -> Option<(Kind, Offset)> {
    match *op {
        Op::WriteVarU16 { at } => Some((Kind::U16, at)),
        Op::WriteVarU32 { at } => Some((Kind::U32, at)),
        Op::WriteVarU64 { at } => Some((Kind::U64, at)),
        Op::WriteVarI16 { at } => Some((Kind::I16, at)),
        Op::WriteVarI32 { at } => Some((Kind::I32, at)),
        Op::WriteVarI64 { at } => Some((Kind::I64, at)),
        _ => None,
    }
}

/// How many fields, from the first on, are of its kind and lie side by side.
fn side_by_side(mut fields: impl Iterator<Item = (Kind, u32)>) -> usize {
    let Some((kind, first)) = fields.next() else {
        return 0;
    };
    let mut expected = u64::from(first);
    let is_next = |field: &(Kind, u32)| {
        expected += u64::from(kind.width());
        field.0 == kind && u64::from(field.1) == expected
    };
    1 + fields.take_while(is_next).count()
}

/// Up to four offsets in one word; `None` when one has more than 16 bits.
fn pack(fields: &[(Kind, u32)]) -> Option<u64> {
    fields.iter().rev().try_fold(0, |packed, (_, at)| {
        Some(packed << 16 | u64::from(u16::try_from(*at).ok()?))
    })
}

/// The fields of a run, ready to be written group by group.
#[derive(Debug)]
pub struct Groups(Vec<Step>);

/// What is done for one group.
#[derive(Debug)]
enum Step {
    SideBySide(SideBySideFn, u32, usize),
    Packed(PackedFn, usize),
    One(VarintFn, u32),
    /// Bytes as they are.
    Copy(u32, usize),
}

impl Groups {
    /// The groups of a block of scalars, with the functions of a set; `None` when something else is among them.
    pub(super) fn new(kernels: &Kernels, ops: &[Op]) -> Option<Self> {
        let fields = kernels.fields();
        let mut steps = Vec::new();
        let mut rest = ops;
        while let Some(op) = rest.first() {
            let count = match Group::first(rest, 0) {
                Some((group, count)) => {
                    steps.push(Step::of(fields, group)?);
                    count
                }
                None => {
                    steps.push(Step::copy(op)?);
                    1
                }
            };
            rest = &rest[count..];
        }
        Some(Self(steps))
    }

    /// How many calls and copies there are.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a run has fields")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Writes the fields and answers the end.
    ///
    /// # Safety
    ///
    /// The fields are at `base` (A1), and what they take at most, and the overshoot, may be written at `out` (A7).
    #[inline]
    pub unsafe fn write(&self, out: *mut u8, base: *const u8) -> *mut u8 {
        let mut out = out;
        for step in &self.0 {
            // SAFETY: the caller's duty.
            unsafe {
                out = match *step {
                    Step::SideBySide(write, at, count) => write(out, base.add(at as usize), count),
                    Step::Packed(write, packed) => write(out, base, packed),
                    Step::One(write, at) => write(out, base.add(at as usize)),
                    Step::Copy(at, len) => {
                        bytes::copy(out, base.add(at as usize), len);
                        out.add(len)
                    }
                };
            }
        }
        out
    }
}

impl Step {
    fn of(fields: &Fields, group: Group) -> Option<Self> {
        Some(match group {
            Group::SideBySide { kind, at, count } => {
                Self::SideBySide(fields.run[kind as usize], at, count)
            }
            Group::Four { kind, packed } => {
                Self::Packed(fields.four[kind as usize], usize::try_from(packed).ok()?)
            }
            Group::Pair { kinds, packed } => {
                let [first, second] = kinds;
                let write = fields.pair[first as usize][second as usize];
                Self::Packed(write, usize::try_from(packed).ok()?)
            }
            Group::One { kind, at } => Self::One(fields.one[kind as usize], at),
        })
    }

    fn copy(op: &Op) -> Option<Self> {
        let little = cfg!(target_endian = "little");
        match *op {
            Op::WriteByte { at } => Some(Self::Copy(at.0, 1)),
            Op::CopyBytes { at, len } => Some(Self::Copy(at.0, len as usize)),
            Op::WriteF32 { at } if little => Some(Self::Copy(at.0, 4)),
            Op::WriteF64 { at } if little => Some(Self::Copy(at.0, 8)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn u32_at(at: u32) -> Op {
        Op::WriteVarU32 { at: Offset(at) }
    }

    fn i64_at(at: u32) -> Op {
        Op::WriteVarI64 { at: Offset(at) }
    }

    /// The groups of ops, and what is left behind them.
    fn groups(ops: &[Op], delta: u32) -> (Vec<Group>, usize) {
        let (mut found, mut rest) = (Vec::new(), ops);
        while let Some((group, count)) = Group::first(rest, delta) {
            found.push(group);
            rest = &rest[count..];
        }
        (found, rest.len())
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn more_than_four_side_by_side_are_a_group() {
        let five: Vec<Op> = (0..5).map(|n| u32_at(8 + 4 * n)).collect();
        let expected = Group::SideBySide {
            kind: Kind::U32,
            at: 18,
            count: 5,
        };
        assert_eq!(groups(&five, 10), (vec![expected], 0));
        let four = Group::Four {
            kind: Kind::U32,
            packed: 0x1e_001a_0016_0012,
        };
        assert_eq!(groups(&five[..4], 10), (vec![four], 0));
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn others_go_by_four_by_two_and_alone() {
        // In no order: four, then two of two kinds, then one, then no integer.
        let ops = [
            u32_at(12),
            u32_at(0),
            u32_at(4),
            u32_at(8),
            i64_at(16),
            u32_at(24),
            i64_at(32),
            Op::WriteByte { at: Offset(40) },
        ];
        let expected = vec![
            Group::Four {
                kind: Kind::U32,
                packed: 0x8_0004_0000_000c,
            },
            Group::Pair {
                kinds: [Kind::I64, Kind::U32],
                packed: 0x18_0010,
            },
            Group::One {
                kind: Kind::I64,
                at: 32,
            },
        ];
        assert_eq!(groups(&ops, 0), (expected, 1));
    }

    #[test]
    fn what_is_far_away_goes_alone_and_what_cannot_be_reached_not_at_all() {
        let far = [u32_at(0x1_0000), i64_at(0), u32_at(0xffff)];
        let expected = vec![
            Group::One {
                kind: Kind::U32,
                at: 0x1_0000,
            },
            Group::Pair {
                kinds: [Kind::I64, Kind::U32],
                packed: 0xffff_0000,
            },
        ];
        assert_eq!(groups(&far, 0), (expected, 0));
        let alone = Group::One {
            kind: Kind::U32,
            at: u32::MAX,
        };
        let last = [u32_at(u32::MAX - 8), u32_at(u32::MAX)];
        assert_eq!(groups(&last, 8), (vec![alone], 1));
    }

    #[test]
    fn a_block_of_other_ops_has_no_groups() {
        let kernels = Kernels::best();
        let others = [u32_at(0), Op::WriteChar { at: Offset(4) }];
        assert!(Groups::new(kernels, &others).is_none());
        let fields = [
            u32_at(0),
            Op::CopyBytes {
                at: Offset(4),
                len: 20,
            },
            Op::WriteByte { at: Offset(24) },
            i64_at(32),
        ];
        let groups = Groups::new(kernels, &fields).expect("all are fields");
        assert_eq!(groups.len(), 4);
    }

    #[test]
    fn a7_groups_read_and_write_what_they_may() {
        let fields: [u64; 3] = [0x7f, 0x80, 0x5500_0000_0000_0001];
        let ops = [
            Op::WriteVarU64 { at: Offset(8) },
            Op::CopyBytes {
                at: Offset(16),
                len: 8,
            },
            Op::WriteVarU64 { at: Offset(0) },
        ];
        let groups = Groups::new(Kernels::best(), &ops).expect("all are fields");
        let mut output = [0_u8; 28 + crate::cx::OVERSHOOT];
        // SAFETY: the fields are at the base, the room behind the cursor.
        let end = unsafe { groups.write(output.as_mut_ptr(), fields.as_ptr().cast()) };
        let len = end.addr() - output.as_ptr().addr();
        let copied = fields[2].to_ne_bytes();
        let expected: Vec<u8> = [0x80, 0x01]
            .into_iter()
            .chain(copied)
            .chain([0x7f])
            .collect();
        assert_eq!(output[..len], expected);
    }
}
