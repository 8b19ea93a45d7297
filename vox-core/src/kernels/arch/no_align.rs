//! Functions begin where the linker puts them.

/// Nothing: measured on x86-64 only.
#[inline]
pub(crate) fn at_cache_line() {}
