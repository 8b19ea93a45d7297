//! Precompiled routines that execute a whole op, shared by all tiers.
//!
//! An op whose work is a loop over plain data (a list of integers, a run of bytes), or
//! that is too rare to be worth code of its own (an integer of 128 bits), is one call of a
//! function here. All are in the entry convention, so that machine code calls
//! them by address and the interpreter by name. They make their own room through
//! [`Constants::grow`](crate::cx::Constants::grow) and answer null when there is none; those of [`fields`] write in room that was made before.
//!
//! Lists of integers come in sets, one per kind of processor, and a program is linked with the
//! best set of the processor it runs on ([`Kernels::best`]): what a portable binary
//! cannot have, a run-time compiler can. Every set writes the bytes of the portable one.
//!
//! Read next: [`bytes`], [`list`], [`fields`], [`group`], [`varint`]; `arch` for the processors.

mod arch;
pub mod bytes;
pub(crate) mod deposit;
mod element;
pub mod fields;
pub mod group;
mod list;
pub(crate) mod over;
mod plain;
mod portable;
pub(crate) mod ready;
pub(crate) mod run;
pub mod table;
pub mod tree;
// Protected pages, which Miri has none of.
#[cfg(all(test, not(miri)))]
mod tests;
pub mod varint;

use core::ops::Range;

use once_cell::race::OnceBox;

use crate::cx::EncodeCx;
use crate::entry::{BulkFn, WriteCharFn, WriteLongFn};
use crate::program::{BlockId, Code, Offset, Op, Source};
pub(crate) use arch::align::at_cache_line;
use element::Routine;
use fields::Fields;
use group::Groups;
pub use over::NOTHING;
pub use plain::Plain;
use plain::{Compiled, Routines};
use portable::Portable;
pub use ready::{Ready, ReadyForm, ReadyOf, ReadyPlace};
pub use run::{Piece, Run};

/// The routines for one kind of processor.
///
/// Those of lists write a length and that many elements as varints, zigzag encoded when
/// signed, and leaves room: what [`BulkFn`] takes, with the number of elements for its length.
#[derive(Debug)]
#[non_exhaustive]
pub struct Kernels {
    /// What the set needs of a processor.
    pub name: &'static str,
    /// Lists of `u16`.
    pub list_u16: BulkFn,
    /// Lists of `u32`.
    pub list_u32: BulkFn,
    /// Lists of `u64`.
    pub list_u64: BulkFn,
    /// Lists of `i16`.
    pub list_i16: BulkFn,
    /// Lists of `i32`.
    pub list_i32: BulkFn,
    /// Lists of `i64`.
    pub list_i64: BulkFn,
    /// Whether fields are written by the functions of the architecture, which have no branch on lengths, not by those that run everywhere:
    /// [`Self::fields`] answers them.
    pub has_own_fields: bool,
    /// Maps and sets of plain parts.
    plain: Routines,
    /// Runs of fields, where that is faster than one field after the other.
    run: Option<run::Routines>,
    /// Options made ready at once, where that is faster than one after the other.
    ready: Option<ready::Routines>,
    /// Runs of [`LONG_LENS`] bytes and their lengths, where registers are so wide that it takes few instructions.
    pub write_long: Option<WriteLongFn>,
    /// Characters, where an instruction spreads their bits.
    pub write_char: Option<WriteCharFn>,
    /// Whether the processor deposits bits fast (`pdep`).
    pub has_deposit: bool,
    /// Whether the processor moves 32 and 64 bytes by registers whose use makes no other code slower (AVX-512F and VL).
    pub has_wide_moves: bool,
}

/// A list of integers that an op writes.
pub(crate) struct Integers {
    /// Writes it.
    pub(crate) write: BulkFn,
    /// Where it is.
    pub(crate) at: Offset,
    /// How to find its address and length.
    pub(crate) source: Source,
    /// Spare bytes left behind it.
    pub(crate) reserve: u32,
}

/// The lengths that [`Kernels::write_long`] writes itself, in bytes. Above them a call takes little time beside the copy.
pub const LONG_LENS: Range<usize> = 128..4097;

static PORTABLE: Kernels = Kernels::of::<Portable>("portable");

/// Whoever is first asks the processor; two at once ask twice, and nobody waits: a forked child would wait for ever.
static SETS: OnceBox<Vec<&'static Kernels>> = OnceBox::new();

