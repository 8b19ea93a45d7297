//! Sets, maps and lists that are reached through an iterator.
//!
//! The length is written first, so the iterator must yield just that many
//! items: at the end it is asked for one more, and told on when it lies.

use core::mem::MaybeUninit;
use core::ptr;

use crate::reflect::{IterDeallocFn, IterInitWithValueFn, ListLenFn, MapLenFn, PtrMut, SetLenFn};

use super::machine::Machine;
use crate::cx::thin;
use crate::kernels::table::{self, Position, Table};
use crate::kernels::tree::{self, Tree};
use crate::program::{BlockId, FunctionId, FunctionKind, Iter, IterId, Op, PathId};
use crate::trampoline::iter::{BATCH, Entry, next, next_entries};
use crate::trampoline::{FAILED, fail, trace};

/// What an op says about the container it writes.
#[derive(Clone, Copy)]
struct Container {
    at: *const u8,
    len: FunctionId,
    iter: IterId,
    /// Writes a key or an item.
    first: BlockId,
    /// Writes a value.
    #[cfg_attr(
        not(feature = "op-counts"),
        expect(dead_code, reason = "asked where ops are counted")
    )]
    second: Option<BlockId>,
    path: PathId,
    reserve: u32,
}

/// A batch of items and how to write one of them.
trait Batch {
    /// Fills the batch with up to `count` items: how many, or [`FAILED`].
    ///
    /// # Safety
    ///
    /// The iteration is of items as the batch has them, and was begun; for `count` of them there is room.
    unsafe fn fill(
        &mut self,
        machine: &mut Machine<'_>,
        advance: &mut Advance,
        count: usize,
    ) -> usize;

    /// Writes the item at a position of the batch, the `index`th of all.
    ///
    /// # Safety
    ///
    /// The position was filled, and its item is live; `out` is the cursor.
    unsafe fn write(
        &self,
        machine: &mut Machine<'_>,
        position: usize,
        index: usize,
        out: *mut u8,
    ) -> *mut u8;
}

/// An iteration that is under way.
enum Advance {
    /// Of an iterator, with its `next`.
    Iterator { next: *const (), state: PtrMut },
    /// Of a hash table.
    Table {
        table: *const Table,
        position: Position,
    },
    /// Of a B-tree.
    Tree {
        tree: *const Tree,
        position: *mut tree::Position,
    },
}

struct Items {
    items: [*const u8; BATCH],
    each: BlockId,
}

impl Batch for Items {
    unsafe fn fill(
        &mut self,
        machine: &mut Machine<'_>,
        advance: &mut Advance,
        count: usize,
    ) -> usize {
        let (cx, items) = (machine.cx, self.items.as_mut_ptr());
        // SAFETY: the caller's duty; the batch has room for `count`.
        unsafe {
            match advance {
                Advance::Iterator {
                    next: function,
                    state,
                } => next(cx, *function, state, items, count),
                Advance::Table { table, position } => {
                    table::items(cx, *table, position, items, count)
                }
                Advance::Tree { tree, position } => tree::items(cx, *tree, *position, items, count),
            }
        }
    }

    unsafe fn write(
        &self,
        machine: &mut Machine<'_>,
        position: usize,
        index: usize,
        out: *mut u8,
    ) -> *mut u8 {
        // SAFETY: the item is live until the iterator is deallocated (A10).
        unsafe {
            let out = machine.run_short(self.each, self.items[position], out);
            if out.is_null() {
                trace::trace_index(machine.cx, index);
            }
            out
        }
    }
}

struct Entries {
    entries: [Entry; BATCH],
    key: BlockId,
    value: BlockId,
}

impl Batch for Entries {
    unsafe fn fill(
        &mut self,
        machine: &mut Machine<'_>,
        advance: &mut Advance,
        count: usize,
    ) -> usize {
        let (cx, entries) = (machine.cx, self.entries.as_mut_ptr());
        // SAFETY: the caller's duty; the batch has room for `count`.
        unsafe {
            match advance {
                Advance::Iterator { next, state } => next_entries(cx, *next, state, entries, count),
                Advance::Table { table, position } => {
                    table::entries(cx, *table, position, entries, count)
                }
                Advance::Tree { tree, position } => {
                    tree::entries(cx, *tree, *position, entries, count)
                }
            }
        }
    }

