//! The surface around encoding: encoders, errors, shapes, tiers, reports,
//! runtimes, threads and the environment.
//!
//! Not here: bytes (`codec`) and what goes wrong (`failures`).

mod encoder;
mod environment;
mod error;
mod peek;
mod prepare;
mod reentrancy;
mod runtimes;
mod threads;
#[cfg(all(windows, target_arch = "x86_64"))]
mod vectors;
