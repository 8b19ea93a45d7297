//! What of a full run has passed, kept on disk, so that a run which was broken off can go on.
//!
//! Kept for one commit without changes beside it; anything else is another state, of which nothing is known.
//! Not for: failures and skipped parts, which are run again.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;

use crate::context::Context;
use crate::process;

/// A check that passed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) elapsed: Duration,
    pub(crate) detail: String,
}

/// The checks that passed on one commit, in a file of a line for each behind a line for the commit.
pub(crate) struct Journal {
    path: PathBuf,
    root: PathBuf,
    commit: String,
    entries: Vec<Entry>,
}

impl Journal {
    /// Begins anew, or goes on with what is there of this commit.
    ///
    /// # Errors
    ///
    /// With changes that are not committed there is no telling what was run, so nothing to go on with;
    /// beginning anew is then `None`: nothing is kept.
    pub(crate) fn open(cx: &Context, resume: bool) -> anyhow::Result<Option<Journal>> {
        let path = cx.scratch("full")?.join("passed.tsv");
        let Some(commit) = clean_commit(cx.root())? else {
            anyhow::ensure!(
                !resume,
                "no run to go on with: there are changes that are not committed"
            );
            return Ok(None);
        };
        let entries = if resume {
            read(&path, &commit)?
        } else {
            Vec::new()
        };
        let journal = Journal {
            path,
            root: cx.root().to_owned(),
            commit,
            entries,
        };
        journal.write_all()?;
        Ok(Some(journal))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// Adds a check that passed, unless the sources are others by now: then it says nothing about this commit.
    pub(crate) fn add(&mut self, entry: Entry) -> anyhow::Result<()> {
        if clean_commit(&self.root)?.as_ref() != Some(&self.commit) {
            println!("the sources have changed meanwhile: not kept");
            return Ok(());
        }
        let mut file = OpenOptions::new()
            .append(true)
            .open(&self.path)
            .with_context(|| format!("cannot open {}", self.path.display()))?;
        writeln!(file, "{}", format_line(&entry))?;
        self.entries.push(entry);
        Ok(())
    }

    fn write_all(&self) -> anyhow::Result<()> {
        let mut text = format!("{}\n", self.commit);
        for entry in &self.entries {
            text.push_str(&format_line(entry));
            text.push('\n');
        }
        fs::write(&self.path, text).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

fn read(path: &Path, commit: &str) -> anyhow::Result<Vec<Entry>> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("no run to go on with: cannot read {}", path.display()))?;
    let mut lines = text.lines();
    let of = lines.next().unwrap_or_default();
    anyhow::ensure!(of == commit, "the last run was of {of}, this is {commit}");
    // The last line may have been broken off in the middle: it is run again.
    Ok(lines.filter_map(parse_line).collect())
}

fn format_line(entry: &Entry) -> String {
    let detail = entry.detail.replace(['\t', '\n'], " ");
    format!(
        "{}\t{}\t{detail}\tpassed",
        entry.name,
        entry.elapsed.as_secs()
    )
}

fn parse_line(line: &str) -> Option<Entry> {
    let mut parts = line.split('\t');
    let entry = Entry {
        name: parts.next()?.to_owned(),
        elapsed: Duration::from_secs(parts.next()?.parse().ok()?),
        detail: parts.next()?.to_owned(),
    };
    (parts.next()? == "passed").then_some(entry)
}

/// The commit that is checked out, if nothing is changed beside it. Sources without git have none.
fn clean_commit(root: &Path) -> anyhow::Result<Option<String>> {
    let Some(commit) = git(root, &["rev-parse", "HEAD"])? else {
        return Ok(None);
    };
    let changes = git(root, &["status", "--porcelain"])?;
    Ok(changes.filter(String::is_empty).map(|_| commit))
}

fn git(root: &Path, arguments: &[&str]) -> anyhow::Result<Option<String>> {
    let captured = process::capture(Command::new("git").args(arguments).current_dir(root))?;
    Ok(captured.success.then(|| captured.stdout.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str) -> Entry {
        Entry {
            name: name.to_owned(),
            elapsed: Duration::from_secs(7),
            detail: "3 tests".to_owned(),
        }
    }

    #[test]
    fn what_passed_is_read_again_but_for_a_line_that_was_broken_off() {
        let folder = std::env::temp_dir().join(format!("vox-journal-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let journal = Journal {
            path: folder.join("passed.tsv"),
            root: folder.clone(),
            commit: "abc".to_owned(),
            entries: vec![entry("one"), entry("two")],
        };
        journal.write_all().unwrap();
        assert_eq!(read(&journal.path, "abc").unwrap(), journal.entries);
        let text = fs::read_to_string(&journal.path).unwrap();
        fs::write(&journal.path, &text[..text.len() - "sed\n".len()]).unwrap();
        assert_eq!(read(&journal.path, "abc").unwrap(), [entry("one")]);
        let other = read(&journal.path, "def").unwrap_err().to_string();
        assert_eq!(other, "the last run was of abc, this is def");
        fs::remove_dir_all(&folder).unwrap();
    }
}
