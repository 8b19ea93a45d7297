//! The codec: values of every kind of type, in every mode and kind of output,
//! judged by serde's postcard and by the reflection walker.
//!
//! Not here: what fails (`failures`), and the surface around encoding (`api`).

#![expect(
    clippy::arc_with_non_send_sync,
    reason = "what is shared in an `Arc` may be anything"
)]

mod attributes;
mod compounds;
mod containers;
mod discriminants;
mod enums;
mod lists;
mod options;
mod pointers;
mod recursion;
mod regressions;
mod scalars;
mod scripted;
mod sinks;
mod standard;
mod text;
mod twin;
mod unsized_roots;
