//! A bounded queue, first in, first out: what the background thread takes its work from.
//!
//! Whoever adds never waits for room: a full queue says so. Nothing is allocated after the queue is made.
//! Checked by the models in `vox-core/tests/loom.rs`.

use std::collections::VecDeque;
use std::sync::PoisonError;

use crate::sync::{Condvar, Mutex};

/// See the module documentation.
#[derive(Debug)]
pub struct Queue<T> {
    waiting: Mutex<VecDeque<T>>,
    arrived: Condvar,
    capacity: usize,
}

impl<T> Queue<T> {
    /// An empty queue with room for so many.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            waiting: Mutex::new(VecDeque::with_capacity(capacity)),
            arrived: Condvar::new(),
            capacity,
        }
    }

    /// Adds an item at the end.
    ///
    /// # Errors
    ///
    /// Gives the item back when the queue is full.
    pub fn push(&self, item: T) -> Result<(), T> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() == self.capacity {
            return Err(item);
        }
        waiting.push_back(item);
        drop(waiting);
        self.arrived.notify_one();
        Ok(())
    }

    /// Takes the oldest item, waiting for one if there is none.
    pub fn pop(&self) -> T {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(item) = waiting.pop_front() {
                return item;
            }
            waiting = self
                .arrived
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// How many items wait.
    pub fn len(&self) -> usize {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn oldest_first_and_bounded() {
        let queue = Queue::new(2);
        assert!(queue.is_empty());
        assert_eq!(queue.push(1), Ok(()));
        assert_eq!(queue.push(2), Ok(()));
        assert_eq!(queue.push(3), Err(3));
        assert_eq!(queue.len(), 2);
        assert_eq!(queue.pop(), 1);
        assert_eq!(queue.push(4), Ok(()));
        assert_eq!((queue.pop(), queue.pop()), (2, 4));
    }

    #[test]
    fn taking_waits_for_adding() {
        let queue = Queue::new(1);
        std::thread::scope(|scope| {
            let taken = scope.spawn(|| queue.pop());
            queue.push(5).expect("room for one");
            assert_eq!(taken.join().expect("it does not panic"), 5);
        });
    }
}
