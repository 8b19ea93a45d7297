//! The error of preparing a type ahead of its first use.

use core::fmt;

use vox_core::error::EncodeError;
use vox_core::tier::Tier;

/// Why a type could not be prepared for a tier. Encoding it still works, in a
/// lower tier, unless the type itself is refused.
#[derive(Debug)]
#[non_exhaustive]
pub enum PrepareError {
    /// The type cannot be encoded at all.
    Unsupported(EncodeError),
    /// The tier is not available here.
    NotAvailable {
        /// The tier asked for.
        tier: Tier,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(error) => error.fmt(f),
            Self::NotAvailable { tier, reason } => {
                write!(f, "the {tier} tier is not available: {reason}")
            }
        }
    }
}

impl core::error::Error for PrepareError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Unsupported(error) => Some(error),
            Self::NotAvailable { .. } => None,
        }
    }
}
