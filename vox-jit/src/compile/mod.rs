//! The compiler: programs in, published entries out.
//!
//! One compiler has one instruction set, one arena of executable memory, and counts what
//! it did. Whatever goes wrong with one
//! program, a panic of the code generator included, is that program's failure: its
//! slot keeps the entry it had, the others are compiled, and so are later ones.
//!
//! Not here: which programs deserve it and when. Read next: [`generate`].

mod busy;
mod generate;
mod host;
mod lead;
mod options;
mod substitute;
mod unroll;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use vox_core::entry::EncodeFn;
use vox_core::program::Program;
use vox_core::slot::Slot;
use vox_core::tier::Tier;

use crate::emit::stub::Stub;
use crate::emit::{EmitOptions, Stubs};
use crate::error::{CompileError, Unavailable};
use crate::memory::{Arena, SharedArena};
use crate::perf;
use busy::Busy;
use cranelift_codegen::isa::OwnedTargetIsa;
use generate::{Code, Generator};

pub use busy::is_compiling;
pub use generate::{Listing, list_for};
pub use options::{CompilerOptions, OptLevel, isa_for};
pub use unroll::unroll;

/// See the module documentation.
pub struct Compiler {
    isa: OwnedTargetIsa,
    options: CompilerOptions,
    /// See [`EmitOptions::stand_ins`].
    stand_ins: bool,
    arena: SharedArena,
    /// Those not in use; there are as many as threads that compile at once.
    generators: Mutex<Vec<Generator>>,
    panic_once: AtomicBool,
    spoil_once: AtomicBool,
    stubs: OnceLock<Stubs>,
    /// Held while the stubs are made.
    making_stubs: Mutex<()>,
    stats: Mutex<Stats>,
}

/// What a compiler has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Programs whose code was published.
    pub compiled: u64,
    /// Programs among those whose code came out of Cranelift otherwise than expected, and was made once more, without the instructions of the
    /// processor that Cranelift lacks: a bug of ours, which costs speed.
    pub fell_back: u64,
    /// Programs that failed, for whatever reason.
    pub failed: u64,
    /// Bytes of code published, without padding.
    pub code_bytes: u64,
    /// Time spent compiling and publishing, failures included.
    pub time: Duration,
}

/// One program's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compiled {
    /// Bytes of machine code.
    pub code_bytes: usize,
    /// Time to generate them, without publication.
    pub time: Duration,
    /// Whether it was counted in [`Stats::fell_back`].
    pub fell_back: bool,
}

/// Code and what is to be told of it, or why there is none.
type Generated = Result<(Code, Compiled), CompileError>;

/// What one call of [`Compiler::compile`] did.
#[derive(Debug)]
#[non_exhaustive]
pub struct Batch {
    /// For each slot, in order.
    pub programs: Vec<Result<Compiled, CompileError>>,
    /// Time to make the code executable.
    pub publication: Duration,
    /// Why stubs could not be recorded for `perf`, if they were to be and could not.
    pub perf_error: Option<String>,
}

