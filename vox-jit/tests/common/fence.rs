//! Output that ends at memory nobody may touch: a write beyond the room that was promised
//! ends the test program.
//!
//! Every region has exactly the room a sink must give and no more, so that whatever
//! is written too far meets the fence.

use region::Protection;
use vox_core::cx::{Failure, OVERSHOOT, SLACK};
use vox_core::error::EncodeError;
use vox_core::sink::{Region, Sink, drive};
use vox_core::slot::Slot;

use super::MAX_DEPTH;

/// Room for the largest reserve of a program, in whole pages, before the fence.
const ROOM_BYTES: usize = 1 << 17;

/// A sink that keeps the bytes elsewhere and gives the same memory again and again.
pub struct FencedSink {
    memory: region::Allocation,
    /// Bytes more than promised in every region: moves the fence along the output.
    extra: usize,
    start: *mut u8,
    taken: Vec<u8>,
}

impl FencedSink {
    pub fn new() -> Self {
        let page = region::page::size();
        let mut memory = region::alloc(ROOM_BYTES + page, Protection::READ_WRITE).unwrap();
        let start = memory.as_mut_ptr::<u8>();
        // SAFETY: a page of our own that nothing refers to.
        unsafe { region::protect(start.add(ROOM_BYTES), page, Protection::NONE) }.unwrap();
        Self {
            memory,
            extra: 0,
            start,
            taken: Vec::new(),
        }
    }

    fn take(&mut self, out: *const u8) {
        let len = out.addr() - self.start.addr();
        // SAFETY: from the start of the region to the cursor, all written by the encoder.
        let written = unsafe { core::slice::from_raw_parts(self.start, len) };
        self.taken.extend_from_slice(written);
    }

    /// The smallest region with so many spare bytes, and the extra.
    fn region(&mut self, spare: usize) -> Region {
        let len = (spare + OVERSHOOT).max(SLACK) + self.extra;
        assert!(len <= ROOM_BYTES, "a reserve of {spare} bytes");
        let fence = self.memory.as_mut_ptr::<u8>().wrapping_add(ROOM_BYTES);
        self.start = fence.wrapping_sub(len);
        // SAFETY: the last `len` bytes before the fence.
        unsafe { self.start.write_bytes(0xa5, len) };
        Region::new(self.start, fence)
    }

    /// The bytes of a value.
    ///
    /// # Safety
    ///
    /// `value` is what the slot's entry takes.
    pub unsafe fn encode(
        &mut self,
        slot: &Slot,
        value: *const u8,
        extra: usize,
    ) -> Result<&[u8], EncodeError> {
        self.taken.clear();
        self.extra = extra;
        let region = self.region(0);
        // SAFETY: the caller's duty; the region is the sink's.
        let encoded = unsafe { drive(slot, value, self, region, MAX_DEPTH) }?;
        self.take(encoded.end);
        Ok(&self.taken)
    }
}

// SAFETY: regions are memory of our own with the room and the slack asked for, and what is
// written there was taken before they are given again.
unsafe impl Sink for FencedSink {
    unsafe fn grow(&mut self, out: *mut u8, spare: usize) -> Result<Region, Failure> {
        self.take(out);
        Ok(self.region(spare))
    }

    unsafe fn bulk(
        &mut self,
        out: *mut u8,
        source: &[u8],
        spare: usize,
    ) -> Result<Region, Failure> {
        self.take(out);
        self.taken.extend_from_slice(source);
        Ok(self.region(spare))
    }
}
