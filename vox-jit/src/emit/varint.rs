//! Varints: a byte by one branch, anything longer out of line.

use cranelift_codegen::ir::{InstBuilder, Value, condcodes::IntCC};

use super::cursor::Cursor;
use super::emitter::Emitter;
use super::join::Join;
use super::runtime;
use crate::error::CompileError;

/// The most bytes a length takes.
pub(super) const MAX_LEN: u32 = 10;

/// Writes the word `value` as a varint of at most `max_len` bytes, whose room is known.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    value: Value,
    max_len: u32,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let spare = cursor.take(max_len)?;
    let after = Cursor {
        offset: cursor.offset + 1,
        spare,
        ..cursor
    };
    // The low byte is stored in any case: a longer form overwrites it.
    let flags = e.out_flags();
    e.builder
        .ins()
        .istore8(flags, value, cursor.base, cursor.offset);
    let mut join = Join::new(e, after.offset);
    let long = e.cold_block();
    let short = e
        .builder
        .ins()
        .icmp_imm_u(IntCC::UnsignedLessThan, value, 0x80);
    let address = join.expect(e, after);
    e.builder
        .ins()
        .brif(short, join.block, &[address.into()], long, &[]);

    e.builder.switch_to_block(long);
    let out = cursor.address(e);
    let end = e.call(runtime::VARINT, &[out, value]);
    join.arrive(e, Some(Cursor::with_spare(end, spare)));
    join.finish(e)
        .ok_or_else(|| CompileError::Malformed(String::from("a varint without an end")))
}
