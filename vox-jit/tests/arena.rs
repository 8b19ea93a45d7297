//! Executable memory under load: code that runs while more is published, and very many small
//! functions. Guards A14.
//!
//! The functions are made by Cranelift directly, so that thousands of them cost nothing; that
//! programs become functions is tested elsewhere.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;

use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{AbiParam, Function, InstBuilder, Signature, UserFuncName, types};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use vox_jit::CompilerOptions;
use vox_jit::Publication;
use vox_jit::compile::isa_for;
use vox_jit::memory::{Arena, FUNCTION_ALIGN, MemoryError};
use vox_oracle::scale::scaled;

const BOTH: [Publication; 2] = [Publication::SecondView, Publication::FreshPages];

/// How many different functions there are.
const KINDS: usize = 64;

/// The code of functions that add 0, 1, 2, ... to their argument.
fn adders() -> Vec<Vec<u8>> {
    let isa = isa_for(&target_lexicon::Triple::host(), &CompilerOptions::default())
        .expect("this processor");
    let mut frontend = FunctionBuilderContext::new();
    (0..KINDS)
        .map(|kind| {
            let mut signature = Signature::new(CallConv::triple_default(isa.triple()));
            signature.params.push(AbiParam::new(types::I64));
            signature.returns.push(AbiParam::new(types::I64));
            let mut context = Context::for_function(Function::with_name_signature(
                UserFuncName::default(),
                signature,
            ));
            let mut builder = FunctionBuilder::new(&mut context.func, &mut frontend);
            let block = builder.create_block();
            builder.append_block_params_for_function_params(block);
            builder.switch_to_block(block);
            let argument = builder.block_params(block)[0];
            let kind = builder.ins().iconst(types::I64, kind as i64);
            let sum = builder.ins().iadd(argument, kind);
            builder.ins().return_(&[sum]);
            builder.seal_all_blocks();
            builder.finalize(isa.frontend_config());
            let compiled = context
                .compile(&*isa, &mut ControlPlane::default())
                .expect("it compiles");
            compiled.code_buffer().to_vec()
        })
        .collect()
}

/// Runs a published adder.
fn run(address: usize, argument: u64) -> u64 {
    let address = core::ptr::without_provenance::<u8>(address);
    // SAFETY: the address of a function of this signature, published in an arena that is
    // alive (A13, A14).
    let function = unsafe { core::mem::transmute::<*const u8, extern "C" fn(u64) -> u64>(address) };
    function(argument)
}

/// Mappings of this process and kilobytes of memory in use, where the system tells.
fn footprint() -> Option<(usize, usize)> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes = line.split_whitespace().nth(1)?.parse().ok()?;
    Some((maps.lines().count(), kilobytes))
}

/// Tests that look at the whole process run one at a time.
fn alone() -> impl Drop {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Threads that run what is published.
const RUNNERS: usize = 3;

#[test]
fn functions_run_while_others_are_published() {
    let _alone = alone();
    let adders = adders();
    for publication in BOTH {
        let count = scaled(10_000);
        let mut arena = Arena::reserve(64 << 20, publication).expect("memory");
        let addresses: Vec<AtomicUsize> = (0..count).map(|_| AtomicUsize::new(0)).collect();
        let published = AtomicUsize::new(0);
        let done = AtomicBool::new(false);
        // Every runner has called something before the second function is published.
        let running = Barrier::new(RUNNERS + 1);
        let calls: usize = thread::scope(|scope| {
            let runners: Vec<_> = (0..RUNNERS)
                .map(|seed| {
                    let (addresses, published, done) = (&addresses, &published, &done);
                    let running = &running;
                    scope.spawn(move || {
                        let mut calls = 0;
                        let mut at = seed;
                        while !done.load(Ordering::Relaxed) {
                            let there = published.load(Ordering::Acquire);
                            if there == 0 {
                                thread::yield_now();
                                continue;
                            }
                            // The newest, and one at random among all.
                            at = at.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as usize) ^ there;
                            for index in [there - 1, at % there] {
                                let address = addresses[index].load(Ordering::Relaxed);
                                assert_eq!(run(address, 1000), 1000 + (index % KINDS) as u64);
                                calls += 1;
                            }
                            if calls == 2 {
                                running.wait();
                            }
                        }
                        calls
                    })
                })
                .collect();
            for (index, address) in addresses.iter().enumerate() {
                let code = &adders[index % KINDS];
                let placed = arena.publish(&[code]).remove(0).expect("room for it");
                address.store(placed.addr(), Ordering::Relaxed);
                published.store(index + 1, Ordering::Release);
                if index == 0 {
                    running.wait();
                }
            }
            done.store(true, Ordering::Relaxed);
            runners
                .into_iter()
                .map(|it| it.join().expect("no runner fails"))
                .sum()
        });
        assert!(calls >= 2 * RUNNERS, "nothing ran meanwhile");
        for (index, address) in addresses.iter().enumerate() {
            let result = run(address.load(Ordering::Relaxed), 5);
            assert_eq!(result, 5 + (index % KINDS) as u64);
        }
    }
}

