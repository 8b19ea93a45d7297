//! Maps and sets whose parts are plain: the length, then one call of the routine they are linked with.
//!
//! Read next: `vox_core::kernels`, which has the routines.

use core::ptr;

use cranelift_codegen::ir::{InstBuilder, condcodes::IntCC, types};
use vox_core::kernels::{NOT_KNOWN, Plain};
use vox_core::program::{FunctionId, Offset, Op, PathId};

use super::cold::Step;
use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::place::Base;
use super::{runtime, varint, vtable};
use crate::error::CompileError;

/// An op that writes such a container, and what it says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Container<'o> {
    pub(super) op: &'o Op,
    pub(super) at: Offset,
    pub(super) len: FunctionId,
    pub(super) path: PathId,
    pub(super) reserve: u32,
}

/// Writes a length and all items.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    container: Container<'_>,
    plain: &Plain,
    base: Base,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let place = base.at(container.at);
    let said = vtable::len(e, container.len, place)?;
    let cursor = cursor.ensure(e, varint::MAX_LEN, scope);
    let before = cursor.address(e);
    let cursor = varint::write(e, said, varint::MAX_LEN, cursor)?;

    // It lives as long as the program.
    let plan = e.address_of("PLAIN", ptr::from_ref(plain).cast());
    let (value, out) = (place.address(e), cursor.address(e));
    let arguments = [e.cx, plan, value, said, out];
    let end = e.call(runtime::plain(plain.routine()), &arguments);
    let go_on = e.builder.create_block();
    let next = e.builder.append_block_param(go_on, types::I64);
    let (other, not_known) = (e.cold_block(), e.cold_block());
    let not_known_is = i64::try_from(NOT_KNOWN).expect("a small number");
    let is_written = e
        .builder
        .ins()
        .icmp_imm_u(IntCC::UnsignedGreaterThan, end, not_known_is);
    e.builder
        .ins()
        .brif(is_written, go_on, &[end.into()], other, &[]);

    e.builder.switch_to_block(other);
    let failing = e.way_out(scope, &[Step::Static(container.path)]);
    e.builder
        .ins()
        .brif(end, not_known, &[], failing.failed, &[]);
    // From the length on once more, by the interpreter, which learns on the way.
    e.builder.switch_to_block(not_known);
    let program = e.address_of("PROGRAM", ptr::from_ref(e.program).cast());
    let op = e.address_of("OP", ptr::from_ref(container.op).cast());
    let value = base.address(e);
    let end = e.call(runtime::CONTAINER, &[e.cx, program, op, value, before]);
    let written = e.cold_block();
    let end = e.unless_null_in(written, end, scope);
    e.builder.ins().jump(go_on, &[end.into()]);

    e.builder.switch_to_block(go_on);
    Ok(Cursor::start(next).ensure(e, container.reserve, scope))
}
