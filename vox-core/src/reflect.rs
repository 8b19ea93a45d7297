//! What the rest of this crate names of facet: shapes, erased pointers, and the
//! types of vtable functions.
//!
//! Together with `shape`, [`crate::lower`], `leaf`, `probe` and [`crate::trampoline`] this is all the
//! contact with facet there is; another version of it is met here first.

pub use facet_core::{
    ArrayAsPtrFn, BorrowFn, ConstTypeId, IterDeallocFn, IterInitWithValueFn, IterNextFn,
    ListAsPtrFn, ListLenFn, MapLenFn, OptionGetValueFn, OptionIsSomeFn, PtrConst, PtrMut,
    ReadLockResult, ResultGetErrFn, ResultGetOkFn, ResultIsOkFn, SetLenFn, Shape, SliceAsPtrFn,
    SliceLenFn, TypeOps, WriteLockResult,
};

/// The bit of a pointer's first word that marks it as wide.
pub const WIDE_TAG: usize = 1 << (usize::BITS - 1);

/// The address of something in a value, for facet's functions.
///
/// # Panics
///
/// In WebAssembly, for what lies beyond 2 GiB: facet would take the highest bit for its mark, and read elsewhere.
#[inline]
pub(crate) fn addressable(address: *const u8) -> *const u8 {
    #[cfg(target_pointer_width = "32")]
    assert!(
        address.addr() & WIDE_TAG == 0,
        "facet 0.46 reads nothing beyond 2 GiB of memory"
    );
    address
}

// Facet's pointers are two words, in C layout; which word is which is checked
// at run time, for the fields are private.
const _: () = assert!(size_of::<PtrConst>() == 2 * size_of::<usize>());
const _: () = assert!(align_of::<PtrConst>() == align_of::<usize>());
const _: () = assert!(size_of::<PtrMut>() == size_of::<PtrConst>());

/// Whether facet's pointers are in memory what machine code takes them for: the
/// address, tagged in its highest bit when the pointer is wide, then the metadata. Looked at
/// on pointers to things of our own.
#[must_use]
pub fn pointers_are_as_modelled() -> bool {
    let words = |ptr: PtrConst| {
        // SAFETY: as large as two words and all of it initialised, by the
        // asserts above and facet's `repr(C)` of two pointers (A5).
        unsafe { core::mem::transmute::<PtrConst, [usize; 2]>(ptr) }
    };
    let number = 5_u64;
    let thin = words(PtrConst::new(&raw const number));
    let text = "some text";
    let wide = words(PtrConst::new(text));
    thin == [(&raw const number).addr(), 0] && wide == [text.as_ptr().addr() | WIDE_TAG, text.len()]
}
