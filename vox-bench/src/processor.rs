//! Which processor this is, where something goes by it.

/// The family, of AMD's.
#[must_use]
pub fn amd_family() -> Option<u32> {
    use std::arch::x86_64::__cpuid;

    let version = __cpuid(1).eax;
    let family = ((version >> 8) & 0xf) + ((version >> 20) & 0xff);
    let name = __cpuid(0);
    let is_amd =
        [name.ebx, name.edx, name.ecx] == [*b"Auth", *b"enti", *b"cAMD"].map(u32::from_le_bytes);
    is_amd.then_some(family)
}

/// Zen 3 and Zen 4.
pub const FAMILY_OF_ZEN_3: u32 = 25;
