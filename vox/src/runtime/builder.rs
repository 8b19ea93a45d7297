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
    /// Uses one tier for every type, from its first call on. The first call of each type waits for its compilation then, and,
    /// for the optimized tier, for those of other threads.
    ///
    /// Where the tier is not available the interpreter serves, and
    /// [`crate::TypeReport`] says why. Without this setting a type starts in the
    /// interpreter and moves up when it is used enough.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox::{Runtime, Tier};
    ///
    /// let runtime = Runtime::builder().tier(Tier::Interpreter).build();
    /// assert_eq!(runtime.report::<u8>().tier, Tier::Interpreter);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn tier(mut self, tier: Tier) -> Self {
        self.settings.tier = Some(tier);
        self
    }

    /// How machine code calls vtable functions. Default: inline. Without the feature `trampolines`, asking for those leaves
    /// the lower tiers, and [`crate::TypeReport::notes`] says so.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox::{Runtime, VtableCalls};
    ///
    /// // Those this build has: all give the same bytes.
    /// for calls in VtableCalls::available() {
    ///     let runtime = Runtime::builder().vtable_calls(*calls).build();
    ///     assert_eq!(runtime.to_bytes("vox")?, b"\x03vox");
    /// }
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn vtable_calls(mut self, calls: VtableCalls) -> Self {
        self.settings.vtable_calls = calls;
        self
    }

    /// Whether layouts Rust does not promise (of `Vec`, `String`, slices, `Option`, `Arc` and `Rc`, hash tables and B-trees) may be
    /// learnt by probing, and used in place of vtable calls. Default: yes.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().probed_layouts(false).build();
    /// // The list is asked for its length and its elements.
    /// assert!(runtime.report::<Vec<u32>>().program.contains("list.as_ptr"));
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn probed_layouts(mut self, probed: bool) -> Self {
        self.settings.probed_layouts = probed;
        self
    }

    /// How many levels of recursion an encode may nest, at most; deeper values
    /// are an error. A level is one call of a type's program by a program: one for each time that a type contains itself, but for recursion in last
    /// position (the next node of a list), and a few for types that nest very deeply, or have maps in maps. Default: 100, which threads with two
    /// megabytes of stack have room for in a release build, whatever the type; in a debug build the heaviest types want four.
    /// Where stacks are smaller, set less.
    ///
    /// # Examples
    ///
    /// ```
    /// use facet::Facet;
    ///
    /// #[derive(Facet)]
    /// struct Tree {
    ///     #[facet(recursive_type)]
    ///     children: Vec<Tree>,
    /// }
    ///
    /// let runtime = vox::Runtime::builder().max_depth(1).build();
    /// let leaf = || Tree { children: vec![] };
    /// let tree = Tree { children: vec![leaf()] };
    /// assert_eq!(runtime.to_bytes(&tree)?, [1, 0]);
    /// let deeper = Tree { children: vec![tree] };
    /// let error = runtime.to_bytes(&deeper).expect_err("two levels");
    /// assert_eq!(error.kind(), vox::EncodeErrorKind::DepthLimit);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn max_depth(mut self, levels: u64) -> Self {
        self.settings.max_depth = levels;
        self
    }

    /// The most executable memory to use, in bytes. Types beyond it stay in
    /// lower tiers. Default: 64 MiB.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().code_budget(0).build();
    /// assert!(runtime.prepare::<String>(vox::Tier::Optimized).is_err());
    /// // It encodes all the same.
    /// assert_eq!(runtime.to_bytes("vox")?, b"\x03vox");
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn code_budget(mut self, bytes: usize) -> Self {
        self.settings.code_budget = bytes;
        self
    }

    /// Whether hot types are compiled on a background thread. When not, and no
    /// tier is fixed, only [`Runtime::prepare`] compiles. Default: yes.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().background(false).build();
    /// for _ in 0..10_000 {
    ///     runtime.to_bytes("vox")?;
    /// }
    /// assert_eq!(runtime.report::<str>().tier, vox::Tier::Interpreter);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn background(mut self, background: bool) -> Self {
        self.settings.background = background;
        self
    }

    /// Work a type does before it is compiled in the background, in ops of the interpreter, or what takes as long as they do, some 7 ns each.
    /// Default: what its compilation is worth, 20,000 and 5,000 more for each op of its program ([`crate::TypeReport::ops`]). Without
    /// effect where a tier is fixed, or nothing is compiled in the background.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().compile_after(1_000).build();
    /// assert_eq!(runtime.to_bytes("vox")?, b"\x03vox");
    /// if vox::available_tiers().contains(&vox::Tier::Optimized) {
    ///     let why = runtime.report::<str>().why_not_higher.expect("it has done little");
    ///     assert!(why.contains("compiled after 1000"), "{why}");
    /// }
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().count_calls(true).probed_layouts(false).build();
    /// let (_, counters) = runtime.to_bytes_counted(&vec![1_u32, 2])?;
    /// // Its length, and where its elements are.
    /// assert_eq!(counters.vtable_calls, 2);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn count_calls(mut self, count: bool) -> Self {
        self.settings.count_calls = count;
        self
    }

    /// The runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().build();
    /// assert_eq!(runtime.to_bytes(&300_u16)?, [0xac, 0x02]);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    #[must_use]
    pub fn build(self) -> Runtime {
        let runtime = Runtime::with_settings(self.settings, Vec::new());
        runtime.warn();
        runtime
    }
}
