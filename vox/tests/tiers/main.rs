//! Moving between tiers: by itself, under load, in processes that fork, exit early, or are refused executable
//! memory. Bytes are compared throughout.
//!
//! Not here: what every tier writes (`codec`), and asking for tiers (`api/prepare.rs`).

mod background;
mod children;
#[cfg(all(feature = "jit", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod logger;
mod made;
mod process;
#[cfg(all(
    feature = "jit",
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod refusal;
mod stress;
mod subscriber;
mod telling;

use std::time::{Duration, Instant};

use vox::Tier;

fn has_machine_code() -> bool {
    vox::available_tiers().contains(&Tier::Optimized)
}

/// Repeats `step` until it answers true, or fails after a time that only a bug takes.
fn until(what: &str, mut step: impl FnMut() -> bool) {
    let start = Instant::now();
    while !step() {
        assert!(start.elapsed() < Duration::from_secs(120), "never: {what}");
        std::thread::yield_now();
    }
}
