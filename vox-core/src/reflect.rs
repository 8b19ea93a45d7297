//! What the rest of this crate names of facet: shapes, erased pointers, and the
//! types of vtable functions.
//!
//! Together with [`crate::shape`], [`crate::lower`], `probe` and [`crate::trampoline`] this is all the
//! contact with facet there is; another version of it is met here first.

pub use facet_core::{
    ArrayAsPtrFn, BorrowFn, ConstTypeId, IterDeallocFn, IterInitWithValueFn, ListAsPtrFn,
    ListLenFn, MapLenFn, OptionGetValueFn, OptionIsSomeFn, PtrConst, PtrMut, ReadLockResult,
    ResultGetErrFn, ResultGetOkFn, ResultIsOkFn, SetLenFn, Shape, SliceAsPtrFn, SliceLenFn,
    TypeOps, WriteLockResult,
};
