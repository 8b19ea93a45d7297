//! Judges the edges between crates, from `cargo metadata`, and whole trees, from `cargo tree`.

use anyhow::bail;
use cargo_metadata::{DependencyKind, Metadata};

use super::matches_pattern;
use super::rules::{CrateRule, TreeRule};
use crate::context::Context;
use crate::process;

/// `from` depends on `to`, to build or to run; dev-dependencies are no edges.
pub(crate) struct Edge {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) optional: bool,
}

pub(crate) fn read_members(metadata: &Metadata) -> Vec<String> {
    let packages = metadata.workspace_packages();
    packages
        .iter()
        .map(|package| package.name.to_string())
        .collect()
}

pub(crate) fn read_edges(metadata: &Metadata) -> Vec<Edge> {
    let mut edges = Vec::new();
    for package in metadata.workspace_packages() {
        for dependency in &package.dependencies {
            if dependency.kind == DependencyKind::Development {
                continue;
            }
            edges.push(Edge {
                from: package.name.to_string(),
                to: dependency.name.clone(),
                optional: dependency.optional,
            });
        }
    }
    edges
}

/// Every edge that no rule allows, every crate without a rule, every rule without a crate.
pub(crate) fn judge(members: &[String], edges: &[Edge], rules: &[CrateRule]) -> Vec<String> {
    let mut violations = Vec::new();
    for member in members {
        if !rules.iter().any(|rule| rule.name == member) {
            violations.push(format!("crate {member} has no rule in layers/rules.rs"));
        }
    }
    for rule in rules {
        if !members.iter().any(|member| member == rule.name) {
            violations.push(format!("the rule for {} has no crate", rule.name));
        }
    }
    for edge in edges {
        let Some(rule) = rules.iter().find(|rule| rule.name == edge.from) else {
            continue;
        };
        if let Some(reason) = judge_edge(edge, members, rule) {
            violations.push(format!("{} -> {}: {reason}", edge.from, edge.to));
        }
    }
    violations
}

fn judge_edge(edge: &Edge, members: &[String], rule: &CrateRule) -> Option<&'static str> {
    let to = edge.to.as_str();
    if members.contains(&edge.to) && !rule.members.contains(&to) {
        return Some("not among the crates of the workspace it may use");
    }
    if rule
        .never
        .iter()
        .any(|pattern| matches_pattern(pattern, to))
    {
        return Some("forbidden");
    }
    if rule.optional.contains(&to) && !edge.optional {
        return Some("must be optional");
    }
    None
}

/// Asks cargo for one tree and judges it.
pub(crate) fn judge_tree(cx: &Context, rule: &TreeRule) -> anyhow::Result<Vec<String>> {
    let mut command = cx.cargo(&["tree", "--target", "all", "--prefix", "none"]);
    let tree = process::capture(command.args(["--format", "{p}"]).args(rule.select))?;
    if !tree.success {
        bail!(
            "cargo tree {} failed: {}",
            rule.select.join(" "),
            tree.stderr
        );
    }
    Ok(find_in_tree(&tree.stdout, rule))
}

fn find_in_tree(tree: &str, rule: &TreeRule) -> Vec<String> {
    let mut found: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| {
            rule.absent
                .iter()
                .any(|pattern| matches_pattern(pattern, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
        .iter()
        .map(|name| format!("cargo tree {} has {name}", rule.select.join(" ")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::rules;

    fn edge(from: &str, to: &str) -> Edge {
        Edge {
            from: from.into(),
            to: to.into(),
            optional: false,
        }
    }

    fn all_members() -> Vec<String> {
        rules::CRATES
            .iter()
            .map(|rule| rule.name.to_owned())
            .collect()
    }

    fn judge_all(edges: &[Edge]) -> Vec<String> {
        judge(&all_members(), edges, rules::CRATES)
    }

    #[test]
    fn the_intended_edges_are_allowed() {
        let mut edges = vec![
            edge("vox", "vox-core"),
            edge("vox-jit", "vox-core"),
            edge("vox-jit", "vox-cabi"),
            edge("vox-jit", "cranelift-codegen"),
            edge("vox-core", "facet-core"),
            edge("vox-oracle", "vox"),
        ];
        edges.push(Edge {
            optional: true,
            ..edge("vox", "vox-jit")
        });
        assert_eq!(judge_all(&edges), Vec::<String>::new());
    }

    #[test]
    fn each_forbidden_edge_is_found() {
        for (from, to) in [
            ("vox-core", "cranelift-codegen"),
            ("vox-core", "vox-jit"),
            ("vox-core", "vox-cabi"),
            ("vox-core", "vox"),
            ("vox-core", "vox-oracle"),
            ("vox-cabi", "facet-core"),
            ("vox-cabi", "vox-core"),
            ("vox-jit", "vox"),
            ("vox-jit", "vox-bench"),
            ("vox", "vox-oracle"),
            ("vox", "cranelift-codegen"),
            ("vox", "vox-jit"), // allowed, but only as an optional dependency
            ("xtask", "vox"),
            ("xtask", "facet"),
        ] {
            let violations = judge_all(&[edge(from, to)]);
            assert_eq!(violations.len(), 1, "{from} -> {to}: {violations:?}");
        }
    }

    #[test]
    fn a_new_crate_needs_a_rule_and_a_rule_needs_a_crate() {
        let mut members = all_members();
        members.push("vox-new".into());
        members.retain(|member| member != "vox-bench");
        let violations = judge(&members, &[], rules::CRATES);
        assert_eq!(violations.len(), 2, "{violations:?}");
    }

    #[test]
    fn a_transitive_dependency_is_found_in_the_tree() {
        let tree = "vox v0.1.0 (/vox)\nvox-core v0.1.0 (/vox-core)\ncranelift-codegen v0.135.8\n";
        let violations = find_in_tree(tree, &rules::TREES[0]);
        assert_eq!(violations.len(), 1, "{violations:?}");
        assert!(violations[0].ends_with("has cranelift-codegen"));
        assert_eq!(
            find_in_tree("vox v0.1.0\nfacet-core v0.46.5\n", &rules::TREES[0]).len(),
            0
        );
    }
}
