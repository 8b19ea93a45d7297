//! The compiler when things go wrong: refusal, panics, budgets; and what it counts.

mod common;

use common::{address, append, made};
use vox_core::slot::Slot;
use vox_core::tier::Tier;
use vox_jit::{Batch, CompileError, Compiler, CompilerOptions, OptLevel};

const TEXT: &str = "program T\nb0:\n  reserve bytes=5\n  write_var_u32 at=@0\n";

fn compiler(budget: usize) -> Compiler {
    let mut options = CompilerOptions::default();
    options.code_budget = budget;
    Compiler::new(options).expect("machine code on this machine")
}

fn compile(compiler: &Compiler, slots: &[&Slot]) -> Batch {
    // SAFETY: every test keeps its compiler until its slots are no longer called.
    unsafe { compiler.compile(slots) }
}

fn assert_works(slot: &Slot, tier: Tier) {
    assert_eq!(slot.tier(), tier);
    // SAFETY: the program reads a u32.
    let (bytes, _) = unsafe { append(slot, address(&300_u32), 0) }.unwrap();
    assert_eq!(bytes, [0xac, 2]);
}

#[test]
fn refused_memory_leaves_the_interpreter_and_later_compiles_work() {
    let compiler = compiler(1 << 20);
    let (one, other) = (made(TEXT, &[], &[]), made(TEXT, &[], &[]));
    compiler.refuse_memory_for_test(true);
    let batch = compile(&compiler, &[&one, &other]);
    for program in batch.programs {
        assert!(matches!(program, Err(CompileError::Memory(_))));
    }
    assert_works(&one, Tier::Interpreter);
    compiler.refuse_memory_for_test(false);
    assert!(compile(&compiler, &[&one]).programs[0].is_ok());
    assert_works(&one, Tier::Optimized);
    assert_works(&other, Tier::Interpreter);
    let stats = compiler.stats();
    assert_eq!((stats.compiled, stats.failed), (1, 2));
}

#[test]
fn a_panic_of_the_code_generator_is_one_failure() {
    let compiler = compiler(1 << 20);
    let slots: Vec<Slot> = (0..3).map(|_| made(TEXT, &[], &[])).collect();
    compiler.panic_once_for_test();
    let batch = compile(&compiler, &slots.iter().collect::<Vec<_>>());
    assert_eq!(
        batch.programs[0],
        Err(CompileError::Panicked("injected by a test".into()))
    );
    assert!(batch.programs[1].is_ok() && batch.programs[2].is_ok());
    assert_works(&slots[0], Tier::Interpreter);
    assert_works(&slots[1], Tier::Optimized);
    assert!(compile(&compiler, &[&slots[0]]).programs[0].is_ok());
    assert_works(&slots[0], Tier::Optimized);
}

/// A varint and a string behind it: a word, an address and a length.
const STRINGS: &str = "program Strings
b0:
  reserve bytes=10
  write_var_u64 at=@0
  write_bytes at=@8 source=words(ptr=@0, len=@8) reserve=0
";

fn assert_strings_work(slot: &Slot) {
    #[repr(C)]
    struct Words(u64, *const u8, usize);
    assert_eq!(slot.tier(), Tier::Optimized);
    let text = [b'x'; 127];
    for number in [0, 127, 128, 300, 1 << 55, 1 << 56, u64::MAX] {
        for len in 0..=text.len() {
            let value = Words(number, text.as_ptr(), len);
            // SAFETY: the program reads a word, and an address and a length behind it.
            let (bytes, _) = unsafe { append(slot, address(&value), 512) }.unwrap();
            let text = core::str::from_utf8(&text[..len]).unwrap();
            assert_eq!(bytes, postcard::to_allocvec(&(number, text)).unwrap());
        }
    }
}

/// What is meant is in the listing, and nothing that stands in for it. Without routines of the processor, or with an optimiser, neither is.
#[test]
fn a18_instructions_that_cranelift_lacks_are_in_the_code() {
    let kernels = vox_core::kernels::Kernels::best();
    if !kernels.has_deposit {
        eprintln!("skipped: this processor has none of them");
    }
    let ways = [
        (true, OptLevel::None),
        (false, OptLevel::None),
        (true, OptLevel::Speed),
    ];
    for (processor_routines, opt_level) in ways {
        let mut options = CompilerOptions::default();
        options.over_read = true;
        options.processor_routines = processor_routines;
        options.opt_level = opt_level;
        let has_them = processor_routines && opt_level == OptLevel::None;
        let compiler = Compiler::new(options).unwrap();
        let slot = made(STRINGS, &[], &[]);
        let listing = compiler.list(slot.program().unwrap()).unwrap().assembly;
        let has = |name: &str| listing.contains(&format!(" {name} "));
        assert_eq!(has("pdepq"), has_them && kernels.has_deposit);
        let is_wide = has_them && kernels.has_wide_moves;
        assert_eq!(has("vmovdqu64"), is_wide, "{listing}");
        for stands_in in ["vroundps", "vpextrb", "andnq"] {
            assert!(!has(stands_in), "{listing}");
        }
        let batch = compile(&compiler, &[&slot]);
        let compiled = batch.programs[0].as_ref().unwrap();
        assert!(!compiled.fell_back);
        assert_strings_work(&slot);
        assert_eq!(compiler.stats().fell_back, 0);
    }
}

