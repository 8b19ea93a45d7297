//! What vox is measured and tested with.
//!
//! For: the values ([`workload`]) that tests, benchmarks and fuzzers share, so
//! that what is timed is what is proven; and the measuring of vox against its
//! peers on them. Not for: judging the codec in full, every value in every kind
//! of output; that is `vox-oracle`. Here bytes are checked so that no
//! number stands for wrong ones.
//!
//! | module | what it is |
//! |---|---|
//! | [`workload`] | the values; knows nothing of vox |
//! | [`hand`] | encoders written by hand for them: the ceiling |
//! | [`contender`] | who competes: a named way to encode values |
//! | [`measure`] | contenders timed in turns, medians |
//! | [`check`] | the bytes of every mode against serde postcard's |
//! | [`trial`] | all of it on a choice of workloads, giving a [`report`] |
//! | [`report`], [`table`] | what came out, and its two forms |
//! | [`rows`], [`goals`] | vox beside the hand-written encoders, and what is aimed at |
//! | [`explain`] | a type from shape to machine code, for people to look at |
//! | [`study`], [`page`] | all that the report says, and how it looks |
//! | [`mixture`] | two hundred small types, for studies of cold and mixed ones |
//! | [`direct`] | an encode with the slot at hand |
//! | `processor` | which one this is |
//! | `nested` | a call from each tier to each |
//! | [`switches`] | whether a slow call was the scheduler's |
//! | [`progress`] | what is said meanwhile |
//!
//! Read next: [`workload`], then [`trial`].

pub mod check;
pub mod contender;
pub mod direct;
#[cfg(feature = "jit")]
pub mod explain;
pub mod goals;
pub mod hand;
pub mod measure;
pub mod mixture;
#[cfg(feature = "jit")]
pub mod nested;
pub mod page;
#[cfg(target_arch = "x86_64")]
pub mod processor;
pub mod progress;
pub mod report;
pub mod rows;
pub mod study;
pub mod switches;
pub mod table;
pub mod trial;
pub mod workload;
