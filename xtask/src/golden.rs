//! Holds the golden bytes and the changelog together: no byte changes without an entry under *Wire*.
//!
//! The newest entry ends with a digest of all golden files, as `(golden files: 0123456789abcdef)` with the
//! digest in backquotes. Whoever changes a file must touch that entry or write one in front of it.
//! Not for: whether the bytes are right, or whether the entry says what changed. The first is for the
//! tests that read the files, the second takes a reader.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::context::Context;
use crate::outcome::Outcome;

const FOLDER: &str = "fixtures/golden";
const SPECIFICATION: &str = "fixtures/specification.txt";
const MARK: &str = "(golden files: `";

pub(crate) fn check(cx: &Context) -> anyhow::Result<Outcome> {
    let files = read_files(cx.root())?;
    let changelog =
        fs::read_to_string(cx.root().join("CHANGELOG.md")).context("cannot read CHANGELOG.md")?;
    if let Some(problem) = judge(&changelog, &digest(&files)) {
        bail!("{problem}");
    }
    Ok(Outcome::Passed(format!("{} golden files", files.len())))
}

/// A file's name from the root, and its text.
type File = (String, String);

fn read_files(root: &Path) -> anyhow::Result<Vec<File>> {
    let mut paths = vec![PathBuf::from(SPECIFICATION)];
    let folder = root.join(FOLDER);
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {FOLDER}"))? {
        paths.push(Path::new(FOLDER).join(entry?.file_name()));
    }
    let read = |path: PathBuf| {
        let text = fs::read_to_string(root.join(&path))
            .with_context(|| format!("cannot read {}", path.display()))?;
        // Slashes on Windows too.
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        Ok((parts.join("/"), text))
    };
    paths.into_iter().map(read).collect()
}

/// FNV-1a of 64 bits over names and lines, in the order of the names and whatever the lines end in.
fn digest(files: &[File]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |text: &str| {
        // No text has the byte that ends it.
        for byte in text.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    let mut sorted: Vec<&File> = files.iter().collect();
    sorted.sort();
    for (name, text) in sorted {
        add(name);
        text.lines().for_each(&mut add);
        // As many lines as there are, and no more.
        add("");
    }
    format!("{hash:016x}")
}

/// What is wrong with the changelog, if these are the golden files.
fn judge(changelog: &str, digest: &str) -> Option<String> {
    let Some(entry) = newest_wire_entry(changelog) else {
        return Some(String::from("CHANGELOG.md has no entry under Wire"));
    };
    let told = entry
        .rsplit_once(MARK)
        .and_then(|(_, told)| told.strip_suffix("`)"));
    if told == Some(digest) {
        return None;
    }
    let there = match told {
        Some(told) => format!("says the golden files are `{told}`"),
        None => format!("does not end with a digest, {MARK}...`)"),
    };
    Some(format!(
        "the newest entry under Wire in CHANGELOG.md {there}; they are `{digest}`. A change of golden \
         bytes needs a Wire entry that says what changed: write it first in the section, ending with \
         {MARK}{digest}`)"
    ))
}

/// The first entry of the first section called *Wire*, its lines joined.
fn newest_wire_entry(changelog: &str) -> Option<String> {
    let mut lines = changelog
        .lines()
        .skip_while(|line| line.trim_end() != "### Wire")
        .skip(1)
        .take_while(|line| !line.starts_with('#'))
        .map(str::trim)
        .skip_while(|line| line.is_empty());
    let mut entry = lines.next()?.strip_prefix("* ")?.to_owned();
    for line in lines.take_while(|line| !line.is_empty() && !line.starts_with("* ")) {
        entry.push(' ');
        entry.push_str(line);
    }
    Some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<File> {
        [("b.txt", "x = 00\ny = 01\n"), ("a.txt", "")]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .to_vec()
    }

    fn changelog(digest: &str) -> String {
        format!(
            "# Changelog\n\n## 2\n\n### Added\n\n* Things.\n\n### Wire\n\n* Newest, of two\n  lines. (golden \
             files: `{digest}`)\n* Older. (golden files: `0000000000000000`)\n\n## 1\n\n### Wire\n\n* Oldest.\n"
        )
    }

    #[test]
    fn the_newest_entry_with_the_right_digest_is_enough() {
        let digest = digest(&files());
        assert_eq!(digest.len(), 16);
        assert_eq!(judge(&changelog(&digest), &digest), None);
        let windows = changelog(&digest).replace('\n', "\r\n");
        assert_eq!(judge(&windows, &digest), None);
    }

    #[test]
    fn any_change_changes_the_digest() {
        let before = digest(&files());
        let mut other_byte = files();
        other_byte[0].1 = String::from("x = 00\ny = 02\n");
        let mut other_name = files();
        other_name[1].0 = String::from("c.txt");
        let mut one_line_moved = files();
        one_line_moved[0].1 = String::from("x = 00\n");
        one_line_moved[1].1 = String::from("y = 01\n");
        let one_less = files()[..1].to_vec();
        for changed in [other_byte, other_name, one_line_moved, one_less] {
            assert_ne!(digest(&changed), before, "{changed:?}");
        }
    }

    #[test]
    fn order_and_line_endings_do_not_matter() {
        let mut other: Vec<File> = files();
        other.reverse();
        for (_, text) in &mut other {
            *text = text.replace('\n', "\r\n");
        }
        assert_eq!(digest(&other), digest(&files()));
    }

    #[test]
    fn an_entry_for_other_bytes_is_found() {
        let right = digest(&files());
        let problem = judge(&changelog("0123456789abcdef"), &right).expect("it is another digest");
        for part in ["`0123456789abcdef`", &right, "needs a Wire entry"] {
            assert!(problem.contains(part), "{problem}");
        }
    }

    #[test]
    fn an_older_entry_does_not_count() {
        let right = digest(&files());
        let forgotten =
            changelog(&right).replace("### Wire\n\n* Newest", "### Wire\n\n* New.\n* Newest");
        let problem = judge(&forgotten, &right).expect("the newest has none");
        assert!(problem.contains("does not end with a digest"), "{problem}");
        assert!(judge("# Changelog\n\n### Wire\n\n### Added\n\n* A.\n", &right).is_some());
    }
}
