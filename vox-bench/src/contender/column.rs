//! The ways to encode that are compared.
//!
//! Plain data: names, and how vox is set up for each. Who encodes is [`super::Lineup`].

use std::{env, fmt};

use serde::{Deserialize, Serialize};
use vox::{Tier, VtableCalls};

/// A way to encode: a column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Column {
    /// The finished bytes, copied: what no encoder can beat.
    Copied,
    /// The encoder written by hand for the type, in the best form for this processor.
    Hand,
    /// The same in the form that runs everywhere.
    HandPortable,
    /// vox's unrolled calls, with probed layouts.
    Baseline,
    /// vox's interpreter, with probed layouts.
    Interpreter,
    /// vox's machine code, every vtable function called through a trampoline, nothing probed.
    Trampoline,
    /// vox's machine code, every `extern "C"` vtable function called in place, nothing probed.
    Inline,
    /// vox's machine code as it is by default: probed layouts, other calls in place. By the free functions.
    Probed,
    /// The serde `postcard` crate's `to_allocvec`.
    SerdePostcard,
    /// The same where lists of bytes go by the `serde_bytes` crate, which takes them whole.
    SerdeBytes,
    /// The `facet-postcard` crate's `to_vec`.
    FacetPostcard,
    /// The `bincode` crate, version 2, by its derive, with integers of fixed width. Bytes of its own.
    Bincode,
    /// The `bitcode` crate by its derive. Bytes of its own.
    Bitcode,
    /// The `borsh` crate by its derive. Bytes of its own.
    Borsh,
    /// The `rkyv` crate by its derive. Bytes of its own.
    Rkyv,
    /// The `speedy` crate by its derive. Bytes of its own.
    Speedy,
    /// The `wincode` crate by its derive. Bytes of its own.
    Wincode,
}

/// How vox is set up for a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The tier of every type.
    pub tier: Tier,
    /// How vtable functions are called.
    pub vtable_calls: VtableCalls,
    /// Whether layouts are probed.
    pub probed_layouts: bool,
}

impl Column {
    /// All columns that encode in a mode of vox or are its peers: those of the table of `gnarly`, in its order.
    pub const TABLE: [Self; 6] = [
        Self::Interpreter,
        Self::Trampoline,
        Self::Inline,
        Self::Probed,
        Self::SerdePostcard,
        Self::FacetPostcard,
    ];

    /// All columns of a row that is chased: the floor, the ceiling, vox by tiers, the peers.
    pub const ROWS: [Self; 15] = [
        Self::Copied,
        Self::Hand,
        Self::HandPortable,
        Self::Probed,
        Self::Baseline,
        Self::Interpreter,
        Self::SerdePostcard,
        Self::SerdeBytes,
        Self::FacetPostcard,
        Self::Bincode,
        Self::Bitcode,
        Self::Borsh,
        Self::Rkyv,
        Self::Speedy,
        Self::Wincode,
    ];

