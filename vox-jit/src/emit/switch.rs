//! Enums: from the tag to the block of its variant.
//!
//! A jump table where the tags lie close together, comparisons otherwise; no branch at all where no
//! variant has fields. A tag that no variant has is an error, never success.

use cranelift_codegen::ir::{
    Block, BlockCall, InstBuilder, JumpTableData, Type, Value, condcodes::IntCC, types,
};
use cranelift_frontend::Switch;
use vox_core::program::{Arm, Offset, Op, PathId, Program, TableId, TagWidth};

use super::block::End;
use super::cold::Step;
use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::head::Heads;
use super::join::Join;
use super::place::{Base, Place};
use super::{block, runtime, scalar};
use crate::error::CompileError;

/// What an op says of an enum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    pub(super) tag: TagWidth,
    pub(super) arms: TableId,
    pub(super) path: PathId,
}

/// Runs the block of the arm the tag selects. `base` is where the enum is.
pub(super) fn write<'a, 'f>(
    e: &mut Emitter<'a, 'f>,
    base: Base,
    choice: Choice,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    // Every arm writes its index first, most of them one byte.
    let mut join = Join::new(e, cursor.offset + 1);
    let mut arrive = |e: &mut Emitter<'a, 'f>, end: Cursor| join.arrive(e, Some(end));
    match write_to_ends(e, base, choice, cursor, scope, &mut arrive)? {
        Some(end) => Ok(Some(end)),
        None => Ok(join.finish(e)),
    }
}

/// Fewer arms meet behind them: what follows is there once.
const MANY: usize = 8;

/// Whether arms are so many that each goes its own way, as an end in [`write_to_ends`].
pub(super) fn has_many_arms(program: &Program, arms: TableId) -> bool {
    let arms = program.code.tables.get(arms.index());
    arms.is_some_and(|arms| arms.len() >= MANY)
}

/// The same where every arm that comes to its end is done with by `end`; `None` then. Where all arms are a byte and nothing else, there is no
/// branch, and this answers the one end.
pub(super) fn write_to_ends<'a, 'f>(
    e: &mut Emitter<'a, 'f>,
    base: Base,
    Choice {
        tag,
        arms: table,
        path,
    }: Choice,
    cursor: Cursor,
    scope: Scope,
    end: End<'_, 'a, 'f>,
) -> Result<Option<Cursor>, CompileError> {
    let program = e.program;
    let Some(arms) = program.code.tables.get(table.index()) else {
        return Err(CompileError::Malformed(format!(
            "there is no table {table}"
        )));
    };
    let unknown = Unknown {
        block: e.cold_block(),
        path,
    };
    match plain(program, arms) {
        Some(distance) => {
            let place = base.at(Offset(0));
            write_plain(e, place, tag, arms, distance, unknown, cursor, scope).map(Some)
        }
        None => {
            write_arms(e, base, tag, arms, unknown, cursor, scope, end)?;
            Ok(None)
        }
    }
}

/// Where tags no arm has lead to.
#[derive(Clone, Copy)]
struct Unknown {
    block: Block,
    path: PathId,
}

impl Unknown {
    /// Emits the refusal. The block before must be filled.
    fn refuse(self, e: &mut Emitter<'_, '_>, place: Place, tag: TagWidth, scope: Scope) {
        e.builder.switch_to_block(self.block);
        let value = load(e, place, tag);
        e.call_rarely(runtime::FAIL_DISCRIMINANT, &[value]);
        let failing = e.way_out(scope, &[Step::Static(self.path)]);
        e.builder.ins().jump(failing.failed, &[]);
    }
}

