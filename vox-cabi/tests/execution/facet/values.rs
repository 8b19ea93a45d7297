//! Options, results, pointers, slices and arrays.

use std::borrow::Cow;
use std::mem::MaybeUninit;
use std::sync::Arc;

use facet_core::{Def, Facet, PointerDef, PtrConst, PtrMut};

use super::{Argument, Caller, thin, uninit, wide};
use crate::vtable;

pub(super) fn call_options(cx: &mut Caller) {
    let Def::Option(def) = <Option<Box<str>>>::SHAPE.def else {
        panic!("an option");
    };
    let vtable = def.vtable;
    let mut memory = MaybeUninit::<Option<Box<str>>>::uninit();
    let address = memory.as_ptr();

    let made = call!(cx, OPTION_INIT_NONE, vtable.init_none, uninit(&mut memory));
    assert_eq!(made, thin(address));
    // SAFETY: just initialized.
    let option = unsafe { memory.assume_init_mut() };
    assert_eq!(*option, None);
    let none = PtrConst::new(option);
    assert_eq!(call!(cx, OPTION_IS_SOME, vtable.is_some, none), [0]);
    assert_eq!(call!(cx, OPTION_GET_VALUE, vtable.get_value, none), [0]);

    let mut text = std::mem::ManuallyDrop::new(Box::<str>::from("value"));
    let value = PtrMut::new(&raw mut *text);
    let made = call!(
        cx,
        OPTION_INIT_SOME,
        vtable.init_some,
        uninit(&mut memory),
        value
    );
    assert_eq!(made, thin(address));
    // SAFETY: just initialized.
    let option = unsafe { memory.assume_init_mut() };
    assert_eq!(option.as_deref(), Some("value"));
    let some = PtrConst::new(option);
    assert_eq!(call!(cx, OPTION_IS_SOME, vtable.is_some, some), [1]);
    let inner = option.as_ref().map(std::ptr::from_ref);
    let inner = inner.expect("some").cast_mut().words();
    assert_eq!(call!(cx, OPTION_GET_VALUE, vtable.get_value, some), inner);

    let mut other = std::mem::ManuallyDrop::new(Box::<str>::from("other"));
    let target = PtrMut::new(option);
    let other = (&raw mut *other).cast::<u8>();
    let nothing = call!(cx, OPTION_REPLACE_WITH, vtable.replace_with, target, other);
    assert_eq!(nothing, []);
    assert_eq!(option.as_deref(), Some("other"));
    let null = std::ptr::null_mut::<u8>();
    call!(cx, OPTION_REPLACE_WITH, vtable.replace_with, target, null);
    assert_eq!(*option, None);
}

pub(super) fn call_results(cx: &mut Caller) {
    type Outcome = Result<u32, String>;
    let Def::Result(def) = Outcome::SHAPE.def else {
        panic!("a result");
    };
    let vtable = def.vtable;
    let mut memory = MaybeUninit::<Outcome>::uninit();
    let address = memory.as_ptr();

    let mut number = 17_u32;
    let value = PtrMut::new(&raw mut number);
    let made = call!(
        cx,
        RESULT_INIT_OK,
        vtable.init_ok,
        uninit(&mut memory),
        value
    );
    assert_eq!(made, thin(address));
    // SAFETY: just initialized.
    let result = unsafe { memory.assume_init_mut() };
    assert_eq!(*result, Ok(17));
    let ok = PtrConst::new(result);
    assert_eq!(call!(cx, RESULT_IS_OK, vtable.is_ok, ok), [1]);
    let inner = std::ptr::from_ref(result.as_ref().expect("ok")).cast_mut();
    assert_eq!(call!(cx, RESULT_GET_OK, vtable.get_ok, ok), inner.words());
    assert_eq!(call!(cx, RESULT_GET_ERR, vtable.get_err, ok), [0]);

    let mut text = std::mem::ManuallyDrop::new(String::from("bad"));
    let value = PtrMut::new(&raw mut *text);
    let made = call!(
        cx,
        RESULT_INIT_ERR,
        vtable.init_err,
        uninit(&mut memory),
        value
    );
    assert_eq!(made, thin(address));
    // SAFETY: just initialized.
    let result = unsafe { memory.assume_init_mut() };
    let err = PtrConst::new(result);
    assert_eq!(call!(cx, RESULT_IS_OK, vtable.is_ok, err), [0]);
    let inner = std::ptr::from_ref(result.as_ref().expect_err("an error")).cast_mut();
    assert_eq!(
        call!(cx, RESULT_GET_ERR, vtable.get_err, err),
        inner.words()
    );
    assert_eq!(call!(cx, RESULT_GET_OK, vtable.get_ok, err), [0]);
    assert_eq!(std::mem::replace(result, Ok(0)), Err("bad".to_owned()));
}

