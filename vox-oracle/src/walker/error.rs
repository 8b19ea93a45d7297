//! Why the walker gave no bytes.

use facet_core::Shape;
use std::fmt;

/// Why a value has no encoding here.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WalkError {
    /// The type, or an attribute on it, has no encoding in serde's `postcard`,
    /// or none that can be told from its shape.
    Unsupported {
        /// The type's name.
        shape: String,
        /// What about it is not supported.
        what: &'static str,
    },
    /// The value is nested deeper than the caller allowed.
    TooDeep {
        /// The limit.
        max_depth: usize,
    },
    /// A path that is not valid UTF-8, which serde refuses as well.
    PathNotUtf8,
    /// A type of another crate whose own `Serialize` failed.
    Foreign {
        /// The type's name.
        shape: String,
        /// The message.
        message: String,
    },
    /// A lock or a cell that could not be read, for example one not yet set.
    Unreadable {
        /// The type's name.
        shape: String,
    },
    /// A proxy refused to convert the value.
    Proxy {
        /// The name of the type that has the proxy.
        shape: String,
        /// The proxy's message.
        message: String,
    },
    /// A container announced another number of elements than it handed out.
    LengthMismatch {
        /// The type's name.
        shape: String,
        /// What its length function said.
        announced: usize,
        /// What its iterator gave.
        counted: usize,
    },
    /// An enum's tag in memory belongs to none of its variants.
    UnknownTag {
        /// The type's name.
        shape: String,
    },
}

impl WalkError {
    pub(super) fn unsupported(shape: &'static Shape, what: &'static str) -> Self {
        Self::Unsupported {
            shape: shape.to_string(),
            what,
        }
    }
}

impl fmt::Display for WalkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported { shape, what } => write!(f, "{shape}: {what} is not supported"),
            Self::TooDeep { max_depth } => write!(f, "nested deeper than {max_depth} levels"),
            Self::PathNotUtf8 => write!(f, "the path is not valid UTF-8"),
            Self::Foreign { shape, message } => write!(f, "{shape}: {message}"),
            Self::Unreadable { shape } => write!(f, "{shape}: cannot be read now"),
            Self::Proxy { shape, message } => write!(f, "{shape}: the proxy failed: {message}"),
            Self::LengthMismatch {
                shape,
                announced,
                counted,
            } => write!(f, "{shape}: announced {announced} elements, gave {counted}"),
            Self::UnknownTag { shape } => write!(f, "{shape}: the tag belongs to no variant"),
        }
    }
}

impl std::error::Error for WalkError {}
