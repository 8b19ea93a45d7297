//! Every tier calls every other: bytes are those of serde postcard whatever the mix, also while it changes.

#[path = "common/mod.rs"]
mod common;

use std::cell::RefCell;
use std::rc::Rc;

use facet::{Facet, Shape};
use serde::Serialize;
use vox_core::slot::Slot;
use vox_core::tier::Tier;
use vox_jit::baseline::isa::Assembler;
use vox_jit::baseline::isa::aarch64::Arm64;
use vox_jit::baseline::isa::x86_64::X64;
use vox_jit::{CompilerOptions, baseline};

use common::{World, address, append, assert_bytes};

const TIERS: [Tier; 3] = [Tier::Interpreter, Tier::Baseline, Tier::Optimized];

#[derive(Facet, Serialize)]
struct House {
    number: u32,
    #[facet(recursive_type)]
    rooms: Vec<Room>,
}

#[derive(Facet, Serialize)]
struct Room {
    name: String,
    #[facet(recursive_type)]
    closet: Option<Box<Closet>>,
    area: i64,
}

#[derive(Facet, Serialize)]
struct Closet {
    shelves: [u16; 3],
    #[facet(recursive_type)]
    doll_houses: Vec<House>,
    #[facet(recursive_type)]
    adjoining: Option<Box<Room>>,
}

fn house(levels: u32) -> House {
    let room = |index: u32| Room {
        name: "room ".repeat(index as usize),
        closet: (levels > 0 && index != 1).then(|| {
            Box::new(Closet {
                shelves: [1, 200, 40_000],
                doll_houses: (0..index).map(|_| house(levels - 1)).collect(),
                adjoining: (index == 2).then(|| {
                    Box::new(Room {
                        name: String::new(),
                        closet: None,
                        area: i64::MIN,
                    })
                }),
            })
        }),
        area: -i64::from(index) * 1000,
    };
    House {
        number: levels * 77,
        rooms: (0..4).map(room).collect(),
    }
}

/// Brings a slot into a tier.
fn raise(world: &World, slot: &Slot, tier: Tier) {
    let batch = match tier {
        // SAFETY: the world drops its compiler last, and slots are called through it alone (A14).
        Tier::Baseline => unsafe { vox_jit::unroll(&world.compiler.arena(), &[slot]) },
        // SAFETY: as above.
        Tier::Optimized => unsafe { world.compiler.compile(&[slot]) },
        _ => return,
    };
    for program in batch.programs {
        program.expect("code for this program");
    }
    assert_eq!(slot.tier(), tier);
}

#[test]
fn every_tier_calls_every_other() {
    if !baseline::IS_AVAILABLE {
        return;
    }
    let value = house(3);
    let expected = postcard::to_allocvec(&value).expect("postcard writes it");
    for probed in [true, false] {
        for mix in 0..27 {
            let world = World::new(CompilerOptions::default(), probed);
            let root = world.registry.slot(House::SHAPE).expect("it encodes");
            let slots = world.registry.closure(root);
            assert!(slots.len() >= 2, "types that are called, not inlined");
            let tiers = [TIERS[mix % 3], TIERS[mix / 3 % 3], TIERS[mix / 9]];
            for (slot, tier) in slots.iter().zip(tiers.iter().cycle()) {
                raise(&world, slot, *tier);
            }
            // SAFETY: the value is one of the root's type.
            let (bytes, _) = unsafe { append(root, address(&value), 0) }.expect("it encodes");
            assert_eq!(bytes, expected, "{tiers:?}, probed: {probed}");
            if mix % 13 == 5 {
                // SAFETY: as above.
                unsafe { assert_bytes(root, address(&value), &expected, "mixed tiers") };
            }
        }
    }
}

/// What happens at the element with a number.
type Hook = Rc<dyn Fn(u32)>;

