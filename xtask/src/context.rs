//! What every check needs to know: where the workspace is and what is in it.
//!
//! Not for: running things (`process.rs`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use cargo_metadata::{Metadata, MetadataCommand, Package};

/// The workspace, read once per run.
pub(crate) struct Context {
    pub(crate) metadata: Metadata,
    /// Whether missing tools may be installed.
    pub(crate) install: bool,
}

impl Context {
    pub(crate) fn load(install: bool) -> anyhow::Result<Context> {
        let metadata = MetadataCommand::new()
            .cargo_path(cargo_program())
            .manifest_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml"))
            .exec()
            .context("cargo metadata failed")?;
        Ok(Context { metadata, install })
    }

    pub(crate) fn root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    /// A folder for files of ours inside the target directory.
    pub(crate) fn scratch(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self
            .metadata
            .target_directory
            .as_std_path()
            .join("xtask")
            .join(name);
        std::fs::create_dir_all(&path).with_context(|| format!("cannot create {path:?}"))?;
        Ok(path)
    }

    /// `cargo` of the running toolchain, in the workspace root.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(cargo_program());
        command.args(arguments).current_dir(self.root());
        // `cargo run` adds the host's library folders; foreign loaders must not see them.
        command.env_remove("LD_LIBRARY_PATH");
        command
    }

    /// A crate of the workspace.
    pub(crate) fn package(&self, name: &str) -> anyhow::Result<&Package> {
        let mut packages = self.metadata.workspace_packages().into_iter();
        packages
            .find(|package| package.name.as_str() == name)
            .with_context(|| format!("the workspace has no crate `{name}`"))
    }

    /// Names of the workspace's crates, in the order of the manifest.
    pub(crate) fn crate_names(&self) -> Vec<String> {
        self.metadata
            .workspace_packages()
            .iter()
            .map(|package| package.name.to_string())
            .collect()
    }
}

fn cargo_program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
