//! C calling conventions as data, and calls by them emitted as Cranelift IR.
//!
//! # The problem
//!
//! A C function that takes or returns a struct by value is called in a way
//! that depends on the platform: in registers, on the stack, split between the
//! two, or through a hidden pointer. A code generator without struct types,
//! such as Cranelift, leaves that to whoever emits the call, and the shortcut
//! of passing each field as an integer is right on some platforms and silently
//! wrong on others.
//!
//! # What is here
//!
//! * [`Abi`]: the supported conventions, found by architecture *and*
//!   convention name, since the name alone is ambiguous. Anything unknown is
//!   `None`.
//! * [`FunctionType`]: parameters and result, down to what conventions care
//!   about.
//! * [`plan()`]: where every word travels, as a [`CallPlan`]: pure data, with
//!   a text form, for every ABI on any host.
//! * `Emitter` (feature `cranelift`): emits planned calls into a Cranelift
//!   function.
//!
//! ```
//! use vox_cabi::{plan, Abi, FunctionType, Parameter, Returned, Words};
//!
//! let function = FunctionType::new(
//!     &[Parameter::Aggregate(Words::Two), Parameter::Word],
//!     Returned::Aggregate(Words::Two),
//! );
//! assert_eq!(
//!     plan(Abi::X86_64Windows, &function).to_string(),
//!     "x86-64 Windows: fn(aggregate 2, word) -> aggregate 2
//!   0 copy of 2 in rdx
//!   1 r8
//!   returns 2 in memory, pointer in rcx
//!   slots return copy0 1.0
//! "
//! );
//! ```
//!
//! # What is not
//!
//! Floating point, vectors, integers narrower or wider than a word as
//! parameters, over-aligned structs, variadic functions, and 32-bit targets.
//! The README says more.
//!
//! Read next: `abi.rs` for the table, `plan.rs` for the rules, `emit.rs` for
//! the code.

#![forbid(unsafe_code)]

mod abi;
#[cfg(feature = "cranelift")]
mod emit;
mod function;
mod plan;
#[cfg(feature = "cranelift")]
mod target;

pub use abi::{Abi, Architecture, Convention};
#[cfg(feature = "cranelift")]
pub use emit::{Emitter, Results, signature};
pub use function::{FunctionType, Parameter, Returned, Words};
pub use plan::{CallPlan, HiddenPointer, Passing, Place, ReturnPlan, Slot, plan};

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
