//! Variants that are on the wire as they begin in memory: a number of one byte, and bytes behind it at once.
//!
//! They share one way, which copies as many bytes as the longest of them has and goes on behind those of the one at hand.
//! A jump that depends on the value is the most that an enum costs, and it is guessed the better
//! the fewer ways there are.

use cranelift_codegen::ir::{InstBuilder, types};
use vox_core::program::{Arm, Offset, Op, Program, TagWidth};

use super::cursor::Cursor;
use super::emitter::Emitter;
use super::place::Place;
use super::scalar;
use crate::error::CompileError;

/// Bits of a length in [`Heads::lens`].
const BITS: u32 = 4;
/// Tags that have a length there.
const TAGS: u32 = u64::BITS / BITS;
/// The most bytes of a variant: what its bits can hold, and less than may be written too much.
const MOST: u32 = (1 << BITS) - 1;

/// The variants of an enum that begin in memory as they are on the wire: two and more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heads {
    /// The length of each, in the bits of its tag; zero of the others.
    lens: u64,
    /// The longest.
    most: u32,
}

impl Heads {
    /// Those among these arms.
    pub(super) fn among(program: &Program, tag: TagWidth, arms: &[Arm]) -> Option<Self> {
        // A tag that is wider is followed by its own zeros.
        if tag != TagWidth::U8 {
            return None;
        }
        let mut heads = Self { lens: 0, most: 0 };
        let mut count = 0;
        for arm in arms {
            let Some((tag, len)) = head(arm, &program.code.block(arm.block).ops) else {
                continue;
            };
            heads.lens |= u64::from(len) << (BITS * tag);
            heads.most = heads.most.max(len);
            count += 1;
        }
        (count >= 2).then_some(heads)
    }

    /// Whether an arm is one of them.
    pub(super) fn has(self, arm: &Arm) -> bool {
        let tag = u32::try_from(arm.discriminant).ok();
        tag.is_some_and(|tag| tag < TAGS && self.lens >> (BITS * tag) & u64::from(MOST) != 0)
    }

    /// Writes the one that is at the place.
    pub(super) fn write(
        self,
        e: &mut Emitter<'_, '_>,
        place: Place,
        cursor: Cursor,
    ) -> Result<Cursor, CompileError> {
        // The longest has all these bytes in memory; what others have there means nothing, and is overwritten or behind the end.
        let Cursor { spare, .. } = scalar::copy_bytes(e, place, self.most, cursor)?;
        let tag = scalar::load_unsigned(e, place, types::I8);
        let lens = e.word(self.lens.cast_signed());
        let bits = e.builder.ins().ishl_imm_u(tag, i64::from(BITS.ilog2()));
        let len = e.builder.ins().ushr(lens, bits);
        let len = e.builder.ins().band_imm_u(len, i64::from(MOST));
        let base = e.builder.ins().iadd(cursor.base, len);
        Ok(Cursor {
            base,
            spare,
            ..cursor
        })
    }
}

/// The tag and the length of an arm that writes its number and then what follows that in memory.
fn head(arm: &Arm, ops: &[Op]) -> Option<(u32, u32)> {
    let tag = u32::try_from(arm.discriminant)
        .ok()
        .filter(|tag| *tag < TAGS)?;
    let [Op::WriteConst { bytes }, fields @ ..] = ops else {
        return None;
    };
    let [index] = bytes.as_bytes() else {
        return None;
    };
    if u32::from(*index) != tag {
        return None;
    }
    let mut end = 1;
    for field in fields {
        let (at, len) = match *field {
            Op::WriteByte { at } => (at, 1),
            Op::CopyBytes { at, len } => (at, len),
            _ => return None,
        };
        if at != Offset(end) {
            return None;
        }
        end = end.checked_add(len)?;
    }
    (end <= MOST).then_some((tag, end))
}

#[cfg(test)]
mod tests {
    use vox_core::program::{BlockId, Literal};

    use super::*;

    fn arm(discriminant: i64) -> Arm {
        Arm {
            discriminant,
            block: BlockId(0),
        }
    }

    fn number(index: u8) -> Op {
        let bytes = Literal::new(&[index]).expect("one byte");
        Op::WriteConst { bytes }
    }

    #[test]
    fn fields_follow_the_number_and_each_other() {
        let copy = |at, len| Op::CopyBytes {
            at: Offset(at),
            len,
        };
        let byte = |at| Op::WriteByte { at: Offset(at) };
        assert_eq!(head(&arm(3), &[number(3)]), Some((3, 1)));
        assert_eq!(
            head(&arm(3), &[number(3), byte(1), copy(2, 4)]),
            Some((3, 6))
        );
        assert_eq!(head(&arm(15), &[number(15), copy(1, 14)]), Some((15, 15)));
        // Not its number, no bits for it, a gap, another order, too long, something else.
        assert_eq!(head(&arm(3), &[number(4)]), None);
        assert_eq!(head(&arm(-1), &[number(255)]), None);
        assert_eq!(head(&arm(16), &[number(16)]), None);
        assert_eq!(head(&arm(3), &[number(3), copy(2, 4)]), None);
        assert_eq!(head(&arm(3), &[number(3), byte(2), byte(1)]), None);
        assert_eq!(head(&arm(3), &[number(3), copy(1, 15)]), None);
        let varint = Op::WriteVarU32 { at: Offset(1) };
        assert_eq!(head(&arm(3), &[number(3), varint]), None);
        assert_eq!(head(&arm(3), &[byte(0)]), None);
    }
}
