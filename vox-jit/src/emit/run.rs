//! Runs: fields that follow each other on the wire, by one call where the processor has a
//! routine for it, by a few where it has an instruction for varints, and one by one where not.
//!
//! Read next: `vox_core::kernels`, which prepares the table the routine reads.

use core::ptr;

use cranelift_codegen::ir::types;
use vox_core::kernels::fields::Fields;
use vox_core::kernels::group::Group;
use vox_core::kernels::{Piece, Run};
use vox_core::program::{BlockId, Offset, Op, max_written};

use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::place::Base;
use super::runtime::Function;
use super::{block, runtime};
use crate::error::CompileError;

/// Writes the fields of a run.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    each: BlockId,
    base: Base,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    match e.program.linkage.run(each) {
        Some(run) => call(e, each, run, base, cursor).map(Some),
        None if e.program.linkage.kernels.has_own_fields => {
            by_groups(e, each, base, cursor, scope).map(Some)
        }
        None => block::emit(e, each, base, cursor, scope),
    }
}

/// Has the varints of a run written by as few calls as there are functions for, in the room that was made for the run. Without a branch on
/// their lengths they take half of the time where those are random.
fn by_groups(
    e: &mut Emitter<'_, '_>,
    each: BlockId,
    base: Base,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let program = e.program;
    let fields = program.linkage.kernels.fields();
    let mut rest = &program.code.block(each).ops[..];
    let mut cursor = cursor;
    while let Some(op) = rest.first() {
        e.count_op()?;
        let Some((group, count)) = Group::first(rest, 0) else {
            rest = &rest[1..];
            let end = block::emit_op(e, op, rest, base, cursor, scope)?;
            cursor = end.ok_or_else(|| CompileError::Malformed(format!("{each} is no run")))?;
            continue;
        };
        let (ops, behind) = rest.split_at(count);
        let spare = cursor.take(most(ops))?;
        let (function, at, third) = group_call(fields, group);
        let from = base.at(Offset(at)).address(e);
        let mut arguments = vec![cursor.address(e), from];
        arguments.extend(third.map(|third| e.word(third)));
        cursor = Cursor::with_spare(e.call(function, &arguments), spare);
        rest = behind;
    }
    Ok(cursor)
}

/// The function for a group, what it is given the address of, and the third argument it may take.
fn group_call(fields: &Fields, group: Group) -> (Function, u32, Option<i64>) {
    match group {
        Group::SideBySide { kind, at, count } => {
            // No type has more bytes than this has numbers.
            let function = runtime::fields("SIDE_BY_SIDE", fields.run[kind as usize]);
            (function, at, Some(count as i64))
        }
        Group::Four { kind, packed } => {
            let function = runtime::fields("FOUR", fields.four[kind as usize]);
            (function, 0, Some(packed.cast_signed()))
        }
        Group::Pair {
            kinds: [first, second],
            packed,
        } => {
            let routine = fields.pair[first as usize][second as usize];
            let function = runtime::fields("PAIR", routine);
            (function, 0, Some(packed.cast_signed()))
        }
        Group::One { kind, at } => (runtime::varint(fields.one[kind as usize]), at, None),
    }
}

/// The most bytes that ops write which are fields.
fn most(ops: &[Op]) -> u32 {
    ops.iter().map(|op| max_written(op).unwrap_or(0)).sum()
}

/// Has the run written, in the room that was made for it.
fn call(
    e: &mut Emitter<'_, '_>,
    each: BlockId,
    run: &Run,
    base: Base,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let spare = cursor.take(most(&e.program.code.block(each).ops))?;
    let end = match run.pieces() {
        Some(pieces) => write_pieces(e, &pieces, base, cursor),
        None => {
            // The table lives as long as the program.
            let table = e.address_of("RUN_TABLE", ptr::from_ref(run).cast());
            let arguments = [cursor.address(e), base.address(e), table];
            Cursor::start(e.call(runtime::run(run.routine()), &arguments))
        }
    };
    Ok(Cursor { spare, ..end })
}

/// Writes parts one after the other; the room is the caller's matter.
fn write_pieces(e: &mut Emitter<'_, '_>, pieces: &[Piece], base: Base, cursor: Cursor) -> Cursor {
    let mut cursor = cursor;
    for piece in pieces {
        match *piece {
            Piece::Eights { at, count, write } => {
                let from = base.at(Offset(at)).address(e);
                let arguments = [cursor.address(e), from, e.word(count.into())];
                cursor = Cursor::start(e.call(runtime::fields("EIGHTS", write), &arguments));
            }
            Piece::Copy { at } => {
                let value = base.at(Offset(at)).load(e, types::I64);
                cursor.store(e, value, 0);
                cursor.offset += 8;
            }
        }
    }
    cursor
}
