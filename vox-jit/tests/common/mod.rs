//! Encoding one value in every way machine code can be made for it.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]

mod fence;

use std::cell::RefCell;
use std::sync::OnceLock;

use facet_core::{Facet, Shape};
use vox_core::cx::Counters;
use vox_core::error::EncodeError;
use vox_core::kernels::Kernels;
use vox_core::lower::LowerOptions;
use vox_core::registry::Registry;
use vox_core::sink::{chunk, vec};
use vox_core::slot::Slot;
use vox_core::tier::Tier;
use vox_jit::{Compiler, CompilerOptions, OptLevel, VtableCalls};

/// Deep enough for any test that does not test depth.
pub const MAX_DEPTH: u64 = 200;

/// Every way to call vtable functions in this build.
pub fn vtable_calls() -> Vec<VtableCalls> {
    let mut calls = vec![VtableCalls::Inline];
    if cfg!(feature = "trampolines") {
        calls.push(VtableCalls::Trampoline);
    }
    calls
}

/// A registry and a compiler, the compiler dropped last.
pub struct World {
    pub registry: Registry,
    pub compiler: Compiler,
    pub name: String,
}

impl World {
    pub fn new(options: CompilerOptions, probed_layouts: bool) -> Self {
        Self {
            registry: Registry::new(LowerOptions { probed_layouts }),
            name: format!("probed: {probed_layouts}, {options:?}"),
            compiler: Compiler::new(options).expect("machine code on this machine"),
        }
    }

    /// The compiled slot of a shape, with everything it calls compiled too.
    pub fn compiled(&self, shape: &'static Shape) -> &Slot {
        let slot = self.registry.slot(shape).expect("a shape vox encodes");
        let slots = self.registry.closure(slot);
        // SAFETY: the compiler lives as long as the registry, whose slots are
        // only called through this world.
        let batch = unsafe { self.compiler.compile(&slots) };
        for (slot, program) in slots.iter().zip(&batch.programs) {
            match program {
                Ok(compiled) => assert!(!compiled.fell_back, "{}", slot.shape()),
                Err(error) => panic!("{}: {error}", slot.shape()),
            }
        }
        assert_eq!(slot.tier(), Tier::Optimized);
        slot
    }
}

/// Worlds that between them have every option both ways. They live as long as
/// the process.
pub fn worlds() -> &'static [World] {
    static WORLDS: OnceLock<Vec<World>> = OnceLock::new();
    WORLDS.get_or_init(|| {
        let mut worlds = Vec::new();
        for vtable_calls in vtable_calls() {
            for (opt_level, over_read) in [(OptLevel::None, true), (OptLevel::Speed, false)] {
                for probed in [true, false] {
                    let mut options = CompilerOptions::default();
                    options.vtable_calls = vtable_calls;
                    options.opt_level = opt_level;
                    options.over_read = over_read;
                    options.processor_routines = opt_level == OptLevel::None;
                    options.count_calls = probed;
                    options.verifier = true;
                    worlds.push(World::new(options, probed));
                }
            }
        }
        // The two pairs of what goes together above; the first is what a build for memory checkers has.
        for (opt_level, over_read) in [(OptLevel::None, false), (OptLevel::Speed, true)] {
            let mut options = CompilerOptions::default();
            options.opt_level = opt_level;
            options.over_read = over_read;
            options.processor_routines = true;
            options.verifier = true;
            worlds.push(World::new(options, true));
        }
        worlds
    })
}

/// The address an entry takes for a sized value.
pub fn address<T>(value: &T) -> *const u8 {
    core::ptr::from_ref(value).cast()
}

/// Appends to a vector of this capacity.
///
/// # Safety
///
/// `value` is what the slot's entry takes.
pub unsafe fn append(
    slot: &Slot,
    value: *const u8,
    capacity: usize,
) -> Result<(Vec<u8>, Counters), EncodeError> {
    let mut output = Vec::with_capacity(capacity);
    // SAFETY: the caller's duty.
    let (_, encoded) = unsafe { vec::append_counted(slot, value, &mut output, MAX_DEPTH) }?;
    Ok((output, encoded.counters))
}

/// Distances of the fence: around the slack, one by one within it, and further off.
const FENCES: [usize; 12] = [0, 1, 2, 3, 5, 9, 14, 23, 40, 95, 300, 5000];

