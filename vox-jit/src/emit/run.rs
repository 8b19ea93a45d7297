//! Runs: fields that follow each other on the wire, by one call where the processor has a
//! routine for it and one by one where not.
//!
//! Read next: `vox_core::kernels`, which prepares the table the routine reads.

use core::ptr;

use cranelift_codegen::ir::types;
use vox_core::kernels::{Piece, Run};
use vox_core::program::{BlockId, Offset, Op, max_written};

use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::place::Base;
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
        None => block::emit(e, each, base, cursor, scope),
    }
}

/// Has the run written, in the room that was made for it.
fn call(
    e: &mut Emitter<'_, '_>,
    each: BlockId,
    run: &Run,
    base: Base,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let most = |op: &Op| max_written(op).unwrap_or(0);
    let most = e.program.code.block(each).ops.iter().map(most).sum();
    let spare = cursor.take(most)?;
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
                cursor = Cursor::start(e.call(runtime::eights(write), &arguments));
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
