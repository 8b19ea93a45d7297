//! How large the next output will be, as far as earlier ones tell.
//!
//! Two things are learnt. The *length* is that of the largest output: a longer one raises it
//! at once, though at most to [`FIRST`] bytes or twice what it was, and where [`WINDOW`] outputs in a row are shorter than half, it becomes the
//! largest of those. So one huge message among small ones neither gives those its buffer for long
//! nor is missed for long where it is the rule; of messages whose lengths vary one in a hundred grows its buffer; a buffer
//! has no more to spare than one that was doubled until it was large enough; and where lengths do not vary by more, nothing is
//! stored, which threads would wait for, and no branch depends on them. (With an eighth in place of half, 64 integers
//! of random magnitudes took 4 of 27 ns longer: one length in ten was on the other side.) To take back a part of the
//! difference at each shorter output was tried: of random lengths every fifth grew.
//!
//! The *headroom* is how far beyond its end an output asked for room: an encoder asks for the most its next
//! fields may take, and a buffer of just the right length would be grown for room that is not
//! used. It is at most a reserve ([`MAX_RESERVE`]) and stays.
//!
//! Threads that race lose an update now and then, which costs a growth.

use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use crate::program::MAX_RESERVE;

/// After so many shorter outputs older ones are forgotten.
const WINDOW: u32 = 64;

/// What the first outputs of a type may raise the length to.
const FIRST: u32 = 4096;

/// Lengths are kept below this.
const NONE: u32 = u32::MAX;

/// See the module documentation.
///
/// Lengths are 32 bits, and those that need more are taken for the longest that does not: an output of four gigabytes
/// may grow, and that nothing overflows need not be checked where room is asked for.
#[derive(Debug, Default)]
pub struct SizeHint {
    /// The length and the headroom: what every encode to a new vector asks for.
    room: AtomicU32,
    len: AtomicU32,
    /// Outputs are as expected from this length on, and so many bytes longer: up to `len`. While a window is open only one of [`NONE`]
    /// bytes is, so that each is looked at.
    least: AtomicUsize,
    span: AtomicUsize,
    /// The largest of the shorter ones in a row.
    largest: AtomicU32,
    /// How many they are.
    count: AtomicU32,
    headroom: AtomicU32,
}

fn clamped(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(NONE - 1)
}

impl SizeHint {
    /// The room to start with.
    #[inline]
    #[must_use]
    pub fn room(&self) -> u32 {
        self.room.load(Ordering::Relaxed)
    }

    /// Sums up, after a change. Whoever sums up last of those that race sees what the others changed: in one order with the changes.
    fn sum_up(&self) {
        let sum = || {
            let len = self.len.load(Ordering::SeqCst);
            len.saturating_add(self.headroom.load(Ordering::SeqCst))
        };
        let mut room = sum();
        loop {
            self.room.store(room, Ordering::SeqCst);
            let now = sum();
            if now == room {
                return;
            }
            room = now;
        }
    }

    /// Whether there is nothing to learn from an output of `len` bytes.
    #[inline]
    #[must_use]
    pub fn expects(&self, len: usize) -> bool {
        // One comparison: what is less wraps around.
        let beyond = len.wrapping_sub(self.least.load(Ordering::Relaxed));
        beyond <= self.span.load(Ordering::Relaxed)
    }

    fn expect_from(&self, least: u32, span: u32) {
        self.least.store(least as usize, Ordering::Relaxed);
        self.span.store(span as usize, Ordering::Relaxed);
    }

    /// Learns from an output of `len` bytes that had room enough from the start.
    #[inline]
    pub fn learn(&self, len: usize) {
        // What is as expected is not worth a store: the line belongs to all threads that encode the type.
        if !self.expects(len) {
            self.learn_other(len);
        }
    }

    /// Learns from an output of `len` bytes for which `asked` bytes of room were made.
    #[cold]
    pub fn learn_grown(&self, len: usize, asked: usize) {
        let headroom = clamped(asked.saturating_sub(len)).min(MAX_RESERVE);
        self.headroom.fetch_max(headroom, Ordering::SeqCst);
        // Threads that race may leave a length and another's expectation: then what grows is more than the one, if not than the other.
        if !self.expects(len) || clamped(len) > self.len.load(Ordering::Relaxed) {
            self.learn_other(len);
        }
        self.sum_up();
    }

    /// As [`Self::learn`], from a length that is not as expected, or behind such a one.
    #[inline(never)]
    fn learn_other(&self, len: usize) {
        let len = clamped(len);
        let hint = self.len.load(Ordering::Relaxed);
        if len > hint {
            return self.expect(len.min(hint.saturating_mul(2).max(FIRST)));
        }
        if len >= hint.div_ceil(2) {
            return self.expect(hint);
        }
        let largest = self.largest.load(Ordering::Relaxed).max(len);
        let count = self.count.load(Ordering::Relaxed) + 1;
        if count >= WINDOW {
            return self.expect(largest);
        }
        self.largest.store(largest, Ordering::Relaxed);
        self.count.store(count, Ordering::Relaxed);
        self.expect_from(NONE, 0);
    }

