//! What a call from one type's code to another's costs, for every pair of tiers.
//!
//! The caller is a program of [`CALLS`] calls and nothing else, the callee writes one byte; both are made by hand, so that
//! nothing is inlined. A call's share of an encode is then the call, the callee's entry and exit, and the byte.
//!
//! For: the table of `docs/how-tiers-call-each-other.md` and the proof that no pair allocates. Not for whole types, whose
//! fields cost more than their calls: that is the program `tiers`.

use std::hint::black_box;
use std::time::Instant;

use facet::Facet;
use vox_core::program::{Code, Linkage, Program, verify};
use vox_core::sink::vec;
use vox_core::slot::Slot;
use vox_core::tier::Tier;
use vox_jit::{Compiler, CompilerOptions, baseline};

/// Calls in one encode of the caller.
pub const CALLS: usize = 64;

/// The tiers of this processor.
#[must_use]
pub fn tiers() -> Vec<Tier> {
    let mut tiers = vec![Tier::Interpreter];
    if baseline::IS_AVAILABLE {
        tiers.push(Tier::Baseline);
    }
    if vox_jit::HAS_CODE_GENERATOR {
        tiers.push(Tier::Optimized);
    }
    tiers
}

/// A caller and its callee, each in a tier.
#[derive(Debug)]
pub struct Pair {
    caller: Slot,
    // Called by the caller, so dropped after it; boxed, so that it stays where it is.
    _callee: Box<Slot>,
    // Owns the code of both.
    _compiler: Compiler,
    value: u8,
}

fn slot(text: &str, children: &[&Slot]) -> Slot {
    let code: Code = text.parse().expect("a program");
    let children = children.iter().map(|slot| core::ptr::NonNull::from(*slot));
    let program = Program {
        code,
        linkage: Linkage::new(Vec::new(), children.collect()),
    };
    verify::verify_program(&program).expect("a program that holds together");
    // SAFETY: verified; it has no functions, and `Pair` keeps its child (A2, A12).
    unsafe { Slot::standalone(<u8 as Facet<'_>>::SHAPE, program) }
}

fn raise(compiler: &Compiler, slot: &Slot, tier: Tier) {
    let batch = match tier {
        // SAFETY: `Pair` drops the compiler, and the arena with it, after the slots (A14).
        Tier::Baseline => unsafe { vox_jit::unroll(&compiler.arena(), &[slot]) },
        // SAFETY: as above.
        Tier::Optimized => unsafe { compiler.compile(&[slot]) },
        _ => return,
    };
    for program in batch.programs {
        program.expect("code for a program this small");
    }
    assert_eq!(slot.tier(), tier);
}

impl Pair {
    /// A caller in one tier, a callee in another.
    ///
    /// # Panics
    ///
    /// Panics where there is no machine code.
    #[must_use]
    pub fn new(caller_tier: Tier, callee_tier: Tier) -> Self {
        let compiler = Compiler::new(CompilerOptions::default()).expect("machine code here");
        let callee = Box::new(slot(
            "program Callee\nb0:\n  reserve bytes=1\n  write_byte at=@0\n",
            &[],
        ));
        let calls = "  call at=@0 child=c0 path=p0\n".repeat(CALLS);
        let text = format!("program Caller\nchildren\n  c0 Callee\nb0:\n{calls}");
        let caller = slot(&text, &[&callee]);
        raise(&compiler, &callee, callee_tier);
        raise(&compiler, &caller, caller_tier);
        Self {
            caller,
            _callee: callee,
            _compiler: compiler,
            value: 7,
        }
    }

    /// Encodes once, behind the buffer's end.
    ///
    /// # Panics
    ///
    /// Panics when that fails.
    pub fn encode(&self, buffer: &mut Vec<u8>) {
        let value = core::ptr::from_ref(black_box(&self.value));
        // SAFETY: both programs read one byte, which the value has (A1).
        let encoded = unsafe { vec::append(&self.caller, value, buffer, 10) };
        encoded.expect("it encodes");
    }

    /// Nanoseconds of `encodes` encodes, by call.
    #[must_use]
    pub fn time(&self, encodes: u32, buffer: &mut Vec<u8>) -> f64 {
        let start = Instant::now();
        for _ in 0..encodes {
            buffer.clear();
            self.encode(buffer);
            black_box(&*buffer);
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(encodes) / CALLS as f64
    }
}

/// Nanoseconds per call, the least of so many turns of so many encodes in which all pairs take turns: a line for
/// each of the [`tiers`] that calls, in it one number for each that is called.
///
/// # Panics
///
/// Panics where there is no machine code.
#[must_use]
pub fn times(rounds: usize, encodes: u32) -> Vec<Vec<f64>> {
    let tiers = tiers();
    let pairs: Vec<Pair> = tiers
        .iter()
        .flat_map(|caller| tiers.iter().map(|callee| Pair::new(*caller, *callee)))
        .collect();
    let mut best = vec![f64::INFINITY; pairs.len()];
    let mut buffer = Vec::with_capacity(1024);
    for _ in 0..rounds {
        for (best, pair) in best.iter_mut().zip(&pairs) {
            *best = best.min(pair.time(encodes, &mut buffer));
        }
    }
    best.chunks(tiers.len()).map(<[f64]>::to_vec).collect()
}
