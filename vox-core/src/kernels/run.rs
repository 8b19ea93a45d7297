//! Runs: the scalar fields of a struct that are written one after the other, as one step.
//!
//! Rust orders fields by alignment, the wire by declaration, so neighbours on the wire are seldom
//! neighbours in memory. A processor with a byte permutation across registers does not mind: the
//! stretch of memory that holds the fields is loaded once, and each group of eight *lanes* of
//! eight bytes is gathered from it in wire order. What differs between lanes (width, sign, how far a
//! varint may go, bytes copied as they are) is constants, worked out here once per program; a
//! value only decides how many of its lane's bytes are kept. Eight integers of one type that are neighbours
//! in both orders are loaded as they are.
//!
//! Here is the table. The routine that reads it is in `arch`; where there is none, a run goes by [groups](super::group), or op by
//! op.

use crate::entry::{EightsFn, RunFn};
use crate::program::Op;

/// Lanes of a group.
const LANES: usize = 8;
/// Bytes of a register.
const REGISTER: usize = 64;
/// The most bytes from the first field that is gathered to the end of the last one.
pub(crate) const MAX_SPAN: u32 = 256;

/// What to do with the bytes of eight lanes. Byte `8 * lane + n` of each array is about the `n`th
/// byte of a lane.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(super) struct Group {
    /// Which byte of the loaded stretch comes here. A field stands at the upper end of its lane.
    pub(super) place: [u8; REGISTER],
    /// Where in the value, moved to the lower end, the bits of the byte start.
    pub(super) spread: [u8; REGISTER],
    /// Which bits of the byte are the value's; the others are the sign of `zeros - more`.
    pub(super) bits: [u8; REGISTER],
    /// The byte is followed by another of its varint when the value has fewer leading zeros.
    pub(super) more: [u8; REGISTER],
    /// The byte is written when the value has fewer leading zeros.
    pub(super) keep: [u8; REGISTER],
    /// How far the value is moved down, per lane.
    pub(super) down: [u64; LANES],
    /// Which bytes come from the first two registers of the stretch.
    pub(super) low: u64,
    /// Which bytes come from the other two.
    pub(super) high: u64,
    /// Which lanes are zigzag encoded.
    pub(super) signed: u8,
}

/// A byte that is always kept: more than the leading zeros of anything.
const ALWAYS: u8 = 127;

impl Group {
    /// Eight lanes that write nothing.
    const EMPTY: Self = Self {
        place: [0; REGISTER],
        spread: [0; REGISTER],
        bits: [0; REGISTER],
        more: [0; REGISTER],
        keep: [0; REGISTER],
        down: [0; LANES],
        low: 0,
        high: 0,
        signed: 0,
    };

    /// Makes a lane read a field of `width` bytes that is `from` bytes into the stretch.
    fn read(&mut self, lane: usize, from: u8, width: u8) {
        let first = 8 * lane + 8 - usize::from(width);
        for (byte, index) in (first..8 * lane + 8).zip(from..=u8::MAX) {
            self.place[byte] = index;
            if index < 128 {
                self.low |= 1 << byte;
            } else {
                self.high |= 1 << byte;
            }
        }
        self.down[lane] = 64 - 8 * u64::from(width);
    }

    /// Makes a lane write the bytes as they are.
    fn copy(&mut self, lane: usize, width: u8) {
        for n in 0..usize::from(width) {
            let byte = 8 * lane + n;
            self.spread[byte] = [0, 8, 16, 24, 32, 40, 48, 56][n];
            self.bits[byte] = 0xff;
            self.keep[byte] = ALWAYS;
        }
    }

    /// Makes a lane write bytes of a varint, from the `first`th on.
    fn varint(&mut self, lane: usize, first: u8, is_signed: bool) {
        // Byte n holds bits from 7n on, and is needed when one of those is set:
        // when there are fewer than 64 - 7n leading zeros.
        for (byte, n) in (8 * lane..8 * lane + 8).zip(first..10) {
            self.spread[byte] = 7 * n;
            self.bits[byte] = if n == 9 { 1 } else { 0x7f };
            self.more[byte] = 64_u8.saturating_sub(7 * (n + 1));
            self.keep[byte] = if n == 0 { ALWAYS } else { 64 - 7 * n };
        }
        if is_signed {
            self.signed |= 1 << lane;
        }
    }
}

