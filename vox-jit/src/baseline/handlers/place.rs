//! Where things are: whatever way of reaching data the emitted code has no instructions for.
//!
//! All ask the interpreter, so that a new way works here as soon as it works there.

use vox_core::cx::EncodeCx;
use vox_core::entry::Pair;
use vox_core::entry_fn;
use vox_core::interp::single;
use vox_core::program::{Arm, ArraySource, Op, OptionSource, PointerSource, Source};
use vox_core::slot::Slot;

use super::run::program_of;

entry_fn! {
    /// The payload of the option at `at`; null for `None`.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `slot` that of the running code, and a live value that
    /// `source`, part of its program, applies to is at `at` (A1).
    pub(super) unsafe fn option_payload(cx: *mut EncodeCx, at: *const u8, source: *const OptionSource, slot: *const Slot) -> *const u8 {
        // SAFETY: the caller's duty.
        unsafe { single::option_payload(cx, program_of(slot), *source, at) }
    }
}

entry_fn! {
    /// What the pointer at `at` leads to; `pair`, filled in, when that is unsized.
    ///
    /// # Safety
    ///
    /// As for [`option_payload`]; `pair` may be written.
    pub(super) unsafe fn pointee(cx: *mut EncodeCx, at: *const u8, source: *const PointerSource, slot: *const Slot, pair: *mut Pair) -> *const u8 {
        // SAFETY: the caller's duty. Any two words are a pair.
        unsafe { single::pointee(cx, program_of(slot), *source, at, &mut *pair) }
    }
}

entry_fn! {
    /// Fills in the address and number of the elements of the list at `at`, and answers the number.
    ///
    /// # Safety
    ///
    /// As for [`pointee`].
    pub(super) unsafe fn list_parts(cx: *mut EncodeCx, at: *const u8, source: *const Source, slot: *const Slot, pair: *mut Pair) -> usize {
        // SAFETY: the caller's duty.
        unsafe {
            let parts = single::list_parts(cx, program_of(slot), *source, at);
            pair.write(parts);
            parts.len
        }
    }
}

entry_fn! {
    /// The first element of the array at `at`.
    ///
    /// # Safety
    ///
    /// As for [`option_payload`].
    pub(super) unsafe fn array_first(cx: *mut EncodeCx, at: *const u8, source: *const ArraySource, slot: *const Slot) -> *const u8 {
        // SAFETY: the caller's duty.
        unsafe { single::array_first(cx, program_of(slot), *source, at) }
    }
}

entry_fn! {
    /// Writes the tag of a result, without moving the cursor, and answers where the payload is.
    ///
    /// # Safety
    ///
    /// As for [`super::run::run_op`]; the op is a result.
    pub(super) unsafe fn open_result(out: *mut u8, cx: *mut EncodeCx, base: *const u8, op: *const Op, slot: *const Slot) -> *const u8 {
        // SAFETY: the caller's duty; the verifier proved room for the tag (A7).
        unsafe {
            let (tag, payload) = single::result_payload(cx, program_of(slot), &*op, base);
            out.write(tag);
            payload
        }
    }
}

entry_fn! {
    /// The position of the arm with this discriminant; `count` when there is none.
    ///
    /// # Safety
    ///
    /// `count` arms are at `arms`.
    pub(super) unsafe fn find_arm(arms: *const Arm, count: usize, tag: i64) -> usize {
        // SAFETY: the caller's duty.
        let arms = unsafe { core::slice::from_raw_parts(arms, count) };
        arms.iter().position(|arm| arm.discriminant == tag).unwrap_or(count)
    }
}
