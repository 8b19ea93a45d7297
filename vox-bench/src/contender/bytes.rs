//! Serde's `postcard` where lists of bytes go by `serde_bytes`: what somebody would do who wants the most of serde.
//!
//! Without it serde sees a list of bytes as a list of numbers. The workloads' own derives are left as they are, which is what
//! most types have; so this serializes them from outside, as tuples of their fields, which are the same bytes.

use serde::ser::{Serialize, Serializer};
use serde_bytes::Bytes;

use super::peer::Allocated;
use crate::workload::gnarly::{GnarlyEntry, GnarlyPayload};
use crate::workload::slices::ByteRecord;

/// A value whose lists of bytes are taken whole.
pub(super) struct Whole<'v, T>(&'v T);

/// Encodes a value into a new vector.
pub(super) fn encode<T>(value: &T) -> Allocated
where
    for<'v> Whole<'v, T>: Serialize,
{
    postcard::to_allocvec(&Whole(value))
}

impl<T> Serialize for Whole<'_, Vec<T>>
where
    for<'v> Whole<'v, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Whole))
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
        (revision, mount, Whole(entries), footer, Bytes::new(digest)).serialize(serializer)
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
        (id, parent, name, path, attrs, Lists(chunks), kind).serialize(serializer)
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
        let [borrowed, boxed, shared] = [borrowed, &**boxed, &**shared].map(Bytes::new);
        (Lists(chunks), borrowed, boxed, shared, Lists(views)).serialize(serializer)
    }
}