/// A field of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RunField {
    /// Where it is.
    pub(crate) at: u32,
    /// How many bytes it has in memory: 1 to 8.
    pub(crate) width: u8,
    form: Form,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is.
    Bytes,
    /// As a varint.
    Unsigned,
    /// Zigzag encoded, as a varint.
    Signed,
}

impl RunField {
    /// The field an op writes, if that may be part of a run.
    pub(crate) fn of(op: &Op) -> Option<Self> {
        let field = |at: crate::program::Offset, width, form| Self {
            at: at.0,
            width,
            form,
        };
        let little = cfg!(target_endian = "little");
        Some(match *op {
            Op::WriteByte { at } => field(at, 1, Form::Bytes),
            Op::CopyBytes { at, len } => match u8::try_from(len) {
                Ok(len @ 1..=8) => field(at, len, Form::Bytes),
                _ => return None,
            },
            Op::WriteF32 { at } if little => field(at, 4, Form::Bytes),
            Op::WriteF64 { at } if little => field(at, 8, Form::Bytes),
            Op::WriteVarU16 { at } => field(at, 2, Form::Unsigned),
            Op::WriteVarU32 { at } => field(at, 4, Form::Unsigned),
            Op::WriteVarU64 { at } => field(at, 8, Form::Unsigned),
            Op::WriteVarI16 { at } => field(at, 2, Form::Signed),
            Op::WriteVarI32 { at } => field(at, 4, Form::Signed),
            Op::WriteVarI64 { at } => field(at, 8, Form::Signed),
            _ => return None,
        })
    }

    /// How it is written.
    pub(super) fn form(self) -> Form {
        self.form
    }

    /// Whether it is written as a varint.
    pub(crate) fn is_varint(self) -> bool {
        self.form != Form::Bytes
    }

    /// The first offset behind it.
    pub(crate) fn end(self) -> u32 {
        self.at + u32::from(self.width)
    }

    /// How many lanes it takes: two where one is too few.
    fn lanes(self) -> usize {
        if self.is_varint() && self.width == 8 {
            2
        } else {
            1
        }
    }
}

/// A part of a run that is written at once.
#[derive(Debug, Clone)]
#[allow(
    dead_code,
    clippy::large_enum_variant,
    reason = "read by the routine, which not every architecture has; most are groups"
)]
pub(super) enum Step {
    /// Any fields, gathered from the stretch.
    Group(Group),
    /// Integers that are neighbours in memory as well: nothing has to be gathered, and what
    /// is done to them is the same for all.
    Eights {
        /// Where the first one is.
        at: u32,
        /// How many times eight they are.
        count: u32,
        integer: Integer,
        is_signed: bool,
    },
    /// Eight bytes as they are.
    Copy {
        /// Where they are.
        at: u32,
    },
}

/// What is done with the first fields of those that are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The first one goes into the next lane.
    Gather,
    /// [`Step::Copy`] of the first one.
    Copy,
    /// [`Step::Eights`], of eight.
    Eight,
}

impl Part {
    /// Of these fields, when so many lanes of the last group are taken.
    fn of(fields: &[RunField], lanes: usize) -> Self {
        if Step::eight(fields).is_some() {
            return Self::Eight;
        }
        let [first, behind @ ..] = fields else {
            return Self::Gather;
        };
        // A group is not begun for eight bytes alone.
        let is_alone = behind.is_empty() || Step::eight(behind).is_some();
        match first.form {
            Form::Bytes if first.width == 8 && lanes.is_multiple_of(LANES) && is_alone => {
                Self::Copy
            }
            _ => Self::Gather,
        }
    }
}

