//! Scalars that stand alone, for machine code: routines that take the number in a register and keep all others.

use crate::entry::SingleFn;

/// The routines of a kind of processor.
#[derive(Debug, Clone, Copy)]
pub struct Routines {
    /// Writes an integer as a varint. Signed ones come zigzag encoded.
    pub varint: SingleFn,
    /// Writes the length of a character and its UTF-8 form.
    pub character: SingleFn,
}
