//! Options.

use cranelift_codegen::ir::{InstBuilder, Type, Value, condcodes::IntCC, types};
use vox_core::program::{BlockId, Code, Op, OptionSource, TagWidth};

use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::join::Join;
use super::place::{Base, Place};
use super::scalar::Integer;
use super::{block, bytes, ready, switch, varint, vtable};
use crate::error::CompileError;

/// Writes 0, or 1 and the payload.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    place: Place,
    source: OptionSource,
    some: BlockId,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    if let Some(end) = ready::write(e, place, some, cursor, scope)? {
        return Ok(Some(end));
    }
    let chosen = match source {
        OptionSource::GetValue { get_value } => {
            let payload = vtable::payload(e, get_value, place)?;
            let is_some = e.builder.ins().icmp_imm_u(IntCC::NotEqual, payload, 0);
            (is_some, Base::new(payload))
        }
        OptionSource::NullIsNone => {
            // Rust promises that such an option and its payload are the same word.
            let word = place.load(e, types::I64);
            let is_some = e.builder.ins().icmp_imm_u(IntCC::NotEqual, word, 0);
            (is_some, place.base().with_word(word))
        }
        OptionSource::Tagged {
            tag,
            tag_at,
            none,
            payload,
        } => {
            let ty = switch::tag_type(tag);
            let tag = place.load_at(e, ty, tag_at.0);
            // Without what the tag's sign extends to.
            let none = (u64::MAX >> (64 - ty.bits())).cast_signed() & none;
            let is_some = e.builder.ins().icmp_imm_u(IntCC::NotEqual, tag, none);
            (is_some, place.base().moved(payload))
        }
        OptionSource::IsSome { is_some } => {
            let tag = vtable::test(e, is_some, place)?;
            return write_is_some(e, tag, cursor).map(Some);
        }
    };
    let (is_some, base) = chosen;
    let is_in_place = matches!(
        source,
        OptionSource::Tagged { .. } | OptionSource::NullIsNone
    );
    if let (true, [only]) = (is_in_place, e.program.code.block(some).ops.as_slice())
        && let Some(end) = write_flat(e, is_some, *only, base, cursor, scope)?
    {
        return Ok(Some(end));
    }
    // As if there were something: the test is for the branch alone then, and its result is never a byte.
    store_tag(e, cursor, 1);
    let tagged = cursor.advance(1)?;
    let mut join = Join::new(e, tagged.offset);
    let (present, absent) = (e.builder.create_block(), e.builder.create_block());
    e.builder.ins().brif(is_some, present, &[], absent, &[]);

    e.builder.switch_to_block(absent);
    store_tag(e, cursor, 0);
    join.arrive(e, Some(tagged));

    e.builder.switch_to_block(present);
    let end = block::emit(e, some, base, tagged, scope)?;
    join.arrive(e, end);
    Ok(join.finish(e))
}

/// How many options `ops` begin with that are looked at together, if they are: one branch if there are none, in place of one for each.
///
/// Pointers, in what recurs: it ends in values that have none of them, half of the nodes of a tree. And texts, which have no branch
/// of their own and take as long to write when there is none: of three or four, all are often missing, of more seldom.
pub(super) fn row(e: &Emitter<'_, '_>, ops: &[Op], cursor: Cursor) -> Option<usize> {
    let code = &e.program.code;
    let room = usize::try_from(cursor.spare).unwrap_or(usize::MAX);
    let count = |is_one: fn(&Code, &Op) -> bool, most: usize| {
        let row = ops.iter().take_while(|op| is_one(code, op));
        row.take(most.min(room)).count()
    };
    let pointers = count(is_pointer, MOST_POINTERS);
    if e.is_recursive && pointers >= 2 {
        return Some(pointers);
    }
    let texts = count(is_text, MOST_TEXTS);
    (e.ready.is_none() && texts >= 3).then_some(texts)
}

/// Options of a row: as many as one store writes zeros for.
const MOST_POINTERS: usize = 8;
const MOST_TEXTS: usize = 4;

fn is_pointer(_code: &Code, op: &Op) -> bool {
    matches!(
        op,
        Op::WriteOption {
            source: OptionSource::NullIsNone,
            ..
        }
    )
}

fn is_text(code: &Code, op: &Op) -> bool {
    let Op::WriteOption {
        source:
            OptionSource::Tagged {
                tag: TagWidth::U64 | TagWidth::I64,
                ..
            },
        some,
        ..
    } = *op
    else {
        return false;
    };
    let block = code.blocks.get(some.index());
    block.is_some_and(|block| matches!(block.ops[..], [Op::WriteBytes { .. }]))
}

