//! The loop over the items of a container, in a form for each kind of container, of parts and of processor.

use core::marker::PhantomData;
use core::ptr;

use super::part::{Nothing, Number, Text, U64, UsualText, Written};
use super::{Part, Plain, Walked};
use crate::cx::{EncodeCx, FREE_SPARE};
use crate::entry::PlainFn;
use crate::entry_fn;
use crate::kernels::table::{self, Table};
use crate::kernels::tree::{self, Tree};
use crate::kernels::{Visit, over};
use crate::trampoline::{FAILED, fail, trace};

/// What differs between processors.
pub(in crate::kernels) trait Isa {
    /// Writes a varint and answers the end.
    ///
    /// # Safety
    ///
    /// The processor has the instructions of this form. 10 bytes may be written at `out`.
    unsafe fn varint(out: *mut u8, value: u64) -> *mut u8;

    /// As [`Self::varint`], of a value below 2^56.
    ///
    /// # Safety
    ///
    /// As for [`Self::varint`]; the value is below 2^56.
    #[inline(always)]
    unsafe fn short_varint(out: *mut u8, value: u64) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { Self::varint(out, value) }
    }

    /// Writes the length and the bytes of a string, and answers the end; `None` where it is empty, or long, or cannot be read so.
    ///
    /// # Safety
    ///
    /// As for [`Self::varint`]; `1 + over::LEN` bytes may be written at `out`, and the string is at `from`.
    #[inline(always)]
    unsafe fn text(out: *mut u8, from: *const u8, len: usize) -> Option<*mut u8> {
        // SAFETY: the caller's duty; reading beyond its end stays in the page (A11).
        over::may_write(from, len).then(|| unsafe { over::write(out, from, len) })
    }
}

/// Has the loop compiled for a kind of processor.
pub(in crate::kernels) trait Compiled {
    entry_fn! {
        /// As [`write`], in the instructions of this set.
        ///
        /// # Safety
        ///
        /// As for [`write`].
        unsafe fn write_plain<C: Walk, K: Written, V: Written>(cx: *mut EncodeCx, plain: *const Plain, container: *const u8, len: usize, out: *mut u8) -> *mut u8;
    }
}

/// The loops of a set.
#[derive(Debug)]
pub(in crate::kernels) struct Routines {
    table: OfKind,
    tree: OfKind,
}

/// The loops for one kind of container; by what is first, and second.
#[derive(Debug)]
struct OfKind {
    maps: [[PlainFn; KINDS]; KINDS],
    sets: [PlainFn; KINDS],
}

/// Texts as usual, numbers of 64 bits, other texts, other numbers.
const KINDS: usize = 4;

impl Part {
    fn kind(self) -> usize {
        match self {
            Self::Text(text) if text.is_usual() => 0,
            Self::Number(number) if number.is_u64() => 1,
            Self::Text(_) => 2,
            Self::Number(_) => 3,
        }
    }
}

impl OfKind {
    const fn of<S: Compiled, C: Walk>() -> Self {
        Self {
            maps: [
                maps::<S, C, UsualText>(),
                maps::<S, C, U64>(),
                maps::<S, C, Text>(),
                maps::<S, C, Number>(),
            ],
            sets: [
                S::write_plain::<C, UsualText, Nothing>,
                S::write_plain::<C, U64, Nothing>,
                S::write_plain::<C, Text, Nothing>,
                S::write_plain::<C, Number, Nothing>,
            ],
        }
    }
}

/// The loops for one kind of keys.
const fn maps<S: Compiled, C: Walk, K: Written>() -> [PlainFn; KINDS] {
    [
        S::write_plain::<C, K, UsualText>,
        S::write_plain::<C, K, U64>,
        S::write_plain::<C, K, Text>,
        S::write_plain::<C, K, Number>,
    ]
}

impl Routines {
    pub(in crate::kernels) const fn of<S: Compiled>() -> Self {
        Self {
            table: OfKind::of::<S, InTable>(),
            tree: OfKind::of::<S, InTree>(),
        }
    }

    pub(super) fn choose(&self, walked: Walked, first: Part, second: Option<Part>) -> PlainFn {
        let loops = match walked {
            Walked::Table => &self.table,
            Walked::Tree => &self.tree,
        };
        match second {
            Some(second) => loops.maps[first.kind()][second.kind()],
            None => loops.sets[first.kind()],
        }
    }
}

