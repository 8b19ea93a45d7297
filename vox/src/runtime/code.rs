//! The machine code of a runtime, or the reason there is none.

#[cfg(feature = "jit")]
mod enabled;
#[cfg(feature = "jit")]
pub(crate) use enabled::{AVAILABLE_TIERS, MachineCode};

#[cfg(not(feature = "jit"))]
mod disabled;
#[cfg(not(feature = "jit"))]
pub(crate) use disabled::{AVAILABLE_TIERS, MachineCode};
