//! The handlers: precompiled functions that execute one op, or a few, and the table they are called through.
//!
//! A handler takes few parameters, all words in registers, most of them constants of the call site: the
//! cursor first, for that is where the previous call returned it. It answers the new cursor, null
//! when it failed and the state of the encode says why. What is rare lives in functions of its own, out of line.
//!
//! Code reaches handlers through a table whose address is in a register. A call through it takes two to six bytes,
//! a constant address thirteen. Kernels, leaves and slots are named by their addresses.
//!
//! Read next: [`scalar`], then `super::emit`.

mod cold;
mod place;
mod run;
mod scalar;
mod sequence;

use vox_core::cx::EncodeCx;
use vox_core::entry::Pair;
use vox_core::entry_address;
use vox_core::kernels::varint;
use vox_core::program::{Arm, ArraySource, Op, OptionSource, PointerSource, Source};
use vox_core::slot::Slot;
use vox_core::trampoline::{fail, lock, predicate, proxy};

use scalar::{I16, I32, I64, U16, U32, U64};
use sequence::{At0, At8};

pub(super) use scalar::Kind;

type Cx = *mut EncodeCx;
type At = *const u8;
type Out = *mut u8;

/// Addresses of functions.
struct Table([*const (); COUNT]);

// SAFETY: the addresses of functions are only read (A13).
unsafe impl Sync for Table {}

macro_rules! handlers {
    ($( $name:ident = $function:expr, ($($ty:ty),*) -> $ret:ty; )*) => {
        /// A handler of its own; see the function of its name.
        #[allow(dead_code, reason = "most are named by their constants, and some by their distance to others")]
        enum Single { $( $name ),* }

        const NAMES: &[&str] = &[ $( stringify!($name) ),* ];

        const SINGLES: usize = NAMES.len();

        const fn singles() -> [*const (); SINGLES] {
            [ $( entry_address!($function, ($($ty),*) -> $ret) ),* ]
        }

        #[allow(non_upper_case_globals, dead_code, reason = "these stand for variants")]
        impl Handler { $( pub(super) const $name: Self = Self(Single::$name as usize); )* }
    };
}

/// A handler, by its place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Handler(usize);

// The first 32 are called by a short instruction, the one in their middle by the shortest: the commonest stand there.
handlers! {
    VarU16 = scalar::write::<U16>, (Out, At) -> Out;
    VarU32 = scalar::write::<U32>, (Out, At) -> Out;
    VarU64 = scalar::write::<U64>, (Out, At) -> Out;
    VarI16 = scalar::write::<I16>, (Out, At) -> Out;
    VarI32 = scalar::write::<I32>, (Out, At) -> Out;
    VarI64 = scalar::write::<I64>, (Out, At) -> Out;
    FourU16 = scalar::write_four::<U16>, (Out, At, usize) -> Out;
    FourU32 = scalar::write_four::<U32>, (Out, At, usize) -> Out;
    FourU64 = scalar::write_four::<U64>, (Out, At, usize) -> Out;
    FourI16 = scalar::write_four::<I16>, (Out, At, usize) -> Out;
    FourI32 = scalar::write_four::<I32>, (Out, At, usize) -> Out;
    FourI64 = scalar::write_four::<I64>, (Out, At, usize) -> Out;
    StringAt8 = sequence::write_string::<At8>, (Out, Cx, At, usize) -> Out;
    StringAt0 = sequence::write_string::<At0>, (Out, Cx, At, usize) -> Out;
    LastAt0 = sequence::write_last_string::<At0>, (Out, Cx, At) -> Out;
    BeginList = sequence::begin_list, (Out, Cx, usize, usize) -> Out;
    LastAt8 = sequence::write_last_string::<At8>, (Out, Cx, At) -> Out;
    BeginLoop = sequence::begin_loop, (Out, Cx, usize, usize, *const Slot) -> Out;
    RunOp = run::run_op, (Out, Cx, At, *const Op, *const Slot) -> Out;
    TellHot = run::tell_hot, (Out, *const Slot) -> Out;
    TraceElement = cold::trace_element, (Cx, *const Slot, usize, *const usize) -> Out;
    TracePath = cold::trace_path, (Cx, *const Slot, usize) -> Out;
    FailTag = fail::fail_discriminant, (Cx, i64) -> Out;
    FailDepth = cold::fail_depth, (Cx) -> Out;
    OptionPayload = place::option_payload, (Cx, At, *const OptionSource, *const Slot) -> At;
    Pointee = place::pointee, (Cx, At, *const PointerSource, *const Slot, *mut Pair) -> At;
    ListParts = place::list_parts, (Cx, At, *const Source, *const Slot, *mut Pair) -> usize;
    Char = varint::write_char, (Out, At) -> Out;
    Bytes = sequence::write_bytes, (Cx, Out, At, usize, usize) -> Out;
    FixedList = sequence::write_fixed, (Out, Cx, At, usize, usize, usize) -> Out;
    StringsAt8 = sequence::write_strings::<At8, At8>, (Out, Cx, At, usize, usize, *const Slot) -> Out;
    Release = run::release, (Out, Cx) -> Out;
    StringsAt0 = sequence::write_strings::<At0, At8>, (Out, Cx, At, usize, usize, *const Slot) -> Out;
    SlicesAt8 = sequence::write_strings::<At8, At0>, (Out, Cx, At, usize, usize, *const Slot) -> Out;
    SlicesAt0 = sequence::write_strings::<At0, At0>, (Out, Cx, At, usize, usize, *const Slot) -> Out;
    Copy = sequence::copy, (Out, At, usize) -> Out;
    RunU16 = scalar::write_run::<U16>, (Out, At, usize) -> Out;
    RunU32 = scalar::write_run::<U32>, (Out, At, usize) -> Out;
    RunU64 = scalar::write_run::<U64>, (Out, At, usize) -> Out;
    RunI16 = scalar::write_run::<I16>, (Out, At, usize) -> Out;
    RunI32 = scalar::write_run::<I32>, (Out, At, usize) -> Out;
    RunI64 = scalar::write_run::<I64>, (Out, At, usize) -> Out;
    VarU128 = varint::write_u128, (Out, At) -> Out;
    VarI128 = varint::write_i128, (Out, At) -> Out;
    OpenResult = place::open_result, (Out, Cx, At, *const Op, *const Slot) -> At;
    TraceRepeats = cold::trace_repeats, (Cx, *const Slot, usize) -> Out;
    ArrayFirst = place::array_first, (Cx, At, *const ArraySource, *const Slot) -> At;
    FindArm = place::find_arm, (*const Arm, usize, i64) -> usize;
    Lock = lock::lock, (Cx, *const (), At) -> At;
    Read = lock::read, (Cx, *const (), At) -> At;
    Skip = predicate::skip, (Cx, *const (), At) -> usize;
    Proxy = proxy::convert, (Cx, *const (), At, usize, usize, *const ()) -> At;
    Upgrade = proxy::upgrade, (Cx, *const (), At, usize, usize, *const ()) -> At;
    FailNever = fail::fail_no_form, (Cx, usize) -> Out;
}

