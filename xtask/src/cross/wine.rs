//! Running Windows programs under Debian's Wine.
//!
//! Four traps, each met here: Wine 8 has no `bcryptprimitives.dll`, from which Rust's standard library takes
//! `ProcessPrng`, so a stub of ours exports it; the first start sets up a prefix for many seconds, so it is done
//! apart; Wine's services outlive the program that started them and would hold its output open, so they are
//! started with none and ended at the close; and now and then it loses a process that is just starting, so
//! `vox-oracle`'s `child` starts that again.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::context::Context;
use crate::process;

const STUB_SOURCE: &str = include_str!("process_prng.c");
const STUB_COMPILER: &str = "x86_64-w64-mingw32-gcc";

/// Wine, set up; its services end with this value.
pub(super) struct Session {
    program: PathBuf,
    prefix: PathBuf,
    libraries: PathBuf,
}

/// Builds the stub, sets up the prefix where there is none yet, and starts the services.
pub(super) fn start(cx: &Context) -> anyhow::Result<Session> {
    let session = Session {
        program: find_program()?,
        prefix: cx.scratch("wine-prefix")?,
        libraries: cx.scratch("wine-libraries")?,
    };
    build_stub(&session.libraries)?;
    session.set_up_prefix()?;
    session.keep_server();
    Ok(session)
}

impl Session {
    /// Once more from nothing where it fails: a prefix half set up is no good to any program after.
    fn set_up_prefix(&self) -> anyhow::Result<()> {
        let Err(error) = self.boot() else {
            return Ok(());
        };
        println!("note: {error:#}; once more with an empty prefix");
        self.end_server();
        std::fs::remove_dir_all(&self.prefix)
            .with_context(|| format!("cannot remove {:?}", self.prefix))?;
        std::fs::create_dir_all(&self.prefix)
            .with_context(|| format!("cannot create {:?}", self.prefix))?;
        self.boot()
    }

    /// Does nothing but start the services once the prefix exists.
    fn boot(&self) -> anyhow::Result<()> {
        // A file, not a pipe: the services outlive the program and keep what they are given.
        let log = self.libraries.join("wineboot.log");
        let output = File::create(&log).with_context(|| format!("cannot write {log:?}"))?;
        let mut boot = Command::new(&self.program);
        boot.args(["wineboot.exe", "-i"]).envs(self.variables());
        boot.stdout(output.try_clone()?).stderr(output);
        process::run(&mut boot).with_context(|| {
            let said = std::fs::read_to_string(&log).unwrap_or_else(|error| error.to_string());
            format!("Wine cannot set up its prefix; it said: {}", said.trim())
        })
    }

    /// Starts the server anew, to stay between two programs: a program that meets it on its way out fails to
    /// connect. Only once the prefix exists: Wine was seen not to find its own libraries when the server came first.
    fn keep_server(&self) {
        self.end_server();
        let mut server = Command::new("wineserver");
        server.arg("-p60").envs(self.variables());
        server.stdout(Stdio::null()).stderr(Stdio::null());
        if let Err(error) = process::run(&mut server) {
            // The first program starts one that stays some seconds.
            println!("note: {error:#}");
        }
    }

    /// Ends the server and waits for its end.
    fn end_server(&self) {
        let mut end = Command::new("wineserver");
        end.arg("-k").envs(self.variables());
        if let Err(error) = process::capture(&mut end) {
            // None runs, or it ends by itself some seconds after the last program.
            println!("note: {error:#}");
        }
    }

    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("WINEPREFIX", self.prefix.display().to_string()),
            ("WINEDEBUG", "-all".to_owned()),
            ("WINEPATH", windows_path(&self.libraries)),
            // No debugger on a crash, which some tests provoke; no offers to download Mono or Gecko.
            (
                "WINEDLLOVERRIDES",
                "winedbg.exe,mscoree,mshtml,winemenubuilder.exe=d".to_owned(),
            ),
        ]
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end_server();
    }
}

fn find_program() -> anyhow::Result<PathBuf> {
    let folders: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect())
        .unwrap_or_default();
    // `wine` first: where only 64-bit Wine is installed, Debian's starts that.
    for name in ["wine", "wine64"] {
        if let Some(folder) = folders.iter().find(|folder| folder.join(name).is_file()) {
            return Ok(folder.join(name));
        }
    }
    let debian = PathBuf::from("/usr/lib/wine/wine64");
    if !debian.is_file() {
        bail!("neither wine nor wine64 is on the PATH");
    }
    Ok(debian)
}

fn build_stub(folder: &Path) -> anyhow::Result<()> {
    let source = folder.join("process_prng.c");
    std::fs::write(&source, STUB_SOURCE).with_context(|| format!("cannot write {source:?}"))?;
    let mut compile = Command::new(STUB_COMPILER);
    compile.args(["-shared", "-O2", "-Wall", "-Werror", "-o"]);
    compile.arg(folder.join("bcryptprimitives.dll")).arg(source);
    process::run(compile.arg("-ladvapi32"))
}

/// Wine shows the root folder as drive Z.
fn windows_path(path: &Path) -> String {
    format!("Z:{}", path.display().to_string().replace('/', "\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_spelled_as_windows_reads_them() {
        assert_eq!(windows_path(Path::new("/src/target")), "Z:\\src\\target");
    }
}
