//! The arms of an enum in a list, as one table.
//!
//! Which arm an element of a list takes is hard to guess, so what finding it costs is paid in full: a tag leads to an
//! arm, that to a block, to its first op, to the next one. Where the discriminants of
//! an enum's arms are 0, 1, 2 and so on, in this order, a program is given this table when it is linked: the tag leads to all there is to know
//! of the arm. It means exactly what the ops mean, in their order.
//!
//! Not for: machine code, which has tables of its own. Read next: `interp/enums.rs`.

use super::{Arm, BlockId, Code, Literal, Offset, Op, PathId, Source, TableId, TagWidth};
use crate::kernels::over;

/// The most bytes an [`ArmBody::Copied`] has. A copy takes as many at once, whatever it is asked for.
const MAX_COPIED: u32 = over::LEN as u32;

/// An enum that is all there is of an element.
#[derive(Debug)]
pub(crate) struct EnumTable {
    /// The room that is made for an element; 0 where there is some already.
    pub(crate) reserve: u32,
    /// Where the enum is in the element, and the byte that is its tag.
    pub(crate) at: Offset,
    /// By the tag.
    pub(crate) arms: Box<[TableArm]>,
    /// The arms of the program this was made from: their ops are counted.
    #[cfg_attr(not(feature = "op-counts"), expect(dead_code, reason = "only counted"))]
    pub(crate) source: TableId,
    /// The place of the enum, for errors.
    pub(crate) path: PathId,
}

/// What an arm writes. All offsets are from the enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TableArm {
    /// The tag on the wire, or nothing where the body begins at once.
    pub(crate) tag: Literal,
    pub(crate) body: ArmBody,
}

/// What is behind the tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArmBody {
    /// Bytes as they are in memory, [`MAX_COPIED`] at most, or none at all.
    Copied { at: u32, len: u32 },
    /// A varint.
    U32(u32),
    /// As above.
    U64(u32),
    /// A varint in zigzag.
    I32(u32),
    /// As above.
    I64(u32),
    /// Bytes and their length, and room for what follows.
    Bytes {
        ptr: Offset,
        len: Offset,
        reserve: u32,
    },
    /// What this block has behind the tag.
    Ops(BlockId),
}

impl EnumTable {
    /// The table of an element that is an enum and nothing else.
    pub(super) fn find(code: &Code, ops: &[Op]) -> Option<Self> {
        let (reserve, switch) = match ops {
            [switch] => (0, switch),
            [Op::Reserve { bytes }, switch] => (*bytes, switch),
            _ => return None,
        };
        let Op::Switch {
            at,
            tag: TagWidth::U8,
            arms,
            path,
        } = *switch
        else {
            return None;
        };
        let made = code.tables.get(arms.index())?.iter().enumerate();
        let made: Option<Box<[TableArm]>> = made
            .map(|(number, arm)| TableArm::new(code, number, arm))
            .collect();
        Some(Self {
            reserve,
            at,
            arms: made?,
            source: arms,
            path,
        })
    }
}

impl TableArm {
    /// `None` where the discriminant is not the arm's number.
    fn new(code: &Code, number: usize, arm: &Arm) -> Option<Self> {
        if usize::try_from(arm.discriminant) != Ok(number) {
            return None;
        }
        let (tag, behind) = match &code.block(arm.block).ops[..] {
            [Op::WriteConst { bytes }, behind @ ..] => (*bytes, behind),
            all => (Literal::new(&[])?, all),
        };
        let body = ArmBody::new(behind).unwrap_or(ArmBody::Ops(arm.block));
        Some(Self { tag, body })
    }
}