/// How many of these fields one run can take: those that are gathered must lie near each other.
pub(crate) fn fitting(fields: &[RunField]) -> usize {
    let (mut first, mut last) = (u32::MAX, 0);
    let (mut count, mut lanes) = (0, 0);
    while let Some(field) = fields.get(count) {
        match Part::of(&fields[count..], lanes) {
            Part::Eight => {
                count += LANES;
                lanes = 0;
            }
            Part::Copy => count += 1,
            Part::Gather => {
                first = first.min(field.at);
                last = last.max(field.end());
                if last - first > MAX_SPAN {
                    break;
                }
                lanes += field.lanes();
                count += 1;
            }
        }
    }
    count
}

/// The width of an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    dead_code,
    reason = "read by the routine, which not every architecture has"
)]
pub(super) enum Integer {
    Bits16,
    Bits32,
    Bits64,
}

impl Integer {
    /// Bytes of eight.
    const fn eight(self) -> u32 {
        match self {
            Self::Bits16 => 16,
            Self::Bits32 => 32,
            Self::Bits64 => 64,
        }
    }
}

/// The steps, with integers that go on where others end in one.
fn joined(steps: Vec<Step>) -> Vec<Step> {
    let mut joined: Vec<Step> = Vec::with_capacity(steps.len());
    for step in steps {
        if !joined.last_mut().is_some_and(|last| last.takes(&step)) {
            joined.push(step);
        }
    }
    joined
}

impl Step {
    /// Whether the next step goes on where this one ends, and is taken into it.
    fn takes(&mut self, next: &Self) -> bool {
        let Self::Eights {
            at,
            count,
            integer,
            is_signed,
        } = self
        else {
            return false;
        };
        let end = *at + *count * integer.eight();
        let goes_on = matches!(next, Self::Eights { at, integer: next, is_signed: sign, .. }
            if (*at, *next, *sign) == (end, *integer, *is_signed));
        *count += u32::from(goes_on);
        goes_on
    }

    /// The first fields, if they are eight integers of one type next to each other.
    fn eight(fields: &[RunField]) -> Option<Self> {
        let eight = fields.first_chunk::<LANES>()?;
        let [first, ..] = *eight;
        let integer = match first.width {
            2 => Integer::Bits16,
            4 => Integer::Bits32,
            8 => Integer::Bits64,
            _ => return None,
        };
        let same = |field: &RunField| (field.width, field.form) == (first.width, first.form);
        let touch = |pair: &[RunField]| pair[0].end() == pair[1].at;
        let are_eight = first.is_varint() && eight.iter().all(same) && eight.windows(2).all(touch);
        are_eight.then_some(Self::Eights {
            at: first.at,
            count: 1,
            integer,
            is_signed: first.form == Form::Signed,
        })
    }
}

/// How a kind of processor writes runs.
#[derive(Debug, Clone, Copy)]
#[allow(
    dead_code,
    reason = "made by an architecture, which not every one does"
)]
pub(super) struct Routines {
    /// Writes any.
    pub(super) run: RunFn,
    /// What writes integers of a type, signed or not.
    pub(super) eights: fn(Integer, bool) -> EightsFn,
}

/// A part of a run that machine code has written by itself.
#[derive(Debug, Clone, Copy)]
pub enum Piece {
    /// Integers that are neighbours.
    Eights {
        /// Where the first one is.
        at: u32,
        /// How many times eight they are.
        count: u32,
        /// Writes them.
        write: EightsFn,
    },
    /// Eight bytes as they are.
    Copy {
        /// Where they are.
        at: u32,
    },
}

/// A run, ready for the routine that writes it.
#[derive(Debug)]
#[allow(
    dead_code,
    reason = "read by the routine, which not every architecture has"
)]
pub struct Run {
    routines: Routines,
    /// Where the stretch of memory starts that holds the fields.
    pub(super) start: u32,
    /// How many registers it fills: none, where nothing is gathered, 1, 2 or 4.
    pub(super) registers: u32,
    /// Which of its bytes are gathered; no others are read.
    pub(super) fields: [u64; 4],
    pub(super) steps: Vec<Step>,
}

