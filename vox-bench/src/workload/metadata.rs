//! A real document: what `cargo metadata --format-version 1 --offline` prints.
//!
//! The types hold packages, targets, features, declared dependencies and the
//! resolved edges. Left out are the free-form `metadata` tables: postcard does
//! not describe itself, so a value without a type cannot be read back. Missing
//! keys become `None` or empty lists; nothing is skipped, flattened or
//! untagged, for postcard writes fields by position.
//!
//! [`sample`] is a small committed document of the same form with made-up
//! paths; [`read_host`] asks the cargo of this machine.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::process::Command;

use facet::Facet;
use serde::{Deserialize, Serialize};

use super::{Family, Size, Visitor, Workload, offer};

/// The whole document.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
pub struct Document {
    /// All packages, of the workspace and from elsewhere.
    pub packages: Vec<Package>,
    /// The ids of the workspace's own packages.
    pub workspace_members: Vec<String>,
    /// The ids of those that are built when nothing is said.
    #[serde(default)]
    pub workspace_default_members: Vec<String>,
    /// The graph of dependencies, unless it was not asked for.
    pub resolve: Option<Resolve>,
    /// Where the workspace is built.
    pub target_directory: String,
    /// Where intermediate results go; older cargos do not say.
    pub build_directory: Option<String>,
    /// The version of this format.
    pub version: u32,
    /// Where the workspace is.
    pub workspace_root: String,
}

/// One package.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
#[expect(missing_docs, reason = "the fields are those of a cargo manifest")]
pub struct Package {
    pub name: String,
    pub version: String,
    pub id: String,
    pub license: Option<String>,
    pub license_file: Option<String>,
    pub description: Option<String>,
    pub source: Option<String>,
    pub dependencies: Vec<Dependency>,
    pub targets: Vec<Target>,
    pub features: BTreeMap<String, Vec<String>>,
    pub manifest_path: String,
    pub publish: Option<Vec<String>>,
    pub authors: Vec<String>,
    pub categories: Vec<String>,
    pub keywords: Vec<String>,
    pub readme: Option<String>,
    pub repository: Option<String>,
    pub homepage: Option<String>,
    pub documentation: Option<String>,
    pub edition: String,
    pub links: Option<String>,
    pub default_run: Option<String>,
    pub rust_version: Option<String>,
}

/// A dependency as a manifest declares it.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
#[expect(missing_docs, reason = "the fields are those of a cargo manifest")]
pub struct Dependency {
    pub name: String,
    pub source: Option<String>,
    pub req: String,
    /// `None` is the normal kind.
    pub kind: Option<DependencyKind>,
    pub rename: Option<String>,
    pub optional: bool,
    pub uses_default_features: bool,
    pub features: Vec<String>,
    /// The platform it is for.
    pub target: Option<String>,
    pub registry: Option<String>,
    pub path: Option<String>,
}

/// What a dependency that is not normal is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum DependencyKind {
    /// For tests, examples and benchmarks.
    Dev,
    /// For the build script.
    Build,
}

/// Something a package builds.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
#[expect(missing_docs, reason = "the fields are those of a cargo manifest")]
pub struct Target {
    pub kind: Vec<String>,
    pub crate_types: Vec<String>,
    #[serde(rename = "required-features", default)]
    pub required_features: Vec<String>,
    pub name: String,
    pub src_path: String,
    pub edition: String,
    pub doc: bool,
    pub doctest: bool,
    pub test: bool,
}

/// The graph of dependencies.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
pub struct Resolve {
    /// One node per package.
    pub nodes: Vec<Node>,
    /// The package cargo was asked about; a workspace has none.
    pub root: Option<String>,
}

/// A package in the graph.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
pub struct Node {
    /// The package's id.
    pub id: String,
    /// The ids of what it depends on.
    pub dependencies: Vec<String>,
    /// The same with names and kinds.
    pub deps: Vec<Edge>,
    /// The features that are on.
    pub features: Vec<String>,
}

/// An edge of the graph.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
pub struct Edge {
    /// What the depending package calls it.
    pub name: String,
    /// The id of what is depended on.
    pub pkg: String,
    /// Why, and for which platforms.
    pub dep_kinds: Vec<EdgeKind>,
}

/// Why an edge is there.
#[derive(Debug, Clone, PartialEq, Facet, Serialize, Deserialize)]
#[cfg_attr(
    feature = "peers",
    derive(
        bincode::Encode,
        bitcode::Encode,
        borsh::BorshSerialize,
        rkyv::Archive,
        rkyv::Serialize,
        speedy::Writable,
        wincode::SchemaWrite
    )
)]
pub struct EdgeKind {
    /// `None` is the normal kind.
    pub kind: Option<DependencyKind>,
    /// The platform it is for.
    pub target: Option<String>,
}

/// Reads a document from cargo's JSON. Keys without a field here are ignored.
pub fn from_json(json: &str) -> serde_json::Result<Document> {
    serde_json::from_str(json)
}

/// The committed document.
pub fn sample() -> Document {
    let json = include_str!("../../../fixtures/metadata/sample.json");
    from_json(json).expect("the committed document has the form of cargo's")
}

