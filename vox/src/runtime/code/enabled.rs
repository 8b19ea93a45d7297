//! Machine code by `vox-jit`.

use core::ptr;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use vox_core::slot::Slot;
use vox_core::tier::Tier;
use vox_jit::{Compiler, CompilerOptions, Unavailable};

use crate::VtableCalls;
use crate::runtime::settings::Settings;

/// The interpreter, and Cranelift on processors it generates code for.
pub(crate) const AVAILABLE_TIERS: &[Tier] = if vox_jit::HAS_CODE_GENERATOR {
    &[Tier::Interpreter, Tier::Optimized]
} else {
    &[Tier::Interpreter]
};

/// The compiler, once something is compiled, and what became of each slot.
pub(crate) struct MachineCode {
    options: CompilerOptions,
    compiler: OnceLock<Result<Compiler, Unavailable>>,
    /// Held while compiling, so that nothing is compiled twice.
    compiling: Mutex<()>,
    /// By the address of the slot: bytes of code, or the reason there are none.
    outcomes: Mutex<HashMap<*const Slot, Result<usize, String>>>,
}

// SAFETY: the addresses are only compared (A12); the rest is Send and Sync.
unsafe impl Send for MachineCode {}
// SAFETY: as above.
unsafe impl Sync for MachineCode {}

impl core::fmt::Debug for MachineCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("MachineCode")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MachineCode {
    pub(in crate::runtime) fn new(settings: &Settings) -> Self {
        let mut options = CompilerOptions::default();
        options.code_budget = settings.code_budget;
        options.count_calls = settings.count_calls;
        options.vtable_calls = match settings.vtable_calls {
            VtableCalls::Inline => vox_jit::VtableCalls::Inline,
            VtableCalls::Trampoline => vox_jit::VtableCalls::Trampoline,
        };
        Self {
            options,
            compiler: OnceLock::new(),
            compiling: Mutex::default(),
            outcomes: Mutex::default(),
        }
    }

    fn compiler(&self) -> Result<&Compiler, String> {
        self.compiler
            .get_or_init(|| {
                Compiler::new(self.options)
                    .inspect_err(|reason| tracing::warn!("vox interprets everything: {reason}"))
            })
            .as_ref()
            .map_err(ToString::to_string)
    }

    /// Compiles the programs of these slots, those that have no code yet. The
    /// error is that of the first slot.
    pub(in crate::runtime) fn compile(&self, slots: &[&Slot]) -> Result<(), String> {
        let _alone = lock(&self.compiling);
        let compiler = self.compiler()?;
        let missing: Vec<&Slot> = slots
            .iter()
            .copied()
            .filter(|slot| slot.tier() < Tier::Optimized)
            .collect();
        // SAFETY: a runtime drops its registry, and with it every way to call
        // an entry, before its compiler; slots live as long as the registry (A12).
        let batch = unsafe { compiler.compile(&missing) };
        let mut outcomes = lock(&self.outcomes);
        for (slot, result) in missing.iter().zip(batch.programs) {
            let outcome = match result {
                Ok(compiled) => Ok(compiled.code_bytes),
                Err(error) => {
                    tracing::warn!(shape = %slot.shape(), "interpreted: {error}");
                    Err(error.to_string())
                }
            };
            outcomes.insert(ptr::from_ref(*slot), outcome);
        }
        match slots
            .first()
            .and_then(|slot| outcomes.get(&ptr::from_ref(*slot)))
        {
            Some(Err(reason)) => Err(reason.clone()),
            _ => Ok(()),
        }
    }

    /// Why a slot has no code although it was asked for.
    pub(in crate::runtime) fn refusal(&self, slot: &Slot) -> Option<String> {
        if let Some(Err(reason)) = self.compiler.get() {
            return Some(reason.to_string());
        }
        match lock(&self.outcomes).get(&ptr::from_ref(slot)) {
            Some(Err(reason)) => Some(reason.clone()),
            _ => None,
        }
    }

    pub(in crate::runtime) fn code_bytes(&self, slot: &Slot) -> Option<usize> {
        match lock(&self.outcomes).get(&ptr::from_ref(slot)) {
            Some(Ok(bytes)) => Some(*bytes),
            _ => None,
        }
    }

    pub(in crate::runtime) fn notes(&self) -> Vec<String> {
        let refused = lock(&self.outcomes)
            .values()
            .filter(|it| it.is_err())
            .count();
        let mut notes = Vec::new();
        if refused > 0 {
            notes.push(format!("{refused} programs could not be compiled"));
        }
        if let Some(Ok(compiler)) = self.compiler.get()
            && let Some(reason) = compiler.no_second_view()
        {
            notes.push(format!("small functions do not share pages: {reason}"));
        }
        notes
    }
}
