//! The sink that appends to a `Vec<u8>`.

use core::alloc::Layout;
use core::borrow::BorrowMut;
use core::hint::black_box;
use core::mem::ManuallyDrop;

use crate::cx::{Failure, SLACK};
use crate::error::EncodeError;
use crate::slot::Slot;

use super::{Encoded, Region, Sink, drive};

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

/// Appends the encoding of a value to a vector and answers the number of bytes.
///
/// On error, and on a panic of user code, the vector has its old length and contents;
/// its capacity may have grown.
///
/// # Errors
///
/// When the encode fails.
///
/// # Safety
///
/// As for [`drive`], `value` included.
#[expect(
    clippy::inline_always,
    reason = "callers are the few functions that all types share"
)]
#[inline(always)]
pub unsafe fn append(
    slot: &Slot,
    value: *const u8,
    vec: &mut Vec<u8>,
    max_depth: u64,
) -> Result<usize, EncodeError> {
    // SAFETY: the caller's duty.
    unsafe { encode(slot, value, vec, max_depth) }.map(|(len, _)| len)
}

/// Encodes a value to a new vector, which is allocated without the detours of growing one, and tells when the
/// type has become hot ([`Slot::look`]).
///
/// # Errors
///
/// When the encode fails.
///
/// # Safety
///
/// As for [`append`].
#[expect(
    clippy::inline_always,
    reason = "callers are the few functions that all types share"
)]
#[inline(always)]
pub unsafe fn encode_new(
    slot: &Slot,
    value: *const u8,
    max_depth: u64,
) -> Result<Vec<u8>, EncodeError> {
    let Some(vec) = allocate(slot.size().room()).or_else(allocate_least) else {
        let failure = Some(Failure::OutOfMemory);
        return Err(EncodeError::from_failure(slot.shape(), failure, &[]));
    };
    let mut sink = VecSink { vec, asked: 0 };
    let region = sink.region(0);
    // SAFETY: the caller's duty; the region is the sink's.
    let encoded = unsafe { drive(slot, value, &mut sink, region, max_depth) }?;
    // SAFETY: the encode wrote everything up to its end.
    unsafe { sink.finish(slot, 0, encoded.end) };
    slot.look();
    Ok(word_by_word(sink.vec))
}

/// The vector itself. Two of its words moved by one store lie in two cache lines where the caller's stack happens to be so, and then who
/// reads one of them waits for both lines: 10 ns in a quarter of all processes.
#[inline]
fn word_by_word(vec: Vec<u8>) -> Vec<u8> {
    let mut vec = ManuallyDrop::new(vec);
    let (ptr, len, capacity) = (vec.as_mut_ptr(), vec.len(), vec.capacity());
    // SAFETY: the parts of a vector that is not dropped.
    unsafe { Vec::from_raw_parts(black_box(ptr), len, black_box(capacity)) }
}

/// As [`append`], with what was called on the way.
///
/// # Errors
///
/// When the encode fails.
///
/// # Safety
///
/// As for [`append`].
pub unsafe fn append_counted(
    slot: &Slot,
    value: *const u8,
    vec: &mut Vec<u8>,
    max_depth: u64,
) -> Result<(usize, Encoded), EncodeError> {
    // SAFETY: the caller's duty.
    unsafe { encode(slot, value, vec, max_depth) }
}

/// What both do.
///
/// # Safety
///
/// As for [`append`].
#[expect(
    clippy::inline_always,
    reason = "so that counters nobody asks for are not copied"
)]
#[inline(always)]
unsafe fn encode(
    slot: &Slot,
    value: *const u8,
    vec: &mut Vec<u8>,
    max_depth: u64,
) -> Result<(usize, Encoded), EncodeError> {
    let base = vec.len();
    let mut sink = VecSink { vec, asked: 0 };
    // The spare capacity is often enough: a reused buffer.
    let region = if sink.vec.capacity() - base >= SLACK {
        sink.region(base)
    } else {
        let expected = sink.make_room(base, slot.size().room() as usize);
        // As for a new one.
        match expected.or_else(|_| sink.make_room(base, 0)) {
            Ok(region) => region,
            Err(failure) => {
                return Err(EncodeError::from_failure(slot.shape(), Some(failure), &[]));
            }
        }
    };
    // SAFETY: the caller's duty; the region is the sink's.
    let encoded = unsafe { drive(slot, value, &mut sink, region, max_depth) }?;
    // SAFETY: the encode wrote everything up to its end.
    let len = unsafe { sink.finish(slot, base, encoded.end) };
    Ok((len, encoded))
}
