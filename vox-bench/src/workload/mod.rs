//! The workloads, and one way to walk over all of them.
//!
//! A workload is a named, deterministic Rust value with a known postcard size.
//! Everything that consumes workloads implements [`Visitor`]; [`visit_all`]
//! then offers it every row and every rotation, each with its own type. A row
//! is one value; a rotation is many different values of one type, so that no
//! branch predictor can memorise the answer.
//!
//! Not for: timing, checking or printing. Read next: [`Random`] for where the
//! values come from, [`gnarly`] for a row, [`options`] for a row that is drawn.

use std::fmt::Debug;

use facet::Facet;
use serde::Serialize;

use crate::contender::Peers;
use crate::hand::Hand;

pub mod borrows;
pub mod enums;
pub mod floats;
pub mod gnarly;
pub mod integers;
pub mod maps;
pub mod metadata;
pub mod options;
mod random;
pub mod scalars;
mod scale;
pub mod slices;
pub mod strings;
pub mod tree;

pub use random::{Draw, Random, draw_many};
pub use scale::{InvalidScale, Scale};

/// The seed of every row and of the rotations that [`visit_all`] offers.
pub const SEED: u64 = 0x0076_6f78;

/// How many values a rotation holds at [`Scale::FULL`].
pub const ROTATION_COUNT: usize = 256;

/// What a type must do to be encoded and compared.
///
/// No `Send`: some workloads hold an `Rc`. No `Deserialize`: some borrow.
pub trait Encodable: Facet<'static> + Serialize + Debug + Clone + PartialEq + 'static {}

impl<T: Facet<'static> + Serialize + Debug + Clone + PartialEq + 'static> Encodable for T {}

/// What every workload's type can do: be encoded and compared, by an encoder written for it and in other formats.
pub trait Value: Encodable + Hand + Peers {}

impl<T: Encodable + Hand + Peers> Value for T {}

/// What a workload stresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// The message that resembles a real protocol: a bit of everything.
    Gnarly,
    /// A real document: what `cargo metadata` prints.
    Metadata,
    /// Options, half of them `None`.
    Options,
    /// Box, Arc, Rc, references and Cow, thin and wide.
    Borrows,
    /// Byte slices and word slices behind every kind of pointer.
    Slices,
    /// Short strings.
    Strings,
    /// A flat struct of scalars.
    Scalars,
    /// Lists of integers.
    Integers,
    /// Enums with many kinds of variants.
    Enums,
    /// Recursive values.
    Tree,
    /// Ordered and hashed maps.
    Maps,
    /// Lists of floats and bools, where memory equals wire.
    Floats,
}

/// The postcard size of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Exactly this many bytes.
    Exact(usize),
    /// The mean over a rotation of [`ROTATION_COUNT`] values drawn from
    /// [`SEED`], rounded down.
    Mean(usize),
    /// Not known before the value is read from the host.
    Unknown,
}

/// What is known of a workload before it is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workload {
    /// Unique; letters, digits and underscores; starts with the family's name.
    pub name: &'static str,
    /// What it stresses.
    pub family: Family,
    /// Its postcard size.
    pub size: Size,
    /// Whether building it again gives the same bytes. False only where a
    /// `HashMap` decides the order; the value is equal all the same.
    pub repeatable: bool,
}

impl Workload {
    /// A repeatable workload of `bytes` bytes.
    pub(crate) const fn row(name: &'static str, family: Family, bytes: usize) -> Self {
        Self {
            name,
            family,
            size: Size::Exact(bytes),
            repeatable: true,
        }
    }

    /// A repeatable rotation whose values have `bytes` bytes in the mean.
    pub(crate) const fn rotation(name: &'static str, family: Family, bytes: usize) -> Self {
        Self {
            name,
            family,
            size: Size::Mean(bytes),
            repeatable: true,
        }
    }

    /// The same, with bytes that depend on a hash map's order.
    pub(crate) const fn hashed(mut self) -> Self {
        self.repeatable = false;
        self
    }
}

/// A consumer of workloads: a test, a benchmark, a fuzzer.
pub trait Visitor {
    /// Whether to build this workload and visit it. Everything, unless said
    /// otherwise; select by name, family or size here, before the cost is paid.
    fn wants(&mut self, workload: &Workload) -> bool {
        let _ = workload;
        true
    }

    /// Takes one value.
    fn visit<T: Value>(&mut self, workload: &Workload, value: &T);

    /// Takes many different values of one type. Visits them one by one, unless
    /// said otherwise; a benchmark overrides this to take them in turns.
    fn visit_rotation<T: Value>(&mut self, workload: &Workload, values: &[T]) {
        for value in values {
            self.visit(workload, value);
        }
    }
}

/// Offers every row and every rotation, always in the same order.
///
/// Rows have their documented size at every scale; `scale` sets how many
/// values the rotations hold. What the host must be asked for is apart:
/// [`metadata::visit_host`].
pub fn visit_all<V: Visitor>(visitor: &mut V, scale: Scale) {
    visit_rows(visitor);
    visit_rotations(visitor, SEED, scale.count(ROTATION_COUNT));
}

/// Offers every single-value workload.
pub fn visit_rows<V: Visitor>(visitor: &mut V) {
    gnarly::visit_rows(visitor);
    metadata::visit_rows(visitor);
    options::visit_rows(visitor);
    borrows::visit_rows(visitor);
    slices::visit_rows(visitor);
    strings::visit_rows(visitor);
    scalars::visit_rows(visitor);
    integers::visit_rows(visitor);
    enums::visit_rows(visitor);
    tree::visit_rows(visitor);
    maps::visit_rows(visitor);
    floats::visit_rows(visitor);
}

/// Offers every rotation with `count` values drawn from `seed`. A fuzzer or a
/// long test calls this with seed after seed.
pub fn visit_rotations<V: Visitor>(visitor: &mut V, seed: u64, count: usize) {
    gnarly::visit_rotations(visitor, seed, count);
    options::visit_rotations(visitor, seed, count);
    borrows::visit_rotations(visitor, seed, count);
    slices::visit_rotations(visitor, seed, count);
    strings::visit_rotations(visitor, seed, count);
    scalars::visit_rotations(visitor, seed, count);
    integers::visit_rotations(visitor, seed, count);
    enums::visit_rotations(visitor, seed, count);
    tree::visit_rotations(visitor, seed, count);
    maps::visit_rotations(visitor, seed, count);
    floats::visit_rotations(visitor, seed, count);
}

/// Every workload [`visit_all`] offers, in its order, without building any.
pub fn catalogue() -> Vec<Workload> {
    let mut lister = Lister(Vec::new());
    visit_all(&mut lister, Scale::FULL);
    lister.0
}

struct Lister(Vec<Workload>);

impl Visitor for Lister {
    fn wants(&mut self, workload: &Workload) -> bool {
        self.0.push(*workload);
        false
    }

    fn visit<T: Value>(&mut self, _: &Workload, _: &T) {}
}

/// Builds a row and hands it over, if it is wanted.
fn offer<V: Visitor, T: Value>(visitor: &mut V, workload: Workload, build: impl FnOnce() -> T) {
    if visitor.wants(&workload) {
        visitor.visit(&workload, &build());
    }
}

/// Builds a rotation and hands it over, if it is wanted.
fn offer_rotation<V: Visitor, T: Value>(
    visitor: &mut V,
    workload: Workload,
    build: impl FnOnce() -> Vec<T>,
) {
    if visitor.wants(&workload) {
        visitor.visit_rotation(&workload, &build());
    }
}
