//! Options.

use cranelift_codegen::ir::{InstBuilder, Type, Value, condcodes::IntCC, types};
use vox_core::program::{BlockId, Op, OptionSource};

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