thread_local! {
    static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

/// Leaves nothing out, and looks at what passes.
fn watch(number: &u32) -> bool {
    let hook = HOOK.with_borrow(Clone::clone);
    if let Some(hook) = hook {
        hook(*number);
    }
    false
}

#[derive(Facet, Serialize)]
struct Link {
    #[facet(skip_serializing_if = watch)]
    number: u32,
    text: String,
    #[facet(recursive_type)]
    links: Vec<Link>,
}

#[test]
fn a_tier_changes_in_the_middle_of_a_long_list() {
    if !baseline::IS_AVAILABLE {
        return;
    }
    let links = |count| {
        (0..count).map(|number| Link {
            number,
            text: format!("link {number}"),
            links: Vec::new(),
        })
    };
    let value = Link {
        number: u32::MAX,
        text: String::new(),
        links: links(3000).collect(),
    };
    let expected = postcard::to_allocvec(&value).expect("postcard writes it");
    let world = Rc::new(World::new(CompilerOptions::default(), true));
    let seen = Rc::new(RefCell::new(Vec::new()));
    let hook = {
        let (world, seen) = (Rc::clone(&world), Rc::clone(&seen));
        move |number| {
            let slot = world.registry.slot(Link::SHAPE).expect("it encodes");
            match number {
                1000 => raise(&world, slot, Tier::Baseline),
                2000 => raise(&world, slot, Tier::Optimized),
                _ => {}
            }
            if number % 500 == 1 {
                // The account of work tells who runs: compiled code adds nothing to it.
                seen.borrow_mut().push((slot.tier(), slot.work()));
            }
        }
    };
    HOOK.set(Some(Rc::new(hook)));
    let slot = world.registry.slot(Link::SHAPE).expect("it encodes");
    // SAFETY: the value is one of the slot's type.
    let result = unsafe { append(slot, address(&value), 0) };
    HOOK.set(None);
    assert_eq!(result.expect("it encodes").0, expected);
    let seen = seen.borrow();
    let tiers: Vec<Tier> = seen.iter().map(|(tier, _)| *tier).collect();
    let [interpreter, baseline, optimized] = TIERS;
    assert_eq!(
        tiers,
        [
            interpreter,
            interpreter,
            baseline,
            baseline,
            optimized,
            optimized
        ]
    );
    let done = |index: usize| seen[index + 1].1 - seen[index].1;
    assert!(done(0) > 0 && done(2) > 0, "both count their work");
    assert_eq!(done(4), 0, "machine code does not: it did run");
}

/// The code of a type and its children, with symbols in place of addresses.
fn symbolic<A: Assembler>(shape: &'static Shape) -> Vec<Vec<u8>> {
    let world = World::new(CompilerOptions::default(), false);
    let root = world.registry.slot(shape).expect("it encodes");
    let slots = world.registry.closure(root);
    let programs = slots.iter().map(|slot| slot.program().expect("a program"));
    programs
        .map(|it| baseline::generate_symbolic::<A>(it).expect("code"))
        .collect()
}

#[test]
fn both_instruction_sets_have_code_for_every_program() {
    const RET_X64: u8 = 0xc3;
    const RET_ARM64: u32 = 0xd65f_03c0;
    for shape in [House::SHAPE, Link::SHAPE, Chain::SHAPE] {
        let (x64, arm64) = (symbolic::<X64>(shape), symbolic::<Arm64>(shape));
        assert_eq!(x64, symbolic::<X64>(shape), "no address is in it");
        assert_eq!(arm64, symbolic::<Arm64>(shape), "no address is in it");
        assert!(x64.iter().all(|code| code.contains(&RET_X64)));
        for code in arm64 {
            assert_eq!(code.len() % 4, 0, "whole instructions");
            let (words, _) = code.as_chunks();
            assert!(words.contains(&RET_ARM64.to_le_bytes()));
        }
    }
}

/// Goes on in last position.
#[derive(Facet)]
struct Chain {
    id: u32,
    #[facet(recursive_type)]
    next: Option<Box<Chain>>,
}
