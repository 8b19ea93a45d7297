//! Types made at run time, with values and the bytes they must become.
//!
//! Tests that people write test what people think of. This crate makes facet shapes no compiler saw: structs with
//! fields in any order and with gaps, tuples and transparent ones, enums of every representation and every way to
//! tell a variant, options, results, lists, arrays, pointers (weak ones and `Cow` too), sets, maps, locks (and what
//! is set or computed later) and proxies inside each other and inside themselves, in poisoned memory, and
//! writes down the bytes of each value while it makes it. Vox then encodes it in every tier, call style
//! and layout mode.
//!
//! Some have no encoding: a few values (a skipped variant, an empty `OnceLock`), and now and then a whole type, for a
//! flattened field or tags that say nothing. Those must be refused for that reason, and leave nothing behind.
//!
//! What it does not make of what derive can: transparent types with nothing in them (they are `()`), fields with
//! proxies and proxies for one format, metadata containers, opaque adapters, guards of locks, hashed maps, and
//! attributes that only readers and other formats look at. The zoo in `vox/tests` has those. Nor does it make a transparent type
//! around itself: its shape holds the inner one, and constants cannot contain each other. What a weak pointer can be
//! upgraded to is not freed with the last strong one, only counted.
//!
//! Not for anything shipped, and not for types the compiler makes: those are `codec_test!`'s
//! (`vox-oracle`), and what derive makes of attributes is tested there.
//!
//! Read next: [`Choices`], where everything comes from; `plan`, what a type is; `values`, the oracle;
//! [`Campaign`], which runs many.

mod arena;
mod campaign;
mod case;
mod census;
pub mod check;
mod choices;
mod coverage;
mod functions;
mod fuzzing;
mod leaf;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod lying;
mod never;
mod plan;
mod refusal;
mod root;
mod shapes;
mod shrink;
mod slots;
#[cfg(test)]
mod stack;
mod values;

pub use campaign::{Campaign, CaseFailure, Summary, run_alone};
pub use case::Case;
pub use census::Census;
pub use choices::Choices;
pub use coverage::{Coverage, OpCounts};
pub use fuzzing::{Tiers, fuzz};
pub use shrink::shrink;
