//! Gnarly: one message with a bit of everything, as a mount protocol might
//! send it. The main benchmark; its sizes are fixed facts.
//!
//! [`payload`] is a formula of the number of entries and a sequence number;
//! [`rotation`] draws strings, lengths and kinds at random instead, so that
//! no two messages look alike.

// The derive of rkyv makes structs of the variants, and leaves their documentation behind.
#![cfg_attr(feature = "peers", allow(missing_docs))]

use facet::Facet;
use serde::{Deserialize, Serialize};

use super::{Draw, Family, Random, Visitor, Workload, offer, offer_rotation};

/// One message.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
pub struct GnarlyPayload {
    /// The sequence number.
    pub revision: u64,
    /// A path.
    pub mount: String,
    /// What grows.
    pub entries: Vec<GnarlyEntry>,
    /// Always present in [`payload`].
    pub footer: Option<String>,
    /// 64 bytes.
    pub digest: Vec<u8>,
}

/// One entry of a message.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
pub struct GnarlyEntry {
    /// Unique in all messages.
    pub id: u64,
    /// The entry before; the first one has none.
    pub parent: Option<u64>,
    /// A short string.
    pub name: String,
    /// A long string.
    pub path: String,
    /// Three pairs of strings.
    pub attrs: Vec<GnarlyAttr>,
    /// Three lists of bytes.
    pub chunks: Vec<Vec<u8>>,
    /// What it is.
    pub kind: GnarlyKind,
}