#[test]
fn a_hundred_thousand_functions_need_few_mappings_and_little_memory() {
    let _alone = alone();
    let adders = adders();
    let count = scaled(100_000);
    let Some((mappings, kilobytes)) = footprint() else {
        eprintln!("this system does not tell a process its mappings; only placement is looked at");
        publish_one_by_one(&adders, count);
        return;
    };
    let (arena, addresses) = publish_one_by_one(&adders, count);
    let (mappings_then, kilobytes_then) = footprint().expect("as before");
    // Two views, whatever the allocator needed for the addresses, and the stacks of the tests beside this one.
    assert!(
        mappings_then <= mappings + 20,
        "{mappings_then} mappings, {mappings} before"
    );
    if arena.publication() == Publication::SecondView {
        let code = count * FUNCTION_ALIGN;
        assert!(arena.used() <= code + (64 << 10), "{} bytes", arena.used());
        // Both views are counted, and the addresses.
        let limit = (2 * code + 3 * count * size_of::<usize>()) / 1024 + 4096;
        let grown = kilobytes_then.saturating_sub(kilobytes);
        assert!(grown < limit, "{grown} KiB, expected less than {limit}");
    }
    for (index, address) in addresses.iter().enumerate().step_by(997) {
        assert_eq!(run(*address, 5), 5 + (index % KINDS) as u64);
    }
}

/// Publishes so many functions, one at a time, until the budget is spent.
fn publish_one_by_one(adders: &[Vec<u8>], count: usize) -> (Arena, Vec<usize>) {
    let mut arena = Arena::reserve(64 << 20, Publication::SecondView).expect("memory");
    let mut addresses = Vec::with_capacity(count);
    for index in 0..count {
        match arena.publish(&[&adders[index % KINDS]]).remove(0) {
            Ok(address) => addresses.push(address.addr()),
            Err(error) => {
                assert!(matches!(error, MemoryError::BudgetSpent { .. }), "{error}");
                assert_eq!(arena.publication(), Publication::FreshPages, "it has room");
                break;
            }
        }
    }
    (arena, addresses)
}

#[test]
fn a_small_budget_is_used_to_its_end() {
    let adders = adders();
    let mut arena = Arena::reserve(64 << 10, Publication::SecondView).expect("memory");
    let mut placed = 0;
    let error = loop {
        match arena.publish(&[&adders[placed % KINDS]]).remove(0) {
            Ok(address) => assert_eq!(run(address.addr(), 1), 1 + (placed % KINDS) as u64),
            Err(error) => break error,
        }
        placed += 1;
    };
    assert!(matches!(error, MemoryError::BudgetSpent { .. }), "{error}");
    let expected = match arena.publication() {
        Publication::SecondView => (64 << 10) / FUNCTION_ALIGN,
        Publication::FreshPages => arena.used() / region::page::size(),
    };
    assert_eq!(placed, expected);
}

/// What follows a function that does not fit finds its place all the same.
#[test]
fn what_does_not_fit_is_passed_over() {
    let adders = adders();
    let large = vec![0_u8; 128 << 10];
    let mut arena = Arena::reserve(64 << 10, Publication::SecondView).expect("memory");
    let placed = arena.publish(&[&adders[0], &large, &adders[1]]);
    let [Ok(first), Err(error), Ok(last)] = placed.as_slice() else {
        panic!("{placed:?}");
    };
    assert!(matches!(error, MemoryError::BudgetSpent { .. }), "{error}");
    assert_eq!(run(first.addr(), 1), 1);
    assert_eq!(run(last.addr(), 1), 2);
}
