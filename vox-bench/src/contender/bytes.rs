//! Serde's `postcard` where lists of bytes go by `serde_bytes`: what somebody would do who wants the most of serde.
//!
//! Without it serde sees a list of bytes as a list of numbers. The workloads' own derives are left as they are, which is what
//! most types have; so this serializes them from outside, field by field, as derives with that attribute would.

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_bytes::Bytes;

use super::peer::Allocated;
use crate::workload::gnarly::{GnarlyEntry, GnarlyPayload};
use crate::workload::slices::ByteRecord;

/// A value whose lists of bytes are taken whole.
pub(super) struct Whole<'v, T: ?Sized>(&'v T);

/// Encodes a value into a new vector.
pub(super) fn encode<T>(value: &T) -> Allocated
where
    for<'v> Whole<'v, T>: Serialize,
{
    postcard::to_allocvec(&Whole(value))
}

/// A list of such values.
struct Each<'v, T>(&'v [T]);

impl<T> Serialize for Each<'_, T>
where
    for<'v> Whole<'v, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Whole))
    }
}

impl<T> Serialize for Whole<'_, Vec<T>>
where
    for<'v> Whole<'v, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Each(self.0).serialize(serializer)
    }
}

/// Lists of lists of bytes.
struct Lists<'v, L>(&'v [L]);

impl<L: AsRef<[u8]>> Serialize for Lists<'_, L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|list| Bytes::new(list.as_ref())))
    }
}

impl Serialize for Whole<'_, GnarlyPayload> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let GnarlyPayload {
            revision,
            mount,
            entries,
            footer,
            digest,
        } = self.0;
        let mut fields = serializer.serialize_struct("GnarlyPayload", 5)?;
        fields.serialize_field("revision", revision)?;
        fields.serialize_field("mount", mount)?;
        fields.serialize_field("entries", &Each(entries))?;
        fields.serialize_field("footer", footer)?;
        fields.serialize_field("digest", Bytes::new(digest))?;
        fields.end()
    }
}

impl Serialize for Whole<'_, GnarlyEntry> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let GnarlyEntry {
            id,
            parent,
            name,
            path,
            attrs,
            chunks,
            kind,
        } = self.0;
        let mut fields = serializer.serialize_struct("GnarlyEntry", 7)?;
        fields.serialize_field("id", id)?;
        fields.serialize_field("parent", parent)?;
        fields.serialize_field("name", name)?;
        fields.serialize_field("path", path)?;
        fields.serialize_field("attrs", attrs)?;
        fields.serialize_field("chunks", &Lists(chunks))?;
        fields.serialize_field("kind", kind)?;
        fields.end()
    }
}

impl Serialize for Whole<'_, ByteRecord<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ByteRecord {
            chunks,
            borrowed,
            boxed,
            shared,
            views,
        } = self.0;
        let mut fields = serializer.serialize_struct("ByteRecord", 5)?;
        fields.serialize_field("chunks", &Lists(chunks))?;
        fields.serialize_field("borrowed", Bytes::new(borrowed))?;
        fields.serialize_field("boxed", Bytes::new(boxed))?;
        fields.serialize_field("shared", Bytes::new(shared))?;
        fields.serialize_field("views", &Lists(views))?;
        fields.end()
    }
}
