//! Encoding to a vector: what the functions for one type each have in common.
//!
//! They are instantiated for every type, at every place that uses it, and a processor keeps only so much code at hand. So they do
//! no more than name the type's shape and the value's address, and call one of these, which are not generic.
//! Their answers go where the caller's caller wants them, without a copy: an answer of two words that was just written as two
//! is slow to be read as one.

use core::sync::atomic::{AtomicPtr, Ordering};

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
    runtime: &Runtime,
    slot: &Slot,
    root: Root,
    buffer: &mut Vec<u8>,
) -> Result<usize, EncodeError> {
    if root.is_tagged {
        return Err(tagged(slot.shape()));
    }
    // SAFETY: the caller's duty (A1).
    let result = unsafe { vec::append(slot, root.address, buffer, runtime.max_depth()) };
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
unsafe fn encode(runtime: &Runtime, slot: &Slot, root: Root) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::new();
    // SAFETY: the caller's duty.
    unsafe { append(runtime, slot, root, &mut bytes) }?;
    Ok(bytes)
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
        unsafe { append(self, slot, root, buffer) }
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
        unsafe { encode(self, slot, root) }
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
    unsafe { append(runtime, slot, root, buffer) }
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
    unsafe { encode(runtime, slot, root) }
}

/// A slot of the global runtime, found when it is first wanted: what an encoder keeps.
#[derive(Debug)]
pub(crate) struct KnownSlot(AtomicPtr<Slot>);

impl KnownSlot {
    /// Of a type that was not looked for yet.
    pub(crate) const fn unknown() -> Self {
        Self(AtomicPtr::new(core::ptr::null_mut()))
    }

    #[inline]
    fn get(&self, shape: &'static Shape) -> Result<&'static Slot, EncodeError> {
        let slot = self.0.load(Ordering::Acquire);
        if slot.is_null() {
            return self.find(shape);
        }
        // SAFETY: only `find` stores here, and it stores a slot of the
        // global runtime, which is never dropped (A12).
        Ok(unsafe { &*slot })
    }

    #[cold]
    fn find(&self, shape: &'static Shape) -> Result<&'static Slot, EncodeError> {
        let slot = Runtime::global().slot(shape)?;
        self.0
            .store(core::ptr::from_ref(slot).cast_mut(), Ordering::Release);
        Ok(slot)
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
        let slot = self.get(shape)?;
        // SAFETY: the caller's duty; the slot is that of the shape.
        unsafe { append(Runtime::global(), slot, root, buffer) }
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
        let slot = self.get(shape)?;
        // SAFETY: the caller's duty; the slot is that of the shape.
        unsafe { encode(Runtime::global(), slot, root) }
    }
}
