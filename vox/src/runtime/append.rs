//! Encoding to a vector: what the functions for one type each have in common.
//!
//! They are instantiated for every type, at every place that uses it, and a processor keeps only so much code at hand. So they do
//! no more than name the type's shape and the value's address, and call one of these, which are not generic.
//! Their answers go where the caller's caller wants them, without a copy: an answer of two words that was just written as two
//! is slow to be read as one.

use core::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

use facet_core::Shape;
use vox_core::error::EncodeError;
use vox_core::sink::vec;
use vox_core::slot::Slot;

use super::Runtime;
use super::encode::tagged;
use super::value::Root;

/// Encodes behind what the vector holds.
///
/// # Safety
///
/// The root is a value of the slot's shape, borrowed for the call.
#[expect(clippy::inline_always, reason = "the functions below are its callers")]
#[inline(always)]
unsafe fn append(
    slot: &Slot,
    root: Root,
    buffer: &mut Vec<u8>,
    max_depth: u64,
) -> Result<usize, EncodeError> {
    if root.is_tagged {
        return Err(tagged(slot.shape()));
    }
    // SAFETY: the caller's duty (A1).
    let result = unsafe { vec::append(slot, root.address, buffer, max_depth) };
    slot.look();
    result
}

/// Encodes into a new vector.
///
/// # Safety
///
/// As for [`append`].
#[expect(clippy::inline_always, reason = "the functions below are its callers")]
#[inline(always)]
unsafe fn encode(slot: &Slot, root: Root, max_depth: u64) -> Result<Vec<u8>, EncodeError> {
    if root.is_tagged {
        return Err(tagged(slot.shape()));
    }
    // SAFETY: the caller's duty (A1).
    unsafe { vec::encode_new(slot, root.address, max_depth) }
}

impl Runtime {
    /// Encodes a value of a shape behind what the vector holds.
    ///
    /// # Safety
    ///
    /// The root is a value of the shape, borrowed for the call.
    #[inline(never)]
    pub(crate) unsafe fn append(
        &self,
        shape: &'static Shape,
        root: Root,
        buffer: &mut Vec<u8>,
    ) -> Result<usize, EncodeError> {
        let slot = self.slot(shape)?;
        // SAFETY: the caller's duty.
        unsafe { append(slot, root, buffer, self.max_depth()) }
    }

    /// Encodes a value of a shape into a new vector.
    ///
    /// # Safety
    ///
    /// As for [`Self::append`].
    #[inline(never)]
    pub(crate) unsafe fn encode(
        &self,
        shape: &'static Shape,
        root: Root,
    ) -> Result<Vec<u8>, EncodeError> {
        let slot = self.slot(shape)?;
        // SAFETY: the caller's duty.
        unsafe { encode(slot, root, self.max_depth()) }
    }
}

/// [`Runtime::append`] of the global runtime.
///
/// # Safety
///
/// As there.
#[inline(never)]
pub(crate) unsafe fn append_globally(
    shape: &'static Shape,
    root: Root,
    buffer: &mut Vec<u8>,
) -> Result<usize, EncodeError> {
    let runtime = Runtime::global();
    let slot = runtime.slot(shape)?;
    // SAFETY: the caller's duty.
    unsafe { append(slot, root, buffer, runtime.max_depth()) }
}

/// [`Runtime::encode`] of the global runtime.
///
/// # Safety
///
/// As there.
#[inline(never)]
pub(crate) unsafe fn encode_globally(
    shape: &'static Shape,
    root: Root,
) -> Result<Vec<u8>, EncodeError> {
    let runtime = Runtime::global();
    let slot = runtime.slot(shape)?;
    // SAFETY: the caller's duty.
    unsafe { encode(slot, root, runtime.max_depth()) }
}

/// A slot of the global runtime, found when it is first wanted, and what else an encode needs of that: what an encoder keeps.
#[derive(Debug)]
pub(crate) struct KnownSlot {
    slot: AtomicPtr<Slot>,
    /// Of the global runtime. Stored before the slot.
    max_depth: AtomicU64,
}

impl KnownSlot {
    /// Of a type that was not looked for yet.
    pub(crate) const fn unknown() -> Self {
        Self {
            slot: AtomicPtr::new(core::ptr::null_mut()),
            max_depth: AtomicU64::new(0),
        }
    }

    /// The slot, once it was looked for, and the depth limit.
    #[inline]
    fn get(&self) -> Option<(&'static Slot, u64)> {
        let slot = self.slot.load(Ordering::Acquire);
        // SAFETY: only `find` stores here, and it stores a slot of the
        // global runtime, which is never dropped (A12).
        let slot = unsafe { slot.as_ref() }?;
        Some((slot, self.max_depth.load(Ordering::Relaxed)))
    }

    fn find(&self, shape: &'static Shape) -> Result<(), EncodeError> {
        let runtime = Runtime::global();
        let slot = runtime.slot(shape)?;
        self.max_depth.store(runtime.max_depth(), Ordering::Relaxed);
        self.slot
            .store(core::ptr::from_ref(slot).cast_mut(), Ordering::Release);
        Ok(())
    }

    /// As [`append_globally`], without a search.
    ///
    /// # Safety
    ///
    /// As there, and the shape is the same in every call.
    #[inline(never)]
    pub(crate) unsafe fn append(
        &self,
        shape: &'static Shape,
        root: Root,
        buffer: &mut Vec<u8>,
    ) -> Result<usize, EncodeError> {
        // SAFETY: the caller's duty; the slot is that of the shape.
        unsafe {
            match self.get() {
                Some((slot, max_depth)) => append(slot, root, buffer, max_depth),
                None => self.find_and_append(shape, root, buffer),
            }
        }
    }

    /// [`Self::append`] for the first time: a function of its own, so that the other needs to keep less.
    ///
    /// # Safety
    ///
    /// As there.
    #[cold]
    #[inline(never)]
    unsafe fn find_and_append(
        &self,
        shape: &'static Shape,
        root: Root,
        buffer: &mut Vec<u8>,
    ) -> Result<usize, EncodeError> {
        self.find(shape)?;
        // SAFETY: the caller's duty.
        unsafe { self.append(shape, root, buffer) }
    }

    /// As [`encode_globally`], without a search.
    ///
    /// # Safety
    ///
    /// As for [`Self::append`].
    #[inline(never)]
    pub(crate) unsafe fn encode(
        &self,
        shape: &'static Shape,
        root: Root,
    ) -> Result<Vec<u8>, EncodeError> {
        // SAFETY: the caller's duty; the slot is that of the shape.
        unsafe {
            match self.get() {
                Some((slot, max_depth)) => encode(slot, root, max_depth),
                None => self.find_and_encode(shape, root),
            }
        }
    }

    /// [`Self::encode`] for the first time.
    ///
    /// # Safety
    ///
    /// As there.
    #[cold]
    #[inline(never)]
    unsafe fn find_and_encode(
        &self,
        shape: &'static Shape,
        root: Root,
    ) -> Result<Vec<u8>, EncodeError> {
        self.find(shape)?;
        // SAFETY: the caller's duty.
        unsafe { self.encode(shape, root) }
    }
}
