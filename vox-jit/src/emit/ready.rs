//! Options of integers that a routine makes ready at the start of their block, where the processor has one.
//!
//! The routine writes their bytes and lengths into the frame. In its turn, each option is a store and an addition.
//!
//! They are read when their block begins. User code that runs for a field before them, and changes what is in a `Cell` beside, is too late for
//! those: the tag and the payload are of one moment all the same.
//!
//! Read next: `vox_core::kernels`, which prepares the table the routine reads.

use core::ptr;

use cranelift_codegen::ir::{InstBuilder, StackSlot, Type, Value, types};
use vox_core::kernels::Ready;
use vox_core::program::{BlockId, Op, max_written};

use super::cursor::Cursor;
use super::emitter::Emitter;
use super::place::Base;
use super::runtime;
use crate::error::CompileError;

/// Bytes of a cache line.
const LINE: i64 = 64;

/// The options of the block that is being emitted.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadyBlock<'a> {
    ready: &'a Ready,
    slot: StackSlot,
    /// What was made, in the slot.
    made: Value,
}

/// Calls the routine for a block, if it has one. Only in programs without calls: in those that recur the frame would be
/// as much larger at each level.
pub(super) fn begin<'a>(
    e: &mut Emitter<'a, '_>,
    id: BlockId,
    base: Base,
) -> Option<ReadyBlock<'a>> {
    let program = e.program;
    let ready = program.linkage.ready(id)?;
    if !e.options.processor_routines || e.is_recursive || !program.code.children.is_empty() {
        return None;
    }
    let slot = e.take_slot(size(ready));
    // Loads of what was stored across two lines would wait for the stores.
    let start = e.slot_address(slot);
    let start = e.add(start, LINE - 1);
    let made = e.builder.ins().band_imm_s(start, -LINE);
    let value = base.address(e);
    let table = e.address_of("READY_TABLE", ptr::from_ref(ready).cast());
    let function = runtime::ready(ready.routine());
    let callee = e.address_of(function.name, function.address);
    e.call_value_void(callee, &[made, value, table]);
    Some(ReadyBlock { ready, slot, made })
}

/// The block is done with.
pub(super) fn end(e: &mut Emitter<'_, '_>, block: ReadyBlock<'_>) {
    e.give_slot(size(block.ready), block.slot);
}

fn size(ready: &Ready) -> u32 {
    let size = u32::try_from(ready.size()).expect("a handful of groups");
    size + LINE as u32
}

/// Writes the option with this payload, if it was made ready.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    some: BlockId,
    cursor: Cursor,
) -> Result<Option<Cursor>, CompileError> {
    let Some(ReadyBlock { ready, made, .. }) = e.ready else {
        return Ok(None);
    };
    let Some(place) = ready.place(some) else {
        return Ok(None);
    };
    let most = |op: &Op| max_written(op).unwrap_or(0);
    let most: u32 = e.program.code.block(some).ops.iter().map(most).sum();
    let spare = cursor.take(1 + most)?;
    let load = |e: &mut Emitter<'_, '_>, ty: Type, at: usize| {
        let at = i32::try_from(at).expect("a handful of groups");
        e.builder.ins().load(ty, Emitter::read_flags(), made, at)
    };
    // In the order of memory, which this is only made for little-endian processors.
    let ty = if place.is_wide {
        types::I8X16
    } else {
        types::I64
    };
    let bytes = load(e, ty, place.bytes);
    let flags = Emitter::read_flags();
    e.builder
        .ins()
        .store(flags, bytes, cursor.base, cursor.offset);
    let len = load(e, types::I64, place.len);
    let base = e.builder.ins().iadd(cursor.base, len);
    e.count_op()?;
    Ok(Some(Cursor {
        base,
        spare,
        ..cursor
    }))
}