/// Asks the cargo of this machine about the workspace this program is run in.
///
/// `CARGO` and `CARGO_MANIFEST_DIR`, which cargo sets for what it runs, decide
/// which cargo and which workspace; without them it is the `cargo` on the path
/// and the current directory. Offline cargo knows only what was downloaded for
/// this platform; when that is not enough it is asked for this platform alone.
pub fn read_host() -> Result<Document, ReadError> {
    match run_cargo(&[]) {
        Err(ReadError::Refused(_)) => {
            let filter = format!("--filter-platform={}", host_triple()?);
            run_cargo(&[&filter])
        }
        answer => answer,
    }
}

fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    if let Some(directory) = std::env::var_os("CARGO_MANIFEST_DIR") {
        command.current_dir(directory);
    }
    command
}

fn run_cargo(more: &[&str]) -> Result<Document, ReadError> {
    let mut command = cargo();
    command.args(["metadata", "--format-version", "1", "--offline"]);
    let json = read_output(command.args(more))?;
    from_json(&json).map_err(ReadError::Malformed)
}

/// The triple of the platform cargo runs on.
fn host_triple() -> Result<String, ReadError> {
    let version = read_output(cargo().arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let missing = || ReadError::Refused(format!("no host in what cargo -vV says: {version}"));
    host.map(str::to_owned).ok_or_else(missing)
}

fn read_output(command: &mut Command) -> Result<String, ReadError> {
    let output = command.output().map_err(ReadError::NotStarted)?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(ReadError::Refused(complaint));
    }
    let not_text = |error| ReadError::NotStarted(io::Error::new(io::ErrorKind::InvalidData, error));
    String::from_utf8(output.stdout).map_err(not_text)
}

/// Why the host's document could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// Cargo could not be run, or what it printed was no text.
    NotStarted(io::Error),
    /// Cargo ran and failed; this is what it said.
    Refused(String),
    /// Cargo's answer has another form than the types here.
    Malformed(serde_json::Error),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(error) => write!(f, "cargo could not be run: {error}"),
            Self::Refused(complaint) => write!(f, "cargo metadata failed: {}", complaint.trim()),
            Self::Malformed(error) => write!(f, "cargo's metadata has another form: {error}"),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotStarted(error) => Some(error),
            Self::Refused(_) => None,
            Self::Malformed(error) => Some(error),
        }
    }
}

/// The workload that [`visit_host`] offers.
pub const HOST: Workload = Workload {
    name: "metadata_host",
    family: Family::Metadata,
    size: Size::Unknown,
    repeatable: true,
};

/// Offers this machine's document, which [`visit_all`](super::visit_all) does
/// not: it runs a program, and that may fail.
pub fn visit_host<V: Visitor>(visitor: &mut V) -> Result<(), ReadError> {
    if visitor.wants(&HOST) {
        visitor.visit(&HOST, &read_host()?);
    }
    Ok(())
}

pub(super) fn visit_rows<V: Visitor>(visitor: &mut V) {
    let row = Workload::row("metadata_sample", Family::Metadata, 6_218);
    offer(visitor, row, sample);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(document: &Document) {
        let bytes = postcard::to_allocvec(document).unwrap();
        let (back, rest) = postcard::take_from_bytes::<Document>(&bytes).unwrap();
        assert_eq!(&back, document);
        assert_eq!(rest, [0u8; 0]);
    }

    #[test]
    fn the_sample_holds_what_the_types_can_hold() {
        let document = sample();
        let lighthouse = &document.packages[0];
        assert_eq!(lighthouse.features["foghorn"], ["dep:foghorn"]);
        assert_eq!(lighthouse.targets[1].required_features, ["foghorn", "cli"]);
        let kinds: Vec<_> = document
            .packages
            .iter()
            .flat_map(|package| &package.dependencies)
            .map(|dependency| dependency.kind)
            .collect();
        let (dev, build) = (DependencyKind::Dev, DependencyKind::Build);
        for kind in [None, Some(dev), Some(build)] {
            assert!(kinds.contains(&kind), "{kind:?}");
        }
        assert_eq!(lighthouse.dependencies[2].source, None);
        assert!(lighthouse.dependencies[2].path.is_some());
        let nodes = document.resolve.unwrap().nodes;
        assert_eq!(nodes.len(), document.packages.len());
        let platform = &nodes[2].deps[1].dep_kinds[0].target;
        assert_eq!(platform.as_deref(), Some("cfg(target_os = \"linux\")"));
    }

    #[test]
    fn the_sample_reads_back() {
        round_trip(&sample());
    }

    #[test]
    #[cfg_attr(windows, ignore = "Wine has no cargo to ask")]
    #[cfg_attr(miri, ignore = "Miri runs no other programs")]
    fn the_host_reads_back() {
        let document = read_host().unwrap();
        let named = |package: &Package| package.name == env!("CARGO_PKG_NAME");
        let position = document.packages.iter().position(named);
        let package = &document.packages[position.expect("this package is in its workspace")];
        assert!(document.workspace_members.contains(&package.id));
        assert!(package.dependencies.iter().any(|it| it.name == "serde"));
        let resolve = document.resolve.as_ref().expect("edges were asked for");
        let node = resolve.nodes.iter().find(|node| node.id == package.id);
        assert!(node.unwrap().deps.iter().any(|edge| edge.name == "serde"));
        round_trip(&document);
    }

    #[test]
    fn another_form_is_an_error() {
        let error = from_json(r#"{"packages": 1}"#).unwrap_err();
        let text = ReadError::Malformed(error).to_string();
        assert!(
            text.starts_with("cargo's metadata has another form: "),
            "{text}"
        );
    }
}
