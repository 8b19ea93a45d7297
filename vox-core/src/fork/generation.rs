//! How many forks a process is away from the first that asked, or more.
//!
//! A word says which number the process has that wrote it, and the system's number of that process. A child finds its
//! parent's there, or nothing: on Linux the word is in a page that is wiped in children. So it takes the next. Siblings may have the same
//! number, and share no memory.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The highest number that was given out, to this process or those it was forked from.
static LAST: AtomicU32 = AtomicU32::new(0);

/// The number of the process whose word it is, which the system knows by this one.
pub(super) fn of(word: &AtomicU64, system_id: u32) -> u32 {
    let pack = |number: u32| u64::from(system_id) << 32 | u64::from(number);
    let mut known = word.load(Ordering::Acquire);
    loop {
        if known != 0 && known >> 32 == u64::from(system_id) {
            return known as u32;
        }
        // Given out before it is written, so that a child that is forked between the two takes another.
        let next = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        match word.compare_exchange(known, pack(next), Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return next,
            Err(other) => known = other,
        }
    }
}

/// The system's number for this process. Where there are no processes (in WebAssembly, where the standard library panics when
/// asked) it is always the same, as nothing forks.
pub(super) fn system_id() -> u32 {
    if cfg!(any(unix, windows)) {
        std::process::id()
    } else {
        1
    }
}

/// A word that is as the parent left it in a child.
static KEPT: AtomicU64 = AtomicU64::new(0);

/// The word.
#[cfg(not(all(target_os = "linux", not(miri), not(loom))))]
pub(super) fn word() -> &'static AtomicU64 {
    &KEPT
}

/// The word: in a page that is wiped in children, if the system has such (Linux 4.14).
#[cfg(all(target_os = "linux", not(miri), not(loom)))]
pub(super) fn word() -> &'static AtomicU64 {
    use core::ptr;
    use core::sync::atomic::AtomicPtr;

    /// Null until the first use.
    static WORD: AtomicPtr<AtomicU64> = AtomicPtr::new(ptr::null_mut());

    let known = WORD.load(Ordering::Acquire);
    // SAFETY: null, or the address of a word that stays for good: a static, or the start of a page of zeros.
    if let Some(known) = unsafe { known.as_ref() } {
        return known;
    }
    let made = wiped_page().unwrap_or_else(|| ptr::from_ref(&KEPT).cast_mut());
    let placed = WORD.compare_exchange(ptr::null_mut(), made, Ordering::AcqRel, Ordering::Acquire);
    // Who is second leaves a page unused.
    let word = placed.err().unwrap_or(made);
    // SAFETY: as above.
    unsafe { &*word }
}

/// The start of a new page of zeros, which is one in every child again.
#[cfg(all(target_os = "linux", not(miri), not(loom)))]
fn wiped_page() -> Option<*mut AtomicU64> {
    const LEN: usize = size_of::<AtomicU64>();
    // SAFETY: a new mapping, which replaces none; no file is behind it. Its length is rounded up to a page.
    unsafe {
        let page = libc::mmap(
            core::ptr::null_mut(),
            LEN,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
        if page == libc::MAP_FAILED {
            return None;
        }
        if libc::madvise(page, LEN, libc::MADV_WIPEONFORK) != 0 {
            libc::munmap(page, LEN);
            return None;
        }
        Some(page.cast())
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_process_keeps_its_number() {
        let word = AtomicU64::new(0);
        let number = of(&word, 7);
        assert_eq!(of(&word, 7), number);
        assert_eq!(super::super::process_id(), super::super::process_id());
    }

    #[test]
    fn a_child_takes_another() {
        let word = AtomicU64::new(0);
        let parent = of(&word, 7);
        let child = of(&word, 8);
        assert!(child > parent);
        // The number of the parent, which is gone, is used again.
        assert!(of(&word, 7) > child);
        // A child that has the number of its parent, in a name space of its own.
        let last = of(&word, 7);
        word.store(0, Ordering::Relaxed);
        assert!(of(&word, 7) > last);
    }

    /// The system's number is that of the parent here as well: only the page tells.
    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu", not(miri)))]
    fn a_forked_child_finds_nothing_in_the_page() {
        let parent = of(word(), system_id());
        let own = system_id();
        // SAFETY: the child compares numbers, and ends.
        match unsafe { libc::fork() } {
            0 => {
                let is_other = of(word(), own) != parent;
                // SAFETY: without the handlers of the parent.
                unsafe { libc::_exit(i32::from(!is_other)) }
            }
            child => {
                assert!(child > 0, "it cannot fork");
                let mut status = 0;
                // SAFETY: a child of ours, and a place for its status.
                assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
                assert_eq!(status, 0, "the child took itself for its parent");
            }
        }
        assert_eq!(of(word(), own), parent);
    }
}