impl core::fmt::Debug for Compiler {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Compiler")
            .field("isa", &self.isa.name())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Compiler {
    /// A compiler for this machine, with executable memory of its own.
    ///
    /// # Errors
    ///
    /// When there is no machine code for this processor, or no address space.
    pub fn new(options: CompilerOptions) -> Result<Self, Unavailable> {
        let arena = Arena::reserve(options.code_budget, options.publication)
            .map_err(Unavailable::Memory)?;
        Self::in_arena(options, Arc::new(Mutex::new(arena)))
    }

    /// A compiler for this machine that shares executable memory with others.
    ///
    /// # Errors
    ///
    /// When there is no machine code for this processor.
    pub fn in_arena(options: CompilerOptions, arena: SharedArena) -> Result<Self, Unavailable> {
        let _busy = Busy::begin();
        let isa = options::host_isa(&options)?;
        Ok(Self {
            stand_ins: options.processor_routines && options::keeps_stand_ins(&*isa, &options),
            isa,
            arena,
            generators: Mutex::default(),
            panic_once: AtomicBool::new(false),
            spoil_once: AtomicBool::new(false),
            stubs: OnceLock::new(),
            making_stubs: Mutex::default(),
            stats: Mutex::new(Stats::default()),
            options,
        })
    }

    /// Compiles the programs of these slots and publishes their entries in them.
    /// A slot whose program fails keeps its entry.
    ///
    /// # Safety
    ///
    /// Nobody calls an entry of these slots, nor of slots their programs refer
    /// to, after this compiler and its memory are dropped; and the slots live as long as their entries may be called.
    pub unsafe fn compile(&self, slots: &[&Slot]) -> Batch {
        // SAFETY: the caller's duty.
        unsafe { self.compile_with(slots, 1) }
    }

    /// As [`Self::compile`], on up to so many threads, the caller's included.
    ///
    /// # Safety
    ///
    /// As for [`Self::compile`].
    pub unsafe fn compile_with(&self, slots: &[&Slot], threads: usize) -> Batch {
        let start = Instant::now();
        let generated = self.generate_all(slots, threads);
        let publishing = Instant::now();
        let placed = {
            let codes: Vec<&[u8]> = generated
                .iter()
                .filter_map(|code| code.as_ref().ok())
                .map(|(code, _)| code.bytes.as_slice())
                .collect();
            lock(&self.arena).publish(&codes)
        };
        let publication = publishing.elapsed();
        let mut placed = placed.into_iter();
        let mut perf_error = None;
        let programs: Vec<_> = slots
            .iter()
            .zip(generated)
            .map(|(slot, code)| {
                let (code, compiled) = code?;
                let missing = || CompileError::Malformed(String::from("code without a place"));
                let address = placed.next().ok_or_else(missing)??;
                let address = address.wrapping_add(code.lead);
                // SAFETY: the code was generated from this slot's verified program,
                // starts there, is executable, and lives as long as it is called by the duty
                // of this function (A13, A14); nothing in it stands in for something else (A18).
                unsafe { publish(slot, address, Tier::Optimized) };
                if self.options.perf {
                    // SAFETY: published code is readable and stays, at least while this
                    // compiler is borrowed; it is read before the call returns (A14).
                    let code = unsafe { core::slice::from_raw_parts(address, code.len()) };
                    perf_error = perf::record(&format!("vox {}", slot.shape()), code).err();
                }
                Ok(compiled)
            })
            .collect();
        self.count(&programs, start.elapsed());
        Batch {
            programs,
            publication,
            perf_error,
        }
    }

    /// The code of each slot's program, in order.
    fn generate_all(&self, slots: &[&Slot], threads: usize) -> Vec<Generated> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(slot) = slots.get(index) else {
                    return done;
                };
                done.push((index, self.generate(slot)));
            }
        };
        let mut generated = thread::scope(|scope| {
            // A thread that cannot be had, or fails, is no loss but of time: others take its slots.
            let helpers: Vec<_> = (1..threads.min(slots.len()))
                .filter_map(|_| thread::Builder::new().spawn_scoped(scope, work).ok())
                .collect();
            let mut generated = work();
            for helper in helpers {
                generated.extend(helper.join().unwrap_or_default());
            }
            generated
        });
        generated.sort_unstable_by_key(|(index, _)| *index);
        generated.into_iter().map(|(_, code)| code).collect()
    }

    fn generate(&self, slot: &Slot) -> Generated {
        let _busy = Busy::begin();
        let program = program_of(slot)?;
        let start = Instant::now();
        let emit = self.emit_options(self.stubs()?);
        let mut generator = self.generator();
        if self.panic_once.swap(false, Ordering::Relaxed) {
            generator.panic_once();
        }
        if self.spoil_once.swap(false, Ordering::Relaxed) {
            generator.spoil_once();
        }
        let code = generator.generate(program, &emit);
        lock(&self.generators).push(generator);
        let code = code?;
        let compiled = Compiled {
            code_bytes: code.len(),
            time: start.elapsed(),
            fell_back: code.fell_back,
        };
        Ok((code, compiled))
    }

    /// The stubs, which are made and published with the first program. Where
    /// that fails the program fails, and the next one tries again.
    fn stubs(&self) -> Result<Stubs, CompileError> {
        if let Some(known) = self.stubs.get() {
            return Ok(*known);
        }
        let _making = lock(&self.making_stubs);
        if let Some(known) = self.stubs.get() {
            return Ok(*known);
        }
        let mut generator = self.generator();
        let codes = generator.stubs(&*self.isa);
        lock(&self.generators).push(generator);
        let codes = codes?;
        let codes: Vec<&[u8]> = codes.iter().map(Vec::as_slice).collect();
        let placed = lock(&self.arena).publish(&codes);
        let mut addresses = [core::ptr::null(); Stub::ALL.len()];
        for (address, placed) in addresses.iter_mut().zip(placed) {
            *address = placed?.cast::<()>();
        }
        Ok(*self.stubs.get_or_init(|| Stubs::new(addresses)))
    }

    /// A generator that is not in use.
    fn generator(&self) -> Generator {
        lock(&self.generators).pop().unwrap_or_else(Generator::new)
    }

    fn emit_options(&self, stubs: Stubs) -> EmitOptions<'_> {
        EmitOptions {
            isa: &*self.isa,
            vtable_calls: self.options.vtable_calls,
            count_calls: self.options.count_calls,
            over_read: self.options.over_read,
            processor_routines: self.options.processor_routines,
            stand_ins: self.stand_ins,
            stubs,
            symbolic: false,
        }
    }

    fn count(&self, programs: &[Result<Compiled, CompileError>], time: Duration) {
        let mut stats = lock(&self.stats);
        stats.time += time;
        for program in programs {
            match program {
                Ok(compiled) => {
                    stats.compiled += 1;
                    stats.fell_back += u64::from(compiled.fell_back);
                    stats.code_bytes += compiled.code_bytes as u64;
                }
                Err(_) => stats.failed += 1,
            }
        }
    }

    /// What the code of a program looks like, without publishing it.
    ///
    /// # Errors
    ///
    /// As for [`Self::compile`].
    pub fn list(&self, program: &Program) -> Result<Listing, CompileError> {
        generate::list(program, &self.emit_options(self.stubs()?))
    }

    /// The executable memory, for what is to live as long as this compiler's code.
    #[must_use]
    pub fn arena(&self) -> SharedArena {
        Arc::clone(&self.arena)
    }

    /// What was done so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        *lock(&self.stats)
    }

    /// Bytes of executable memory in use, in whole pages, and the budget.
    #[must_use]
    pub fn memory(&self) -> (usize, usize) {
        let arena = lock(&self.arena);
        (arena.used(), arena.budget())
    }

    /// Makes later compiles fail as if the system refused executable memory.
    #[doc(hidden)]
    pub fn refuse_memory_for_test(&self, refuse: bool) {
        lock(&self.arena).refuse_for_test(refuse);
    }

    /// Makes the next compile panic within the code generator.
    #[doc(hidden)]
    pub fn panic_once_for_test(&self) {
        self.panic_once.store(true, Ordering::Relaxed);
    }

    /// Makes the next program's code come out of Cranelift otherwise than it was emitted, if it has any instructions that Cranelift lacks.
    #[doc(hidden)]
    pub fn spoil_once_for_test(&self) {
        self.spoil_once.store(true, Ordering::Relaxed);
    }
}

/// The program of a slot.
fn program_of(slot: &Slot) -> Result<&Program, CompileError> {
    slot.program()
        .ok_or_else(|| CompileError::Malformed(String::from("the slot has no program yet")))
}

/// Replaces a slot's entry.
///
/// # Safety
///
/// `address` is the entry of a function that was generated from the slot's
/// program and stays executable while it may be called.
unsafe fn publish(slot: &Slot, address: *const u8, tier: Tier) {
    // SAFETY: generated code has the signature of entries (A13).
    let entry = unsafe { core::mem::transmute::<*const u8, EncodeFn>(address) };
    // SAFETY: the caller's duty.
    unsafe { slot.publish(entry, tier) };
}

/// Locks; a panic elsewhere has left nothing half done that matters here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