impl ArmBody {
    /// `None` where that is more than one step.
    fn new(ops: &[Op]) -> Option<Self> {
        let copied = |at: Offset, len| Self::Copied { at: at.0, len };
        Some(match *ops {
            // A byte of the value is read in any case: the tag.
            [] | [Op::CopyBytes { len: 0, .. }] => copied(Offset(0), 0),
            [Op::WriteByte { at }] => copied(at, 1),
            [Op::CopyBytes { at, len }] if len <= MAX_COPIED => copied(at, len),
            // As in memory where that is little-endian.
            [Op::WriteF32 { at }] if cfg!(target_endian = "little") => copied(at, 4),
            [Op::WriteF64 { at }] if cfg!(target_endian = "little") => copied(at, 8),
            [Op::WriteVarU32 { at }] => Self::U32(at.0),
            [Op::WriteVarU64 { at }] => Self::U64(at.0),
            [Op::WriteVarI32 { at }] => Self::I32(at.0),
            [Op::WriteVarI64 { at }] => Self::I64(at.0),
            [
                Op::WriteBytes {
                    at,
                    source: Source::Words { ptr, len },
                    reserve,
                },
            ] => Self::Bytes {
                ptr: Offset(at.0.checked_add(ptr.0)?),
                len: Offset(at.0.checked_add(len.0)?),
                reserve,
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Block;

    fn switch(tag: TagWidth) -> Op {
        Op::Switch {
            at: Offset(8),
            tag,
            arms: TableId(0),
            path: PathId(3),
        }
    }

    /// Arms with these discriminants, which write their tag and then these ops.
    fn code(arms: Vec<(i64, Vec<Op>)>) -> Code {
        let mut code = Code::default();
        let mut table = Vec::new();
        for (discriminant, body) in arms {
            let block = BlockId(u32::try_from(code.blocks.len()).unwrap());
            let bytes = Literal::new(&[discriminant.to_le_bytes()[0]]).unwrap();
            let mut ops = vec![Op::WriteConst { bytes }];
            ops.extend(body);
            code.blocks.push(Block { ops });
            table.push(Arm {
                discriminant,
                block,
            });
        }
        code.tables.push(table);
        code
    }

    #[test]
    fn each_arm_is_found_by_its_tag() {
        let string = Op::WriteBytes {
            at: Offset(8),
            source: Source::Words {
                ptr: Offset(8),
                len: Offset(16),
            },
            reserve: 7,
        };
        let code = code(vec![
            (0, vec![]),
            (1, vec![Op::WriteByte { at: Offset(1) }]),
            (2, vec![Op::WriteVarI64 { at: Offset(8) }]),
            (3, vec![string]),
            (4, vec![Op::WriteChar { at: Offset(4) }]),
        ]);
        let ops = [Op::Reserve { bytes: 11 }, switch(TagWidth::U8)];
        let table = EnumTable::find(&code, &ops).unwrap();
        assert_eq!(
            (table.reserve, table.at, table.path),
            (11, Offset(8), PathId(3))
        );
        let bodies: Vec<ArmBody> = table.arms.iter().map(|arm| arm.body).collect();
        let expected = [
            ArmBody::Copied { at: 0, len: 0 },
            ArmBody::Copied { at: 1, len: 1 },
            ArmBody::I64(8),
            ArmBody::Bytes {
                ptr: Offset(16),
                len: Offset(24),
                reserve: 7,
            },
            ArmBody::Ops(BlockId(4)),
        ];
        assert_eq!(bodies, expected);
        assert_eq!(table.arms[3].tag.as_bytes(), [3]);
        assert_eq!(EnumTable::find(&code, &ops[1..]).unwrap().reserve, 0);
    }

    #[test]
    fn other_tags_and_other_elements_have_no_table() {
        let gaps = code(vec![(0, vec![]), (2, vec![])]);
        assert!(EnumTable::find(&gaps, &[switch(TagWidth::U8)]).is_none());
        let code = code(vec![(0, vec![]), (1, vec![])]);
        assert!(EnumTable::find(&code, &[switch(TagWidth::U8)]).is_some());
        assert!(EnumTable::find(&code, &[switch(TagWidth::U16)]).is_none());
        let byte = Op::WriteByte { at: Offset(0) };
        assert!(EnumTable::find(&code, &[switch(TagWidth::U8), byte]).is_none());
    }
}
