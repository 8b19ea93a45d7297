//! The targets that run on a Debian machine, and what each needs there.

/// Scales the counts of generated tests.
pub(crate) const VARIABLE_SCALE: &str = "VOX_TEST_SCALE";
/// How a test starts another test binary of the same target; unset where it simply starts it.
pub(crate) const VARIABLE_RUNNER: &str = "VOX_TEST_RUNNER";

/// A target whose tests can run here.
pub(crate) struct Target {
    pub(crate) triple: &'static str,
    pub(crate) packages: &'static [&'static str],
    pub(crate) linker: &'static str,
    pub(crate) emulator: Emulator,
}

pub(crate) enum Emulator {
    Wine,
    Qemu {
        program: &'static str,
        /// Where Debian's cross packages put the target's C library and loader.
        libraries: &'static str,
    },
}

/// A test an emulator cannot run.
pub(crate) struct LeftOut {
    pub(crate) name: &'static str,
    pub(crate) reason: &'static str,
}

impl Emulator {
    pub(crate) fn left_out(&self) -> &'static [LeftOut] {
        match self {
            Self::Wine => &[],
            Self::Qemu { .. } => &[
                LeftOut {
                    name: "children_of_a_forking_compiling_parent",
                    reason: FORKS,
                },
                LeftOut {
                    name: "a_forked_child_finds_nothing_in_the_page",
                    reason: FORKS,
                },
            ],
        }
    }
}

const FORKS: &str = "qemu-user fails an assertion of its own when a process with threads forks";

pub(crate) const ALL: &[Target] = &[
    Target {
        triple: "x86_64-pc-windows-gnu",
        packages: &["wine", "gcc-mingw-w64-x86-64"],
        linker: "x86_64-w64-mingw32-gcc",
        emulator: Emulator::Wine,
    },
    Target {
        triple: "aarch64-unknown-linux-gnu",
        packages: &[
            "qemu-user",
            "gcc-aarch64-linux-gnu",
            "libc6-dev-arm64-cross",
        ],
        linker: "aarch64-linux-gnu-gcc",
        emulator: Emulator::Qemu {
            program: "qemu-aarch64",
            libraries: "/usr/aarch64-linux-gnu",
        },
    },
    Target {
        triple: "riscv64gc-unknown-linux-gnu",
        packages: &[
            "qemu-user",
            "gcc-riscv64-linux-gnu",
            "libc6-dev-riscv64-cross",
        ],
        linker: "riscv64-linux-gnu-gcc",
        emulator: Emulator::Qemu {
            program: "qemu-riscv64",
            libraries: "/usr/riscv64-linux-gnu",
        },
    },
    Target {
        triple: "s390x-unknown-linux-gnu",
        packages: &["qemu-user", "gcc-s390x-linux-gnu", "libc6-dev-s390x-cross"],
        linker: "s390x-linux-gnu-gcc",
        emulator: Emulator::Qemu {
            program: "qemu-s390x",
            libraries: "/usr/s390x-linux-gnu",
        },
    },
];

impl Target {
    /// The variable by which cargo learns the linker or runner of this target.
    pub(crate) fn variable(&self, what: &str) -> String {
        let triple = self.triple.to_uppercase().replace('-', "_");
        format!("CARGO_TARGET_{triple}_{what}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_variables_are_spelled_as_cargo_reads_them() {
        assert_eq!(
            ALL[0].variable("LINKER"),
            "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER"
        );
    }
}
