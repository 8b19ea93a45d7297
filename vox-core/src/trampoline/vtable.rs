//! Trampolines for `extern "C"` vtable functions: what machine code uses where
//! the platform's C calling convention is unknown, and what its own calls are
//! judged by.
//!
//! Each takes words and answers a word, whatever the function behind it takes.
//! None catches panics: a vtable function that panics aborts at its own `extern "C"` edge.

use facet_core::{
    ArrayAsPtrFn, BorrowFn, IterDeallocFn, IterInitWithValueFn, ListAsPtrFn, ListLenFn, MapLenFn,
    OptionGetValueFn, OptionIsSomeFn, PtrMut, ResultGetErrFn, ResultGetOkFn, ResultIsOkFn,
    SetLenFn, SliceAsPtrFn, SliceLenFn,
};

use super::{DONE, pack, unpack};
use crate::cx::{EncodeCx, thin};
use crate::entry::Pair;
use crate::entry_fn;

macro_rules! on_thin {
    ($($(#[$doc:meta])* $name:ident: $ty:ty => $ret:ty, |$answer:ident| $convert:expr;)*) => { $(
        entry_fn! {
            $(#[$doc])*
            ///
            /// # Safety
            ///
            /// `cx` is the state of a running encode, `function` is the address of a function
            /// of this type for the shape of the live value.
            pub unsafe fn $name(cx: *mut EncodeCx, function: *const (), value: *const u8) -> $ret {
                // SAFETY: the state is exclusively ours while a function of ours runs (A3).
                unsafe { (*cx).counters.c_trampoline_calls += 1 };
                // SAFETY: programs name functions of the kind their ops call (A2).
                let function = unsafe { core::mem::transmute::<*const (), $ty>(function) };
                // SAFETY: the value is alive and of the function's shape (A1).
                let $answer = unsafe { function(thin(value)) };
                $convert
            }
        }
    )* };
}

on_thin! {
    /// `ListVTable::len`.
    list_len: ListLenFn => usize, |answer| answer;
    /// `ListVTable::as_ptr`.
    list_as_ptr: ListAsPtrFn => *const u8, |answer| answer.raw_ptr();
    /// `ArrayVTable::as_ptr`.
    array_as_ptr: ArrayAsPtrFn => *const u8, |answer| answer.raw_ptr();
    /// `OptionVTable::is_some`, as 0 or 1.
    option_is_some: OptionIsSomeFn => usize, |answer| usize::from(answer);
    /// `OptionVTable::get_value`.
    option_get_value: OptionGetValueFn => *const u8, |answer| answer;
    /// `ResultVTable::is_ok`, as 0 or 1.
    result_is_ok: ResultIsOkFn => usize, |answer| usize::from(answer);
    /// `ResultVTable::get_ok`.
    result_get_ok: ResultGetOkFn => *const u8, |answer| answer;
    /// `ResultVTable::get_err`.
    result_get_err: ResultGetErrFn => *const u8, |answer| answer;
    /// `PointerVTable::borrow_fn`, for a thin result.
    borrow_thin: BorrowFn => *const u8, |answer| answer.raw_ptr();
    /// `MapVTable::len`.
    map_len: MapLenFn => usize, |answer| answer;
    /// `SetVTable::len`.
    set_len: SetLenFn => usize, |answer| answer;
}

entry_fn! {
    /// `SliceVTable::len`; `pair` is the slice's address and length.
    ///
    /// # Safety
    ///
    /// As for `list_len`, `pair` points to a pair.
    pub unsafe fn slice_len(cx: *mut EncodeCx, function: *const (), pair: *const Pair) -> usize {
        // SAFETY: as in `list_len`.
        unsafe { (*cx).counters.c_trampoline_calls += 1 };
        // SAFETY: programs name functions of the kind their ops call (A2).
        let function = unsafe { core::mem::transmute::<*const (), SliceLenFn>(function) };
        // SAFETY: the slice is alive and of the function's shape (A1).
        unsafe { function(pack(pair)) }
    }
}

entry_fn! {
    /// `SliceVTable::as_ptr`; `pair` is the slice's address and length.
    ///
    /// # Safety
    ///
    /// As for `slice_len`.
    pub unsafe fn slice_as_ptr(cx: *mut EncodeCx, function: *const (), pair: *const Pair) -> *const u8 {
        // SAFETY: as in `list_len`.
        unsafe { (*cx).counters.c_trampoline_calls += 1 };
        // SAFETY: programs name functions of the kind their ops call (A2).
        let function = unsafe { core::mem::transmute::<*const (), SliceAsPtrFn>(function) };
        // SAFETY: the slice is alive and of the function's shape (A1).
        unsafe { function(pack(pair)) }.raw_ptr()
    }
}

entry_fn! {
    /// `PointerVTable::borrow_fn`, for a wide result, stored in `pair`.
    ///
    /// # Safety
    ///
    /// As for `list_len`, `pair` may be written.
    pub unsafe fn borrow_wide(cx: *mut EncodeCx, function: *const (), value: *const u8, pair: *mut Pair) -> usize {
        // SAFETY: as in `list_len`.
        unsafe { (*cx).counters.c_trampoline_calls += 1 };
        // SAFETY: programs name functions of the kind their ops call (A2).
        let function = unsafe { core::mem::transmute::<*const (), BorrowFn>(function) };
        // SAFETY: the value is alive and of the function's shape (A1); its pointee
        // is a str or a slice, whose metadata is a length.
        unsafe { pair.write(unpack(function(thin(value)))) };
        DONE
    }
}

entry_fn! {
    /// `IterVTable::init_with_value`, its answer stored in `iter`.
    ///
    /// # Safety
    ///
    /// As for `list_len`, `iter` may be written.
    pub unsafe fn iter_init(cx: *mut EncodeCx, function: *const (), value: *const u8, iter: *mut PtrMut) -> usize {
        // SAFETY: as in `list_len`.
        unsafe { (*cx).counters.c_trampoline_calls += 1 };
        // SAFETY: programs name functions of the kind their ops call (A2).
        let function = unsafe { core::mem::transmute::<*const (), IterInitWithValueFn>(function) };
        // SAFETY: the value is alive and of the function's shape (A1).
        unsafe { iter.write(function(thin(value))) };
        DONE
    }
}

entry_fn! {
    /// `IterVTable::dealloc`.
    ///
    /// # Safety
    ///
    /// As for `list_len`, `iter` points to what `init` answered, not yet freed.
    pub unsafe fn iter_dealloc(cx: *mut EncodeCx, function: *const (), iter: *const PtrMut) -> usize {
        // SAFETY: as in `list_len`.
        unsafe { (*cx).counters.c_trampoline_calls += 1 };
        // SAFETY: programs name functions of the kind their ops call (A2).
        let function = unsafe { core::mem::transmute::<*const (), IterDeallocFn>(function) };
        // SAFETY: the iterator is alive (A10).
        unsafe { function(*iter) };
        DONE
    }
}
