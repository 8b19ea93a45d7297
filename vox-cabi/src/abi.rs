//! The supported C calling conventions, each as one row of data.
//!
//! This file knows which registers exist and which rule applies when they run
//! short. It does not know how a rule is carried out: that is [`crate::plan`].
//! The rows state only what integers, pointers and aggregates of whole 64-bit
//! words need; floating point, vectors, variadic functions and over-aligned
//! types are outside this crate.
//!
//! Sources of the rows: the System V ABI AMD64 supplement (section 3.2.3),
//! Microsoft's "x64 calling convention", Arm's AAPCS64 (section 6.8), Apple's
//! "Writing ARM64 code for Apple platforms", the RISC-V ELF psABI ("Integer
//! calling convention") and the s390x ELF ABI supplement ("Parameter passing").

use core::fmt;

/// An instruction set with 64-bit words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Architecture {
    /// x86-64 with 64-bit pointers (not x32).
    X86_64,
    /// Little-endian AArch64 with 64-bit pointers (not ILP32).
    Aarch64,
    /// RISC-V with 64-bit words and all 32 registers.
    Riscv64,
    /// IBM z/Architecture, big-endian.
    S390x,
}

/// A calling convention by the name code generators use.
///
/// Such a name alone decides nothing: [`Convention::SystemV`] means four
/// different ABIs on four architectures, and [`Convention::WindowsFastcall`]
/// is both Windows on x86-64 and Windows on Arm. [`Abi::lookup`] therefore
/// asks for the architecture as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Convention {
    /// The C ABI of Linux and most other systems.
    SystemV,
    /// The C ABI of 64-bit Windows.
    WindowsFastcall,
    /// The C ABI of Apple's AArch64 systems.
    AppleAarch64,
}

/// A C calling convention this crate can plan calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Abi {
    /// x86-64 System V: Linux, the BSDs, macOS.
    X86_64SystemV,
    /// x86-64 Windows, the same for MSVC and GNU.
    X86_64Windows,
    /// AArch64, Arm's own procedure call standard (Linux and others).
    Aarch64,
    /// AArch64 as Apple changed it; the changes touch no word-sized argument.
    Aarch64Apple,
    /// AArch64 as Windows changed it; the changes touch no word-sized argument.
    Aarch64Windows,
    /// RISC-V lp64d (and lp64: they differ in floating point only).
    Riscv64,
    /// s390x Linux.
    S390x,
}

/// What happens to an aggregate of two words when one register is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenShort {
    /// The whole aggregate goes to the stack; the register stays available to
    /// a later argument that fits.
    StackKeepsRegister,
    /// The whole aggregate goes to the stack and no later argument gets a
    /// register.
    StackClosesRegisters,
    /// First word in the register, second word on the stack.
    Split,
}

/// How an aggregate travels that is too large for registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Large {
    /// Its words are on the stack.
    OnStack,
    /// The caller makes a copy and passes a pointer to it. The callee owns the
    /// copy and may overwrite it.
    PointerToCopy,
}

/// Where the hidden pointer to a result in memory travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReturnPointer {
    /// In the first argument register, shifting all arguments by one.
    FirstArgument,
    /// In a register of its own, which never carries an argument.
    Dedicated(&'static str),
}

/// One row: everything that tells one supported ABI from another.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) name: &'static str,
    pub(crate) key: (Architecture, Convention),
    /// Registers for integer and pointer arguments, in order.
    pub(crate) argument_registers: &'static [&'static str],
    /// Registers for a result, in order.
    pub(crate) result_registers: &'static [&'static str],
    /// Bytes between the stack pointer at the call and the first stack word.
    pub(crate) stack_words_start: u32,
    /// An aggregate of at most this many words is passed by its words.
    pub(crate) direct_words: usize,
    pub(crate) when_short: WhenShort,
    pub(crate) large: Large,
    /// An aggregate of at most this many words is returned in registers.
    pub(crate) returned_words: usize,
    pub(crate) return_pointer: ReturnPointer,
    /// Whether the lowest address of a word holds its most significant byte.
    pub(crate) big_endian: bool,
}

