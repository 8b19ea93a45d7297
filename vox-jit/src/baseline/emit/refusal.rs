//! Why a program gets no code, in a word: results of that size are answered in registers.

use vox_core::program::{BlockId, ProxyId, TableId};

use crate::error::CompileError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    TooDeep,
    TooFar,
    NoBlock(BlockId),
    NoTable(TableId),
    NoProxy(ProxyId),
    /// The program is repeated, and not as the last op of a block.
    Repeat,
    /// A distance was added to this one.
    FarOffset(u32),
}

const _: () = assert!(size_of::<Result<(), Refusal>>() == 8);

impl From<Refusal> for CompileError {
    #[cold]
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::TooDeep => Self::TooDeep,
            Refusal::TooFar => Self::TooFar,
            Refusal::NoBlock(id) => Self::Malformed(format!("there is no block {id}")),
            Refusal::NoTable(id) => Self::Malformed(format!("there is no table {id}")),
            Refusal::NoProxy(id) => Self::Malformed(format!("there is no proxy {id}")),
            Refusal::Repeat => {
                Self::Malformed(String::from("a repetition that is not the last op"))
            }
            Refusal::FarOffset(at) => {
                Self::Malformed(format!("an offset beyond 32 bits: more than {at}"))
            }
        }
    }
}
