//! The runtime: a registry of programs, the settings they are made with, and
//! the policy that moves types to higher tiers.

pub(crate) mod append;
mod builder;
mod code;
mod encode;
mod index;
mod own;
mod place;
mod prepare;
mod report;
mod settings;
mod stats;
mod tier_up;
pub(crate) mod value;
mod worker;

use core::ptr;
use std::collections::HashSet;
use std::sync::{Arc, OnceLock, Weak};

use facet_core::Shape;
use vox_core::error::EncodeError;
use vox_core::fork::process_id;
use vox_core::lower::LowerOptions;
use vox_core::program::Program;
use vox_core::promotion::Promoter as _;
use vox_core::registry::Registry;
use vox_core::slot::Slot;
use vox_core::tier::Tier;

pub use builder::RuntimeBuilder;
pub use prepare::PrepareError;
pub use report::TypeReport;
pub use settings::VtableCalls;
pub use stats::{Stats, TypesByTier};

pub(crate) use code::AVAILABLE_TIERS;
use code::{Failure, MachineCode};
use index::Index;
use settings::Settings;

/// Programs, machine code and settings of their own.
///
/// The functions at the root of the crate use a global runtime; make another to
/// fix a tier, to encode in several ways in one process, or to bound the
/// memory of generated code. Dropping a runtime frees its programs and code.
///
/// # Examples
///
/// ```
/// let runtime = vox::Runtime::builder().max_depth(10).build();
/// assert_eq!(runtime.encoded_len("vox")?, 4);
/// # Ok::<(), vox::EncodeError>(())
/// ```
#[derive(Debug)]
pub struct Runtime {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    me: Weak<Inner>,
    index: Index,
    registry: Registry,
    settings: Settings,
    notes: Vec<String>,
    // Behind the registry, whose slots point into the code: dropped after it.
    code: MachineCode,
}

static GLOBAL: OnceLock<Runtime> = OnceLock::new();

