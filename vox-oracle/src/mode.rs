//! The matrix of modes: every way one process can encode the same value.

use std::sync::OnceLock;

use vox::{Runtime, Tier, VtableCalls};

/// One way to encode: a runtime with everything fixed.
#[derive(Debug)]
pub struct Mode {
    /// What is fixed, for messages.
    pub name: String,
    /// The tier types must be in.
    pub tier: Tier,
    /// How machine code calls vtable functions.
    pub vtable_calls: VtableCalls,
    /// Whether probed layouts are used.
    pub probed_layouts: bool,
    /// The runtime.
    pub runtime: Runtime,
}

impl Mode {
    /// A mode of a runtime of its own, with a depth limit.
    #[must_use]
    pub fn new(tier: Tier, calls: VtableCalls, probed: bool, max_depth: Option<u64>) -> Self {
        let layouts = if probed { "probed" } else { "vtable" };
        let name = match tier {
            Tier::Interpreter => format!("{tier}, {layouts}"),
            _ => format!("{tier}, {calls}, {layouts}"),
        };
        let mut builder = Runtime::builder()
            .tier(tier)
            .vtable_calls(calls)
            .probed_layouts(probed)
            .count_calls(true)
            .background(false);
        if let Some(levels) = max_depth {
            builder = builder.max_depth(levels);
        }
        Self {
            name,
            tier,
            vtable_calls: calls,
            probed_layouts: probed,
            runtime: builder.build(),
        }
    }
}

/// Every mode this build has, made anew, with a depth limit.
#[must_use]
pub fn fresh(max_depth: Option<u64>) -> Vec<Mode> {
    let mut modes = Vec::new();
    for tier in vox::available_tiers() {
        for calls in VtableCalls::available() {
            // The interpreter is Rust: its calls are always direct.
            if *tier == Tier::Interpreter && *calls != VtableCalls::Inline {
                continue;
            }
            for probed in [true, false] {
                modes.push(Mode::new(*tier, *calls, probed, max_depth));
            }
        }
    }
    modes
}

/// Every mode this build has, shared by all tests of a process.
#[must_use]
pub fn all() -> &'static [Mode] {
    static MODES: OnceLock<Vec<Mode>> = OnceLock::new();
    MODES.get_or_init(|| fresh(None))
}
