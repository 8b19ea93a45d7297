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
use crate::entry::EncodeFn;
use crate::entry_fn;
use crate::error::EncodeError;
use crate::sink::drive::{Encoded, failed};
use crate::sink::{Region, bulk_of, grow_of};
use crate::slot::Slot;

use super::VecSink;

/// The state of an encode to a vector, its own or a borrowed one: at one address from the beginning to the end.
#[derive(Debug)]
pub struct Frame<V> {
    cx: MaybeUninit<EncodeCx>,
    sink: MaybeUninit<VecSink<V>>,
    /// The vector's length before.
    base: usize,
    /// Null when there is nothing to encode, for the `error`.
    slot: *const Slot,
    error: MaybeUninit<EncodeError>,
}

/// The call that an encode consists of. Whoever has begun makes it, once, and finishes: otherwise what the frame holds is leaked.
#[derive(Debug)]
#[must_use]
pub struct Start {
    entry: EncodeFn,
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
        // SAFETY: the caller's duty; an entry is called with the slot it is from, and `refused` with anything (A1, A3).
        unsafe {
            let cx = (&raw mut (*frame).cx).cast();
            (self.entry)(cx, (*frame).slot, value, self.out)
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

impl<V: BorrowMut<Vec<u8>>> Frame<V> {
    /// Begins an encode of a value that the slot encodes.
    ///
    /// # Safety
    ///
    /// The memory is a frame's. The slot lives until the end of the encode.
    #[expect(
        clippy::inline_always,
        reason = "its callers are the functions that all types share"
    )]
    #[inline(always)]
    pub(super) unsafe fn begin(
        frame: *mut Self,
        slot: &Slot,
        sink: VecSink<V>,
        region: Region,
        base: usize,
        max_depth: u64,
    ) -> Start {
        // First, for it takes longest.
        let entry = slot.entry();
        // SAFETY: memory for a frame.
        unsafe {
            let at = (&raw mut (*frame).sink).cast::<VecSink<V>>();
            at.write(sink);
            (&raw mut (*frame).cx)
                .cast::<EncodeCx>()
                .write(EncodeCx::new(
                    region.limit,
                    max_depth,
                    grow_of::<VecSink<V>>,
                    bulk_of::<VecSink<V>>,
                    at.cast(),
                ));
            (*frame).base = base;
            (*frame).slot = slot;
        }
        Start {
            entry,
            out: region.out,
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
            entry: refused,
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
            let len = sink.finish(slot, (*frame).base, end);
            slot.look();
            (*frame).sink.write(sink);
            Ok((len, Encoded { end, counters }))
        }
    }

    /// As [`Self::finish`] where that is no more than to set a length; otherwise nothing is done.
    ///
    /// # Safety
    ///
    /// As there.
    #[expect(
        clippy::inline_always,
        reason = "its callers are the functions that all types share"
    )]
    #[inline(always)]
    pub(super) unsafe fn finish_as_usual(frame: *mut Self, end: *mut u8) -> Option<usize> {
        if end.is_null() {
            return None;
        }
        // SAFETY: as in `finish`.
        unsafe {
            let (cx, slot) = ((*frame).cx.assume_init_ref(), &*(*frame).slot);
            let sink = (*frame).sink.assume_init_mut();
            let used = sink.used(end);
            let len = used - (*frame).base;
            if sink.asked != 0 || cx.has_cold() || slot.is_hot() || !slot.size().expects(len) {
                return None;
            }
            sink.vec.borrow_mut().set_len(used);
            Some(len)
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
