//! The sink that appends to a `Vec<u8>`.

use core::alloc::Layout;

use crate::cx::{Failure, SLACK};
use crate::error::EncodeError;
use crate::slot::Slot;

use super::{Encoded, Region, Sink, drive};

/// Appends to a vector; its length changes only when the encode has succeeded.
struct VecSink<'a> {
    vec: &'a mut Vec<u8>,
    /// Bytes of the vector that room was asked for, at the last growth; 0 before.
    asked: usize,
}

impl VecSink<'_> {
    /// Makes sure that `additional` bytes and the slack fit behind `used`
    /// bytes, keeping those.
    #[cold]
    fn make_room(&mut self, used: usize, additional: usize) -> Result<Region, Failure> {
        let base = self.vec.len();
        let Some(additional) = additional.checked_add(SLACK) else {
            return Err(Failure::OutOfMemory);
        };
        // SAFETY: the encoder has written everything up to `used`, which is
        // within the capacity (A3). Set so that growing keeps it, reset at once.
        unsafe { self.vec.set_len(used) };
        let reserved = self.vec.try_reserve(additional);
        // SAFETY: shorter than before, all initialised.
        unsafe { self.vec.set_len(base) };
        reserved.map_err(|_| Failure::OutOfMemory)?;
        Ok(self.region(used))
    }

    /// As `make_room`, before anything is written. A new vector, which is the usual
    /// case, is allocated without the detours of growing one.
    // What it answers would go through memory.
    #[expect(clippy::inline_always, reason = "told above")]
    #[inline(always)]
    fn first_room(&mut self, base: usize, additional: usize) -> Result<Region, Failure> {
        if self.vec.capacity() != 0 {
            return self.make_room(base, additional);
        }
        let Some((memory, capacity)) = allocate(additional) else {
            return Err(Failure::OutOfMemory);
        };
        // SAFETY: allocated just now by the global allocator, with this capacity; no
        // element is initialised. The vector it replaces owns no memory.
        *self.vec = unsafe { Vec::from_raw_parts(memory, 0, capacity) };
        Ok(self.region(base))
    }

    /// The region from `used` bytes to the end of the capacity.
    fn region(&mut self, used: usize) -> Region {
        let capacity = self.vec.capacity();
        let start = self.vec.as_mut_ptr();
        // SAFETY: both are within the allocation.
        unsafe { Region::new(start.add(used), start.add(capacity)) }
    }

    fn used(&self, out: *mut u8) -> usize {
        out.addr() - self.vec.as_ptr().addr()
    }
}

// SAFETY: regions are the vector's spare capacity, which nobody else can reach
// while it is mutably borrowed; `make_room` reserves the slack on top.
unsafe impl Sink for VecSink<'_> {
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

/// Memory for so many bytes and the slack, and how much it is.
#[inline]
fn allocate(len_bytes: usize) -> Option<(*mut u8, usize)> {
    let capacity = len_bytes.checked_add(SLACK)?;
    let layout = Layout::array::<u8>(capacity).ok()?;
    // SAFETY: the layout has at least SLACK bytes.
    let memory = unsafe { std::alloc::alloc(layout) };
    (!memory.is_null()).then_some((memory, capacity))
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
        match sink.first_room(base, slot.size().room()) {
            Ok(region) => region,
            Err(failure) => {
                return Err(EncodeError::from_failure(slot.shape(), Some(failure), &[]));
            }
        }
    };
    // SAFETY: the caller's duty; the region is the sink's.
    let encoded = unsafe { drive(slot, value, &mut sink, region, max_depth) }?;
    let (used, asked) = (sink.used(encoded.end), sink.asked);
    // SAFETY: the encode wrote everything up to its end, within the capacity (A3).
    unsafe { vec.set_len(used) };
    let len = used - base;
    match asked {
        0 => slot.size().learn(len),
        asked => slot.size().learn_grown(len, asked - base),
    }
    Ok((len, encoded))
}
