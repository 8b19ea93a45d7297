//! Jumps, two bytes where the way is known to be short, and tables of them.

use super::super::code::{Fixup, Piece, Reach, Way};
use super::super::{Assembler, Jump, Label, OutOfRange, Place, Range, Table};
use super::X64;

/// How a distance is encoded.
#[derive(Debug, Clone, Copy)]
pub(super) enum Distance {
    /// An entry of a jump table: 32 bits.
    Table32,
    /// The same where the code is short: 16 unsigned bits.
    Table16,
}

// Conditions, as jumps encode them; the opposite of each differs in the lowest bit.
pub(super) const O: u8 = 0;
pub(super) const B: u8 = 2;
pub(super) const AE: u8 = 3;
pub(super) const Z: u8 = 4;
pub(super) const NZ: u8 = 5;
pub(super) const A: u8 = 7;
pub(super) const NS: u8 = 9;

impl X64 {
    #[inline]
    pub(super) fn jump_if(&mut self, condition: u8, label: Label) {
        self.jump_behind([], condition, label);
    }

    /// A jump, and an instruction in front of it.
    #[inline]
    pub(super) fn jump_behind<const N: usize>(
        &mut self,
        front: [u8; N],
        condition: u8,
        label: Label,
    ) {
        match self.code.reach(label, N as u32 + 2) {
            Reach::Known(distance) => self.jump_by(front, condition, distance),
            Reach::Near => {
                let distance = self.code.near(label, N as u32 + 1);
                self.short_jump(front, condition, distance.cast_signed());
            }
            Reach::Far => {
                let distance = self.code.long(label, N as u32 + 2);
                self.long_jump(front, condition, distance);
            }
        }
    }

    /// A jump so far from the end of its short form, in that form if it will do.
    #[inline]
    pub(super) fn jump_by<const N: usize>(&mut self, front: [u8; N], condition: u8, distance: i32) {
        match i8::try_from(distance) {
            Ok(distance) => self.short_jump(front, condition, distance),
            // The long form ends four bytes later.
            Err(_) => self.long_jump(front, condition, (distance - 4).cast_unsigned()),
        }
    }

    #[inline]
    pub(super) fn long_jump<const N: usize>(
        &mut self,
        front: [u8; N],
        condition: u8,
        distance: u32,
    ) {
        self.code.emit(|piece| {
            piece.put(front);
            piece.put_word(
                0x800f | u64::from(condition) << 8 | u64::from(distance) << 16,
                6,
            );
        });
    }

    #[inline]
    pub(super) fn short_jump<const N: usize>(
        &mut self,
        front: [u8; N],
        condition: u8,
        distance: i8,
    ) {
        self.code.emit(|piece| {
            piece.put(front);
            piece.put([0x70 | condition, distance.cast_unsigned()]);
        });
    }

    /// The only jump to a place ahead.
    #[inline]
    pub(super) fn jump_ahead(&mut self, condition: u8, range: Range) -> Jump {
        self.code.emit(|piece| open_jump(piece, condition, range));
        self.opened(range)
    }

    /// The jump that was just opened.
    #[inline]
    pub(super) fn opened(&mut self, range: Range) -> Jump {
        let Place(end) = self.here();
        self.code.open_jump(end - distance_len(range), range)
    }

    /// As [`Self::jump_by`], without a condition.
    #[inline]
    pub(super) fn jump_always_by(&mut self, distance: i32) {
        match i8::try_from(distance) {
            Ok(distance) => self.code.put([0xeb, distance.cast_unsigned()]),
            // The long form ends three bytes later.
            Err(_) => self.long_jump_always((distance - 3).cast_unsigned()),
        }
    }

    #[inline]
    pub(super) fn long_jump_always(&mut self, distance: u32) {
        self.code.put_word(0xe9 | u64::from(distance) << 8, 5);
    }

    /// Jumps on zero, if need be through the jump on zero to the same label before this one: the flags are
    /// there what they are here. The instruction that sets them is in front.
    #[inline]
    pub(super) fn jump_if_zero<const N: usize>(&mut self, front: [u8; N], label: Label) {
        match self.code.way(label, N as u32, N as u32 + 2) {
            Some(Way::Last(distance)) => self.short_jump(front, Z, distance),
            Some(Way::Long(distance)) => self.long_jump(front, Z, distance),
            None => self.jump_behind(front, Z, label),
        }
    }

    /// Whether entries of jump tables take 16 bits.
    #[inline]
    pub(super) fn has_small_tables(&self) -> bool {
        self.code.capacity() <= usize::from(u16::MAX)
    }

    /// Where an entry is.
    pub(super) fn entry(&self, table: Table, index: usize) -> u32 {
        let size = if self.has_small_tables() { 2 } else { 4 };
        table.0 + size * index as u32
    }
}

/// A jump to a place ahead that is not known yet.
#[inline]
pub(super) fn open_jump(piece: &mut Piece<'_>, condition: u8, range: Range) {
    match range {
        Range::Near => piece.put([0x70 | condition, 0]),
        Range::Far => piece.put([0x0f, 0x80 | condition, 0, 0, 0, 0]),
    }
}

/// Bytes of the distance of a jump.
pub(super) fn distance_len(range: Range) -> u32 {
    match range {
        Range::Near => 1,
        Range::Far => 4,
    }
}

/// Fills a distance in at the fixup's place.
pub(super) fn encode(
    bytes: &mut [u8],
    fixup: &Fixup<Distance>,
    distance: i32,
) -> Result<(), OutOfRange> {
    let place = &mut bytes[fixup.place as usize..];
    match fixup.kind {
        Distance::Table32 => place[..4].copy_from_slice(&distance.to_le_bytes()),
        Distance::Table16 => {
            let distance = u16::try_from(distance).map_err(|_| OutOfRange)?;
            place[..2].copy_from_slice(&distance.to_le_bytes());
        }
    }
    Ok(())
}
