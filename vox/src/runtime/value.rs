//! The address an entry takes for a value.

use facet_core::PtrConst;
use facet_reflect::Peek;
use vox_core::trampoline::unpack;

/// Calls `run` with what the entry of the value's type takes: the value's
/// address, or that of a pair of words when the type is unsized.
#[inline]
pub(crate) fn with_address<T: ?Sized, R>(value: &T, run: impl FnOnce(*const u8) -> R) -> R {
    if const { size_of::<&T>() == size_of::<usize>() } {
        return run(core::ptr::from_ref(value).cast());
    }
    // SAFETY: the unsized types that implement Facet are `str`, `Path` and
    // slices, whose metadata is a length (A5).
    let pair = unsafe { unpack(PtrConst::new(value)) };
    run((&raw const pair).cast())
}

/// As [`with_address`], for a value known by its shape.
pub(crate) fn with_peek_address<R>(peek: Peek<'_, '_>, run: impl FnOnce(*const u8) -> R) -> R {
    let data = peek.data();
    if !data.is_wide() {
        return run(data.raw_ptr());
    }
    // SAFETY: as in `with_address`.
    let pair = unsafe { unpack(data) };
    run((&raw const pair).cast())
}
