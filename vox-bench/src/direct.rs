//! An encode with the slot at hand: what there is to do when nothing has to be found.
//!
//! By the interpreter always: the slots are those of a registry nobody promotes.

use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::sync::LazyLock;

use facet::Facet;
use vox::EncodeError;
use vox_core::lower::LowerOptions;
use vox_core::registry::Registry;
use vox_core::sink::vec::{Frame, Start};
use vox_core::slot::Slot;

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    Registry::new(LowerOptions {
        probed_layouts: true,
    })
});

/// The slot of a type.
pub struct Direct<T> {
    slot: &'static Slot,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Direct<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Direct<T> {}

impl<T> fmt::Debug for Direct<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Direct").field(self.slot).finish()
    }
}

impl<T: Facet<'static>> Direct<T> {
    /// Finds the slot, this once.
    ///
    /// # Panics
    ///
    /// Panics if the type has no encoding.
    #[must_use]
    pub fn new() -> Self {
        Self {
            slot: REGISTRY
                .slot(T::SHAPE)
                .expect("what is measured has an encoding"),
            of: PhantomData,
        }
    }

    /// Appends the bytes of a value, in the three steps that all others take.
    ///
    /// # Errors
    ///
    /// As for [`vox::to_bytes_in`].
    #[inline]
    pub fn encode_in(self, value: &T, buffer: &mut Vec<u8>) -> Result<usize, EncodeError> {
        let mut frame = MaybeUninit::uninit();
        let frame = frame.as_mut_ptr();
        // SAFETY: memory for a frame; the slot is that of the value's type (A1), and the vector is ours (A3).
        unsafe {
            let start = begin(frame, self.slot, buffer);
            let end = start.call(frame, core::ptr::from_ref(value).cast());
            finish(frame, end)
        }
    }
}

impl<T: Facet<'static>> Default for Direct<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// See [`Frame::begin_append`].
///
/// # Safety
///
/// As there.
#[inline(never)]
unsafe fn begin<'v>(
    frame: *mut Frame<&'v mut Vec<u8>>,
    slot: &Slot,
    buffer: &'v mut Vec<u8>,
) -> Start {
    // SAFETY: the caller's duty.
    unsafe { Frame::begin_append(frame, slot, buffer, 64) }
}

/// See [`Frame::finish_append`].
///
/// # Safety
///
/// As there.
#[inline(never)]
unsafe fn finish(frame: *mut Frame<&mut Vec<u8>>, end: *mut u8) -> Result<usize, EncodeError> {
    // SAFETY: the caller's duty.
    unsafe { Frame::finish_append(frame, end) }
}
