//! A lock that outlives a fork.
//!
//! A forked child has one thread: the one that forked. A lock that another thread held at that moment
//! is never released in the child, and what it guards may be half changed. [`ForkLock`] notices, by
//! [`process_id`], that it is used in a child for the first time. If nobody held it then, all
//! is well. Otherwise what it guarded is left alone for ever, and the child starts with a new value. References
//! into the old value stay good: it is never freed.
//!
//! Not for hot paths: it asks for the process number, which is a system call.

mod generation;

use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// Set in a process number while that process finds out whether the lock is free.
const ADOPTING: u64 = 1 << 32;

/// See the module documentation.
#[derive(Debug)]
pub struct ForkLock<T> {
    /// Null until the first use.
    current: AtomicPtr<Guarded<T>>,
}

#[derive(Debug)]
struct Guarded<T> {
    /// The process that uses it.
    process: AtomicU64,
    value: Mutex<T>,
}

// SAFETY: the lock owns the value behind the pointer, and gives it out behind a mutex only.
unsafe impl<T: Send> Send for ForkLock<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for ForkLock<T> {}

/// A number that this process has and none it was forked from. The system's would not do: the first process of a name space of its own
/// has number 1, as its parent may have in its own, and numbers are used again.
#[must_use]
pub fn process_id() -> u32 {
    generation::of(generation::word(), generation::system_id())
}

impl<T: Default> ForkLock<T> {
    /// A lock around a default value.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            current: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Locks. A panic of an earlier holder is ignored: values guarded so are changed all at once, or hold
    /// nothing that could be half done.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.lock_as(process_id())
    }

    fn lock_as(&self, process: u32) -> MutexGuard<'_, T> {
        let process = u64::from(process);
        loop {
            let current = self.current.load(Ordering::Acquire);
            // SAFETY: only `replace` stores here, and what it stores is freed by `drop` alone.
            let Some(guarded) = (unsafe { current.as_ref() }) else {
                self.replace(current, process);
                continue;
            };
            let owner = guarded.process.load(Ordering::Acquire);
            if owner == process {
                return guarded.value.lock().unwrap_or_else(PoisonError::into_inner);
            }
            if owner == process | ADOPTING {
                // Another thread of this process is between the next two lines.
                std::thread::yield_now();
                continue;
            }
            let adopting = guarded.process.compare_exchange(
                owner,
                process | ADOPTING,
                Ordering::AcqRel,
                Ordering::Relaxed,
            );
            if adopting.is_err() {
                continue;
            }
            match guarded.value.try_lock() {
                Ok(guard) => {
                    guarded.process.store(process, Ordering::Release);
                    return guard;
                }
                Err(TryLockError::Poisoned(poisoned)) => {
                    guarded.process.store(process, Ordering::Release);
                    return poisoned.into_inner();
                }
                Err(TryLockError::WouldBlock) => self.replace(current, process),
            }
        }
    }

    /// Puts a new value in the place of `old`, unless another thread was first.
    fn replace(&self, old: *mut Guarded<T>, process: u64) {
        let fresh = Box::into_raw(Box::new(Guarded {
            process: AtomicU64::new(process),
            value: Mutex::default(),
        }));
        let placed = self
            .current
            .compare_exchange(old, fresh, Ordering::AcqRel, Ordering::Relaxed);
        if placed.is_err() {
            // SAFETY: made above, and nobody else has seen it.
            drop(unsafe { Box::from_raw(fresh) });
        }
    }
}

impl<T: Default> Default for ForkLock<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Drop for ForkLock<T> {
    fn drop(&mut self) {
        let current = *self.current.get_mut();
        // SAFETY: as in `lock_as`; nobody has a reference any more.
        let Some(guarded) = (unsafe { current.as_ref() }) else {
            return;
        };
        // Held by a thread that did not come along: half changed, perhaps.
        if matches!(guarded.value.try_lock(), Err(TryLockError::WouldBlock)) {
            return;
        }
        // SAFETY: made by `Box::into_raw` in `replace`.
        drop(unsafe { Box::from_raw(current) });
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_lock() {
        let lock = ForkLock::<u32>::new();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        *lock.lock() += 1;
                    }
                });
            }
        });
        assert_eq!(*lock.lock(), 400);
    }

    #[test]
    fn a_child_keeps_what_was_free() {
        let lock = ForkLock::<Vec<u8>>::new();
        lock.lock_as(1).push(1);
        lock.lock_as(2).push(2);
        assert_eq!(*lock.lock_as(2), [1, 2]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "what a child leaves alone is never freed")]
    fn a_child_leaves_what_was_held() {
        let lock = ForkLock::<Vec<u8>>::new();
        let mut parent = lock.lock_as(1);
        parent.push(1);
        lock.lock_as(2).push(2);
        assert_eq!(*lock.lock_as(2), [2]);
        // A grandchild finds the child's value, and the parent's guard is still good.
        assert_eq!(*lock.lock_as(3), [2]);
        assert_eq!(*parent, [1]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "what a child leaves alone is never freed")]
    fn a_child_of_many_threads_starts_once() {
        for _ in 0..50 {
            let lock = ForkLock::<Vec<u32>>::new();
            let parent = lock.lock_as(1);
            std::thread::scope(|scope| {
                for thread in 0..4 {
                    let lock = &lock;
                    scope.spawn(move || lock.lock_as(2).push(thread));
                }
            });
            assert_eq!(lock.lock_as(2).len(), 4);
            drop(parent);
        }
    }
}
