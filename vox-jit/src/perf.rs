//! Telling `perf` which type a stub belongs to: a *jitdump* file, which `perf inject --jit` reads.
//!
//! The file is `jit-PID.dump` in the system's directory for temporary files, one for all compilers of the
//! process, begun when the first stub is recorded; a forked child begins its own. It holds a copy of
//! all code. Linux only, as `perf` is.
//!
//! Not here: symbols for debuggers, and unwinding, which needs none: frame pointers are kept.

use std::path::PathBuf;

use vox_core::fork::{ForkLock, process_id};

use crate::memory::Dump;

#[derive(Default)]
struct OfProcess {
    process: u32,
    dump: Option<Result<Dump, String>>,
}

static DUMP: ForkLock<OfProcess> = ForkLock::new();

/// Where this process records its stubs.
#[must_use]
pub fn path() -> PathBuf {
    std::env::temp_dir().join(format!("jit-{}.dump", std::process::id()))
}

/// Records a published stub.
///
/// # Errors
///
/// When the file cannot be written; the same error for all stubs of the process when it cannot be opened.
pub(crate) fn record(name: &str, code: &[u8]) -> Result<(), String> {
    let mut own = DUMP.lock();
    let process = process_id();
    if own.process != process {
        own.process = process;
        own.dump = None;
    }
    let open = || {
        let path = path();
        Dump::open(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    match own.dump.get_or_insert_with(open) {
        Ok(dump) => dump.record(name, code).map_err(|error| error.to_string()),
        Err(reason) => Err(reason.clone()),
    }
}
