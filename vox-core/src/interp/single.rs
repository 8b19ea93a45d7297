//! Single steps of the interpreter, for a tier that has code of its own for the rest.
//!
//! The baseline tier unrolls a program into calls. What it has no handler for, it hands to
//! [`run_op`], which is the interpreter's own code for that op and the blocks it runs; where it only needs
//! to know where something is, it asks one of the other functions here. So a new op or a new way
//! to reach data works there as soon as it works in the interpreter, and means the same.
//!
//! Not here: the meaning of ops (`super::machine`), or any choice between tiers.

use super::machine::{Machine, load};
use super::pointer::counted_pair;
use crate::cx::{EncodeCx, Failure};
use crate::entry::Pair;
use crate::program::{ArraySource, Op, OptionSource, PointerSource, Program, Source};
use crate::slot::Slot;

/// Executes one op; answers the new cursor, or null when it failed.
///
/// What it does is added to the slot's account of work.
///
/// An op in whose blocks the program repeats itself cannot be executed alone: that is a failure.
///
/// # Safety
///
/// As for [`super::interpret`]; `program` is the slot's, `op` is one of the program's, `base` is what its block was
/// entered with and `out` has the spare bytes the verifier proved for the op.
pub unsafe fn run_op(
    cx: *mut EncodeCx,
    slot: &Slot,
    program: &Program,
    op: &Op,
    base: *const u8,
    out: *mut u8,
) -> *mut u8 {
    // SAFETY: the caller's duty.
    let mut machine = unsafe { Machine::new(cx, program) };
    // SAFETY: the caller's duty.
    let out = unsafe { machine.run_ops(core::slice::from_ref(op), base, out) };
    slot.count(machine.work());
    if !machine.repeat.is_null() {
        let reason = String::from("an op that repeats its program was executed alone");
        return machine.cx().fail(Failure::Bug(reason));
    }
    out
}

/// The address and number of the elements of a list.
///
/// # Safety
///
/// `cx` is the state of a running encode; a live value the source applies to is at `at`.
pub unsafe fn list_parts(
    cx: *mut EncodeCx,
    program: &Program,
    source: Source,
    at: *const u8,
) -> Pair {
    // SAFETY: the caller's duty.
    unsafe { Machine::new(cx, program).parts(at, source) }
}

/// The first element of an array.
///
/// # Safety
///
/// As for [`list_parts`].
pub unsafe fn array_first(
    cx: *mut EncodeCx,
    program: &Program,
    source: ArraySource,
    at: *const u8,
) -> *const u8 {
    // SAFETY: the caller's duty.
    unsafe { Machine::new(cx, program).array_first(at, source) }
}

/// The payload of an option; null for `None`.
///
/// # Safety
///
/// As for [`list_parts`].
pub unsafe fn option_payload(
    cx: *mut EncodeCx,
    program: &Program,
    source: OptionSource,
    at: *const u8,
) -> *const u8 {
    // SAFETY: the caller's duty.
    unsafe { Machine::new(cx, program).payload(at, source) }
}

/// The tag of a result, 0 for `Ok`, and where its payload is.
///
/// # Safety
///
/// `cx` is the state of a running encode; `op` is a result of the program, `base` is what
/// its block was entered with.
pub unsafe fn result_payload(
    cx: *mut EncodeCx,
    program: &Program,
    op: &Op,
    base: *const u8,
) -> (u8, *const u8) {
    // SAFETY: the caller's duty.
    let (tag, _, payload) = unsafe { Machine::new(cx, program).outcome(op, base) };
    (tag, payload)
}

/// Where a pointer leads to; for something unsized `pair`, in which that stands then.
///
/// # Safety
///
/// As for [`list_parts`].
pub unsafe fn pointee(
    cx: *mut EncodeCx,
    program: &Program,
    source: PointerSource,
    at: *const u8,
    pair: &mut Pair,
) -> *const u8 {
    // SAFETY: the caller's duty; a word that is a pointer is at `at` (A8).
    unsafe {
        let mut machine = Machine::new(cx, program);
        match source {
            PointerSource::Word => load(at, 0),
            PointerSource::BorrowThin { borrow } => machine.borrow_thin(at, borrow),
            PointerSource::BorrowWide { borrow } => {
                *pair = machine.wide_pair(at, borrow);
                core::ptr::from_ref(pair).cast()
            }
            PointerSource::Counted { ptr, len, behind } => {
                *pair = counted_pair(at, ptr, len, behind);
                core::ptr::from_ref(pair).cast()
            }
        }
    }
}
