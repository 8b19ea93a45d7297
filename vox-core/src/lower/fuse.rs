//! Fusing: adjacent copies of fixed bytes become one, as ops are emitted.
//!
//! Two copies fuse when what they copy is adjacent in memory and on the wire,
//! and so are they in the block: nothing that could fail is between them.

use crate::program::{Literal, MAX_RESERVE, Offset, Op};

/// Appends an op, fused with the last one where that has the same effect.
pub(super) fn push(ops: &mut Vec<Op>, op: Op) {
    match ops.last_mut() {
        Some(last) => match fused(last, &op) {
            Some(both) => *last = both,
            None => ops.push(op),
        },
        None => ops.push(op),
    }
}

fn fused(first: &Op, second: &Op) -> Option<Op> {
    if let (Op::WriteConst { bytes: first }, Op::WriteConst { bytes: second }) = (first, second) {
        let bytes = Literal::new(&[first.as_bytes(), second.as_bytes()].concat())?;
        return Some(Op::WriteConst { bytes });
    }
    let (at, first_len) = copied(first)?;
    let (second_at, second_len) = copied(second)?;
    let len = first_len.checked_add(second_len)?;
    let adjacent = at.0.checked_add(first_len)? == second_at.0;
    (adjacent && len <= MAX_RESERVE).then_some(Op::CopyBytes { at, len })
}

/// What an op copies, if that is all it does.
pub(super) fn copied(op: &Op) -> Option<(Offset, u32)> {
    match *op {
        Op::WriteByte { at } => Some((at, 1)),
        Op::CopyBytes { at, len } => Some((at, len)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fuse_all(ops: &[Op]) -> Vec<Op> {
        let mut fused = Vec::new();
        ops.iter().for_each(|op| push(&mut fused, *op));
        fused
    }

    const fn copy(at: u32, len: u32) -> Op {
        Op::CopyBytes {
            at: Offset(at),
            len,
        }
    }

    const fn byte(at: u32) -> Op {
        Op::WriteByte { at: Offset(at) }
    }

    #[test]
    fn adjacent_copies_become_one() {
        assert_eq!(fuse_all(&[byte(3), byte(4), copy(5, 8)]), [copy(3, 10)]);
    }

    #[test]
    fn gaps_and_other_orders_stay() {
        let ops = [byte(3), byte(5), byte(4)];
        assert_eq!(fuse_all(&ops), ops);
    }

    #[test]
    fn no_copy_is_longer_than_a_reserve() {
        let ops = [copy(0, MAX_RESERVE), byte(MAX_RESERVE)];
        assert_eq!(fuse_all(&ops), ops);
    }

    #[test]
    fn constants_join_up_to_their_limit() {
        let constant = |len: usize| Op::WriteConst {
            bytes: Literal::new(&vec![7; len]).unwrap(),
        };
        assert_eq!(fuse_all(&[constant(5), constant(10)]), [constant(15)]);
        assert_eq!(
            fuse_all(&[constant(6), constant(10)]),
            [constant(6), constant(10)]
        );
    }
}
