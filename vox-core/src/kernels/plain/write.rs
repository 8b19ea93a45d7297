//! The loop over the items of a container, in a form for each kind of container, of parts and of processor.

use core::marker::PhantomData;
use core::ptr;

use super::part::{Nothing, Number, Text, Word, Written};
use super::{NOT_KNOWN, Part, Plain, Way};
use crate::cx::{EncodeCx, FREE_SPARE};
use crate::entry::PlainFn;
use crate::entry_fn;
use crate::kernels::table::{self, Table};
use crate::kernels::tree::{self, Tree};
use crate::kernels::{Visit, ensure};
use crate::trampoline::{fail, trace};

/// What differs between processors.
pub(in crate::kernels) trait Isa {
    /// Writes a varint and answers the end.
    ///
    /// # Safety
    ///
    /// The processor has the instructions of this form. 10 bytes may be written at `out`.
    unsafe fn varint(out: *mut u8, value: u64) -> *mut u8;
}

/// Has the loop compiled for a kind of processor.
pub(in crate::kernels) trait Set {
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
    table: OfWay,
    tree: OfWay,
}

/// The loops for one kind of container; by what is first, and second.
#[derive(Debug)]
struct OfWay {
    maps: [[PlainFn; KINDS]; KINDS],
    sets: [PlainFn; KINDS],
}

/// Texts, words, other numbers.
const KINDS: usize = 3;

impl Part {
    fn kind(self) -> usize {
        match self {
            Self::Text(_) => 0,
            Self::Number(number) if number.is_word() => 1,
            Self::Number(_) => 2,
        }
    }
}

impl OfWay {
    const fn of<S: Set, C: Walk>() -> Self {
        Self {
            maps: [
                maps::<S, C, Text>(),
                maps::<S, C, Word>(),
                maps::<S, C, Number>(),
            ],
            sets: [
                S::write_plain::<C, Text, Nothing>,
                S::write_plain::<C, Word, Nothing>,
                S::write_plain::<C, Number, Nothing>,
            ],
        }
    }
}

/// The loops for one kind of keys.
const fn maps<S: Set, C: Walk, K: Written>() -> [PlainFn; KINDS] {
    [
        S::write_plain::<C, K, Text>,
        S::write_plain::<C, K, Word>,
        S::write_plain::<C, K, Number>,
    ]
}

impl Routines {
    pub(in crate::kernels) const fn of<S: Set>() -> Self {
        Self {
            table: OfWay::of::<S, InTable>(),
            tree: OfWay::of::<S, InTree>(),
        }
    }

    pub(super) fn choose(&self, way: Way, first: Part, second: Option<Part>) -> PlainFn {
        let loops = match way {
            Way::Table => &self.table,
            Way::Tree => &self.tree,
        };
        match second {
            Some(second) => loops.maps[first.kind()][second.kind()],
            None => loops.sets[first.kind()],
        }
    }
}

/// A kind of container whose items can be gone through.
pub(in crate::kernels) trait Walk {
    /// Hands all items to `visit`, until it wants no more, and answers how many it took; `None` where it is not known how.
    ///
    /// # Safety
    ///
    /// `layout` describes the type of the live container, which nobody changes.
    unsafe fn each(
        layout: *const (),
        container: *const u8,
        visit: &mut impl Visit,
    ) -> Option<usize>;
}

struct InTable;

impl Walk for InTable {
    #[inline(always)]
    unsafe fn each(
        layout: *const (),
        container: *const u8,
        visit: &mut impl Visit,
    ) -> Option<usize> {
        // SAFETY: the caller's duty.
        Some(unsafe { table::each(&*layout.cast::<Table>(), container, visit) })
    }
}

struct InTree;

impl Walk for InTree {
    #[inline(always)]
    unsafe fn each(
        layout: *const (),
        container: *const u8,
        visit: &mut impl Visit,
    ) -> Option<usize> {
        // SAFETY: the caller's duty.
        unsafe { tree::each(&*layout.cast::<Tree>(), container, visit) }
    }
}

/// Writes each item it is handed.
struct Writer<K, V, I> {
    cx: *mut EncodeCx,
    /// Null once that failed.
    out: *mut u8,
    first: K,
    second: V,
    isa: PhantomData<I>,
}

impl<K: Written, V: Written, I: Isa> Visit for Writer<K, V, I> {
    #[inline(always)]
    fn item(&mut self, place: usize, key: *const u8, value: *const u8) -> bool {
        // Up to the limit there is room for both parts.
        const { assert!(K::ROOM + V::ROOM <= FREE_SPARE) };
        let cx = self.cx;
        // SAFETY: there is a writer only while its container is gone through, in a running encode.
        unsafe {
            if self.out > (*cx).limit {
                let out = ensure(&mut *cx, self.out, K::ROOM + V::ROOM);
                if out.is_null() {
                    return self.fail_first(place);
                }
                self.out = out;
            }
            let Some(out) = self.first.write::<I>(cx, self.out, key, V::ROOM) else {
                return self.fail_first(place);
            };
            let Some(out) = self.second.write::<I>(cx, out, value, 0) else {
                return self.fail_second(place);
            };
            self.out = out;
        }
        true
    }
}

impl<K, V: Written, I> Writer<K, V, I> {
    /// Names the key of an entry, or the item of a set. Wants no more.
    #[cold]
    fn fail_first(&mut self, place: usize) -> bool {
        // SAFETY: as in `item`.
        unsafe {
            if V::IS_NOTHING {
                trace::trace_index(self.cx, place);
            } else {
                trace::trace_key(self.cx, place);
            }
        }
        self.out = ptr::null_mut();
        false
    }

    /// Names the value of an entry. Wants no more.
    #[cold]
    fn fail_second(&mut self, place: usize) -> bool {
        // SAFETY: as in `item`.
        unsafe { trace::trace_value(self.cx, place) };
        self.out = ptr::null_mut();
        false
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
    let plain = unsafe { &*plain };
    let mut writer = Writer::<K, V, I> {
        cx,
        out,
        first: K::of(Some(plain.first)),
        second: V::of(plain.second),
        isa: PhantomData,
    };
    // SAFETY: the caller's duty.
    let Some(found) = (unsafe { C::each(plain.layout, container, &mut writer) }) else {
        return ptr::without_provenance_mut(NOT_KNOWN);
    };
    if found != len && !writer.out.is_null() {
        // SAFETY: the caller's duty.
        return unsafe { fail::fail_length(cx, len, usize::from(found > len)) };
    }
    writer.out
}
