//! No machine code: the crate was built without the feature `jit`, or pointers do not have 64 bits.

use vox_core::slot::Slot;
use vox_core::tier::Tier;

use super::{CodeStats, Failure};
use crate::runtime::settings::Settings;

/// The interpreter alone.
pub(crate) const AVAILABLE_TIERS: &[Tier] = &[Tier::Interpreter];

const REASON: &str = if cfg!(feature = "jit") {
    "there is machine code only where pointers have 64 bits"
} else {
    "vox was built without the cargo feature `jit`"
};

/// Stands where the compiler would be, and says why it is not there.
#[derive(Debug)]
pub(crate) struct MachineCode;

impl MachineCode {
    pub(in crate::runtime) fn new(_: &Settings) -> Self {
        Self
    }

    pub(in crate::runtime) fn compile(&self, _: &[&Slot], _: usize) -> Result<(), Failure> {
        Err(failure())
    }

    pub(in crate::runtime) fn baseline(&self, _: &[&Slot]) -> Result<(), Failure> {
        Err(failure())
    }

    pub(in crate::runtime) fn refusal(&self, _: &Slot) -> Option<String> {
        Some(REASON.to_owned())
    }

    pub(in crate::runtime) fn code_bytes(&self, _: &Slot) -> Option<usize> {
        None
    }

    pub(in crate::runtime) fn failures(&self) -> Vec<(String, u64)> {
        Vec::new()
    }

    pub(in crate::runtime) fn stats(&self) -> CodeStats {
        CodeStats::default()
    }

    pub(in crate::runtime) fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

fn failure() -> Failure {
    Failure {
        reason: REASON.to_owned(),
        may_pass: false,
    }
}