impl Runtime {
    /// A builder with the default settings.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().background(false).build();
    /// assert_eq!(runtime.to_bytes(&1_u8)?, [1]);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn builder() -> RuntimeBuilder {
        RuntimeBuilder::default()
    }

    /// The runtime the functions at the root of the crate use. It reads its
    /// settings from the environment when it is first used: `VOX_TIER`,
    /// `VOX_VTABLE_CALLS`, `VOX_PROBED_LAYOUTS` and `VOX_JIT_PERF`, see [the crate documentation](crate).
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(vox::Runtime::global().to_bytes(&1_u8)?, vox::to_bytes(&1_u8)?);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn global() -> &'static Self {
        match GLOBAL.get() {
            Some(runtime) => runtime,
            None => Self::make_global(),
        }
    }

    /// Makes the global runtime, or finds that another thread was first.
    ///
    /// It is made before the cell is asked to take it, and warned of after: a child that is forked meanwhile finds the cell empty, not
    /// for ever in the making, and a subscriber of `tracing` may call vox. What is left is the moment in which the
    /// cell takes a word; a cell without that moment would cost every lookup a load more.
    #[cold]
    fn make_global() -> &'static Self {
        let (settings, notes) = Settings::from_env();
        let made = Self::with_settings(settings, notes);
        let is_first = GLOBAL.set(made).is_ok();
        let runtime = GLOBAL.get().expect("set by this thread or another");
        if is_first {
            runtime.warn();
        }
        runtime
    }

    /// Says what could not be done as it was asked for.
    fn warn(&self) {
        for note in &self.inner.notes {
            tracing::warn!("{note}");
        }
    }

    /// Does not [`Self::warn`].
    fn with_settings(settings: Settings, mut notes: Vec<String>) -> Self {
        notes.extend(settings.missing_from_build());
        let options = LowerOptions {
            probed_layouts: settings.probed_layouts,
        };
        let inner = Arc::new_cyclic(|me: &Weak<Inner>| Inner {
            index: Index::new(),
            me: me.clone(),
            registry: Registry::with_promoter(options, Some(me.clone())),
            code: MachineCode::new(&settings),
            settings,
            notes,
        });
        Self { inner }
    }

    /// See [`Inner::slot`].
    #[inline]
    pub(crate) fn slot(&self, shape: &'static Shape) -> Result<&Slot, EncodeError> {
        self.inner.slot(shape)
    }

    /// The most levels of calls an encode may nest.
    #[inline]
    pub(crate) fn max_depth(&self) -> u64 {
        self.inner.settings.max_depth
    }

    /// Brings a type to a tier now, compiling as needed, and answers the tier it
    /// is in: the one asked for or a higher one.
    ///
    /// # Errors
    ///
    /// When the type cannot be encoded or the tier is not to be had.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox::{Runtime, Tier};
    ///
    /// let runtime = Runtime::builder().build();
    /// match runtime.prepare::<Vec<String>>(Tier::Optimized) {
    ///     Ok(tier) => assert_eq!(tier, Tier::Optimized),
    ///     Err(error) => println!("interpreting: {error}"),
    /// }
    /// ```
    pub fn prepare<'f, T>(&self, tier: Tier) -> Result<Tier, PrepareError>
    where
        T: facet_core::Facet<'f> + ?Sized,
    {
        self.prepare_shapes(&[T::SHAPE], tier)
    }

    /// As [`Self::prepare`], for shapes; answers the lowest tier among them, and `tier` for none.
    /// Where one of the types cannot be encoded nothing is compiled, unless the runtime is fixed to a tier.
    /// The compiles of a list are shared out among as many threads as there are processors.
    ///
    /// # Errors
    ///
    /// When one of the types cannot be encoded or the tier is not to be had.
    ///
    /// # Examples
    ///
    /// ```
    /// use facet::Facet;
    /// use vox::Tier;
    ///
    /// let runtime = vox::Runtime::builder().build();
    /// let tier = runtime.prepare_shapes(&[u8::SHAPE, <Vec<u32>>::SHAPE], Tier::Interpreter)?;
    /// assert!(tier >= Tier::Interpreter);
    /// # Ok::<(), vox::PrepareError>(())
    /// ```
    pub fn prepare_shapes(
        &self,
        shapes: &[&'static Shape],
        tier: Tier,
    ) -> Result<Tier, PrepareError> {
        if let Some(fixed) = self.inner.settings.tier
            && tier > fixed
        {
            let reason = format!("the runtime is fixed to the {fixed} tier");
            return Err(PrepareError::NotAvailable {
                tier,
                shape: None,
                reason,
            });
        }
        let slots = shapes
            .iter()
            .map(|shape| self.slot(shape))
            .collect::<Result<Vec<&Slot>, EncodeError>>()
            .map_err(PrepareError::Unsupported)?;
        let missing: Vec<&Slot> = slots
            .iter()
            .copied()
            .filter(|slot| slot.tier() < tier)
            .collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let raised = self.inner.raise(&missing, tier, threads);
        if let Some(slot) = missing.iter().find(|slot| slot.tier() < tier) {
            let reason = match raised {
                Err(failure) => Some(failure.reason),
                Ok(()) => self.inner.why_not_higher(slot),
            };
            // Without a reason another thread has raised it meanwhile.
            if let Some(reason) = reason {
                return Err(PrepareError::NotAvailable {
                    tier,
                    shape: Some(slot.shape()),
                    reason,
                });
            }
        }
        // No shape at all is in whichever tier was asked for.
        Ok(slots.iter().map(|slot| slot.tier()).min().unwrap_or(tier))
    }

    /// What the runtime has done so far.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().build();
    /// runtime.to_bytes(&(1_u8, "two"))?;
    /// assert_eq!(runtime.stats().types.all(), 1);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    #[must_use]
    pub fn stats(&self) -> Stats {
        let inner = &self.inner;
        let slots = inner.registry.slots();
        let code = inner.code.stats();
        Stats {
            types: TypesByTier::count(slots.iter().map(|slot| slot.tier())),
            refused_types: inner.registry.refused(),
            compiled: code.compiled,
            fell_back: code.fell_back,
            failed: code.failed,
            failures: inner.code.failures(),
            code_bytes: code.code_bytes,
            code_memory_bytes: code.memory_bytes,
            code_budget_bytes: inner.settings.code_budget,
            compile_time: code.time,
            waiting: worker::waiting(),
            slow_lookups: inner.registry.lookups(),
        }
    }

    /// How a type is encoded, and why so; of a type that cannot be encoded, why not
    /// ([`TypeReport::refusal`]).
    ///
    /// A type that is new is lowered for that, and counted in [`Self::stats`]; compiled, too, where the runtime is fixed to a tier.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().build();
    /// println!("{:#}", runtime.report::<Vec<Option<u32>>>());
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    #[must_use]
    pub fn report<'f, T>(&self) -> TypeReport
    where
        T: facet_core::Facet<'f> + ?Sized,
    {
        self.report_shape(T::SHAPE)
    }

    /// As [`Self::report`], for a shape.
    ///
    /// # Examples
    ///
    /// ```
    /// use facet::Facet;
    ///
    /// let runtime = vox::Runtime::builder().build();
    /// assert_eq!(runtime.report_shape(bool::SHAPE).type_name, "bool");
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    #[must_use]
    pub fn report_shape(&self, shape: &'static Shape) -> TypeReport {
        match self.programmed_slot(shape) {
            Ok((slot, program)) => self.report_slot(shape, slot, program),
            Err(error) => TypeReport::refused(shape.to_string(), &error, self.inner.notes()),
        }
    }

    fn programmed_slot(&self, shape: &'static Shape) -> Result<(&Slot, &Program), EncodeError> {
        let slot = self.slot(shape)?;
        let program = slot
            .program()
            .ok_or_else(|| EncodeError::bug(shape, String::from("a slot has no program")))?;
        Ok((slot, program))
    }

    fn report_slot(&self, shape: &'static Shape, slot: &Slot, program: &Program) -> TypeReport {
        TypeReport {
            refusal: None,
            type_name: shape.to_string(),
            tier: slot.tier(),
            why_not_higher: self.inner.why_not_higher(slot),
            code_bytes: self.inner.code.code_bytes(slot),
            ops: program.code.op_count(),
            children: program.code.children.len(),
            program: program.code.to_string(),
            notes: self.inner.notes(),
        }
    }
}

