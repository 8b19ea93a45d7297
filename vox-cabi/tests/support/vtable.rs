//! Every `extern "C"` function type of facet's vtables, as data.
//!
//! Each line says the Rust type twice: by facet's name and spelled out. The
//! two are compared at compile time, so a signature that changes in facet
//! breaks the build here, and the data is derived from the spelled-out form,
//! so it cannot disagree with it.

use facet_core::{
    ArrayAsMutPtrFn, ArrayAsPtrFn, BorrowFn, IterDeallocFn, IterInitWithValueFn, IterSizeHint,
    IterSizeHintFn, ListAsMutPtrFn, ListAsMutPtrTypedFn, ListAsPtrFn, ListCapacityFn,
    ListInitInPlaceWithCapacityFn, ListLenFn, ListPopFn, ListPushFn, ListReserveFn, ListSetLenFn,
    MapContainsKeyFn, MapFromPairSliceFn, MapGetValuePtrFn, MapInitInPlaceWithCapacityFn,
    MapInsertFn, MapLenFn, NewIntoFn, OptionGetValueFn, OptionInitNoneFn, OptionInitSomeFn,
    OptionIsSomeFn, OptionReplaceWithFn, PtrConst, PtrMut, PtrUninit, ResultGetErrFn,
    ResultGetOkFn, ResultInitErrFn, ResultInitOkFn, ResultIsOkFn, SetContainsFn, SetFromSliceFn,
    SetInitInPlaceWithCapacityFn, SetInsertFn, SetLenFn, SliceAsMutPtrFn, SliceAsPtrFn, SliceLenFn,
};
use vox_cabi::{FunctionType, Parameter, Returned, Words};

/// A Rust type as a parameter.
trait Passed {
    const PARAMETER: Parameter;
}

/// A Rust type as a result.
trait Comes {
    const RETURNED: Returned;
}

macro_rules! describe {
    ($($ty:ty: $parameter:expr, $returned:expr;)*) => {$(
        impl Passed for $ty {
            const PARAMETER: Parameter = $parameter;
        }
        impl Comes for $ty {
            const RETURNED: Returned = $returned;
        }
    )*};
}

const PAIR: Parameter = Parameter::Aggregate(Words::Two);
const RETURNED_PAIR: Returned = Returned::Aggregate(Words::Two);

describe! {
    PtrConst: PAIR, RETURNED_PAIR;
    PtrMut: PAIR, RETURNED_PAIR;
    PtrUninit: PAIR, RETURNED_PAIR;
    usize: Parameter::Word, Returned::Word;
    *const u8: Parameter::Pointer, Returned::Pointer;
    *mut u8: Parameter::Pointer, Returned::Pointer;
}

impl Comes for () {
    const RETURNED: Returned = Returned::Void;
}

impl Comes for bool {
    const RETURNED: Returned = Returned::Bool;
}

impl Comes for IterSizeHint {
    const RETURNED: Returned = Returned::Aggregate(Words::Three);
}

/// The layouts the descriptions above rest on.
const _: () = {
    assert!(size_of::<PtrConst>() == 16 && align_of::<PtrConst>() == 8);
    assert!(size_of::<PtrMut>() == 16 && align_of::<PtrMut>() == 8);
    assert!(size_of::<PtrUninit>() == 16 && align_of::<PtrUninit>() == 8);
    assert!(size_of::<IterSizeHint>() == 24 && align_of::<IterSizeHint>() == 8);
    assert!(std::mem::offset_of!(IterSizeHint, lower) == 0);
    assert!(std::mem::offset_of!(IterSizeHint, upper) == 8);
    assert!(std::mem::offset_of!(IterSizeHint, has_upper) == 16);
};

macro_rules! returned {
    () => {
        <() as Comes>::RETURNED
    };
    ($returned:ty) => {
        <$returned as Comes>::RETURNED
    };
}

