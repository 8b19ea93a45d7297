//! What the verifier refuses, what it accepts, and that neither is luck.

mod refusals;
mod simulation;
mod valid;

use super::super::{Code, Op, Program};
use super::{verify, verify_program};
use crate::program::text::random::Random;

#[test]
fn a7_valid_programs_pass_and_never_run_short() {
    let mut shown = std::collections::HashSet::new();
    for seed in 0..2000 {
        let mut random = Random::new(seed);
        let code = valid::code(&mut random);
        verify(&code).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{code}"));
        simulation::run(&code, &mut random)
            .unwrap_or_else(|error| panic!("seed {seed}: {error}\n{code}"));
        shown.extend(
            code.blocks
                .iter()
                .flat_map(|block| &block.ops)
                .map(Op::name),
        );
    }
    for name in Op::NAMES {
        assert!(shown.contains(name), "no valid program has a `{name}`");
    }
}

/// A program the verifier accepts is one that a run finds nothing wrong with,
/// also when it was not made to be.
#[test]
fn a7_what_passes_after_damage_still_never_runs_short() {
    let (mut accepted, mut refused) = (0, 0);
    for seed in 0..6000 {
        let mut random = Random::new(seed);
        let mut code = valid::code(&mut random);
        damage(&mut code, &mut random);
        if verify(&code).is_err() {
            refused += 1;
            continue;
        }
        accepted += 1;
        for _ in 0..4 {
            simulation::run(&code, &mut random)
                .unwrap_or_else(|error| panic!("seed {seed}: {error}\n{code}"));
        }
    }
    assert!(
        accepted > 500,
        "only {accepted} of the damaged programs pass"
    );
    assert!(
        refused > 500,
        "only {refused} of the damaged programs are refused"
    );
}

/// Changes one thing.
fn damage(code: &mut Code, random: &mut Random) {
    let block = random.rng.usize(0..code.blocks.len());
    let ops = &mut code.blocks[block].ops;
    let some_op = (!ops.is_empty()).then(|| random.rng.usize(0..ops.len()));
    match (random.rng.u32(0..12), some_op) {
        (0, _) => {
            let function = random.rng.usize(0..code.functions.len());
            code.functions[function] = random.kind();
        }
        (1, _) if !code.tables.is_empty() => {
            let table = random.rng.usize(0..code.tables.len());
            if let Some(arm) = code.tables[table].first_mut() {
                arm.discriminant = random.discriminant();
            }
        }
        (2, _) => code.proxies[0].size = random.field(),
        (3, _) => {
            let at = random.rng.usize(0..=ops.len());
            ops.insert(at, random.op());
        }
        (4, Some(op)) => drop(ops.remove(op)),
        (5, Some(op)) => ops.push(ops[op]),
        (6, Some(op)) => ops.swap(0, op),
        (_, Some(op)) => {
            let count = ops[op].clone().randomise_field(usize::MAX, random);
            ops[op].randomise_field(random.rng.usize(0..count), random);
        }
        _ => {}
    }
}

#[test]
fn anything_is_verified_without_panic() {
    let mut refused = 0;
    for seed in 0..20_000 {
        let code = Random::new(seed).code();
        refused += u32::from(verify(&code).is_err());
    }
    assert!(refused > 19_000, "{refused}");
}

#[test]
fn very_deep_and_very_wide_programs_are_verified_without_overflow() {
    let mut text = "program T\n".to_owned();
    for block in 0..20_000 {
        text += &format!(
            "b{block}:\n  borrow at=@0 source=word each=b{}\n",
            block + 1
        );
    }
    text += "b20000:\n";
    let deep: Code = text.parse().expect("a program");
    let error = verify(&deep).expect_err("it is too deep");
    assert_eq!(
        error.to_string(),
        "b64 op 0 (borrow): runs b65 deeper than 64 levels"
    );

    let mut text = "program T\nt0:\n".to_owned();
    for arm in 1..=20_000 {
        text += &format!("  {arm} -> b{arm}\n");
    }
    text += "b0:\n  switch at=@0 tag=u32 arms=t0 path=p0\n";
    for arm in 1..=20_000 {
        text += &format!("b{arm}:\n");
    }
    assert_eq!(verify(&text.parse().expect("a program")), Ok(()));
}

#[test]
fn a_program_needs_an_address_for_every_number() {
    let code: Code = "program T\nfunctions\n  f0 leaf\nchildren\n  c0 U\nb0:\n"
        .parse()
        .expect("a program");
    let mut program = Program {
        code,
        linkage: crate::program::Linkage::default(),
    };
    let refusal = |program: &Program| verify_program(program).map_err(|error| error.to_string());
    assert_eq!(
        refusal(&program),
        Err("program: 1 functions have 0 addresses".to_owned())
    );
    program.linkage.functions.push(core::ptr::null());
    assert_eq!(
        refusal(&program),
        Err("program: 1 children have 0 slots".to_owned())
    );
    program
        .linkage
        .children
        .push(core::ptr::NonNull::dangling());
    assert_eq!(refusal(&program), Err("f0: has no address".to_owned()));
    program.linkage.functions[0] = core::ptr::dangling();
    assert_eq!(refusal(&program), Ok(()));
}
