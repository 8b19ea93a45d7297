//! The machine code of a runtime, or the reason there is none.

#[cfg(feature = "jit")]
mod enabled;
#[cfg(feature = "jit")]
pub(super) use enabled::MachineCode;

#[cfg(not(feature = "jit"))]
mod disabled;
#[cfg(not(feature = "jit"))]
pub(super) use disabled::MachineCode;
