//! The loop over the ops of a block.

use core::mem::MaybeUninit;
use core::ptr;

use super::choice::read_tag;
use super::pointer::counted_pair;
use crate::cx::EncodeCx;
use crate::entry::Pair;
use crate::kernels::bytes::copy;
use crate::kernels::{at_cache_line, deposit};
use crate::program::{
    BlockId, Literal, Offset, Op, OptionSource, PairBlock, PointerSource, Program, Source,
};
use crate::trampoline::{FAILED, predicate, trace};
use crate::wire::{varint, zigzag};

/// One run of one program. `cx` is the state of a running encode all the while: whoever makes one promises it.
pub(super) struct Machine<'p> {
    pub(super) cx: *mut EncodeCx,
    pub(super) program: &'p Program,
    /// Where [`Op::Repeat`] wants to go on that is not reached in the loop of its program: below a pair, or in an op that is executed alone; null
    /// when nothing asked.
    pub(super) repeat: *const u8,
    work: u64,
    /// Whether the processor deposits bits, as the first program's routines say.
    deposits: bool,
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
    /// # Safety
    ///
    /// `cx` is the state of a running encode for as long as the machine lives, and `program` is linked.
    pub(super) unsafe fn new(cx: *mut EncodeCx, program: &'p Program) -> Self {
        Self {
            cx,
            program,
            repeat: ptr::null(),
            work: 0,
            deposits: deposit::is_there(program.linkage.kernels),
        }
    }

    /// Ops executed so far, and what equals them in time.
    pub(super) fn work(&self) -> u64 {
        self.work
    }

    /// The work so far, in place of which another count goes on.
    pub(super) fn take_work(&mut self, work: u64) -> u64 {
        core::mem::replace(&mut self.work, work)
    }

    /// Adds elements that were written without an op for each.
    pub(super) fn add_elements(&mut self, count: usize) {
        self.work += count as u64;
    }

    /// Adds the integers of a list: many of them take the time of an op.
    pub(super) fn add_integers(&mut self, count: usize) {
        const PER_OP: usize = 16;
        self.work += (count / PER_OP) as u64;
    }

    /// Adds the ops of a block that is executed without being entered.
    #[inline]
    pub(super) fn add_ops(&mut self, ops: &[Op]) {
        #[cfg(feature = "op-counts")]
        ops.iter().for_each(super::counts::count);
        self.work += ops.len() as u64;
    }

    /// The state of the encode.
    #[inline]
    pub(super) fn cx(&mut self) -> &mut EncodeCx {
        // SAFETY: the state is exclusively ours while no function of its own
        // or of a child runs, and no reference is kept across those (A3).
        unsafe { &mut *self.cx }
    }

    /// Makes sure of `spare` bytes at the cursor; null when that failed.
    ///
    /// # Safety
    ///
    /// `out` is the cursor.
    #[inline]
    pub(super) unsafe fn reserve(&mut self, out: *mut u8, spare: usize) -> *mut u8 {
        if self.cx().spare(out) >= spare {
            return out;
        }
        // SAFETY: the caller's duty.
        unsafe { self.grow(out, spare) }
    }

    /// # Safety
    ///
    /// As for [`Self::reserve`].
    #[cold]
    #[inline(never)]
    unsafe fn grow(&mut self, out: *mut u8, spare: usize) -> *mut u8 {
        let grow = self.cx().constants.grow;
        // SAFETY: the state's own function, with its cursor (A3).
        unsafe { grow(self.cx, out, spare) }
    }

    /// Writes a varint: without a branch by its length where the processor deposits bits (`pdep`, parallel bit deposit). Elsewhere one that takes a
    /// byte is written here, and longer ones by a call: the loop over ops has this in many places.
    ///
    /// # Safety
    ///
    /// 10 bytes may be written at `out`: those of the op, and of the overshoot behind them (A7).
    #[inline]
    pub(super) unsafe fn write_number(&self, out: *mut u8, value: u64) -> *mut u8 {
        // SAFETY: the caller's duty; the processor runs the routines that programs are linked to. That is room for any varint.
        unsafe {
            if self.deposits {
                return deposit::write(out, value);
            }
            if value >= 0x80 {
                return long_u64(out, value);
            }
            out.write(value.to_le_bytes()[0]);
            out.add(1)
        }
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
        let program = self.program;
        let mut value = Values {
            repeats: Some(0),
            ..Values::one(value)
        };
        // SAFETY: the caller's duty.
        let out = unsafe { self.run_each(&program.code.block(BlockId(0)).ops, &mut value, out) };
        if out.is_null() {
            // SAFETY: the state and the program are alive.
            unsafe { trace::trace_repeats(self.cx, program, value.repeats.unwrap_or(0)) };
        }
        debug_assert!(self.repeat.is_null(), "a value is left");
        out
    }

    /// Runs a block; answers the new cursor, or null.
    ///
    /// # Safety
    ///
    /// `base` is what the block is entered with, `out` is the cursor and has the spare bytes the
    /// verifier proved for it.
    #[inline]
    pub(super) unsafe fn run(&mut self, block: BlockId, base: *const u8, out: *mut u8) -> *mut u8 {
        let program = self.program;
        // SAFETY: the caller's duty.
        unsafe { self.run_ops(&program.code.block(block).ops, base, out) }
    }

    /// Runs the ops of a block on one value.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`].
    #[inline]
    pub(super) unsafe fn run_ops(
        &mut self,
        ops: &'p [Op],
        base: *const u8,
        out: *mut u8,
    ) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { self.run_each(ops, &mut Values::one(base), out) }
    }

    /// Runs the ops of a block, and of the blocks those enter, on values one after the other. `values` is left
    /// at the one that failed.
    ///
    /// Ops that run one block and are done with it (options, enums, thin pointers) do not recurse: what is left of
    /// the block around is remembered in a few frames here, or forgotten when nothing is
    /// left. Blocks nested deeper recurse, as does everything that needs room on the stack
    /// or has something to do afterwards: each is a function of its own.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of each value; there are spare bytes for all of them.
    #[expect(
        clippy::too_many_lines,
        reason = "one line per op: the table this file is about"
    )]
    pub(super) unsafe fn run_each(
        &mut self,
        ops: &'p [Op],
        values: &mut Values,
        out: *mut u8,
    ) -> *mut u8 {
        let program = self.program;
        let mut frames = [const { MaybeUninit::<Frame<'p>>::uninit() }; FRAMES];
        let mut depth = 0;
        let mut rest = ops.iter();
        let (mut base, mut out) = (values.at, out);
        self.work += ops.len() as u64;

        /// Goes on with a block, and then with what is left of this one.
        macro_rules! enter {
            ($block:expr, $base:expr) => {{
                let (inner, inner_base) = (&program.code.block($block).ops, $base);
                if !rest.as_slice().is_empty() {
                    if depth == FRAMES {
                        try_out!(self.run_ops(inner, inner_base, out));
                        continue;
                    }
                    remember(&mut frames[depth], rest, base);
                    depth += 1;
                }
                self.work += inner.len() as u64;
                rest = inner.iter();
                base = inner_base;
            }};
        }
        /// The same of a block that has one op as a rule: the commonest ones without another dispatch.
        macro_rules! enter_usual {
            ($block:expr, $base:expr) => {{
                let (inner, inner_base): (_, *const u8) =
                    (&program.code.block($block).ops[..], $base);
                match *inner {
                    [Op::WriteVarU32 { at }] => {
                        self.add_ops(inner);
                        out = self.write_number(out, load::<u32>(inner_base, at.0).into());
                    }
                    [Op::WriteVarU64 { at }] => {
                        self.add_ops(inner);
                        out = self.write_number(out, load::<u64>(inner_base, at.0));
                    }
                    [
                        Op::WriteBytes {
                            at,
                            source: Source::Words { ptr, len },
                            reserve,
                        },
                    ] => {
                        self.add_ops(inner);
                        let pair = pair_of(inner_base.add(at.index()), ptr, len);
                        try_out!(self.write_string(pair, reserve, out));
                    }
                    [
                        Op::Borrow {
                            at,
                            source: PointerSource::Word,
                            each,
                        },
                    ] => {
                        self.add_ops(inner);
                        enter!(each, load(inner_base, at.0));
                    }
                    _ => enter!($block, inner_base),
                }
            }};
        }
        /// Goes on with the program on another value, or has whoever runs the program do so: the last op all the way up, so nothing is left of
        /// any block.
        macro_rules! repeat {
            ($next:expr) => {{
                debug_assert_eq!(depth, 0, "something is left to do");
                match &mut values.repeats {
                    Some(repeats) => {
                        *repeats += 1;
                        base = $next;
                        rest = ops.iter();
                        self.work += ops.len() as u64;
                    }
                    None => self.repeat = $next,
                }
            }};
        }
        /// Runs a block on a pair of words: mostly one op, which needs no other dispatch.
        macro_rules! on_pair {
            ($pair:expr, $each:expr) => {{
                let (pair, each): (Pair, BlockId) = ($pair, $each);
                let known = program.linkage.pair_block(each);
                #[cfg(feature = "op-counts")]
                if known.is_some() {
                    super::counts::count_block(&program.code, each);
                }
                match known {
                    Some(PairBlock::Text { reserve }) => {
                        self.add_elements(1);
                        try_out!(self.write_string(pair, reserve, out));
                    }
                    Some(PairBlock::Integers { write, reserve }) => {
                        self.add_elements(1);
                        self.add_integers(pair.len);
                        try_out!(write(self.cx, out, pair.ptr, pair.len, reserve as usize));
                    }
                    None => {
                        try_out!(self.run_on_pair(pair, each, out));
                        let next = core::mem::replace(&mut self.repeat, ptr::null());
                        if !next.is_null() {
                            repeat!(next);
                        }
                    }
                }
            }};
        }
        /// Leaves when an op failed.
        macro_rules! try_out {
            ($end:expr) => {{
                out = $end;
                if out.is_null() {
                    return out;
                }
            }};
        }

        loop {
            let Some(op) = rest.next() else {
                if depth == 0 {
                    if !values.advance() {
                        return out;
                    }
                    base = values.at;
                    rest = ops.iter();
                    self.work += ops.len() as u64;
                    continue;
                }
                depth -= 1;
                // SAFETY: written when the block was entered.
                (rest, base) = unsafe { frames[depth].assume_init_read() };
                continue;
            };
            #[cfg(feature = "op-counts")]
            super::counts::count(op);
            // SAFETY: the verifier proved spare room for what each op writes
            // (A7), and lowering gives offsets of live fields of the type (A1).
            unsafe {
                match *op {
                    Op::Reserve { bytes } => try_out!(self.reserve(out, bytes as usize)),
                    Op::WriteConst { ref bytes } => out = write_const(out, bytes),
                    Op::WriteByte { at } => {
                        out.write(load::<u8>(base, at.0));
                        out = out.add(1);
                    }
                    Op::CopyBytes { at, len } => {
                        copy(out, base.add(at.index()), len as usize);
                        out = out.add(len as usize);
                    }
                    Op::WriteF32 { at } => {
                        let bytes = load::<f32>(base, at.0).to_bits().to_le_bytes();
                        out.cast::<[u8; 4]>().write_unaligned(bytes);
                        out = out.add(4);
                    }
                    Op::WriteF64 { at } => {
                        let bytes = load::<f64>(base, at.0).to_bits().to_le_bytes();
                        out.cast::<[u8; 8]>().write_unaligned(bytes);
                        out = out.add(8);
                    }
                    Op::WriteVarU16 { at } => {
                        out = self.write_number(out, load::<u16>(base, at.0).into())
                    }
                    Op::WriteVarU32 { at } => {
                        out = self.write_number(out, load::<u32>(base, at.0).into())
                    }
                    Op::WriteVarU64 { at } => out = self.write_number(out, load::<u64>(base, at.0)),
                    Op::WriteVarU128 { at } => out = long_u128(out, load::<u128>(base, at.0)),
                    Op::WriteVarI16 { at } => {
                        out = self.write_number(out, zigzag::encode_i16(load(base, at.0)).into());
                    }
                    Op::WriteVarI32 { at } => {
                        out = self.write_number(out, zigzag::encode_i32(load(base, at.0)).into());
                    }
                    Op::WriteVarI64 { at } => {
                        out = self.write_number(out, zigzag::encode_i64(load(base, at.0)));
                    }
                    Op::WriteVarI128 { at } => {
                        out = long_u128(out, zigzag::encode_i128(load(base, at.0)));
                    }
                    Op::WriteChar { at } => out = long_char(out, load::<char>(base, at.0)),
                    Op::WriteRun { each } => {
                        if let Some(run) = program.linkage.run(each) {
                            #[cfg(feature = "op-counts")]
                            super::counts::count_block(&program.code, each);
                            out = run.write(out, base);
                        } else if let Some(groups) = program.linkage.groups(each) {
                            #[cfg(feature = "op-counts")]
                            super::counts::count_block(&program.code, each);
                            self.add_elements(groups.len());
                            out = groups.write(out, base);
                        } else {
                            enter!(each, base);
                        }
                    }
                    Op::WriteBytes {
                        at,
                        source: Source::Words { ptr, len },
                        reserve,
                    } => {
                        let pair = pair_of(base.add(at.index()), ptr, len);
                        try_out!(self.write_string(pair, reserve, out));
                    }
                    Op::WriteBytes {
                        at,
                        source,
                        reserve,
                    } => {
                        let pair = self.parts(base.add(at.index()), source);
                        try_out!(self.write_text(pair, reserve, out));
                    }
                    Op::WriteFixedList {
                        at,
                        source,
                        width,
                        reserve,
                    } => {
                        let pair = self.parts(base.add(at.index()), source);
                        try_out!(self.write_pair(pair, width, reserve, out));
                    }
                    Op::WriteListVarU16 { .. }
                    | Op::WriteListVarU32 { .. }
                    | Op::WriteListVarU64 { .. }
                    | Op::WriteListVarI16 { .. }
                    | Op::WriteListVarI32 { .. }
                    | Op::WriteListVarI64 { .. } => try_out!(self.write_integers(op, base, out)),
                    Op::WriteUnitList {
                        at,
                        source,
                        reserve,
                    } => try_out!(self.write_unit_list(base.add(at.index()), source, reserve, out)),
                    Op::WriteList { .. } => try_out!(self.write_list(op, base, out)),
                    Op::WriteArray { .. } => try_out!(self.write_array(op, base, out)),
                    Op::WriteOption { at, source, some } => {
                        // No run has a pointer's.
                        if source != OptionSource::NullIsNone
                            && let Some(run) = program.linkage.option_run(some)
                            // An op executed alone has nothing beside it.
                            && let Some(behind) = rest.as_slice().get(run.fields.len() - 1..)
                        {
                            #[cfg(feature = "op-counts")]
                            run.count(op, rest.as_slice(), &program.code, base);
                            rest = behind.iter();
                            try_out!(self.write_options(run, base, out));
                            continue;
                        }
                        let payload = self.payload(base.add(at.index()), source);
                        out.write(u8::from(!payload.is_null()));
                        out = out.add(1);
                        if payload.is_null() {
                            continue;
                        }
                        enter_usual!(some, payload);
                    }
                    Op::WriteResult { .. } => {
                        let (is_err, block, payload) = self.outcome(op, base);
                        out.write(is_err);
                        out = out.add(1);
                        enter!(block, payload);
                    }
                    Op::Switch {
                        at,
                        tag,
                        arms,
                        path,
                    } => {
                        let at = base.add(at.index());
                        let tag = read_tag(at, tag);
                        match self.arm(tag, arms) {
                            Some(arm) => {
                                enter!(arm, at);
                                // The tag on the wire, without another dispatch.
                                if let [Op::WriteConst { bytes }, behind @ ..] = rest.as_slice() {
                                    #[cfg(feature = "op-counts")]
                                    super::counts::count(&rest.as_slice()[0]);
                                    out = write_const(out, bytes);
                                    rest = behind.iter();
                                }
                            }
                            None => return self.fail_tag(tag, path),
                        }
                    }
                    Op::Borrow {
                        at,
                        source: PointerSource::Word,
                        each,
                    } => {
                        let pointee = load(base, at.0);
                        let inner = &program.code.block(each).ops[..];
                        // A point, an entry, a range: nothing of this block need be remembered for them.
                        if let [ref one, ref two] = *inner
                            && let Some(first) = number_of(one, pointee)
                            && let Some(second) = number_of(two, pointee)
                        {
                            self.add_ops(inner);
                            out = self.write_number(out, first);
                            out = self.write_number(out, second);
                        } else {
                            enter_usual!(each, pointee);
                        }
                    }
                    Op::Borrow {
                        at,
                        source: PointerSource::Counted { ptr, len, behind },
                        each,
                    } => on_pair!(counted_pair(base.add(at.index()), ptr, len, behind), each),
                    Op::Borrow {
                        at,
                        source: PointerSource::BorrowWide { borrow },
                        each,
                    } => on_pair!(self.wide_pair(base.add(at.index()), borrow), each),
                    Op::Borrow {
                        at,
                        source: PointerSource::BorrowThin { borrow },
                        each,
                    } => enter!(each, self.borrow_thin(base.add(at.index()), borrow)),
                    Op::WriteIter { .. } => try_out!(self.write_iter(op, base, out)),
                    Op::WriteMap { .. } => try_out!(self.write_map(op, base, out)),
                    Op::Call { at, child, path } => {
                        try_out!(self.call(base.add(at.index()), child, path, out));
                    }
                    Op::Repeat { at, .. } => repeat!(base.add(at.index())),
                    Op::WithLock {
                        at,
                        lock,
                        each,
                        path,
                    } => try_out!(self.with_lock(base.add(at.index()), lock, each, path, out)),
                    Op::WithProxy {
                        at,
                        proxy,
                        each,
                        path,
                    } => try_out!(self.with_proxy(base.add(at.index()), proxy, each, path, out)),
                    Op::Unless {
                        at,
                        skip_if,
                        each,
                        path,
                    } => {
                        let at = base.add(at.index());
                        match self.skips(at, skip_if) {
                            predicate::SKIP => {}
                            FAILED => return self.fail_at(path),
                            _ => enter!(each, at),
                        }
                    }
                    Op::WriteLeaf {
                        at,
                        leaf,
                        path,
                        reserve,
                    } => {
                        let at = base.add(at.index());
                        try_out!(self.write_leaf(at, leaf, path, reserve, out));
                    }
                    Op::Never { why, path } => {
                        // Here as on any way that is hardly ever taken.
                        at_cache_line();
                        crate::trampoline::fail::fail_no_form(self.cx, why.number().into());
                        return self.fail_at(path);
                    }
                }
            }
        }
    }
}

/// What the varint says that an op writes; `None` of ops that write something else, or integers of 128 bits.
///
/// # Safety
///
/// The op is of a block that is entered with `base`.
#[inline]
unsafe fn number_of(op: &Op, base: *const u8) -> Option<u64> {
    // SAFETY: the caller's duty: the field is live (A1).
    let number = unsafe {
        match *op {
            Op::WriteVarU16 { at } => load::<u16>(base, at.0).into(),
            Op::WriteVarU32 { at } => load::<u32>(base, at.0).into(),
            Op::WriteVarU64 { at } => load(base, at.0),
            Op::WriteVarI16 { at } => zigzag::encode_i16(load(base, at.0)).into(),
            Op::WriteVarI32 { at } => zigzag::encode_i32(load(base, at.0)).into(),
            Op::WriteVarI64 { at } => zigzag::encode_i64(load(base, at.0)),
            _ => return None,
        }
    };
    Some(number)
}

/// The words of [`Source::Words`].
///
/// # Safety
///
/// A value with such words is at `at` (A4).
#[inline]
pub(super) unsafe fn pair_of(at: *const u8, ptr: Offset, len: Offset) -> Pair {
    // SAFETY: the caller's duty.
    unsafe {
        Pair {
            ptr: load(at, ptr.0),
            len: load(at, len.0),
        }
    }
}

/// Values at equal distances.
pub(super) struct Values {
    /// The one at hand.
    pub(super) at: *const u8,
    pub(super) stride: usize,
    /// How many follow that one.
    pub(super) behind: usize,
    /// Of a value that its program's first block is run on: how often the program went on with another one.
    pub(super) repeats: Option<usize>,
}

impl Values {
    /// One value.
    fn one(at: *const u8) -> Self {
        Self {
            at,
            stride: 0,
            behind: 0,
            repeats: None,
        }
    }

    /// Goes on to the next value; false when there is none.
    #[inline]
    pub(super) fn advance(&mut self) -> bool {
        if self.behind == 0 {
            return false;
        }
        self.behind -= 1;
        self.at = self.at.wrapping_add(self.stride);
        true
    }
}

/// What is left to do of a block around the one at hand, and its base.
type Frame<'p> = (core::slice::Iter<'p, Op>, *const u8);

