//! Machine code by `vox-jit`: one arena and one compiler per process, and what became of each slot.
//!
//! Four locks, none of which another thread's encode waits for while Cranelift runs, but for the first of a type where the tier is fixed: `compiling` is
//! held by whoever compiles, for as long as that takes; the others for moments. What is to be told
//! through `tracing` is told when none is held ([`News`]), for a subscriber may call vox.
//!
//! After a fork the child makes an arena and a compiler of its own: the parent's memory is not writable in
//! it. It keeps the parent's, whose code its slots go on using.

mod news;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use vox_core::fork::{ForkLock, process_id};
use vox_core::slot::Slot;
use vox_core::tier::Tier;
use vox_jit::memory::{Arena, MemoryError, SharedArena};
use vox_jit::{Batch, CompileError, Compiler, CompilerOptions, Publication, Unavailable};

use super::{CodeStats, Failure};
use crate::VtableCalls;
use crate::runtime::settings::Settings;
use news::News;

/// The interpreter, and what there is code for on this processor.
pub(crate) const AVAILABLE_TIERS: &[Tier] =
    match (vox_jit::baseline::IS_AVAILABLE, vox_jit::HAS_CODE_GENERATOR) {
        (true, true) => &[Tier::Interpreter, Tier::Baseline, Tier::Optimized],
        (true, false) => &[Tier::Interpreter, Tier::Baseline],
        (false, true) => &[Tier::Interpreter, Tier::Optimized],
        (false, false) => &[Tier::Interpreter],
    };

/// See the module documentation.
pub(crate) struct MachineCode {
    options: CompilerOptions,
    /// Held while compiling, so that nothing is compiled twice.
    compiling: ForkLock<()>,
    /// The same for the baseline, which takes microseconds.
    unrolling: ForkLock<()>,
    here: ForkLock<Here>,
    records: ForkLock<Records>,
}

/// What belongs to one process.
#[derive(Default)]
struct Here {
    process: u32,
    arena: Option<SharedArena>,
    compiler: Option<Result<Arc<Compiler>, Unavailable>>,
    /// Arenas of the processes this one was forked from: their code may be in use.
    inherited: Vec<SharedArena>,
}

#[derive(Default)]
struct Records {
    /// By the address of the slot, and the tier: bytes of code, or the reason there are none.
    outcomes: HashMap<(usize, Tier), Result<usize, Failure>>,
    /// Why nothing at all can be compiled.
    unavailable: Option<String>,
    no_second_view: Option<String>,
    perf_error: Option<String>,
    has_warned: bool,
    stats: CodeStats,
}

impl core::fmt::Debug for MachineCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("MachineCode")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// The key of a slot's code in the records. A failure is one of the tier: what one cannot do, the other may.
fn key(slot: &Slot, tier: Tier) -> (usize, Tier) {
    (core::ptr::from_ref(slot).addr(), tier)
}

/// Why nothing is compiled in the middle of a compilation: it would wait for itself.
fn within_itself() -> Failure {
    Failure {
        reason: String::from(
            "it was asked for by a logger of the crate `log`, to which a compilation on the same thread had something to tell",
        ),
        may_pass: true,
    }
}

impl From<&CompileError> for Failure {
    fn from(error: &CompileError) -> Self {
        Self {
            reason: error.to_string(),
            may_pass: error.may_pass(),
        }
    }
}

impl From<&Unavailable> for Failure {
    fn from(error: &Unavailable) -> Self {
        Self {
            reason: error.to_string(),
            may_pass: matches!(error, Unavailable::Memory(MemoryError::Refused { .. })),
        }
    }
}

impl Here {
    /// Leaves what belongs to another process.
    fn settle_in(&mut self) {
        let process = process_id();
        if self.process != process {
            self.inherited.extend(self.arena.take());
            self.compiler = None;
            self.process = process;
        }
    }
}

impl MachineCode {
    pub(in crate::runtime) fn new(settings: &Settings) -> Self {
        let mut options = CompilerOptions::default();
        options.code_budget = settings.code_budget;
        options.count_calls = settings.count_calls;
        options.perf = settings.perf;
        if settings.fresh_pages {
            options.publication = Publication::FreshPages;
        }
        options.vtable_calls = match settings.vtable_calls {
            VtableCalls::Inline => vox_jit::VtableCalls::Inline,
            VtableCalls::Trampoline => vox_jit::VtableCalls::Trampoline,
        };
        Self {
            options,
            compiling: ForkLock::new(),
            unrolling: ForkLock::new(),
            here: ForkLock::new(),
            records: ForkLock::new(),
        }
    }