/// A kind of container whose items can be gone through.
pub(in crate::kernels) trait Walk {
    /// Hands all items to `visit`, until it wants no more, and answers how many it took; [`FAILED`] when an iterator panicked.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode; `layout` describes the type of the live container, which nobody changes and which says
    /// that it has `len` items.
    unsafe fn each(
        cx: *mut EncodeCx,
        layout: *const (),
        container: *const u8,
        len: usize,
        visit: &mut impl Visit,
    ) -> usize;
}

struct InTable;

impl Walk for InTable {
    #[inline(always)]
    unsafe fn each(
        _cx: *mut EncodeCx,
        layout: *const (),
        container: *const u8,
        _len: usize,
        visit: &mut impl Visit,
    ) -> usize {
        // SAFETY: the caller's duty.
        unsafe { table::each(&*layout.cast::<Table>(), container, visit) }
    }
}

struct InTree;

impl Walk for InTree {
    #[inline(always)]
    unsafe fn each(
        cx: *mut EncodeCx,
        layout: *const (),
        container: *const u8,
        len: usize,
        visit: &mut impl Visit,
    ) -> usize {
        // SAFETY: the caller's duty.
        unsafe {
            let tree = &*layout.cast::<Tree>();
            match tree::each(tree, container, visit) {
                Some(found) => found,
                None => tree::each_asked(cx, tree, container, len, visit),
            }
        }
    }
}

/// Writes each item it is handed.
struct Writer<K, V, I> {
    cx: *mut EncodeCx,
    /// Null once that failed.
    out: *mut u8,
    /// The state's.
    limit: *mut u8,
    first: K,
    second: V,
    isa: PhantomData<I>,
}

impl<K: Written, V: Written, I: Isa> Visit for Writer<K, V, I> {
    #[inline(always)]
    fn item(&mut self, place: usize, key: *const u8, value: *const u8) -> bool {
        // Up to the limit there is room for both parts.
        const { assert!(K::ROOM + V::ROOM <= FREE_SPARE) };
        // SAFETY: there is a writer only while its container is gone through, in a running encode.
        unsafe {
            if self.out <= self.limit
                && let Some(out) = self.first.write_short::<I>(self.out, key)
                && let Some(out) = self.second.write_short::<I>(out, value)
            {
                self.out = out;
                return true;
            }
        }
        let Self {
            cx,
            out,
            first,
            second,
            ..
        } = *self;
        // Not by reference: the cursor would be kept in memory.
        self.out = Self::one_by_one(cx, out, (first, key), (second, value), place);
        // SAFETY: the state is alive.
        self.limit = unsafe { (*cx).limit };
        !self.out.is_null()
    }
}

impl<K: Written, V: Written, I: Isa> Writer<K, V, I> {
    /// Writes an item whose parts make room for themselves, and answers the end; null when that failed.
    #[inline(never)]
    fn one_by_one(
        cx: *mut EncodeCx,
        out: *mut u8,
        (first, key): (K, *const u8),
        (second, value): (V, *const u8),
        place: usize,
    ) -> *mut u8 {
        // SAFETY: as in `item`.
        unsafe {
            let out = first.write::<I>(cx, out, key);
            if out.is_null() {
                if V::IS_NOTHING {
                    trace::trace_index(cx, place);
                } else {
                    trace::trace_key(cx, place);
                }
                return out;
            }
            let out = second.write::<I>(cx, out, value);
            if out.is_null() {
                trace::trace_value(cx, place);
            }
            out
        }
    }
}

/// Writes exactly `len` items. See [`PlainFn`].
///
/// # Safety
///
/// As for [`Plain::write`]; the plan was made for these kinds. The processor has the instructions of `I`.
#[inline(always)]
pub(in crate::kernels) unsafe fn write<C: Walk, K: Written, V: Written, I: Isa>(
    cx: *mut EncodeCx,
    plain: *const Plain,
    container: *const u8,
    len: usize,
    out: *mut u8,
) -> *mut u8 {
    if len == 0 {
        return out;
    }
    // SAFETY: the caller's duty.
    let (plain, limit) = unsafe {
        (*cx).counters.accessor_calls += 1;
        (&*plain, (*cx).limit)
    };
    let mut writer = Writer::<K, V, I> {
        cx,
        out,
        limit,
        first: K::of(Some(plain.first)),
        second: V::of(plain.second),
        isa: PhantomData,
    };
    // SAFETY: the caller's duty.
    let found = unsafe { C::each(cx, plain.layout, container, len, &mut writer) };
    if found == FAILED {
        return ptr::null_mut();
    }
    if found != len && !writer.out.is_null() {
        // SAFETY: the caller's duty.
        return unsafe { fail::fail_length(cx, len, usize::from(found > len)) };
    }
    writer.out
}
