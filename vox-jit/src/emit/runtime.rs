//! The functions of ours that machine code calls, by address.
//!
//! All are in the entry convention and take words. Their Rust declarations and
//! the numbers of parameters here are kept together by [`function!`], which only
//! accepts a function of that many parameters.

use vox_core::cx::EncodeCx;
use vox_core::entry::{
    BulkFn, PackedFn, PlainFn, ReadyEachFn, ReadyFn, RunFn, VarintFn, WriteCharFn, WriteLongFn,
};
use vox_core::kernels::{Plain, Ready, Run, bytes, table, tree, varint};
use vox_core::program::Program;
use vox_core::trampoline::{self, fail, iter, lock, predicate, proxy, trace};

/// A function of ours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) address: *const (),
    pub(super) parameters: usize,
    pub(super) returns: bool,
}

/// A number that stands for an address of this name in listings: the same in
/// every process and build.
pub(super) fn symbol(name: &str) -> i64 {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    SYMBOLS | i64::from(hash)
}

/// What the numbers of symbols start with: an address nothing is at.
const SYMBOLS: i64 = 0x0055_aa00_0000_0000;

macro_rules! count {
    () => { 0 };
    ($first:ty $(, $rest:ty)*) => { 1 + count!($($rest),*) };
}
#[cfg(feature = "trampolines")]
pub(super) use count;

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident = $path:expr, ($($ty:ty),*) $(-> $ret:ty)?;)*) => { $(
        $(#[$doc])*
        pub(super) const $name: Function = Function {
            name: stringify!($name),
            address: vox_core::entry_address!($path, ($($ty),*) $(-> $ret)?),
            parameters: count!($($ty),*),
            returns: functions!(@returns $($ret)?),
        };
    )* };
    (@returns) => { false };
    (@returns $ret:ty) => { true };
}
#[cfg(feature = "trampolines")]
pub(super) use functions;

/// A routine for a list, of the set a program is linked with.
pub(super) fn list(name: &'static str, routine: BulkFn) -> Function {
    let address = vox_core::entry_address!(routine, (Cx, Out, Address, usize, usize) -> Out);
    Function {
        name,
        address,
        parameters: 5,
        returns: true,
    }
}

/// The routine a run is linked with.
pub(super) fn run(routine: RunFn) -> Function {
    let address = vox_core::entry_address!(routine, (Out, Address, *const Run) -> Out);
    Function {
        name: "RUN",
        address,
        parameters: 3,
        returns: true,
    }
}

/// Writes one varint of a kind.
pub(super) fn varint(routine: VarintFn) -> Function {
    Function {
        name: "VARINT",
        address: vox_core::entry_address!(routine, (Out, Address) -> Out),
        parameters: 2,
        returns: true,
    }
}

/// Writes the varints of a few integers at an address: of so many, or of those whose offsets are packed into a word. All such routines are of one type.
pub(super) fn fields(name: &'static str, routine: PackedFn) -> Function {
    Function {
        name,
        address: vox_core::entry_address!(routine, (Out, Address, usize) -> Out),
        parameters: 3,
        returns: true,
    }
}

/// The address of the routine for long runs of bytes, which is called in a convention of its own.
pub(super) fn write_long(routine: WriteLongFn) -> *const () {
    vox_core::entry_address!(routine, (Cx, *const ()))
}

/// The address of the routine for characters, which is called in the same convention.
pub(super) fn write_char(routine: WriteCharFn) -> *const () {
    vox_core::entry_address!(routine, (Cx, u64, Out))
}

/// The routine a container of plain parts is linked with.
pub(super) fn plain(routine: PlainFn) -> Function {
    let address = vox_core::entry_address!(routine, (Cx, *const Plain, Address, usize, Out) -> Out);
    Function {
        name: "PLAIN_ITEMS",
        address,
        parameters: 5,
        returns: true,
    }
}

/// A routine that makes the options of a value ready.
pub(super) fn ready(routine: ReadyFn) -> Function {
    let address = vox_core::entry_address!(routine, (Out, Address, *const Ready));
    Function {
        name: "READY",
        address,
        parameters: 3,
        returns: false,
    }
}

/// One that makes those of several values ready.
pub(super) fn ready_each(routine: ReadyEachFn) -> Function {
    let address = vox_core::entry_address!(routine, (Out, Address, Address, usize, *const Ready));
    Function {
        name: "READY_EACH",
        address,
        parameters: 5,
        returns: false,
    }
}

type Cx = *mut EncodeCx;
type Address = *const u8;
type Out = *mut u8;
type Anything = *const ();

functions! {
    TRACE_STATIC = trace::trace_static, (Cx, *const Program, usize);
    TRACE_REPEATS = trace::trace_repeats, (Cx, *const Program, usize);
    TRACE_INDEX = trace::trace_index_at, (Cx, usize, usize);
    TRACE_KEY = trace::trace_key_at, (Cx, usize, usize);
    TRACE_VALUE = trace::trace_value_at, (Cx, usize, usize);

    FAIL_DEPTH = fail::fail_depth, (Cx) -> Out;
    FAIL_LENGTH = fail::fail_length, (Cx, usize, usize) -> Out;
    FAIL_DISCRIMINANT = fail::fail_discriminant, (Cx, i64) -> Out;
    FAIL_NO_FORM = fail::fail_no_form, (Cx, usize) -> Out;

    ITER_NEXT = iter::next, (Cx, Anything, *const iter::State, *mut *const u8, usize) -> usize;
    ITER_NEXT_ENTRIES = iter::next_entries, (Cx, Anything, *const iter::State, *mut iter::Entry, usize) -> usize;
    TABLE_ITEMS = table::items, (Cx, *const table::Table, *mut table::Position, *mut *const u8, usize) -> usize;
    TREE_START = tree::start, (Cx, *const tree::Tree, Address, usize, *mut tree::Position) -> usize;
    TREE_END = tree::end, (Cx, *const tree::Tree, *const tree::Position) -> usize;
    TREE_ITEMS = tree::items, (Cx, *const tree::Tree, *mut tree::Position, *mut *const u8, usize) -> usize;
    TREE_ENTRIES = tree::entries, (Cx, *const tree::Tree, *mut tree::Position, *mut iter::Entry, usize) -> usize;
    TABLE_ENTRIES = table::entries, (Cx, *const table::Table, *mut table::Position, *mut iter::Entry, usize) -> usize;
    LOCK = lock::lock, (Cx, Anything, Address) -> Address;
    READ = lock::read, (Cx, Anything, Address) -> Address;
    CONVERT = proxy::convert, (Cx, Anything, Address, usize, usize, Anything) -> Address;
    UPGRADE = proxy::upgrade, (Cx, Anything, Address, usize, usize, Anything) -> Address;
    SKIP = predicate::skip, (Cx, Anything, Address) -> usize;
    RELEASE_LAST = trampoline::release_last, (Cx) -> usize;

    VARINT_U128 = varint::write_u128, (Out, Address) -> Out;
    VARINT_I128 = varint::write_i128, (Out, Address) -> Out;
    BYTES = bytes::write_bytes, (Cx, Out, Address, usize, usize) -> Out;
    APPEND = bytes::append, (Cx, Out, Address, usize, usize) -> Out;
}
