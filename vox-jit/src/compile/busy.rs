//! Whether this thread is compiling.
//!
//! Cranelift tells the crate `log` what it does, and a logger is the program's own code: it may encode, and even ask for a compilation. Who
//! compiles under a lock asks here first, or would wait for itself.

use core::cell::Cell;

thread_local! {
    static IS_COMPILING: Cell<bool> = const { Cell::new(false) };
}

/// Whether Cranelift is at work on this thread, further up the stack.
///
/// ```
/// assert!(!vox_jit::is_compiling());
/// ```
#[must_use]
pub fn is_compiling() -> bool {
    IS_COMPILING.get()
}

/// Says so as long as it lives.
pub(super) struct Busy {
    was: bool,
}

impl Busy {
    pub(super) fn begin() -> Self {
        let was = IS_COMPILING.replace(true);
        Self { was }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        IS_COMPILING.set(self.was);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_of_this_thread_until_the_outermost_ends() {
        let outer = Busy::begin();
        drop(Busy::begin());
        assert!(is_compiling());
        std::thread::spawn(|| assert!(!is_compiling()))
            .join()
            .expect("another thread is not compiling");
        drop(outer);
        assert!(!is_compiling());
    }
}
