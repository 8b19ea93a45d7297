//! One input of a fuzzer: bytes become a case, and the case is encoded.
//!
//! The targets in `fuzz/` are this function and nothing else.

use std::sync::OnceLock;

use vox::Tier;
use vox_oracle::mode::{self, Mode};

use crate::campaign::run_alone;
use crate::{Case, Choices};

/// Which tiers a fuzzer drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tiers {
    /// The interpreter alone: thousands of inputs a second.
    Interpreter,
    /// All of them: each input is compiled.
    All,
}

/// Encodes the case the bytes lead to.
///
/// # Panics
///
/// When it goes wrong, with the type and the choices: a fuzzer keeps the bytes.
pub fn fuzz(bytes: &[u8], tiers: Tiers) {
    static MODES: OnceLock<Vec<Mode>> = OnceLock::new();
    for mode in MODES.get_or_init(|| mode::fresh(None)) {
        if tiers == Tiers::Interpreter && mode.tier != Tier::Interpreter {
            continue;
        }
        let mut choices = Choices::from_bytes(bytes);
        if let Err(error) = run_alone(&mut choices, mode) {
            let taken = choices.taken().to_vec();
            let case = Case::new(&mut Choices::from_taken(&taken));
            panic!("in mode `{}`: {error}\n{case}\n{taken:?}", mode.name);
        }
    }
}
