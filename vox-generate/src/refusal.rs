//! Why something has no encoding: what the error must say.
//!
//! A type is refused whatever the value, a value where others of its type are encoded. What has
//! none and what the error says of it is the list of `vox::support`, which this is a part of.

use vox::EncodeErrorKind;

/// Why a type or a value is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// For people who count.
    pub(crate) name: &'static str,
    pub(crate) kind: EncodeErrorKind,
    /// A part of the error's text.
    pub(crate) text: &'static str,
}

const fn of_types(name: &'static str, text: &'static str) -> Refusal {
    Refusal {
        name,
        kind: EncodeErrorKind::Unsupported,
        text,
    }
}

pub(crate) static FLATTENED: Refusal = of_types(
    "flattened field",
    "is flattened; serde makes a flattened struct a map of unknown length",
);
pub(crate) static CAPTURES: Refusal = of_types(
    "captured tag",
    "captures the tag or content of an unknown variant",
);
pub(crate) static CONTENT_ALONE: Refusal = of_types(
    "content without tag",
    "has a `content` attribute without a `tag`",
);
pub(crate) static NAMED_TUPLE: Refusal = of_types(
    "tuple behind a name",
    "is a variant of an internally tagged enum and holds something other than named fields",
);
pub(crate) static NUMERIC_FIELDS: Refusal =
    of_types("number with fields", "has fields a number cannot hold");

pub(crate) static SKIPPED: Refusal = Refusal {
    name: "skipped variant",
    kind: EncodeErrorKind::InvalidValue,
    text: "a variant marked as skipped, which has no encoding",
};
pub(crate) static UNSET: Refusal = Refusal {
    name: "empty `OnceLock`",
    kind: EncodeErrorKind::Lock,
    text: "the lock could not be taken, or the `OnceLock` is not set",
};