    /// The executable memory of this process, reserved at the first call.
    fn arena(&self) -> Result<SharedArena, Unavailable> {
        let mut here = self.here.lock();
        here.settle_in();
        if let Some(arena) = &here.arena {
            return Ok(Arc::clone(arena));
        }
        let arena = Arena::reserve(self.options.code_budget, self.options.publication)
            .map_err(Unavailable::Memory)?;
        self.records.lock().no_second_view = arena.no_second_view().map(ToString::to_string);
        let arena = Arc::new(Mutex::new(arena));
        here.arena = Some(Arc::clone(&arena));
        Ok(arena)
    }

    /// The compiler of this process. Making it takes a millisecond; the caller holds `compiling`.
    fn compiler(&self) -> Result<Arc<Compiler>, Unavailable> {
        let arena = self.arena()?;
        if let Some(known) = &self.here.lock().compiler {
            return known.clone();
        }
        let made = Compiler::in_arena(self.options, arena).map(Arc::new);
        self.here.lock().compiler = Some(made.clone());
        made
    }

    /// Compiles the programs of these slots, those that have no code yet and may get some, on up to
    /// so many threads. The error is that of the first slot.
    pub(in crate::runtime) fn compile(
        &self,
        slots: &[&Slot],
        threads: usize,
    ) -> Result<(), Failure> {
        self.telling(slots, Tier::Optimized, |news| {
            self.compile_alone(slots, threads, news)
        })
    }

    /// Works on slots, then tells the news of it, and answers what became of the first slot.
    fn telling(
        &self,
        slots: &[&Slot],
        tier: Tier,
        work: impl FnOnce(&mut News) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut news = News::default();
        let possible = work(&mut news);
        news.tell();
        possible.and_then(|()| self.outcome(slots, tier))
    }

    /// Compiles while nobody else does. The error is that nothing can be compiled.
    fn compile_alone(
        &self,
        slots: &[&Slot],
        threads: usize,
        news: &mut News,
    ) -> Result<(), Failure> {
        if vox_jit::is_compiling() {
            return Err(within_itself());
        }
        let _alone = self.compiling.lock();
        let missing = self.missing(slots, Tier::Optimized);
        if !missing.is_empty() {
            let start = Instant::now();
            let compiler = self
                .compiler()
                .map_err(|error| self.unavailable(&error, news))?;
            // SAFETY: a runtime drops its registry, and with it every way to call an entry,
            // before its arenas; slots live as long as the registry (A12, A14).
            let batch = unsafe { compiler.compile_with(&missing, threads) };
            self.record((&missing, Tier::Optimized), &batch, start, news);
        }
        Ok(())
    }

    /// What became of the first slot.
    fn outcome(&self, slots: &[&Slot], tier: Tier) -> Result<(), Failure> {
        let outcome = |slot: &&Slot| self.records.lock().outcomes.get(&key(slot, tier)).cloned();
        match slots.first().and_then(outcome) {
            Some(Err(failure)) => Err(failure),
            _ => Ok(()),
        }
    }

