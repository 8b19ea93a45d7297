//! Stack slots for copies and results, shared by the calls of one function.
//!
//! Nothing in a slot outlives its call: a copy is stored afresh for every
//! call, because the callee owns it and may overwrite it, and a result is
//! loaded right after the call. So two calls can use the same slots, but two
//! copies of one call cannot.
//!
//! Slots are aligned to 16 bytes, which Windows demands of copies; on s390x
//! the stack pointer itself is aligned to 8 only, which is what its ABI asks.

use cranelift_codegen::ir::{
    InstBuilder, MemFlagsData, StackSlot, StackSlotData, StackSlotKind, Value, types,
};
use cranelift_frontend::FunctionBuilder;

use crate::function::Words;

/// log2 of the alignment in bytes.
const ALIGN_SHIFT: u8 = 4;

/// The slots of one function, by their size.
#[derive(Debug, Default)]
pub(crate) struct SlotPool {
    copies: [Vec<StackSlot>; Words::ALL.len()],
    results: [Option<StackSlot>; Words::ALL.len()],
}

/// Hands out the slots for one call.
#[derive(Debug)]
pub(crate) struct CallSlots<'pool> {
    pool: &'pool mut SlotPool,
    copies_used: [usize; Words::ALL.len()],
}

impl SlotPool {
    pub(crate) fn start_call(&mut self) -> CallSlots<'_> {
        CallSlots {
            pool: self,
            copies_used: [0; Words::ALL.len()],
        }
    }
}

impl CallSlots<'_> {
    /// A slot no other copy of this call uses.
    pub(crate) fn copy(&mut self, builder: &mut FunctionBuilder<'_>, words: Words) -> StackSlot {
        let size = words.count() - 1;
        let idx = self.copies_used[size];
        self.copies_used[size] += 1;
        let slots = &mut self.pool.copies[size];
        if idx == slots.len() {
            slots.push(create_slot(builder, words));
        }
        slots[idx]
    }

    /// The slot for the result.
    pub(crate) fn result(&mut self, builder: &mut FunctionBuilder<'_>, words: Words) -> StackSlot {
        *self.pool.results[words.count() - 1].get_or_insert_with(|| create_slot(builder, words))
    }
}

fn create_slot(builder: &mut FunctionBuilder<'_>, words: Words) -> StackSlot {
    builder.create_sized_stack_slot(StackSlotData::new(
        StackSlotKind::ExplicitSlot,
        words.len_bytes(),
        ALIGN_SHIFT,
    ))
}

/// The offsets of words in memory.
fn offsets() -> impl Iterator<Item = i32> {
    (0..).step_by(8)
}

/// Stores words into a slot and returns its address.
pub(crate) fn store_words(
    builder: &mut FunctionBuilder<'_>,
    slot: StackSlot,
    values: &[Value],
) -> Value {
    let address = builder.ins().stack_addr(types::I64, slot, 0);
    for (value, offset) in values.iter().zip(offsets()) {
        // Slots are accessible and aligned.
        let flags = MemFlagsData::trusted();
        builder.ins().store(flags, *value, address, offset);
    }
    address
}

/// Loads the words of a slot.
pub(crate) fn load_words(
    builder: &mut FunctionBuilder<'_>,
    slot: StackSlot,
    words: Words,
) -> Vec<Value> {
    let address = builder.ins().stack_addr(types::I64, slot, 0);
    offsets()
        .take(words.count())
        .map(|offset| {
            let flags = MemFlagsData::trusted();
            builder.ins().load(types::I64, flags, address, offset)
        })
        .collect()
}
