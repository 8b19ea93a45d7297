//! The loop over the ops of a block.

use core::marker::PhantomData;
use core::ptr;

use crate::cx::EncodeCx;
use crate::program::{BlockId, Op, Program};
use crate::trampoline::trace;
use crate::wire::{varint, zigzag};

/// One run of one program.
pub(super) struct Machine<'p> {
    pub(super) cx: *mut EncodeCx,
    pub(super) program: &'p Program,
    /// Where [`Op::Repeat`] wants to go on; null when nothing asked.
    pub(super) repeat: *const u8,
    work: u64,
    /// The state belongs to one thread.
    _single: PhantomData<*mut EncodeCx>,
}

/// Reads a value of the program's at an address that need not be aligned.
///
/// # Safety
///
/// An initialised `T` is at `base + at` (A1).
#[inline]
pub(super) unsafe fn load<T: Copy>(base: *const u8, at: u32) -> T {
    // SAFETY: the caller's duty.
    unsafe { base.add(at as usize).cast::<T>().read_unaligned() }
}

impl<'p> Machine<'p> {
    pub(super) fn new(cx: *mut EncodeCx, program: &'p Program) -> Self {
        Self {
            cx,
            program,
            repeat: ptr::null(),
            work: 0,
            _single: PhantomData,
        }
    }

    /// Ops executed and integers of lists written so far.
    pub(super) fn work(&self) -> u64 {
        self.work
    }

    /// Adds the elements of an op that writes many.
    pub(super) fn add_work(&mut self, elements: usize) {
        self.work += elements as u64;
    }

    /// The state of the encode.
    #[inline]
    pub(super) fn cx(&mut self) -> &mut EncodeCx {
        // SAFETY: the state is exclusively ours while no function of its own
        // or of a child runs, and no reference is kept across those (A3).
        unsafe { &mut *self.cx }
    }

    /// Makes sure of `spare` bytes at the cursor; null when that failed.
    #[inline]
    pub(super) fn reserve(&mut self, out: *mut u8, spare: usize) -> *mut u8 {
        if self.cx().spare(out) >= spare {
            return out;
        }
        let grow = self.cx().grow;
        // SAFETY: the state's own function, with its cursor (A3).
        unsafe { grow(self.cx, out, spare) }
    }

    /// Records where a failure happened and passes its null on.
    #[cold]
    pub(super) fn fail_at(&mut self, path: crate::program::PathId) -> *mut u8 {
        // SAFETY: the state and the program are alive.
        unsafe { trace::trace_static(self.cx, self.program, path.index()) };
        ptr::null_mut()
    }

    /// Encodes a value, and the values its tail recursion leads to.
    ///
    /// # Safety
    ///
    /// As for [`super::interpret`].
    pub(super) unsafe fn run_program(&mut self, value: *const u8, out: *mut u8) -> *mut u8 {
        let mut value = value;
        let mut out = out;
        loop {
            // SAFETY: the caller's duty, and that of whoever set `repeat`.
            out = unsafe { self.run(BlockId(0), value, out) };
            if out.is_null() || self.repeat.is_null() {
                return out;
            }
            value = core::mem::replace(&mut self.repeat, ptr::null());
        }
    }

    /// Runs a block; answers the new cursor, or null.
    ///
    /// # Safety
    ///
    /// `base` is what the block is entered with, `out` has the spare bytes the
    /// verifier proved for it.
    #[inline]
    pub(super) unsafe fn run(&mut self, block: BlockId, base: *const u8, out: *mut u8) -> *mut u8 {
        let program = self.program;
        let ops = &program.code.block(block).ops;
        self.work += ops.len() as u64;
        // SAFETY: the caller's duty.
        unsafe { self.run_ops(ops, base, out) }
    }

