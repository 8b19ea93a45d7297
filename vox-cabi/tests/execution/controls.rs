//! Negative controls: wrong models of calling must fail the checks the planned
//! calls pass, or the checks prove nothing.
//!
//! A wrong call can overwrite anything, so each runs in a child process: this
//! test program again, told by a variable what to do. It reports a verdict, or
//! dies, which counts as a failed check. Each model is also listed with the
//! ABIs where it happens to be right, and there it must pass.

use std::process::{Command, Output};

use cranelift_codegen::ir::{AbiParam, InstBuilder, Signature, Value, types};
use cranelift_frontend::FunctionBuilder;
use vox_cabi::{Abi, Emitter, FunctionType, Parameter, Returned, Slot, Words, plan, signature};

use crate::bools;
use crate::callees::{A2, address_of, answer_words, callee, receive, take_received};
use crate::harness::{CALLS, Thunk, host_abis};
use crate::scribbling;

const PAIR: FunctionType<'static> = FunctionType::new(
    &[Parameter::Aggregate(Words::Two), Parameter::Word],
    Returned::Aggregate(Words::Two),
);

/// A pair with one register left of six.
const AFTER_FIVE: FunctionType<'static> = FunctionType::new(
    &[
        Parameter::Word,
        Parameter::Word,
        Parameter::Word,
        Parameter::Word,
        Parameter::Word,
        Parameter::Aggregate(Words::Two),
        Parameter::Word,
    ],
    Returned::Aggregate(Words::Two),
);

/// The same without a later word that could take the register.
const FIVE_AND_PAIR: FunctionType<'static> = FunctionType::new(
    &[
        Parameter::Word,
        Parameter::Word,
        Parameter::Word,
        Parameter::Word,
        Parameter::Word,
        Parameter::Aggregate(Words::Two),
    ],
    Returned::Aggregate(Words::Two),
);

/// A pair with one register left of eight.
const AFTER_SEVEN: FunctionType<'static> = FunctionType::new(
    &[
        Parameter::Word,
        Parameter::Word,
        Parameter::Word,
        Parameter::Word,
        Parameter::Word,
        Parameter::Word,
        Parameter::Word,
        Parameter::Aggregate(Words::Two),
        Parameter::Word,
    ],
    Returned::Aggregate(Words::Two),
);

callee! {
    fn pair(p: A2, q: u64) -> A2 {
        receive(&[&p, &q])
    }
}

callee! {
    fn after_five(a: u64, b: u64, c: u64, d: u64, e: u64, p: A2, q: u64) -> A2 {
        receive(&[&a, &b, &c, &d, &e, &p, &q])
    }
}

callee! {
    fn five_and_pair(a: u64, b: u64, c: u64, d: u64, e: u64, p: A2) -> A2 {
        receive(&[&a, &b, &c, &d, &e, &p])
    }
}

callee! {
    fn after_seven(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, p: A2, q: u64) -> A2 {
        receive(&[&a, &b, &c, &d, &e, &f, &g, &p, &q])
    }
}

/// The variable that tells a child what to do.
const VARIABLE: &str = "VOX_CABI_CONTROL";

#[derive(Clone, Copy, Debug, PartialEq)]
enum Model {
    /// What the crate does.
    Planned,
    /// Aggregates passed and returned as their first word.
    OnePointer,
    /// Aggregates passed and returned as their words, one after the other.
    Flattened,
    /// Planned, without padding for registers that must stay unused.
    NoPadding,
    /// Planned, with a copy of an earlier call used again.
    StaleCopy,
    /// A bool result read as a whole register.
    WholeRegister,
}

struct Control {
    name: &'static str,
    model: Model,
    function: FunctionType<'static>,
    callee: fn(Abi) -> *const (),
    /// The ABIs to run it on.
    applies: fn(Abi) -> bool,
    /// Where the model is right.
    right: fn(Abi) -> bool,
}

fn is_aarch64(abi: Abi) -> bool {
    matches!(abi, Abi::Aarch64 | Abi::Aarch64Apple | Abi::Aarch64Windows)
}

fn passes_pairs_by_pointer(abi: Abi) -> bool {
    matches!(abi, Abi::X86_64Windows | Abi::S390x)
}

fn everywhere(_: Abi) -> bool {
    true
}

fn nowhere(_: Abi) -> bool {
    false
}

