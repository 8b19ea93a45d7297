//! Runs every example of `vox`, as a reader who copies one would.
//!
//! An example without assertions still fails here when it panics, returns an error or hangs.

use std::time::Duration;

use anyhow::bail;
use cargo_metadata::TargetKind;

use crate::context::Context;
use crate::outcome::Outcome;
use crate::process;

/// Examples are short by intention; one that waits for something that never comes must not stop the gate.
const LIMIT: Duration = Duration::from_secs(120);

struct Example {
    name: String,
    features: Vec<String>,
}

pub(crate) fn run_all(cx: &Context) -> anyhow::Result<Outcome> {
    let folder = cx.root().join("vox/examples");
    if !folder.is_dir() {
        bail!("vox/examples does not exist");
    }
    let examples = list(cx)?;
    for example in &examples {
        run_one(cx, example)?;
    }
    Ok(Outcome::Passed(format!("{} examples", examples.len())))
}

fn list(cx: &Context) -> anyhow::Result<Vec<Example>> {
    let vox = cx.package("vox")?;
    let targets = vox.targets.iter();
    Ok(targets
        .filter(|target| target.kind.contains(&TargetKind::Example))
        .map(|target| Example {
            name: target.name.clone(),
            features: target.required_features.clone(),
        })
        .collect())
}

fn run_one(cx: &Context, example: &Example) -> anyhow::Result<()> {
    let features = example.features.join(",");
    let choice = [
        "-p",
        "vox",
        "--example",
        &example.name,
        "--features",
        &features,
    ];
    // Built apart, so that the limit is on running alone.
    process::run(cx.cargo(&["build", "--quiet"]).args(choice))?;
    process::run_within(cx.cargo(&["run", "--quiet"]).args(choice), LIMIT)
}
