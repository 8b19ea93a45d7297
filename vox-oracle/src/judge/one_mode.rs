//! The judge of one mode, for a program that chooses its modes by itself.

use facet_core::Facet;

use super::subject::Value;
use super::{failure, success};
use crate::mode::Mode;

/// Judges values in one mode, in every kind of output, by what its caller knows of them.
///
/// For `vox-generate`, which makes types as it runs, brings each to some modes only, and makes a failure small.
/// Not for tests: they have [`codec_test!`](crate::codec_test), and a check of `xtask` keeps this from them.
#[derive(Debug, Clone, Copy)]
pub struct OneMode<'m>(pub &'m Mode);

impl OneMode<'_> {
    /// Judges a value by its bytes.
    #[track_caller]
    pub fn by_bytes<'f, T>(self, label: &str, value: &T, expected: &[u8])
    where
        T: Facet<'f> + ?Sized,
    {
        success::encodes(self.0, label, &Value::new(value), expected);
    }

    /// Judges a value that cannot be encoded, by the text of its error.
    #[track_caller]
    pub fn refuses<'f, T>(self, label: &str, value: &T, text: &str)
    where
        T: Facet<'f> + ?Sized,
    {
        failure::refuses(self.0, label, &Value::new(value), text);
    }
}
