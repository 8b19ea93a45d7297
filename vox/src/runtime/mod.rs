//! The runtime: a registry of programs, the settings they are made with, and
//! the policy that moves types to higher tiers.

mod builder;
mod cache;
mod code;
mod encode;
mod prepare;
mod report;
mod settings;
mod tier_up;
pub(crate) mod value;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use facet_core::Shape;
use vox_core::error::EncodeError;
use vox_core::lower::LowerOptions;
use vox_core::registry::Registry;
use vox_core::slot::Slot;
use vox_core::tier::Tier;

pub use builder::RuntimeBuilder;
pub use prepare::PrepareError;
pub use report::TypeReport;
pub use settings::VtableCalls;

pub(crate) use code::AVAILABLE_TIERS;
use code::MachineCode;
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
    /// Never used again once the runtime is gone.
    id: u64,
    registry: Registry,
    settings: Settings,
    notes: Vec<String>,
    // Behind the registry, whose slots point into the code: dropped after it.
    code: MachineCode,
}

const NO_BASELINE: &str = "there is no baseline tier yet";

static GLOBAL: OnceLock<Runtime> = OnceLock::new();
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

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
    /// `VOX_VTABLE_CALLS` and `VOX_PROBED_LAYOUTS`, see [the crate documentation](crate).
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
        GLOBAL.get_or_init(|| {
            let (settings, notes) = Settings::from_env();
            for note in &notes {
                tracing::warn!("{note}");
            }
            Self::with_settings(settings, notes)
        })
    }

    fn with_settings(settings: Settings, notes: Vec<String>) -> Self {
        let options = LowerOptions {
            probed_layouts: settings.probed_layouts,
        };
        Self {
            inner: Arc::new(Inner {
                id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
                registry: Registry::new(options),
                code: MachineCode::new(&settings),
                settings,
                notes,
            }),
        }
    }

    /// The slot of a shape, with its fixed tier if there is one.
    #[inline]
    pub(crate) fn slot(&self, shape: &'static Shape) -> Result<&Slot, EncodeError> {
        match cache::find(shape, self.inner.id) {
            // SAFETY: cached for the runtime with this id, which is this one
            // and alive; its slots live as long as it does (A12).
            Some(slot) => Ok(unsafe { &*slot }),
            None => self.slot_slowly(shape),
        }
    }

    #[cold]
    fn slot_slowly(&self, shape: &'static Shape) -> Result<&Slot, EncodeError> {
        let slot = self.inner.registry.slot(shape)?;
        if let Some(tier) = self.inner.settings.tier
            && tier > Tier::Interpreter
        {
            // What cannot be had is counted and in the report; the interpreter serves.
            let _ = self.inner.raise(slot, tier);
        }
        cache::remember(shape, self.inner.id, slot);
        Ok(slot)
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

    /// As [`Self::prepare`], for shapes; answers the lowest tier among them.
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
            return Err(PrepareError::NotAvailable { tier, reason });
        }
        let mut lowest = Tier::Optimized;
        for shape in shapes {
            let slot = self.slot(shape).map_err(PrepareError::Unsupported)?;
            if slot.tier() < tier {
                self.inner
                    .raise(slot, tier)
                    .map_err(|reason| PrepareError::NotAvailable { tier, reason })?;
            }
            lowest = lowest.min(slot.tier());
        }
        Ok(lowest)
    }

    /// How a type is encoded, and why so.
    ///
    /// # Errors
    ///
    /// When the type cannot be encoded.
    ///
    /// # Examples
    ///
    /// ```
    /// let runtime = vox::Runtime::builder().build();
    /// println!("{:#}", runtime.report::<Vec<Option<u32>>>()?);
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn report<'f, T>(&self) -> Result<TypeReport, EncodeError>
    where
        T: facet_core::Facet<'f> + ?Sized,
    {
        self.report_shape(T::SHAPE)
    }

    /// As [`Self::report`], for a shape.
    ///
    /// # Errors
    ///
    /// When the type cannot be encoded.
    ///
    /// # Examples
    ///
    /// ```
    /// use facet::Facet;
    ///
    /// let runtime = vox::Runtime::builder().build();
    /// assert_eq!(runtime.report_shape(bool::SHAPE)?.type_name, "bool");
    /// # Ok::<(), vox::EncodeError>(())
    /// ```
    pub fn report_shape(&self, shape: &'static Shape) -> Result<TypeReport, EncodeError> {
        let slot = self.slot(shape)?;
        let Some(program) = slot.program() else {
            return Err(EncodeError::bug(
                shape,
                String::from("a slot has no program"),
            ));
        };
        Ok(TypeReport {
            type_name: shape.to_string(),
            tier: slot.tier(),
            why_not_higher: self.inner.why_not_higher(slot),
            code_bytes: self.inner.code.code_bytes(slot),
            ops: program.code.op_count(),
            children: program.code.children.len(),
            program: program.code.to_string(),
            notes: self.inner.notes(),
        })
    }
}

impl Inner {
    /// Brings a slot, and those its program calls, to a tier.
    fn raise(&self, slot: &Slot, tier: Tier) -> Result<(), String> {
        match tier {
            Tier::Interpreter => Ok(()),
            Tier::Optimized => {
                let slots: Vec<&Slot> = self
                    .registry
                    .closure(slot)
                    .into_iter()
                    .filter(|slot| slot.tier() < Tier::Optimized)
                    .collect();
                self.code.compile(&slots)
            }
            _ => Err(String::from(NO_BASELINE)),
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
                return Some(format!(
                    "the runtime is fixed to the baseline tier, and {NO_BASELINE}"
                ));
            }
            _ => {}
        }
        if let Some(reason) = self.code.refusal(slot) {
            return Some(reason);
        }
        Some(if self.settings.background {
            format!("it has done {} units of work so far", slot.work())
        } else {
            String::from("nobody prepared it and the runtime does not compile in the background")
        })
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.notes.clone();
        notes.extend(self.code.notes());
        notes
    }
}
