//! Leaving the program: children, repetition, leaves, the impossible.

use cranelift_codegen::ir::{InstBuilder, MemFlagsData, condcodes::IntCC, types};
use vox_core::cx::EncodeCx;
use vox_core::program::{BlockId, ChildId, Code, FunctionId, FunctionKind, NoForm, Op, PathId};
use vox_core::slot::Slot;

use super::cold::Step;
use super::cursor::Cursor;
use super::emitter::{Emitter, Inlined, Scope};
use super::place::{Base, Place};
use super::repeats::Repeats;
use super::{block, runtime, source};
use crate::error::CompileError;

/// Writes a child type through its slot, one level deeper.
pub(super) fn child(
    e: &mut Emitter<'_, '_>,
    place: Place,
    child: ChildId,
    path: PathId,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    const DEPTH_LEFT: usize = core::mem::offset_of!(EncodeCx, depth_left);
    let Some(slot) = e.program.linkage.children.get(child.index()) else {
        return Err(CompileError::Malformed(format!(
            "there is no child {child}"
        )));
    };
    let slot = slot.as_ptr().cast_const();
    let inside = e.way_out(scope, &[Step::Static(path)]);

    // Within the program in itself the levels are counted here: the state knows of them when something is called that asks it.
    let inlined = scope.inlined.unwrap_or_else(|| Inlined {
        depth_left: e.load_cx(DEPTH_LEFT),
        levels: 0,
    });
    let Inlined { depth_left, levels } = inlined;
    let (too_deep, go_on) = (e.cold_block(), e.builder.create_block());
    let none_left = e.builder.ins().icmp_imm_u(IntCC::Equal, depth_left, levels);
    e.builder.ins().brif(none_left, too_deep, &[], go_on, &[]);
    e.builder.switch_to_block(too_deep);
    e.call_rarely(runtime::FAIL_DEPTH, &[]);
    e.builder.ins().jump(inside.failed, &[]);

    e.builder.switch_to_block(go_on);
    if is_worth_inlining(e, slot, scope) {
        let levels = levels + 1;
        return once_more(e, place, Inlined { levels, ..inlined }, cursor, inside);
    }
    let deeper = e.add(depth_left, -1 - levels);
    e.store_cx(deeper, DEPTH_LEFT);
    let end = through_slot(e, slot, place, cursor, inside);
    // As it was: reading back what the child stored last would make a chain through all children.
    e.store_cx(depth_left, DEPTH_LEFT);
    Ok(Some(end))
}

/// Calls the child's entry, whatever it is by now.
fn through_slot(
    e: &mut Emitter<'_, '_>,
    slot: *const Slot,
    place: Place,
    cursor: Cursor,
    scope: Scope,
) -> Cursor {
    let slot = e.address_of("SLOT", slot.cast());
    let entry = i32::try_from(Slot::ENTRY_OFFSET).expect("the entry is at the start of a slot");
    let flags = MemFlagsData::trusted();
    let callee = e.builder.ins().load(types::I64, flags, slot, entry);
    let value = place.address(e);
    let out = cursor.address(e);
    let end = e.call_entry_value(callee, &[e.cx, slot, value, out]);
    e.unless_null(end, scope);
    Cursor::start(end)
}

/// The most ops of a program that is emitted into itself.
const MAX_INLINED_OPS: usize = 24;
/// The most calls of a program that is emitted into itself twice: with each call the copies multiply.
const MAX_INLINED_CALLS: usize = 2;
/// The deepest block such a program is emitted in. It nests no deeper than it has ops.
const MAX_INLINED_DEPTH: u32 = 16;

/// Whether a child is this program itself, small, and not too often in itself already. Of the nodes of a tree a sixth are
/// calls then.
fn is_worth_inlining(e: &Emitter<'_, '_>, slot: *const Slot, scope: Scope) -> bool {
    // SAFETY: children of a program outlive it (A12).
    let child = unsafe { &*slot }.program();
    child.is_some_and(|child| core::ptr::eq(child, e.program))
        && scope.depth <= MAX_INLINED_DEPTH
        && scope.inlined.map_or(0, |it| it.levels) < levels_inlined(&e.program.code)
}

/// How many levels of a program there may be within it.
fn levels_inlined(code: &Code) -> i64 {
    let ops = code.blocks.iter().flat_map(|block| &block.ops);
    let calls = ops.filter(|op| matches!(op, Op::Call { .. })).count();
    match (code.op_count(), calls) {
        (..=MAX_INLINED_OPS, ..=MAX_INLINED_CALLS) => 2,
        (..=MAX_INLINED_OPS, _) => 1,
        _ => 0,
    }
}

/// Emits the program within itself, for one value and those it repeats for.
fn once_more(
    e: &mut Emitter<'_, '_>,
    place: Place,
    inlined: Inlined,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let again = e.builder.create_block();
    let next_value = e.builder.append_block_param(again, types::I64);
    let next_out = e.builder.append_block_param(again, types::I64);
    let value = place.address(e);
    let out = cursor.address(e);
    let repeats = Repeats::none_yet(e);
    e.builder.ins().jump(again, &[value.into(), out.into()]);
    e.builder.switch_to_block(again);
    let inside = Scope {
        again,
        repeats,
        inlined: Some(inlined),
        ..scope
    };
    let inside = Repeats::told(e, inside);
    let start = Cursor::start(next_out);
    let end = block::emit(e, BlockId(0), Base::new(next_value), start, inside)?;
    if let Some(repeats) = repeats {
        repeats.give_back(e);
    }
    Ok(end)
}

/// Goes on with this same program on another value.
pub(super) fn repeat(e: &mut Emitter<'_, '_>, place: Place, cursor: Cursor, scope: Scope) {
    let value = place.address(e);
    let out = cursor.address(e);
    if let Some(repeats) = scope.repeats {
        repeats.count(e);
    }
    let arguments = [value.into(), out.into()];
    e.builder.ins().jump(scope.again, &arguments);
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

/// Fails: a value without a wire form.
pub(super) fn never(e: &mut Emitter<'_, '_>, why: NoForm, path: PathId, scope: Scope) {
    let failing = e.way_out(scope, &[Step::Static(path)]);
    let why = e.word(why.number().into());
    e.call_rarely(runtime::FAIL_NO_FORM, &[why]);
    e.builder.ins().jump(failing.failed, &[]);
}
