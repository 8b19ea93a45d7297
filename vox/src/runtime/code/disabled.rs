//! No machine code: the crate was built without the feature `jit`.

use vox_core::slot::Slot;
use vox_core::tier::Tier;

use crate::runtime::settings::Settings;

/// The interpreter alone.
pub(crate) const AVAILABLE_TIERS: &[Tier] = &[Tier::Interpreter];

const REASON: &str = "vox was built without the cargo feature `jit`";

/// Stands where the compiler would be, and says why it is not there.
#[derive(Debug)]
pub(crate) struct MachineCode;

impl MachineCode {
    pub(in crate::runtime) fn new(_: &Settings) -> Self {
        Self
    }

    pub(in crate::runtime) fn compile(&self, _: &[&Slot]) -> Result<(), String> {
        Err(REASON.to_owned())
    }

    pub(in crate::runtime) fn refusal(&self, _: &Slot) -> Option<String> {
        Some(REASON.to_owned())
    }

    pub(in crate::runtime) fn code_bytes(&self, _: &Slot) -> Option<usize> {
        None
    }

    pub(in crate::runtime) fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}
