//! The matrix of modes: every way one process can encode the same value.

use std::sync::OnceLock;

use vox::{Runtime, RuntimeBuilder, Tier, VtableCalls};

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
    /// A mode of a runtime of its own, with what else the builder was told.
    #[must_use]
    pub fn new(tier: Tier, calls: VtableCalls, probed: bool, builder: RuntimeBuilder) -> Self {
        let layouts = if probed { "probed" } else { "vtable" };
        let name = match tier {
            Tier::Optimized => format!("{tier}, {calls}, {layouts}"),
            _ => format!("{tier}, {layouts}"),
        };
        let runtime = builder
            .tier(tier)
            .vtable_calls(calls)
            .probed_layouts(probed)
            .background(false)
            .build();
        Self {
            name,
            tier,
            vtable_calls: calls,
            probed_layouts: probed,
            runtime,
        }
    }
}

/// Every mode this build has, each in a runtime that is otherwise as the builder says.
fn matrix(builder: &RuntimeBuilder) -> Vec<Mode> {
    let mut modes = Vec::new();
    for tier in vox::available_tiers() {
        for calls in VtableCalls::available() {
            // The interpreter and the handlers of the baseline are Rust: their calls are always direct.
            if *tier < Tier::Optimized && *calls != VtableCalls::Inline {
                continue;
            }
            for probed in [true, false] {
                modes.push(Mode::new(*tier, *calls, probed, builder.clone()));
            }
        }
    }
    modes
}

/// Every mode this build has, made anew, with a depth limit.
#[must_use]
pub fn fresh(max_depth: Option<u64>) -> Vec<Mode> {
    let builder = Runtime::builder();
    matrix(&match max_depth {
        Some(levels) => builder.max_depth(levels),
        None => builder,
    })
}

/// Every mode this build has, shared by all tests of a process. Machine code is what users
/// run: it counts nothing.
#[must_use]
pub fn all() -> &'static [Mode] {
    static MODES: OnceLock<Vec<Mode>> = OnceLock::new();
    MODES.get_or_init(|| fresh(None))
}

/// Every mode this build has, in runtimes that count calls. Counting makes other machine code:
/// bytes are judged by [`all`].
#[must_use]
pub fn counting() -> &'static [Mode] {
    static MODES: OnceLock<Vec<Mode>> = OnceLock::new();
    MODES.get_or_init(|| matrix(&Runtime::builder().count_calls(true)))
}
