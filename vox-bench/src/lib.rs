//! What vox is measured and tested with.
//!
//! For: the values ([`workload`]) that tests, benchmarks and fuzzers share, so
//! that what is timed is what is proven. Not for: judging bytes (that is
//! `vox-oracle`) and nothing here knows vox: a workload is a plain Rust value.
//! Read next: [`workload`], then [`workload::gnarly`] for the simplest row.

pub mod workload;
