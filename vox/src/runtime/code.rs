//! The machine code of a runtime, or the reason there is none.
//!
//! Two modules with the same face: `enabled` asks `vox-jit`, `disabled` stands in its place without
//! the cargo feature `jit`, and where pointers do not have 64 bits, for which `vox-jit` makes no code. Not here: which types get machine code ([`super::tier_up`]).

use core::time::Duration;

#[cfg(all(feature = "jit", target_pointer_width = "64"))]
mod enabled;
#[cfg(all(feature = "jit", target_pointer_width = "64"))]
pub(crate) use enabled::{AVAILABLE_TIERS, MachineCode};

#[cfg(not(all(feature = "jit", target_pointer_width = "64")))]
mod disabled;
#[cfg(not(all(feature = "jit", target_pointer_width = "64")))]
pub(crate) use disabled::{AVAILABLE_TIERS, MachineCode};

/// Why a type could not be brought to a tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) reason: String,
    /// Whether another attempt may go better.
    pub(crate) may_pass: bool,
}

/// What became of the compilations of a runtime.
#[derive(Debug, Clone, Default)]
pub(crate) struct CodeStats {
    /// Programs whose code was published.
    pub(crate) compiled: u64,
    /// Programs among those that do without instructions Cranelift lacks, against expectation.
    pub(crate) fell_back: u64,
    /// Attempts that failed.
    pub(crate) failed: u64,
    /// Bytes of code published.
    pub(crate) code_bytes: u64,
    /// Time spent compiling and publishing.
    pub(crate) time: Duration,
    /// Executable memory in use, in whole pages.
    pub(crate) memory_bytes: usize,
}
