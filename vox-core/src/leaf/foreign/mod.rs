//! Types of other crates, as their own `Serialize` writes them for a format that
//! is not for people to read: an identifier is its bytes, but a date of `chrono` or
//! `jiff` is its text and one of `time` its numbers.
//!
//! Their crates decide that, so every type here is compared in the tests with
//! what its crate makes serde's `postcard` write. `tendril` has no `Serialize`; it is
//! written and compared as a string.

#[cfg(feature = "chrono")]
mod chrono;
mod numbers;
mod text;
#[cfg(feature = "time")]
mod time;

use facet_core::Shape;

use super::Known;
#[allow(unused_imports, reason = "unused without any of the features")]
use super::{leaf, output};

/// Everything that is compiled in.
pub(super) fn known() -> Vec<Known> {
    #[allow(unused_mut, reason = "nothing is added without the features")]
    let mut known = [numbers::known(), text::known()].concat();
    #[cfg(feature = "chrono")]
    known.extend(chrono::known());
    #[cfg(feature = "time")]
    known.extend(time::known());
    known
}

/// The path facet gives the types of a crate, the name of the feature, and whether it is on.
const FEATURES: &[(&str, &str, bool)] = &[
    ("bytestring", "bytestring", cfg!(feature = "bytestring")),
    ("camino", "camino", cfg!(feature = "camino")),
    ("chrono", "chrono", cfg!(feature = "chrono")),
    ("compact_str", "compact_str", cfg!(feature = "compact_str")),
    ("jiff", "jiff02", cfg!(feature = "jiff02")),
    (
        "ordered_float",
        "ordered-float",
        cfg!(feature = "ordered-float"),
    ),
    ("ruint", "ruint", cfg!(feature = "ruint")),
    (
        "rust_decimal",
        "rust_decimal",
        cfg!(feature = "rust_decimal"),
    ),
    ("semver", "semver", cfg!(feature = "semver")),
    ("smartstring", "smartstring", cfg!(feature = "smartstring")),
    ("smol_str", "smol_str", cfg!(feature = "smol_str")),
    ("tendril", "tendril", cfg!(feature = "tendril")),
    ("time", "time", cfg!(feature = "time")),
    ("ulid", "ulid", cfg!(feature = "ulid")),
    ("url", "url", cfg!(feature = "url")),
    ("uuid", "uuid", cfg!(feature = "uuid")),
];

/// The feature of vox that knows this shape, if it is not compiled in.
pub(crate) fn missing_feature(shape: &Shape) -> Option<&'static str> {
    missing_of(FEATURES, shape.module_path?)
}

/// The feature for a module, if it is off.
fn missing_of(features: &[(&str, &'static str, bool)], module_path: &str) -> Option<&'static str> {
    let root = module_path.split("::").next()?;
    let mut features = features.iter();
    features
        .find(|(module, _, compiled)| *module == root && !compiled)
        .map(|(_, feature, _)| *feature)
}

#[cfg(test)]
mod tests {
    use super::{FEATURES, missing_of};

    #[test]
    fn every_feature_that_is_named_exists() {
        let manifest = include_str!("../../../Cargo.toml").replace('\r', "");
        for (module, feature, _) in FEATURES {
            assert!(
                manifest.contains(&format!("\n{feature} = [\"dep:")),
                "{feature}"
            );
            let off = [(*module, *feature, false)];
            assert_eq!(
                missing_of(&off, &format!("{module}::inner")),
                Some(*feature)
            );
            assert_eq!(missing_of(&off, "another::crate"), None);
            let on = [(*module, *feature, true)];
            assert_eq!(missing_of(&on, module), None);
        }
    }
}
