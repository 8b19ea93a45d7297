//! Emitted calls compile on every backend, on any host.
//!
//! This shows that Cranelift takes the signatures and the code, not that the
//! code is right: that is what `execution` is for, where there is a machine.

#![cfg(target_pointer_width = "64")]

#[path = "support/edges.rs"]
mod edges;
#[path = "support/vtable.rs"]
mod vtable;

use std::str::FromStr;

use cranelift_codegen::ir::{Function, InstBuilder, Signature, UserFuncName, Value, types};
use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::{Context, control::ControlPlane};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use vox_cabi::{Abi, Emitter, FunctionType};

const TRIPLES: &[(Abi, &str)] = &[
    (Abi::X86_64SystemV, "x86_64-unknown-linux-gnu"),
    (Abi::X86_64SystemV, "x86_64-apple-darwin"),
    (Abi::X86_64Windows, "x86_64-pc-windows-msvc"),
    (Abi::X86_64Windows, "x86_64-pc-windows-gnu"),
    (Abi::Aarch64, "aarch64-unknown-linux-gnu"),
    (Abi::Aarch64Apple, "aarch64-apple-darwin"),
    (Abi::Aarch64Windows, "aarch64-pc-windows-msvc"),
    (Abi::Riscv64, "riscv64gc-unknown-linux-gnu"),
    (Abi::S390x, "s390x-unknown-linux-gnu"),
];

fn isa(triple: &str, opt_level: &str) -> OwnedTargetIsa {
    let mut flags = settings::builder();
    flags.set("enable_verifier", "true").expect("a flag");
    flags.set("opt_level", opt_level).expect("a flag");
    let triple = target_lexicon::Triple::from_str(triple).expect("a triple");
    let builder = isa::lookup(triple).expect("every backend is built for tests");
    builder
        .finish(settings::Flags::new(flags))
        .expect("flags that fit")
}

/// A function that makes a call of every type, each twice.
fn build(isa: &OwnedTargetIsa, abi: Abi) -> Function {
    let signature = Signature::new(isa.default_call_conv());
    let mut function = Function::with_name_signature(UserFuncName::default(), signature);
    let mut context = FunctionBuilderContext::new();
    let mut builder = FunctionBuilder::new(&mut function, &mut context);
    let block = builder.create_block();
    builder.switch_to_block(block);
    builder.seal_block(block);
    let edges = edges::EDGES.iter();
    let edges = edges.map(|(_, parameters, returned)| FunctionType::new(parameters, *returned));
    let types: Vec<FunctionType<'_>> = vtable::ALL.iter().map(|(_, ty)| *ty).chain(edges).collect();
    let mut emitter = Emitter::new(abi);
    for ty in types.iter().chain(&types) {
        emit_call(&mut builder, &mut emitter, ty);
    }
    builder.ins().return_(&[]);
    builder.finalize(isa.frontend_config());
    function
}

fn emit_call(builder: &mut FunctionBuilder<'_>, emitter: &mut Emitter, ty: &FunctionType<'_>) {
    let word = builder.ins().iconst(types::I64, 7);
    let arguments: Vec<Vec<Value>> = ty
        .parameters
        .iter()
        .map(|parameter| vec![word; parameter.word_count()])
        .collect();
    let arguments: Vec<&[Value]> = arguments.iter().map(Vec::as_slice).collect();
    emitter.call(builder, ty, 0x1234_5678_9abc_def0, &arguments);
}

#[test]
fn calls_of_every_type_compile_on_every_backend() {
    for (abi, triple) in TRIPLES {
        for opt_level in ["none", "speed"] {
            let isa = isa(triple, opt_level);
            assert_eq!(Abi::from_isa(&*isa), Some(*abi), "{triple}");
            let mut context = Context::for_function(build(&isa, *abi));
            let compiled = context.compile(&*isa, &mut ControlPlane::default());
            let code = compiled.unwrap_or_else(|error| panic!("{triple}: {error:?}"));
            assert!(!code.code_buffer().is_empty());
        }
    }
}

#[test]
fn signatures_and_slots_are_shared_by_the_calls_of_a_function() {
    for (abi, triple) in TRIPLES {
        let function = build(&isa(triple, "none"), *abi);
        let mut plans: Vec<FunctionType<'_>> = vtable::ALL.iter().map(|(_, ty)| *ty).collect();
        plans.extend(
            edges::EDGES
                .iter()
                .map(|(_, p, r)| FunctionType::new(p, *r)),
        );
        let mut distinct = Vec::new();
        for ty in plans {
            if !distinct.contains(&ty) {
                distinct.push(ty);
            }
        }
        assert_eq!(function.dfg.signatures.len(), distinct.len(), "{triple}");
        // At most ten copies of four words, five of two and one of three at
        // once, and a result of each size.
        assert!(
            function.sized_stack_slots.len() <= 10 + 5 + 1 + 4,
            "{triple}"
        );
    }
}
