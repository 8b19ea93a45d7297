//! Lints `vox` with each of its features alone, without the default ones.
//!
//! Builds with all features, or none, do not see an import that one feature needs and another leaves unused. Not for: the tests,
//! which run with none, with the default ones and with all.

use anyhow::{Context as _, bail};

use crate::context::Context;
use crate::outcome::Outcome;
use crate::process;

pub(crate) fn check(cx: &Context) -> anyhow::Result<Outcome> {
    let features = list(cx)?;
    if features.is_empty() {
        bail!("`vox` has no features");
    }
    for feature in &features {
        let mut command = cx.cargo(&["clippy", "-p", "vox", "--no-default-features", "--features"]);
        process::run(command.args([feature, "--", "-D", "warnings"]))
            .with_context(|| format!("with the feature `{feature}` alone"))?;
    }
    Ok(Outcome::Passed(format!("{} features", features.len())))
}

fn list(cx: &Context) -> anyhow::Result<Vec<String>> {
    let vox = cx.package("vox")?;
    let names = vox.features.keys();
    Ok(names.filter(|name| *name != "default").cloned().collect())
}