macro_rules! vtable_functions {
    ($($name:ident: $facet:ty = fn($($parameter:ty),*) $(-> $returned:ty)?;)*) => {
        $(
            const _: Option<$facet> =
                None::<unsafe extern "C" fn($($parameter),*) $(-> $returned)?>;
            pub(crate) const $name: FunctionType<'static> = FunctionType::new(
                &[$(<$parameter as Passed>::PARAMETER),*],
                returned!($($returned)?),
            );
        )*

        /// Every function type with its name.
        pub(crate) const ALL: &[(&str, FunctionType<'static>)] = &[$((stringify!($name), $name)),*];
    };
}

vtable_functions! {
    OPTION_IS_SOME: OptionIsSomeFn = fn(PtrConst) -> bool;
    OPTION_GET_VALUE: OptionGetValueFn = fn(PtrConst) -> *const u8;
    OPTION_INIT_SOME: OptionInitSomeFn = fn(PtrUninit, PtrMut) -> PtrMut;
    OPTION_INIT_NONE: OptionInitNoneFn = fn(PtrUninit) -> PtrMut;
    OPTION_REPLACE_WITH: OptionReplaceWithFn = fn(PtrMut, *mut u8);
    RESULT_IS_OK: ResultIsOkFn = fn(PtrConst) -> bool;
    RESULT_GET_OK: ResultGetOkFn = fn(PtrConst) -> *const u8;
    RESULT_GET_ERR: ResultGetErrFn = fn(PtrConst) -> *const u8;
    RESULT_INIT_OK: ResultInitOkFn = fn(PtrUninit, PtrMut) -> PtrMut;
    RESULT_INIT_ERR: ResultInitErrFn = fn(PtrUninit, PtrMut) -> PtrMut;
    POINTER_BORROW: BorrowFn = fn(PtrConst) -> PtrConst;
    POINTER_NEW_INTO: NewIntoFn = fn(PtrUninit, PtrMut) -> PtrMut;
    SLICE_LEN: SliceLenFn = fn(PtrConst) -> usize;
    SLICE_AS_PTR: SliceAsPtrFn = fn(PtrConst) -> PtrConst;
    SLICE_AS_MUT_PTR: SliceAsMutPtrFn = fn(PtrMut) -> PtrMut;
    ARRAY_AS_PTR: ArrayAsPtrFn = fn(PtrConst) -> PtrConst;
    ARRAY_AS_MUT_PTR: ArrayAsMutPtrFn = fn(PtrMut) -> PtrMut;
    LIST_INIT_IN_PLACE_WITH_CAPACITY: ListInitInPlaceWithCapacityFn =
        fn(PtrUninit, usize) -> PtrMut;
    LIST_PUSH: ListPushFn = fn(PtrMut, PtrMut);
    LIST_POP: ListPopFn = fn(PtrMut, PtrUninit) -> bool;
    LIST_LEN: ListLenFn = fn(PtrConst) -> usize;
    LIST_AS_PTR: ListAsPtrFn = fn(PtrConst) -> PtrConst;
    LIST_AS_MUT_PTR: ListAsMutPtrFn = fn(PtrMut) -> PtrMut;
    LIST_SET_LEN: ListSetLenFn = fn(PtrMut, usize);
    LIST_AS_MUT_PTR_TYPED: ListAsMutPtrTypedFn = fn(PtrMut) -> *mut u8;
    LIST_RESERVE: ListReserveFn = fn(PtrMut, usize);
    LIST_CAPACITY: ListCapacityFn = fn(PtrConst) -> usize;
    MAP_INIT_IN_PLACE_WITH_CAPACITY: MapInitInPlaceWithCapacityFn =
        fn(PtrUninit, usize) -> PtrMut;
    MAP_INSERT: MapInsertFn = fn(PtrMut, PtrMut, PtrMut);
    MAP_LEN: MapLenFn = fn(PtrConst) -> usize;
    MAP_CONTAINS_KEY: MapContainsKeyFn = fn(PtrConst, PtrConst) -> bool;
    MAP_GET_VALUE_PTR: MapGetValuePtrFn = fn(PtrConst, PtrConst) -> *const u8;
    MAP_FROM_PAIR_SLICE: MapFromPairSliceFn = fn(PtrUninit, *mut u8, usize) -> PtrMut;
    SET_INIT_IN_PLACE_WITH_CAPACITY: SetInitInPlaceWithCapacityFn =
        fn(PtrUninit, usize) -> PtrMut;
    SET_INSERT: SetInsertFn = fn(PtrMut, PtrMut) -> bool;
    SET_LEN: SetLenFn = fn(PtrConst) -> usize;
    SET_CONTAINS: SetContainsFn = fn(PtrConst, PtrConst) -> bool;
    SET_FROM_SLICE: SetFromSliceFn = fn(PtrUninit, *mut u8, usize) -> PtrMut;
    ITERATOR_INIT_WITH_VALUE: IterInitWithValueFn = fn(PtrConst) -> PtrMut;
    ITERATOR_SIZE_HINT: IterSizeHintFn = fn(PtrMut) -> IterSizeHint;
    ITERATOR_DEALLOC: IterDeallocFn = fn(PtrMut);
}