/// A function, so that what a build without optimisation needs for it is not once for each op in the loop's own frame,
/// of which there is one for each level of a deep value.
#[inline]
fn remember<'p>(
    frame: &mut MaybeUninit<Frame<'p>>,
    rest: core::slice::Iter<'p, Op>,
    base: *const u8,
) {
    frame.write((rest, base));
}

/// Blocks one call of [`Machine::run_each`] nests before it calls itself.
const FRAMES: usize = 6;

/// Writes bytes known to the program.
///
/// # Safety
///
/// There is room for the bytes, and the overshoot behind them (A7).
#[inline]
pub(super) unsafe fn write_const(out: *mut u8, bytes: &Literal) -> *mut u8 {
    // SAFETY: the literal is no longer than the overshoot allows.
    unsafe {
        out.cast::<[u8; Literal::MAX_LEN]>()
            .write_unaligned(*bytes.padded());
        out.add(bytes.len() as usize)
    }
}

/// # Safety
///
/// As for [`varint::write_u64`].
#[inline(never)]
unsafe fn long_u64(out: *mut u8, value: u64) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe { varint::write_u64(out, value) }
}

/// # Safety
///
/// As for [`varint::write_u128`].
#[inline(never)]
unsafe fn long_u128(out: *mut u8, value: u128) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe { varint::write_u128(out, value) }
}

/// # Safety
///
/// As for [`varint::write_char`].
#[inline(never)]
unsafe fn long_char(out: *mut u8, value: char) -> *mut u8 {
    // SAFETY: the caller's duty.
    unsafe { varint::write_char(out, value) }
}
