//! The Rust files of the workspace, as text.

use std::path::Path;

use anyhow::Context as _;

use crate::context::Context;

/// A source file, by its path from the workspace root with `/` between folders.
pub(crate) struct SourceFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The files in these folders of every crate; a crate without one of them is passed over.
pub(crate) fn read(cx: &Context, folders: &[&str]) -> anyhow::Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    for package in cx.metadata.workspace_packages() {
        let home = package
            .manifest_path
            .parent()
            .context("a manifest has a folder")?;
        for folder in folders {
            let folder = home.join(folder);
            if folder.is_dir() {
                read_folder(cx.root(), folder.as_std_path(), &mut files)?;
            }
        }
    }
    Ok(files)
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {folder:?}"))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            read_folder(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path
                .strip_prefix(root)?
                .to_string_lossy()
                .replace('\\', "/");
            let text =
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
            files.push(SourceFile { path: name, text });
        }
    }
    Ok(())
}
