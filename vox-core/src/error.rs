//! The error of an encode: what, where, why.
//!
//! One pointer and one tag wide, so that `Result<usize, EncodeError>` travels
//! in registers. Running out of memory is reported without asking for more.

use core::fmt;
use std::io;

use crate::reflect::Shape;

use crate::cx::Failure;
use crate::lower::LowerError;
use crate::program::{PathPart, join};

/// Why a value could not be encoded.
///
/// The text names the root type, the path to the place with list indices, and the
/// reason; it is the same in every tier. On failure a vector is as it was before
/// the call. The contents of a slice are unspecified, and what a writer has taken it keeps.
pub struct EncodeError(Repr);

enum Repr {
    OutOfMemory(&'static Shape),
    Other(Box<Inner>),
}

struct Inner {
    shape: &'static Shape,
    path: String,
    kind: EncodeErrorKind,
    reason: String,
    source: Option<io::Error>,
}

/// What kind of failure an [`EncodeError`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// The type, or a part of it, has no encoding: it fails for every value. Or the address of this value has its highest bit set, which
    /// facet's pointers cannot hold: a copy elsewhere may be encoded.
    Unsupported,
    /// The output has a fixed size and is too short.
    BufferTooSmall {
        /// The bytes the whole value needs.
        needed: usize,
    },
    /// No memory for the output, for a proxy or for the guard of a lock.
    OutOfMemory,
    /// The writer failed; `source` has its error.
    Io,
    /// A proxy conversion failed.
    Proxy,
    /// A lock could not be taken, or a `OnceLock` has not been set.
    Lock,
    /// The value is nested deeper than the runtime's limit.
    DepthLimit,
    /// A container yielded more or fewer items than its length said.
    LengthMismatch,
    /// The value has no wire form: a path that is not UTF-8, an enum tag that is
    /// no variant's, a skipped variant, a value of an uninhabited type.
    InvalidValue,
    /// A bug in vox, not in the caller's program.
    Bug,
}

const _: () = assert!(size_of::<EncodeError>() <= 16);

impl EncodeError {
    fn new(shape: &'static Shape, path: String, kind: EncodeErrorKind, reason: String) -> Self {
        Self(Repr::Other(Box::new(Inner {
            shape,
            path,
            kind,
            reason,
            source: None,
        })))
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> EncodeErrorKind {
        match &self.0 {
            Repr::OutOfMemory(_) => EncodeErrorKind::OutOfMemory,
            Repr::Other(inner) => inner.kind,
        }
    }

    /// The path from the root to the place of failure, as in
    /// `.entries[3].kind::File.mime`; empty when the root itself failed or the
    /// failure has no place (a full buffer).
    #[must_use]
    pub fn path(&self) -> &str {
        match &self.0 {
            Repr::OutOfMemory(_) => "",
            Repr::Other(inner) => &inner.path,
        }
    }

    /// The shape of the value the encode started with.
    #[must_use]
    pub fn shape(&self) -> &'static Shape {
        match &self.0 {
            Repr::OutOfMemory(shape) => shape,
            Repr::Other(inner) => inner.shape,
        }
    }

    /// A shape that lowering refused.
    #[doc(hidden)]
    #[must_use]
    pub fn unsupported(shape: &'static Shape, error: &LowerError) -> Self {
        Self::new(
            shape,
            error.path.clone(),
            EncodeErrorKind::Unsupported,
            error.reason.clone(),
        )
    }

    /// A bug of ours.
    #[doc(hidden)]
    #[must_use]
    pub fn bug(shape: &'static Shape, what: String) -> Self {
        Self::new(
            shape,
            String::new(),
            EncodeErrorKind::Bug,
            format!("{what}; this is a bug in vox, please report it"),
        )
    }

    /// An output of fixed size that is too short, with the bytes it would have taken.
    #[doc(hidden)]
    #[must_use]
    pub fn buffer_too_small(shape: &'static Shape, available: usize, needed: usize) -> Self {
        let reason = format!("the output has room for {available} bytes and {needed} are needed");
        Self::new(
            shape,
            String::new(),
            EncodeErrorKind::BufferTooSmall { needed },
            reason,
        )
    }

    /// An encode that failed on the way; `trace` is innermost first.
    ///
    /// # Panics
    ///
    /// Resumes the panic when the failure is one.
    pub(crate) fn from_failure(
        shape: &'static Shape,
        failure: Option<Failure>,
        trace: &[PathPart],
    ) -> Self {
        let path = || join(trace.iter().rev());
        match failure {
            Some(Failure::OutOfMemory) => Self(Repr::OutOfMemory(shape)),
            Some(Failure::Io(error)) => {
                let mut this = Self::new(
                    shape,
                    String::new(),
                    EncodeErrorKind::Io,
                    format!("the writer failed: {error}"),
                );
                if let Repr::Other(inner) = &mut this.0 {
                    inner.source = Some(error);
                }
                this
            }
            Some(Failure::Proxy(message)) => Self::new(
                shape,
                path(),
                EncodeErrorKind::Proxy,
                format!("the proxy conversion failed: {message}"),
            ),
            Some(Failure::Lock) => Self::new(
                shape,
                path(),
                EncodeErrorKind::Lock,
                String::from("the lock could not be taken, or the `OnceLock` is not set"),
            ),
            Some(Failure::Depth { limit }) => Self::new(
                shape,
                path(),
                EncodeErrorKind::DepthLimit,
                format!(
                    "the value is nested deeper than {limit} levels; a runtime with a higher \
                     `max_depth` may encode it"
                ),
            ),
            Some(Failure::Length { said, more }) => Self::new(
                shape,
                path(),
                EncodeErrorKind::LengthMismatch,
                format!(
                    "the container said it has {said} items and its iterator yielded {}",
                    if more { "more" } else { "fewer" }
                ),
            ),
            Some(Failure::Discriminant(tag)) => Self::new(
                shape,
                path(),
                EncodeErrorKind::InvalidValue,
                format!("the enum's tag is {tag}, which is no variant's"),
            ),
            Some(Failure::NoForm(why)) => {
                let reason = String::from(why.reason());
                Self::new(shape, path(), EncodeErrorKind::InvalidValue, reason)
            }
            Some(Failure::Value(message)) => {
                Self::new(shape, path(), EncodeErrorKind::InvalidValue, message)
            }
            Some(Failure::Panic(payload)) => std::panic::resume_unwind(payload),
            Some(Failure::Bug(what)) => Self::bug(shape, what),
            None => Self::bug(shape, String::from("an encode failed without a reason")),
        }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match &self.0 {
            Repr::OutOfMemory(_) => "out of memory",
            Repr::Other(inner) => &inner.reason,
        };
        write!(
            f,
            "cannot encode `{}{}`: {reason}",
            self.shape(),
            self.path()
        )
    }
}

impl fmt::Debug for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodeError")
            .field("kind", &self.kind())
            .field("message", &self.to_string())
            .finish()
    }
}

impl core::error::Error for EncodeError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.0 {
            Repr::OutOfMemory(_) => None,
            Repr::Other(inner) => inner
                .source
                .as_ref()
                .map(|error| error as &(dyn core::error::Error + 'static)),
        }
    }
}
