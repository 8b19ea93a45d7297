//! The sink that appends to a `Vec<u8>`.

mod frame;

use core::alloc::Layout;
use core::borrow::BorrowMut;
use core::mem::MaybeUninit;
use core::ptr;

use crate::cx::{Failure, SLACK};
use crate::error::EncodeError;
use crate::slot::Slot;

use super::{Encoded, Region, Sink};

pub use frame::{Frame, Start};

/// Appends to a vector, its own or a borrowed one, whose length changes only when the encode has succeeded.
#[repr(C)]
struct VecSink<V> {
    /// Bytes of the vector that room was asked for, at the last growth, never 0 then; 0 before, and then the vector is where it was at the start. In front: behind an empty vector, whose last word is its length,
    /// both would be made zero by one store, which has the drawback that [`Frame::finish_new`] tells of.
    asked: usize,
    vec: V,
}

impl<V: BorrowMut<Vec<u8>>> VecSink<V> {
    /// Makes sure that `additional` bytes and the slack fit behind `used`
    /// bytes, keeping those.
    #[cold]
    fn make_room(&mut self, used: usize, additional: usize) -> Result<Region, Failure> {
        let vec = self.vec.borrow_mut();
        let base = vec.len();
        let Some(additional) = additional.checked_add(SLACK) else {
            return Err(Failure::OutOfMemory);
        };
        // SAFETY: the encoder has written everything up to `used`, which is
        // within the capacity (A3). Set so that growing keeps it, reset at once.
        unsafe { vec.set_len(used) };
        let reserved = vec.try_reserve(additional);
        // SAFETY: shorter than before, all initialised.
        unsafe { vec.set_len(base) };
        reserved.map_err(|_| Failure::OutOfMemory)?;
        Ok(self.region(used))
    }

    /// The region from `used` bytes to the end of the capacity.
    fn region(&mut self, used: usize) -> Region {
        let vec = self.vec.borrow_mut();
        let (start, capacity) = (vec.as_mut_ptr(), vec.capacity());
        // SAFETY: both are within the allocation.
        unsafe { Region::new(start.add(used), start.add(capacity)) }
    }

    fn used(&self, out: *mut u8) -> usize {
        out.addr() - self.vec.borrow().as_ptr().addr()
    }

    /// Gives the vector its new length, and the size hint something to learn from. Answers how many bytes
    /// were written behind those there were before.
    ///
    /// # Safety
    ///
    /// The encode into this sink has written everything from there to `end`.
    #[inline]
    unsafe fn finish(&mut self, slot: &Slot, end: *mut u8) -> usize {
        let (base, used) = (self.vec.borrow().len(), self.used(end));
        // SAFETY: all of it is written, within the capacity (A3).
        unsafe { self.vec.borrow_mut().set_len(used) };
        let len = used - base;
        match self.asked {
            0 => slot.size().learn(len),
            asked => slot.size().learn_grown(len, asked - base),
        }
        len
    }
}

// SAFETY: regions are the vector's spare capacity, which nobody else can reach
// while the sink owns it or has it borrowed mutably; `make_room` reserves the slack on top.
unsafe impl<V: BorrowMut<Vec<u8>>> Sink for VecSink<V> {
    unsafe fn grow(&mut self, out: *mut u8, spare: usize) -> Result<Region, Failure> {
        let used = self.used(out);
        self.asked = used.saturating_add(spare).max(1);
        self.make_room(used, spare)
    }

    unsafe fn bulk(
        &mut self,
        out: *mut u8,
        source: &[u8],
        spare: usize,
    ) -> Result<Region, Failure> {
        let Some(additional) = source.len().checked_add(spare) else {
            return Err(Failure::OutOfMemory);
        };
        let used = self.used(out);
        self.asked = used.saturating_add(additional).max(1);
        let region = self.make_room(used, additional)?;
        // SAFETY: room was just made for all of it, in memory of our own.
        unsafe {
            region
                .out
                .copy_from_nonoverlapping(source.as_ptr(), source.len());
        }
        Ok(self.region(used + source.len()))
    }
}

