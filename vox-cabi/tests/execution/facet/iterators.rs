//! Iterators, and the bool inside the result of `size_hint`.

use std::mem::MaybeUninit;

use cranelift_codegen::ir::{InstBuilder, types};
use facet_core::{IterSizeHint, IterVTable, PtrConst, PtrMut};
use vox_cabi::{Abi, Emitter};

use super::lists::list_def;
use super::{Argument, Caller};
use crate::harness::Thunk;
use crate::vtable;

/// A stand-in of facet's type, whose padding is not zero.
unsafe extern "C" fn size_hint(iterator: PtrMut) -> IterSizeHint {
    // SAFETY: the test passes a pointer to a count.
    let lower = *unsafe { iterator.get::<usize>() };
    let mut hint = MaybeUninit::<IterSizeHint>::uninit();
    // SAFETY: writes within the value.
    unsafe { hint.as_mut_ptr().cast::<u8>().write_bytes(0xd7, 24) };
    // SAFETY: fields of the value.
    unsafe {
        (&raw mut (*hint.as_mut_ptr()).lower).write(lower);
        (&raw mut (*hint.as_mut_ptr()).upper).write(lower + 1);
        (&raw mut (*hint.as_mut_ptr()).has_upper).write(lower % 2 == 1);
        hint.assume_init()
    }
}

pub(super) fn call_iterators(cx: &mut Caller) {
    let list = vec![10_u8, 20, 30];
    let vtable: &IterVTable<PtrConst> = list_def::<Vec<u8>>().iter_vtable().expect("it iterates");
    let init = vtable.init_with_value.expect("it can be iterated");
    let words = call!(
        cx,
        ITERATOR_INIT_WITH_VALUE,
        init,
        PtrConst::new(&raw const list)
    );
    assert_eq!(words[1], 0, "iterators are thin");
    let address = usize::try_from(words[0]).expect("words are 64 bits");
    let iterator = PtrMut::new(std::ptr::with_exposed_provenance_mut::<u8>(address));
    let mut elements = Vec::new();
    // SAFETY: the iterator was just made of a list that is still alive.
    while let Some(element) = unsafe { (vtable.next)(iterator) } {
        // SAFETY: it points to an element of the list.
        elements.push(*unsafe { element.get::<u8>() });
    }
    assert_eq!(elements, list);
    assert_eq!(call!(cx, ITERATOR_DEALLOC, vtable.dealloc, iterator), []);

    let function: facet_core::IterSizeHintFn = size_hint;
    for mut count in [4_usize, 5] {
        let pointer = PtrMut::new(&raw mut count);
        let words = call!(cx, ITERATOR_SIZE_HINT, function, pointer);
        assert_eq!(words[..2], [count.words()[0], (count + 1).words()[0]]);
        check_has_upper(cx.abi, function, pointer);
    }
}

/// The bool among the result's words, as machine code reads it.
fn check_has_upper(caller: Abi, function: facet_core::IterSizeHintFn, pointer: PtrMut) {
    let callee = Abi::native().expect("an ABI of the host");
    let address = (function as *const ()).expose_provenance().words()[0];
    let mut emitter = Emitter::new(callee);
    let ty = vtable::ITERATOR_SIZE_HINT;
    let thunk = Thunk::with_model(caller, &ty, 1, &mut |builder, arguments| {
        let results = emitter.call(builder, &ty, address, arguments);
        let offset = std::mem::offset_of!(IterSizeHint, has_upper);
        let byte = emitter.byte_at(builder, results.words(), offset);
        vec![builder.ins().uextend(types::I64, byte)]
    });
    // SAFETY: a function of that type, called with what it expects.
    let results = unsafe { thunk.run(&pointer.words()) };
    // SAFETY: the same call, made by Rust.
    let expected = unsafe { function(pointer) }.has_upper;
    assert_eq!(results[0][0], u64::from(expected), "from {caller}");
}
