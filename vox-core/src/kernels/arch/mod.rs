//! Routines for the processors of one architecture each, behind one switch.
//!
//! An architecture answers the sets its processor can run, best first; the
//! portable set comes after them and need not be among them. Miri runs no vendor instructions and
//! takes the portable set.

#[cfg(all(
    any(
        target_arch = "x86_64",
        all(target_arch = "aarch64", target_endian = "little")
    ),
    not(miri)
))]
mod stretch;

#[cfg(all(target_arch = "x86_64", not(miri)))]
mod x86_64;
#[cfg(all(test, target_arch = "x86_64", not(miri)))]
pub(super) use x86_64::ALL;
#[cfg(all(target_arch = "x86_64", not(miri)))]
pub(super) use x86_64::{FIELDS, sets};

/// None but those that run everywhere.
#[cfg(any(miri, not(target_arch = "x86_64")))]
pub(super) const FIELDS: super::fields::Fields = super::fields::PORTABLE;

#[cfg(all(target_arch = "aarch64", target_endian = "little", not(miri)))]
mod aarch64;
#[cfg(all(test, target_arch = "aarch64", target_endian = "little", not(miri)))]
pub(super) use aarch64::ALL;
#[cfg(all(target_arch = "aarch64", target_endian = "little", not(miri)))]
pub(super) use aarch64::sets;

/// None but the portable set.
#[cfg(all(
    test,
    not(any(
        miri,
        target_arch = "x86_64",
        all(target_arch = "aarch64", target_endian = "little")
    ))
))]
pub(super) const ALL: &[&str] = &[];

/// None but the portable set.
#[cfg(any(
    miri,
    not(any(
        target_arch = "x86_64",
        all(target_arch = "aarch64", target_endian = "little")
    ))
))]
pub(super) fn sets() -> Vec<&'static super::Kernels> {
    Vec::new()
}

#[cfg(all(target_arch = "x86_64", not(any(miri, feature = "exact-reads"))))]
#[path = "x86_64/over_copy.rs"]
pub(super) mod over_copy;

#[cfg(all(target_arch = "aarch64", not(any(miri, feature = "exact-reads"))))]
#[path = "aarch64/over_copy.rs"]
pub(super) mod over_copy;

#[cfg(any(
    miri,
    feature = "exact-reads",
    not(any(target_arch = "x86_64", target_arch = "aarch64"))
))]
#[path = "no_over_copy.rs"]
pub(super) mod over_copy;

#[cfg(all(target_arch = "x86_64", not(miri)))]
#[path = "x86_64/control.rs"]
pub(super) mod control;

#[cfg(any(miri, not(target_arch = "x86_64")))]
#[path = "no_control.rs"]
pub(super) mod control;

#[cfg(all(target_arch = "x86_64", not(miri)))]
#[path = "x86_64/align.rs"]
pub(super) mod align;

#[cfg(any(miri, not(target_arch = "x86_64")))]
#[path = "no_align.rs"]
pub(super) mod align;

#[cfg(all(target_arch = "x86_64", not(miri)))]
#[path = "x86_64/deposit.rs"]
pub(super) mod deposit;

#[cfg(any(miri, not(target_arch = "x86_64")))]
#[path = "no_deposit.rs"]
pub(super) mod deposit;