/// Jumps to the block of the arm the tag selects.
#[expect(
    clippy::too_many_arguments,
    reason = "an op, its surroundings and its ends"
)]
fn write_arms<'a, 'f>(
    e: &mut Emitter<'a, 'f>,
    base: Base,
    tag: TagWidth,
    arms: &[Arm],
    unknown: Unknown,
    cursor: Cursor,
    scope: Scope,
    end: End<'_, 'a, 'f>,
) -> Result<(), CompileError> {
    let place = base.at(Offset(0));
    let heads = Heads::among(e.program, tag, arms).map(|heads| (heads, e.builder.create_block()));
    let shared = heads.map(|(_, block)| block);
    let blocks: Vec<Block> = arms
        .iter()
        .map(|arm| match heads {
            Some((heads, block)) if heads.has(arm) => block,
            _ => e.builder.create_block(),
        })
        .collect();
    dispatch(e, place, tag, arms, &blocks, unknown.block);
    unknown.refuse(e, place, tag, scope);
    if let Some((heads, block)) = heads {
        e.builder.switch_to_block(block);
        let out = heads.write(e, place, cursor)?;
        end(e, out);
    }
    for (arm, start) in arms.iter().zip(blocks) {
        if Some(start) == shared {
            continue;
        }
        e.builder.switch_to_block(start);
        if let Some(out) = block::emit(e, arm.block, base, cursor, scope)? {
            end(e, out);
        }
    }
    Ok(())
}

/// The distance from tag to index, when every arm writes an index of one byte and nothing
/// else, the distance is the same for all, and there are no holes: such an enum needs no arms.
fn plain(program: &Program, arms: &[Arm]) -> Option<i64> {
    let index = |arm: &Arm| match program.code.block(arm.block).ops.as_slice() {
        [Op::WriteConst { bytes }] => match bytes.as_bytes() {
            [index] if *index < 0x80 => Some(i64::from(*index)),
            _ => None,
        },
        _ => None,
    };
    let distance = |arm: &Arm| index(arm)?.checked_sub(arm.discriminant);
    let first = distance(arms.first()?)?;
    let same = arms.iter().all(|arm| distance(arm) == Some(first));
    // Discriminants differ, so that as many as the span is long leave no hole.
    let least = arms.iter().map(|arm| arm.discriminant).min()?;
    let most = arms.iter().map(|arm| arm.discriminant).max()?;
    let span = usize::try_from(most.checked_sub(least)?).ok()?;
    (same && span + 1 == arms.len()).then_some(first)
}

/// Writes the index without a branch but the one that refuses unknown tags.
#[expect(
    clippy::too_many_arguments,
    reason = "an op, its place and its surroundings"
)]
fn write_plain(
    e: &mut Emitter<'_, '_>,
    place: Place,
    tag: TagWidth,
    arms: &[Arm],
    distance: i64,
    unknown: Unknown,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let value = load(e, place, tag);
    let index = e.add(value, distance);
    // Indices need not start at 0, but they follow each other.
    let least = arms.iter().map(|arm| arm.discriminant).min();
    let from_least = e.add(value, least.unwrap_or(0).wrapping_neg());
    let count = arms.len() as u64;
    let known =
        e.builder
            .ins()
            .icmp_imm_u(IntCC::UnsignedLessThan, from_least, count.cast_signed());
    let go_on = e.builder.create_block();
    e.builder.ins().brif(known, go_on, &[], unknown.block, &[]);
    unknown.refuse(e, place, tag, scope);
    e.builder.switch_to_block(go_on);
    let flags = e.out_flags();
    e.builder
        .ins()
        .istore8(flags, index, cursor.base, cursor.offset);
    cursor.advance(1)
}

/// A tag as it is in memory.
pub(super) fn tag_type(tag: TagWidth) -> Type {
    match tag {
        TagWidth::U8 | TagWidth::I8 => types::I8,
        TagWidth::U16 | TagWidth::I16 => types::I16,
        TagWidth::U32 | TagWidth::I32 => types::I32,
        TagWidth::U64 | TagWidth::I64 => types::I64,
    }
}

