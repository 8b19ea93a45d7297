//! The tiers of vox that are machine code: by Cranelift, and the baseline of unrolled handler calls.
//!
//! [`Compiler::compile`] turns the programs of some slots into functions in the
//! entry convention and publishes them. A refusal, whatever its reason, leaves
//! the slot as it was: the lower tier goes on serving, nothing is lost but speed.
//!
//! * [`emit`]: one program becomes one Cranelift function. No shapes here, only ops.
//! * [`baseline`]: one program becomes one call of a handler after the other. No Cranelift here.
//! * [`memory`]: executable memory, with a budget. The only part that knows
//!   operating systems.
//! * [`compile`]: the front that ties them together and counts.
//!
//! Not here: what ops mean (`vox_core::interp`), how C functions are called
//! (`vox-cabi`), when a type deserves machine code.

// The encoding macro of the baseline tier names its run-time crate for what it panics with; that crate stays out.
extern crate self as dynasmrt;
use baseline::isa::ranges as aarch64;

pub mod baseline;
pub mod compile;
pub mod emit;
pub mod error;
pub mod memory;
pub mod perf;

pub use compile::{
    Batch, Compiled, Compiler, CompilerOptions, Listing, OptLevel, Stats, is_compiling, unroll,
};
pub use emit::VtableCalls;
pub use error::{CompileError, Unavailable};
pub use memory::{HAS_CODE_GENERATOR, Publication};
