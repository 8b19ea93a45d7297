//! How large the next output will be, as far as earlier ones tell.
//!
//! Two things are learnt. The *length* is that of the largest output: a longer one raises it
//! at once, though at most to [`FIRST`] bytes or twice what it was, and where [`WINDOW`] outputs in a row are more than an eighth shorter, it becomes the
//! largest of those. So one huge message among small ones neither gives those its buffer for long
//! nor is missed for long where it is the rule; of messages whose lengths vary one in a hundred grows its buffer; and where they do not, nothing is
//! stored, which threads would wait for. To take back a part of the difference at each shorter output was tried: of random lengths every fifth grew.
//!
//! The *headroom* is how far beyond its end an output asked for room: an encoder asks for the most its next
//! fields may take, and a buffer of just the right length would be grown for room that is not
//! used. It is at most a reserve ([`MAX_RESERVE`]) and stays.
//!
//! Threads that race lose an update now and then, which costs a growth.

use core::sync::atomic::{AtomicUsize, Ordering};

use crate::program::MAX_RESERVE;

/// After so many shorter outputs older ones are forgotten.
const WINDOW: usize = 64;

/// What the first outputs of a type may raise the length to.
const FIRST: usize = 4096;

/// See the module documentation.
#[derive(Debug, Default)]
pub struct SizeHint {
    len: AtomicUsize,
    /// The largest of the shorter ones in a row.
    largest: AtomicUsize,
    /// How many they are.
    count: AtomicUsize,
    headroom: AtomicUsize,
}

impl SizeHint {
    /// The room to start with.
    #[inline]
    #[must_use]
    pub fn room(&self) -> usize {
        self.len.load(Ordering::Relaxed) + self.headroom.load(Ordering::Relaxed)
    }

    /// Learns from an output of `len` bytes that had room enough from the start.
    #[inline]
    pub fn learn(&self, len: usize) {
        let hint = self.len.load(Ordering::Relaxed);
        if len > hint {
            return self.raise(len, hint);
        }
        // What is as expected is not worth a store: the line belongs to all threads that encode the type.
        if hint - len <= hint / 8 {
            if self.count.load(Ordering::Relaxed) != 0 {
                self.begin_window();
            }
            return;
        }
        if len > self.largest.load(Ordering::Relaxed) {
            self.largest.store(len, Ordering::Relaxed);
        }
        let count = self.count.load(Ordering::Relaxed) + 1;
        self.count.store(count, Ordering::Relaxed);
        if count >= WINDOW {
            self.shorten(len);
        }
    }

    /// Learns from an output of `len` bytes for which `asked` bytes of room were made.
    #[cold]
    pub fn learn_grown(&self, len: usize, asked: usize) {
        let most = MAX_RESERVE as usize;
        self.headroom
            .fetch_max(asked.saturating_sub(len).min(most), Ordering::Relaxed);
        self.learn(len);
    }

    #[cold]
    fn raise(&self, len: usize, hint: usize) {
        let next = len.min(hint.saturating_mul(2).max(FIRST));
        self.len.store(next, Ordering::Relaxed);
        self.begin_window();
    }

    fn begin_window(&self) {
        self.count.store(0, Ordering::Relaxed);
        self.largest.store(0, Ordering::Relaxed);
    }

    /// A window has gone by without an output of about the length. `len` is the last one's, in case another thread
    /// has begun the next window already.
    #[cold]
    fn shorten(&self, len: usize) {
        let largest = self.largest.load(Ordering::Relaxed).max(len);
        self.len.store(largest, Ordering::Relaxed);
        self.begin_window();
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
    fn an_output_of_about_the_length_begins_the_window_anew() {
        let hint = SizeHint::default();
        for len in [1000].into_iter().chain([10; WINDOW - 1]).chain([900]) {
            hint.learn(len);
        }
        for len in [10; WINDOW - 1] {
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
            let len = (state >> 22) as usize;
            short += usize::from(len > hint.room());
            hint.learn(len);
        }
        assert!(short < 200, "{short} of 10,000");
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
        assert_eq!(hint.room(), 150 + MAX_RESERVE as usize);
    }
}
