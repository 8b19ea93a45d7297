//! Emitted calls, executed on the host.
//!
//! On x86-64 every test runs for System V and Windows callees, called from
//! functions of either convention, on any operating system; elsewhere for the
//! platform's C ABI. Other targets run under an emulator.
//!
//! Read `harness.rs` first: it makes the machine code.

#![cfg(all(
    target_pointer_width = "64",
    any(
        target_arch = "x86_64",
        all(target_arch = "aarch64", target_endian = "little"),
        target_arch = "riscv64",
        target_arch = "s390x"
    )
))]

mod bools;
mod callees;
mod controls;
mod facet;
mod harness;
mod random;
mod scribbling;
mod shapes;
#[path = "../support/signatures.rs"]
mod signatures;
#[cfg(target_arch = "x86_64")]
mod vectors;
#[path = "../support/vtable.rs"]
mod vtable;
