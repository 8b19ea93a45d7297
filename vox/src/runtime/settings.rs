//! The settings of a runtime: set by the builder, or read from the environment
//! for the global one.

use core::fmt;
use std::env;

use vox_core::tier::Tier;

/// How machine code calls facet's `extern "C"` vtable functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VtableCalls {
    /// By the platform's C calling convention, in place.
    Inline,
    /// Through Rust trampolines; needs the cargo feature `trampolines`.
    Trampoline,
}

impl VtableCalls {
    /// The ways this build of the crate has: trampolines come with the cargo
    /// feature of that name.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(vox::VtableCalls::available().contains(&vox::VtableCalls::Inline));
    /// ```
    #[must_use]
    pub const fn available() -> &'static [Self] {
        if cfg!(feature = "trampolines") {
            &[Self::Inline, Self::Trampoline]
        } else {
            &[Self::Inline]
        }
    }
}

impl fmt::Display for VtableCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inline => "inline",
            Self::Trampoline => "trampoline",
        })
    }
}

/// The most levels of calls an encode may nest by default.
pub(crate) const DEFAULT_MAX_DEPTH: u64 = 100;

/// Executable memory a runtime may use by default, in bytes.
pub(crate) const DEFAULT_CODE_BUDGET: usize = 64 << 20;

/// What a runtime was asked to be.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The one tier to use; `None` chooses by use.
    pub(crate) tier: Option<Tier>,
    pub(crate) vtable_calls: VtableCalls,
    pub(crate) probed_layouts: bool,
    pub(crate) max_depth: u64,
    pub(crate) code_budget: usize,
    pub(crate) background: bool,
    pub(crate) count_calls: bool,
    pub(crate) perf: bool,
    /// Work before a type is compiled, instead of what its size suggests.
    pub(crate) compile_after: Option<u64>,
    pub(crate) fresh_pages: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tier: None,
            vtable_calls: VtableCalls::Inline,
            probed_layouts: true,
            max_depth: DEFAULT_MAX_DEPTH,
            code_budget: DEFAULT_CODE_BUDGET,
            background: true,
            count_calls: false,
            perf: false,
            compile_after: None,
            fresh_pages: false,
        }
    }
}

impl Settings {
    /// The settings of the global runtime. A value that is not understood is
    /// reported through `tracing` and in [`crate::TypeReport::notes`], and leaves the default.
    pub(crate) fn from_env() -> (Self, Vec<String>) {
        Self::from_lookup(|name| Some(env::var_os(name)?.to_string_lossy().into_owned()))
    }

    /// What was asked for and is not in this build of the crate.
    pub(crate) fn missing_from_build(&self) -> Vec<String> {
        let mut missing = Vec::new();
        if let Some(tier) = self.tier
            && !super::AVAILABLE_TIERS.contains(&tier)
        {
            missing.push(format!("the {tier} tier is not in this build: it takes the cargo feature `jit`, and a processor vox makes it for"));
        }
        if !VtableCalls::available().contains(&self.vtable_calls) {
            missing.push(String::from(
                "trampolines were asked for, but the feature `trampolines` is off: the optimized tier is not to be had",
            ));
        }
        missing
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> (Self, Vec<String>) {
        let mut settings = Self::default();
        let mut notes = Vec::new();
        let mut read = |name: &str, allowed: &str, apply: &mut dyn FnMut(&str) -> bool| {
            if let Some(value) = lookup(name)
                && !apply(&value)
            {
                notes.push(format!("{name}={value:?} is none of {allowed}; ignored"));
            }
        };
        read(
            "VOX_TIER",
            "auto, interpreter, baseline, optimized",
            &mut |value| {
                settings.tier = match value {
                    "auto" => None,
                    "interpreter" => Some(Tier::Interpreter),
                    "baseline" => Some(Tier::Baseline),
                    "optimized" => Some(Tier::Optimized),
                    _ => return false,
                };
                true
            },
        );
        read("VOX_VTABLE_CALLS", "inline, trampoline", &mut |value| {
            settings.vtable_calls = match value {
                "inline" => VtableCalls::Inline,
                "trampoline" => VtableCalls::Trampoline,
                _ => return false,
            };
            true
        });
        read("VOX_PROBED_LAYOUTS", "on, off", &mut |value| {
            settings.probed_layouts = match value {
                "on" => true,
                "off" => false,
                _ => return false,
            };
            true
        });
        read("VOX_JIT_PERF", "0, 1", &mut |value| {
            settings.perf = match value {
                "1" => true,
                "0" => false,
                _ => return false,
            };
            true
        });
        (settings, notes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &'static str) -> (Settings, Vec<String>) {
        Settings::from_lookup(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn known_values_are_taken() {
        assert_eq!(
            with("VOX_TIER", "interpreter").0.tier,
            Some(Tier::Interpreter)
        );
        assert_eq!(with("VOX_TIER", "baseline").0.tier, Some(Tier::Baseline));
        assert_eq!(with("VOX_TIER", "optimized").0.tier, Some(Tier::Optimized));
        assert_eq!(with("VOX_TIER", "auto").0.tier, None);
        assert_eq!(
            with("VOX_VTABLE_CALLS", "trampoline").0.vtable_calls,
            VtableCalls::Trampoline
        );
        assert!(!with("VOX_PROBED_LAYOUTS", "off").0.probed_layouts);
        assert!(with("VOX_PROBED_LAYOUTS", "on").1.is_empty());
        assert!(with("VOX_JIT_PERF", "1").0.perf);
        assert!(!with("VOX_JIT_PERF", "0").0.perf);
    }

    #[test]
    fn what_the_build_lacks_is_noted() {
        assert!(Settings::default().missing_from_build().is_empty());
        let trampolines = with("VOX_VTABLE_CALLS", "trampoline").0;
        assert_eq!(
            trampolines.missing_from_build().is_empty(),
            cfg!(feature = "trampolines")
        );
        let optimized = with("VOX_TIER", "optimized").0;
        assert_eq!(
            optimized.missing_from_build().is_empty(),
            cfg!(all(feature = "jit", target_pointer_width = "64"))
        );
    }

    #[test]
    fn unknown_values_are_reported_and_leave_the_default() {
        for name in [
            "VOX_TIER",
            "VOX_VTABLE_CALLS",
            "VOX_PROBED_LAYOUTS",
            "VOX_JIT_PERF",
        ] {
            let (settings, notes) = with(name, "fastest");
            assert_eq!(settings.tier, None);
            assert_eq!(settings.vtable_calls, VtableCalls::Inline);
            assert!(settings.probed_layouts);
            assert!(!settings.perf);
            assert_eq!(notes.len(), 1);
            assert!(
                notes[0].contains(name) && notes[0].contains("fastest"),
                "{notes:?}"
            );
        }
    }
}