    /// Runs ops that follow each other in a block; answers the new cursor, or null.
    ///
    /// # Safety
    ///
    /// As for `run`; the ops are part of a block of this program.
    #[expect(
        clippy::too_many_lines,
        reason = "one line per op: the table this file is about"
    )]
    pub(super) unsafe fn run_ops(&mut self, ops: &[Op], base: *const u8, out: *mut u8) -> *mut u8 {
        let program = self.program;
        let mut out = out;
        for op in ops {
            #[cfg(feature = "op-counts")]
            super::counts::count(op);
            // SAFETY: the verifier proved spare room for what each op writes
            // (A7), and lowering gives offsets of live fields of the type (A1).
            unsafe {
                out = match *op {
                    Op::Reserve { bytes } => self.reserve(out, bytes as usize),
                    Op::WriteConst { bytes } => {
                        let bytes = bytes.as_bytes();
                        out.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
                        out.add(bytes.len())
                    }
                    Op::WriteByte { at } => {
                        out.write(load::<u8>(base, at.0));
                        out.add(1)
                    }
                    Op::CopyBytes { at, len } => {
                        out.copy_from_nonoverlapping(base.add(at.index()), len as usize);
                        out.add(len as usize)
                    }
                    Op::WriteF32 { at } => {
                        let bytes = load::<f32>(base, at.0).to_bits().to_le_bytes();
                        out.cast::<[u8; 4]>().write_unaligned(bytes);
                        out.add(4)
                    }
                    Op::WriteF64 { at } => {
                        let bytes = load::<f64>(base, at.0).to_bits().to_le_bytes();
                        out.cast::<[u8; 8]>().write_unaligned(bytes);
                        out.add(8)
                    }
                    Op::WriteVarU16 { at } => {
                        varint::write_u64(out, load::<u16>(base, at.0).into())
                    }
                    Op::WriteVarU32 { at } => {
                        varint::write_u64(out, load::<u32>(base, at.0).into())
                    }
                    Op::WriteVarU64 { at } => varint::write_u64(out, load::<u64>(base, at.0)),
                    Op::WriteVarU128 { at } => varint::write_u128(out, load::<u128>(base, at.0)),
                    Op::WriteVarI16 { at } => {
                        varint::write_u64(out, zigzag::encode_i16(load(base, at.0)).into())
                    }
                    Op::WriteVarI32 { at } => {
                        varint::write_u64(out, zigzag::encode_i32(load(base, at.0)).into())
                    }
                    Op::WriteVarI64 { at } => {
                        varint::write_u64(out, zigzag::encode_i64(load(base, at.0)))
                    }
                    Op::WriteVarI128 { at } => {
                        varint::write_u128(out, zigzag::encode_i128(load(base, at.0)))
                    }
                    Op::WriteChar { at } => varint::write_char(out, load::<char>(base, at.0)),
                    Op::WriteRun { each } => match program.linkage.run(each) {
                        Some(run) => run.write(out, base),
                        None => self.run(each, base, out),
                    },
                    Op::WriteBytes {
                        at,
                        source,
                        reserve,
                    } => self.write_bytes(base.add(at.index()), source, 1, reserve, out),
                    Op::WriteFixedList {
                        at,
                        source,
                        width,
                        reserve,
                    } => self.write_bytes(base.add(at.index()), source, width, reserve, out),
                    Op::WriteListVarU16 {
                        at,
                        source,
                        reserve,
                    } => {
                        let write = program.linkage.kernels.list_u16;
                        self.write_ints(base.add(at.index()), source, reserve, out, write)
                    }
                    Op::WriteListVarU32 {
                        at,
                        source,
                        reserve,
                    } => {
                        let write = program.linkage.kernels.list_u32;
                        self.write_ints(base.add(at.index()), source, reserve, out, write)
                    }
                    Op::WriteListVarU64 {
                        at,
                        source,
                        reserve,
                    } => {
                        let write = program.linkage.kernels.list_u64;
                        self.write_ints(base.add(at.index()), source, reserve, out, write)
                    }
                    Op::WriteListVarI16 {
                        at,
                        source,
                        reserve,
                    } => {
                        let write = program.linkage.kernels.list_i16;
                        self.write_ints(base.add(at.index()), source, reserve, out, write)
                    }
                    Op::WriteListVarI32 {
                        at,
                        source,
                        reserve,
                    } => {
                        let write = program.linkage.kernels.list_i32;
                        self.write_ints(base.add(at.index()), source, reserve, out, write)
                    }
                    Op::WriteListVarI64 {
                        at,
                        source,
                        reserve,
                    } => {
                        let write = program.linkage.kernels.list_i64;
                        self.write_ints(base.add(at.index()), source, reserve, out, write)
                    }
                    Op::WriteUnitList {
                        at,
                        source,
                        reserve,
                    } => self.write_unit_list(base.add(at.index()), source, reserve, out),
                    Op::WriteList { .. } => self.write_list(op, base, out),
                    Op::WriteArray { .. } => self.write_array(op, base, out),
                    Op::WriteOption { at, source, some } => {
                        self.write_option(base.add(at.index()), source, some, out)
                    }
                    Op::WriteResult { .. } => self.write_result(op, base, out),
                    Op::Switch {
                        at,
                        tag,
                        arms,
                        path,
                    } => self.switch(base.add(at.index()), tag, arms, path, out),
                    Op::Borrow { at, source, each } => {
                        self.borrow(base.add(at.index()), source, each, out)
                    }
                    Op::WriteIter { .. } => self.write_iter(op, base, out),
                    Op::WriteMap { .. } => self.write_map(op, base, out),
                    Op::Call { at, child, path } => {
                        self.call(base.add(at.index()), child, path, out)
                    }
                    Op::Repeat { at } => {
                        // The last op all the way up: everybody returns at once.
                        self.repeat = base.add(at.index());
                        out
                    }
                    Op::WithLock {
                        at,
                        lock,
                        each,
                        path,
                    } => self.with_lock(base.add(at.index()), lock, each, path, out),
                    Op::WithProxy {
                        at,
                        proxy,
                        each,
                        path,
                    } => self.with_proxy(base.add(at.index()), proxy, each, path, out),
                    Op::Unless {
                        at,
                        skip_if,
                        each,
                        path,
                    } => self.unless(base.add(at.index()), skip_if, each, path, out),
                    Op::WriteLeaf {
                        at,
                        leaf,
                        path,
                        reserve,
                    } => self.write_leaf(base.add(at.index()), leaf, path, reserve, out),
                    Op::Never { path } => {
                        crate::trampoline::fail::fail_uninhabited(self.cx);
                        self.fail_at(path)
                    }
                };
            }
            if out.is_null() {
                return out;
            }
        }
        out
    }
}
