//! The slot of a type: the one cell through which its entry is reached.
//!
//! A slot starts with the interpreter's entry; a higher tier replaces the entry
//! with one release store, and callers (other types' code, encoders, the
//! runtime) notice at their next call. The program is set before the entry is
//! first published and never changes.
//!
//! Not here: which slot belongs to which shape ([`crate::registry`]).

mod hint;

use core::sync::atomic::{AtomicPtr, AtomicU8, AtomicU64, Ordering};
use std::sync::OnceLock;

use crate::reflect::Shape;

use crate::entry::EncodeFn;
use crate::program::Program;
use crate::tier::Tier;

pub use hint::SizeHint;

/// The cell of one type in one registry. See the module documentation.
#[repr(C)]
#[derive(Debug)]
pub struct Slot {
    /// An [`EncodeFn`]. First, so that machine code loads it at offset 0.
    entry: AtomicPtr<()>,
    /// Work done at this type's entry since it was made: ops and bytes, roughly.
    work: AtomicU64,
    /// For the first reservation.
    size: SizeHint,
    tier: AtomicU8,
    /// Set when a higher tier was asked for, so that only one caller asks.
    requested: AtomicU8,
    shape: &'static Shape,
    program: OnceLock<Program>,
}

impl Slot {
    /// The offset of the entry pointer, for machine code.
    pub const ENTRY_OFFSET: usize = core::mem::offset_of!(Self, entry);

    /// A slot for a shape, with no program yet: it must not be called before
    /// [`Self::install`].
    pub(crate) fn new(shape: &'static Shape) -> Self {
        Self {
            entry: AtomicPtr::new(core::ptr::null_mut()),
            work: AtomicU64::new(0),
            size: SizeHint::default(),
            tier: AtomicU8::new(Tier::Interpreter as u8),
            requested: AtomicU8::new(0),
            shape,
            program: OnceLock::new(),
        }
    }

    /// A slot of its own, outside any registry, for a program made by hand. The
    /// interpreter is its entry.
    ///
    /// # Safety
    ///
    /// The program is verified, encodes values of this shape, and its linkage is what its
    /// code says: functions of the right kinds, children that outlive the slot.
    #[must_use]
    pub unsafe fn standalone(shape: &'static Shape, program: Program) -> Self {
        let slot = Self::new(shape);
        slot.install(program, crate::interp::interpret);
        slot
    }

    /// Sets the program and the interpreter's entry. Later calls change nothing.
    pub(crate) fn install(&self, program: Program, entry: EncodeFn) {
        if self.program.set(program).is_ok() {
            self.entry.store(entry as *mut (), Ordering::Release);
        }
    }

    /// Replaces the entry by one of another tier.
    ///
    /// # Safety
    ///
    /// `entry` must encode this slot's shape with the meaning of its program,
    /// and stay callable for as long as the slot's registry lives.
    pub unsafe fn publish(&self, entry: EncodeFn, tier: Tier) {
        self.entry.store(entry as *mut (), Ordering::Release);
        self.tier.store(tier as u8, Ordering::Relaxed);
    }

    /// The current entry.
    ///
    /// # Panics
    ///
    /// In debug builds, when the slot has no program yet.
    #[inline]
    #[must_use]
    pub fn entry(&self) -> EncodeFn {
        let entry = self.entry.load(Ordering::Acquire);
        debug_assert!(!entry.is_null(), "a slot is called before it is installed");
        // SAFETY: only `install` and `publish` store here, and they store an
        // EncodeFn; registries hand out slots after `install` (assumption A12).
        unsafe { core::mem::transmute::<*mut (), EncodeFn>(entry) }
    }

    /// The program, once installed.
    #[inline]
    #[must_use]
    pub fn program(&self) -> Option<&Program> {
        self.program.get()
    }

    /// The shape this slot encodes.
    #[must_use]
    pub fn shape(&self) -> &'static Shape {
        self.shape
    }

    /// The tier of the current entry.
    #[must_use]
    pub fn tier(&self) -> Tier {
        Tier::from_u8(self.tier.load(Ordering::Relaxed))
    }

    /// Adds work done and answers the sum. Racing threads may lose some of it:
    /// it steers tier-up, nothing else.
    #[inline]
    pub fn add_work(&self, work: u64) -> u64 {
        let sum = self.work.load(Ordering::Relaxed).saturating_add(work);
        self.work.store(sum, Ordering::Relaxed);
        sum
    }

    /// Work recorded so far.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work.load(Ordering::Relaxed)
    }

    /// Whether the caller is the first to ask for a higher tier.
    #[must_use]
    pub fn request_once(&self) -> bool {
        self.requested.swap(1, Ordering::Relaxed) == 0
    }

    /// What is known of the size of outputs.
    #[inline]
    #[must_use]
    pub fn size(&self) -> &SizeHint {
        &self.size
    }
}
