//! The policy: when a type is compiled.
//!
//! A type starts in the lowest tier that serves it at once. There it keeps account of its work: ops
//! executed, and what equals them in time, not calls, for a call may take a nanosecond or a second. When it
//! has done enough, it is handed to the background thread ([`super::worker`]); callers go on in the lower tier
//! meanwhile and never wait.
//!
//! Enough is what the compilation costs: a type that has spent as much time in the interpreter as its
//! compilation takes is compiled. Whatever it does afterwards, it then has cost at most twice what it
//! would have with foresight. Compilation time goes with the size of the program, and so does the threshold.
//!
//! # Types within types
//!
//! A type that is not inlined has a slot and an account of its own. The interpreter and the baseline add to
//! the account of the type whose code runs, so a hot type is seen whoever calls it, in the middle of an
//! encode, and from a root that is not hot itself. Code of the highest tier counts nothing. It need not:
//! whenever a type is compiled, so are all types its program can call, and what failed among them goes on
//! counting in its own tier.

use vox_core::fork::process_id;
use vox_core::promotion::Promoter;
use vox_core::slot::Slot;
use vox_core::tier::Tier;

use super::code::Failure;
use super::settings::Settings;
use super::worker::{self, NotTaken};
use super::{Inner, code};

/// Work before a program of no ops would be compiled: what every compilation costs.
///
/// From the table that `cargo run --release -p vox-bench --bin thresholds` prints, x86-64, 2026-11-25. The work the
/// interpreter does in the time of the compilation was: strings (2 ops) 28,000, a tree (9) 60,000, slices (9) 67,000,
/// the gnarly message (30) 160,000, an enum of many variants (40) 168,000, 64 scalars (65) 315,000, `cargo metadata`
/// (101) 646,000. In the middle an op takes 6.6 ns to interpret and 36 us to compile.
const FIRST_WORK: u64 = 20_000;

/// Work on top for each op of the program.
const FIRST_WORK_PER_OP: u64 = 5_000;

impl Promoter for Inner {
    fn first_work(&self, ops: usize) -> Option<u64> {
        let automatic = self.settings.tier.is_none() && self.settings.background;
        let is_possible = code::AVAILABLE_TIERS.contains(&Tier::Optimized);
        (automatic && is_possible).then(|| self.settings.first_work(ops))
    }

    fn hot(&self, slot: &Slot) {
        if !slot.promotion().claim(process_id()) {
            return;
        }
        match worker::send(self.me.clone(), slot) {
            Ok(()) => {}
            Err(NotTaken::Full) => slot.promotion().release(),
            // The report says so. `tracing` must not be called here: the encode may hold locks of the value.
            Err(NotTaken::NoThread) => {
                self.wait_longer(slot);
            }
        }
    }
}

impl Settings {
    /// The work a program of so many ops does in a lower tier before it is compiled.
    pub(super) fn first_work(&self, ops: usize) -> u64 {
        let ops = u64::try_from(ops).unwrap_or(u64::MAX);
        let cost = || FIRST_WORK.saturating_add(FIRST_WORK_PER_OP.saturating_mul(ops));
        self.compile_after.unwrap_or_else(cost)
    }
}

impl Inner {
    /// Compiles a slot whose promotion the caller has claimed, and settles it.
    pub(super) fn promote(&self, slot: &Slot) {
        match self.raise(&[slot], Tier::Optimized, 1) {
            Ok(()) => slot.promotion().settle(),
            Err(failure) => self.try_later(slot, &failure),
        }
    }

    /// What follows a failure: more work until the next attempt, or no attempt any more.
    fn try_later(&self, slot: &Slot, failure: &Failure) {
        let again = failure.may_pass && self.wait_longer(slot);
        if !failure.may_pass {
            give_up(slot);
        }
        tracing::debug!(
            shape = %slot.shape(),
            reason = failure.reason,
            again,
            "not compiled"
        );
    }

    /// Lets a slot whose promotion failed do more work until the next attempt; answers whether there is to be one.
    fn wait_longer(&self, slot: &Slot) -> bool {
        let ops = slot.program().map_or(0, |it| it.code.op_count());
        match slot.promotion().fail() {
            Some(factor) => {
                slot.expect_work(self.settings.first_work(ops).saturating_mul(factor));
                true
            }
            None => {
                give_up(slot);
                false
            }
        }
    }
}

/// Leaves a slot where it is for good.
fn give_up(slot: &Slot) {
    slot.promotion().settle();
    slot.expect_no_work();
}