/// A pair of strings.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
pub struct GnarlyAttr {
    /// The name.
    pub key: String,
    /// The value.
    pub value: String,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
#[repr(u8)]
pub enum GnarlyKind {
    /// Of entries 0, 3, 6...
    File {
        /// A media type.
        mime: String,
        /// Three short strings.
        tags: Vec<String>,
    },
    /// Of entries 1, 4, 7...
    Directory {
        /// A small number.
        child_count: u32,
        /// Three short strings.
        children: Vec<String>,
    },
    /// Of entries 2, 5, 8...
    Symlink {
        /// A path.
        target: String,
        /// Four small numbers.
        hops: Vec<u32>,
    },
}

/// A message as a call's arguments.
pub type Arguments = (GnarlyPayload,);

/// A message as a call's response.
pub type Response = Result<GnarlyPayload, String>;

/// The message of `entries` entries and sequence number `seq`.
///
/// With `seq` 0 the postcard bytes of 1, 4, 16 and 256 entries are 486, 1,565,
/// 5,915 and 94,524 long.
pub fn payload(entries: usize, seq: u64) -> GnarlyPayload {
    let count = u64::try_from(entries).expect("lengths have at most 64 bits");
    GnarlyPayload {
        revision: seq,
        mount: format!("/mnt/bench-fast-path-{seq:08x}"),
        entries: (0..count).map(|i| entry(seq, i)).collect(),
        footer: Some(format!("benchmark footer {seq}")),
        digest: vec![low_byte(seq); 64],
    }
}

/// [`payload`] as a call's arguments.
pub fn arguments(entries: usize, seq: u64) -> Arguments {
    (payload(entries, seq),)
}

/// [`payload`] as a call's response.
pub fn response(entries: usize, seq: u64) -> Response {
    Ok(payload(entries, seq))
}

/// The response of a call that failed.
pub fn refusal(seq: u64) -> Response {
    Err(format!("no entry below /mnt/bench-fast-path-{seq:08x}"))
}

/// `count` messages of `entries` entries each, no two alike.
pub fn rotation(entries: usize, seed: u64, count: usize) -> Vec<GnarlyPayload> {
    let mut random = Random::new(seed);
    (0..count).map(|_| draw(entries, &mut random)).collect()
}

fn entry(seq: u64, i: u64) -> GnarlyEntry {
    let id = seq.wrapping_mul(1_000_000).wrapping_add(i);
    let attrs = [
        ("owner", format!("user-{seq}-{i}")),
        ("class", format!("hot-path-{}", seq.wrapping_add(i) % 17)),
        ("etag", format!("etag-{seq:08x}-{i:08x}")),
    ];
    let chunk = |(j, len): (u64, usize)| vec![low_byte(seq.wrapping_add(i).wrapping_add(j)); len];
    GnarlyEntry {
        id,
        parent: (i > 0).then(|| id.wrapping_sub(1)),
        name: format!("entry-{seq}-{i}"),
        path: format!("/mount/very/deep/path/with/component/{seq}/{i}/file.bin"),
        attrs: attrs.map(|(key, value)| attr(key, value)).into(),
        chunks: [(0, 32), (1, 64), (2, 96)].map(chunk).into(),
        kind: kind(seq, i),
    }
}

fn attr(key: &str, value: String) -> GnarlyAttr {
    GnarlyAttr {
        key: key.to_owned(),
        value,
    }
}

fn kind(seq: u64, i: u64) -> GnarlyKind {
    let small = u32::try_from(i).expect("fewer entries than 2^32");
    match i % 3 {
        0 => GnarlyKind::File {
            mime: "application/octet-stream".to_owned(),
            tags: vec![
                "warm".to_owned(),
                "cacheable".to_owned(),
                format!("tag-{seq}-{i}"),
            ],
        },
        1 => GnarlyKind::Directory {
            child_count: small + 3,
            children: (0..3).map(|k| format!("child-{seq}-{i}-{k}")).collect(),
        },
        _ => GnarlyKind::Symlink {
            target: format!("/target/{seq}/{i}/nested/item"),
            hops: vec![1, 2, 3, small],
        },
    }
}

fn low_byte(value: u64) -> u8 {
    value.to_le_bytes()[0]
}

fn draw(entries: usize, random: &mut Random) -> GnarlyPayload {
    GnarlyPayload {
        revision: random.draw(),
        mount: random.text(8..=24),
        entries: (0..entries).map(|_| random.draw()).collect(),
        footer: random.draw(),
        digest: random.bytes(64..=64),
    }
}

impl Draw for GnarlyEntry {
    fn draw(random: &mut Random) -> Self {
        Self {
            id: random.draw(),
            parent: random.draw(),
            name: random.text(6..=16),
            path: random.text(16..=48),
            attrs: random.list(2..=4),
            chunks: (0..3).map(|_| random.bytes(16..=112)).collect(),
            kind: random.draw(),
        }
    }
}

impl Draw for GnarlyAttr {
    fn draw(random: &mut Random) -> Self {
        Self {
            key: random.text(4..=7),
            value: random.text(4..=16),
        }
    }
}

impl Draw for GnarlyKind {
    fn draw(random: &mut Random) -> Self {
        match random.below(3) {
            0 => Self::File {
                mime: random.text(8..=16),
                tags: random.list(0..=2),
            },
            1 => Self::Directory {
                child_count: random.draw(),
                children: random.list(0..=3),
            },
            _ => Self::Symlink {
                target: random.text(8..=24),
                hops: random.list(0..=6),
            },
        }
    }
}

/// The sizes of the tables: entries, bytes, and the names of the three forms.
const ROWS: [(usize, usize, [&str; 3]); 4] = [
    (
        1,
        486,
        ["gnarly_1", "gnarly_1_arguments", "gnarly_1_response"],
    ),
    (
        4,
        1_565,
        ["gnarly_4", "gnarly_4_arguments", "gnarly_4_response"],
    ),
    (
        16,
        5_915,
        ["gnarly_16", "gnarly_16_arguments", "gnarly_16_response"],
    ),
    (
        256,
        94_524,
        ["gnarly_256", "gnarly_256_arguments", "gnarly_256_response"],
    ),
];

pub(super) fn visit_rows<V: Visitor>(visitor: &mut V) {
    for (entries, bytes, [plain, in_arguments, in_response]) in ROWS {
        let row = |name, bytes| Workload::row(name, Family::Gnarly, bytes);
        offer(visitor, row(plain, bytes), || payload(entries, 0));
        offer(visitor, row(in_arguments, bytes), || arguments(entries, 0));
        // A response has one byte more: which of the two it is.
        offer(visitor, row(in_response, bytes + 1), || {
            response(entries, 0)
        });
    }
    let refused = Workload::row("gnarly_refusal", Family::Gnarly, 46);
    offer(visitor, refused, || refusal(0));
}

pub(super) fn visit_rotations<V: Visitor>(visitor: &mut V, seed: u64, count: usize) {
    let one = Workload::rotation("gnarly_1_rotation", Family::Gnarly, 423);
    offer_rotation(visitor, one, || rotation(1, seed, count));
    let four = Workload::rotation("gnarly_4_rotation", Family::Gnarly, 1_399);
    offer_rotation(visitor, four, || rotation(4, seed, count));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_the_agreed_ones() {
        for (entries, bytes) in [(1, 486), (4, 1_565), (16, 5_915), (256, 94_524)] {
            let encoded = postcard::to_allocvec(&payload(entries, 0)).unwrap();
            assert_eq!(encoded.len(), bytes, "{entries} entries");
            let in_arguments = postcard::to_allocvec(&arguments(entries, 0)).unwrap();
            assert_eq!(in_arguments, encoded, "a tuple of one adds nothing");
            let in_response = postcard::to_allocvec(&response(entries, 0)).unwrap();
            assert_eq!(in_response[0], 0, "Ok comes first");
            assert_eq!(in_response[1..], encoded);
        }
    }

    #[test]
    fn values_follow_the_formulas() {
        let payload = payload(5, 300);
        assert_eq!(payload.mount, "/mnt/bench-fast-path-0000012c");
        assert_eq!(payload.digest, [44; 64]);
        let entry = &payload.entries[4];
        assert_eq!((entry.id, entry.parent), (300_000_004, Some(300_000_003)));
        assert_eq!(entry.attrs[1].value, "hot-path-15");
        assert_eq!(entry.attrs[2].value, "etag-0000012c-00000004");
        assert_eq!(entry.chunks[2], [50; 96]);
        let GnarlyKind::Directory {
            child_count,
            children,
        } = &entry.kind
        else {
            panic!("{:?}", entry.kind)
        };
        assert_eq!((*child_count, children[2].as_str()), (7, "child-300-4-2"));
        assert_eq!(payload.entries[0].parent, None);
    }

    #[test]
    fn bytes_read_back() {
        let bytes = postcard::to_allocvec(&response(7, 9)).unwrap();
        assert_eq!(postcard::from_bytes::<Response>(&bytes), Ok(response(7, 9)));
        for value in rotation(4, 1, 20) {
            let bytes = postcard::to_allocvec(&value).unwrap();
            assert_eq!(postcard::from_bytes::<GnarlyPayload>(&bytes), Ok(value));
        }
    }
}
