//! Sources: where the elements of a string, list or slice are, and how many.

use cranelift_codegen::ir::{InstBuilder, Value, types};
use vox_core::cx::Counters;
use vox_core::program::{FunctionId, FunctionKind, Source};

use super::emitter::Emitter;
use super::place::Place;
use super::vtable;
use crate::error::CompileError;

/// Bytes of a pair in memory.
pub(super) const PAIR_BYTES: u32 = 16;

/// The address of the first element and the number of elements.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) ptr: Value,
    pub(super) len: Value,
}

/// Reads both parts.
pub(super) fn run(
    e: &mut Emitter<'_, '_>,
    place: Place,
    source: Source,
) -> Result<Run, CompileError> {
    match source {
        Source::Words { ptr, len } => {
            let [ptr, len] = place.words(e, ptr, len);
            Ok(Run { ptr, len })
        }
        Source::List { len, as_ptr } => Ok(Run {
            len: vtable::len(e, len, place)?,
            ptr: vtable::as_ptr(e, as_ptr, place)?,
        }),
        Source::Slice { len, as_ptr } => Ok(Run {
            len: vtable::slice_len(e, len, place)?,
            ptr: vtable::slice_as_ptr(e, as_ptr, place)?,
        }),
        Source::Accessor { parts } => access(e, place, parts),
    }
}

/// Reads the number of elements alone.
pub(super) fn len(
    e: &mut Emitter<'_, '_>,
    place: Place,
    source: Source,
) -> Result<Value, CompileError> {
    match source {
        Source::Words { len, .. } => Ok(place.word(e, len)),
        Source::List { len, .. } => vtable::len(e, len, place),
        Source::Slice { len, .. } => vtable::slice_len(e, len, place),
        Source::Accessor { parts } => access(e, place, parts).map(|run| run.len),
    }
}

/// Calls an accessor of ours, which stores both parts.
fn access(e: &mut Emitter<'_, '_>, place: Place, parts: FunctionId) -> Result<Run, CompileError> {
    let function = function_of(e, parts, FunctionKind::Accessor)?;
    e.count_call(core::mem::offset_of!(Counters, accessor_calls));
    let slot = e.take_slot(PAIR_BYTES);
    let pair = e.slot_address(slot);
    let value = place.address(e);
    let callee = e.constant_address(function);
    e.call_value_void(callee, &[value, pair]);
    let flags = Emitter::read_flags();
    let ptr = e.builder.ins().load(types::I64, flags, pair, 0);
    let len = e.builder.ins().load(types::I64, flags, pair, 8);
    e.give_slot(PAIR_BYTES, slot);
    Ok(Run { ptr, len })
}

/// The address of a function that must be of this kind.
pub(super) fn function_of(
    e: &Emitter<'_, '_>,
    id: FunctionId,
    kind: FunctionKind,
) -> Result<*const (), CompileError> {
    let program = e.program;
    match (
        program.code.functions.get(id.index()),
        program.linkage.functions.get(id.index()),
    ) {
        (Some(found), Some(address)) if *found == kind => Ok(*address),
        (found, _) => Err(CompileError::Malformed(format!(
            "function {id} is {found:?}, not {kind:?}"
        ))),
    }
}