impl Inner {
    /// The slot of a shape, in the tier it starts in.
    #[inline]
    fn slot(&self, shape: &'static Shape) -> Result<&Slot, EncodeError> {
        match self.index.find(shape) {
            Some(slot) => Ok(slot),
            None => self.slot_slowly(shape),
        }
    }

    #[cold]
    fn slot_slowly(&self, shape: &'static Shape) -> Result<&Slot, EncodeError> {
        let slot = self.registry.slot(shape)?;
        let tier = self.first_tier();
        if slot.tier() < tier {
            // What cannot be had is counted and in the report; a lower tier serves, until somebody prepares the type.
            let _ = self.raise(&[slot], tier, 1);
        }
        // SAFETY: the registry's slot for the shape, and beside the index (A12).
        unsafe { self.index.remember(shape, slot) };
        Ok(slot)
    }

    /// The tier a type is in from its first call on.
    fn first_tier(&self) -> Tier {
        match self.settings.tier {
            Some(tier) => tier,
            // Not the baseline. It pays from some 560 calls on (19 us against 34 ns a call in the random mix of the report), but its arena
            // makes the first encode of a process take 84 us instead of 31, and that of each type after it 10.6 instead of 7.9.
            None => Tier::Interpreter,
        }
    }

    /// Brings slots, and those their programs call, to a tier, on up to so many threads. The error
    /// is that of the first slot.
    fn raise(&self, slots: &[&Slot], tier: Tier, threads: usize) -> Result<(), Failure> {
        let mut all: Vec<&Slot> = Vec::new();
        let mut known = HashSet::new();
        for slot in slots {
            let reached = self.registry.closure(slot);
            all.extend(
                reached
                    .into_iter()
                    .filter(|slot| known.insert(ptr::from_ref(*slot)))
                    .filter(|slot| slot.tier() < tier),
            );
        }
        match tier {
            _ if all.is_empty() => Ok(()),
            Tier::Interpreter => Ok(()),
            Tier::Optimized => self.code.compile(&all, threads),
            _ => self.code.baseline(&all),
        }
    }

    fn why_not_higher(&self, slot: &Slot) -> Option<String> {
        if slot.tier() == Tier::Optimized {
            return None;
        }
        match self.settings.tier {
            Some(Tier::Interpreter) => {
                return Some(String::from("the runtime is fixed to the interpreter tier"));
            }
            Some(Tier::Baseline) => {
                let why = match self.code.baseline(&[slot]) {
                    Err(failure) if slot.tier() < Tier::Baseline => {
                        format!(", and {}", failure.reason)
                    }
                    _ => String::new(),
                };
                return Some(format!("the runtime is fixed to the baseline tier{why}"));
            }
            _ => {}
        }
        if let Some(reason) = self.code.refusal(slot) {
            return Some(reason);
        }
        Some(self.why_not_yet(slot))
    }

    /// Of a slot nothing is wrong with.
    fn why_not_yet(&self, slot: &Slot) -> String {
        if !self.settings.background {
            return String::from(
                "nobody prepared it and the runtime does not compile in the background",
            );
        }
        if self.settings.tier.is_some() {
            return String::from("it has not been compiled in this process");
        }
        let ops = slot.program().map_or(0, |it| it.code.op_count());
        let Some(first_work) = self.first_work(ops) else {
            return String::from("this build makes no machine code for this processor");
        };
        if worker::has_no_thread() {
            return String::from(
                "no background thread could be started; it is compiled when it is prepared",
            );
        }
        if slot.promotion().is_under_way(process_id()) {
            return String::from("it is being compiled in the background, or waits for that");
        }
        let work = slot.work();
        format!(
            "it has done {work} units of work so far, and is compiled after {first_work} or more"
        )
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.notes.clone();
        notes.extend(self.code.notes());
        notes
    }
}
