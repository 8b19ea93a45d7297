//! Emission: one program becomes one Cranelift function.
//!
//! Each op has a function in the file of its feature that emits the code which does what
//! the interpreter does for that op. State travels as values: the [`cursor::Cursor`]
//! says where the next byte goes and how much room is known to be there, the [`place::Base`]
//! what offsets are relative to, the [`Scope`] where failures go. Nothing is saved and
//! restored around nested blocks.
//!
//! The emitted function contains no relocations: whatever it calls it calls
//! through a constant address or a slot.
//!
//! Not here: shapes (there are none at this point), executable memory, when to
//! compile. Read next: [`block`], then one feature from end to end ([`option`]).

mod array;
mod block;
mod borrow;
mod bytes;
mod call;
mod character;
mod cold;
mod cursor;
mod emitter;
mod guarded;
mod head;
mod iter;
mod join;
mod list;
mod map;
mod option;
mod option_row;
mod place;
mod plain;
mod ready;
mod repeats;
mod result;
mod run;
mod runtime;
mod scalar;
mod source;
pub(crate) mod stand_in;
pub(crate) mod stub;
mod switch;
mod varint;
mod vtable;

use cranelift_codegen::ir::{AbiParam, Function, InstBuilder, Signature, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use target_lexicon::Architecture;
use vox_core::program::{BlockId, Program};

use crate::error::CompileError;
use cursor::Cursor;
pub(crate) use emitter::loop_of;
use emitter::{Emitter, Scope};
use place::Base;
use repeats::Repeats;
pub use stub::Stubs;
use varint::Spreading;

/// How machine code calls facet's `extern "C"` vtable functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum VtableCalls {
    /// By itself, by the platform's C calling convention. Where that is not
    /// known, through trampolines if they are compiled in.
    #[default]
    Inline,
    /// Through a trampoline of ours.
    Trampoline,
}

/// What emission depends on besides the program.
#[derive(Clone, Copy)]
pub struct EmitOptions<'a> {
    /// The instruction set.
    pub isa: &'a dyn TargetIsa,
    /// How vtable functions are called.
    pub vtable_calls: VtableCalls,
    /// Whether vtable and accessor calls are counted in the state of the encode.
    pub count_calls: bool,
    /// Whether short strings may be read beyond their end, within the page. Off
    /// for memory checkers.
    pub over_read: bool,
    /// Whether long strings, options of integers and strings, characters, and maps and sets of plain parts are left to the routines for
    /// this processor that the program is linked to.
    pub processor_routines: bool,
    /// Whether instructions may be used that Cranelift does not have ([`stand_in`]): the processor is the one at hand, and they come out of
    /// Cranelift as they were emitted.
    pub stand_ins: bool,
    /// The stubs the code calls.
    pub stubs: Stubs,
    /// Whether addresses of ours are replaced by numbers that are the same in every
    /// build. Such code can be read and compared, and never run.
    pub symbolic: bool,
}

/// The calling convention of entries on this instruction set. See `vox_core::entry`.
#[must_use]
pub fn entry_convention(isa: &dyn TargetIsa) -> CallConv {
    match isa.triple().architecture {
        Architecture::X86_64 => CallConv::SystemV,
        _ => isa.default_call_conv(),
    }
}

/// Whether an instruction set has an extension, by the name of Cranelift's flag for it.
pub(crate) fn has_extension(isa: &dyn TargetIsa, flag: &str) -> bool {
    let mut flags = isa.isa_flags().into_iter();
    flags.any(|it| it.name == flag && it.as_bool() == Some(true))
}

/// A signature in the entry convention: words in, a word out if `returns`.
fn entry_signature(isa: &dyn TargetIsa, parameters: usize, returns: bool) -> Signature {
    let mut signature = Signature::new(entry_convention(isa));
    signature.params = vec![AbiParam::new(types::I64); parameters];
    if returns {
        signature.returns.push(AbiParam::new(types::I64));
    }
    signature
}

/// Emits a program's entry into `function`, which must be empty.
///
/// # Errors
///
/// When the program cannot or should not be compiled.
pub fn emit(
    program: &Program,
    options: &EmitOptions<'_>,
    function: &mut Function,
    context: &mut FunctionBuilderContext,
) -> Result<(), CompileError> {
    function.signature = entry_signature(options.isa, 4, true);
    let mut builder = FunctionBuilder::new(function, context);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let &[cx, _slot, value, out] = builder.block_params(entry) else {
        return Err(CompileError::Malformed(String::from("entry parameters")));
    };

    // What `Repeat` jumps back to.
    let again = builder.create_block();
    let next_value = builder.append_block_param(again, types::I64);
    let next_out = builder.append_block_param(again, types::I64);
    let failed = builder.create_block();
    builder.set_cold_block(failed);

    let mut emitter = Emitter::new(builder, program, *options, cx)?;
    let repeats = Repeats::none_yet(&mut emitter);
    let arguments = [value.into(), out.into()];
    emitter.builder.ins().jump(again, &arguments);
    emitter.builder.switch_to_block(again);
    if !emitter.is_recursive && !stand_in::has_deposit(&emitter) {
        // Calls spoil vector registers: what recurs loads these constants where it needs them.
        emitter.spreading = Spreading::new(&mut emitter);
    }
    let scope = Repeats::told(&mut emitter, Scope::root(failed, again, repeats));
    let base = Base::new(next_value);
    let start = Cursor::start(next_out);
    let end = block::emit(&mut emitter, BlockId(0), base, start, scope)?;
    if let Some(end) = end {
        let out = end.address(&mut emitter);
        emitter.builder.ins().return_(&[out]);
    }

    emitter.builder.switch_to_block(failed);
    let null = emitter.builder.ins().iconst(types::I64, 0);
    emitter.builder.ins().return_(&[null]);
    emitter.emit_ways_out()?;
    emitter.finish();
    Ok(())
}
