//! The sink that appends to a `Vec<u8>`.

mod frame;

use core::alloc::Layout;
use core::borrow::BorrowMut;
use core::hint::black_box;
use core::mem::MaybeUninit;

use crate::cx::{Failure, SLACK};
use crate::error::EncodeError;
use crate::slot::Slot;

use super::{Encoded, Region, Sink};

pub use frame::{Frame, Start};

/// Appends to a vector, its own or a borrowed one, whose length changes only when the encode has succeeded.
#[repr(C)]
struct VecSink<V> {
    /// Bytes of the vector that room was asked for, at the last growth; 0 before. In front: behind an empty vector, whose last word is its length,
    /// both would be made zero by one store, which has the drawback of [`word_by_word`].
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
    /// were written behind the `base` there were before.
    ///
    /// # Safety
    ///
    /// The encode into this sink has written everything from there to `end`.
    #[inline]
    unsafe fn finish(&mut self, slot: &Slot, base: usize, end: *mut u8) -> usize {
        let used = self.used(end);
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
        self.asked = used.saturating_add(spare);
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
        self.asked = used.saturating_add(additional);
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

/// The same without room for what an output is expected to take, where there is no memory for so much: it may be smaller.
#[cold]
fn allocate_least() -> Option<Vec<u8>> {
    allocate(0)
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
        let base = vec.len();
        let mut sink = VecSink { asked: 0, vec };
        // The spare capacity is often enough: a reused buffer.
        let region = if sink.vec.capacity() - base >= SLACK {
            sink.region(base)
        } else {
            let expected = sink.make_room(base, slot.size().room() as usize);
            // As for a new one.
            match expected.or_else(|_| sink.make_room(base, 0)) {
                Ok(region) => region,
                // SAFETY: the caller's duty.
                Err(failure) => unsafe {
                    let error = EncodeError::from_failure(slot.shape(), Some(failure), &[]);
                    return Self::refuse(frame, error);
                },
            }
        };
        // SAFETY: the caller's duty; the region is the sink's.
        unsafe { Self::begin(frame, slot, sink, region, base, max_depth) }
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
                Some(len) => Ok(len),
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
        let Some(vec) = allocate(slot.size().room()).or_else(allocate_least) else {
            let failure = Some(Failure::OutOfMemory);
            let error = EncodeError::from_failure(slot.shape(), failure, &[]);
            // SAFETY: the caller's duty.
            return unsafe { Self::refuse(frame, error) };
        };
        let mut sink = VecSink { vec, asked: 0 };
        let region = sink.region(0);
        // SAFETY: the caller's duty; the region is the sink's.
        unsafe { Self::begin(frame, slot, sink, region, 0, max_depth) }
    }

    /// Ends it: answers the vector.
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
                Some(_) => Ok(word_by_word(frame)),
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
            Ok(word_by_word(frame))
        }
    }
}

/// The vector of a frame. Two of its words moved by one store lie in two cache lines where the caller's stack happens to be so, and then who
/// reads one of them waits for both lines: 10 ns in a quarter of all processes.
///
/// # Safety
///
/// The frame's encode has succeeded, and nobody has taken the vector.
#[inline]
unsafe fn word_by_word(frame: *mut Frame<Vec<u8>>) -> Vec<u8> {
    // SAFETY: the caller's duty; these are the parts of a vector that is not dropped.
    unsafe {
        let vec = Frame::vec_mut(frame);
        let (ptr, len, capacity) = (vec.as_mut_ptr(), vec.len(), vec.capacity());
        Vec::from_raw_parts(black_box(ptr), len, black_box(capacity))
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
