//! Atomics and locks of the modules that are model-checked.
//!
//! In ordinary builds they are the standard library's. With `--cfg loom` they are loom's, which
//! runs the same modules through every order in which threads may meet
//! (`vox-core/tests/loom.rs`, `cargo xtask loom`). Only modules that the models cover use this.

#[cfg(loom)]
pub(crate) use loom::sync::{
    Condvar, Mutex,
    atomic::{AtomicI64, AtomicPtr, AtomicU8, AtomicU64, Ordering},
};
#[cfg(not(loom))]
pub(crate) use std::sync::{
    Condvar, Mutex,
    atomic::{AtomicI64, AtomicPtr, AtomicU8, AtomicU64, Ordering},
};