static X86_64_SYSTEM_V: Rules = Rules {
    name: "x86-64 System V",
    key: (Architecture::X86_64, Convention::SystemV),
    argument_registers: &["rdi", "rsi", "rdx", "rcx", "r8", "r9"],
    result_registers: &["rax", "rdx"],
    stack_words_start: 0,
    direct_words: 2,
    when_short: WhenShort::StackKeepsRegister,
    large: Large::OnStack,
    returned_words: 2,
    return_pointer: ReturnPointer::FirstArgument,
    big_endian: false,
};

static X86_64_WINDOWS: Rules = Rules {
    name: "x86-64 Windows",
    key: (Architecture::X86_64, Convention::WindowsFastcall),
    argument_registers: &["rcx", "rdx", "r8", "r9"],
    result_registers: &["rax"],
    // The callee may store the four register arguments below the stack words.
    stack_words_start: 32,
    direct_words: 1,
    // Never consulted: nothing of two words is passed by its words.
    when_short: WhenShort::StackKeepsRegister,
    large: Large::PointerToCopy,
    returned_words: 1,
    return_pointer: ReturnPointer::FirstArgument,
    big_endian: false,
};

static AARCH64: Rules = Rules {
    name: "AArch64 AAPCS64",
    key: (Architecture::Aarch64, Convention::SystemV),
    argument_registers: &["x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7"],
    result_registers: &["x0", "x1"],
    stack_words_start: 0,
    direct_words: 2,
    when_short: WhenShort::StackClosesRegisters,
    large: Large::PointerToCopy,
    returned_words: 2,
    return_pointer: ReturnPointer::Dedicated("x8"),
    big_endian: false,
};

static AARCH64_APPLE: Rules = Rules {
    name: "AArch64 Apple",
    key: (Architecture::Aarch64, Convention::AppleAarch64),
    ..copy_of(&AARCH64)
};

static AARCH64_WINDOWS: Rules = Rules {
    name: "AArch64 Windows",
    key: (Architecture::Aarch64, Convention::WindowsFastcall),
    ..copy_of(&AARCH64)
};

static RISCV64: Rules = Rules {
    name: "riscv64 lp64d",
    key: (Architecture::Riscv64, Convention::SystemV),
    argument_registers: &["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"],
    result_registers: &["a0", "a1"],
    stack_words_start: 0,
    direct_words: 2,
    when_short: WhenShort::Split,
    large: Large::PointerToCopy,
    returned_words: 2,
    return_pointer: ReturnPointer::FirstArgument,
    big_endian: false,
};

static S390X: Rules = Rules {
    name: "s390x",
    key: (Architecture::S390x, Convention::SystemV),
    argument_registers: &["r2", "r3", "r4", "r5", "r6"],
    result_registers: &["r2"],
    // Below the stack words the callee finds its register save area.
    stack_words_start: 160,
    direct_words: 1,
    // Never consulted: nothing of two words is passed by its words.
    when_short: WhenShort::StackKeepsRegister,
    large: Large::PointerToCopy,
    // An aggregate is returned in memory whatever its size, even one word.
    returned_words: 0,
    return_pointer: ReturnPointer::FirstArgument,
    big_endian: true,
};

/// Struct update syntax for a row that differs from another by its key only.
const fn copy_of(rules: &Rules) -> Rules {
    Rules { ..*rules }
}

impl Abi {
    /// Every supported ABI.
    pub const ALL: [Abi; 7] = [
        Abi::X86_64SystemV,
        Abi::X86_64Windows,
        Abi::Aarch64,
        Abi::Aarch64Apple,
        Abi::Aarch64Windows,
        Abi::Riscv64,
        Abi::S390x,
    ];

    /// The ABI that `convention` means on `architecture`, if it is supported.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::{Abi, Architecture, Convention};
    ///
    /// let found = Abi::lookup(Architecture::Aarch64, Convention::SystemV);
    /// assert_eq!(found, Some(Abi::Aarch64));
    /// // The same name elsewhere is another ABI, or none.
    /// let found = Abi::lookup(Architecture::S390x, Convention::SystemV);
    /// assert_eq!(found, Some(Abi::S390x));
    /// assert_eq!(Abi::lookup(Architecture::S390x, Convention::WindowsFastcall), None);
    /// ```
    pub fn lookup(architecture: Architecture, convention: Convention) -> Option<Abi> {
        Abi::ALL
            .into_iter()
            .find(|abi| abi.rules().key == (architecture, convention))
    }

