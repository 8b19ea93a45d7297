//! Paths: written as the string they are, or not at all.

use std::path::{Path, PathBuf};

use super::output::Output;
use super::{Known, leaf};
use crate::cx::Failure;

fn write(path: &Path, output: Output) -> *mut u8 {
    match path.to_str() {
        Some(text) => output.text(text),
        // The words are those of serde's error.
        None => output.fail(Failure::Value(String::from(
            "path contains invalid UTF-8 characters",
        ))),
    }
}

leaf!(write_path_buf: PathBuf, |path, output| write(path, output));

leaf!(unsized write_path: Path, |path, output| write(path, output));

pub(super) fn known() -> [Known; 2] {
    [
        Known::new::<PathBuf>(write_path_buf),
        Known::new::<Path>(write_path),
    ]
}
