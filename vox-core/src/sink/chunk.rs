//! The sinks that work in chunks: a slice, a writer, a mere length.
//!
//! The encoder writes into a chunk on the stack, which is drained when full.
//! A fixed slice cannot be written in place: wide stores overshoot the cursor, and bytes
//! behind the result must stay as they were. Long runs of bytes bypass the chunk.

use core::mem::MaybeUninit;
use std::io;

use crate::cx::{Failure, OVERSHOOT, SLACK};
use crate::error::EncodeError;
use crate::program::MAX_RESERVE;
use crate::slot::Slot;

use super::{Encoded, Region, Sink, drive};

/// Bytes of a chunk.
const CHUNK: usize = 8192;

// A chunk must hold the largest reserve there is, with its slack.
const _: () = assert!(CHUNK >= MAX_RESERVE as usize + SLACK + OVERSHOOT);

/// Where drained bytes go.
pub trait Drain {
    /// Takes bytes, in order.
    ///
    /// # Errors
    ///
    /// When they cannot be taken.
    fn drain(&mut self, bytes: &[u8]) -> Result<(), Failure>;
}

struct ChunkSink<'a, D> {
    chunk: &'a mut [MaybeUninit<u8>; CHUNK],
    drain: D,
}

impl<D: Drain> ChunkSink<'_, D> {
    fn region(&mut self) -> Region {
        let range = self.chunk.as_mut_ptr_range();
        Region::new(range.start.cast(), range.end.cast())
    }

    /// Drains what was written up to `out`.
    ///
    /// # Safety
    ///
    /// Everything in the chunk before `out` is written.
    unsafe fn flush(&mut self, out: *mut u8) -> Result<(), Failure> {
        let start = self.chunk.as_ptr().cast::<u8>();
        let len = out.addr() - start.addr();
        // SAFETY: written by the encoder, by the duty of this function.
        let bytes = unsafe { core::slice::from_raw_parts(start, len) };
        self.drain.drain(bytes)
    }
}

// SAFETY: regions are the whole chunk, exclusively borrowed, large enough for
// any verified reserve.
unsafe impl<D: Drain> Sink for ChunkSink<'_, D> {
    unsafe fn grow(&mut self, out: *mut u8, spare: usize) -> Result<Region, Failure> {
        // SAFETY: the trait's duty.
        unsafe { self.flush(out) }?;
        if spare > CHUNK - SLACK {
            return Err(Failure::Bug(format!(
                "{spare} spare bytes asked of a chunk"
            )));
        }
        Ok(self.region())
    }

    unsafe fn bulk(
        &mut self,
        out: *mut u8,
        source: &[u8],
        spare: usize,
    ) -> Result<Region, Failure> {
        // SAFETY: the trait's duty.
        let region = unsafe { self.grow(out, spare) }?;
        self.drain.drain(source)?;
        Ok(region)
    }
}

/// Encodes into a drain through a chunk, and answers the drain.
///
/// # Safety
///
/// As for [`drive`].
#[inline]
unsafe fn through_chunk<D: Drain>(
    slot: &Slot,
    value: *const u8,
    drain: D,
    max_depth: u64,
) -> Result<(D, Encoded), EncodeError> {
    let mut chunk = [const { MaybeUninit::uninit() }; CHUNK];
    let mut sink = ChunkSink {
        chunk: &mut chunk,
        drain,
    };
    let region = sink.region();
    // SAFETY: the caller's duty; the region is the sink's.
    let encoded = unsafe { drive(slot, value, &mut sink, region, max_depth) }?;
    // SAFETY: the encode wrote everything up to its end.
    match unsafe { sink.flush(encoded.end) } {
        Ok(()) => Ok((sink.drain, encoded)),
        Err(failure) => Err(EncodeError::from_failure(slot.shape(), Some(failure), &[])),
    }
}

/// Counts bytes and keeps none.
struct Count(usize);

impl Drain for Count {
    fn drain(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.0 = self
            .0
            .checked_add(bytes.len())
            .ok_or(Failure::OutOfMemory)?;
        Ok(())
    }
}

/// The number of bytes the encoding of a value has. Allocates nothing in
/// proportion to it.
///
/// # Errors
///
/// When the encode fails.
///
/// # Safety
///
/// As for [`drive`].
pub unsafe fn count(slot: &Slot, value: *const u8, max_depth: u64) -> Result<usize, EncodeError> {
    // SAFETY: the caller's duty.
    unsafe { through_chunk(slot, value, Count(0), max_depth) }.map(|(count, _)| count.0)
}

/// Fills a slice; once it is full, goes on counting, so that the error can say
/// how many bytes were needed.
struct Fill<'a> {
    slice: &'a mut [u8],
    needed: usize,
}

impl Drain for Fill<'_> {
    fn drain(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let start = self.needed;
        self.needed = start.checked_add(bytes.len()).ok_or(Failure::OutOfMemory)?;
        if let Some(part) = self.slice.get_mut(start..self.needed) {
            part.copy_from_slice(bytes);
        }
        Ok(())
    }
}

/// Encodes a value at the start of a slice and answers the number of bytes.
/// Bytes behind them are not touched.
///
/// # Errors
///
/// When the encode fails or the slice is too short; its contents are then
/// unspecified.
///
/// # Safety
///
/// As for [`drive`].
pub unsafe fn fill(
    slot: &Slot,
    value: *const u8,
    slice: &mut [u8],
    max_depth: u64,
) -> Result<usize, EncodeError> {
    let available = slice.len();
    let fill = Fill { slice, needed: 0 };
    // SAFETY: the caller's duty.
    let (fill, _) = unsafe { through_chunk(slot, value, fill, max_depth) }?;
    if fill.needed > available {
        return Err(EncodeError::buffer_too_small(
            slot.shape(),
            available,
            fill.needed,
        ));
    }
    Ok(fill.needed)
}

/// Hands bytes to an [`io::Write`].
struct Write<W> {
    writer: W,
    written: usize,
}

impl<W: io::Write> Drain for Write<W> {
    fn drain(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.writer.write_all(bytes).map_err(Failure::Io)?;
        self.written = self
            .written
            .checked_add(bytes.len())
            .ok_or(Failure::OutOfMemory)?;
        Ok(())
    }
}

/// Encodes a value into a writer, chunk by chunk, and answers the number of
/// bytes. Does not flush the writer.
///
/// # Errors
///
/// When the encode or the writer fails; what was written before stays written.
///
/// # Safety
///
/// As for [`drive`].
pub unsafe fn write<W: io::Write>(
    slot: &Slot,
    value: *const u8,
    writer: W,
    max_depth: u64,
) -> Result<usize, EncodeError> {
    let write = Write { writer, written: 0 };
    // SAFETY: the caller's duty.
    unsafe { through_chunk(slot, value, write, max_depth) }.map(|(write, _)| write.written)
}

/// Encodes a value through a drain of the caller's.
///
/// # Errors
///
/// When the encode or the drain fails.
///
/// # Safety
///
/// As for [`drive`].
pub unsafe fn drain_into<D: Drain>(
    slot: &Slot,
    value: *const u8,
    drain: D,
    max_depth: u64,
) -> Result<(), EncodeError> {
    // SAFETY: the caller's duty.
    unsafe { through_chunk(slot, value, drain, max_depth) }.map(|_| ())
}