    /// Expects outputs of about this length, of which there was none that is shorter yet.
    fn expect(&self, len: u32) {
        self.len.store(len, Ordering::SeqCst);
        self.count.store(0, Ordering::Relaxed);
        self.largest.store(0, Ordering::Relaxed);
        self.expect_from(len.div_ceil(2), len / 2);
        self.sum_up();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_lengths_are_followed_at_once() {
        let hint = SizeHint::default();
        hint.learn(100);
        assert_eq!(hint.room(), 100);
        hint.learn(3000);
        assert_eq!(hint.room(), 3000);
    }

    #[test]
    fn one_huge_message_does_not_inflate_the_buffers_behind_it() {
        let hint = SizeHint::default();
        hint.learn(500);
        hint.learn(1 << 30);
        assert_eq!(hint.room(), FIRST);
        for _ in 0..2 * WINDOW {
            hint.learn(500);
        }
        assert_eq!(hint.room(), 500);
    }

    #[test]
    fn half_the_length_is_as_expected_and_stores_nothing() {
        let hint = SizeHint::default();
        hint.learn(1000);
        for len in 500..1000 {
            hint.learn(len);
            assert_eq!(hint.count.load(Ordering::Relaxed), 0, "{len}");
        }
        hint.learn(499);
        assert_eq!(hint.count.load(Ordering::Relaxed), 1);
        assert_eq!(hint.room(), 1000);
    }

    #[test]
    fn an_output_of_about_the_length_begins_the_window_anew() {
        let hint = SizeHint::default();
        for len in [1000]
            .into_iter()
            .chain([10; WINDOW as usize - 1])
            .chain([500])
        {
            hint.learn(len);
        }
        for len in [10; WINDOW as usize - 1] {
            hint.learn(len);
            assert_eq!(hint.room(), 1000);
        }
        hint.learn(10);
        assert_eq!(hint.room(), 10);
    }

    #[test]
    fn lengths_that_vary_are_seldom_more_than_the_hint() {
        let hint = SizeHint::default();
        let mut state = 1_u32;
        let mut short = 0;
        for _ in 0..10_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let len = state >> 22;
            short += u32::from(len > hint.room());
            hint.learn(len as usize);
        }
        assert!(short < 200, "{short} of 10,000");
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn lengths_of_more_than_32_bits_are_taken_for_the_longest_that_has_them() {
        let hint = SizeHint::default();
        for _ in 0..32 {
            hint.learn(1 << 40);
        }
        hint.learn_grown(1 << 40, (1 << 40) + 1000);
        assert_eq!(hint.len.load(Ordering::Relaxed), NONE - 1);
        assert_eq!(hint.room(), u32::MAX);
        for _ in 0..WINDOW {
            hint.learn(10);
        }
        assert_eq!(hint.room(), 1010);
    }

    #[test]
    fn a_growth_of_a_short_output_does_not_begin_the_window_anew() {
        let hint = SizeHint::default();
        hint.learn(4000);
        for _ in 0..WINDOW / 2 {
            hint.learn(10);
            hint.learn_grown(10, 30);
        }
        assert_eq!(hint.room(), 30);
    }

    #[test]
    fn what_is_expected_is_from_half_the_length_to_all_of_it() {
        for most in [1_usize, 2, 999, 1000] {
            let hint = SizeHint::default();
            hint.learn(most);
            let least = most.div_ceil(2);
            for (len, is_expected) in [
                (least - 1, false),
                (least, true),
                (most, true),
                (most + 1, false),
                (usize::MAX, false),
            ] {
                assert_eq!(hint.expects(len), is_expected, "{len} of {most}");
            }
            hint.learn(least - 1);
            assert!(!hint.expects(most), "a window is open");
        }
    }

    /// What two threads leave that expect different lengths at once, of which each stored something last.
    #[test]
    fn a_torn_expectation_is_repaired_by_the_next_growth() {
        let hint = SizeHint::default();
        hint.expect(100);
        hint.expect_from(2000, 2000);
        assert!(hint.expects(3000));
        hint.learn_grown(3000, 3000);
        assert_eq!(hint.room(), 3000);
        assert!(hint.expects(3000) && !hint.expects(1000));
    }

    #[test]
    fn large_messages_that_stay_are_reached_in_steps() {
        let hint = SizeHint::default();
        let steps = (1..).take_while(|_| {
            hint.learn(1 << 20);
            hint.room() < 1 << 20
        });
        assert_eq!(steps.count(), 8);
    }

    #[test]
    fn room_asked_for_and_not_used_is_kept_as_headroom() {
        let hint = SizeHint::default();
        hint.learn_grown(150, 380);
        assert_eq!(hint.room(), 380);
        hint.learn(150);
        assert_eq!(hint.room(), 380);
        hint.learn_grown(150, 1 << 20);
        assert_eq!(hint.room(), 150 + MAX_RESERVE);
    }
}
