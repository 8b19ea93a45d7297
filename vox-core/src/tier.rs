//! The tiers, as an ordered enum.

/// How a type is executed. Ordered: a later tier is faster to run and costs
/// more to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Tier {
    /// The program is interpreted.
    Interpreter = 0,
    /// The program is unrolled into calls of precompiled handlers.
    Baseline = 1,
    /// The program is compiled to machine code by Cranelift.
    Optimized = 2,
}

impl Tier {
    /// The tier stored as this byte; anything unknown is the interpreter.
    pub(crate) const fn from_u8(byte: u8) -> Self {
        match byte {
            2 => Self::Optimized,
            1 => Self::Baseline,
            _ => Self::Interpreter,
        }
    }
}

impl core::fmt::Display for Tier {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Interpreter => "interpreter",
            Self::Baseline => "baseline",
            Self::Optimized => "optimized",
        })
    }
}
