//! One encode from start to end: set up the state, call the entry, settle.

use core::ptr;

use crate::cx::{Counters, EncodeCx};
use crate::error::EncodeError;
use crate::slot::Slot;

use super::{Region, Sink, constants_of};

/// A finished encode.
#[derive(Debug, Clone, Copy)]
pub struct Encoded {
    /// The end of the output in the sink's last region.
    pub end: *mut u8,
    /// What was called on the way.
    pub counters: Counters,
}

/// Encodes a value into a sink, and tells when the type has become hot ([`Slot::look`]), also when that fails.
///
/// The sink is left with whatever it had been given; giving it back its old
/// state is the caller's business, on error and on panic alike.
///
/// # Errors
///
/// When the encode fails.
///
/// # Panics
///
/// Resumes the panic of user code that ran during the encode.
///
/// # Safety
///
/// `value` is what the slot's entry takes: the address of a live value of its
/// shape, or of the [`crate::entry::Pair`] of an unsized one, not mutated during the call
/// except by its own locks. `region` is the sink's first region.
// Its answer is six words, which would go through memory.
#[expect(clippy::inline_always, reason = "told above")]
#[inline(always)]
pub unsafe fn drive<S: Sink>(
    slot: &Slot,
    value: *const u8,
    sink: &mut S,
    region: Region,
    max_depth: u64,
) -> Result<Encoded, EncodeError> {
    let mut cx = EncodeCx::new(
        region.limit,
        max_depth,
        constants_of::<S>(),
        ptr::from_mut(sink).cast(),
    );
    // SAFETY: the caller's duty; the state and the region are live (A1, A3).
    let end = unsafe { (slot.entry())(&mut cx, slot, value, region.out) };
    if end.is_null() {
        return Err(failed(slot, &mut cx));
    }
    let counters = cx.counters;
    cx.discard();
    slot.look();
    Ok(Encoded { end, counters })
}

/// Turns the recorded failure into the error, once guards and proxies are given back.
#[cold]
#[inline(never)]
pub(super) fn failed(slot: &Slot, cx: &mut EncodeCx) -> EncodeError {
    while let Some(resource) = cx.pop_resource() {
        crate::trampoline::release(cx, resource);
    }
    // What was done before it failed is work as well. Not earlier: whoever is told may look at what the encode has locked.
    slot.look();
    let (failure, trace) = cx.take_failure();
    EncodeError::from_failure(slot.shape(), failure, &trace)
}
