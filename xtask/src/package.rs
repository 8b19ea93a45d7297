//! Looks at what `cargo package` would put into each crate, though none is published from here.
//!
//! Whoever vendors a crate gets exactly these files, so licences must be among them and nothing by accident.

use anyhow::bail;

use crate::context::Context;
use crate::outcome::Outcome;
use crate::process;

/// Crates that users add; the others stay in this repository.
const PRODUCT: &[&str] = &["vox", "vox-core", "vox-cabi", "vox-jit"];
const REQUIRED: &[&str] = &[
    "Cargo.toml",
    "src/lib.rs",
    "README.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
];
const EXPECTED_FOLDERS: &[&str] = &["src", "tests", "examples", "benches"];
const EXPECTED_FILES: &[&str] = &[
    // Cargo adds the first three by itself.
    ".cargo_vcs_info.json",
    "Cargo.toml.orig",
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "CHANGELOG.md",
    "SAFETY.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "build.rs",
];

pub(crate) fn check(cx: &Context) -> anyhow::Result<Outcome> {
    let names = cx.crate_names();
    let mut problems = Vec::new();
    for name in &names {
        let mut command = cx.cargo(&["package", "--list", "--allow-dirty", "-p", name]);
        let list = process::capture(&mut command)?;
        if !list.success {
            bail!(
                "cargo package --list -p {name} failed: {}",
                list.stderr.trim()
            );
        }
        let files: Vec<&str> = list.stdout.lines().collect();
        let is_product = PRODUCT.contains(&name.as_str());
        for problem in judge(&files, is_product) {
            problems.push(format!("{name}: {problem}"));
        }
    }
    if !problems.is_empty() {
        bail!("{}", problems.join("; "));
    }
    Ok(Outcome::Passed(format!("{} crates", names.len())))
}

fn judge(files: &[&str], is_product: bool) -> Vec<String> {
    let mut problems = Vec::new();
    if is_product {
        let missing = REQUIRED.iter().filter(|name| !files.contains(name));
        problems.extend(missing.map(|name| format!("lacks {name}")));
    }
    for file in files {
        let expected = match file.split_once('/') {
            Some((folder, _)) => EXPECTED_FOLDERS.contains(&folder),
            None => EXPECTED_FILES.contains(file),
        };
        if !expected {
            problems.push(format!("has {file}, which is not expected there"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_product_crate_is_right() {
        let mut files = REQUIRED.to_vec();
        files.extend(["Cargo.lock", "src/program/op.rs", "tests/golden/a.txt"]);
        assert_eq!(judge(&files, true), Vec::<String>::new());
    }

    #[test]
    fn a_missing_licence_and_a_stray_file_are_found() {
        let files = [
            "Cargo.toml",
            "src/lib.rs",
            "README.md",
            "LICENSE-MIT",
            "notes.txt",
        ];
        let problems = judge(&files, true);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("LICENSE-APACHE"));
        assert!(problems[1].contains("notes.txt"));
        assert_eq!(judge(&files, false).len(), 1);
    }
}