impl Kernels {
    const fn of<R>(name: &'static str) -> Self
    where
        R: Routine<u16> + Routine<u32> + Routine<u64> + Routine<i16> + Routine<i32> + Routine<i64>,
        R: Compiled,
    {
        Self {
            name,
            list_u16: list::write::<u16, R>,
            list_u32: list::write::<u32, R>,
            list_u64: list::write::<u64, R>,
            list_i16: list::write::<i16, R>,
            list_i32: list::write::<i32, R>,
            list_i64: list::write::<i64, R>,
            has_own_fields: false,
            plain: Routines::of::<R>(),
            run: None,
            ready: None,
            write_long: None,
            write_char: None,
            has_deposit: false,
            has_wide_moves: false,
        }
    }

    /// Prepares a block that is a run for the routine of this set, if it has one
    /// that can.
    #[must_use]
    pub fn link_run(&self, ops: &[Op]) -> Option<Run> {
        Run::new(self.run?, ops)
    }

    /// The list of integers an op writes, and the routine of this set for it.
    #[inline]
    pub(crate) fn integers(&self, op: &Op) -> Option<Integers> {
        macro_rules! integers {
            ($( $op:ident => $write:ident, )*) => {
                match *op {
                    $( Op::$op { at, source, reserve } => Some(Integers { write: self.$write, at, source, reserve }), )*
                    _ => None,
                }
            };
        }
        integers! {
            WriteListVarU16 => list_u16,
            WriteListVarU32 => list_u32,
            WriteListVarU64 => list_u64,
            WriteListVarI16 => list_i16,
            WriteListVarI32 => list_i32,
            WriteListVarI64 => list_i64,
        }
    }

    /// The functions for varints of fields.
    #[must_use]
    pub fn fields(&self) -> &'static Fields {
        match self.has_own_fields {
            true => &fields::OWN,
            false => &fields::PORTABLE,
        }
    }

    /// Prepares a block that is a run to be written group by group, where this set has no routine for it.
    #[must_use]
    pub fn link_groups(&self, ops: &[Op]) -> Option<Groups> {
        Groups::new(self, ops)
    }

    /// Prepares the options of a block for the routines of this set, if it has some and they are worth it: for a value alone, or for the
    /// elements of a list.
    #[must_use]
    pub fn link_ready(&self, code: &Code, ops: &[Op], of: ReadyOf) -> Option<Ready> {
        Ready::new(self.ready?, code, ops, of)
    }

    /// Prepares the container an op writes for the routines of this set, if its parts are plain: with the block of
    /// its first part. `functions` are the addresses of the code's functions.
    #[must_use]
    pub fn link_plain(
        &self,
        code: &Code,
        functions: &[*const ()],
        op: &Op,
    ) -> Option<(BlockId, Plain)> {
        Plain::new(&self.plain, code, functions, op)
    }

    /// The best set for this processor.
    #[must_use]
    pub fn best() -> &'static Self {
        Self::available()[0]
    }

    /// The sets this processor can run, best first; the portable one is the last.
    #[must_use]
    pub fn available() -> &'static [&'static Self] {
        SETS.get_or_init(|| {
            let mut sets = arch::sets();
            sets.push(&PORTABLE);
            Box::new(sets)
        })
    }
}

/// Who is handed the items of a container. A trait besides closures, for those are not always inlined where they should be.
pub(crate) trait Visit {
    /// Takes the item of this number: where its key is, and its value. Whether it wants more.
    fn item(&mut self, place: usize, key: *const u8, value: *const u8) -> bool;
}

impl<F: FnMut(usize, *const u8, *const u8) -> bool> Visit for F {
    #[inline(always)]
    fn item(&mut self, place: usize, key: *const u8, value: *const u8) -> bool {
        self(place, key, value)
    }
}

/// The item of an iterator that has just one: of all readings of a layout, the one that fits.
pub(crate) fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let item = items.next()?;
    items.next().is_none().then_some(item)
}

/// Makes sure that `spare` bytes may be written at the cursor: answers it, or where the
/// sink moved it, or null.
///
/// # Safety
///
/// `cx` is the state of a running encode and `out` its cursor.
#[inline]
unsafe fn ensure(cx: &mut EncodeCx, out: *mut u8, spare: usize) -> *mut u8 {
    if cx.spare(out) >= spare {
        return out;
    }
    let grow = cx.constants.grow;
    // SAFETY: the caller's duty; `grow` was made for the sink of this state (A3).
    unsafe { grow(cx, out, spare) }
}