const CONTROLS: &[Control] = &[
    Control {
        name: "planned",
        model: Model::Planned,
        function: PAIR,
        callee: pair,
        applies: everywhere,
        right: everywhere,
    },
    Control {
        name: "planned after five",
        model: Model::Planned,
        function: AFTER_FIVE,
        callee: after_five,
        applies: everywhere,
        right: everywhere,
    },
    Control {
        name: "planned after seven",
        model: Model::Planned,
        function: AFTER_SEVEN,
        callee: after_seven,
        applies: everywhere,
        right: everywhere,
    },
    Control {
        name: "one pointer",
        model: Model::OnePointer,
        function: PAIR,
        callee: pair,
        applies: everywhere,
        right: nowhere,
    },
    Control {
        name: "two registers",
        model: Model::Flattened,
        function: PAIR,
        callee: pair,
        applies: everywhere,
        right: |abi| !passes_pairs_by_pointer(abi),
    },
    Control {
        name: "naive split after five",
        model: Model::Flattened,
        function: AFTER_FIVE,
        callee: after_five,
        applies: everywhere,
        // With eight registers nothing is split.
        right: |abi| is_aarch64(abi) || abi == Abi::Riscv64,
    },
    Control {
        name: "naive split after seven",
        model: Model::Flattened,
        function: AFTER_SEVEN,
        callee: after_seven,
        // With fewer registers nothing is split.
        applies: |abi| abi.argument_registers().len() == 8,
        right: |abi| abi == Abi::Riscv64,
    },
    Control {
        name: "no padding after five",
        model: Model::NoPadding,
        function: FIVE_AND_PAIR,
        callee: five_and_pair,
        // No register stays unused elsewhere.
        applies: everywhere,
        right: |abi| abi != Abi::X86_64SystemV,
    },
    Control {
        name: "no padding after seven",
        model: Model::NoPadding,
        function: AFTER_SEVEN,
        callee: after_seven,
        applies: everywhere,
        right: |abi| !is_aarch64(abi),
    },
    Control {
        name: "stale copy",
        model: Model::StaleCopy,
        function: scribbling::TRIPLE,
        callee: scribbling::scribble,
        applies: |abi| scribbling::abis_with_copies().contains(&abi),
        right: nowhere,
    },
    Control {
        name: "whole register",
        model: Model::WholeRegister,
        function: bools::DIRTY,
        callee: bools::dirty,
        applies: everywhere,
        right: nowhere,
    },
];

#[test]
fn wrong_models_fail_and_the_planned_one_passes() {
    let mut run = 0;
    for abi in host_abis() {
        for control in CONTROLS.iter().filter(|control| (control.applies)(abi)) {
            let output = run_child(&format!("{}/{abi}", control.name));
            let text = String::from_utf8_lossy(&output.stdout);
            let started = text.contains("verdict: started");
            let right = text.contains("verdict: right") && output.status.success();
            assert!(started, "no child ran\n{output:?}");
            assert_eq!(
                right,
                (control.right)(abi),
                "{} by {abi}\n{output:?}",
                control.name
            );
            run += 1;
        }
    }
    assert!(run >= 8 * host_abis().len(), "only {run} controls ran");
}

/// Runs this program again, through the emulator that runs it now, if any.
fn run_child(order: &str) -> Output {
    let program = std::env::current_exe().expect("the path of the test program");
    let mut words = runner();
    words.push(
        program
            .into_os_string()
            .into_string()
            .expect("a UTF-8 path"),
    );
    Command::new(&words[0])
        .args(&words[1..])
        .args(["controls::child", "--exact", "--nocapture"])
        .env(VARIABLE, order)
        .output()
        .expect("a child process")
}

/// The runner cargo was told to use for this target by a variable. A child of
/// an emulated program is not emulated by itself.
fn runner() -> Vec<String> {
    if cfg!(windows) {
        return Vec::new();
    }
    let architecture = std::env::consts::ARCH.to_uppercase();
    let prefix = format!("CARGO_TARGET_{architecture}");
    std::env::vars()
        .find(|(name, _)| name.starts_with(&prefix) && name.ends_with("_RUNNER"))
        .map(|(_, value)| value.split_whitespace().map(str::to_owned).collect())
        .unwrap_or_default()
}

/// Does nothing in an ordinary run.
#[test]
fn child() {
    let Ok(order) = std::env::var(VARIABLE) else {
        return;
    };
    println!("verdict: started");
    let (name, abi) = order.split_once('/').expect("a control and an ABI");
    let control = CONTROLS.iter().find(|control| control.name == name);
    let control = control.expect("a control of that name");
    let abi = Abi::ALL.into_iter().find(|known| known.to_string() == abi);
    let right = judge(control, abi.expect("an ABI of that name"));
    println!("verdict: {}", if right { "right" } else { "wrong" });
}

