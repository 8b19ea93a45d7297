//! The slot of a type: the one cell through which its entry is reached.
//!
//! A slot starts with the interpreter's entry; a higher tier replaces the entry
//! with one release exchange, and callers (other types' code, encoders, the
//! runtime) notice at their next call. The program is set before the entry is
//! first published and never changes.
//!
//! A slot also keeps account of the work its type does in the lower tiers. The account starts below zero
//! and fills: so code that adds to it learns from the sign of the sum, without another load, that the type has
//! become hot.
//!
//! Not here: which slot belongs to which shape ([`crate::registry`]), what happens to hot ones
//! ([`crate::promotion`]).

mod hint;

use std::sync::{OnceLock, Weak};

use crate::reflect::Shape;

use crate::entry::EncodeFn;
use crate::program::Program;
use crate::promotion::{Promoter, Promotion};
use crate::sync::{AtomicI64, AtomicPtr, AtomicU8, AtomicU64, Ordering};
use crate::tier::Tier;

pub use hint::SizeHint;

/// An account that no work fills.
const NEVER: i64 = i64::MIN / 2;

/// The cell of one type in one registry. See the module documentation.
#[repr(C)]
pub struct Slot {
    /// First, so that machine code loads it at offset 0.
    entry: SlotEntry,
    /// Ops and elements of work, below zero by what is missing until the type is hot.
    account: AtomicI64,
    /// For the first reservation.
    size: SizeHint,
    tier: AtomicU8,
    promotion: Promotion,
    /// Work done when the account is zero.
    full: AtomicU64,
    shape: &'static Shape,
    program: OnceLock<Program>,
    promoter: Option<Weak<dyn Promoter>>,
}

/// An [`EncodeFn`], or null before there is one.
#[repr(transparent)]
pub(crate) struct SlotEntry(AtomicPtr<()>);

impl SlotEntry {
    /// Of what takes a slot's place.
    #[cfg(not(loom))]
    pub(crate) const fn new(entry: EncodeFn) -> Self {
        Self(AtomicPtr::new(entry as *mut ()))
    }

    #[inline]
    fn get(&self) -> EncodeFn {
        let entry = self.0.load(Ordering::Acquire);
        debug_assert!(!entry.is_null(), "a slot is called before it is installed");
        // SAFETY: only `new`, and a slot's `install` and `publish`, store here, and they store an
        // EncodeFn; registries hand out slots after `install` (assumption A12).
        unsafe { core::mem::transmute::<*mut (), EncodeFn>(entry) }
    }
}

// A slot is atomics, and a program that never changes; a panic leaves nothing of it half done.
impl core::panic::RefUnwindSafe for Slot {}
impl core::panic::UnwindSafe for Slot {}

impl core::fmt::Debug for Slot {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Slot")
            .field("shape", &self.shape.type_identifier)
            .field("tier", &self.tier())
            .field("work", &self.work())
            .finish_non_exhaustive()
    }
}

impl Slot {
    /// The offset of the entry pointer, for machine code.
    pub const ENTRY_OFFSET: usize = core::mem::offset_of!(Self, entry);

    /// The offset of the account of work, for machine code that adds to it. When the sum, a signed word, is
    /// not negative, the type is hot, and [`tell_hot`] is to be called.
    pub const WORK_OFFSET: usize = core::mem::offset_of!(Self, account);

