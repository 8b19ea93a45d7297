//! Building runtimes with settings of one's own.

use vox_core::tier::Tier;

use super::settings::Settings;
use super::{Runtime, VtableCalls};

/// Builds a [`Runtime`].
///
/// # Examples
///
/// ```
/// use vox::{Runtime, Tier};
///
/// let runtime = Runtime::builder().tier(Tier::Interpreter).build();
/// assert_eq!(runtime.to_bytes(&(1_u8, "two"))?, [1, 3, b't', b'w', b'o']);
/// # Ok::<(), vox::EncodeError>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a builder does nothing until it is built"]
pub struct RuntimeBuilder {
    settings: Settings,
}

impl RuntimeBuilder {
    /// Uses one tier for every type, from its first call on (compiling then, if it must).
    ///
    /// Where the tier is not available the next lower one serves, and
    /// [`crate::TypeReport`] says why. Without this setting a type starts in the
    /// interpreter and moves up when it is used enough.
    pub fn tier(mut self, tier: Tier) -> Self {
        self.settings.tier = Some(tier);
        self
    }

    /// How machine code calls vtable functions. Default: inline.
    pub fn vtable_calls(mut self, calls: VtableCalls) -> Self {
        self.settings.vtable_calls = calls;
        self
    }

    /// Whether layouts Rust does not promise (of `Vec`, `String`, slices) may be
    /// learnt by probing, and used in place of vtable calls. Default: yes.
    pub fn probed_layouts(mut self, probed: bool) -> Self {
        self.settings.probed_layouts = probed;
        self
    }

    /// How many levels of recursion an encode may nest, at most; deeper values
    /// are an error. Recursion in last position (the next node of a list) does
    /// not count. Default: 128.
    pub fn max_depth(mut self, levels: u64) -> Self {
        self.settings.max_depth = levels;
        self
    }

    /// The most executable memory to use, in bytes. Types beyond it stay in
    /// lower tiers. Default: 64 MiB.
    pub fn code_budget(mut self, bytes: usize) -> Self {
        self.settings.code_budget = bytes;
        self
    }

    /// Whether hot types are compiled on a background thread. When not, and no
    /// tier is fixed, only [`Runtime::prepare`] compiles. Default: yes.
    pub fn background(mut self, background: bool) -> Self {
        self.settings.background = background;
        self
    }

    /// Work a type does before it is compiled in the background: ops executed, and elements of integer lists
    /// written. Default: what its compilation is worth, some ten thousands, more for larger types.
    pub fn compile_after(mut self, work: u64) -> Self {
        self.settings.compile_after = Some(work);
        self
    }

    /// Whether every compilation takes pages of its own, as where the system offers nothing better.
    #[doc(hidden)]
    pub fn fresh_pages(mut self, fresh: bool) -> Self {
        self.settings.fresh_pages = fresh;
        self
    }

    /// Whether machine code counts the vtable calls it makes, for
    /// [`Runtime::to_bytes_counted`]. Costs an increment per call. Default: no.
    pub fn count_calls(mut self, count: bool) -> Self {
        self.settings.count_calls = count;
        self
    }

    /// The runtime.
    #[must_use]
    pub fn build(self) -> Runtime {
        Runtime::with_settings(self.settings, Vec::new())
    }
}
