//! Holds the dependency direction: which crate may use which, and which module may name what.
//!
//! The rules are one table in `layers/rules.rs`; `layers/crates.rs` judges manifests and dependency trees,
//! `layers/modules.rs` judges source files, `layers/scan.rs` finds what a file mentions.

mod crates;
mod modules;
mod rules;
mod scan;

use anyhow::bail;

use crate::context::Context;
use crate::outcome::Outcome;
use crate::sources;

pub(crate) fn check(cx: &Context) -> anyhow::Result<Outcome> {
    let mut violations = crates::judge(
        &crates::read_members(&cx.metadata),
        &crates::read_edges(&cx.metadata),
        rules::CRATES,
    );
    for rule in rules::TREES {
        violations.extend(crates::judge_tree(cx, rule)?);
    }
    // Integration tests, benches and examples are not layers.
    let files = sources::read(cx, &["src"])?;
    violations.extend(modules::judge(&files, rules::MODULES));
    for violation in &violations {
        println!("{violation}");
    }
    if !violations.is_empty() {
        bail!(
            "{} violations of the dependency direction",
            violations.len()
        );
    }
    Ok(Outcome::Passed(format!(
        "{} crate rules, {} trees, {} module rules, {} files",
        rules::CRATES.len(),
        rules::TREES.len(),
        rules::MODULES.len(),
        files.len()
    )))
}

/// Whether `name` is what `pattern` says; a trailing `*` stands for any ending.
fn matches_pattern(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::matches_pattern;

    #[test]
    fn a_star_stands_for_any_ending_only() {
        assert!(matches_pattern("cranelift*", "cranelift-codegen"));
        assert!(matches_pattern("vox", "vox"));
        assert!(!matches_pattern("vox", "vox-core"));
        assert!(!matches_pattern("cranelift*", "my-cranelift"));
    }
}
