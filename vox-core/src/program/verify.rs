//! The verifier every program passes before any tier sees it.
//!
//! Tiers index tables, recurse over blocks, add offsets and write into promised
//! room without looking; what makes that right is checked here, once per
//! program. A refusal is a bug in lowering, never the user's.
//!
//! The checks build on each other, so their order matters: first every number
//! names something (`references`), then functions are of the kind their ops
//! call (`functions`), then the blocks form a tree (`tree`), then each op is
//! allowed where it stands (`placement`), and last every byte written has room
//! ([`super::spare_after`]).
//!
//! Not here, because a program does not say it: that offsets point at what the
//! op takes to be there, and that addresses behind the numbers are right. That
//! is lowering's word. Ops are held to the size of the element or proxy they
//! read from where the program names it.

mod functions;
mod placement;
mod references;
#[cfg(test)]
mod tests;

mod tree;

use core::fmt;

use super::{BlockId, Code, FunctionId, IterId, Program, ProxyId, TableId, spare_after};

/// Where in a program something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// An op.
    Op {
        /// Its block.
        block: BlockId,
        /// Its position in the block.
        index: usize,
        /// Its name.
        name: &'static str,
    },
    /// A block.
    Block(BlockId),
    /// The arms of an enum.
    Table(TableId),
    /// An iterator.
    Iter(IterId),
    /// A proxy.
    Proxy(ProxyId),
    /// The address of a function.
    Function(FunctionId),
    /// The program as a whole.
    Program,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Op { block, index, name } => write!(f, "{block} op {index} ({name})"),
            Self::Block(id) => write!(f, "{id}"),
            Self::Table(id) => write!(f, "{id}"),
            Self::Iter(id) => write!(f, "{id}"),
            Self::Proxy(id) => write!(f, "{id}"),
            Self::Function(id) => write!(f, "{id}"),
            Self::Program => f.write_str("program"),
        }
    }
}

/// Why a program is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyError {
    /// Where.
    pub place: Place,
    /// What is wrong there.
    pub what: String,
}

impl VerifyError {
    fn new(place: Place, what: impl Into<String>) -> Self {
        Self {
            place,
            what: what.into(),
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl core::error::Error for VerifyError {}

/// The place of an op, which must exist.
fn op_place(code: &Code, block: BlockId, index: usize) -> Place {
    Place::Op {
        block,
        index,
        name: code.block(block).ops[index].name(),
    }
}

/// Checks that a program is one the tiers may run.
///
/// # Errors
///
/// The first thing found wrong. Never panics, whatever the code.
pub fn verify(code: &Code) -> Result<(), VerifyError> {
    references::check(code)?;
    functions::check(code)?;
    tree::check(code)?;
    placement::check(code)?;
    match spare_after(code, BlockId(0), 0) {
        Ok(_) => Ok(()),
        Err(shortage) => Err(VerifyError::new(
            op_place(code, shortage.block, shortage.op),
            format!(
                "needs {} spare bytes where only {} are sure",
                shortage.needed, shortage.spare
            ),
        )),
    }
}

/// Checks the code of a program, and that its linkage has an address for every
/// number of the code.
///
/// # Errors
///
/// The first thing found wrong.
pub fn verify_program(program: &Program) -> Result<(), VerifyError> {
    verify(&program.code)?;
    let whole = |what: String| Err(VerifyError::new(Place::Program, what));
    let (code, linkage) = (&program.code, &program.linkage);
    if linkage.functions.len() != code.functions.len() {
        return whole(format!(
            "{} functions have {} addresses",
            code.functions.len(),
            linkage.functions.len()
        ));
    }
    if linkage.children.len() != code.children.len() {
        return whole(format!(
            "{} children have {} slots",
            code.children.len(),
            linkage.children.len()
        ));
    }
    match linkage
        .functions
        .iter()
        .position(|function| function.is_null())
    {
        None => Ok(()),
        Some(index) => Err(VerifyError::new(
            Place::Function(FunctionId::from_index(index)),
            "has no address",
        )),
    }
}
