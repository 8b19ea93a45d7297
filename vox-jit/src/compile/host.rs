//! What Cranelift takes for granted of a processor, and does not ask for.

/// Cranelift takes a z14 for granted, Rust a z10, and neither asks. Vectors want the system's consent as well.
#[cfg(target_arch = "s390x")]
pub(super) fn has_what_is_taken_for_granted() -> Result<(), &'static str> {
    let is_z14 = std::arch::is_s390x_feature_detected!("vector")
        && std::arch::is_s390x_feature_detected!("vector-enhancements-1")
        && std::arch::is_s390x_feature_detected!("miscellaneous-extensions-2");
    is_z14
        .then_some(())
        .ok_or("it is older than a z14, or its system has no vectors")
}

/// Elsewhere Cranelift asks for what it needs, or needs what every processor has.
#[cfg(not(target_arch = "s390x"))]
#[expect(clippy::unnecessary_wraps, reason = "it does for one architecture")]
pub(super) const fn has_what_is_taken_for_granted() -> Result<(), &'static str> {
    Ok(())
}
