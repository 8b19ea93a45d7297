//! Memory: what is allocated, what is given back, and what happens when there
//! is none. In a program of its own, for it replaces the allocator.
//!
//! Reflection allocates too (iterators, guards), and aborts when it cannot:
//! `reflected` tells these allocations from the others. Compiling and lowering may abort as well
//! and are done before.

mod allocator;
mod counts;
mod failing;
mod leaks;
#[path = "../support/moody.rs"]
mod moody;
mod proxies;
mod reflected;
#[path = "../support/script.rs"]
mod script;

use allocator::Scripted;

#[global_allocator]
static ALLOCATOR: Scripted = Scripted;
