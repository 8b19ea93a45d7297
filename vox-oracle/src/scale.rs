//! How much of what is generated a run looks at: `VOX_TEST_SCALE`, a factor.
//!
//! Emulated targets and sanitizers are slow; they run the same tests on
//! smaller counts. Not for boundaries, which are facts and stay.

/// `full` at the scale of this run, and at least 1.
///
/// # Panics
///
/// When `VOX_TEST_SCALE` is set to something that is no positive number: a run
/// that silently tested less than asked is worse than none.
#[must_use]
pub fn scaled(full: usize) -> usize {
    let factor = match std::env::var("VOX_TEST_SCALE") {
        Err(_) => 1.0,
        Ok(text) => text
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|factor| factor.is_finite() && *factor > 0.0)
            .unwrap_or_else(|| panic!("VOX_TEST_SCALE={text:?} is no positive number")),
    };
    // Counts are far below 2^53, where f64 is exact, and the cast saturates.
    ((full as f64 * factor).round() as usize).max(1)
}
