//! Records that hold everything through a pointer: Box, Arc, Rc, references
//! and Cow, to sized values, to `str` and to slices.
//!
//! For: pointer vtable calls, thin and wide. What is borrowed lies in a pool
//! that lives as long as the process, so drawing leaks nothing. The row is 64
//! records, a rotation's value 8.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use facet::Facet;
use serde::Serialize;

use super::{Draw, Family, Random, SEED, Visitor, Workload, draw_many, offer, offer_rotation};

/// What the thin pointers point at.
#[derive(Debug, Clone, PartialEq, Facet, Serialize)]
#[cfg_attr(feature = "peers", derive(bincode::Encode, borsh::BorshSerialize))]
pub struct Point {
    /// Of random magnitude.
    pub x: i32,
    /// Of random magnitude.
    pub y: i32,
}

/// One of each pointer.
#[derive(Debug, Clone, PartialEq, Facet, Serialize)]
#[cfg_attr(feature = "peers", derive(bincode::Encode, borsh::BorshSerialize))]
pub struct Record<'a> {
    /// A thin pointer to a scalar.
    pub boxed: Box<u64>,
    /// A thin pointer to a string, which points on.
    pub boxed_string: Box<String>,
    /// A thin shared pointer to a struct.
    pub shared: Arc<Point>,
    /// A thin pointer that stays on its thread.
    pub counted: Rc<Point>,
    /// A thin reference.
    pub borrowed: &'a u32,
    /// A wide owner of text.
    pub boxed_text: Box<str>,
    /// A wide shared owner of text.
    pub shared_text: Arc<str>,
    /// A wide owner of text that stays on its thread.
    pub counted_text: Rc<str>,
    /// A wide reference to text.
    pub text: &'a str,
    /// Text that is borrowed or owned, as it falls.
    pub either: Cow<'a, str>,
    /// A wide owner of words.
    pub boxed_words: Box<[u32]>,
    /// A wide shared owner of words.
    pub shared_words: Arc<[u16]>,
    /// A wide owner of strings.
    pub boxed_strings: Box<[String]>,
    /// A pointer to a pointer to a pointer.
    pub nested: Box<Arc<&'a str>>,
    /// A pointer that may be absent.
    pub maybe: Option<Box<Point>>,
}

/// Text to borrow from.
static TEXT: LazyLock<String> = LazyLock::new(|| Random::new(SEED).text(4096..=4096));

/// Numbers to borrow.
static NUMBERS: LazyLock<Vec<u32>> = LazyLock::new(|| draw_many(SEED, 256));

/// A piece of text of 8 to 16 bytes that lives as long as the process.
pub(super) fn borrow_text(random: &mut Random) -> &'static str {
    let len = random.length(8..=16);
    let start = random.length(0..=TEXT.len() - len);
    // Any cut is at a boundary: the text is ASCII.
    &TEXT[start..start + len]
}

impl Draw for Point {
    fn draw(random: &mut Random) -> Self {
        Self {
            x: random.draw(),
            y: random.draw(),
        }
    }
}

impl Draw for Record<'static> {
    fn draw(random: &mut Random) -> Self {
        Self {
            boxed: Box::new(random.draw()),
            boxed_string: Box::new(random.draw()),
            shared: Arc::new(random.draw()),
            counted: Rc::new(random.draw()),
            borrowed: &NUMBERS[random.length(0..=NUMBERS.len() - 1)],
            boxed_text: random.draw::<String>().into(),
            shared_text: random.draw::<String>().into(),
            counted_text: random.draw::<String>().into(),
            text: borrow_text(random),
            either: match random.draw() {
                true => Cow::Borrowed(borrow_text(random)),
                false => Cow::Owned(random.draw()),
            },
            boxed_words: random.list(0..=4).into(),
            shared_words: random.list(0..=4).into(),
            boxed_strings: random.list(0..=2).into(),
            nested: Box::new(Arc::new(borrow_text(random))),
            maybe: random.draw::<Option<Point>>().map(Box::new),
        }
    }
}

/// `len` records.
pub fn records(seed: u64, len: usize) -> Vec<Record<'static>> {
    draw_many(seed, len)
}

/// `count` lists of 8 records.
pub fn rotation(seed: u64, count: usize) -> Vec<Vec<Record<'static>>> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random.list(8..=8)).collect()
}

pub(super) fn visit_rows<V: Visitor>(visitor: &mut V) {
    let row = Workload::row("borrows_64", Family::Borrows, 8_730);
    offer(visitor, row, || records(SEED, 64));
}

pub(super) fn visit_rotations<V: Visitor>(visitor: &mut V, seed: u64, count: usize) {
    let workload = Workload::rotation("borrows_8_rotation", Family::Borrows, 1_106);
    offer_rotation(visitor, workload, || rotation(seed, count));
}
