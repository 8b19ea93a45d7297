//! The baseline tier: the interpreter, unrolled.
//!
//! A program becomes a straight line of calls of precompiled *handlers*, one call site per op, with what the
//! interpreter would look up in the op (offsets, functions, constants) as immediate operands. Tests of options, dispatch of
//! enums and loops are emitted jumps; fixed-width fields and constants are stores in place, which are shorter
//! than calls. That removes the interpreter's dispatch, whose one indirect jump no predictor can guess in mixed
//! programs, at a price of nanoseconds per op: there is no register allocation and no second pass.
//!
//! What there is no handler for is executed by the interpreter's own code for that op
//! ([`vox_core::interp::single`]), so every program the interpreter runs has a baseline.
//!
//! * [`isa`]: some sixty short sequences, for x86-64 and AArch64.
//! * `emit`: which of them a program becomes.
//! * `handlers`: the precompiled functions, reached through a table.
//!
//! Not here: executable memory ([`crate::memory`]), and when a type gets a baseline. No Cranelift either: this
//! module could be a crate of its own.

mod emit;
mod handlers;
pub mod isa;

use vox_core::program::Program;

use crate::error::CompileError;
use emit::{Emitter, Memory, Names};

/// Whether there is a baseline tier for the processor of this process.
pub const IS_AVAILABLE: bool = isa::HAS_HOST;

/// Makes functions, one after the other in the same memory.
#[derive(Debug, Default)]
pub struct Generator {
    memory: Memory<isa::Host>,
}

impl Generator {
    /// The machine code of a program: a function in the entry convention, at any address. It is to be copied to where it runs
    /// before the next one is made.
    ///
    /// The code holds addresses of the program's ops and functions: it may run as long as the
    /// program stays where it is.
    ///
    /// # Errors
    ///
    /// When the program is too large or too deep for the code's jumps and frame.
    pub fn generate(&mut self, program: &Program) -> Result<&[u8], CompileError> {
        Emitter::new(program, Names::Addresses, &mut self.memory).function()
    }
}

/// The code for any instruction set, with numbers that are the same in every build in place
/// of addresses: for looking at, not for running.
///
/// # Errors
///
/// As for [`Generator::generate`].
pub fn generate_symbolic<A: isa::Assembler>(program: &Program) -> Result<Vec<u8>, CompileError> {
    let mut memory = Memory::default();
    let code = Emitter::<A>::new(program, Names::Symbols, &mut memory).function();
    Ok(code?.to_vec())
}
