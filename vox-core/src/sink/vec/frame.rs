//! One encode to a vector in three steps, the middle one of which is the call of the entry.
//!
//! A processor guesses where an indirect call goes by where it came from last. In a function that all types share it guesses wrong whenever
//! the type is another than the last time, which costs as much as a small encode. So what calls the entry is instantiated for every type, and
//! it is nothing but the calls: [`Frame::begin_append`] or [`Frame::begin_new`], [`Start::call`], and [`Frame::finish_append`] or
//! [`Frame::finish_new`], the first and the last in functions that all types share.

use core::borrow::BorrowMut;
use core::mem::MaybeUninit;
use core::ptr;

use crate::cx::EncodeCx;
use crate::entry_fn;
use crate::error::EncodeError;
use crate::sink::drive::{Encoded, failed};
use crate::sink::{Region, constants_of};
use crate::slot::Slot;
#[cfg(not(loom))]
use crate::slot::SlotEntry;

use super::VecSink;

/// The state of an encode to a vector, its own or a borrowed one: at one address from the beginning to the end.
#[derive(Debug)]
pub struct Frame<V> {
    cx: MaybeUninit<EncodeCx>,
    /// Its vector has the length from before until the end.
    sink: MaybeUninit<VecSink<V>>,
    /// Where the vector's memory is, until it grows.
    start: *mut u8,
    /// Null when there is nothing to encode, for the `error`.
    pub(super) slot: *const Slot,
    error: MaybeUninit<EncodeError>,
}

/// The call that an encode consists of. Whoever has begun makes it, once, and finishes: otherwise what the frame holds is leaked.
#[derive(Debug)]
#[must_use]
pub struct Start {
    /// Whose entry is called, or [`refusing`]. Here, and not read from the frame, where it is as well: who calls would read it from its own stack,
    /// where it was just written through another pointer, and a Zen 4 that guesses what such a read yields is wrong whenever the type changes
    /// (10 ns in random order).
    slot: *const Slot,
    out: *mut u8,
}

impl Start {
    /// Encodes the value; the answer is for the frame to finish with.
    ///
    /// # Safety
    ///
    /// The frame has begun with this, and is where it was. The value is what the entry of the slot it has begun with takes: the address of a
    /// live value of the slot's shape, or of the [`crate::entry::Pair`] of an unsized one, not mutated during the call except by its own locks.
    #[expect(clippy::inline_always, reason = "the callers' own call is the point")]
    #[inline(always)]
    pub unsafe fn call<V>(self, frame: *mut Frame<V>, value: *const u8) -> *mut u8 {
        // SAFETY: the caller's duty; an entry is called with the slot it is from, and `refused` with anything (A1, A3). Of what takes a slot's
        // place there is its entry.
        unsafe {
            let cx = (&raw mut (*frame).cx).cast();
            let entry = Slot::entry_at(self.slot);
            entry(cx, self.slot, value, self.out)
        }
    }
}

entry_fn! {
    /// The entry of what cannot be encoded.
    ///
    /// # Safety
    ///
    /// None; it is an [`EncodeFn`].
    #[cold]
    unsafe fn refused(_cx: *mut EncodeCx, _slot: *const Slot, _value: *const u8, _out: *mut u8) -> *mut u8 {
        ptr::null_mut()
    }
}

/// Takes the place of a slot where nothing can be encoded: its entry is all there is of it.
#[cfg(not(loom))]
fn refusing() -> *const Slot {
    static REFUSING: SlotEntry = SlotEntry::new(refused);
    (&raw const REFUSING).cast()
}

/// In models nothing is encoded, and no atomic is made before one runs.
#[cfg(loom)]
fn refusing() -> *const Slot {
    let _: crate::entry::EncodeFn = refused;
    unreachable!("a model encodes")
}

