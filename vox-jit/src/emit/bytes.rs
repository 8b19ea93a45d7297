//! Strings and lists of bytes; lists copied whole.

use cranelift_codegen::ir::{InstBuilder, Value, condcodes::IntCC};
use vox_core::cx::OVERSHOOT;
use vox_core::program::{MAX_RESERVE, Source};

use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::join::Join;
use super::place::Place;
use super::runtime::{self, Function};
use super::source::{self, Run};
use super::{scalar, varint};
use crate::error::CompileError;

/// Strings up to this length are copied without regard to their length.
const SHORT: u32 = 32;
/// What a short string takes at most, its length included.
const SHORT_BOUND: u32 = SHORT + 1;
const _: () = assert!(SHORT as usize <= OVERSHOOT);

/// A page is at least this long everywhere, and its start a multiple of it.
const PAGE: i64 = 4096;

/// Writes a length and that many bytes.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    place: Place,
    source: Source,
    reserve: u32,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let run = source::run(e, place, source)?;
    if !e.options.over_read || reserve > MAX_RESERVE - SHORT_BOUND {
        return Ok(call(e, runtime::BYTES, run, reserve, cursor, scope));
    }
    let cursor = cursor.ensure(e, SHORT_BOUND + reserve, scope);
    let after = Cursor {
        offset: cursor.offset + 1,
        spare: cursor.take(SHORT_BOUND)?,
        ..cursor
    };
    let mut join = Join::new(e, after.offset);
    let (maybe, short) = (e.builder.create_block(), e.builder.create_block());
    let other = e.cold_block();

    // Neither empty (the address of nothing is no address) nor long ...
    let less_one = e.add(run.len, -1);
    let fits = e
        .builder
        .ins()
        .icmp_imm_u(IntCC::UnsignedLessThan, less_one, i64::from(SHORT));
    e.builder.ins().brif(fits, maybe, &[], other, &[]);
    e.builder.switch_to_block(maybe);
    // ... and reading SHORT bytes stays within the page of the first one.
    let in_page = e.builder.ins().band_imm_u(run.ptr, PAGE - 1);
    let stays = e.builder.ins().icmp_imm_u(
        IntCC::UnsignedLessThanOrEqual,
        in_page,
        PAGE - i64::from(SHORT),
    );
    e.builder.ins().brif(stays, short, &[], other, &[]);

    e.builder.switch_to_block(short);
    let flags = e.out_flags();
    e.builder
        .ins()
        .istore8(flags, run.len, cursor.base, cursor.offset);
    copy_short(e, run.ptr, after);
    let end = e.builder.ins().iadd(cursor.base, run.len);
    join.arrive(e, Some(Cursor { base: end, ..after }));

    e.builder.switch_to_block(other);
    let end = call(e, runtime::BYTES, run, after.spare, cursor, scope);
    join.arrive(e, Some(end));
    join.finish(e)
        .ok_or_else(|| CompileError::Malformed(String::from("a string without an end")))
}

/// Copies [`SHORT`] bytes to the cursor.
fn copy_short(e: &mut Emitter<'_, '_>, from: Value, cursor: Cursor) {
    let ty = scalar::widest(e);
    let flags = Emitter::read_flags();
    let deltas = (0..SHORT.cast_signed()).step_by(ty.bytes() as usize);
    let loaded: Vec<(i32, Value)> = deltas
        .map(|delta| (delta, e.builder.ins().load(ty, flags, from, delta)))
        .collect();
    for (delta, value) in loaded {
        let offset = cursor.offset + delta;
        e.builder.ins().store(flags, value, cursor.base, offset);
    }
}

/// Calls a routine of ours that writes the whole list and leaves `reserve`.
pub(super) fn call(
    e: &mut Emitter<'_, '_>,
    routine: Function,
    run: Run,
    reserve: u32,
    cursor: Cursor,
    scope: Scope,
) -> Cursor {
    let out = cursor.address(e);
    let spare = e.word(reserve.into());
    let end = e.call(routine, &[e.cx, out, run.ptr, run.len, spare]);
    let end = e.unless_null(end, scope);
    Cursor::with_spare(end, reserve)
}

/// Writes a length and elements of `width` bytes each, in one copy.
pub(super) fn write_fixed(
    e: &mut Emitter<'_, '_>,
    place: Place,
    source: Source,
    width: u32,
    reserve: u32,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let run = source::run(e, place, source)?;
    let cursor = cursor.ensure(e, varint::MAX_LEN, scope);
    let cursor = varint::write(e, run.len, varint::MAX_LEN, cursor)?;
    let len = e.builder.ins().imul_imm_u(run.len, i64::from(width));
    let bytes = Run { len, ..run };
    Ok(call(e, runtime::APPEND, bytes, reserve, cursor, scope))
}

/// Writes a list by a routine of ours.
pub(super) fn write_by(
    e: &mut Emitter<'_, '_>,
    routine: Function,
    place: Place,
    source: Source,
    reserve: u32,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let run = source::run(e, place, source)?;
    Ok(call(e, routine, run, reserve, cursor, scope))
}

/// Writes a length alone.
pub(super) fn write_unit_list(
    e: &mut Emitter<'_, '_>,
    place: Place,
    source: Source,
    reserve: u32,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let len = source::len(e, place, source)?;
    let cursor = cursor.ensure(e, varint::MAX_LEN, scope);
    let cursor = varint::write(e, len, varint::MAX_LEN, cursor)?;
    Ok(cursor.ensure(e, reserve, scope))
}
