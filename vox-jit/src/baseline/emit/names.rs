//! The constants of the code that differ from one process to the next.

/// What stands for things that have an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::baseline) enum Names {
    /// Their addresses: code that runs.
    Addresses,
    /// Numbers that are the same in every build: code to look at.
    Symbols,
}

/// The first symbol of each sort of thing. As long as addresses are, so that code has its true size.
pub(super) const TABLE: u64 = 0x7a00_0000_0000;
pub(super) const KERNEL: u64 = 0x7d00_0000_0000;
pub(super) const FUNCTION: u64 = 0x7f00_0000_0000;
pub(super) const CHILD: u64 = 0x7c00_0000_0000;
pub(super) const PART: u64 = 0x7b00_0000_0000;

impl Names {
    /// The address of something, or what stands for it.
    pub(super) fn address(self, address: impl FnOnce() -> u64, sort: u64, number: u32) -> u64 {
        match self {
            Self::Addresses => address(),
            Self::Symbols => sort + u64::from(number) * 16,
        }
    }
}
