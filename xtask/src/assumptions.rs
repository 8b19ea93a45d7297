//! Holds SAFETY.md and the code together: the assumptions by number, the proofs that name them, and the tests that guard them.
//!
//! For: a number nobody knows, and an assumption no test has the number of.
//! Not for: whether a proof is right. That takes a reader.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, bail};

use crate::context::Context;
use crate::outcome::Outcome;
use crate::sources::{self, SourceFile};

pub(crate) fn check(cx: &Context) -> anyhow::Result<Outcome> {
    let page = fs::read_to_string(cx.root().join("SAFETY.md")).context("cannot read SAFETY.md")?;
    let files = sources::read(cx, &["src", "tests", "benches", "examples"])?;
    let listed = listed(&page);
    let problems = judge(&listed, &files);
    for problem in &problems {
        println!("{problem}");
    }
    if listed.is_empty() {
        bail!("SAFETY.md lists no assumption");
    }
    if !problems.is_empty() {
        bail!("{} problems with assumptions", problems.len());
    }
    let count = listed.len();
    Ok(Outcome::Passed(format!("{count} assumptions")))
}

/// The numbers of the table's rows, which begin with `| A7 |`.
fn listed(page: &str) -> BTreeSet<u32> {
    page.lines()
        .filter_map(|line| line.strip_prefix("| A")?.split_once(" |"))
        .filter_map(|(number, _)| number.parse().ok())
        .collect()
}

fn judge(listed: &BTreeSet<u32>, files: &[SourceFile]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut guarded = BTreeSet::new();
    for file in files {
        for (line, number) in named_in_proofs(&file.text) {
            if !listed.contains(&number) {
                let path = &file.path;
                problems.push(format!("{path}:{line}: SAFETY.md has no A{number}"));
            }
        }
        for (line, number) in guards(&file.text) {
            guarded.insert(number);
            if !listed.contains(&number) {
                let path = &file.path;
                problems.push(format!(
                    "{path}:{line}: a test guards A{number}, which SAFETY.md does not have"
                ));
            }
        }
    }
    for number in listed.difference(&guarded) {
        problems.push(format!(
            "A{number} has no guard: no test is called `a{number}_...`"
        ));
    }
    problems
}

/// The numbers that comments from a `SAFETY:` on name, with their lines.
fn named_in_proofs(text: &str) -> Vec<(usize, u32)> {
    let mut named = Vec::new();
    let mut is_proof = false;
    for (idx, line) in text.lines().enumerate() {
        let Some((_, comment)) = line.split_once("//") else {
            is_proof = false;
            continue;
        };
        is_proof |= comment.contains("SAFETY:");
        if is_proof {
            let words = comment.split(|c: char| !c.is_ascii_alphanumeric());
            let numbers = words.filter_map(|word| word.strip_prefix('A')?.parse().ok());
            named.extend(numbers.map(|number| (idx + 1, number)));
        }
    }
    named
}

/// The numbers in the names of tests: `a7_` at the start, behind the attribute `test` or inside `codec_test!`.
fn guards(text: &str) -> Vec<(usize, u32)> {
    let mut guards = Vec::new();
    let mut is_test = false;
    for (idx, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("#[") {
            is_test |= line == "#[test]";
        } else if line.ends_with("codec_test!(") {
            is_test = true;
        } else if line == ");" {
            // A list of values, which has no `fn`.
            is_test = false;
        } else if let Some(name) = line.strip_prefix("fn ") {
            let number = name
                .strip_prefix('a')
                .and_then(|rest| rest.split_once('_'))
                .and_then(|(number, _)| number.parse().ok());
            guards.extend(number.filter(|_| is_test).map(|number| (idx + 1, number)));
            is_test = false;
        }
    }
    guards
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "| | assumption | guard |\n|---|---|---|\n| A1 | one | `a1_` |\n| A12 | other | `a12_` |\n";

    fn file(text: &str) -> SourceFile {
        SourceFile {
            path: String::from("a/src/b.rs"),
            text: String::from(text),
        }
    }

    fn problems(text: &str) -> Vec<String> {
        judge(&listed(PAGE), &[file(text)])
    }

    const GUARDS: &str = "#[test]\nfn a1_holds() {}\n\n#[test]\n#[cfg(unix)]\nfn a12_too() {}\n";

    #[test]
    fn rows_are_found_by_their_numbers() {
        assert_eq!(listed(PAGE), BTreeSet::from([1, 12]));
    }

    #[test]
    fn guarded_and_known_is_right() {
        let proof = "// SAFETY: of this\n// and that (A1, A12).\n";
        assert_eq!(problems(&format!("{proof}{GUARDS}")), Vec::<String>::new());
    }

    #[test]
    fn a_number_nobody_knows_is_found() {
        let found = problems(&format!(
            "{GUARDS}    // SAFETY: long\n    // story (A3).\n"
        ));
        assert_eq!(found, ["a/src/b.rs:8: SAFETY.md has no A3"]);
        // In a comment that proves nothing it may be anything.
        assert_eq!(
            problems(&format!("// On paper of size A4.\n{GUARDS}")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn an_assumption_without_a_test_is_found() {
        let found = problems("#[test]\nfn a1_holds() {}\nfn a12_is_no_test() {}\n");
        assert_eq!(found, ["A12 has no guard: no test is called `a12_...`"]);
    }

    #[test]
    fn a_test_of_the_codec_is_a_guard() {
        let text = "#[test]\nfn a12_too() {}\ncodec_test!(\n    /// Why.\n    fn a1_holds(judge: &Judge) {\n    }\n);\n";
        assert_eq!(problems(text), Vec::<String>::new());
        let text = "#[test]\nfn a12_too() {}\ncodec_test!(\n    numbers: 1\n);\nfn a1_helps() {}\n";
        assert_eq!(problems(text).len(), 1);
    }

    #[test]
    fn a_guard_of_nothing_is_found() {
        let found = problems(&format!("{GUARDS}#[test]\nfn a2_old() {{}}\n"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("guards A2"), "{found:?}");
    }
}