    unsafe fn write(
        &self,
        machine: &mut Machine<'_>,
        position: usize,
        index: usize,
        out: *mut u8,
    ) -> *mut u8 {
        let entry = self.entries[position];
        // SAFETY: the entry is live until the iterator is deallocated (A10).
        unsafe {
            let out = machine.run_short(self.key, entry.key, out);
            if out.is_null() {
                trace::trace_key(machine.cx, index);
                return out;
            }
            let out = machine.run_short(self.value, entry.value, out);
            if out.is_null() {
                trace::trace_value(machine.cx, index);
            }
            out
        }
    }
}

impl Machine<'_> {
    /// [`Op::WriteIter`].
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    // Kept out of the frame of `run_each`, which deep values take once per level.
    #[inline(never)]
    pub(super) unsafe fn write_iter(&mut self, op: &Op, base: *const u8, out: *mut u8) -> *mut u8 {
        let Op::WriteIter {
            at,
            len,
            iter,
            each,
            path,
            reserve,
        } = *op
        else {
            unreachable!("the op is an iterator")
        };
        let batch = || Items {
            items: [ptr::null(); BATCH],
            each,
        };
        // SAFETY: the caller's duty.
        unsafe {
            let at = base.add(at.index());
            let container = Container {
                at,
                len,
                iter,
                first: each,
                second: None,
                path,
                reserve,
            };
            self.write_container(container, batch, out)
        }
    }

    /// [`Op::WriteMap`].
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    // Kept out of the frame of `run_each`, which deep values take once per level.
    #[inline(never)]
    pub(super) unsafe fn write_map(&mut self, op: &Op, base: *const u8, out: *mut u8) -> *mut u8 {
        let Op::WriteMap {
            at,
            len,
            iter,
            key,
            value,
            path,
            reserve,
        } = *op
        else {
            unreachable!("the op is a map")
        };
        let empty = Entry {
            key: ptr::null(),
            value: ptr::null(),
        };
        let batch = || Entries {
            entries: [empty; BATCH],
            key,
            value,
        };
        // SAFETY: the caller's duty.
        unsafe {
            let at = base.add(at.index());
            let container = Container {
                at,
                len,
                iter,
                first: key,
                second: Some(value),
                path,
                reserve,
            };
            self.write_container(container, batch, out)
        }
    }

    /// Writes the length, then the items, and frees the iterator whatever happens.
    ///
    /// # Safety
    ///
    /// A live container the functions apply to is at `container.at` (A1); `out` is the cursor.
    #[inline(never)]
    unsafe fn write_container<B: Batch>(
        &mut self,
        container: Container,
        batch: impl FnOnce() -> B,
        out: *mut u8,
    ) -> *mut u8 {
        // SAFETY: the caller's duty.
        let len = unsafe { self.container_len(container.at, container.len) };
        // SAFETY: the caller's duty.
        let out = unsafe { self.write_len(len, 0, out) };
        if out.is_null() {
            return out;
        }
        // SAFETY: the caller's duty.
        let out = unsafe {
            match self.write_plain(&container, len, out) {
                Some(out) => out,
                None => self.iterate(&container, len, &mut batch(), out),
            }
        };
        if out.is_null() {
            return self.fail_at(container.path);
        }
        // SAFETY: the caller's duty.
        unsafe { self.reserve(out, container.reserve as usize) }
    }

    /// Writes exactly `len` items in one step, if they are plain.
    ///
    /// # Safety
    ///
    /// As for `write_container`.
    #[inline]
    unsafe fn write_plain(
        &mut self,
        container: &Container,
        len: usize,
        out: *mut u8,
    ) -> Option<*mut u8> {
        let plain = self.program.linkage.plain(container.first)?;
        // SAFETY: the caller's duty; the program was linked with routines of this processor.
        let out = unsafe { plain.write(self.cx, container.at, len, out) };
        self.add_elements(len);
        #[cfg(feature = "op-counts")]
        self.count_blocks(container, len);
        Some(out)
    }

    /// Counts the ops that stand for each of `len` items.
    #[cfg(feature = "op-counts")]
    fn count_blocks(&self, container: &Container, len: usize) {
        let blocks = core::iter::once(container.first).chain(container.second);
        for block in blocks {
            (0..len).for_each(|_| super::counts::count_block(&self.program.code, block));
        }
    }

    /// Writes exactly `len` items; the iterator is made before and freed afterwards.
    ///
    /// # Safety
    ///
    /// As for `write_container`.
    unsafe fn iterate(
        &mut self,
        container: &Container,
        len: usize,
        batch: &mut impl Batch,
        out: *mut u8,
    ) -> *mut u8 {
        let at = container.at;
        let program = self.program;
        let iter: &Iter = &program.code.iters[container.iter.index()];
        let next = self.program.function(iter.next);
        let kind = self.program.code.functions[iter.next.index()];
        if let FunctionKind::TreeItems | FunctionKind::TreeEntries = kind {
            // SAFETY: the kind is verified (A2), the container is live (A1).
            return unsafe { self.walk(next.cast(), at, len, batch, out) };
        }
        let Some(object) = iter.object else {
            let mut advance = Advance::Table {
                table: next.cast(),
                position: Position::start(at),
            };
            // SAFETY: the kind is verified (A2), the container is live (A1).
            return unsafe { self.write_items(&mut advance, len, batch, out) };
        };
        self.count_vtable();
        self.count_vtable();
        // SAFETY: the kinds are verified (A2), the container is live (A1); the
        // iterator is freed once and not used afterwards (A10).
        unsafe {
            let state = self.function::<IterInitWithValueFn>(object.init)(thin(at));
            let mut advance = Advance::Iterator { next, state };
            let out = self.write_items(&mut advance, len, batch, out);
            self.function::<IterDeallocFn>(object.dealloc)(state);
            out
        }
    }

    /// Writes exactly `len` items of a B-tree.
    ///
    /// # Safety
    ///
    /// A live container of the tree's type is at `at`; `out` is the cursor.
    // Kept out of the frame of its caller: the position is large.
    #[inline(never)]
    unsafe fn walk(
        &mut self,
        tree: *const Tree,
        at: *const u8,
        len: usize,
        batch: &mut impl Batch,
        out: *mut u8,
    ) -> *mut u8 {
        let mut memory = MaybeUninit::uninit();
        let position = memory.as_mut_ptr();
        // SAFETY: the caller's duty; the iteration is ended once and not used afterwards.
        unsafe {
            tree::start(self.cx, tree, at, len, position);
            let mut advance = Advance::Tree { tree, position };
            let out = self.write_items(&mut advance, len, batch, out);
            tree::end(self.cx, tree, position);
            out
        }
    }

    /// The number of items the container says it has.
    ///
    /// # Safety
    ///
    /// As for `write_container`.
    unsafe fn container_len(&mut self, at: *const u8, len: FunctionId) -> usize {
        self.count_vtable();
        let program = self.program;
        // SAFETY: the kind is verified (A2), the container is live (A1).
        unsafe {
            match program.code.functions[len.index()] {
                FunctionKind::MapLen => self.function::<MapLenFn>(len)(thin(at)),
                FunctionKind::SetLen => self.function::<SetLenFn>(len)(thin(at)),
                _ => self.function::<ListLenFn>(len)(thin(at)),
            }
        }
    }

    /// Writes exactly `len` items.
    ///
    /// # Safety
    ///
    /// The iteration is of items as the batch has them, and was begun; `out` is the cursor.
    unsafe fn write_items(
        &mut self,
        advance: &mut Advance,
        len: usize,
        batch: &mut impl Batch,
        out: *mut u8,
    ) -> *mut u8 {
        let mut out = out;
        let mut done = 0;
        loop {
            // One more than is left, to see that the iterator ends.
            let wanted = (len - done).saturating_add(1).min(BATCH);
            // SAFETY: the caller's duty.
            let filled = unsafe { batch.fill(self, advance, wanted) };
            if filled == FAILED {
                return ptr::null_mut();
            }
            if filled > len - done {
                // SAFETY: the state is alive.
                return unsafe { fail::fail_length(self.cx, len, 1) };
            }
            for position in 0..filled {
                // SAFETY: filled just now.
                out = unsafe { batch.write(self, position, done + position, out) };
                if out.is_null() {
                    return out;
                }
            }
            done += filled;
            if filled < wanted {
                if done < len {
                    // SAFETY: the state is alive.
                    return unsafe { fail::fail_length(self.cx, len, 0) };
                }
                return out;
            }
        }
    }
}
