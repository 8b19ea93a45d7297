//! Options that a routine makes ready at the start of their block, where the processor has one.
//!
//! The routine writes their bytes and lengths into the frame. In its turn, each option is a store and an addition, and that of a string a copy.
//!
//! They are read when their block begins, or of an element while one a few before it is written: nothing changes them then (A1).
//!
//! Read next: `vox_core::kernels`, which prepares the table the routine reads.

use core::ptr;

use cranelift_codegen::ir::{InstBuilder, StackSlot, Type, Value, condcodes::IntCC, types};
use vox_core::kernels::{Ready, ReadyForm, ReadyOf};
use vox_core::program::{BlockId, Op, max_written};

use super::bytes;
use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::place::{Base, Place};
use super::runtime::{self, Function};
use crate::error::CompileError;

/// Bytes of a cache line.
const LINE: i64 = 64;

/// What is made of the elements of a list at once takes no more than this of the stack.
const MOST_OF_LIST: u32 = 3840;
/// Nor is it made of more of them: what the routine begins with is little then, to each.
const MOST_ELEMENTS: u32 = 8;

/// The options of the block that is being emitted.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadyBlock<'a> {
    ready: &'a Ready,
    /// What was made.
    made: Value,
    /// Where it is, if this block has taken the slot.
    slot: Option<StackSlot>,
}

/// Calls the routine for a block, if it has one, and it was not called before. Only in programs without calls: in those that recur the frame
/// would be as much larger at each level.
pub(super) fn begin<'a>(
    e: &mut Emitter<'a, '_>,
    id: BlockId,
    base: Base,
) -> Option<ReadyBlock<'a>> {
    if let Some(made) = e.made_ahead.take() {
        return Some(ReadyBlock {
            ready: of_block(e, id, ReadyOf::Element).expect("it was made of this block"),
            made,
            slot: None,
        });
    }
    let ready = of_block(e, id, ReadyOf::Value)?;
    let slot = e.take_slot(size(ready, 1));
    let made = aligned(e, slot);
    let value = base.address(e);
    call(e, runtime::ready(ready.routine()), ready, &[made, value]);
    Some(ReadyBlock {
        ready,
        made,
        slot: Some(slot),
    })
}

/// The block is done with.
pub(super) fn end(e: &mut Emitter<'_, '_>, block: ReadyBlock<'_>) {
    if let Some(slot) = block.slot {
        e.give_slot(size(block.ready, 1), slot);
    }
}

/// The elements of a list, a few of which are made ready at a time: to begin the routine takes as long as what it does for one, and so does
/// reading what was just stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadyList<'a> {
    ready: &'a Ready,
    stride: u32,
    slot: StackSlot,
    /// Where what is made of the first of them is.
    pub(super) made: Value,
}

impl<'a> ReadyList<'a> {
    /// For a list of which each element is written by this block, if a routine makes something of it.
    pub(super) fn begin(e: &mut Emitter<'a, '_>, each: BlockId, stride: u32) -> Option<Self> {
        let ready = of_block(e, each, ReadyOf::Element)?;
        let slot = e.take_slot(size(ready, elements(ready)));
        let made = aligned(e, slot);
        Some(Self {
            ready,
            stride,
            slot,
            made,
        })
    }

    /// Makes a few elements ready, from one on, and answers where the next one is, or the end.
    pub(super) fn make(self, e: &mut Emitter<'_, '_>, from: Value, end: Value) -> Value {
        let most = i64::from(elements(self.ready)) * i64::from(self.stride);
        let few = e.add(from, most);
        // Not by the addresses themselves: there may be none behind the end.
        let left = e.builder.ins().isub(end, from);
        let is_rest = e
            .builder
            .ins()
            .icmp_imm_u(IntCC::UnsignedLessThan, left, most);
        let end = e.builder.ins().select(is_rest, end, few);
        let stride = e.word(self.stride.into());
        let routine = runtime::ready_each(self.ready.routine_for_each());
        call(e, routine, self.ready, &[self.made, from, end, stride]);
        end
    }

