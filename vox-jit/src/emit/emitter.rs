//! What all of emission shares: the builder, the program, the values that live
//! for the whole function, and the small operations everything is made of.

use cranelift_codegen::ir::{
    Block, InstBuilder, MemFlagsData, SigRef, SourceLoc, StackSlot, StackSlotData, StackSlotKind,
    Value, types,
};
use cranelift_frontend::FunctionBuilder;
use vox_core::cx::{Counters, EncodeCx};
use vox_core::program::{Op, Program};

use super::cold::WayOut;
use super::ready::ReadyBlock;
use super::repeats::Repeats;
use super::runtime::{self, Function};
use super::varint::Spreading;
use super::vtable::Calls;
use super::{EmitOptions, entry_signature};
use crate::error::CompileError;

/// The most ops of one function, blocks that are run from several places counted each time.
const MAX_OPS: usize = 20_000;
/// The deepest nesting of blocks: emission recurses.
const MAX_DEPTH: u32 = vox_core::program::MAX_NESTING + 1;

/// See the module documentation.
pub(super) struct Emitter<'a, 'f> {
    pub(super) builder: FunctionBuilder<'f>,
    pub(super) program: &'a Program,
    pub(super) options: EmitOptions<'a>,
    /// The state of the encode.
    pub(super) cx: Value,
    pub(super) calls: Calls,
    /// Blocks for failures, emitted at the end.
    pub(super) ways_out: Vec<WayOut>,
    /// The signatures of what preserves all registers, by the number of words it takes.
    pub(super) preserving: [Option<SigRef>; 4],
    /// The options of the block that is being emitted, where they are made ready.
    pub(super) ready: Option<ReadyBlock<'a>>,
    /// What was made ready of the block that will be emitted next.
    pub(super) made_ahead: Option<Value>,
    /// Whether the program goes on with other values like its own, by a call or a repeat.
    pub(super) is_recursive: bool,
    /// Whether a string that is emitted is an element of a list.
    pub(super) in_list_of_strings: bool,
    /// What spreads varints by vector instructions, where there are some.
    pub(super) spreading: Option<Spreading>,
    signatures: Vec<((usize, bool), SigRef)>,
    free_slots: Vec<(u32, StackSlot)>,
    ops: usize,
    /// How many loops there are.
    loops: u32,
}

/// The number of the loop that code at this location belongs to, in the order of their heads; 0 for none.
pub(crate) fn loop_of(location: SourceLoc) -> u32 {
    match location.is_default() {
        true => 0,
        false => location.bits(),
    }
}

/// What surrounds a block being emitted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    /// Where to go when something failed; takes no arguments, returns null
    /// after recording the way out.
    pub(super) failed: Block,
    /// Takes the next value and the cursor: a jump here encodes another value with the same program.
    pub(super) again: Block,
    /// How often that was done, where errors tell of it.
    pub(super) repeats: Option<Repeats>,
    /// Within a child that is the program itself once more.
    pub(super) inlined: Option<Inlined>,
    pub(super) depth: u32,
}

/// A program within itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inlined {
    /// How deep values may nest that the program is called with.
    pub(super) depth_left: Value,
    /// How many levels below those the values here are.
    pub(super) levels: i64,
}

impl Scope {
    pub(super) fn root(failed: Block, again: Block, repeats: Option<Repeats>) -> Self {
        Self {
            failed,
            again,
            repeats,
            inlined: None,
            depth: 0,
        }
    }

