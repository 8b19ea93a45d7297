//! Runs: fields that follow each other on the wire, by one call where the processor has a
//! routine for it and one by one where not.
//!
//! Read next: `vox_core::kernels`, which prepares the table the routine reads.

use core::ptr;

use vox_core::kernels::Run;
use vox_core::program::{BlockId, Op, max_written};

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

/// Calls the routine with the table, which lives as long as the program.
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
    let table = e.address_of("RUN_TABLE", ptr::from_ref(run).cast());
    let value = base.address(e);
    let out = cursor.address(e);
    let end = e.call(runtime::run(run.routine()), &[out, value, table]);
    Ok(Cursor::with_spare(end, spare))
}
