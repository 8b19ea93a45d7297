//! What a compiler can be told, and the instruction set that follows from it.

use cranelift_codegen::isa::{self, OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::{self, Configurable, SetError};
use target_lexicon::{Architecture, Triple};

use super::host;
use crate::emit::{VtableCalls, has_extension};
use crate::error::Unavailable;
use crate::memory::Publication;

/// How much work Cranelift puts into a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OptLevel {
    /// No optimisation before register allocation: what is emitted is good
    /// already, and this compiles faster.
    #[default]
    None,
    /// Optimises.
    Speed,
}

/// What a compiler can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompilerOptions {
    /// Bytes of executable memory there may be.
    pub code_budget: usize,
    /// How code gets into it.
    pub publication: Publication,
    /// How vtable functions are called.
    pub vtable_calls: VtableCalls,
    /// Whether vtable and accessor calls are counted in the state of the encode.
    pub count_calls: bool,
    /// Whether short strings may be read beyond their end, within the page.
    /// Memory checkers want this off, as it is by default with the feature `exact-reads`.
    pub over_read: bool,
    /// Whether long strings, options of integers and strings, characters, and maps and sets of plain parts are written by
    /// routines for this processor, where it has them, and machine code has its instructions. Nothing but the code differs: off, to test the code for other processors.
    pub processor_routines: bool,
    /// How much Cranelift optimises.
    pub opt_level: OptLevel,
    /// Whether published stubs are recorded for `perf`. See [`crate::perf`].
    pub perf: bool,
    /// Whether Cranelift verifies what it is given. On in debug builds.
    pub verifier: bool,
}

impl Default for CompilerOptions {
    fn default() -> Self {
        Self {
            code_budget: 64 << 20,
            publication: Publication::SecondView,
            vtable_calls: VtableCalls::Inline,
            count_calls: false,
            over_read: !cfg!(feature = "exact-reads"),
            processor_routines: true,
            opt_level: OptLevel::None,
            perf: false,
            verifier: cfg!(debug_assertions),
        }
    }
}

/// The flags for a target, by name.
fn flags(options: &CompilerOptions, triple: &Triple) -> Result<settings::Flags, SetError> {
    let mut flags = settings::builder();
    let opt_level = match options.opt_level {
        OptLevel::None => "none",
        OptLevel::Speed => "speed",
    };
    flags.set("opt_level", opt_level)?;
    let verifier = if options.verifier { "true" } else { "false" };
    flags.set("enable_verifier", verifier)?;
    // Loops have no alignment of their own: where functions start is decided by where their loops are.
    flags.set("log2_min_function_alignment", "6")?;
    // Profilers walk through.
    flags.set("preserve_frame_pointers", "true")?;
    flags.set("unwind_info", "false")?;
    // Encoded data is not attacker-controlled code; tables are bounds-checked.
    flags.set("enable_table_access_spectre_mitigation", "false")?;
    flags.set("enable_heap_access_spectre_mitigation", "false")?;
    // A frame of more than a page must not step over the guard page.
    if triple.architecture != Architecture::S390x {
        flags.set("enable_probestack", "true")?;
        flags.set("probestack_strategy", "inline")?;
    }
    Ok(settings::Flags::new(flags))
}

/// The instruction set of this machine, with all its extensions.
pub(super) fn host_isa(options: &CompilerOptions) -> Result<OwnedTargetIsa, Unavailable> {
    if !vox_core::reflect::pointers_are_as_modelled() {
        return Err(Unavailable::Pointers);
    }
    let unavailable = |reason| Unavailable::Processor(String::from(reason));
    let builder = cranelift_native::builder().map_err(unavailable)?;
    host::has_what_is_taken_for_granted().map_err(unavailable)?;
    finish(builder, options)
}

/// Whether stand-ins ([`crate::emit::stand_in`]) come out of Cranelift as they are emitted: with the extensions they are part of, and without an
/// optimiser that may put something else there.
pub(super) fn keeps_stand_ins(isa: &dyn TargetIsa, options: &CompilerOptions) -> bool {
    options.opt_level == OptLevel::None
        && isa.triple().architecture == Architecture::X86_64
        && has_extension(isa, "has_avx")
        && has_extension(isa, "has_bmi1")
}

/// The instruction set of another machine, with no extensions: for looking at
/// the code, not for running it.
///
/// # Errors
///
/// When it is not compiled into Cranelift.
pub fn isa_for(triple: &Triple, options: &CompilerOptions) -> Result<OwnedTargetIsa, Unavailable> {
    let builder =
        isa::lookup(triple.clone()).map_err(|error| Unavailable::Processor(error.to_string()))?;
    finish(builder, options)
}

fn finish(builder: isa::Builder, options: &CompilerOptions) -> Result<OwnedTargetIsa, Unavailable> {
    let unavailable = |reason: String| Unavailable::Processor(reason);
    let triple = builder.triple().clone();
    if triple.pointer_width() != Ok(target_lexicon::PointerWidth::U64) {
        return Err(unavailable(format!("{triple} has no 64-bit pointers")));
    }
    let flags = flags(options, &triple).map_err(|error| unavailable(error.to_string()))?;
    builder
        .finish(flags)
        .map_err(|error| unavailable(error.to_string()))
}
