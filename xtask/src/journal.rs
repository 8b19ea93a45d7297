//! What of a full run has passed, kept on disk, so that a run which was broken off can go on.
//!
//! Kept for one commit without changes beside it, one toolchain and one environment; anything else is another state, of which nothing is known.
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

/// The checks that passed on one state, in a file of a line for each.
pub(crate) struct Journal {
    path: PathBuf,
    root: PathBuf,
    state: String,
    entries: Vec<Entry>,
}

impl Journal {
    /// Begins anew, or goes on with what is there of this state.
    ///
    /// # Errors
    ///
    /// With changes that are not committed there is no telling what was run, so nothing to go on with;
    /// beginning anew is then `None`: nothing is kept.
    pub(crate) fn open(cx: &Context, resume: bool) -> anyhow::Result<Option<Journal>> {
        let path = cx.scratch("full")?.join("passed.tsv");
        let Some(state) = state(cx.root()) else {
            anyhow::ensure!(
                !resume,
                "no run to go on with: there are changes that are not committed, or no git"
            );
            println!("changes that are not committed, or no git: nothing is kept for `--resume`");
            return Ok(None);
        };
        let entries = if resume {
            read(&path, &state)?
        } else {
            Vec::new()
        };
        let journal = Journal {
            path,
            root: cx.root().to_owned(),
            state,
            entries,
        };
        journal.write_all()?;
        Ok(Some(journal))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// Whether what is run now would say something about the state this is of.
    pub(crate) fn is_current(&self) -> bool {
        state(&self.root).as_ref() == Some(&self.state)
    }

    /// Adds a check that passed.
    pub(crate) fn add(&mut self, entry: Entry) -> anyhow::Result<()> {
        let mut file = OpenOptions::new()
            .append(true)
            .open(&self.path)
            .with_context(|| format!("cannot open {}", self.path.display()))?;
        writeln!(file, "{}", self.format_line(&entry))?;
        self.entries.push(entry);
        Ok(())
    }

    fn write_all(&self) -> anyhow::Result<()> {
        let lines = self.entries.iter().map(|entry| self.format_line(entry));
        let text: String = lines.map(|line| line + "\n").collect();
        fs::write(&self.path, text).with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// The state is in each line: another run may write to the same file.
    fn format_line(&self, entry: &Entry) -> String {
        let detail = entry.detail.replace(['\t', '\n'], " ");
        format!(
            "{}\t{}\t{}\t{detail}\tpassed",
            self.state,
            entry.name,
            entry.elapsed.as_secs()
        )
    }
}

/// The checks that passed on a state. A line that was broken off in the middle is not one.
fn read(path: &Path, state: &str) -> anyhow::Result<Vec<Entry>> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("no run to go on with: cannot read {}", path.display()))?;
    let entries: Vec<Entry> = text
        .lines()
        .filter_map(|line| parse_line(line, state))
        .collect();
    anyhow::ensure!(
        !entries.is_empty(),
        "no run to go on with: nothing has passed of this commit, with this toolchain and environment"
    );
    Ok(entries)
}

fn parse_line(line: &str, state: &str) -> Option<Entry> {
    let mut parts = line.strip_prefix(state)?.strip_prefix('\t')?.split('\t');
    let entry = Entry {
        name: parts.next()?.to_owned(),
        elapsed: Duration::from_secs(parts.next()?.parse().ok()?),
        detail: parts.next()?.to_owned(),
    };
    (parts.next()? == "passed" && parts.next().is_none()).then_some(entry)
}

/// What decides how the checks end: the commit that is checked out with nothing changed beside it, the compilers, and what the environment
/// tells them and the tests. Sources with changes, and those without git, have none.
fn state(root: &Path) -> Option<String> {
    let top = git(root, &["rev-parse", "--show-toplevel"])?;
    // Not the repository of another project that these sources lie in.
    (Path::new(&top).canonicalize().ok()? == root.canonicalize().ok()?).then_some(())?;
    let status = [
        "status",
        "--porcelain",
        "--untracked-files=normal",
        "--ignore-submodules=none",
    ];
    git(root, &status)?.is_empty().then_some(())?;
    let mut state = git(root, &["rev-parse", "HEAD"])?;
    for toolchain in [None, Some("+nightly")] {
        let mut rustc = Command::new("rustc");
        rustc.args(toolchain).arg("-V").current_dir(root);
        state += &format!(", {}", output(&mut rustc).unwrap_or_default());
    }
    let told = |name: &str| name.starts_with("VOX_") || name.ends_with("FLAGS");
    let mut told: Vec<(String, String)> = std::env::vars().filter(|(name, _)| told(name)).collect();
    told.sort();
    for (name, value) in told {
        state += &format!(", {name}={value}");
    }
    Some(state.replace(['\t', '\n'], " "))
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    output(Command::new("git").args(arguments).current_dir(root))
}

/// What a program prints; `None` where it fails, or is not there.
fn output(command: &mut Command) -> Option<String> {
    let captured = process::capture(command).ok()?;
    captured.success.then(|| captured.stdout.trim().to_owned())
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

    /// Gone when it is dropped.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("vox-journal-{name}-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn git_in(folder: &Path, arguments: &[&str]) {
        let who = [
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.org",
            "-c",
            "commit.gpgsign=false",
        ];
        let mut command = Command::new("git");
        command.args(who).args(arguments).current_dir(folder);
        assert!(
            process::capture(&mut command).unwrap().success,
            "{arguments:?}"
        );
    }

    #[test]
    fn what_passed_is_read_again_but_for_a_line_that_was_broken_off() {
        let folder = Folder::new("lines");
        let journal = Journal {
            path: folder.0.join("passed.tsv"),
            root: folder.0.clone(),
            state: "abc".to_owned(),
            entries: vec![entry("one"), entry("two")],
        };
        journal.write_all().unwrap();
        assert_eq!(read(&journal.path, "abc").unwrap(), journal.entries);
        let text = fs::read_to_string(&journal.path).unwrap();
        fs::write(&journal.path, &text[..text.len() - "sed\n".len()]).unwrap();
        assert_eq!(read(&journal.path, "abc").unwrap(), [entry("one")]);
        // What another state has in the same file is not this one's.
        assert!(read(&journal.path, "ab").is_err());
        assert!(read(&journal.path, "abcd").is_err());
    }

    #[test]
    fn a_state_is_that_of_a_commit_without_changes_in_its_own_repository() {
        let folder = Folder::new("states");
        let root = folder.0.as_path();
        assert_eq!(state(root), None);
        git_in(root, &["init", "-q"]);
        assert_eq!(state(root), None);
        fs::write(root.join("a"), "a").unwrap();
        git_in(root, &["add", "."]);
        git_in(root, &["commit", "-q", "-m", "a"]);
        let first = state(root).unwrap();
        assert!(first.contains("rustc"), "{first}");
        git_in(root, &["config", "status.showUntrackedFiles", "no"]);
        fs::write(root.join("b"), "b").unwrap();
        assert_eq!(state(root), None);
        fs::remove_file(root.join("b")).unwrap();
        assert_eq!(state(root), Some(first.clone()));
        git_in(root, &["commit", "-q", "--allow-empty", "-m", "b"]);
        assert_ne!(state(root).unwrap(), first);
        let inner = root.join("inner");
        fs::create_dir(&inner).unwrap();
        assert_eq!(state(&inner), None);
    }
}
