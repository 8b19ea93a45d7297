//! Many cases: seeds in a row, on all processors, in every mode, until they end or time does.
//!
//! Each case follows from its seed alone, whoever runs it and when; a failure says the seed and is made small
//! before it is told. Interpreting and unrolling every case is cheap; compiling each in every mode is not, so
//! every n-th case is compiled in one mode, in turn.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use vox::{Runtime, Tier};
use vox_oracle::mode::{self, Mode};

use crate::case::Case;
use crate::census::Census;
use crate::check;
use crate::coverage::{Coverage, OpCounts};
use crate::shrink::shrink;
use crate::{Choices, never};

/// Cases that share runtimes, which are then dropped with everything they know.
const BATCH: u64 = 24;

/// Deeper than any generated value, with stacks to match.
pub(crate) const MAX_DEPTH: u64 = 100_000;
pub(crate) const STACK: usize = 64 << 20;

/// What to run.
#[derive(Debug, Clone, Copy)]
pub struct Campaign {
    /// The seed of the first case; the others follow.
    pub first_seed: u64,
    /// The most cases.
    pub cases: u64,
    /// The most time: no case is begun after it.
    pub time: Option<Duration>,
    /// Every so many cases one is compiled to machine code.
    pub compile_every: u64,
    /// Every so many cases one is encoded in all kinds of output.
    pub outputs_every: u64,
    /// Whether each case is printed before it is run: what crashes cannot be made small.
    pub trace: bool,
}

/// What was done.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// What was generated.
    pub census: Census,
    /// What was executed where.
    pub coverage: Coverage,
    /// Encodes into a `Vec`, each compared.
    pub encodes: u64,
    /// Types compiled, each in one mode.
    pub compiled: u64,
    /// Types encoded in all kinds of output.
    pub outputs: u64,
}

/// A case that went wrong, made small.
#[derive(Debug, Clone)]
pub struct CaseFailure {
    seed: u64,
    mode: String,
    error: String,
    choices: Vec<u64>,
    case: String,
}

impl fmt::Display for CaseFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the case of seed {}, in mode `{}`: {}\nmade small: {}\nits choices: {:?}",
            self.seed, self.mode, self.error, self.case, self.choices
        )
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\n{} encodes; {} types compiled; {} types in all kinds of output\n{}",
            self.census, self.encodes, self.compiled, self.outputs, self.coverage
        )
    }
}