    /// Where what is made of the next element is.
    pub(super) fn next(self, e: &mut Emitter<'_, '_>, made: Value) -> Value {
        e.add(made, i64::from(made_size(self.ready)))
    }

    /// The list is done with.
    pub(super) fn end(self, e: &mut Emitter<'_, '_>) {
        e.give_slot(size(self.ready, elements(self.ready)), self.slot);
    }
}

/// How many elements of a list are made ready at once.
fn elements(ready: &Ready) -> u32 {
    (MOST_OF_LIST / made_size(ready)).clamp(1, MOST_ELEMENTS)
}

/// What can be made ready of a block.
fn of_block<'a>(e: &Emitter<'a, '_>, id: BlockId, of: ReadyOf) -> Option<&'a Ready> {
    let program = e.program;
    let ready = program.linkage.ready(id, of)?;
    let is_wanted = e.options.processor_routines;
    (is_wanted && !e.is_recursive && program.code.children.is_empty()).then_some(ready)
}

/// Calls a routine, with the table behind the other arguments.
fn call(e: &mut Emitter<'_, '_>, routine: Function, ready: &Ready, arguments: &[Value]) {
    let table = e.address_of("READY_TABLE", ptr::from_ref(ready).cast());
    let callee = e.address_of(routine.name, routine.address);
    let arguments: Vec<Value> = arguments.iter().copied().chain([table]).collect();
    e.call_value_void(callee, &arguments);
}

/// The first line in a slot. Loads of what was stored across two lines would wait for the stores.
fn aligned(e: &mut Emitter<'_, '_>, slot: StackSlot) -> Value {
    let start = e.slot_address(slot);
    let start = e.add(start, LINE - 1);
    e.builder.ins().band_imm_s(start, -LINE)
}

/// The bytes of a slot for so many times what the routine makes.
fn size(ready: &Ready, times: u32) -> u32 {
    times * made_size(ready) + LINE as u32
}

fn made_size(ready: &Ready) -> u32 {
    u32::try_from(ready.size()).expect("a handful of groups")
}

/// Writes the option of this payload, if it was made ready. `option` is where the option is.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    option: Place,
    some: BlockId,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let Some(ReadyBlock { ready, made, .. }) = e.ready else {
        return Ok(None);
    };
    let Some(place) = ready.place(some) else {
        return Ok(None);
    };
    // In the order of memory, which this is only made for little-endian processors.
    let ty = match place.form {
        ReadyForm::Word => types::I64,
        ReadyForm::Wide => types::I8X16,
        ReadyForm::Text { ptr } => {
            let [
                Op::WriteBytes {
                    source, reserve, ..
                },
            ] = e.program.code.block(some).ops[..]
            else {
                return Ok(None);
            };
            if !bytes::has_short_option(e, reserve) {
                return Ok(None);
            }
            let made = bytes::Made {
                head: load(e, types::I16, made, place.bytes),
                ptr: load(e, types::I64, made, ptr),
                len: load(e, types::I64, made, place.len),
            };
            return bytes::write_made(e, made, option, source, reserve, cursor, scope);
        }
    };
    let most = |op: &Op| max_written(op).unwrap_or(0);
    let most: u32 = e.program.code.block(some).ops.iter().map(most).sum();
    let spare = cursor.take(1 + most)?;
    let bytes = load(e, ty, made, place.bytes);
    let flags = Emitter::read_flags();
    e.builder
        .ins()
        .store(flags, bytes, cursor.base, cursor.offset);
    let len = load(e, types::I64, made, place.len);
    let base = e.builder.ins().iadd(cursor.base, len);
    e.count_op()?;
    Ok(Some(Cursor {
        base,
        spare,
        ..cursor
    }))
}

/// Loads some of what was made.
fn load(e: &mut Emitter<'_, '_>, ty: Type, made: Value, at: usize) -> Value {
    let at = i32::try_from(at).expect("a handful of groups");
    e.builder.ins().load(ty, Emitter::read_flags(), made, at)
}