    /// Those in a lower tier, for which another attempt is not known to be of no use.
    fn missing<'s>(&self, slots: &[&'s Slot], tier: Tier) -> Vec<&'s Slot> {
        let records = self.records.lock();
        let is_hopeless = |slot: &Slot| {
            let outcome = records.outcomes.get(&key(slot, tier));
            matches!(outcome, Some(Err(failure)) if !failure.may_pass)
        };
        slots
            .iter()
            .copied()
            .filter(|slot| slot.tier() < tier && !is_hopeless(slot))
            .collect()
    }

    /// Takes note that nothing can be compiled, and says so once.
    fn unavailable(&self, error: &Unavailable, news: &mut News) -> Failure {
        let mut records = self.records.lock();
        records.unavailable = Some(error.to_string());
        records.stats.failed += 1;
        if !core::mem::replace(&mut records.has_warned, true) {
            news.warn(format!("vox makes no machine code: {error}"));
        }
        Failure::from(error)
    }

    /// Takes note of what became of slots. Memory that is refused or used up is warned of once, for it
    /// would be the same for every type; what else goes wrong, for each.
    fn record(
        &self,
        (slots, tier): (&[&Slot], Tier),
        batch: &Batch,
        start: Instant,
        news: &mut News,
    ) {
        let mut records = self.records.lock();
        records.unavailable = None;
        records.stats.time += start.elapsed();
        if let Some(reason) = &batch.perf_error
            && records.perf_error.as_ref() != Some(reason)
        {
            news.warn(format!("stubs are not recorded for perf: {reason}"));
            records.perf_error = Some(reason.clone());
        }
        for (slot, result) in slots.iter().zip(&batch.programs) {
            let outcome = match result {
                Ok(compiled) => {
                    records.stats.compiled += 1;
                    records.stats.fell_back += u64::from(compiled.fell_back);
                    records.stats.code_bytes += compiled.code_bytes as u64;
                    Ok(compiled.code_bytes)
                }
                Err(error) => {
                    records.stats.failed += 1;
                    let is_known = matches!(error, CompileError::Memory(_))
                        && core::mem::replace(&mut records.has_warned, true);
                    news.stays(slot.shape(), error, is_known);
                    Err(Failure::from(error))
                }
            };
            records.outcomes.insert(key(slot, tier), outcome);
        }
    }

    /// Gives these slots the baseline tier, at once. It must not take `compiling`.
    pub(in crate::runtime) fn baseline(&self, slots: &[&Slot]) -> Result<(), Failure> {
        self.telling(slots, Tier::Baseline, |news| self.unroll(slots, news))
    }

    /// The error is that there is no memory for code.
    fn unroll(&self, slots: &[&Slot], news: &mut News) -> Result<(), Failure> {
        let _alone = self.unrolling.lock();
        let missing = self.missing(slots, Tier::Baseline);
        if !missing.is_empty() {
            let start = Instant::now();
            let arena = self
                .arena()
                .map_err(|error| self.unavailable(&error, news))?;
            // SAFETY: as in `compile_alone`.
            let batch = unsafe { vox_jit::unroll(&arena, &missing) };
            self.record((&missing, Tier::Baseline), &batch, start, news);
        }
        Ok(())
    }

    /// Why a slot has no code of the highest tier although it was asked for.
    pub(in crate::runtime) fn refusal(&self, slot: &Slot) -> Option<String> {
        let records = self.records.lock();
        match records.outcomes.get(&key(slot, Tier::Optimized)) {
            Some(Err(failure)) => Some(failure.reason.clone()),
            _ => records.unavailable.clone(),
        }
    }

    pub(in crate::runtime) fn code_bytes(&self, slot: &Slot) -> Option<usize> {
        let key = key(slot, slot.tier());
        match self.records.lock().outcomes.get(&key) {
            Some(Ok(bytes)) => Some(*bytes),
            _ => None,
        }
    }

    /// The reasons for which programs have no code, with the number of programs.
    pub(in crate::runtime) fn failures(&self) -> Vec<(String, u64)> {
        let records = self.records.lock();
        let mut reasons = HashMap::<&str, u64>::new();
        for failure in records.outcomes.values().filter_map(|it| it.as_ref().err()) {
            *reasons.entry(&failure.reason).or_default() += 1;
        }
        if let Some(reason) = &records.unavailable {
            reasons.entry(reason).or_insert(records.stats.failed);
        }
        let mut reasons: Vec<_> = reasons
            .into_iter()
            .map(|(reason, count)| (reason.to_owned(), count))
            .collect();
        reasons.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        reasons
    }

    pub(in crate::runtime) fn stats(&self) -> CodeStats {
        let arenas: Vec<_> = {
            let here = self.here.lock();
            here.inherited.iter().chain(&here.arena).cloned().collect()
        };
        let used = |arena: &SharedArena| {
            // One of a parent may be locked for ever.
            match arena.try_lock() {
                Ok(arena) => arena.used(),
                Err(std::sync::TryLockError::Poisoned(arena)) => arena.into_inner().used(),
                Err(std::sync::TryLockError::WouldBlock) => 0,
            }
        };
        let mut stats = self.records.lock().stats.clone();
        stats.memory_bytes = arenas.iter().map(used).sum();
        stats
    }

    pub(in crate::runtime) fn notes(&self) -> Vec<String> {
        let records = self.records.lock();
        let refused = records.outcomes.values().filter(|it| it.is_err()).count();
        let mut notes = Vec::new();
        if refused > 0 {
            notes.push(format!(
                "{refused} programs could not be compiled; `stats().failures` says why"
            ));
        }
        notes.extend(
            records
                .perf_error
                .as_ref()
                .map(|reason| format!("stubs are not recorded for perf: {reason}")),
        );
        notes.extend(
            records
                .no_second_view
                .as_ref()
                .map(|reason| format!("every compiled type takes whole pages, because code memory could not be mapped a second time for writing: {reason}")),
        );
        notes
    }
}