/// Makes the control's call and says whether it did what it should.
fn judge(control: &Control, abi: Abi) -> bool {
    let address = address_of((control.callee)(abi));
    let mut emitter = Emitter::new(abi);
    let mut copy = None;
    let thunk =
        Thunk::with_model(
            abi,
            &control.function,
            CALLS,
            &mut |builder, arguments| match control.model {
                Model::Planned => {
                    let results = emitter.call(builder, &control.function, address, arguments);
                    results.words().to_vec()
                }
                Model::OnePointer => {
                    let first: Vec<Value> = arguments.iter().map(|words| words[0]).collect();
                    let mut results = emit_plain(builder, abi, address, &first, 1);
                    results.push(builder.ins().iconst(types::I64, 0));
                    results
                }
                Model::Flattened => emit_plain(builder, abi, address, &arguments.concat(), 2),
                Model::NoPadding => emit_unpadded(builder, abi, control, address, arguments),
                Model::StaleCopy => {
                    let copy = *copy.get_or_insert_with(|| emit_copy(builder, arguments[0]));
                    emit_plain(builder, abi, address, &[copy], 1)
                }
                Model::WholeRegister => {
                    let function = FunctionType::new(control.function.parameters, Returned::Word);
                    let results = emitter.call(builder, &function, address, arguments);
                    results.words().to_vec()
                }
            },
        );
    match control.model {
        Model::StaleCopy => {
            // SAFETY: the thunk may do anything: the process is a child that
            // is expected to die or to answer nonsense.
            let results = unsafe { thunk.run(&[1, 2, 3]) };
            results[0] == results[1]
        }
        Model::WholeRegister => bools::CASES.iter().all(|(word, expected)| {
            // SAFETY: as above.
            let results = unsafe { thunk.run(&[*word, 0]) };
            results.iter().all(|words| words[0] == u64::from(*expected))
        }),
        _ => judge_words(control, &thunk),
    }
}

/// Every word arrived, and every word of the answer came back.
fn judge_words(control: &Control, thunk: &Thunk) -> bool {
    let count = control
        .function
        .parameters
        .iter()
        .map(|p| p.word_count())
        .sum();
    // Addresses of memory that nothing else uses, so that a callee that takes
    // a word for a pointer does its damage there and the verdict is reached.
    let words: Vec<u64> = (0..count)
        .map(|idx| address_of(Box::into_raw(Box::new([idx; 16])).cast()))
        .collect();
    // SAFETY: as in `judge`.
    let results = unsafe { thunk.run(&words) };
    let mut answer = answer_words(&words);
    let expected = [answer(), answer()];
    take_received() == vec![words.clone(); CALLS]
        && results.iter().all(|words| words[..2] == expected)
}

/// A call that passes and returns plain words.
fn emit_plain(
    builder: &mut FunctionBuilder<'_>,
    abi: Abi,
    address: u64,
    arguments: &[Value],
    results: usize,
) -> Vec<Value> {
    let mut signature = Signature::new(abi.call_conv());
    signature.params = vec![AbiParam::new(types::I64); arguments.len()];
    signature.returns = vec![AbiParam::new(types::I64); results];
    let signature = builder.import_signature(signature);
    let callee = builder.ins().iconst(types::I64, address.cast_signed());
    let call = builder.ins().call_indirect(signature, callee, arguments);
    builder.inst_results(call).to_vec()
}

fn emit_unpadded(
    builder: &mut FunctionBuilder<'_>,
    abi: Abi,
    control: &Control,
    address: u64,
    arguments: &[&[Value]],
) -> Vec<Value> {
    let plan = plan(abi, &control.function);
    if !plan.slots().contains(&Slot::Padding) {
        // The same as the planned call.
        let mut emitter = Emitter::new(abi);
        let results = emitter.call(builder, &control.function, address, arguments);
        return results.words().to_vec();
    }
    let values: Vec<Value> = plan
        .slots()
        .iter()
        .filter_map(|slot| match slot {
            Slot::Word { parameter, word } => Some(arguments[*parameter][*word]),
            Slot::Padding => None,
            other => panic!("{other} where pairs travel in registers"),
        })
        .collect();
    let results = signature(&plan).returns.len();
    emit_plain(builder, abi, address, &values, results)
}

fn emit_copy(builder: &mut FunctionBuilder<'_>, words: &[Value]) -> Value {
    use cranelift_codegen::ir::{StackSlotData, StackSlotKind};
    let data = StackSlotData::new(StackSlotKind::ExplicitSlot, 24, 4);
    let slot = builder.create_sized_stack_slot(data);
    for (word, offset) in words.iter().zip((0..).step_by(8)) {
        builder.ins().stack_store(types::I64, *word, slot, offset);
    }
    builder.ins().stack_addr(types::I64, slot, 0)
}