/// An empty vector with room for so many bytes and the slack. That the length has 32 bits spares checks.
#[inline]
fn allocate(len_bytes: u32) -> Option<Vec<u8>> {
    let capacity = (len_bytes as usize).checked_add(SLACK)?;
    let layout = Layout::array::<u8>(capacity).ok()?;
    // SAFETY: the layout has at least SLACK bytes.
    let memory = unsafe { std::alloc::alloc(layout) };
    // SAFETY: allocated just now by the global allocator, with this capacity; no element is initialised.
    (!memory.is_null()).then(|| unsafe { Vec::from_raw_parts(memory, 0, capacity) })
}

impl<'v> Frame<&'v mut Vec<u8>> {
    /// Begins to append to a vector.
    ///
    /// # Safety
    ///
    /// The memory is a frame's. The slot lives until the end of the encode.
    #[expect(clippy::inline_always, reason = "told in the module `frame`")]
    #[inline(always)]
    pub unsafe fn begin_append(
        frame: *mut Self,
        slot: &Slot,
        vec: &'v mut Vec<u8>,
        max_depth: u64,
    ) -> Start {
        // The spare capacity is often enough: a reused buffer.
        if vec.capacity() - vec.len() < SLACK {
            // SAFETY: the caller's duty.
            return unsafe { Self::begin_growing(frame, slot, vec, max_depth) };
        }
        let base = vec.len();
        let mut sink = VecSink { asked: 0, vec };
        let region = sink.region(base);
        // SAFETY: the caller's duty; the region is the sink's.
        unsafe {
            Self::prepare(frame, slot, max_depth);
            Self::begin(frame, sink, region)
        }
    }

    /// As [`Self::begin_append`], of a vector that has no room for the slack. In a function of its own, so that the other has nothing to keep.
    ///
    /// # Safety
    ///
    /// As there.
    #[cold]
    #[inline(never)]
    unsafe fn begin_growing(
        frame: *mut Self,
        slot: &Slot,
        vec: &'v mut Vec<u8>,
        max_depth: u64,
    ) -> Start {
        let base = vec.len();
        let mut sink = VecSink { asked: 0, vec };
        let expected = sink.make_room(base, slot.size().room() as usize);
        // As for a new one.
        match expected.or_else(|_| sink.make_room(base, 0)) {
            // SAFETY: the caller's duty.
            Ok(_) => unsafe { Self::begin_append(frame, slot, sink.vec, max_depth) },
            // SAFETY: the caller's duty.
            Err(failure) => unsafe {
                let error = EncodeError::from_failure(slot.shape(), Some(failure), &[]);
                Self::refuse(frame, error)
            },
        }
    }

    /// Ends it: answers the number of bytes appended.
    ///
    /// On error, and on a panic of user code, the vector has its old length and contents;
    /// its capacity may have grown.
    ///
    /// # Errors
    ///
    /// When the encode has failed.
    ///
    /// # Panics
    ///
    /// Resumes the panic of user code that ran during the encode.
    ///
    /// # Safety
    ///
    /// The frame has begun, is where it was, and is not used any more. `end` is what [`Start::call`] answered.
    #[expect(clippy::inline_always, reason = "told in the module `frame`")]
    #[inline(always)]
    pub unsafe fn finish_append(frame: *mut Self, end: *mut u8) -> Result<usize, EncodeError> {
        // SAFETY: the caller's duty.
        unsafe {
            match Self::finish_as_usual(frame, end) {
                Some((_, len)) => Ok(len),
                None => Self::finish_slowly(frame, end),
            }
        }
    }

    /// As [`Self::finish_append`], whatever there is to be done.
    ///
    /// # Safety
    ///
    /// As there.
    #[inline(never)]
    unsafe fn finish_slowly(frame: *mut Self, end: *mut u8) -> Result<usize, EncodeError> {
        // SAFETY: the caller's duty.
        unsafe { Self::finish(frame, end) }.map(|(len, _)| len)
    }
}

impl Frame<Vec<u8>> {
    /// Begins an encode to a new vector, which is allocated without the detours of growing one.
    ///
    /// # Safety
    ///
    /// The memory is a frame's. The slot lives until the end of the encode.
    #[expect(clippy::inline_always, reason = "told in the module `frame`")]
    #[inline(always)]
    pub unsafe fn begin_new(frame: *mut Self, slot: &Slot, max_depth: u64) -> Start {
        // SAFETY: the caller's duty.
        unsafe {
            // First, so that little has to be kept while memory is asked for.
            Self::prepare(frame, slot, max_depth);
            match allocate(slot.size().room()) {
                Some(vec) => Self::begin_in(frame, vec),
                None => Self::begin_in_least(frame),
            }
        }
    }