    /// The scope of a nested block.
    pub(super) fn nested(self) -> Result<Self, CompileError> {
        if self.depth == MAX_DEPTH {
            return Err(CompileError::TooDeep);
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    /// The same scope with another way out.
    pub(super) fn failing_to(self, failed: Block) -> Self {
        Self { failed, ..self }
    }
}

impl<'a, 'f> Emitter<'a, 'f> {
    pub(super) fn new(
        mut builder: FunctionBuilder<'f>,
        program: &'a Program,
        options: EmitOptions<'a>,
        cx: Value,
    ) -> Result<Self, CompileError> {
        // What is in no loop is told as well.
        builder.set_srcloc(SourceLoc::new(0));
        Ok(Self {
            calls: Calls::new(&options)?,
            builder,
            program,
            options,
            cx,
            ways_out: Vec::new(),
            preserving: [None; 4],
            ready: None,
            made_ahead: None,
            is_recursive: is_recursive(program),
            in_list_of_strings: false,
            spreading: None,
            signatures: Vec::new(),
            free_slots: Vec::new(),
            ops: 0,
            loops: 0,
        })
    }

    /// What is emitted from here on belongs to a loop; answers the location of what is around, to be set behind it.
    pub(super) fn enter_loop(&mut self) -> SourceLoc {
        self.loops += 1;
        let around = self.builder.srcloc();
        self.builder.set_srcloc(SourceLoc::new(self.loops));
        around
    }

    /// Whether what is emitted here is in a loop of this function, or in a program that may lead to itself. What the program is called for in
    /// the loop of another is not known.
    pub(super) fn is_in_loop(&self) -> bool {
        self.is_recursive || loop_of(self.builder.srcloc()) > 0
    }

    /// Counts an op against the limit.
    pub(super) fn count_op(&mut self) -> Result<(), CompileError> {
        self.ops += 1;
        if self.ops > MAX_OPS {
            return Err(CompileError::TooLarge { ops: MAX_OPS });
        }
        Ok(())
    }

    /// Ends the function.
    pub(super) fn finish(mut self) {
        self.builder.seal_all_blocks();
        self.builder.finalize(self.options.isa.frontend_config());
    }

    /// A constant word.
    pub(super) fn word(&mut self, value: i64) -> Value {
        self.builder.ins().iconst(types::I64, value)
    }

    /// A constant address.
    pub(super) fn constant_address(&mut self, address: *const ()) -> Value {
        self.word(address.addr().cast_signed() as i64)
    }

    /// The address of something of ours, or in listings what stands for it.
    pub(super) fn address_of(&mut self, name: &'static str, address: *const ()) -> Value {
        if self.options.symbolic {
            self.word(runtime::symbol(name))
        } else {
            self.constant_address(address)
        }
    }

    /// A word plus a constant; the word itself when that is 0.
    pub(super) fn add(&mut self, value: Value, delta: i64) -> Value {
        match delta {
            0 => value,
            _ => self.builder.ins().iadd_imm_s(value, delta),
        }
    }

    /// A block kept out of the way of the code around it.
    pub(super) fn cold_block(&mut self) -> Block {
        let block = self.builder.create_block();
        self.builder.set_cold_block(block);
        block
    }

    /// How memory of values, the state and slots is read: it is there, aligned
    /// or not, and may change while an encode runs (locks).
    pub(super) fn read_flags() -> MemFlagsData {
        MemFlagsData::new().with_notrap()
    }

    /// Stores two words at an address.
    pub(super) fn store_pair(&mut self, [first, second]: [Value; 2], address: Value) {
        for (word, offset) in [(first, 0), (second, 8)] {
            self.builder
                .ins()
                .store(Self::read_flags(), word, address, offset);
        }
    }

    /// Loads a word of the state of the encode.
    pub(super) fn load_cx(&mut self, offset: usize) -> Value {
        let offset = cx_offset(offset);
        self.builder
            .ins()
            .load(types::I64, Self::read_flags(), self.cx, offset)
    }

    /// Stores a word of the state of the encode.
    pub(super) fn store_cx(&mut self, value: Value, offset: usize) {
        let offset = cx_offset(offset);
        self.builder
            .ins()
            .store(Self::read_flags(), value, self.cx, offset);
    }

    /// Adds 1 to a counter when calls are counted.
    pub(super) fn count_call(&mut self, counter: usize) {
        if self.options.count_calls {
            let offset = core::mem::offset_of!(EncodeCx, counters) + counter;
            let count = self.load_cx(offset);
            let count = self.add(count, 1);
            self.store_cx(count, offset);
        }
    }

    /// Counts a call of a vtable function.
    pub(super) fn count_vtable_call(&mut self) {
        self.count_call(core::mem::offset_of!(Counters, vtable_calls));
    }

    /// Stack memory of a size, 16-byte aligned, until it is given back to
    /// [`Self::give_slot`]. Blocks nest, so a slot is never shared by two that
    /// are open at once.
    pub(super) fn take_slot(&mut self, bytes: u32) -> StackSlot {
        let free = self.free_slots.iter().position(|(size, _)| *size == bytes);
        match free {
            Some(idx) => self.free_slots.swap_remove(idx).1,
            None => self.builder.create_sized_stack_slot(StackSlotData::new(
                StackSlotKind::ExplicitSlot,
                bytes,
                4,
            )),
        }
    }

    /// Lets later ops use a slot.
    pub(super) fn give_slot(&mut self, bytes: u32, slot: StackSlot) {
        self.free_slots.push((bytes, slot));
    }

    /// The address of a slot.
    pub(super) fn slot_address(&mut self, slot: StackSlot) -> Value {
        self.builder.ins().stack_addr(types::I64, slot, 0)
    }

    /// Calls a function of ours that answers a word.
    pub(super) fn call(&mut self, function: Function, arguments: &[Value]) -> Value {
        debug_assert!(function.returns && function.parameters == arguments.len());
        let callee = self.address_of(function.name, function.address);
        self.call_entry_value(callee, arguments)
    }

    /// Calls through a value, in the entry convention, for nothing.
    pub(super) fn call_value_void(&mut self, callee: Value, arguments: &[Value]) {
        let signature = self.signature(arguments.len(), false);
        self.builder
            .ins()
            .call_indirect(signature, callee, arguments);
    }

    /// Calls through a value, in the entry convention, for a word.
    pub(super) fn call_entry_value(&mut self, callee: Value, arguments: &[Value]) -> Value {
        let signature = self.signature(arguments.len(), true);
        let call = self
            .builder
            .ins()
            .call_indirect(signature, callee, arguments);
        self.builder.inst_results(call)[0]
    }

    fn signature(&mut self, parameters: usize, returns: bool) -> SigRef {
        let key = (parameters, returns);
        if let Some((_, known)) = self.signatures.iter().find(|(known, _)| *known == key) {
            return *known;
        }
        let signature = entry_signature(self.options.isa, parameters, returns);
        let imported = self.builder.import_signature(signature);
        self.signatures.push((key, imported));
        imported
    }
}

/// Whether a value of this program leads to others like it.
fn is_recursive(program: &Program) -> bool {
    let mut ops = program.code.blocks.iter().flat_map(|block| &block.ops);
    ops.any(|op| matches!(op, Op::Call { .. } | Op::Repeat { .. }))
}

/// Offsets in the state are a few dozen bytes.
fn cx_offset(offset: usize) -> i32 {
    i32::try_from(offset).expect("the state of an encode is small")
}
