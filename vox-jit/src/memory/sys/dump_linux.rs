//! Linux: jitdump files, by the crate that does it for Wasmtime.

use std::io;
use std::path::Path;

use wasmtime_internal_jit_debug::perf_jitdump::JitDumpFile;

/// The number of this processor in ELF headers.
const MACHINE: u32 = if cfg!(target_arch = "x86_64") {
    62
} else if cfg!(target_arch = "aarch64") {
    183
} else if cfg!(target_arch = "riscv64") {
    243
} else if cfg!(target_arch = "s390x") {
    22
} else {
    0
};

/// An open jitdump file.
pub(crate) struct Dump(JitDumpFile);

impl Dump {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        JitDumpFile::new(path, MACHINE).map(Self)
    }

    /// Records a stub where it lies.
    pub(crate) fn record(&mut self, name: &str, code: &[u8]) -> io::Result<()> {
        let now = self.0.get_time_stamp();
        let process = std::process::id();
        // Which thread published it is of no interest to anybody; the number must only be one.
        self.0
            .dump_code_load_record(name, code, now, process, process)
    }
}
