//! From Cranelift's names for targets and conventions to ours, and back.
//!
//! Everything here answers `None` rather than guess: a convention private to
//! Cranelift, 32-bit pointers on a 64-bit instruction set, or the other byte
//! order.

use cranelift_codegen::isa::{CallConv, TargetIsa};
use target_lexicon::{Aarch64Architecture, PointerWidth, Triple};

use crate::abi::{Abi, Architecture, Convention};

impl Architecture {
    /// The architecture of a target with 64-bit pointers, if it is supported.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::Architecture;
    ///
    /// let architecture = |triple: &str| Ok::<_, target_lexicon::ParseError>(
    ///     Architecture::from_triple(&triple.parse()?)
    /// );
    /// assert_eq!(architecture("aarch64-apple-darwin")?, Some(Architecture::Aarch64));
    /// assert_eq!(architecture("x86_64-unknown-linux-gnux32")?, None);
    /// # Ok::<(), target_lexicon::ParseError>(())
    /// ```
    pub fn from_triple(triple: &Triple) -> Option<Architecture> {
        if triple.pointer_width() != Ok(PointerWidth::U64) {
            return None;
        }
        match triple.architecture {
            target_lexicon::Architecture::X86_64 => Some(Architecture::X86_64),
            target_lexicon::Architecture::Aarch64(Aarch64Architecture::Aarch64) => {
                Some(Architecture::Aarch64)
            }
            target_lexicon::Architecture::Riscv64(_) => Some(Architecture::Riscv64),
            target_lexicon::Architecture::S390x => Some(Architecture::S390x),
            _ => None,
        }
    }
}

impl Convention {
    /// Our name for a Cranelift convention that is some platform's C ABI.
    ///
    /// # Examples
    ///
    /// ```
    /// use cranelift_codegen::isa::CallConv;
    /// use vox_cabi::Convention;
    ///
    /// assert_eq!(Convention::from_call_conv(CallConv::SystemV), Some(Convention::SystemV));
    /// assert_eq!(Convention::from_call_conv(CallConv::Tail), None);
    /// ```
    pub fn from_call_conv(call_conv: CallConv) -> Option<Convention> {
        match call_conv {
            CallConv::SystemV => Some(Convention::SystemV),
            CallConv::WindowsFastcall => Some(Convention::WindowsFastcall),
            CallConv::AppleAarch64 => Some(Convention::AppleAarch64),
            _ => None,
        }
    }

    /// Cranelift's name for this convention.
    ///
    /// # Examples
    ///
    /// ```
    /// use cranelift_codegen::isa::CallConv;
    /// use vox_cabi::Convention;
    ///
    /// assert_eq!(Convention::AppleAarch64.call_conv(), CallConv::AppleAarch64);
    /// ```
    pub fn call_conv(self) -> CallConv {
        match self {
            Convention::SystemV => CallConv::SystemV,
            Convention::WindowsFastcall => CallConv::WindowsFastcall,
            Convention::AppleAarch64 => CallConv::AppleAarch64,
        }
    }
}

impl Abi {
    /// The ABI that `call_conv` means on `triple`, if it is supported.
    ///
    /// # Examples
    ///
    /// ```
    /// use cranelift_codegen::isa::CallConv;
    /// use vox_cabi::Abi;
    ///
    /// // One name, two ABIs.
    /// let windows = CallConv::WindowsFastcall;
    /// let abi = Abi::from_triple(&"x86_64-pc-windows-msvc".parse()?, windows);
    /// assert_eq!(abi, Some(Abi::X86_64Windows));
    /// let abi = Abi::from_triple(&"aarch64-pc-windows-msvc".parse()?, windows);
    /// assert_eq!(abi, Some(Abi::Aarch64Windows));
    /// # Ok::<(), target_lexicon::ParseError>(())
    /// ```
    pub fn from_triple(triple: &Triple, call_conv: CallConv) -> Option<Abi> {
        Abi::lookup(
            Architecture::from_triple(triple)?,
            Convention::from_call_conv(call_conv)?,
        )
    }

    /// The C ABI of the platform `isa` generates code for, if it is supported.
    ///
    /// # Examples
    ///
    /// ```
    /// use cranelift_codegen::{isa, settings};
    /// use vox_cabi::Abi;
    ///
    /// let flags = settings::Flags::new(settings::builder());
    /// let isa = isa::lookup_by_name("s390x-unknown-linux-gnu")?.finish(flags)?;
    /// assert_eq!(Abi::from_isa(&*isa), Some(Abi::S390x));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_isa(isa: &dyn TargetIsa) -> Option<Abi> {
        Abi::from_triple(isa.triple(), isa.default_call_conv())
    }

    /// Cranelift's name for this ABI's convention.
    ///
    /// # Examples
    ///
    /// ```
    /// use cranelift_codegen::isa::CallConv;
    /// use vox_cabi::Abi;
    ///
    /// assert_eq!(Abi::Aarch64Windows.call_conv(), CallConv::WindowsFastcall);
    /// ```
    pub fn call_conv(self) -> CallConv {
        self.convention().call_conv()
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn platform(triple: &str) -> Option<Abi> {
        let triple = Triple::from_str(triple).expect("a triple target-lexicon knows");
        Abi::from_triple(&triple, CallConv::triple_default(&triple))
    }

    #[test]
    fn platforms_have_their_c_abi() {
        for (triple, abi) in [
            ("x86_64-unknown-linux-gnu", Abi::X86_64SystemV),
            ("x86_64-apple-darwin", Abi::X86_64SystemV),
            ("x86_64-pc-windows-msvc", Abi::X86_64Windows),
            ("x86_64-pc-windows-gnu", Abi::X86_64Windows),
            ("aarch64-unknown-linux-gnu", Abi::Aarch64),
            ("aarch64-linux-android", Abi::Aarch64),
            ("aarch64-apple-darwin", Abi::Aarch64Apple),
            ("aarch64-pc-windows-msvc", Abi::Aarch64Windows),
            ("riscv64gc-unknown-linux-gnu", Abi::Riscv64),
            ("s390x-unknown-linux-gnu", Abi::S390x),
        ] {
            assert_eq!(platform(triple), Some(abi), "{triple}");
        }
    }

    #[test]
    fn other_platforms_are_unknown() {
        for triple in [
            "x86_64-unknown-linux-gnux32",
            "i686-unknown-linux-gnu",
            "aarch64_be-unknown-linux-gnu",
            "riscv32imac-unknown-none-elf",
            "powerpc64le-unknown-linux-gnu",
            "loongarch64-unknown-linux-gnu",
        ] {
            assert_eq!(platform(triple), None, "{triple}");
        }
    }

    #[test]
    fn private_conventions_are_unknown() {
        let triple = Triple::from_str("x86_64-unknown-linux-gnu").unwrap();
        for call_conv in [
            CallConv::Fast,
            CallConv::Tail,
            CallConv::Winch,
            CallConv::PreserveAll,
            CallConv::Probestack,
        ] {
            assert_eq!(Abi::from_triple(&triple, call_conv), None, "{call_conv}");
        }
    }

    #[test]
    fn conventions_go_there_and_back() {
        for abi in Abi::ALL {
            let convention = abi.convention();
            let call_conv = convention.call_conv();
            assert_eq!(Convention::from_call_conv(call_conv), Some(convention));
        }
    }
}
