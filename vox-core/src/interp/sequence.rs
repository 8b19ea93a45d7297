//! Lists, strings and arrays: runs of elements at consecutive addresses.

use crate::reflect::ArrayAsPtrFn;

use super::machine::{Machine, Values};
use crate::cx::{Failure, thin};
use crate::entry::Pair;
use crate::kernels::bytes::{copy, is_medium, write_medium};
use crate::kernels::over;
use crate::program::{ArraySource, BlockId, MAX_RESERVE, Offset, Op, PathId, Source};
use crate::trampoline::trace;
use crate::wire::varint;

/// Bytes a length takes at most.
const LEN: usize = varint::MAX_LEN_U64;

/// The elements of a list or array that a block writes.
#[derive(Clone, Copy)]
struct Elements {
    first: *const u8,
    count: usize,
    stride: usize,
    each: BlockId,
    bound: usize,
    path: PathId,
    /// Room to be made behind the last one.
    reserve: u32,
}

impl<'p> Machine<'p> {
    /// Writes a length and that many bytes. Short strings, by far the most, are
    /// copied without regard to their length.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`]; the pair is a live run of initialised bytes (A6).
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a handful of instructions, where strings are most of what there is"
    )]
    pub(super) unsafe fn write_string(
        &mut self,
        pair: Pair,
        reserve: u32,
        out: *mut u8,
    ) -> *mut u8 {
        if over::may_write(pair.ptr, pair.len)
            && self.cx().spare(out) >= 1 + pair.len + reserve as usize
        {
            // SAFETY: there is room for the string, and the overshoot behind it (A7);
            // reading beyond its end stays in the page (A11).
            return unsafe { over::write(out, pair.ptr, pair.len) };
        }
        // SAFETY: the caller's duty.
        unsafe { self.write_longer(pair, reserve, out) }
    }

    /// The same, where it is not worth its instructions.
    ///
    /// # Safety
    ///
    /// As for [`Self::write_string`].
    #[inline(never)]
    pub(super) unsafe fn write_text(&mut self, pair: Pair, reserve: u32, out: *mut u8) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { self.write_string(pair, reserve, out) }
    }

    /// The same of strings that are longer, or empty, or at the end of a page, and of any where there is too little
    /// room or nothing beyond a string is read.
    ///
    /// # Safety
    ///
    /// As for [`Self::write_string`].
    #[inline(never)]
    unsafe fn write_longer(&mut self, pair: Pair, reserve: u32, out: *mut u8) -> *mut u8 {
        if is_medium(pair.len) && self.cx().spare(out) >= 1 + pair.len + reserve as usize {
            // SAFETY: there is room for the string.
            return unsafe { write_medium(out, pair.ptr, pair.len) };
        }
        // SAFETY: the caller's duty.
        unsafe { self.write_pair(pair, 1, reserve, out) }
    }

    /// Writes a length and the elements as they are in memory.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`]; the pair is a live list of elements of this width, all
    /// their bytes initialised (A6).
    #[inline(never)]
    pub(super) unsafe fn write_pair(
        &mut self,
        pair: Pair,
        width: u32,
        reserve: u32,
        out: *mut u8,
    ) -> *mut u8 {
        let Some(len) = pair.len.checked_mul(width as usize) else {
            return self.cx().fail(Failure::OutOfMemory);
        };
        let reserve = reserve as usize;
        let needed = len.saturating_add(LEN).saturating_add(reserve);
        if self.cx().spare(out) >= needed {
            // SAFETY: there is room; the elements are initialised bytes (A6). The
            // address of an empty list may dangle, and copying nothing reads nothing.
            unsafe {
                let out = varint::write_u64(out, pair.len as u64);
                copy(out, pair.ptr, len);
                return out.add(len);
            }
        }
        // SAFETY: the caller's duty.
        let out = unsafe { self.write_len(pair.len, 0, out) };
        if out.is_null() {
            return out;
        }
        let bulk = self.cx().constants.bulk;
        // SAFETY: the state's own function with its cursor; initialised bytes (A3, A6).
        unsafe { bulk(self.cx, out, pair.ptr, len, reserve) }
    }

    /// Writes a list of integers, by a routine of the processor's.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op, a list of integers.
    #[inline(never)]
    pub(super) unsafe fn write_integers(
        &mut self,
        op: &Op,
        base: *const u8,
        out: *mut u8,
    ) -> *mut u8 {
        let Some(list) = self.program.linkage.kernels.integers(op) else {
            unreachable!("the op is a list of integers")
        };
        // SAFETY: the caller's duty; the list is live, its integers initialised (A6), and the routine is for them.
        unsafe {
            let pair = self.parts(base.add(list.at.index()), list.source);
            self.add_integers(pair.len);
            (list.write)(self.cx, out, pair.ptr, pair.len, list.reserve as usize)
        }
    }

    /// Writes a length and nothing for the elements.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    #[inline(never)]
    pub(super) unsafe fn write_unit_list(
        &mut self,
        at: *const u8,
        source: Source,
        reserve: u32,
        out: *mut u8,
    ) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe {
            let pair = self.parts(at, source);
            self.write_len(pair.len, reserve, out)
        }
    }

    /// Writes a length, and makes room for what follows it. Null when there is none to be had.
    ///
    /// # Safety
    ///
    /// `out` is the cursor.
    #[inline]
    pub(super) unsafe fn write_len(&mut self, len: usize, reserve: u32, out: *mut u8) -> *mut u8 {
        // SAFETY: the caller's duty; room for a length was made before it is written.
        unsafe {
            let out = self.reserve(out, LEN + reserve as usize);
            if out.is_null() {
                return out;
            }
            varint::write_u64(out, len as u64)
        }
    }

    /// [`Op::WriteList`].
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    #[inline(never)]
    pub(super) unsafe fn write_list(&mut self, op: &Op, base: *const u8, out: *mut u8) -> *mut u8 {
        let Op::WriteList {
            at,
            source,
            stride,
            each,
            bound,
            path,
            reserve,
        } = *op
        else {
            unreachable!("the op is a list")
        };
        // SAFETY: the caller's duty.
        let pair = unsafe { self.parts(base.add(at.index()), source) };
        if pair.len == 0 {
            // Many are: this is all, and what follows has its room.
            // SAFETY: the caller's duty.
            return unsafe { self.write_len(0, reserve, out) };
        }
        // SAFETY: the caller's duty.
        let out = unsafe { self.write_len(pair.len, 0, out) };
        if out.is_null() {
            return out;
        }
        let elements = Elements {
            first: pair.ptr,
            count: pair.len,
            stride: stride as usize,
            each,
            bound: bound as usize,
            path,
            reserve,
        };
        // SAFETY: the caller's duty: the list has that many live elements.
        unsafe { self.write_elements(elements, out) }
    }

    /// [`Op::WriteArray`].
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    #[inline(never)]
    pub(super) unsafe fn write_array(&mut self, op: &Op, base: *const u8, out: *mut u8) -> *mut u8 {
        let Op::WriteArray {
            at,
            source,
            count,
            stride,
            each,
            bound,
            path,
            reserve,
        } = *op
        else {
            unreachable!("the op is an array")
        };
        // SAFETY: the caller's duty.
        let array = unsafe { base.add(at.index()) };
        // SAFETY: the caller's duty.
        let first = unsafe { self.array_first(array, source) };
        let elements = Elements {
            first,
            count: count as usize,
            stride: stride as usize,
            each,
            bound: bound as usize,
            path,
            reserve,
        };
        // SAFETY: the caller's duty: the array has that many live elements.
        unsafe { self.write_elements(elements, out) }
    }

    /// Where the first element of an array is.
    ///
    /// # Safety
    ///
    /// A live array the source applies to is at `at` (A1).
    #[inline]
    pub(super) unsafe fn array_first(&mut self, at: *const u8, source: ArraySource) -> *const u8 {
        match source {
            ArraySource::Inline => at,
            ArraySource::Vtable { as_ptr } => {
                self.count_vtable();
                // SAFETY: the kind is verified (A2), the array is live (A1).
                unsafe { self.function::<ArrayAsPtrFn>(as_ptr)(thin(at)) }.raw_ptr()
            }
        }
    }

    /// Writes elements by a block, and makes the room behind them.
    ///
    /// # Safety
    ///
    /// `count` live elements are at `first`, a `stride` apart; the block is for one of them. `out` is the cursor.
    unsafe fn write_elements(&mut self, elements: Elements, out: *mut u8) -> *mut u8 {
        let program = self.program;
        // SAFETY: the caller's duty; strings found in the block are all there is of an element.
        unsafe {
            let out = match *program.code.block(elements.each).ops {
                [ref one] if let Some((at, first, 0)) = string_of(one) => {
                    self.write_strings(elements, [(at, first)], out)
                }
                [ref one, ref two]
                    if let (Some((at, first, 0)), Some((second_at, second, 0))) =
                        (string_of(one), string_of(two)) =>
                {
                    self.write_strings(elements, [(at, first), (second_at, second)], out)
                }
                ref ops => self.write_in_batches(elements, ops, out),
            };
            if out.is_null() {
                return out;
            }
            self.reserve(out, elements.reserve as usize)
        }
    }

    /// Writes elements by ops. Room for bounded ones is made for several at a time.
    ///
    /// # Safety
    ///
    /// As for `write_elements`; the ops are for one element.
    unsafe fn write_in_batches(
        &mut self,
        elements: Elements,
        ops: &'p [Op],
        out: *mut u8,
    ) -> *mut u8 {
        let Elements {
            first,
            count,
            stride,
            each,
            bound,
            path,
            ..
        } = elements;
        let table = self.program.linkage.enum_table(each);
        let batch = match (MAX_RESERVE as usize).checked_div(bound) {
            Some(batch) => batch.max(1),
            None => usize::MAX,
        };
        let mut out = out;
        let mut done = 0;
        while done < count {
            let until = done.saturating_add(batch).min(count);
            if bound != 0 {
                // SAFETY: the caller's duty.
                out = unsafe { self.reserve(out, (until - done) * bound) };
                if out.is_null() {
                    return out;
                }
            }
            let mut values = Values {
                // SAFETY: an element of the run.
                at: unsafe { first.add(done * stride) },
                stride,
                behind: until - done - 1,
                repeats: None,
            };
            // SAFETY: elements of the run; the batch has its room.
            out = unsafe {
                match table {
                    Some(table) => self.write_enums(table, &mut values, out),
                    None => self.run_each(ops, &mut values, out),
                }
            };
            if out.is_null() {
                return self.fail_in_element(until - 1 - values.behind, path);
            }
            done = until;
        }
        out
    }

    /// Writes elements that are strings (or lists of bytes) and nothing else.
    ///
    /// # Safety
    ///
    /// As for `write_elements`; each element consists of strings at these places.
    unsafe fn write_strings<const N: usize>(
        &mut self,
        elements: Elements,
        strings: [(Offset, Source); N],
        out: *mut u8,
    ) -> *mut u8 {
        self.add_elements(elements.count * N);
        let mut out = out;
        for index in 0..elements.count {
            for (at, source) in strings {
                #[cfg(feature = "op-counts")]
                super::counts::count(&Op::WriteBytes {
                    at,
                    source,
                    reserve: 0,
                });
                // SAFETY: a string of an element of the run, whose bytes are initialised (A6).
                out = unsafe {
                    let string = elements.first.add(index * elements.stride + at.index());
                    let pair = self.parts(string, source);
                    self.write_string(pair, 0, out)
                };
                if out.is_null() {
                    return self.fail_in_element(index, elements.path);
                }
            }
        }
        out
    }

    /// As [`Self::run`], for blocks that are mostly a string or a list: neither needs the loop over ops.
    ///
    /// # Safety
    ///
    /// As there.
    #[inline]
    pub(super) unsafe fn run_short(
        &mut self,
        block: BlockId,
        base: *const u8,
        out: *mut u8,
    ) -> *mut u8 {
        let program = self.program;
        let ops = &program.code.block(block).ops[..];
        // SAFETY: the caller's duty; the bytes of strings are initialised (A6).
        unsafe {
            match ops {
                [op] if let Some((at, source, reserve)) = string_of(op) => {
                    self.add_ops(ops);
                    let text = self.parts(base.add(at.index()), source);
                    self.write_string(text, reserve, out)
                }
                [op @ Op::WriteList { .. }] => {
                    self.add_ops(ops);
                    self.write_list(op, base, out)
                }
                ops => self.run_ops(ops, base, out),
            }
        }
    }

    /// Records in which element of a list a failure happened, and where the list is.
    #[cold]
    #[inline(never)]
    fn fail_in_element(&mut self, index: usize, path: PathId) -> *mut u8 {
        // SAFETY: the state is alive.
        unsafe { trace::trace_index(self.cx, index) };
        self.fail_at(path)
    }
}

/// Where the string is that an op writes, when it is found without a call, and the room made behind it.
#[inline]
fn string_of(op: &Op) -> Option<(Offset, Source, u32)> {
    match *op {
        Op::WriteBytes {
            at,
            source: source @ Source::Words { .. },
            reserve,
        } => Some((at, source, reserve)),
        _ => None,
    }
}
