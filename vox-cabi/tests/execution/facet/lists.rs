//! Lists, and lists as buffers.

use std::mem::MaybeUninit;

use facet_core::{Def, Facet, ListDef, PtrConst, PtrMut};

use super::{Argument, Caller, thin, uninit};
use crate::vtable;

pub(super) fn list_def<'a, T: Facet<'a>>() -> ListDef {
    match T::SHAPE.def {
        Def::List(def) => def,
        _ => panic!("a list"),
    }
}

pub(super) fn call_lists(cx: &mut Caller) {
    let def = list_def::<Vec<String>>();
    let mut memory = MaybeUninit::<Vec<String>>::uninit();
    let address = memory.as_ptr();
    let init = def.init_in_place_with_capacity().expect("it can be made");
    let made = call!(
        cx,
        LIST_INIT_IN_PLACE_WITH_CAPACITY,
        init,
        uninit(&mut memory),
        9_usize
    );
    assert_eq!(made, thin(address));
    // SAFETY: just initialized.
    let list = unsafe { memory.assume_init_mut() };
    let pointer = PtrMut::new(std::ptr::from_mut(list));

    for text in ["one", "two"] {
        let mut item = std::mem::ManuallyDrop::new(text.to_owned());
        let push = def.push().expect("it can grow");
        let nothing = call!(cx, LIST_PUSH, push, pointer, PtrMut::new(&raw mut *item));
        assert_eq!(nothing, []);
    }
    assert_eq!(*list, ["one", "two"]);
    let lent = PtrConst::new(list);
    let capacity = def.capacity().expect("it has a capacity");
    assert_eq!(
        call!(cx, LIST_CAPACITY, capacity, lent),
        list.capacity().words()
    );
    let as_ptr = def.vtable.as_ptr.expect("it is contiguous");
    assert_eq!(call!(cx, LIST_LEN, def.vtable.len, lent), [2]);
    assert_eq!(call!(cx, LIST_AS_PTR, as_ptr, lent), thin(list.as_ptr()));
    let as_mut_ptr = def.vtable.as_mut_ptr.expect("it can be changed");
    assert_eq!(
        call!(cx, LIST_AS_MUT_PTR, as_mut_ptr, pointer),
        thin(list.as_ptr())
    );

    let pop = def.pop().expect("it can shrink");
    for expected in [Some("two"), Some("one"), None] {
        let mut out = MaybeUninit::<String>::uninit();
        let popped = call!(cx, LIST_POP, pop, pointer, uninit(&mut out));
        assert_eq!(popped, [u64::from(expected.is_some())]);
        if let Some(expected) = expected {
            // SAFETY: the function said that it moved an item there.
            assert_eq!(unsafe { out.assume_init() }, expected);
        }
    }
    // SAFETY: initialized above, and not used any more.
    unsafe { memory.assume_init_drop() };
}

pub(super) fn call_list_buffers(cx: &mut Caller) {
    let def = list_def::<Vec<u64>>();
    let mut list = vec![3_u64, 4];
    let pointer = PtrMut::new(&raw mut list);
    let reserve = def.reserve().expect("it can reserve");
    assert_eq!(call!(cx, LIST_RESERVE, reserve, pointer, 1000_usize), []);
    assert!(list.capacity() >= 1002);
    let as_mut_ptr = def.as_mut_ptr_typed().expect("it has a buffer");
    let data = list.as_mut_ptr();
    assert_eq!(
        call!(cx, LIST_AS_MUT_PTR_TYPED, as_mut_ptr, pointer),
        data.words()
    );
    // SAFETY: within the capacity that was just reserved.
    unsafe { data.add(2).write(5) };
    let set_len = def.set_len().expect("its length can be set");
    assert_eq!(call!(cx, LIST_SET_LEN, set_len, pointer, 3_usize), []);
    assert_eq!(list, [3, 4, 5]);
}
