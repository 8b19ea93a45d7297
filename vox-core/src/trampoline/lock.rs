//! Taking locks. The guard stays in the state of the encode until
//! [`super::release_last`], or until the encode fails.

use core::ptr;

use facet_core::{LockFn, ReadFn};

use super::guard;
use crate::cx::{EncodeCx, Failure, Resource, thin};
use crate::entry_fn;

entry_fn! {
    /// Takes an exclusive lock and answers the address of what it protects;
    /// null when that failed.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `lock` is the address of a
    /// `LockFn` for the value's shape.
    pub unsafe fn lock(cx: *mut EncodeCx, lock: *const (), value: *const u8) -> *const u8 {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        let cx = unsafe { &mut *cx };
        cx.counters.trampoline_calls += 1;
        if !cx.has_room() {
            return ptr::null();
        }
        // SAFETY: programs name functions of the kind their ops call (A2).
        let lock = unsafe { core::mem::transmute::<*const (), LockFn>(lock) };
        // SAFETY: the value is alive and of the function's shape (A1).
        match guard(cx, || unsafe { lock(thin(value)) }) {
            Some(Ok(guard)) => {
                let data = guard.data_const().raw_ptr();
                cx.push_resource(Resource::Write(guard));
                data
            }
            Some(Err(())) => cx.fail(Failure::Lock),
            None => ptr::null(),
        }
    }
}

entry_fn! {
    /// Takes a shared lock and answers the address of what it protects; null
    /// when that failed.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `read` is the address of a
    /// `ReadFn` for the value's shape.
    pub unsafe fn read(cx: *mut EncodeCx, read: *const (), value: *const u8) -> *const u8 {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        let cx = unsafe { &mut *cx };
        cx.counters.trampoline_calls += 1;
        if !cx.has_room() {
            return ptr::null();
        }
        // SAFETY: programs name functions of the kind their ops call (A2).
        let read = unsafe { core::mem::transmute::<*const (), ReadFn>(read) };
        // SAFETY: the value is alive and of the function's shape (A1).
        match guard(cx, || unsafe { read(thin(value)) }) {
            Some(Ok(guard)) => {
                let data = guard.data().raw_ptr();
                cx.push_resource(Resource::Read(guard));
                data
            }
            Some(Err(())) => cx.fail(Failure::Lock),
            None => ptr::null(),
        }
    }
}
