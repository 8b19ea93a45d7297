//! Types made at run time, with values and the bytes they must become.
//!
//! Tests that people write test what people think of. This crate makes facet shapes no compiler saw: structs with
//! fields in any order and with gaps, enums of every representation, options, results, lists, arrays,
//! pointers, sets, maps, locks and proxies inside each other and inside themselves, in poisoned memory, and
//! writes down the bytes of each value while it makes it. Vox then encodes it in every tier, call style
//! and layout mode.
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
