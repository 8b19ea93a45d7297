//! trampoline.
