//! The dependency direction, as data. `A -> B` reads "A uses B"; this table says which arrows may exist.
//!
//! Change a rule here together with ARCHITECTURE.md, for the same reason and in the same commit.

use super::scan::Mention;

/// What one crate of the workspace may depend on, dev-dependencies apart.
pub(crate) struct CrateRule {
    pub(crate) name: &'static str,
    /// Crates of this workspace it may depend on; all others are forbidden.
    pub(crate) members: &'static [&'static str],
    /// Of those, the ones that must be optional.
    pub(crate) optional: &'static [&'static str],
    /// Crates from elsewhere it must not depend on directly; a trailing `*` stands for any ending.
    pub(crate) never: &'static [&'static str],
}

/// Every crate of the workspace stands here; one without a rule is a violation.
pub(crate) const CRATES: &[CrateRule] = &[
    CrateRule {
        name: "vox",
        members: &["vox-core", "vox-jit"],
        optional: &["vox-jit"],
        never: &["cranelift*"],
    },
    CrateRule {
        name: "vox-core",
        members: &[],
        optional: &[],
        never: &["cranelift*"],
    },
    CrateRule {
        name: "vox-cabi",
        members: &[],
        optional: &[],
        never: &["facet*"],
    },
    CrateRule {
        name: "vox-jit",
        members: &["vox-core", "vox-cabi"],
        optional: &[],
        never: &[],
    },
    // Judges and measurements use the product; the product never uses them, save in its tests.
    CrateRule {
        name: "vox-oracle",
        members: &["vox", "vox-core", "vox-jit", "vox-cabi"],
        optional: &[],
        never: &[],
    },
    CrateRule {
        name: "vox-generate",
        members: &["vox", "vox-core", "vox-oracle"],
        optional: &[],
        never: &["cranelift*"],
    },
    CrateRule {
        name: "vox-bench",
        members: &["vox", "vox-core", "vox-jit", "vox-cabi", "vox-oracle"],
        optional: &[],
        never: &[],
    },
    CrateRule {
        name: "xtask",
        members: &[],
        optional: &[],
        never: &["facet*", "cranelift*"],
    },
];

/// What must be absent from a whole dependency tree, on every target.
pub(crate) struct TreeRule {
    /// Selects the tree, as arguments of `cargo tree`.
    pub(crate) select: &'static [&'static str],
    pub(crate) absent: &'static [&'static str],
}

pub(crate) const TREES: &[TreeRule] = &[
    TreeRule {
        select: &["-p", "vox", "--no-default-features", "-e", "normal"],
        absent: &["cranelift*", "vox-jit", "vox-cabi"],
    },
    // A dev-dependency that brings Cranelift back would make the tests of the interpreter alone
    // something else than that, without a word.
    TreeRule {
        select: &["-p", "vox", "--no-default-features", "-e", "normal,dev"],
        absent: &["cranelift*"],
    },
    TreeRule {
        select: &["-p", "vox-core", "--all-features", "-e", "normal"],
        absent: &["cranelift*"],
    },
    TreeRule {
        select: &["-p", "vox-cabi", "-e", "normal"],
        absent: &["cranelift*"],
    },
    TreeRule {
        select: &["-p", "vox-cabi", "--all-features", "-e", "normal"],
        absent: &["facet*"],
    },
];

/// What source files must not mention. Tests inside them may.
pub(crate) struct ModuleRule {
    /// Where the rule holds. `a/src/b` is the module in `a/src/b.rs` or `a/src/b/`; a trailing `*` stands for any
    /// ending.
    pub(crate) inside: &'static [&'static str],
    /// Where it does not hold after all.
    pub(crate) except: &'static [&'static str],
    pub(crate) never: Mention,
    pub(crate) why: &'static str,
}

pub(crate) const MODULES: &[ModuleRule] = &[
    ModuleRule {
        inside: &["vox-core/src"],
        except: &[
            "vox-core/src/shape",
            "vox-core/src/probe",
            "vox-core/src/trampoline",
            // Computed values read the types they compute from.
            "vox-core/src/leaf",
            // The names of facet everything else uses.
            "vox-core/src/reflect",
            // Lowering starts from a `&'static Shape`; lib.rs re-exports.
            "vox-core/src/lower",
            "vox-core/src/lib",
        ],
        never: Mention::Crates(&["facet_core", "facet", "facet_reflect"]),
        why: "programs, the wire format and the interpreter know no shapes",
    },
    ModuleRule {
        inside: &["vox-core/src/lower"],
        except: &[],
        never: Mention::Crates(&["cranelift*", "vox_jit", "vox_cabi"]),
        why: "lowering never sees Cranelift; both sides meet in the program",
    },
    ModuleRule {
        inside: &["vox-jit/src/emit"],
        except: &[],
        never: Mention::Crates(&["facet*"]),
        why: "emission never sees a shape; both sides meet in the program",
    },
    ModuleRule {
        inside: &["vox-jit/src/emit"],
        except: &[],
        never: Mention::Words(&["Shape"]),
        why: "emission never sees a shape, under no other path either",
    },
    ModuleRule {
        inside: &["vox/src", "vox-core/src", "vox-jit/src"],
        except: &[
            "vox-jit/src/memory/sys",
            "vox-jit/src/baseline/isa",
            "vox-jit/src/compile/host",
            "vox-core/src/kernels/arch",
            "vox-core/src/entry",
            // Who has processes.
            "vox-core/src/fork",
            "vox/src/runtime/own",
        ],
        never: Mention::Platforms,
        why: "operating systems and architectures are named in one place each",
    },
];
