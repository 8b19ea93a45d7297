//! The interpreter: the reference meaning of programs, and the tier that runs anywhere.
//!
//! One function, [`interpret`], is the entry of every type that nothing better
//! has been made for; it finds the program through the slot. A block is a loop
//! over its ops. Ops that choose a block (options, enums, thin pointers) are done in that loop; those that
//! repeat one, hold something while it runs, or keep a pair of words for it (unless it is that of a string or of integers) recurse, each through a function
//! of its own so that the frames of a deep recursion stay small.
//!
//! Read next: `machine` for the loop, then the file of the op at hand.

mod choice;
#[cfg(feature = "op-counts")]
pub mod counts;
mod enums;
mod iter;
mod machine;
mod options;
mod pointer;
mod sequence;
pub mod single;
mod source;

use crate::cx::{EncodeCx, Failure};
use crate::entry_fn;
use crate::slot::Slot;

use machine::Machine;

entry_fn! {
    /// The interpreter's entry: [`crate::entry::EncodeFn`].
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `slot` has a program and `value`
    /// is what that program encodes; `out` is the cursor of the sink.
    pub unsafe fn interpret(cx: *mut EncodeCx, slot: *const Slot, value: *const u8, out: *mut u8) -> *mut u8 {
        // SAFETY: the caller's duty; slots outlive the encodes that use them (A12).
        let slot = unsafe { &*slot };
        let Some(program) = slot.program() else {
            // SAFETY: the state is exclusively ours while a function of ours runs (A3).
            return unsafe { &mut *cx }.fail(Failure::Bug(String::from("a slot has no program")));
        };
        // SAFETY: the caller's duty.
        let mut machine = unsafe { Machine::new(cx, program) };
        // SAFETY: the caller's duty.
        let out = unsafe { machine.run_program(value, out) };
        slot.count(machine.work());
        out
    }
}