impl<V: BorrowMut<Vec<u8>>> Frame<V> {
    /// Makes an encode of a value that the slot encodes ready, but for where it goes.
    ///
    /// # Safety
    ///
    /// The memory is a frame's. The slot lives until the end of the encode.
    #[expect(
        clippy::inline_always,
        reason = "its callers are the functions that all types share"
    )]
    #[inline(always)]
    pub(super) unsafe fn prepare(frame: *mut Self, slot: &Slot, max_depth: u64) {
        // SAFETY: memory for a frame.
        unsafe {
            let cx = EncodeCx::new(
                ptr::null_mut(),
                max_depth,
                constants_of::<VecSink<V>>(),
                (&raw mut (*frame).sink).cast(),
            );
            (&raw mut (*frame).cx).cast::<EncodeCx>().write(cx);
            (*frame).slot = slot;
        }
    }

    /// Begins an encode into a sink.
    ///
    /// # Safety
    ///
    /// The frame is prepared; the region is the sink's.
    #[expect(
        clippy::inline_always,
        reason = "its callers are the functions that all types share"
    )]
    #[inline(always)]
    pub(super) unsafe fn begin(frame: *mut Self, mut sink: VecSink<V>, region: Region) -> Start {
        // SAFETY: the caller's duty.
        unsafe {
            (*frame).start = sink.vec.borrow_mut().as_mut_ptr();
            (&raw mut (*frame).sink).cast::<VecSink<V>>().write(sink);
            (*(&raw mut (*frame).cx).cast::<EncodeCx>()).limit = region.limit;
            Start {
                slot: (*frame).slot,
                out: region.out,
            }
        }
    }

    /// Begins what will end with this error.
    ///
    /// # Safety
    ///
    /// The memory is a frame's.
    #[cold]
    #[inline(never)]
    pub unsafe fn refuse(frame: *mut Self, error: EncodeError) -> Start {
        // SAFETY: memory for a frame.
        unsafe {
            (*frame).slot = ptr::null();
            (&raw mut (*frame).error).cast::<EncodeError>().write(error);
        }
        Start {
            slot: refusing(),
            out: ptr::null_mut(),
        }
    }

    /// Gives the vector its new length, tells when the type has become hot, and answers how many bytes were written.
    ///
    /// # Safety
    ///
    /// The frame has begun, is where it was, and `end` is what the call answered. It is not used any more, but for its sink, and that
    /// only when this has succeeded.
    #[expect(
        clippy::inline_always,
        reason = "its callers are the functions that all types share"
    )]
    #[inline(always)]
    pub(super) unsafe fn finish(
        frame: *mut Self,
        end: *mut u8,
    ) -> Result<(usize, Encoded), EncodeError> {
        // SAFETY: the caller's duty; all of it was written when the encode began, unless it was refused.
        unsafe {
            if end.is_null() {
                return Err(Self::fail(frame));
            }
            let (cx, slot) = ((*frame).cx.assume_init_read(), &*(*frame).slot);
            let counters = cx.counters;
            cx.discard();
            // Read, so that it is dropped if whoever is told panics.
            let mut sink = (*frame).sink.assume_init_read();
            let len = sink.finish(slot, end);
            slot.look();
            (*frame).sink.write(sink);
            Ok((len, Encoded { end, counters }))
        }
    }

    /// As [`Self::finish`] where that is no more than to set a length; otherwise nothing is done. Answers where the vector's memory is as
    /// well.
    ///
    /// # Safety
    ///
    /// As there.
    #[expect(
        clippy::inline_always,
        reason = "its callers are the functions that all types share"
    )]
    #[inline(always)]
    pub(super) unsafe fn finish_as_usual(
        frame: *mut Self,
        end: *mut u8,
    ) -> Option<(*mut u8, usize)> {
        if end.is_null() {
            return None;
        }
        // SAFETY: as in `finish`.
        unsafe {
            let (cx, slot) = ((*frame).cx.assume_init_ref(), &*(*frame).slot);
            let sink = (*frame).sink.assume_init_mut();
            // One branch for both.
            if (sink.asked != 0) | !cx.is_ordinary() {
                return None;
            }
            // It has not grown: nothing was asked for.
            let start = (*frame).start;
            let used = end.addr() - start.addr();
            let vec = sink.vec.borrow_mut();
            debug_assert!(ptr::eq(start, vec.as_ptr()), "the vector has moved");
            let len = used - vec.len();
            if slot.is_hot() || !slot.size().expects(len) {
                return None;
            }
            vec.set_len(used);
            Some((start, len))
        }
    }

    /// The vector.
    ///
    /// # Safety
    ///
    /// The frame's encode has succeeded.
    #[inline]
    pub(super) unsafe fn vec_mut<'f>(frame: *mut Self) -> &'f mut V {
        // SAFETY: the caller's duty.
        unsafe { &mut (*frame).sink.assume_init_mut().vec }
    }

    /// The error, once guards and proxies are given back, and the vector if it is the encode's own.
    ///
    /// # Safety
    ///
    /// As for [`Self::finish`]; the encode has failed.
    #[cold]
    #[inline(never)]
    unsafe fn fail(frame: *mut Self) -> EncodeError {
        // SAFETY: as for `finish`.
        unsafe {
            let Some(slot) = (*frame).slot.as_ref() else {
                return (*frame).error.assume_init_read();
            };
            // Read, so that they are dropped also when a panic of the value's goes on.
            let _sink = (*frame).sink.assume_init_read();
            let mut cx = (*frame).cx.assume_init_read();
            failed(slot, &mut cx)
        }
    }
}
