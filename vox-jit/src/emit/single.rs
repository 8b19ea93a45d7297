//! Scalars that stand alone: in place, or by calls of routines that keep all registers, which take a fifth of the code and of the time to compile.
//!
//! By a call, on processors that have the routines, are integers outside of loops, but for the first few of a function, and characters outside of loops. All that
//! is in a loop, or in a program that calls others as trees do, is written as fast as can be. What is left are the fields of long
//! records, between strings and other things that are no scalars; those beside each other are [runs](super::run).

use cranelift_codegen::ir::{Value, types};
use vox_core::entry::SingleFn;
use vox_core::kernels::single::Routines;
use vox_core::program::Op;

use super::cursor::Cursor;
use super::emitter::Emitter;
use super::place::{Base, Place};
use super::scalar::{self, Integer, MAX_CHAR_LEN};
use super::varint;
use crate::error::CompileError;

/// How many integers outside of loops a function writes in place, those of all variants counted.
const MAX_IN_PLACE: u32 = 4;

/// Writes the integer that an op writes.
pub(super) fn write_integer(
    e: &mut Emitter<'_, '_>,
    op: &Op,
    base: Base,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let integer = Integer::of(op)
        .ok_or_else(|| CompileError::Malformed(format!("{op:?} writes no integer")))?;
    let routines = routines(e);
    e.singles += u32::from(routines.is_some());
    let value = integer.load(e, base);
    match routines.filter(|_| e.singles > MAX_IN_PLACE) {
        Some(routines) => {
            let routine = ("WRITE_VARINT", routines.varint);
            call(e, routine, value, integer.max_len, cursor)
        }
        None => varint::write(e, value, integer.max_len, cursor),
    }
}

/// Writes a `char`.
pub(super) fn write_char(
    e: &mut Emitter<'_, '_>,
    place: Place,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let Some(routines) = routines(e) else {
        return scalar::write_char(e, place, cursor);
    };
    let code = scalar::load_unsigned(e, place, types::I32);
    let routine = ("WRITE_CHAR", routines.character);
    call(e, routine, code, MAX_CHAR_LEN, cursor)
}

/// Has a number written that takes so many bytes at most.
fn call(
    e: &mut Emitter<'_, '_>,
    routine: (&'static str, SingleFn),
    value: Value,
    max_len: u32,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let spare = cursor.take(max_len)?;
    let out = cursor.address(e);
    let end = e.call_single(routine, value, out);
    Ok(Cursor::with_spare(end, spare))
}

/// The routines for what is written here, if any are to be called.
fn routines(e: &Emitter<'_, '_>) -> Option<Routines> {
    let routines = e.program.linkage.kernels.single;
    routines.filter(|_| e.options.processor_routines && !e.is_in_loop())
}