    /// A slot for a shape, with no program yet: it must not be called before
    /// [`Self::install`].
    pub(crate) fn new(shape: &'static Shape, promoter: Option<Weak<dyn Promoter>>) -> Self {
        Self {
            entry: SlotEntry(AtomicPtr::new(core::ptr::null_mut())),
            account: AtomicI64::new(NEVER),
            size: SizeHint::default(),
            tier: AtomicU8::new(Tier::Interpreter as u8),
            promotion: Promotion::new(),
            full: AtomicU64::new(NEVER.unsigned_abs()),
            shape,
            program: OnceLock::new(),
            promoter,
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
        let slot = Self::new(shape, None);
        slot.install(program, crate::interp::interpret);
        slot
    }

    /// As [`Self::standalone`], with somebody to tell when it is hot.
    ///
    /// # Safety
    ///
    /// As for [`Self::standalone`].
    #[must_use]
    pub unsafe fn standalone_promoted(
        shape: &'static Shape,
        program: Program,
        promoter: Weak<dyn Promoter>,
    ) -> Self {
        let slot = Self::new(shape, Some(promoter));
        slot.install(program, crate::interp::interpret);
        slot
    }

    /// Sets the program and the interpreter's entry. Later calls change nothing.
    pub(crate) fn install(&self, program: Program, entry: EncodeFn) {
        let ops = program.code.op_count();
        if self.program.set(program).is_ok() {
            let work = self.promoter().and_then(|it| it.first_work(ops));
            if let Some(work) = work {
                self.expect_work(work);
            }
            self.entry.0.store(entry as *mut (), Ordering::Release);
        }
    }

    fn promoter(&self) -> Option<std::sync::Arc<dyn Promoter>> {
        self.promoter.as_ref()?.upgrade()
    }

    /// Replaces the entry by one of another tier, unless a higher one is there already.
    ///
    /// # Safety
    ///
    /// `entry` must encode this slot's shape with the meaning of its program,
    /// and stay callable for as long as the slot's registry lives.
    pub unsafe fn publish(&self, entry: EncodeFn, tier: Tier) {
        let seen = self.entry.0.load(Ordering::Acquire);
        // Before the entry: who sees the entry of a tier sees the tier as well.
        let before = self.tier.fetch_max(tier as u8, Ordering::AcqRel);
        if before > tier as u8 {
            return;
        }
        if tier == Tier::Optimized {
            // Not a plain store: a lower tier's exchange comes before it or fails.
            self.entry.0.swap(entry as *mut (), Ordering::AcqRel);
            self.account.store(NEVER, Ordering::Relaxed);
        } else {
            // Fails when a higher tier comes in between, which is what it is for.
            let _ = self.entry.0.compare_exchange(
                seen,
                entry as *mut (),
                Ordering::AcqRel,
                Ordering::Relaxed,
            );
        }
    }

    /// The current entry.
    ///
    /// # Panics
    ///
    /// In debug builds, when the slot has no program yet.
    #[inline]
    #[must_use]
    pub fn entry(&self) -> EncodeFn {
        self.entry.get()
    }

    /// The current entry of a slot, or of what is no more than a [`SlotEntry`].
    ///
    /// # Panics
    ///
    /// As for [`Self::entry`].
    ///
    /// # Safety
    ///
    /// One of them is there.
    #[inline]
    pub(crate) unsafe fn entry_at(slot: *const Self) -> EncodeFn {
        const { assert!(Self::ENTRY_OFFSET == 0) };
        // SAFETY: the caller's duty; a slot begins with its entry.
        unsafe { (*slot.cast::<SlotEntry>()).get() }
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

    /// Adds work done, and tells the promoter when the account is full. Racing threads may lose
    /// some of it: it steers promotion, nothing else.
    #[inline]
    pub fn count(&self, work: u64) {
        let work = i64::try_from(work).unwrap_or(i64::MAX);
        let sum = self.account.load(Ordering::Relaxed).saturating_add(work);
        self.account.store(sum, Ordering::Relaxed);
        if sum >= 0 {
            self.tell();
        }
    }

    /// Whether the account is full.
    #[inline]
    pub(crate) fn is_hot(&self) -> bool {
        self.account.load(Ordering::Relaxed) >= 0
    }

    /// Tells the promoter if the account is full. For callers of code that adds to it and does not look.
    #[inline]
    pub fn look(&self) {
        if self.is_hot() {
            self.tell();
        }
    }

    /// The account is full: empties it, and tells.
    #[cold]
    #[inline(never)]
    fn tell(&self) {
        if self.tier() == Tier::Optimized {
            // An addition was under way when the code was published.
            self.account.store(NEVER, Ordering::Relaxed);
            return;
        }
        match self.promoter() {
            Some(promoter) => {
                // As much again until the next time, whatever the promoter does.
                self.expect_work(self.work().max(1));
                promoter.hot(self);
            }
            None => self.expect_no_work(),
        }
    }

    /// The promoter is to be told after so much more work.
    pub fn expect_work(&self, work: u64) {
        let more = i64::try_from(work)
            .unwrap_or(i64::MAX)
            .min(NEVER.saturating_neg());
        let done = self.work();
        self.full
            .store(done.saturating_add(more.unsigned_abs()), Ordering::Relaxed);
        self.account.store(-more, Ordering::Relaxed);
    }

    /// The promoter is not to be told any more. What was done is forgotten.
    pub fn expect_no_work(&self) {
        self.full.store(NEVER.unsigned_abs(), Ordering::Relaxed);
        self.account.store(NEVER, Ordering::Relaxed);
    }

    /// Work recorded so far in the lower tiers, until the highest was reached or given up.
    #[must_use]
    pub fn work(&self) -> u64 {
        let full = i64::try_from(self.full.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        let done = full.saturating_add(self.account.load(Ordering::Relaxed));
        u64::try_from(done).unwrap_or(0)
    }

    /// Where the slot is on its way to a higher tier.
    #[must_use]
    pub fn promotion(&self) -> &Promotion {
        &self.promotion
    }

    /// What is known of the size of outputs.
    #[inline]
    #[must_use]
    pub fn size(&self) -> &SizeHint {
        &self.size
    }
}

crate::entry_fn! {
    /// What machine code calls when its addition to a slot's account of work is not negative.
    ///
    /// # Safety
    ///
    /// The slot is alive.
    pub unsafe fn tell_hot(slot: *const Slot) {
        // SAFETY: the caller's duty (A12).
        unsafe { &*slot }.look();
    }
}