    /// Begins an encode to this vector, which is empty.
    ///
    /// # Safety
    ///
    /// The frame is prepared, and the vector has room for the slack.
    #[expect(clippy::inline_always, reason = "told in the module `frame`")]
    #[inline(always)]
    unsafe fn begin_in(frame: *mut Self, vec: Vec<u8>) -> Start {
        let mut sink = VecSink { asked: 0, vec };
        let region = sink.region(0);
        // SAFETY: the caller's duty; the region is the sink's.
        unsafe { Self::begin(frame, sink, region) }
    }

    /// Begins where there is no memory for as much as an output is expected to take: it may be smaller.
    ///
    /// # Safety
    ///
    /// The frame is prepared.
    #[cold]
    #[inline(never)]
    unsafe fn begin_in_least(frame: *mut Self) -> Start {
        // SAFETY: the caller's duty.
        unsafe {
            if let Some(vec) = allocate(0) {
                return Self::begin_in(frame, vec);
            }
            let shape = (*(*frame).slot).shape();
            let error = EncodeError::from_failure(shape, Some(Failure::OutOfMemory), &[]);
            Self::refuse(frame, error)
        }
    }

    /// Ends it: answers the vector, from words that do not lie beside each other. Two of them moved by one store lie in two cache lines where
    /// the caller's stack happens to be so, and then who reads one of them waits for both lines: 10 ns in a quarter of all processes.
    ///
    /// # Errors
    ///
    /// When the encode has failed.
    ///
    /// # Panics
    ///
    /// Resumes the panic of user code that ran during the encode.
    ///
    /// # Safety
    ///
    /// As for [`Frame::finish_append`].
    #[expect(clippy::inline_always, reason = "told in the module `frame`")]
    #[inline(always)]
    pub unsafe fn finish_new(frame: *mut Self, end: *mut u8) -> Result<Vec<u8>, EncodeError> {
        // SAFETY: the caller's duty; the sink is not used any more.
        unsafe {
            match Self::finish_as_usual(frame, end) {
                Some((start, len)) => {
                    let capacity = Frame::vec_mut(frame).capacity();
                    Ok(Vec::from_raw_parts(start, len, capacity))
                }
                None => Self::finish_slowly(frame, end),
            }
        }
    }

    /// As [`Self::finish_new`], whatever there is to be done.
    ///
    /// # Safety
    ///
    /// As there.
    #[inline(never)]
    unsafe fn finish_slowly(frame: *mut Self, end: *mut u8) -> Result<Vec<u8>, EncodeError> {
        // SAFETY: the caller's duty; the sink is not used any more.
        unsafe {
            Self::finish(frame, end)?;
            Ok(ptr::read(Frame::vec_mut(frame)))
        }
    }
}

/// Appends the encoding of a value to a vector, all steps at once, and tells when the type has become hot ([`Slot::look`]).
///
/// # Errors
///
/// As for [`Frame::finish_append`].
///
/// # Panics
///
/// As there.
///
/// # Safety
///
/// `value` is as for [`Start::call`].
#[inline]
pub unsafe fn append(
    slot: &Slot,
    value: *const u8,
    vec: &mut Vec<u8>,
    max_depth: u64,
) -> Result<usize, EncodeError> {
    // SAFETY: the caller's duty.
    unsafe { append_counted(slot, value, vec, max_depth) }.map(|(len, _)| len)
}

/// As [`append`], with what was called on the way.
///
/// # Errors
///
/// As for [`append`].
///
/// # Panics
///
/// As there.
///
/// # Safety
///
/// As for [`append`].
#[inline]
pub unsafe fn append_counted(
    slot: &Slot,
    value: *const u8,
    vec: &mut Vec<u8>,
    max_depth: u64,
) -> Result<(usize, Encoded), EncodeError> {
    let mut frame = MaybeUninit::uninit();
    let frame = frame.as_mut_ptr();
    // SAFETY: memory for a frame, which stays where it is, and is used in this order; the rest is the caller's duty.
    unsafe {
        let start = Frame::begin_append(frame, slot, vec, max_depth);
        let end = start.call(frame, value);
        Frame::finish(frame, end)
    }
}