#[test]
fn a18_code_that_comes_out_otherwise_is_made_without_them() {
    let kernels = vox_core::kernels::Kernels::best();
    let compiler = compiler(1 << 20);
    let slots = [(); 2].map(|()| made(STRINGS, &[], &[]));
    compiler.spoil_once_for_test();
    let batch = compile(&compiler, &[&slots[0], &slots[1]]);
    let fell_back = |idx: usize| batch.programs[idx].as_ref().unwrap().fell_back;
    // Where there are none, nothing can be spoiled.
    let has_some = kernels.has_deposit || kernels.has_wide_moves;
    assert_eq!((fell_back(0), fell_back(1)), (has_some, false));
    slots.iter().for_each(assert_strings_work);
    assert_eq!(compiler.stats().fell_back, u64::from(has_some));
}

#[test]
fn a_small_budget_degrades_and_loses_nothing() {
    let compiler = compiler(8 << 10);
    // More than fit, were they as small as can be.
    let slots: Vec<Slot> = (0..130).map(|_| made(TEXT, &[], &[])).collect();
    for slot in &slots {
        compile(&compiler, &[slot]);
    }
    let optimized = slots
        .iter()
        .filter(|slot| slot.tier() == Tier::Optimized)
        .count();
    assert!((1..slots.len()).contains(&optimized), "{optimized}");
    for slot in &slots {
        assert_works(slot, slot.tier());
    }
    let (used, budget) = compiler.memory();
    assert!(used <= budget);
    assert_eq!(compiler.stats().compiled, optimized as u64);
}

#[test]
fn programs_compiled_together_share_pages() {
    let compiler = compiler(64 << 10);
    let slots: Vec<Slot> = (0..40).map(|_| made(TEXT, &[], &[])).collect();
    let batch = compile(&compiler, &slots.iter().collect::<Vec<_>>());
    for (slot, program) in slots.iter().zip(batch.programs) {
        assert!(program.unwrap().code_bytes > 0);
        assert_works(slot, Tier::Optimized);
    }
}

#[test]
fn no_budget_means_the_interpreter() {
    let compiler = compiler(0);
    let slot = made(TEXT, &[], &[]);
    let batch = compile(&compiler, &[&slot]);
    assert!(matches!(batch.programs[0], Err(CompileError::Memory(_))));
    assert_works(&slot, Tier::Interpreter);
}

#[test]
fn a_program_too_large_is_refused_quickly() {
    let mut text = String::from("program T\nb0:\n");
    for _ in 0..30_000 {
        text += "  reserve bytes=1\n  write_byte at=@0\n";
    }
    let slot = made(&text, &[], &[]);
    let batch = compile(&compiler(1 << 20), &[&slot]);
    assert!(matches!(
        batch.programs[0],
        Err(CompileError::TooLarge { .. })
    ));
}

#[cfg(not(feature = "trampolines"))]
#[test]
fn trampolines_that_are_not_there_are_an_error() {
    let mut options = CompilerOptions::default();
    options.vtable_calls = vox_jit::VtableCalls::Trampoline;
    let compiler = Compiler::new(options).unwrap();
    let slot = made(TEXT, &[], &[]);
    let batch = compile(&compiler, &[&slot]);
    assert_eq!(batch.programs[0], Err(CompileError::NoTrampolines));
    assert_works(&slot, Tier::Interpreter);
}

#[test]
fn threads_run_code_while_more_is_published() {
    let compiler = compiler(16 << 20);
    let first = made(TEXT, &[], &[]);
    compile(&compiler, &[&first]);
    let stop = core::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(core::sync::atomic::Ordering::Relaxed) {
                    assert_works(&first, Tier::Optimized);
                }
            });
        }
        let slots: Vec<Slot> = (0..200).map(|_| made(TEXT, &[], &[])).collect();
        for slot in &slots {
            compile(&compiler, &[slot]);
            assert_works(slot, Tier::Optimized);
        }
        stop.store(true, core::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn listings_show_the_code() {
    let mut options = CompilerOptions::default();
    options.opt_level = OptLevel::Speed;
    let compiler = Compiler::new(options).unwrap();
    let slot = made(TEXT, &[], &[]);
    let listing = compiler.list(slot.program().unwrap()).unwrap();
    assert!(listing.clif.contains("brif"), "{}", listing.clif);
    assert!(!listing.assembly.is_empty());
    let batch = compile(&compiler, &[&slot]);
    assert_eq!(
        batch.programs[0].as_ref().unwrap().code_bytes,
        listing.code_bytes
    );
}
