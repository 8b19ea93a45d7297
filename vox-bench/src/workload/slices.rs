//! Records of slices: bytes and words, owned, boxed, shared and borrowed, from
//! empty to 64 elements.
//!
//! For: slice and list vtable calls that do little work each, and the bulk
//! copy of bytes. `slices_bytes_64` is bytes only; `slices_words_64` has
//! elements of two and four bytes, and slices of slices. A rotation's value
//! has 8 records.

use std::sync::{Arc, LazyLock};

use facet::Facet;
use serde::Serialize;

use super::borrows::borrow_text;
use super::{Draw, Family, Random, SEED, Visitor, Workload, draw_many, offer, offer_rotation};

/// Bytes behind every kind of pointer.
#[derive(Debug, Clone, PartialEq, Facet, Serialize)]
#[cfg_attr(
    feature = "peers",
    derive(bincode::Encode, borsh::BorshSerialize, wincode::SchemaWrite)
)]
pub struct ByteRecord<'a> {
    /// Two to four lists.
    pub chunks: Vec<Vec<u8>>,
    /// A reference.
    pub borrowed: &'a [u8],
    /// An owner without spare capacity.
    pub boxed: Box<[u8]>,
    /// A shared owner.
    pub shared: Arc<[u8]>,
    /// Up to four references.
    pub views: Vec<&'a [u8]>,
}

/// Words behind every kind of pointer.
#[derive(Debug, Clone, PartialEq, Facet, Serialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        borsh::BorshSerialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
pub struct WordRecord<'a> {
    /// A reference to two-byte words.
    pub shorts: &'a [u16],
    /// A reference to four-byte words.
    pub words: &'a [u32],
    /// An owner without spare capacity.
    pub boxed: Box<[u32]>,
    /// A reference to references.
    pub names: &'a [&'a str],
    /// A list of owners.
    pub rows: Vec<Box<[u16]>>,
}

static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| Random::new(SEED).bytes(4096..=4096));
static SHORTS: LazyLock<Vec<u16>> = LazyLock::new(|| draw_many(SEED, 1024));
static WORDS: LazyLock<Vec<u32>> = LazyLock::new(|| draw_many(SEED, 1024));
static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut random = Random::new(SEED);
    (0..256).map(|_| borrow_text(&mut random)).collect()
});

/// Up to `longest` elements of `pool`.
fn cut<T>(random: &mut Random, pool: &'static [T], longest: usize) -> &'static [T] {
    let len = random.length(0..=longest);
    let start = random.length(0..=pool.len() - len);
    &pool[start..start + len]
}

impl Draw for ByteRecord<'static> {
    fn draw(random: &mut Random) -> Self {
        let chunks = random.length(2..=4);
        let views = random.length(0..=4);
        Self {
            chunks: (0..chunks).map(|_| random.bytes(0..=64)).collect(),
            borrowed: cut(random, &BYTES, 64),
            boxed: random.bytes(0..=64).into(),
            shared: random.bytes(0..=64).into(),
            views: (0..views).map(|_| cut(random, &BYTES, 64)).collect(),
        }
    }
}

impl Draw for WordRecord<'static> {
    fn draw(random: &mut Random) -> Self {
        let rows = random.length(0..=4);
        Self {
            shorts: cut(random, &SHORTS, 16),
            words: cut(random, &WORDS, 16),
            boxed: random.list(0..=16).into(),
            names: cut(random, &NAMES, 4),
            rows: (0..rows).map(|_| random.list(0..=8).into()).collect(),
        }
    }
}

/// `len` records of bytes.
pub fn byte_records(seed: u64, len: usize) -> Vec<ByteRecord<'static>> {
    draw_many(seed, len)
}

/// `len` records of words.
pub fn word_records(seed: u64, len: usize) -> Vec<WordRecord<'static>> {
    draw_many(seed, len)
}

/// `count` lists of 8 records of bytes.
pub fn byte_rotation(seed: u64, count: usize) -> Vec<Vec<ByteRecord<'static>>> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random.list(8..=8)).collect()
}

/// `count` lists of 8 records of words.
pub fn word_rotation(seed: u64, count: usize) -> Vec<Vec<WordRecord<'static>>> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random.list(8..=8)).collect()
}

pub(super) fn visit_rows<V: Visitor>(visitor: &mut V) {
    let row = |name, bytes| Workload::row(name, Family::Slices, bytes);
    offer(visitor, row("slices_bytes_64", 17_535), || {
        byte_records(SEED, 64)
    });
    offer(visitor, row("slices_words_64", 6_599), || {
        word_records(SEED, 64)
    });
}

pub(super) fn visit_rotations<V: Visitor>(visitor: &mut V, seed: u64, count: usize) {
    let rotation = |name, bytes| Workload::rotation(name, Family::Slices, bytes);
    let bytes = rotation("slices_bytes_8_rotation", 2_124);
    offer_rotation(visitor, bytes, || byte_rotation(seed, count));
    let words = rotation("slices_words_8_rotation", 819);
    offer_rotation(visitor, words, || word_rotation(seed, count));
}