impl Campaign {
    /// Runs it on every processor.
    ///
    /// # Errors
    ///
    /// With the first case that goes wrong.
    pub fn run(&self) -> Result<Summary, CaseFailure> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let next_batch = AtomicU64::new(0);
        let end = self.time.map(|time| Instant::now() + time);
        let done = Mutex::new(self.impossible());
        thread::scope(|scope| {
            for _ in 0..threads {
                thread::Builder::new()
                    .stack_size(STACK)
                    .spawn_scoped(scope, || self.work(&next_batch, end, &done))
                    .expect("a thread starts");
            }
        });
        done.into_inner().expect("no worker panics")
    }

    /// What no generated value reaches.
    fn impossible(&self) -> Result<Summary, CaseFailure> {
        let mut summary = Summary::default();
        let mut executed = OpCounts::default();
        for mode in mode::fresh(None) {
            let counted = never::check(&mode).map_err(|error| CaseFailure {
                seed: self.first_seed,
                mode: mode.name.clone(),
                error,
                choices: Vec::new(),
                case: String::from("a value of a type that has none"),
            })?;
            // The interpreter's modes are the first.
            if mode.tier == Tier::Interpreter {
                executed = counted;
            }
            summary.coverage.add(mode.tier, &executed);
        }
        Ok(summary)
    }

    fn work(
        &self,
        next_batch: &AtomicU64,
        end: Option<Instant>,
        done: &Mutex<Result<Summary, CaseFailure>>,
    ) {
        loop {
            let first = next_batch
                .fetch_add(1, Ordering::Relaxed)
                .saturating_mul(BATCH);
            let has_failed = done.lock().expect("no worker panics").is_err();
            let is_over = has_failed || end.is_some_and(|end| Instant::now() >= end);
            if first >= self.cases || is_over {
                return;
            }
            let numbers = first..first.saturating_add(BATCH).min(self.cases);
            let batch = self.batch(numbers);
            let mut done = done.lock().expect("no worker panics");
            match (&mut *done, batch) {
                (Ok(summary), Ok(batch)) => summary.merge(&batch),
                (Ok(_), Err(failure)) => *done = Err(failure),
                (Err(_), _) => {}
            }
        }
    }

    fn batch(&self, numbers: core::ops::Range<u64>) -> Result<Summary, CaseFailure> {
        let mut summary = Summary::default();
        // Runtimes point at the shapes they know: cases are declared first, and so dropped last.
        let mut cases = Vec::new();
        let modes = mode::fresh(Some(MAX_DEPTH));
        for number in numbers {
            let seed = self.first_seed.wrapping_add(number);
            let mut choices = Choices::from_seed(seed);
            cases.push(Case::new(&mut choices));
            let case = &cases[cases.len() - 1];
            if self.trace {
                println!("seed {seed}: {case}");
            }
            let ran = self.one(number, case, &modes, &mut summary);
            if let Err((mode, error)) = ran {
                return Err(make_small(seed, mode, error, choices.taken()));
            }
        }
        Ok(summary)
    }

    fn one<'m>(
        &self,
        number: u64,
        case: &Case,
        modes: &'m [Mode],
        summary: &mut Summary,
    ) -> Result<(), (&'m Mode, String)> {
        let compiled: Vec<&Mode> = modes.iter().filter(|mode| is_costly(mode)).collect();
        let is_turn = number.is_multiple_of(self.compile_every);
        let turn = pick(&compiled, number / self.compile_every).filter(|_| is_turn);
        let mut executed = [OpCounts::default(); 2];
        for mode in modes {
            if is_costly(mode) && !turn.is_some_and(|turn| core::ptr::eq(turn, mode)) {
                continue;
            }
            let checked = check::values(case, mode).map_err(|error| (mode, error))?;
            summary.encodes += checked.encodes;
            let is_compiled = is_costly(mode) && case.refusal_of_type().is_none();
            summary.compiled += u64::from(is_compiled);
            let known = &mut executed[usize::from(mode.probed_layouts)];
            if mode.tier == Tier::Interpreter {
                *known = checked.executed;
            }
            summary.coverage.add(mode.tier, known);
        }
        if number.is_multiple_of(self.outputs_every) {
            let affordable: Vec<&Mode> = modes.iter().filter(|mode| !is_costly(mode)).collect();
            // Machine code now and then.
            let from = if number.is_multiple_of(self.outputs_every * 8) {
                &compiled
            } else {
                &affordable
            };
            if let Some(mode) = pick(from, number / self.outputs_every) {
                check::outputs(case, &like(mode)).map_err(|error| (mode, error))?;
                summary.outputs += 1;
            }
        }
        summary.census.add(case);
        Ok(())
    }
}

fn pick<'m>(modes: &[&'m Mode], turn: u64) -> Option<&'m Mode> {
    let index = turn.checked_rem(modes.len() as u64)?;
    modes.get(usize::try_from(index).ok()?).copied()
}

/// Whether bringing a type to this mode takes long enough to do it for some types only.
fn is_costly(mode: &Mode) -> bool {
    mode.tier == Tier::Optimized
}

/// The same mode with a runtime that knows nothing yet.
fn like(mode: &Mode) -> Mode {
    Mode::new(
        mode.tier,
        mode.vtable_calls,
        mode.probed_layouts,
        Runtime::builder().max_depth(MAX_DEPTH),
    )
}

impl Summary {
    /// Ops that were never executed in some tier this build has.
    #[must_use]
    pub fn missing(&self) -> Vec<(Tier, &'static str)> {
        self.coverage.missing(vox::available_tiers())
    }

    fn merge(&mut self, other: &Self) {
        self.census.merge(&other.census);
        self.coverage.merge(&other.coverage);
        self.encodes += other.encodes;
        self.compiled += other.compiled;
        self.outputs += other.outputs;
    }
}

/// Runs a case in a mode with a new runtime.
///
/// # Errors
///
/// With what is wrong.
pub fn run_alone(choices: &mut Choices<'_>, mode: &Mode) -> Result<(), String> {
    let case = Case::new(choices);
    // Dropped before the case.
    let values = like(mode);
    check::values(&case, &values)?;
    let outputs = like(mode);
    check::outputs(&case, &outputs)
}

fn make_small(seed: u64, mode: &Mode, error: String, choices: &[u64]) -> CaseFailure {
    let small = shrink(choices, |taken| {
        run_alone(&mut Choices::from_taken(taken), mode).is_err()
    });
    let error = run_alone(&mut Choices::from_taken(&small), mode)
        .err()
        .unwrap_or_else(|| format!("it is gone when run alone: {error}"));
    CaseFailure {
        seed,
        mode: mode.name.clone(),
        error,
        case: Case::new(&mut Choices::from_taken(&small)).to_string(),
        choices: small,
    }
}
