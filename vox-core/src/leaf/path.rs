//! Paths: written as the string they are, or not at all.

use core::ptr;
use std::path::{Path, PathBuf};

use facet_core::PtrConst;

use super::output::Output;
use super::{Known, leaf};
use crate::cx::{EncodeCx, Failure};
use crate::entry::Pair;
use crate::entry_fn;

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

entry_fn! {
    /// [`crate::entry::LeafFn`] of `Path`.
    ///
    /// # Safety
    ///
    /// `value` is the address of the pair of a live `Path`, `cx` the state of a
    /// running encode and `out` its cursor.
    unsafe fn write_path(cx: *mut EncodeCx, value: *const u8, out: *mut u8, spare: usize) -> *mut u8 {
        // SAFETY: the duty of this function; facet's own pointer puts the two
        // words together as it took them apart.
        unsafe {
            let pair = value.cast::<Pair>().read();
            let path = PtrConst::new_wide(pair.ptr, ptr::without_provenance(pair.len));
            write(path.get::<Path>(), Output::new(cx, out, spare))
        }
    }
}

pub(super) fn known() -> [Known; 2] {
    [
        Known::new::<PathBuf>(write_path_buf),
        Known::new::<Path>(write_path),
    ]
}
