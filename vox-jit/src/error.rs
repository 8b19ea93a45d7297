//! Why there is no machine code: for one program, or at all.

use core::fmt;

/// Why a program has no machine code. The lower tier serves it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompileError {
    /// The program calls vtable functions, this platform's C calling convention
    /// is not known, and there are no trampolines.
    NoCallingConvention,
    /// Trampolines were asked for and are not compiled in.
    NoTrampolines,
    /// The program is so large that compiling it would cost more than it gains.
    TooLarge {
        /// Ops to emit, counted until the limit was passed.
        ops: usize,
    },
    /// Blocks of the program are nested too deeply.
    TooDeep,
    /// There is no baseline tier for this processor.
    NoBaseline,
    /// The code is so large that its jumps do not reach across.
    TooFar,
    /// No executable memory, or none left of the budget.
    Memory(crate::memory::MemoryError),
    /// Cranelift panicked. A bug in it, or in how it is used here.
    Panicked(String),
    /// Cranelift refused the function. A bug here.
    Codegen(String),
    /// The program is not what a verified program is. A bug in vox.
    Malformed(String),
}

impl CompileError {
    /// Whether another attempt may go better. A system that refuses memory may grant it later, and a code
    /// generator that panicked may have been unlucky; the others are facts about the program, or about
    /// memory that is not given back.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Memory(crate::memory::MemoryError::Refused { .. }) | Self::Panicked(_) => true,
            Self::Memory(crate::memory::MemoryError::BudgetSpent { .. })
            | Self::NoCallingConvention
            | Self::NoTrampolines
            | Self::TooLarge { .. }
            | Self::TooDeep
            | Self::NoBaseline
            | Self::TooFar
            | Self::Codegen(_)
            | Self::Malformed(_) => false,
        }
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCallingConvention => f.write_str(
                "no calling convention known for this platform's C functions, and no trampolines \
                 compiled in",
            ),
            Self::NoTrampolines => {
                f.write_str("trampolines were asked for, but the feature `trampolines` is off")
            }
            Self::TooLarge { ops } => {
                write!(f, "the program has more than {ops} ops once it is unfolded")
            }
            Self::NoBaseline => f.write_str("there is no baseline tier for this processor"),
            Self::TooFar => f.write_str("the code is larger than its jumps reach"),
            Self::TooDeep => f.write_str("the program's blocks are nested too deeply"),
            Self::Memory(error) => error.fmt(f),
            Self::Panicked(message) => {
                write!(
                    f,
                    "the code generator panicked: {message}; this is a bug in vox"
                )
            }
            Self::Codegen(message) => {
                write!(
                    f,
                    "the code generator refused: {message}; this is a bug in vox"
                )
            }
            Self::Malformed(message) => {
                write!(f, "not a valid program: {message}; this is a bug in vox")
            }
        }
    }
}

impl core::error::Error for CompileError {}

impl From<crate::memory::MemoryError> for CompileError {
    fn from(error: crate::memory::MemoryError) -> Self {
        Self::Memory(error)
    }
}

/// Why there is no compiler in this process.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unavailable {
    /// Cranelift does not generate code for this processor.
    Processor(String),
    /// No address space for code.
    Memory(crate::memory::MemoryError),
    /// Facet's pointers are not in memory what generated code takes them for.
    Pointers,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Processor(reason) => write!(f, "no machine code on this processor: {reason}"),
            Self::Memory(error) => error.fmt(f),
            Self::Pointers => f.write_str(
                "facet's pointers do not have the layout generated code was written for",
            ),
        }
    }
}

impl core::error::Error for Unavailable {}