/// Loads the tag as a word, extended by its own sign.
fn load(e: &mut Emitter<'_, '_>, place: Place, tag: TagWidth) -> Value {
    match tag {
        TagWidth::U8 => scalar::load_unsigned(e, place, types::I8),
        TagWidth::U16 => scalar::load_unsigned(e, place, types::I16),
        TagWidth::U32 => scalar::load_unsigned(e, place, types::I32),
        TagWidth::U64 => scalar::load_unsigned(e, place, types::I64),
        TagWidth::I8 => scalar::load_signed(e, place, types::I8),
        TagWidth::I16 => scalar::load_signed(e, place, types::I16),
        TagWidth::I32 => scalar::load_signed(e, place, types::I32),
        TagWidth::I64 => scalar::load_signed(e, place, types::I64),
    }
}

/// Jumps to the block of the arm with this tag.
fn dispatch(
    e: &mut Emitter<'_, '_>,
    place: Place,
    tag: TagWidth,
    arms: &[Arm],
    blocks: &[Block],
    unknown: Block,
) {
    let Some((least, positions)) = dense(arms) else {
        let value = load(e, place, tag);
        let mut switch = Switch::new();
        for (arm, block) in arms.iter().zip(blocks) {
            switch.set_entry(u128::from(arm.discriminant.cast_unsigned()), *block);
        }
        return switch.emit(&mut e.builder, value, unknown);
    };
    let call = |e: &mut Emitter<'_, '_>, block| {
        BlockCall::new(block, [], &mut e.builder.func.dfg.value_lists)
    };
    let entries: Vec<BlockCall> = positions
        .into_iter()
        .map(|position| call(e, position.map_or(unknown, |arm| blocks[arm])))
        .collect();
    let value = load(e, place, tag);
    let index = e.add(value, least.wrapping_neg());
    if matches!(tag, TagWidth::U64 | TagWidth::I64) {
        // The table's index is 32 bits wide, this tag is not.
        let len = entries.len() as u64;
        let inside = e.builder.create_block();
        let in_table =
            e.builder
                .ins()
                .icmp_imm_u(IntCC::UnsignedLessThan, index, len.cast_signed());
        e.builder.ins().brif(in_table, inside, &[], unknown, &[]);
        e.builder.switch_to_block(inside);
    }
    // A tag of up to 32 bits less the least one keeps apart what was apart, modulo 2^32.
    let index = e.builder.ins().ireduce(types::I32, index);
    let default = call(e, unknown);
    let data = JumpTableData::new(default, &entries);
    let table = e.builder.create_jump_table(data);
    e.builder.ins().br_table(index, table);
}

/// The least tag, and the arm of each tag from there on, when a jump table of
/// all of them is not much larger than the arms are many.
fn dense(arms: &[Arm]) -> Option<(i64, Vec<Option<usize>>)> {
    if arms.len() < 3 {
        return None;
    }
    let least = arms.iter().map(|arm| arm.discriminant).min()?;
    let most = arms.iter().map(|arm| arm.discriminant).max()?;
    let span = usize::try_from(most.checked_sub(least)?).ok()?;
    if span > arms.len() * 4 {
        return None;
    }
    let mut positions = vec![None; span + 1];
    for (idx, arm) in arms.iter().enumerate() {
        let position = usize::try_from(arm.discriminant - least).ok()?;
        positions[position] = Some(idx);
    }
    Some((least, positions))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vox_core::program::BlockId;

    fn arms(tags: &[i64]) -> Vec<Arm> {
        tags.iter()
            .map(|tag| Arm {
                discriminant: *tag,
                block: BlockId(0),
            })
            .collect()
    }

    #[test]
    fn close_tags_make_a_table_with_holes() {
        let (least, positions) = dense(&arms(&[-2, 1, 0, 3])).unwrap();
        assert_eq!(least, -2);
        assert_eq!(positions, [Some(0), None, Some(2), Some(1), None, Some(3)]);
    }

    #[test]
    fn far_tags_make_none() {
        assert_eq!(dense(&arms(&[i64::MIN, 0, 1, i64::MAX])), None);
        assert_eq!(dense(&arms(&[0, 1, 2, 100])), None);
        assert_eq!(dense(&arms(&[0, 1])), None);
    }
}
