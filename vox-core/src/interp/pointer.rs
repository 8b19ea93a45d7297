//! Pointers, locks, proxies, children and computed values.

use crate::reflect::BorrowFn;

use super::machine::{Machine, load};
use crate::cx::thin;
use crate::entry::{LeafFn, Pair};
use crate::program::{BlockId, ChildId, FunctionId, FunctionKind, PathId, PointerSource, ProxyId};
use crate::trampoline::{DONE, fail, lock, proxy, release_last, unpack};

impl Machine<'_> {
    /// [`crate::program::Op::Borrow`]; `at` is where the pointer is.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    pub(super) unsafe fn borrow(
        &mut self,
        at: *const u8,
        source: PointerSource,
        each: BlockId,
        out: *mut u8,
    ) -> *mut u8 {
        let mut pair = Pair {
            ptr: core::ptr::null(),
            len: 0,
        };
        // SAFETY: the caller's duty; the pair outlives the block.
        unsafe {
            let pointee = self.pointee(at, source, &mut pair);
            self.run(each, pointee, out)
        }
    }

    /// The base of the block of a borrow: where a pointer leads to, or, when that is
    /// unsized, `pair`, in which it stands then.
    ///
    /// # Safety
    ///
    /// A live pointer the source applies to is at `at` (A1).
    #[inline]
    pub(super) unsafe fn pointee(
        &mut self,
        at: *const u8,
        source: PointerSource,
        pair: &mut Pair,
    ) -> *const u8 {
        match source {
            // SAFETY: a pointer to a live value is at `at` (A8).
            PointerSource::Word => unsafe { load(at, 0) },
            PointerSource::BorrowThin { borrow } => {
                self.count_vtable();
                // SAFETY: the kind is verified (A2), the pointer is live (A1).
                unsafe { self.function::<BorrowFn>(borrow)(thin(at)) }.raw_ptr()
            }
            PointerSource::BorrowWide { borrow } => {
                self.count_vtable();
                // SAFETY: as above; the pointee is a str or a slice.
                *pair = unsafe { unpack(self.function::<BorrowFn>(borrow)(thin(at))) };
                core::ptr::from_ref(pair).cast()
            }
        }
    }

    /// [`crate::program::Op::Call`]; `at` is where the child is.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    pub(super) unsafe fn call(
        &mut self,
        at: *const u8,
        child: ChildId,
        path: PathId,
        out: *mut u8,
    ) -> *mut u8 {
        let slot = self.program.child(child);
        let out = if self.cx().depth_left == 0 {
            // SAFETY: the state is alive.
            unsafe { fail::fail_depth(self.cx) }
        } else {
            self.cx().depth_left -= 1;
            // SAFETY: slots of children live as long as the program (A12); the
            // child's value is live (A1).
            let out = unsafe { (slot.as_ref().entry())(self.cx, slot.as_ptr(), at, out) };
            self.cx().depth_left += 1;
            out
        };
        if out.is_null() {
            return self.fail_at(path);
        }
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
        // SAFETY: the kinds are verified (A2), the value is live (A1).
        let value = unsafe {
            proxy::convert(
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
