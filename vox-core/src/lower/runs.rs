//! Runs: fields that follow each other on the wire become one op.
//!
//! A run is worth an op when it has enough varints: those are what a routine writes without a branch,
//! while bytes and floats cost next to nothing either way. Where the processor has no routine
//! for it as a whole, tiers write a few fields by each call, or one by one.
//!
//! Formed last, when blocks are known to stay: nothing here changes what is written.

use crate::kernels::run::{RunField, fitting};
use crate::program::{Block, BlockId, Code, Op};

/// The fewest varints that make a run.
const MIN_VARINTS: usize = 4;
/// The most fields of a run: what they take must fit into a reserve with what follows.
const MAX_FIELDS: usize = 128;

/// Forms the runs of a whole program.
pub(super) fn form(code: &mut Code) {
    for index in 0..code.blocks.len() {
        let ops = core::mem::take(&mut code.blocks[index].ops);
        code.blocks[index].ops = form_in(ops, code);
    }
}

/// Forms the runs of one block. Those are blocks of their own; answers what is left of this one.
fn form_in(mut ops: Vec<Op>, code: &mut Code) -> Vec<Op> {
    if !is_worth_it(&ops) {
        // No part of it is then.
        return ops;
    }
    if run_len(&ops) == ops.len() {
        // All there is, as in a struct of numbers: nothing is copied.
        ops.shrink_to_fit();
        return vec![add_run(ops, code)];
    }
    let mut kept = Vec::with_capacity(ops.len());
    let mut rest = &ops[..];
    while !rest.is_empty() {
        let len = run_len(rest);
        let (run, behind) = rest.split_at(len.max(1));
        if is_worth_it(run) {
            kept.push(add_run(run.to_vec(), code));
        } else {
            kept.extend_from_slice(run);
        }
        rest = behind;
    }
    kept
}

/// Makes a block of a run, and the op that writes it.
fn add_run(ops: Vec<Op>, code: &mut Code) -> Op {
    let each = BlockId::from_index(code.blocks.len());
    code.blocks.push(Block { ops });
    Op::WriteRun { each }
}

/// How many of the first ops are fields that one run can take.
fn run_len(ops: &[Op]) -> usize {
    let fields = ops.iter().take(MAX_FIELDS).map_while(RunField::of);
    fitting(&fields.collect::<Vec<_>>())
}

fn is_worth_it(ops: &[Op]) -> bool {
    let is_varint = |op: &&Op| RunField::of(op).is_some_and(RunField::is_varint);
    ops.iter().filter(is_varint).count() >= MIN_VARINTS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Offset;

    const fn word(at: u32) -> Op {
        Op::WriteVarU32 { at: Offset(at) }
    }

    const fn byte(at: u32) -> Op {
        Op::WriteByte { at: Offset(at) }
    }

    fn formed(ops: &[Op]) -> Vec<Vec<Op>> {
        let mut code = Code::default();
        code.blocks.push(Block { ops: ops.to_vec() });
        form(&mut code);
        code.blocks.into_iter().map(|block| block.ops).collect()
    }

    fn run(each: u32) -> Op {
        Op::WriteRun {
            each: BlockId(each),
        }
    }

    #[test]
    fn enough_varints_and_what_is_between_them_are_a_run() {
        let fields = [word(8), byte(0), word(4), word(12), word(20), byte(1)];
        assert_eq!(formed(&fields), [vec![run(1)], fields.to_vec()]);
    }

    #[test]
    fn few_varints_stay_as_they_are() {
        let fields = [word(8), byte(0), word(4), word(12)];
        assert_eq!(formed(&fields), [fields.to_vec()]);
    }

    #[test]
    fn anything_else_ends_a_run() {
        let other = Op::WriteChar { at: Offset(100) };
        let fields = [word(0), word(4), word(8), word(12)];
        let more = [word(16), word(20), word(24), word(28)];
        let all = [&fields[..], &[other], &more[..]].concat();
        let expected = [vec![run(1), other, run(2)], fields.to_vec(), more.to_vec()];
        assert_eq!(formed(&all), expected);
    }

    #[test]
    fn fields_far_apart_are_runs_of_their_own() {
        let near: Vec<Op> = (0..4).map(|index| word(4 * index)).collect();
        let far: Vec<Op> = (0..4).map(|index| word(1000 + 4 * index)).collect();
        let all = [near.clone(), far.clone()].concat();
        assert_eq!(formed(&all), [vec![run(1), run(2)], near, far]);
    }
}
