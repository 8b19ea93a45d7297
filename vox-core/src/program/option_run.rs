//! Neighbouring options as one table.
//!
//! Records of optional fields are common, and each such field is an op, a source, a block and another op:
//! a tier that dispatches spends more on finding its way than on writing. Where the options of a
//! block stand side by side, are tested by one load, and hold an integer or a string,
//! a program is given this table when it is linked. It means exactly what the ops mean, in their order.
//!
//! Not for: machine code, which has another table (`kernels/ready.rs`). Read next: `interp/options.rs`.

use super::{BlockId, Code, Offset, Op, OptionSource, Source, TagWidth};

/// Fewer are as fast one by one.
const SHORTEST: usize = 2;

/// Options that stand side by side in a block.
#[derive(Debug)]
pub struct OptionRun {
    pub(crate) fields: Box<[OptionField]>,
}

/// One of them. All offsets are from the base of the block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OptionField {
    /// None when the byte of the tag is `none`, or else a `u32`.
    U32(Scalar),
    /// As above, a `u64`.
    U64(Scalar),
    /// As above, an `i32`.
    I32(Scalar),
    /// As above, an `i64`.
    I64(Scalar),
    /// None when the eight bytes of the tag are `none`, or else bytes and their length.
    Bytes {
        tag: u32,
        none: u64,
        ptr: Offset,
        len: Offset,
        reserve: u32,
    },
}

/// Where an optional integer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub(crate) tag: u32,
    pub(crate) none: u8,
    pub(crate) value: u32,
}

impl OptionRun {
    /// The runs of a block, each with the block of its first option's payload.
    pub(super) fn find(code: &Code, ops: &[Op]) -> Vec<(BlockId, Self)> {
        let mut runs = Vec::new();
        let mut rest = ops;
        while let Some((first, behind)) = rest.split_first() {
            let fields: Vec<OptionField> = rest
                .iter()
                .map_while(|op| OptionField::new(code, op))
                .collect();
            rest = if fields.is_empty() {
                behind
            } else {
                &rest[fields.len()..]
            };
            if let Op::WriteOption { some, .. } = *first
                && fields.len() >= SHORTEST
            {
                let fields = fields.into_boxed_slice();
                runs.push((some, Self { fields }));
            }
        }
        runs
    }
}

impl OptionField {
    fn new(code: &Code, op: &Op) -> Option<Self> {
        let Op::WriteOption { at, source, some } = *op else {
            return None;
        };
        let [inner] = code.block(some).ops[..] else {
            return None;
        };
        match inner {
            Op::WriteVarU32 { at: value } => Scalar::new(at, source, value).map(Self::U32),
            Op::WriteVarU64 { at: value } => Scalar::new(at, source, value).map(Self::U64),
            Op::WriteVarI32 { at: value } => Scalar::new(at, source, value).map(Self::I32),
            Op::WriteVarI64 { at: value } => Scalar::new(at, source, value).map(Self::I64),
            Op::WriteBytes {
                at: value,
                source: Source::Words { ptr, len },
                reserve,
            } => {
                let tag = Tag::new(at, source)?;
                if !matches!(tag.width, TagWidth::U64 | TagWidth::I64) {
                    return None;
                }
                let value = tag.payload.checked_add(value.0)?;
                Some(Self::Bytes {
                    tag: tag.at,
                    none: tag.none.cast_unsigned(),
                    ptr: Offset(value.checked_add(ptr.0)?),
                    len: Offset(value.checked_add(len.0)?),
                    reserve,
                })
            }
            _ => None,
        }
    }
}

impl Scalar {
    fn new(at: Offset, source: OptionSource, value: Offset) -> Option<Self> {
        let tag = Tag::new(at, source)?;
        (tag.width == TagWidth::U8).then_some(())?;
        Some(Self {
            tag: tag.at,
            none: u8::try_from(tag.none).ok()?,
            value: tag.payload.checked_add(value.0)?,
        })
    }
}

/// The tag of a probed option and its payload, from the base of the block.
struct Tag {
    width: TagWidth,
    at: u32,
    none: i64,
    payload: u32,
}

impl Tag {
    fn new(option: Offset, source: OptionSource) -> Option<Self> {
        let OptionSource::Tagged {
            tag,
            tag_at,
            none,
            payload,
        } = source
        else {
            return None;
        };
        Some(Self {
            width: tag,
            at: option.0.checked_add(tag_at.0)?,
            none,
            payload: option.0.checked_add(payload.0)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Block;

    fn option(at: u32, tag: TagWidth, some: u32) -> Op {
        Op::WriteOption {
            at: Offset(at),
            source: OptionSource::Tagged {
                tag,
                tag_at: Offset(1),
                none: 0,
                payload: Offset(4),
            },
            some: BlockId(some),
        }
    }

    fn code(ops: Vec<Op>) -> Code {
        let payloads = [
            vec![Op::WriteVarU32 { at: Offset(0) }],
            vec![Op::WriteVarI64 { at: Offset(2) }],
            vec![Op::WriteChar { at: Offset(0) }],
        ];
        Code {
            blocks: core::iter::once(ops)
                .chain(payloads)
                .map(|ops| Block { ops })
                .collect(),
            ..Code::default()
        }
    }

    fn found(ops: Vec<Op>) -> Vec<(BlockId, Box<[OptionField]>)> {
        let code = code(ops);
        let runs = OptionRun::find(&code, &code.block(BlockId(0)).ops);
        runs.into_iter()
            .map(|(some, run)| (some, run.fields))
            .collect()
    }

    #[test]
    fn neighbours_are_a_run() {
        let ops = vec![
            Op::Reserve { bytes: 40 },
            option(100, TagWidth::U8, 1),
            option(200, TagWidth::U8, 2),
            option(300, TagWidth::U8, 3),
            option(400, TagWidth::U8, 1),
        ];
        let scalar = |tag, value| Scalar {
            tag,
            none: 0,
            value,
        };
        let fields = [
            OptionField::U32(scalar(101, 104)),
            OptionField::I64(scalar(201, 206)),
        ];
        // The character ends the run, and one option alone is none.
        assert_eq!(found(ops), [(BlockId(1), Box::from(fields))]);
    }

    #[test]
    fn other_tags_are_left_alone() {
        let ops = vec![option(0, TagWidth::U32, 1), option(8, TagWidth::I8, 1)];
        assert_eq!(found(ops), []);
        let beyond = vec![
            option(u32::MAX, TagWidth::U8, 1),
            option(u32::MAX, TagWidth::U8, 1),
        ];
        assert_eq!(found(beyond), []);
    }
}
