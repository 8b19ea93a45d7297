//! Dirty bools: callees that leave garbage above the low eight bits.
//!
//! The callees are declared to return a word, and planned as functions that
//! return a bool, so the garbage is there for certain.

use cranelift_codegen::ir::{InstBuilder, condcodes::IntCC, types};
use cranelift_frontend::FunctionBuilder;
use vox_cabi::{Emitter, FunctionType, Parameter, Returned, Words};

use crate::callees::{A2, address_of, callee};
use crate::harness::{CALLS, Thunk, host_abis};

/// `bool dirty(struct { word, word })`, which returns the first word as it is.
pub(crate) const DIRTY: FunctionType<'static> =
    FunctionType::new(&[Parameter::Aggregate(Words::Two)], Returned::Bool);

/// False and true, with and without garbage above.
pub(crate) const CASES: [(u64, bool); 5] = [
    (0, false),
    (1, true),
    (0xdead_beef_cafe_ff00, false),
    (0xdead_beef_cafe_ff01, true),
    (0x0000_0000_0000_0100, false),
];

callee! {
    pub(crate) fn dirty(pair: A2) -> u64 {
        pair.a
    }
}

/// The uses of a bool a compiler makes: extend, branch, select, compare.
fn use_four_ways(
    builder: &mut FunctionBuilder<'_>,
    byte: cranelift_codegen::ir::Value,
) -> Vec<cranelift_codegen::ir::Value> {
    let extended = builder.ins().uextend(types::I64, byte);

    let [yes, no, after] = std::array::from_fn(|_| builder.create_block());
    builder.append_block_param(after, types::I64);
    builder.ins().brif(byte, yes, &[], no, &[]);
    for (block, word) in [(yes, 1), (no, 0)] {
        builder.switch_to_block(block);
        builder.seal_block(block);
        let word = builder.ins().iconst(types::I64, word);
        builder.ins().jump(after, &[word.into()]);
    }
    builder.switch_to_block(after);
    builder.seal_block(after);
    let branched = builder.block_params(after)[0];

    let one = builder.ins().iconst(types::I64, 1);
    let zero = builder.ins().iconst(types::I64, 0);
    let selected = builder.ins().select(byte, one, zero);

    let nothing = builder.ins().iconst(types::I8, 0);
    let compared = builder.ins().icmp(IntCC::NotEqual, byte, nothing);
    let compared = builder.ins().uextend(types::I64, compared);
    vec![extended, branched, selected, compared]
}

#[test]
fn garbage_above_a_bool_is_ignored() {
    for caller in host_abis() {
        for callee in host_abis() {
            let mut emitter = Emitter::new(callee);
            let address = address_of(dirty(callee));
            let thunk = Thunk::with_model(caller, &DIRTY, CALLS, &mut |builder, arguments| {
                let results = emitter.call(builder, &DIRTY, address, arguments);
                use_four_ways(builder, results.byte())
            });
            for (word, expected) in CASES {
                // SAFETY: the callee reads nothing but its parameter.
                let results = unsafe { thunk.run(&[word, 0x1234]) };
                let expected = [[u64::from(expected); 4]; CALLS];
                assert_eq!(results, expected, "{word:#x} by {callee} from {caller}");
            }
        }
    }
}
