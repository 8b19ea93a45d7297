//! What the system did to this thread: whether a slow call was ours or the scheduler's.
//!
//! For: studies of the worst of many calls. A switch a thread did not ask for is the scheduler's; one it did (it waited for a lock)
//! is its own. What a hypervisor takes from a virtual processor no counter here shows: for that, time a control that does the same
//! without vox.
//!
//! Linux counts them for a thread; elsewhere there is nothing to read.

/// Counted since the thread began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Switches {
    /// The thread gave up the processor, to wait for something.
    pub waited: u64,
    /// The processor was taken from it.
    pub preempted: u64,
}

impl Switches {
    /// Of this thread; `None` where nobody counts.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn now() -> Option<Self> {
        let mut usage = core::mem::MaybeUninit::<libc::rusage>::zeroed();
        // SAFETY: the system writes a `rusage` where it is told to, and there is room for one.
        let failed = unsafe { libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr()) } != 0;
        // SAFETY: zeroes are a value of it, also where the system wrote nothing.
        let usage = unsafe { usage.assume_init() };
        let count = |number: libc::c_long| u64::try_from(number).ok();
        (!failed).then_some(Self {
            waited: count(usage.ru_nvcsw)?,
            preempted: count(usage.ru_nivcsw)?,
        })
    }

    /// Of this thread; `None`, as nobody counts.
    #[cfg(not(target_os = "linux"))]
    #[must_use]
    pub fn now() -> Option<Self> {
        None
    }

    /// What was added since.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            waited: self.waited - earlier.waited,
            preempted: self.preempted - earlier.preempted,
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    #[test]
    fn a_wait_is_counted_as_one() {
        let before = Switches::now().expect("Linux counts");
        let (sender, receiver) = mpsc::channel::<()>();
        let waited = receiver.recv_timeout(Duration::from_millis(20));
        drop(sender);
        assert!(waited.is_err(), "nothing was sent");
        let added = Switches::now().expect("Linux counts").since(before);
        assert!(added.waited >= 1, "{added:?}");
    }
}
