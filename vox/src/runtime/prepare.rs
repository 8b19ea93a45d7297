//! The error of preparing a type ahead of its first use.

use core::fmt;

use facet_core::Shape;
use vox_core::error::EncodeError;
use vox_core::tier::Tier;

/// Why a type could not be prepared for a tier. Encoding it still works, in a
/// lower tier, unless the type itself is refused.
#[non_exhaustive]
pub enum PrepareError {
    /// The type cannot be encoded at all.
    Unsupported(EncodeError),
    /// The tier is not available here.
    NotAvailable {
        /// The tier asked for.
        tier: Tier,
        /// The first of the types that is not in it; `None` where the runtime is fixed to a lower tier.
        shape: Option<&'static Shape>,
        /// Why.
        reason: String,
    },
}

impl fmt::Debug for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A shape is all there is to know of a type.
        f.debug_struct("PrepareError")
            .field("message", &self.to_string())
            .finish()
    }
}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(error) => error.fmt(f),
            Self::NotAvailable {
                tier,
                shape,
                reason,
            } => {
                write!(f, "the {tier} tier is not available")?;
                if let Some(shape) = shape {
                    write!(f, " for `{shape}`")?;
                }
                write!(f, ": {reason}")
            }
        }
    }
}

impl core::error::Error for PrepareError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            // Its text is this one's already.
            Self::Unsupported(error) => error.source(),
            Self::NotAvailable { .. } => None,
        }
    }
}
