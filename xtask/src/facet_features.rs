//! Every crate feature facet offers has a row on the page of what vox supports, and no row is of a feature that is gone.
//!
//! The page is generated in `vox/tests/zoo`, where nothing knows what facet offers; cargo does, of the version in use.

use std::collections::BTreeSet;
use std::fs;

use cargo_metadata::Metadata;

use crate::context::Context;

const PAGE: &str = "vox/src/support.md";
const SECTION: &str = "# Features of facet";

/// The features of `facet` and of the crate that has its types.
fn offered(metadata: &Metadata) -> BTreeSet<String> {
    let packages = metadata.packages.iter();
    let facets = packages.filter(|package| matches!(package.name.as_str(), "facet" | "facet-core"));
    facets
        .flat_map(|package| package.features.keys().cloned())
        .collect()
}

/// The features that have a row: the first cells of the section's table.
fn listed(page: &str) -> BTreeSet<String> {
    let (_, section) = page.split_once(SECTION).unwrap_or_default();
    let section = section.split("\n# ").next().unwrap_or_default();
    let cells = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    cells.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn every_feature_of_facet_has_a_row() {
    let cx = Context::load(false).expect("cargo knows the workspace");
    let page = fs::read_to_string(cx.root().join(PAGE)).expect("the page is there");
    let (offered, listed) = (offered(&cx.metadata), listed(&page));
    assert!(offered.contains("std"), "{offered:?}");
    let missing: Vec<_> = offered.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&offered).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "{PAGE} has no row for {missing:?}, and rows for {gone:?}, which facet does not have"
    );
}

#[test]
fn a_row_is_a_first_cell_of_the_section() {
    let page = "| `a` | not here |\n# Features of facet\n\n| feature |\n|---|\n| `b` | `c` |\n# After\n| `d` | x |\n";
    assert_eq!(listed(page), BTreeSet::from([String::from("b")]));
    assert_eq!(listed("| `a` | b |"), BTreeSet::new());
}
