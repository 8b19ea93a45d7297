//! The handlers: precompiled functions that execute one op, or a few, and the table they are called through.
//!
//! A handler takes few parameters, all words in registers, most of them constants of the call site: the
//! cursor first, for that is where the previous call returned it. It answers the new cursor, null
//! when it failed and the state of the encode says why. What is rare lives in functions of its own, out of line.
//!
//! Code reaches handlers through a table whose address is in a register. A call through it takes two to six bytes,
//! a constant address thirteen. Kernels, leaves and slots are named by their addresses.
//!
//! Varints of fields are in `vox_core::kernels::fields`, those of the architecture and those that run everywhere: so there are two tables.
//!
//! Read next: [`sequence`], then `super::emit`.

mod cold;
mod place;
mod run;
mod sequence;
mod table;

use vox_core::cx::EncodeCx;
use vox_core::entry::Pair;
use vox_core::entry_address;
use vox_core::kernels::varint;
use vox_core::program::{Arm, ArraySource, Op, OptionSource, PointerSource, Source};
use vox_core::slot::Slot;
use vox_core::trampoline::{fail, lock, predicate, proxy};

use sequence::{At0, At8};

pub(super) use table::table;
pub(super) use vox_core::kernels::fields::Kind;

type Cx = *mut EncodeCx;
type At = *const u8;
type Out = *mut u8;

macro_rules! handlers {
    ($( $name:ident = $function:expr, ($($ty:ty),*) -> $ret:ty; )*) => {
        /// A handler of its own; see the function of its name.
        #[allow(dead_code, reason = "they are named by their constants")]
        enum Single { $( $name ),* }

        const NAMES: &[&str] = &[ $( stringify!($name) ),* ];

        const SINGLES: usize = NAMES.len();

        const fn singles() -> [*const (); SINGLES] {
            [ $( entry_address!($function, ($($ty),*) -> $ret) ),* ]
        }

        #[allow(non_upper_case_globals, dead_code, reason = "these stand for variants")]
        impl Handler { $( pub(super) const $name: Self = Self(FIRST_SINGLE + Single::$name as usize); )* }
    };
}

/// A handler, by its place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Handler(usize);

// The first 20 are called by a short instruction, as are the twelve in front of them, and the one in the middle of all those by the
// shortest: the commonest stand there.
handlers! {
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

/// Where each sort of handlers starts in a table.
const ONE: usize = 0;
const FOUR: usize = ONE + Kind::COUNT;
const FIRST_SINGLE: usize = FOUR + Kind::COUNT;
const RUN: usize = FIRST_SINGLE + SINGLES;
const PAIR: usize = RUN + Kind::COUNT;
const COUNT: usize = PAIR + Kind::COUNT * Kind::COUNT;

// What is said of the first above.
const _: () = assert!(Handler::LastAt8.index() == 16 && Handler::Release.index() == 31);

impl Handler {
    /// Writes one varint.
    pub(super) const fn one(kind: Kind) -> Self {
        Self(ONE + kind as usize)
    }

    /// Writes two varints of any kinds.
    pub(super) const fn pair(first: Kind, second: Kind) -> Self {
        Self(PAIR + first as usize * Kind::COUNT + second as usize)
    }

    /// Writes four varints of one kind.
    pub(super) const fn four(kind: Kind) -> Self {
        Self(FOUR + kind as usize)
    }

    /// Writes varints of one kind that lie side by side.
    pub(super) const fn run(kind: Kind) -> Self {
        Self(RUN + kind as usize)
    }

    /// Its place in the table.
    pub(super) const fn index(self) -> usize {
        self.0
    }
}