// What `Handler` counts on: kinds stand in their order.
const _: () = assert!(Single::VarI64 as usize - Single::VarU16 as usize == Kind::I64 as usize);
const _: () = assert!(Single::FourI64 as usize - Single::FourU16 as usize == Kind::I64 as usize);
const _: () = assert!(Single::RunI64 as usize - Single::RunU16 as usize == Kind::I64 as usize);

/// Kinds of varints, and so the side of the square of pairs behind the singles.
const KINDS: usize = 6;
const COUNT: usize = SINGLES + KINDS * KINDS;

macro_rules! pairs {
    ($table:ident, $($first:ident)*) => { pairs!(@rows $table, 0, [$($first)*]); };
    (@rows $table:ident, $row:expr, [$first:ident $($rest:ident)*]) => {
        pairs!(@row $table, $row, $first, U16 U32 U64 I16 I32 I64);
        pairs!(@rows $table, $row + 1, [$($rest)*]);
    };
    (@rows $table:ident, $row:expr, []) => {};
    (@row $table:ident, $row:expr, $first:ident, $($second:ident)*) => {{
        let row = [ $( entry_address!(scalar::write_pair::<$first, $second>, (Out, At, usize) -> Out) ),* ];
        let mut column = 0;
        while column < KINDS {
            $table[SINGLES + ($row) * KINDS + column] = row[column];
            column += 1;
        }
    }};
}

static TABLE: Table = {
    let mut table = [core::ptr::null(); COUNT];
    let singles = singles();
    let mut index = 0;
    while index < SINGLES {
        table[index] = singles[index];
        index += 1;
    }
    pairs!(table, U16 U32 U64 I16 I32 I64);
    Table(table)
};

impl Handler {
    /// Writes one varint.
    pub(super) const fn one(kind: Kind) -> Self {
        Self(Single::VarU16 as usize + kind as usize)
    }

    /// Writes two varints of any kinds.
    pub(super) const fn pair(first: Kind, second: Kind) -> Self {
        Self(SINGLES + first as usize * KINDS + second as usize)
    }

    /// Writes four varints of one kind.
    pub(super) const fn four(kind: Kind) -> Self {
        Self(Single::FourU16 as usize + kind as usize)
    }

    /// Writes varints of one kind that lie side by side.
    pub(super) const fn run(kind: Kind) -> Self {
        Self(Single::RunU16 as usize + kind as usize)
    }

    /// Its place in the table.
    pub(super) const fn index(self) -> usize {
        self.0
    }
}

/// The address of the table.
pub(super) fn table() -> u64 {
    TABLE.0.as_ptr().addr() as u64
}