impl Run {
    /// The table of a block that is a run, for this routine. `None` when the fields
    /// are too far apart.
    pub(super) fn new(routines: Routines, ops: &[Op]) -> Option<Self> {
        let fields: Vec<RunField> = ops.iter().map(RunField::of).collect::<Option<_>>()?;
        if fitting(&fields) < fields.len() {
            return None;
        }
        let mut run = Self {
            routines,
            start: 0,
            registers: 0,
            fields: [0; 4],
            steps: Vec::new(),
        };
        run.find_stretch(&fields);
        let mut rest = &fields[..];
        let mut lanes = 0;
        while let [field, behind @ ..] = rest {
            match Part::of(rest, lanes) {
                Part::Eight => {
                    run.steps.extend(Step::eight(rest));
                    rest = &rest[LANES..];
                    lanes = 0;
                }
                Part::Copy => {
                    run.steps.push(Step::Copy { at: field.at });
                    rest = behind;
                }
                Part::Gather => {
                    run.gather(*field, &mut lanes)?;
                    rest = behind;
                }
            }
        }
        run.steps = joined(run.steps);
        Some(run)
    }

    /// Finds where the fields that are gathered are.
    fn find_stretch(&mut self, fields: &[RunField]) {
        let (mut start, mut end) = (u32::MAX, 0);
        let (mut rest, mut lanes) = (fields, 0);
        while let [field, behind @ ..] = rest {
            rest = match Part::of(rest, lanes) {
                Part::Eight => {
                    lanes = 0;
                    &rest[LANES..]
                }
                Part::Copy => behind,
                Part::Gather => {
                    start = start.min(field.at);
                    end = end.max(field.end());
                    lanes += field.lanes();
                    behind
                }
            };
        }
        if start < end {
            self.start = start;
            self.registers = match end - start {
                ..=64 => 1,
                65..=128 => 2,
                _ => 4,
            };
        }
    }

    /// Adds a field to the lanes that are gathered; two lanes where one is too few.
    fn gather(&mut self, field: RunField, lanes: &mut usize) -> Option<()> {
        let from = u8::try_from(field.at - self.start).ok()?;
        for byte in from..=from + (field.width - 1) {
            self.fields[usize::from(byte / 64)] |= 1 << (byte % 64);
        }
        let has_two = field.lanes() == 2;
        for second in [false, true].into_iter().take(if has_two { 2 } else { 1 }) {
            let lane = *lanes % LANES;
            if lane == 0 {
                self.steps.push(Step::Group(Group::EMPTY));
            }
            *lanes += 1;
            let Some(Step::Group(group)) = self.steps.last_mut() else {
                return None;
            };
            group.read(lane, from, field.width);
            match field.form {
                Form::Bytes => group.copy(lane, field.width),
                form => {
                    group.varint(lane, if second { 8 } else { 0 }, form == Form::Signed);
                }
            }
        }
        Some(())
    }

    /// Writes the run and answers the end.
    ///
    /// # Safety
    ///
    /// The fields are at `base`, and what they take at most, and the overshoot, may be written
    /// at `out`.
    #[inline]
    pub unsafe fn write(&self, out: *mut u8, base: *const u8) -> *mut u8 {
        // SAFETY: the routine is the one the table was made for; the rest is
        // the caller's duty.
        unsafe { (self.routines.run)(out, base, self) }
    }

    /// The parts of a run of which nothing is gathered. One call for each is faster than one that finds out what they are.
    #[must_use]
    pub fn pieces(&self) -> Option<Vec<Piece>> {
        let piece = |step: &Step| match *step {
            Step::Group(_) => None,
            Step::Copy { at } => Some(Piece::Copy { at }),
            Step::Eights {
                at,
                count,
                integer,
                is_signed,
            } => Some(Piece::Eights {
                at,
                count,
                write: (self.routines.eights)(integer, is_signed),
            }),
        };
        self.steps.iter().map(piece).collect()
    }

    /// The routine, for machine code to call with this table.
    #[must_use]
    pub fn routine(&self) -> RunFn {
        self.routines.run
    }
}