fn pointer_def<'a, T: Facet<'a>>() -> PointerDef {
    match T::SHAPE.def {
        Def::Pointer(def) => def,
        _ => panic!("a pointer"),
    }
}

pub(super) fn call_pointers(cx: &mut Caller) {
    let mut borrow = |def: PointerDef, pointer: PtrConst| {
        let function = def.vtable.borrow_fn.expect("it can be borrowed");
        call!(cx, POINTER_BORROW, function, pointer)
    };
    let value = Box::new(5_u32);
    let words = borrow(pointer_def::<Box<u32>>(), PtrConst::new(&raw const value));
    assert_eq!(words, thin(&*value));

    let value = Box::<str>::from("boxed");
    let words = borrow(pointer_def::<Box<str>>(), PtrConst::new(&raw const value));
    assert_eq!(words, wide(value.as_ptr(), 5));

    let value: &'static str = "lent";
    let words = borrow(pointer_def::<&str>(), PtrConst::new(&raw const value));
    assert_eq!(words, wide(value.as_ptr(), 4));

    let value: Arc<[u16]> = Arc::from([1, 2, 3]);
    let words = borrow(pointer_def::<Arc<[u16]>>(), PtrConst::new(&raw const value));
    assert_eq!(words, wide(value.as_ptr(), 3));

    let value: Cow<'static, str> = Cow::Owned("cow".to_owned());
    let words = borrow(
        pointer_def::<Cow<'static, str>>(),
        PtrConst::new(&raw const value),
    );
    assert_eq!(words, wide(value.as_ptr(), 3));

    let function = pointer_def::<Arc<String>>().vtable.new_into_fn;
    let mut memory = MaybeUninit::<Arc<String>>::uninit();
    let address = memory.as_ptr();
    let mut text = std::mem::ManuallyDrop::new(String::from("shared"));
    let made = call!(
        cx,
        POINTER_NEW_INTO,
        function.expect("it can be made"),
        uninit(&mut memory),
        PtrMut::new(&raw mut *text)
    );
    assert_eq!(made, thin(address));
    // SAFETY: just initialized.
    let shared = unsafe { memory.assume_init() };
    assert_eq!(*shared, "shared");
}

pub(super) fn call_slices(cx: &mut Caller) {
    let Def::Slice(def) = <[u32]>::SHAPE.def else {
        panic!("a slice");
    };
    let vtable = def.vtable;
    let mut elements = [1_u32, 2, 3, 4, 5];
    for len in [5, 1, 0] {
        let slice = &mut elements[..len];
        let data = slice.as_ptr();
        let pointer = PtrMut::new(std::ptr::from_mut(slice));
        let lent = pointer.as_const();
        assert_eq!(lent.words(), wide(data, len));
        assert_eq!(call!(cx, SLICE_LEN, vtable.len, lent), len.words());
        assert_eq!(call!(cx, SLICE_AS_PTR, vtable.as_ptr, lent), thin(data));
        assert_eq!(
            call!(cx, SLICE_AS_MUT_PTR, vtable.as_mut_ptr, pointer),
            thin(data)
        );
    }
}

pub(super) fn call_arrays(cx: &mut Caller) {
    let Def::Array(def) = <[u16; 5]>::SHAPE.def else {
        panic!("an array");
    };
    let mut array = [1_u16, 2, 3, 4, 5];
    let data = array.as_ptr();
    let pointer = PtrMut::new(&raw mut array);
    let lent = pointer.as_const();
    assert_eq!(call!(cx, ARRAY_AS_PTR, def.vtable.as_ptr, lent), thin(data));
    assert_eq!(
        call!(cx, ARRAY_AS_MUT_PTR, def.vtable.as_mut_ptr, pointer),
        thin(data)
    );
}
