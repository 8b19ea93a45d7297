//! The wire format, programs, lowering and interpreter of vox.
//!
//! No machine code is made here, and no operating system is needed: this crate runs wherever
//! Rust's standard library and facet's pointers do ([`entry`]). Start at [`program`].

pub mod cx;
pub mod entry;
pub mod error;
pub mod fork;
pub mod interp;
pub mod kernels;
mod leaf;
pub mod lower;
mod probe;
pub mod program;
pub mod promotion;
pub mod queue;
pub mod reflect;
pub mod registry;
mod shape;
pub mod sink;
pub mod slot;
mod sync;
pub mod tier;
pub mod trampoline;
pub mod wire;
