//! How large the next output will be, as far as earlier ones tell.
//!
//! Two things are learnt. The *length* follows the largest recent outputs: a longer one raises it
//! at once, though at most to [`FIRST`] bytes or twice what it was, and a shorter one takes a sixteenth of
//! the difference back. So one huge message among small ones neither gives those its buffer
//! nor is missed for long where it is the rule.
//!
//! The *headroom* is how far beyond its end an output asked for room: an encoder asks for the most its next
//! fields may take, and a buffer of just the right length would be grown for room that is not
//! used. It is at most a reserve ([`MAX_RESERVE`]) and stays.
//!
//! Threads that race lose an update now and then, which costs a growth.

use core::sync::atomic::{AtomicUsize, Ordering};

use crate::program::MAX_RESERVE;

/// What the first outputs of a type may raise the length to.
const FIRST: usize = 4096;

/// See the module documentation.
#[derive(Debug, Default)]
pub struct SizeHint {
    len: AtomicUsize,
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
            self.raise(len, hint);
        } else if hint - len >= 16 {
            self.len.store(hint - (hint - len) / 16, Ordering::Relaxed);
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
        for _ in 0..100 {
            hint.learn(500);
        }
        assert!(hint.room() < 520, "{}", hint.room());
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