thread_local! {
    static FENCED: RefCell<fence::FencedSink> = RefCell::new(fence::FencedSink::new());
}

/// Compares the bytes of a slot with the expected ones, where output ends at a protected page.
///
/// # Safety
///
/// `value` is what the slot's entry takes.
unsafe fn assert_fenced(slot: &Slot, value: *const u8, expected: &[u8], name: &str) {
    FENCED.with_borrow_mut(|sink| {
        for extra in FENCES {
            // SAFETY: the caller's duty.
            let bytes = unsafe { sink.encode(slot, value, extra) }.unwrap();
            assert_eq!(bytes, expected, "{name}, fence at {extra}");
        }
    });
}

/// Compares every sink's bytes of a slot with the expected ones.
///
/// # Safety
///
/// `value` is what the slot's entry takes.
pub unsafe fn assert_bytes(slot: &Slot, value: *const u8, expected: &[u8], name: &str) {
    // Capacities around the slack and around the result meet every growth path.
    let capacities = (0..=expected.len().min(300) + 300).step_by(7).chain([
        expected.len(),
        expected.len() + 128,
        1 << 16,
    ]);
    for capacity in capacities {
        // SAFETY: the caller's duty.
        let (bytes, _) = unsafe { append(slot, value, capacity) }.unwrap();
        assert_eq!(bytes, expected, "{name}, capacity {capacity}");
    }
    // SAFETY: the caller's duty.
    unsafe {
        assert_eq!(
            chunk::count(slot, value, MAX_DEPTH).unwrap(),
            expected.len(),
            "{name}"
        );
        let mut slice = vec![0xa5; expected.len() + 1];
        let len = chunk::fill(slot, value, &mut slice, MAX_DEPTH).unwrap();
        assert_eq!(&slice[..len], expected, "{name}");
        assert_eq!(slice[len], 0xa5, "{name}");
        let mut written = Vec::new();
        chunk::write(slot, value, &mut written, MAX_DEPTH).unwrap();
        assert_eq!(written, expected, "{name}");
        assert_fenced(slot, value, expected, name);
        if let Some(less) = expected.len().checked_sub(1) {
            let short = chunk::fill(slot, value, &mut vec![0; less], MAX_DEPTH);
            assert!(short.is_err(), "{name}");
        }
    }
}

/// Encodes values in the interpreter and in every kind of machine code; all must equal
/// what serde postcard makes of them.
pub fn check_all<'f, T: Facet<'f> + serde::Serialize>(values: &[T]) {
    for probed_layouts in [true, false] {
        let registry = Registry::new(LowerOptions { probed_layouts });
        let slot = registry.slot(T::SHAPE).expect("a shape vox encodes");
        for value in values {
            let expected = postcard::to_allocvec(value).unwrap();
            // SAFETY: a live value of the slot's shape.
            unsafe { assert_fenced(slot, address(value), &expected, "interpreter") };
        }
    }
    for world in worlds() {
        let slot = world.compiled(T::SHAPE);
        for value in values {
            let expected = postcard::to_allocvec(value).unwrap();
            // SAFETY: a live value of the slot's shape.
            unsafe { assert_bytes(slot, address(value), &expected, &world.name) };
        }
    }
}

/// The error texts of a value that does not encode: the interpreter's and every
/// compiled form's must be the same. Answers it.
pub fn check_error<'f, T: Facet<'f>>(value: &T) -> String {
    let mut texts = Vec::new();
    for world in worlds() {
        let interpreted = world.registry.slot(T::SHAPE).unwrap();
        let text = |slot| {
            // SAFETY: a live value of the slot's shape.
            let result = unsafe { append(slot, address(value), 0) };
            result.unwrap_err().to_string()
        };
        texts.push(text(interpreted));
        texts.push(text(world.compiled(T::SHAPE)));
    }
    let first = texts[0].clone();
    for text in texts {
        assert_eq!(text, first);
    }
    first
}

/// A program written by hand, in the text form, with the addresses of its
/// functions.
pub fn made(text: &str, functions: &[*const ()], children: &[&Slot]) -> Slot {
    let code: vox_core::program::Code = text.parse().expect("a program");
    slot_of(code, linkage(functions, children))
}

fn linkage(functions: &[*const ()], children: &[&Slot]) -> vox_core::program::Linkage {
    let children = children
        .iter()
        .map(|slot| core::ptr::NonNull::from(*slot))
        .collect();
    vox_core::program::Linkage::new(functions.to_vec(), children)
}

