//! Pointers, locks, proxies, children and computed values.

use crate::reflect::BorrowFn;

use core::ptr;

use super::interpret;
use super::machine::{Machine, pair_of};
use crate::cx::thin;
use crate::entry::{EncodeFn, LeafFn, Pair};
use crate::program::{BlockId, ChildId, FunctionId, FunctionKind, Offset, PathId, ProxyId};
use crate::slot::Slot;
use crate::trampoline::{DONE, fail, lock, proxy, release_last, unpack};

/// The words of the pointee of [`PointerSource::Counted`](crate::program::PointerSource::Counted).
///
/// # Safety
///
/// A pointer of this layout is at `at` (A16).
#[inline]
pub(super) unsafe fn counted_pair(at: *const u8, ptr: Offset, len: Offset, behind: Offset) -> Pair {
    // SAFETY: the caller's duty; the pointee is in the allocation of its counts.
    unsafe {
        let counts = pair_of(at, ptr, len);
        Pair {
            ptr: counts.ptr.add(behind.index()),
            ..counts
        }
    }
}

/// Work that is told before the end of the encode that does it: a large value's type may become hot on the way.
const MUCH: u64 = 512;

impl Machine<'_> {
    /// The pointee of [`PointerSource::BorrowThin`](crate::program::PointerSource::BorrowThin).
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is part of one op.
    pub(super) unsafe fn borrow_thin(&mut self, at: *const u8, borrow: FunctionId) -> *const u8 {
        self.count_vtable();
        // SAFETY: the kind is verified (A2), the pointer is live (A1).
        unsafe { self.function::<BorrowFn>(borrow)(thin(at)).raw_ptr() }
    }

    /// Runs a block on a pair of the words of an unsized pointee.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is part of one op.
    // The address of the pair is taken here, so that in `run_each` it stays in registers.
    #[inline(never)]
    pub(super) unsafe fn run_on_pair(
        &mut self,
        pair: Pair,
        each: BlockId,
        out: *mut u8,
    ) -> *mut u8 {
        let base: *const u8 = (&raw const pair).cast();
        // SAFETY: the caller's duty; the verifier has seen that the block reads words of the pair, which outlives it.
        unsafe { self.run_short(each, base, out) }
    }

    /// The words of the pointee of [`PointerSource::BorrowWide`](crate::program::PointerSource::BorrowWide).
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is part of one op.
    #[inline]
    pub(super) unsafe fn wide_pair(&mut self, at: *const u8, borrow: FunctionId) -> Pair {
        self.count_vtable();
        // SAFETY: the kind is verified (A2), the pointer is live (A1); the
        // pointee is a str or a slice.
        unsafe { unpack(self.function::<BorrowFn>(borrow)(thin(at))) }
    }

    /// [`crate::program::Op::Call`]; `at` is where the child is.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    #[inline(never)]
    pub(super) unsafe fn call(
        &mut self,
        at: *const u8,
        child: ChildId,
        path: PathId,
        out: *mut u8,
    ) -> *mut u8 {
        // SAFETY: slots of children live as long as the program (A12).
        let slot: &Slot = unsafe { self.program.child(child).as_ref() };
        let out = if self.cx().depth_left == 0 {
            // SAFETY: the state is alive.
            unsafe { fail::fail_depth(self.cx) }
        } else {
            self.cx().depth_left -= 1;
            // SAFETY: the child's value is live (A1).
            let out = unsafe { self.call_slot(slot, at, out) };
            self.cx().depth_left += 1;
            out
        };
        if out.is_null() {
            return self.fail_at(path);
        }
        out
    }

    /// Calls a slot, or goes on in this machine where that would start another. The work
    /// of the child is the child's in either case: a hot type within a cold one is seen.
    ///
    /// # Safety
    ///
    /// `at` is what the slot's program encodes.
    unsafe fn call_slot(&mut self, slot: &Slot, at: *const u8, out: *mut u8) -> *mut u8 {
        let entry = slot.entry();
        let program = match slot.program() {
            Some(program) if ptr::fn_addr_eq(entry, interpret as EncodeFn) => program,
            // SAFETY: the caller's duty.
            _ => return unsafe { entry(self.cx, slot, at, out) },
        };
        if ptr::eq(program, self.program) {
            // A value of the type that is being encoded, whose account the work so far belongs to as well.
            // SAFETY: the caller's duty.
            let out = unsafe { self.run_program(at, out) };
            if self.work() >= MUCH {
                slot.count(self.take_work(0));
            }
            return out;
        }
        // SAFETY: slots, and their programs, live as long as the one that calls (A12).
        let program = unsafe { &*ptr::from_ref(program) };
        let caller = core::mem::replace(&mut self.program, program);
        let work = self.take_work(0);
        // SAFETY: the caller's duty.
        let out = unsafe { self.run_program(at, out) };
        slot.count(self.take_work(work));
        self.program = caller;
        out
    }

    /// [`crate::program::Op::WithLock`]; `at` is where the lock is.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    pub(super) unsafe fn with_lock(
        &mut self,
        at: *const u8,
        lock: FunctionId,
        each: BlockId,
        path: PathId,
        out: *mut u8,
    ) -> *mut u8 {
        let function = self.program.function(lock);
        // SAFETY: the kind is verified (A2), the lock is live (A1).
        let data = unsafe {
            match self.program.code.functions[lock.index()] {
                FunctionKind::Read => lock::read(self.cx, function, at),
                _ => lock::lock(self.cx, function, at),
            }
        };
        // SAFETY: what the lock protects is live while the guard is held.
        unsafe { self.with_resource(data, each, path, out) }
    }

    /// [`crate::program::Op::WithProxy`]; `at` is where the value is.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    pub(super) unsafe fn with_proxy(
        &mut self,
        at: *const u8,
        proxy: ProxyId,
        each: BlockId,
        path: PathId,
        out: *mut u8,
    ) -> *mut u8 {
        let program = self.program;
        let proxy = &program.code.proxies[proxy.index()];
        let convert = program.function(proxy.convert);
        let drop = proxy
            .drop
            .map_or(core::ptr::null(), |drop| program.function(drop));
        let make = match program.code.functions[proxy.convert.index()] {
            FunctionKind::Upgrade => proxy::upgrade,
            _ => proxy::convert,
        };
        // SAFETY: the kinds are verified (A2), the value is live (A1).
        let value = unsafe {
            make(
                self.cx,
                convert,
                at,
                proxy.size as usize,
                proxy.align as usize,
                drop,
            )
        };
        // SAFETY: the proxy value is live until it is given back.
        unsafe { self.with_resource(value, each, path, out) }
    }

    /// Runs a block on something that is given back afterwards. When the block
    /// fails, the end of the encode gives it back.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`]; `value` is null or what the resource taken last gives access to.
    unsafe fn with_resource(
        &mut self,
        value: *const u8,
        each: BlockId,
        path: PathId,
        out: *mut u8,
    ) -> *mut u8 {
        if value.is_null() {
            return self.fail_at(path);
        }
        // SAFETY: the caller's duty.
        let out = unsafe { self.run(each, value, out) };
        if out.is_null() {
            // Whatever failed in the block has named its place already.
            return out;
        }
        // SAFETY: the state is alive; the resource is the last one taken, as
        // the block gave back its own.
        if unsafe { release_last(self.cx) } != DONE {
            return self.fail_at(path);
        }
        out
    }

    /// [`crate::program::Op::WriteLeaf`]; `at` is where the value is.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    pub(super) unsafe fn write_leaf(
        &mut self,
        at: *const u8,
        leaf: FunctionId,
        path: PathId,
        reserve: u32,
        out: *mut u8,
    ) -> *mut u8 {
        // SAFETY: the kind is verified (A2), the value is live (A1).
        let out = unsafe { self.function::<LeafFn>(leaf)(self.cx, at, out, reserve as usize) };
        if out.is_null() {
            return self.fail_at(path);
        }
        out
    }
}
