//! What a runtime has done so far, in numbers.

use core::fmt;
use core::time::Duration;

use vox_core::tier::Tier;

/// What a runtime has done so far: types by tier, compilations, executable memory. Prints as a few lines.
///
/// Keeping these numbers costs nothing while encoding: they are counted where types are met for the first
/// time and where code is made, or added up when asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Types met, by the tier they are in. Types that another type's program contains are no types of
    /// their own here.
    pub types: TypesByTier,
    /// Types that have no encoding.
    pub refused_types: usize,
    /// Programs compiled and published.
    pub compiled: u64,
    /// Programs among those whose code came out of Cranelift otherwise than expected, and does without some instructions of the processor's: 0, or a bug
    /// of vox's that costs speed.
    pub fell_back: u64,
    /// Compilations that failed. Encoding goes on in a lower tier.
    pub failed: u64,
    /// Why programs have no machine code, with the number of programs, most frequent first.
    pub failures: Vec<(String, u64)>,
    /// Bytes of machine code published.
    pub code_bytes: u64,
    /// Executable memory in use, in whole pages.
    pub code_memory_bytes: usize,
    /// The most executable memory there may be.
    pub code_budget_bytes: usize,
    /// Time spent compiling and publishing, on whatever thread.
    pub compile_time: Duration,
    /// Types waiting for the background thread, those of other runtimes included.
    pub waiting: usize,
    /// Lookups of a type that took the registry's lock: the first of each type, or several where threads race, all of types that are
    /// refused, and a few while the index grows. Others are not counted.
    pub slow_lookups: u64,
}

/// How many types are in each tier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypesByTier {
    /// Interpreted.
    pub interpreter: usize,
    /// In the baseline tier.
    pub baseline: usize,
    /// Compiled.
    pub optimized: usize,
}

impl TypesByTier {
    pub(super) fn count(tiers: impl Iterator<Item = Tier>) -> Self {
        let mut types = Self::default();
        for tier in tiers {
            match tier {
                Tier::Baseline => types.baseline += 1,
                Tier::Optimized => types.optimized += 1,
                _ => types.interpreter += 1,
            }
        }
        types
    }

    /// Types in all tiers.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().tier(vox::Tier::Interpreter).build();
    /// runtime.to_bytes(&1_u8)?;
    /// runtime.to_bytes("vox")?;
    /// let types = runtime.stats().types;
    /// assert_eq!((types.interpreter, types.all()), (2, 2));
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    #[must_use]
    pub fn all(&self) -> usize {
        self.interpreter + self.baseline + self.optimized
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TypesByTier {
            interpreter,
            baseline,
            optimized,
        } = self.types;
        writeln!(
            f,
            "{} types: {interpreter} interpreter, {baseline} baseline, {optimized} optimized; \
             {} refused, {} waiting",
            self.types.all(),
            self.refused_types,
            self.waiting
        )?;
        writeln!(
            f,
            "{} programs compiled in {:?}, {} failed",
            self.compiled, self.compile_time, self.failed
        )?;
        if self.fell_back > 0 {
            writeln!(
                f,
                "{} of them without some instructions of the processor's, which is a bug in vox",
                self.fell_back
            )?;
        }
        for (reason, count) in &self.failures {
            writeln!(f, "  {count} times: {reason}")?;
        }
        write!(
            f,
            "{} bytes of code in {} of {} bytes of executable memory; {} slow lookups",
            self.code_bytes, self.code_memory_bytes, self.code_budget_bytes, self.slow_lookups
        )
    }
}
