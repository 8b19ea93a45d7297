//! Paths: written as the string they are, or not at all.

use core::ptr;
use std::path::{Path, PathBuf};

use facet_core::PtrConst;

use super::make_room;
use crate::cx::{EncodeCx, Failure};
use crate::entry::Pair;
use crate::entry_fn;
use crate::wire::varint;

/// Below this a copy of our own is cheaper than the sink's cold path.
const SHORT_LEN: usize = 1024;

/// # Safety
///
/// `cx` is the state of a running encode and `out` its cursor.
unsafe fn write(cx: *mut EncodeCx, path: &Path, out: *mut u8, spare: usize) -> *mut u8 {
    let Some(text) = path.to_str() else {
        // SAFETY: the state is ours while a function of ours runs (assumption A3).
        let cx = unsafe { &mut *cx };
        // The words are those of serde's error.
        return cx.fail(Failure::Value(String::from(
            "path contains invalid UTF-8 characters",
        )));
    };
    let short = text.len() <= SHORT_LEN;
    let wanted = varint::MAX_LEN_U64 + if short { text.len() + spare } else { 0 };
    // A length has at most 64 bits on the targets Rust has.
    let len = u64::try_from(text.len()).unwrap_or(u64::MAX);
    // SAFETY: the duty of this function; the room made covers the length, and
    // the text and the spare bytes too when it is short.
    unsafe {
        let out = make_room(cx, out, wanted);
        if out.is_null() {
            return out;
        }
        let out = varint::write_u64(out, len);
        if short {
            ptr::copy_nonoverlapping(text.as_ptr(), out, text.len());
            out.add(text.len())
        } else {
            ((*cx).bulk)(cx, out, text.as_ptr(), text.len(), spare)
        }
    }
}

entry_fn! {
    /// [`crate::entry::LeafFn`] of `PathBuf`.
    ///
    /// # Safety
    ///
    /// `value` is the address of a live `PathBuf`, `cx` the state of a running
    /// encode and `out` its cursor.
    pub(super) unsafe fn write_path_buf(cx: *mut EncodeCx, value: *const u8, out: *mut u8, spare: usize) -> *mut u8 {
        // SAFETY: the duty of this function.
        unsafe { write(cx, &*value.cast::<PathBuf>(), out, spare) }
    }
}

entry_fn! {
    /// [`crate::entry::LeafFn`] of `Path`.
    ///
    /// # Safety
    ///
    /// `value` is the address of the pair of a live `Path`, `cx` the state of a
    /// running encode and `out` its cursor.
    pub(super) unsafe fn write_path(cx: *mut EncodeCx, value: *const u8, out: *mut u8, spare: usize) -> *mut u8 {
        // SAFETY: the duty of this function; facet's own pointer puts the two
        // words together as it took them apart.
        unsafe {
            let pair = value.cast::<Pair>().read();
            let path = PtrConst::new_wide(pair.ptr, ptr::without_provenance(pair.len));
            write(cx, path.get::<Path>(), out, spare)
        }
    }
}