    /// What people read.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Copied => "copied",
            Self::Hand => "hand-written",
            Self::HandPortable => "hand, portable",
            Self::Baseline => "baseline",
            Self::Interpreter => "interpreter",
            Self::Trampoline => "trampoline",
            Self::Inline => "inline",
            Self::Probed => "probed layouts",
            Self::SerdePostcard => "serde postcard",
            Self::SerdeBytes => "serde_bytes",
            Self::FacetPostcard => "facet-postcard",
            Self::Bincode => "bincode",
            Self::Bitcode => "bitcode",
            Self::Borsh => "borsh",
            Self::Rkyv => "rkyv",
            Self::Speedy => "speedy",
            Self::Wincode => "wincode",
        }
    }

    /// What machines read.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Copied => "copied",
            Self::Hand => "hand",
            Self::HandPortable => "hand_portable",
            Self::Baseline => "baseline",
            Self::Interpreter => "interpreter",
            Self::Trampoline => "trampoline",
            Self::Inline => "inline",
            Self::Probed => "probed",
            Self::SerdePostcard => "serde_postcard",
            Self::SerdeBytes => "serde_bytes",
            Self::FacetPostcard => "facet_postcard",
            Self::Bincode => "bincode",
            Self::Bitcode => "bitcode",
            Self::Borsh => "borsh",
            Self::Rkyv => "rkyv",
            Self::Speedy => "speedy",
            Self::Wincode => "wincode",
        }
    }

    /// How vox is set up; `None` for everybody else.
    #[must_use]
    pub const fn settings(self) -> Option<Settings> {
        let (tier, vtable_calls, probed_layouts) = match self {
            Self::Baseline => (Tier::Baseline, VtableCalls::Inline, true),
            Self::Interpreter => (Tier::Interpreter, VtableCalls::Inline, true),
            Self::Trampoline => (Tier::Optimized, VtableCalls::Trampoline, false),
            Self::Inline => (Tier::Optimized, VtableCalls::Inline, false),
            Self::Probed => (Tier::Optimized, VtableCalls::Inline, true),
            Self::Copied
            | Self::Hand
            | Self::HandPortable
            | Self::SerdePostcard
            | Self::SerdeBytes
            | Self::FacetPostcard
            | Self::Bincode
            | Self::Bitcode
            | Self::Borsh
            | Self::Rkyv
            | Self::Speedy
            | Self::Wincode => return None,
        };
        Some(Settings {
            tier,
            vtable_calls,
            probed_layouts,
        })
    }

    /// Whether it writes another format than postcard.
    #[must_use]
    pub const fn is_other_format(self) -> bool {
        matches!(
            self,
            Self::Bincode | Self::Bitcode | Self::Borsh | Self::Rkyv | Self::Speedy | Self::Wincode
        )
    }

    /// Whether it needs the feature `peers`, and takes the types it has an encoder for. All others take every type.
    #[must_use]
    pub const fn is_peer(self) -> bool {
        self.is_other_format() || matches!(self, Self::SerdeBytes)
    }

    /// Whether it is measured with a vector of its own only.
    #[must_use]
    pub const fn makes_its_vector(self) -> bool {
        self.is_peer() || matches!(self, Self::FacetPostcard)
    }

    /// Why this build cannot have the column, if it cannot.
    #[must_use]
    pub fn missing(self) -> Option<&'static str> {
        if self.is_peer() && !cfg!(feature = "peers") {
            return Some("this build has no peers; add the feature `peers`");
        }
        let settings = self.settings()?;
        if !vox::available_tiers().contains(&settings.tier) {
            return Some(match settings.tier {
                Tier::Baseline => "vox has no baseline tier here",
                _ => "this build of vox has no optimized tier",
            });
        }
        if !VtableCalls::available().contains(&settings.vtable_calls) {
            return Some("this build of vox has no trampolines");
        }
        None
    }

    /// Why it is not to be had here: because of this build, or of the environment.
    #[must_use]
    pub fn unavailable(self) -> Option<&'static str> {
        let changed = || changed(|name| env::var(name).ok());
        self.missing()
            .or_else(|| (self == Self::Probed).then(changed)?)
    }

    /// The columns of [`Self::TABLE`] that are to be had here.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let is_there = |column: &Self| column.unavailable().is_none();
        Self::TABLE.into_iter().filter(is_there).collect()
    }
}

/// Why the free functions are not as they are by default, if the environment changes them.
fn changed(variable: impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    let is = |name: &str, values: &[&str]| {
        variable(name).is_some_and(|value| values.contains(&value.as_str()))
    };
    if is("VOX_TIER", &["interpreter", "baseline"]) {
        return Some("VOX_TIER gives the free functions another tier");
    }
    if is("VOX_VTABLE_CALLS", &["trampoline"]) {
        return Some("VOX_VTABLE_CALLS has the free functions call through trampolines");
    }
    is("VOX_PROBED_LAYOUTS", &["off"])
        .then_some("VOX_PROBED_LAYOUTS has the free functions probe nothing")
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_may_change_the_free_functions() {
        assert_eq!(changed(|_| None), None);
        let with = |set: &str, value: &str| {
            changed(|name| (name == set).then(|| value.to_owned())).is_some()
        };
        for (name, value) in [
            ("VOX_TIER", "interpreter"),
            ("VOX_TIER", "baseline"),
            ("VOX_VTABLE_CALLS", "trampoline"),
            ("VOX_PROBED_LAYOUTS", "off"),
        ] {
            assert!(with(name, value), "{name}={value}");
            for same in ["auto", "optimized", "inline", "on", "?"] {
                assert!(!with(name, same), "{name}={same}");
            }
        }
    }
}
