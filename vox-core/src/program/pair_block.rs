//! What is behind pointers to something unsized, made ready for the interpreter on linking.
//!
//! A block that is entered with a pair of words is mostly one op on that pair: a string, or a list of integers.
//! Which, and by what routine, is looked up once here, not each time a pointer is followed.
//!
//! Not here: blocks that do something else with the pair, which the interpreter runs op by op; machine code, which
//! has the op in place.

use core::mem::offset_of;

use super::{Offset, Op, Source};
use crate::entry::{BulkFn, Pair};
use crate::kernels::Kernels;

/// A block of one op on the [`Pair`] it is entered with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PairBlock {
    /// Writes a string.
    Text { reserve: u32 },
    /// Writes a list of integers.
    Integers { write: BulkFn, reserve: u32 },
}

/// Where the words of a pair are in it.
const WORDS: Source = Source::Words {
    ptr: Offset(offset_of!(Pair, ptr) as u32),
    len: Offset(offset_of!(Pair, len) as u32),
};

impl PairBlock {
    /// What a block of these ops is, when it is one of those.
    pub(super) fn find(kernels: &Kernels, ops: &[Op]) -> Option<Self> {
        let [op] = ops else {
            return None;
        };
        if let Op::WriteBytes {
            at: Offset(0),
            source: WORDS,
            reserve,
        } = *op
        {
            return Some(Self::Text { reserve });
        }
        let list = kernels.integers(op)?;
        (list.at == Offset(0) && list.source == WORDS).then_some(Self::Integers {
            write: list.write,
            reserve: list.reserve,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(op: Op) -> Option<PairBlock> {
        PairBlock::find(Kernels::best(), &[op])
    }

    #[test]
    fn strings_and_integers_of_the_pair_are_known() {
        let text = Op::WriteBytes {
            at: Offset(0),
            source: WORDS,
            reserve: 7,
        };
        assert!(matches!(found(text), Some(PairBlock::Text { reserve: 7 })));
        let list = Op::WriteListVarI16 {
            at: Offset(0),
            source: WORDS,
            reserve: 9,
        };
        let Some(PairBlock::Integers { write, reserve: 9 }) = found(list) else {
            panic!("a list of integers is not known");
        };
        assert!(core::ptr::fn_addr_eq(write, Kernels::best().list_i16));
    }

    #[test]
    fn what_is_elsewhere_or_not_alone_is_left_alone() {
        let text = |at, source| Op::WriteBytes {
            at: Offset(at),
            source,
            reserve: 0,
        };
        let backwards = Source::Words {
            ptr: Offset(8),
            len: Offset(0),
        };
        assert!(found(text(8, WORDS)).is_none());
        assert!(found(text(0, backwards)).is_none());
        assert!(found(Op::WriteByte { at: Offset(0) }).is_none());
        let list = Op::WriteListVarU64 {
            at: Offset(0),
            source: backwards,
            reserve: 0,
        };
        assert!(found(list).is_none());
        let twice = [text(0, WORDS), text(0, WORDS)];
        assert!(PairBlock::find(Kernels::best(), &twice).is_none());
        assert!(PairBlock::find(Kernels::best(), &[]).is_none());
    }
}
