//! Leaving the program: children, repetition, leaves, the impossible.

use cranelift_codegen::ir::{InstBuilder, MemFlagsData, condcodes::IntCC, types};
use vox_core::cx::EncodeCx;
use vox_core::program::{ChildId, FunctionId, FunctionKind, PathId};
use vox_core::slot::Slot;

use super::cold::Step;
use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::place::Place;
use super::{runtime, source};
use crate::error::CompileError;

/// Writes a child type through its slot, one level deeper.
pub(super) fn child(
    e: &mut Emitter<'_, '_>,
    place: Place,
    child: ChildId,
    path: PathId,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    const DEPTH_LEFT: usize = core::mem::offset_of!(EncodeCx, depth_left);
    let Some(slot) = e.program.linkage.children.get(child.index()) else {
        return Err(CompileError::Malformed(format!(
            "there is no child {child}"
        )));
    };
    let slot = slot.as_ptr().cast_const();
    let inside = e.way_out(scope, &[Step::Static(path)]);

    let depth = e.load_cx(DEPTH_LEFT);
    let (too_deep, deeper) = (e.cold_block(), e.builder.create_block());
    let none_left = e.builder.ins().icmp_imm_u(IntCC::Equal, depth, 0);
    e.builder.ins().brif(none_left, too_deep, &[], deeper, &[]);
    e.builder.switch_to_block(too_deep);
    e.call(runtime::FAIL_DEPTH, &[e.cx]);
    e.builder.ins().jump(inside.failed, &[]);

    e.builder.switch_to_block(deeper);
    let depth = e.add(depth, -1);
    e.store_cx(depth, DEPTH_LEFT);
    let slot = e.address_of("SLOT", slot.cast());
    let entry = i32::try_from(Slot::ENTRY_OFFSET).expect("the entry is at the start of a slot");
    let flags = MemFlagsData::trusted();
    let callee = e.builder.ins().load(types::I64, flags, slot, entry);
    let value = place.address(e);
    let out = cursor.address(e);
    let end = e.call_entry_value(callee, &[e.cx, slot, value, out]);
    e.unless_null(end, inside);
    let depth = e.load_cx(DEPTH_LEFT);
    let depth = e.add(depth, 1);
    e.store_cx(depth, DEPTH_LEFT);
    Ok(Cursor::start(end))
}

/// Goes on with this same program on another value.
pub(super) fn repeat(e: &mut Emitter<'_, '_>, place: Place, cursor: Cursor) {
    let value = place.address(e);
    let out = cursor.address(e);
    let repeats = e.add(e.repeats, 1);
    let arguments = [value.into(), out.into(), repeats.into()];
    e.builder.ins().jump(e.again, &arguments);
}

/// Writes a value by a function of ours.
pub(super) fn leaf(
    e: &mut Emitter<'_, '_>,
    place: Place,
    leaf: FunctionId,
    path: PathId,
    reserve: u32,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let function = source::function_of(e, leaf, FunctionKind::Leaf)?;
    let inside = e.way_out(scope, &[Step::Static(path)]);
    let callee = e.constant_address(function);
    let value = place.address(e);
    let out = cursor.address(e);
    let spare = e.word(reserve.into());
    let end = e.call_entry_value(callee, &[e.cx, value, out, spare]);
    e.unless_null(end, inside);
    Ok(Cursor::with_spare(end, reserve))
}

/// Fails: a value of an uninhabited type.
pub(super) fn never(e: &mut Emitter<'_, '_>, path: PathId, scope: Scope) {
    let failing = e.way_out(scope, &[Step::Static(path)]);
    e.call(runtime::FAIL_UNINHABITED, &[e.cx]);
    e.builder.ins().jump(failing.failed, &[]);
}