    /// The ABI of `extern "C"` in the program this is compiled into, if it is
    /// supported.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::Abi;
    ///
    /// match Abi::native() {
    ///     Some(abi) => println!("C functions are called by {abi}"),
    ///     None => println!("nothing is known of C functions here"),
    /// }
    /// ```
    pub const fn native() -> Option<Abi> {
        if cfg!(not(target_pointer_width = "64")) {
            None
        } else if cfg!(target_arch = "x86_64") {
            if cfg!(any(windows, target_os = "uefi", target_os = "cygwin")) {
                Some(Abi::X86_64Windows)
            } else {
                Some(Abi::X86_64SystemV)
            }
        } else if cfg!(all(target_arch = "aarch64", target_endian = "little")) {
            if cfg!(windows) {
                Some(Abi::Aarch64Windows)
            } else if cfg!(target_vendor = "apple") {
                Some(Abi::Aarch64Apple)
            } else {
                Some(Abi::Aarch64)
            }
        } else if cfg!(target_arch = "riscv64") {
            Some(Abi::Riscv64)
        } else if cfg!(target_arch = "s390x") {
            Some(Abi::S390x)
        } else {
            None
        }
    }

    /// The instruction set of this ABI.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::{Abi, Architecture};
    ///
    /// assert_eq!(Abi::Aarch64Apple.architecture(), Architecture::Aarch64);
    /// ```
    pub fn architecture(self) -> Architecture {
        self.rules().key.0
    }

    /// The name code generators know this ABI's convention by.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::{Abi, Convention};
    ///
    /// assert_eq!(Abi::Aarch64Windows.convention(), Convention::WindowsFastcall);
    /// ```
    pub fn convention(self) -> Convention {
        self.rules().key.1
    }

    /// The registers that carry integer and pointer arguments, in order.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::Abi;
    ///
    /// assert_eq!(Abi::X86_64Windows.argument_registers(), ["rcx", "rdx", "r8", "r9"]);
    /// ```
    pub fn argument_registers(self) -> &'static [&'static str] {
        self.rules().argument_registers
    }

    /// The registers that carry a result, in order.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::Abi;
    ///
    /// assert_eq!(Abi::Riscv64.result_registers(), ["a0", "a1"]);
    /// ```
    pub fn result_registers(self) -> &'static [&'static str] {
        self.rules().result_registers
    }

    /// Bytes from the stack pointer, as it is at the call instruction, to the
    /// first word of the argument area: the shadow space on Windows x64, the
    /// register save area on s390x, nothing elsewhere.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::Abi;
    ///
    /// assert_eq!(Abi::X86_64Windows.stack_words_start(), 32);
    /// assert_eq!(Abi::X86_64SystemV.stack_words_start(), 0);
    /// ```
    pub fn stack_words_start(self) -> u32 {
        self.rules().stack_words_start
    }

    /// Whether the byte at a word's own address is its most significant one.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::Abi;
    ///
    /// assert!(Abi::S390x.is_big_endian());
    /// assert!(!Abi::Riscv64.is_big_endian());
    /// ```
    pub fn is_big_endian(self) -> bool {
        self.rules().big_endian
    }

    pub(crate) fn rules(self) -> &'static Rules {
        match self {
            Abi::X86_64SystemV => &X86_64_SYSTEM_V,
            Abi::X86_64Windows => &X86_64_WINDOWS,
            Abi::Aarch64 => &AARCH64,
            Abi::Aarch64Apple => &AARCH64_APPLE,
            Abi::Aarch64Windows => &AARCH64_WINDOWS,
            Abi::Riscv64 => &RISCV64,
            Abi::S390x => &S390X,
        }
    }
}

impl fmt::Display for Abi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rules().name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_abi_is_found_by_its_key() {
        for abi in Abi::ALL {
            assert_eq!(
                Abi::lookup(abi.architecture(), abi.convention()),
                Some(abi),
                "{abi}"
            );
        }
    }

    #[test]
    fn pairs_that_do_not_exist_are_unknown() {
        for (architecture, convention) in [
            (Architecture::X86_64, Convention::AppleAarch64),
            (Architecture::Riscv64, Convention::WindowsFastcall),
            (Architecture::Riscv64, Convention::AppleAarch64),
            (Architecture::S390x, Convention::WindowsFastcall),
            (Architecture::S390x, Convention::AppleAarch64),
        ] {
            assert_eq!(Abi::lookup(architecture, convention), None);
        }
    }
}
