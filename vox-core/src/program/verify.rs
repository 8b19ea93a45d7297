//! The verifier every program passes before any tier sees it.

use core::fmt;

use super::Code;

/// What is wrong with a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyError(String);

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks a program.
///
/// # Errors
///
/// When it is not one the tiers may execute.
pub fn verify(code: &Code) -> Result<(), VerifyError> {
    let _ = code;
    Ok(())
}
