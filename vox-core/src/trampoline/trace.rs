//! Recording the way from a failure to the root, innermost step first.

use crate::cx::EncodeCx;
use crate::entry_fn;
use crate::program::{PathId, PathPart, Program};

entry_fn! {
    /// Records a static part of a program.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `program` is alive.
    #[cold]
    pub unsafe fn trace_static(cx: *mut EncodeCx, program: *const Program, path: usize) {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        let (cx, program) = unsafe { (&mut *cx, &*program) };
        if cx.has_place() {
            let part = program.code.paths.get(PathId::from_index(path));
            cx.trace(PathPart::Static(part.to_owned()));
        }
    }
}

entry_fn! {
    /// Records that recursion in last position led so many values further.
    ///
    /// # Safety
    ///
    /// As for [`trace_static`].
    #[cold]
    pub unsafe fn trace_repeats(cx: *mut EncodeCx, program: *const Program, count: usize) {
        // SAFETY: as in `trace_static`.
        let (cx, program) = unsafe { (&mut *cx, &*program) };
        if count != 0 && cx.has_place() {
            let steps = program.code.repeat_paths();
            cx.trace(PathPart::Repeated { steps, count: count as u64 });
        }
    }
}

entry_fn! {
    /// Records an element of a list or array.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode.
    #[cold]
    pub unsafe fn trace_index(cx: *mut EncodeCx, index: usize) {
        // SAFETY: as in `trace_static`.
        unsafe { &mut *cx }.trace(PathPart::Index(index as u64));
    }
}

entry_fn! {
    /// Records the key of a map entry.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode.
    #[cold]
    pub unsafe fn trace_key(cx: *mut EncodeCx, index: usize) {
        // SAFETY: as in `trace_static`.
        unsafe { &mut *cx }.trace(PathPart::Key(index as u64));
    }
}

entry_fn! {
    /// Records the value of a map entry.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode.
    #[cold]
    pub unsafe fn trace_value(cx: *mut EncodeCx, index: usize) {
        // SAFETY: as in `trace_static`.
        unsafe { &mut *cx }.trace(PathPart::Value(index as u64));
    }
}

/// Functions as those above, that are told how far the item is behind the first, and from each to the next: who goes from address to address has
/// not counted, and machine code that divides keeps two registers for it.
macro_rules! at_distance {
    ($($(#[$doc:meta])* $name:ident = $part:ident;)*) => { $(
        entry_fn! {
            $(#[$doc])*
            ///
            /// # Safety
            ///
            /// `cx` is the state of a running encode, and `stride` is not 0.
            #[cold]
            pub unsafe fn $name(cx: *mut EncodeCx, distance: usize, stride: usize) {
                // SAFETY: the caller's duty.
                unsafe { $part(cx, distance / stride) };
            }
        }
    )* };
}

at_distance! {
    /// As [`trace_index`].
    trace_index_at = trace_index;
    /// As [`trace_key`].
    trace_key_at = trace_key;
    /// As [`trace_value`].
    trace_value_at = trace_value;
}
