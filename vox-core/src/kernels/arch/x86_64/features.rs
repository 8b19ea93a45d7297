//! What the processor can do, asked for cheaply.
//!
//! In a virtual machine every `cpuid` instruction leaves the guest, for microseconds each; the standard library executes eight
//! or more when it is first asked, which was half of the first encode of a process. On Linux glibc (2.33 and
//! later) has asked already, when the process began, and tells what it found. Its yes is believed; where it has no
//! answer, or says no, the standard library decides.
//!
//! Not here: which features make a set of routines ([`super::sets`]).

use core::arch::x86_64::__cpuid;
use std::is_x86_feature_detected;

/// Declares the features, and where the processor tells of each: a leaf in glibc's count (0 is leaf 1, 1 is leaf 7,
/// 2 is leaf 0x8000_0001), a register of it (`ebx` is 1, `ecx` 2), and a bit.
macro_rules! features {
    ($($feature:ident $name:tt = $leaf:literal $register:literal $bit:literal;)*) => {
        /// An extension of the instruction set.
        #[derive(Debug, Clone, Copy)]
        pub(super) enum Feature {
            $($feature),*
        }

        impl Feature {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$feature),*];

            /// Leaf, register and bit.
            fn place(self) -> (u32, usize, u32) {
                match self {
                    $(Self::$feature => ($leaf, $register, $bit)),*
                }
            }

            fn is_detected(self) -> bool {
                match self {
                    $(Self::$feature => is_x86_feature_detected!($name)),*
                }
            }
        }
    };
}

features! {
    Popcnt "popcnt" = 0 2 23;
    Bmi1 "bmi1" = 1 1 3;
    Avx2 "avx2" = 1 1 5;
    Bmi2 "bmi2" = 1 1 8;
    Avx512F "avx512f" = 1 1 16;
    Avx512Cd "avx512cd" = 1 1 28;
    Avx512Bw "avx512bw" = 1 1 30;
    Avx512Vl "avx512vl" = 1 1 31;
    Avx512Vbmi "avx512vbmi" = 1 2 1;
    Avx512Vbmi2 "avx512vbmi2" = 1 2 6;
    Lzcnt "lzcnt" = 2 2 5;
}

/// Whether all of these may be used.
pub(super) fn has_all(features: &[Feature]) -> bool {
    let told = system::view();
    features.iter().all(|feature| {
        let (leaf, register, bit) = feature.place();
        told.is_some_and(|view| view.says(leaf, register, bit)) || feature.is_detected()
    })
}

/// Whether `pdep` is microcode, which takes longer than what it is there for: on AMD's processors before Zen 3 (family 19h), and on Hygon's,
/// which are Zen 1 (Agner Fog, "Instruction tables").
pub(super) fn has_slow_pdep() -> bool {
    let (vendor, signature) = (__cpuid(0), __cpuid(1).eax);
    is_slow_pdep([vendor.ebx, vendor.edx, vendor.ecx], signature)
}

/// By the registers of leaf 0 that name the maker, and the signature in leaf 1.
fn is_slow_pdep(vendor: [u32; 3], signature: u32) -> bool {
    let name = vendor.map(u32::to_le_bytes).concat();
    let family = match (signature >> 8 & 0xf, signature >> 20 & 0xff) {
        (0xf, extended) => 0xf + extended,
        (base, _) => base,
    };
    match name.as_slice() {
        b"AuthenticAMD" => family < 0x19,
        b"HygonGenuine" => true,
        _ => false,
    }
}

/// glibc, linked dynamically: an older one lacks the function, which is a question for the time the program runs.
#[cfg(all(
    target_os = "linux",
    target_env = "gnu",
    not(target_feature = "crt-static")
))]
mod system {
    use core::ffi::{c_char, c_void};
    use core::mem::transmute;
    use core::ptr;

    /// `struct cpuid_feature` of `<sys/platform/x86.h>`.
    #[repr(C)]
    struct Leaf {
        present: [u32; 4],
        /// What the system supports as well, registers included.
        active: [u32; 4],
    }

    type LeafFn = unsafe extern "C" fn(u32) -> *const Leaf;

    unsafe extern "C" {
        fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    }

    /// What glibc knows.
    #[derive(Clone, Copy)]
    pub(super) struct View(LeafFn);

    pub(super) fn view() -> Option<View> {
        // The null handle asks all libraries the program was linked to.
        // SAFETY: a plain call of the C library with a string that ends in a zero.
        let found = unsafe { dlsym(ptr::null_mut(), c"__x86_get_cpuid_feature_leaf".as_ptr()) };
        // SAFETY: glibc keeps the type of what it exports; null is the `None` of an option of a function.
        let function = unsafe { transmute::<*mut c_void, Option<LeafFn>>(found) };
        function.map(View)
    }

    impl View {
        pub(super) fn says(self, leaf: u32, register: usize, bit: u32) -> bool {
            // SAFETY: the function takes any number, and answers null or an address that
            // stays valid and unchanged as long as the process.
            let leaf = unsafe { (self.0)(leaf).as_ref() };
            leaf.is_some_and(|leaf| leaf.active[register] >> bit & 1 == 1)
        }
    }
}

/// Nobody to ask.
#[cfg(not(all(
    target_os = "linux",
    target_env = "gnu",
    not(target_feature = "crt-static")
)))]
mod system {
    #[derive(Clone, Copy)]
    pub(super) enum View {}

    pub(super) fn view() -> Option<View> {
        None
    }

    impl View {
        pub(super) fn says(self, _leaf: u32, _register: usize, _bit: u32) -> bool {
            match self {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pdep_is_slow_before_zen_3() {
        let registers = |name: &[u8; 12]| {
            let (words, _) = name.as_chunks::<4>();
            [words[0], words[1], words[2]].map(u32::from_le_bytes)
        };
        let (amd, intel) = (registers(b"AuthenticAMD"), registers(b"GenuineIntel"));
        assert!(is_slow_pdep(amd, 0x0087_0f10), "Zen 2");
        assert!(is_slow_pdep(amd, 0x0066_0f51), "Excavator");
        assert!(!is_slow_pdep(amd, 0x00a2_0f10), "Zen 3");
        assert!(!is_slow_pdep(amd, 0x00b4_0f40), "Zen 5");
        assert!(!is_slow_pdep(intel, 0x0003_06c3), "Haswell");
        assert!(is_slow_pdep(registers(b"HygonGenuine"), 0x0090_0f02));
        // It can be asked.
        println!("slow here: {}", has_slow_pdep());
    }

    #[test]
    fn the_c_library_and_the_standard_library_agree() {
        let Some(view) = system::view() else {
            println!("SKIPPED: nobody knows of the processor but the standard library");
            return;
        };
        for feature in Feature::ALL {
            let (leaf, register, bit) = feature.place();
            assert_eq!(
                view.says(leaf, register, bit),
                feature.is_detected(),
                "{feature:?}"
            );
        }
    }
}