/// The same, linked with a set of routines, and with what is prepared then: runs, options, maps.
pub fn made_with(
    kernels: &'static Kernels,
    text: &str,
    functions: &[*const ()],
    children: &[&Slot],
) -> Slot {
    let code: vox_core::program::Code = text.parse().expect("a program");
    let mut linkage = linkage(functions, children);
    linkage.kernels = kernels;
    let linkage = linkage.with_runs(&code);
    slot_of(code, linkage)
}

/// The same with the best routines, of a program that has no functions and no children.
pub fn made_with_runs(text: &str) -> Slot {
    made_with(Kernels::best(), text, &[], &[])
}

fn slot_of(code: vox_core::program::Code, linkage: vox_core::program::Linkage) -> Slot {
    let program = vox_core::program::Program { code, linkage };
    vox_core::program::verify::verify_program(&program).expect("a valid program");
    // SAFETY: verified; tests give functions and children that fit.
    unsafe { Slot::standalone(<() as Facet<'_>>::SHAPE, program) }
}

/// Publishes machine code for a hand-made slot.
pub fn compile(world: &World, slot: &Slot) {
    // SAFETY: tests keep the world alive while they call the slot.
    let batch = unsafe { world.compiler.compile(&[slot]) };
    for program in batch.programs {
        assert!(!program.unwrap().fell_back);
    }
    assert_eq!(slot.tier(), Tier::Optimized);
}

/// Publishes baseline code for a hand-made slot.
pub fn unroll(world: &World, slot: &Slot) {
    // SAFETY: tests keep the world alive while they call the slot (A14).
    let batch = unsafe { vox_jit::unroll(&world.compiler.arena(), &[slot]) };
    for program in batch.programs {
        program.unwrap();
    }
    assert_eq!(slot.tier(), Tier::Baseline);
}

/// Checks a hand-made program in the interpreter, the baseline and machine code, with every set of routines, and in all kinds of machine code.
///
/// # Safety
///
/// The program applies to `value`.
pub unsafe fn check_made(
    text: &str,
    functions: &[*const ()],
    children: &[&Slot],
    value: *const u8,
    expected: &[u8],
) {
    for world in worlds() {
        let slot = made(text, functions, children);
        // SAFETY: the caller's duty.
        unsafe {
            assert_bytes(&slot, value, expected, "interpreter");
            if vox_jit::baseline::IS_AVAILABLE {
                unroll(world, &slot);
                assert_bytes(&slot, value, expected, "baseline");
            }
            compile(world, &slot);
            assert_bytes(&slot, value, expected, &world.name);
        }
    }
    // The best was there in each world, without what is prepared when a program is linked.
    for kernels in Kernels::available() {
        let slot = made_with(kernels, text, functions, children);
        let check = |tier: &str| {
            // SAFETY: the caller's duty.
            unsafe { assert_bytes(&slot, value, expected, &format!("{} {tier}", kernels.name)) };
        };
        check("interpreter");
        if vox_jit::baseline::IS_AVAILABLE {
            unroll(&worlds()[0], &slot);
            check("baseline");
        }
        compile(&worlds()[0], &slot);
        check("optimized");
    }
}

/// The error of a hand-made program, the same in every tier.
///
/// # Safety
///
/// The program applies to `value`.
pub unsafe fn made_error(
    text: &str,
    functions: &[*const ()],
    children: &[&Slot],
    value: *const u8,
) -> String {
    let mut first = None;
    for world in worlds() {
        // As it is, and with what is prepared for the interpreter.
        let slots = [
            made(text, functions, children),
            made_with(Kernels::best(), text, functions, children),
        ];
        for slot in &slots {
            for tier in [Tier::Interpreter, Tier::Baseline, Tier::Optimized] {
                match tier {
                    Tier::Optimized => compile(world, slot),
                    Tier::Baseline if vox_jit::baseline::IS_AVAILABLE => unroll(world, slot),
                    _ => {}
                }
                // SAFETY: the caller's duty.
                let error = unsafe { append(slot, value, 0) }.unwrap_err().to_string();
                assert_eq!(
                    &error,
                    first.get_or_insert_with(|| error.clone()),
                    "{}",
                    world.name
                );
            }
        }
    }
    first.expect("at least one world")
}
