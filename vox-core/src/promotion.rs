//! How a slot asks for a higher tier: once, and again after a failure, but not for ever.
//!
//! Work is accounted in the slot. When the account is full, the slot tells its [`Promoter`], which
//! decides what to do; [`Promotion`] sees to it that at most one promotion of a slot is under way. A
//! promotion that fails may be repeated when the slot has done a good deal more work, each time more; after
//! [`MAX_FAILURES`] it is left alone.
//!
//! Not here: who compiles, and where. A [`crate::queue`] lies between the two.

use core::panic::{RefUnwindSafe, UnwindSafe};

use crate::slot::Slot;
use crate::sync::{AtomicU64, Ordering};

/// After so many failures a slot is not promoted any more.
pub const MAX_FAILURES: u8 = 4;

/// By how much the work until the next attempt grows with each failure, as a power of two.
const FAILURE_SHIFT: u32 = 3;

/// Who is told when a slot has done enough work to deserve a higher tier.
///
/// It is called in the middle of encodes, so it must be quick, and must not encode.
pub trait Promoter: Send + Sync + UnwindSafe + RefUnwindSafe {
    /// The work a program of so many ops does before the promoter is told. `None`: it is never told.
    fn first_work(&self, ops: usize) -> Option<u64>;

    /// The slot's account is full. It will be again after as much work as
    /// [`Slot::expect_work`] says; unless that is called, after as much again.
    fn hot(&self, slot: &Slot);
}

/// Where a slot is on its way to a higher tier.
#[derive(Debug)]
pub struct Promotion {
    /// The phase, the failures so far, and the process that promotes.
    state: AtomicU64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nobody promotes it.
    Idle = 0,
    /// Somebody does.
    UnderWay = 1,
    /// There is nothing to do any more, or it is no use.
    Settled = 2,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    phase: Phase,
    failures: u8,
    process: u32,
}

impl State {
    fn pack(self) -> u64 {
        (u64::from(self.process) << 32) | (u64::from(self.failures) << 8) | self.phase as u64
    }

    fn unpack(word: u64) -> Self {
        Self {
            phase: match word & 0xff {
                0 => Phase::Idle,
                1 => Phase::UnderWay,
                _ => Phase::Settled,
            },
            failures: (word >> 8 & 0xff) as u8,
            process: (word >> 32) as u32,
        }
    }
}

impl Promotion {
    pub(crate) fn new() -> Self {
        let state = State {
            phase: Phase::Idle,
            failures: 0,
            process: 0,
        };
        Self {
            state: AtomicU64::new(state.pack()),
        }
    }

    /// Changes the state as `change` says; answers the new one, or `None` if it says there is nothing to change.
    fn change(&self, change: impl Fn(State) -> Option<State>) -> Option<State> {
        let mut word = self.state.load(Ordering::Acquire);
        loop {
            let next = change(State::unpack(word))?;
            match self.state.compare_exchange(
                word,
                next.pack(),
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => return Some(next),
                Err(other) => word = other,
            }
        }
    }

    /// Whether the caller is to promote the slot: nobody else does. What another process began, the parent
    /// of this one, does not count: it goes on there, not here.
    #[must_use]
    pub fn claim(&self, process: u32) -> bool {
        self.change(|state| match state.phase {
            Phase::Settled => None,
            Phase::UnderWay if state.process == process => None,
            Phase::Idle | Phase::UnderWay => Some(State {
                phase: Phase::UnderWay,
                process,
                ..state
            }),
        })
        .is_some()
    }

    /// Whether this process is about to promote the slot.
    #[must_use]
    pub fn is_under_way(&self, process: u32) -> bool {
        let state = State::unpack(self.state.load(Ordering::Acquire));
        state.phase == Phase::UnderWay && state.process == process
    }

    /// Gives a claim back with nothing tried, for instance because the queue is full.
    pub fn release(&self) {
        self.change(|state| {
            (state.phase == Phase::UnderWay).then_some(State {
                phase: Phase::Idle,
                ..state
            })
        });
    }

    /// There is nothing left to do, or it is no use.
    pub fn settle(&self) {
        self.change(|state| {
            Some(State {
                phase: Phase::Settled,
                ..state
            })
        });
    }

    /// An attempt failed. Answers the factor by which the work until the next one exceeds that until the
    /// first, or `None` when there will be none.
    #[must_use]
    pub fn fail(&self) -> Option<u64> {
        let state = self.change(|state| {
            let failures = state.failures.saturating_add(1);
            let phase = match failures < MAX_FAILURES && state.phase != Phase::Settled {
                true => Phase::Idle,
                false => Phase::Settled,
            };
            Some(State {
                phase,
                failures,
                ..state
            })
        })?;
        let is_over = state.phase == Phase::Settled;
        (!is_over).then(|| 1 << (FAILURE_SHIFT * u32::from(state.failures)))
    }

    /// How many attempts failed.
    #[must_use]
    pub fn failures(&self) -> u8 {
        State::unpack(self.state.load(Ordering::Acquire)).failures
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn one_claim_at_a_time() {
        let promotion = Promotion::new();
        assert!(promotion.claim(7));
        assert!(!promotion.claim(7));
        promotion.release();
        assert!(promotion.claim(7));
        promotion.settle();
        assert!(!promotion.claim(7));
        assert!(!promotion.claim(8));
    }

    #[test]
    fn a_child_does_not_wait_for_its_parent() {
        let promotion = Promotion::new();
        assert!(promotion.claim(7));
        assert!(promotion.claim(8));
        assert!(!promotion.claim(8));
    }

    #[test]
    fn failures_are_repeated_ever_later_and_then_never() {
        let promotion = Promotion::new();
        let mut factors = Vec::new();
        while promotion.claim(1) {
            match promotion.fail() {
                Some(factor) => factors.push(factor),
                None => break,
            }
        }
        assert_eq!(factors, [8, 64, 512]);
        assert_eq!(promotion.failures(), MAX_FAILURES);
        assert!(!promotion.claim(1));
        assert_eq!(promotion.fail(), None);
    }
}
