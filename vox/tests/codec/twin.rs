//! Serde twins for what serde's derives and impls do not cover.

use serde::ser::{Serialize, SerializeTuple, Serializer};

/// A slice in the form of an array: serde implements arrays up to 32 only.
pub(crate) struct AsArray<'a, T>(pub(crate) &'a [T]);

impl<T: Serialize> Serialize for AsArray<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        for element in self.0 {
            tuple.serialize_element(element)?;
        }
        tuple.end()
    }
}

/// A variant by its index, then the fields in a tuple: for enums whose serde
/// form cannot be derived.
pub(crate) struct AsVariant<T>(pub(crate) u32, pub(crate) T);

impl<T: Serialize> Serialize for AsVariant<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_variant("", self.0, "", &self.1)
    }
}
