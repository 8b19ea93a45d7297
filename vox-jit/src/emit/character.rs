//! Characters: in place, or by a call of a routine that keeps all registers, which takes a tenth of the code and of the time to compile.
//!
//! By a call, on processors that have the routine, are those outside of loops. All that is in a loop, or in a program that calls others as trees
//! do, is written as fast as can be.

use cranelift_codegen::ir::types;

use super::cursor::Cursor;
use super::emitter::Emitter;
use super::place::Place;
use super::scalar::{self, MAX_CHAR_LEN};
use crate::error::CompileError;

/// Writes a `char`.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    place: Place,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let routine = e.program.linkage.kernels.write_char;
    let Some(routine) = routine.filter(|_| e.options.processor_routines && !e.is_in_loop()) else {
        return scalar::write_char(e, place, cursor);
    };
    let code = scalar::load_unsigned(e, place, types::I32);
    let spare = cursor.take(MAX_CHAR_LEN)?;
    let out = cursor.address(e);
    let end = e.call_write_char(routine, code, out);
    Ok(Cursor::with_spare(end, spare))
}
