//! The address an entry takes for a value.

use facet_core::PtrConst;
use facet_reflect::Peek;
use vox_core::entry::MAY_BE_TAGGED;
use vox_core::reflect::WIDE_TAG;
use vox_core::trampoline::unpack;

/// A value as the root of an encode.
#[derive(Clone, Copy)]
pub(crate) struct Root {
    /// What the entry of the value's type takes: the value's address, or that of a
    /// pair of words when the type is unsized.
    pub(crate) address: *const u8,
    /// Whether the value's own address has the bit facet marks wide pointers with:
    /// Android's tagged pointers, and the upper half of 32-bit address spaces.
    pub(crate) is_tagged: bool,
}

impl Root {
    #[inline]
    fn sized(address: *const u8) -> Self {
        Self {
            address,
            is_tagged: MAY_BE_TAGGED && address.addr() & WIDE_TAG != 0,
        }
    }
}

/// Calls `run` with the root that a value is.
// Every call is on the hot path, and what it does is less than a call.
#[expect(clippy::inline_always, reason = "a test and a call")]
#[inline(always)]
pub(crate) fn with_root<T: ?Sized, R>(value: &T, run: impl FnOnce(Root) -> R) -> R {
    let own = Root::sized(core::ptr::from_ref(value).cast());
    if const { size_of::<&T>() == size_of::<usize>() } {
        return run(own);
    }
    // SAFETY: the unsized types that implement Facet are `str`, `Path` and
    // slices, whose metadata is a length (A5).
    let pair = unsafe { unpack(PtrConst::new(value)) };
    run(Root {
        address: (&raw const pair).cast(),
        is_tagged: own.is_tagged,
    })
}

/// As [`with_root`], for a value known by its shape.
pub(crate) fn with_peek_root<R>(peek: Peek<'_, '_>, run: impl FnOnce(Root) -> R) -> R {
    let data = peek.data();
    let is_sized = peek.shape().layout.sized_layout().is_ok();
    if is_sized || !data.is_wide() {
        // Of a sized value the mark can only be the address's own. It is cleared
        // here, and nothing will read there.
        return run(Root {
            address: data.raw_ptr(),
            is_tagged: data.is_wide(),
        });
    }
    // SAFETY: as in `with_root`.
    let pair = unsafe { unpack(data) };
    run(Root {
        address: (&raw const pair).cast(),
        // Whether the address had the bit before facet set it cannot be told.
        is_tagged: false,
    })
}