/// Writes the first so many ops, options of a [`row`].
pub(super) fn write_row(
    e: &mut Emitter<'_, '_>,
    ops: &[Op],
    many: usize,
    base: Base,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let mut any = None;
    for op in &ops[..many] {
        let word = not_if_none(e, op, base)?;
        any = Some(match any {
            Some(any) => e.builder.ins().bor(any, word),
            None => word,
        });
    }
    let Some(any) = any else {
        return Ok(Some(cursor));
    };
    let (some, none) = (e.builder.create_block(), e.builder.create_block());
    e.builder.ins().brif(any, some, &[], none, &[]);

    e.builder.switch_to_block(none);
    let end = write_zeros(e, many, cursor)?;
    let mut join = Join::new(e, end.offset);
    join.arrive(e, Some(end));

    e.builder.switch_to_block(some);
    let mut cursor = Some(cursor);
    for (idx, op) in ops[..many].iter().enumerate() {
        if let Some(out) = cursor {
            e.count_op()?;
            cursor = block::emit_op(e, op, &ops[idx + 1..], base, out, scope)?;
        }
    }
    join.arrive(e, cursor);
    Ok(join.finish(e))
}

/// A word that is zero where the option of a row is `None`.
fn not_if_none(e: &mut Emitter<'_, '_>, op: &Op, base: Base) -> Result<Value, CompileError> {
    match *op {
        Op::WriteOption {
            at,
            source: OptionSource::NullIsNone,
            ..
        } => Ok(base.at(at).load(e, types::I64)),
        Op::WriteOption {
            at,
            source: OptionSource::Tagged { tag_at, none, .. },
            ..
        } => {
            let tag = base.at(at).load_at(e, types::I64, tag_at.0);
            Ok(e.builder.ins().bxor_imm_s(tag, none))
        }
        _ => Err(CompileError::Malformed(String::from("a row of options"))),
    }
}

/// Writes so many bytes that are zero, in stores as wide as there are.
fn write_zeros(
    e: &mut Emitter<'_, '_>,
    many: usize,
    mut cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let mut left = many;
    for ty in [types::I64, types::I32, types::I16, types::I8] {
        let bytes = ty.bytes();
        while left >= bytes as usize {
            let zero = e.builder.ins().iconst(ty, 0);
            cursor.store(e, zero, 0);
            cursor = cursor.advance(bytes)?;
            left -= bytes as usize;
        }
    }
    Ok(cursor)
}

fn store_tag(e: &mut Emitter<'_, '_>, cursor: Cursor, tag: i64) {
    let tag = e.builder.ins().iconst(types::I8, tag);
    cursor.store(e, tag, 0);
}

/// Writes a payload that is one scalar or one string without a branch: it is read and stored in any case, and the
/// cursor moves on if there is one. Whether an option is `Some` is often what nothing can predict, and a
/// scalar or a short string costs less than to be wrong about it. `None` for any other payload.
fn write_flat(
    e: &mut Emitter<'_, '_>,
    is_some: Value,
    payload: Op,
    base: Base,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    if let Some(integer) = Integer::of(&payload) {
        let tagged = write_is_some(e, is_some, cursor)?;
        let value = integer.load(e, base);
        e.count_op()?;
        return varint::write_if(e, is_some, value, integer.max_len, tagged).map(Some);
    }
    match payload {
        Op::WriteByte { at } => write_fixed(e, is_some, base.at(at), types::I8, cursor),
        Op::WriteF32 { at } => write_fixed(e, is_some, base.at(at), types::I32, cursor),
        Op::WriteF64 { at } => write_fixed(e, is_some, base.at(at), types::I64, cursor),
        Op::WriteBytes {
            at,
            source,
            reserve,
        } => {
            let tagged = write_is_some(e, is_some, cursor)?;
            bytes::write_if(e, is_some, base.at(at), source, reserve, tagged, scope)
        }
        _ => Ok(None),
    }
}

/// Stores the test as the tag.
fn write_is_some(
    e: &mut Emitter<'_, '_>,
    is_some: Value,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    cursor.store(e, is_some, 0);
    cursor.advance(1)
}

/// Stores a number of fixed width, and moves on if there is one.
fn write_fixed(
    e: &mut Emitter<'_, '_>,
    is_some: Value,
    place: Place,
    ty: Type,
    cursor: Cursor,
) -> Result<Option<Cursor>, CompileError> {
    let cursor = write_is_some(e, is_some, cursor)?;
    e.count_op()?;
    let spare = cursor.take(ty.bytes())?;
    let value = place.load(e, ty);
    cursor.store(e, value, 0);
    let is_some = e.builder.ins().uextend(types::I64, is_some);
    let len = e.builder.ins().imul_imm_u(is_some, i64::from(ty.bytes()));
    let base = e.builder.ins().iadd(cursor.base, len);
    Ok(Some(Cursor {
        base,
        spare,
        ..cursor
    }))
}
