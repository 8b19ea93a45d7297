//! Every function type of facet's vtables, executed against real vtables, with
//! thin and wide pointers.
//!
//! A call from machine code is compared with what the value says afterwards,
//! or with the same call made by Rust. `size_hint` is the one function type no
//! type of facet-core implements; a function of ours stands in.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::mem::MaybeUninit;
use std::sync::Arc;

use cranelift_codegen::ir::{InstBuilder, types};
use facet_core::{
    Def, Facet, IterSizeHint, IterVTable, ListDef, PointerDef, PtrConst, PtrMut, PtrUninit,
};
use vox_cabi::{Abi, Emitter, FunctionType};

use crate::harness::{Thunk, host_abis, result_words};
use crate::vtable;

/// Bit 63 of the first word of a pointer marks it as wide.
const WIDE: u64 = 1 << 63;

/// Calls vtable functions from functions of one convention.
struct Caller {
    abi: Abi,
    used: BTreeSet<&'static str>,
}

/// A value as the words of one argument.
trait Argument {
    fn words(self) -> Vec<u64>;
}

impl Argument for PtrConst {
    fn words(self) -> Vec<u64> {
        // SAFETY: a pointer of facet's is two words without padding, as the
        // table of function types asserts.
        unsafe { std::mem::transmute::<PtrConst, [u64; 2]>(self) }.to_vec()
    }
}

impl Argument for PtrMut {
    fn words(self) -> Vec<u64> {
        self.as_const().words()
    }
}

impl Argument for PtrUninit {
    fn words(self) -> Vec<u64> {
        // SAFETY: only the words are looked at, not what they point to.
        unsafe { self.assume_init() }.words()
    }
}

impl Argument for usize {
    fn words(self) -> Vec<u64> {
        vec![u64::try_from(self).expect("words are 64 bits")]
    }
}

impl<T> Argument for *mut T {
    fn words(self) -> Vec<u64> {
        self.expose_provenance().words()
    }
}

/// The words of a thin pointer to `value`.
fn thin<T>(value: *const T) -> Vec<u64> {
    vec![value.expose_provenance().words()[0], 0]
}

/// The words of a wide pointer of that many elements.
fn wide<T>(data: *const T, len: usize) -> Vec<u64> {
    vec![data.expose_provenance().words()[0] | WIDE, len.words()[0]]
}

/// A value that machine code makes in place.
fn uninit<T>(memory: &mut MaybeUninit<T>) -> PtrUninit {
    PtrUninit::from_maybe_uninit(memory)
}

/// Calls a function of a vtable, and gives its result's words.
macro_rules! call {
    ($cx:expr, $name:ident, $function:expr $(, $argument:expr)*) => {
        $cx.call(
            stringify!($name),
            &vtable::$name,
            $function as *const (),
            &[$(Argument::words($argument)),*],
        )
    };
}

impl Caller {
    fn call(
        &mut self,
        name: &'static str,
        function: &FunctionType<'_>,
        address: *const (),
        arguments: &[Vec<u64>],
    ) -> Vec<u64> {
        assert_eq!(arguments.len(), function.parameters.len(), "{name}");
        let callee = Abi::native().expect("an ABI of the host");
        let address = address.expose_provenance().words()[0];
        let thunk = Thunk::planned(self.abi, callee, function, address, 1);
        self.used.insert(name);
        // SAFETY: `address` is a function of a vtable, called with pointers to
        // values of that vtable's type, in the state its documentation asks
        // for.
        let results = unsafe { thunk.run(&arguments.concat()) };
        results[0][..result_words(function.returned)].to_vec()
    }
}

#[test]
fn every_function_type_works_on_real_vtables() {
    for abi in host_abis() {
        let mut cx = Caller {
            abi,
            used: BTreeSet::new(),
        };
        call_options(&mut cx);
        call_results(&mut cx);
        call_pointers(&mut cx);
        call_slices(&mut cx);
        call_arrays(&mut cx);
        call_lists(&mut cx);
        call_list_buffers(&mut cx);
        call_maps(&mut cx);
        call_sets(&mut cx);
        call_iterators(&mut cx);
        let all: BTreeSet<&str> = vtable::ALL.iter().map(|(name, _)| *name).collect();
        assert_eq!(cx.used, all, "function types executed from {abi}");
    }
}

fn call_options(cx: &mut Caller) {
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

fn call_results(cx: &mut Caller) {
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

fn call_pointers(cx: &mut Caller) {
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

fn call_slices(cx: &mut Caller) {
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

fn call_arrays(cx: &mut Caller) {
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

fn list_def<'a, T: Facet<'a>>() -> ListDef {
    match T::SHAPE.def {
        Def::List(def) => def,
        _ => panic!("a list"),
    }
}

fn call_lists(cx: &mut Caller) {
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

fn call_list_buffers(cx: &mut Caller) {
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

fn call_maps(cx: &mut Caller) {
    type Map = HashMap<String, u32>;
    let Def::Map(def) = Map::SHAPE.def else {
        panic!("a map");
    };
    let vtable = def.vtable;
    let mut memory = MaybeUninit::<Map>::uninit();
    let address = memory.as_ptr();
    let init = vtable.init_in_place_with_capacity;
    let made = call!(
        cx,
        MAP_INIT_IN_PLACE_WITH_CAPACITY,
        init,
        uninit(&mut memory),
        3_usize
    );
    assert_eq!(made, thin(address));
    // SAFETY: just initialized.
    let mut map = unsafe { memory.assume_init() };
    let pointer = PtrMut::new(&raw mut map);
    for (key, value) in [("a", 1_u32), ("b", 2)] {
        let mut key = std::mem::ManuallyDrop::new(key.to_owned());
        let mut value = value;
        let [key, value] = [PtrMut::new(&raw mut *key), PtrMut::new(&raw mut value)];
        assert_eq!(
            call!(cx, MAP_INSERT, vtable.insert, pointer, key, value),
            []
        );
    }
    assert_eq!(map, Map::from([("a".to_owned(), 1), ("b".to_owned(), 2)]));

    let lent = PtrConst::new(&raw const map);
    assert_eq!(call!(cx, MAP_LEN, vtable.len, lent), [2]);
    for key in ["a", "b", "c"].map(str::to_owned) {
        let found = map.get(&key);
        let key = PtrConst::new(&raw const key);
        let contains = call!(cx, MAP_CONTAINS_KEY, vtable.contains_key, lent, key);
        assert_eq!(contains, [u64::from(found.is_some())]);
        let value = call!(cx, MAP_GET_VALUE_PTR, vtable.get_value_ptr, lent, key);
        let expected = found.map_or(std::ptr::null(), std::ptr::from_ref);
        assert_eq!(value, expected.cast_mut().words());
    }

    let mut pairs = [("x".to_owned(), 7_u32), ("y".to_owned(), 8)].map(MaybeUninit::new);
    let mut memory = MaybeUninit::<Map>::uninit();
    let from = vtable.from_pair_slice.expect("it can be made of pairs");
    let data = pairs.as_mut_ptr().cast::<u8>();
    let made = call!(
        cx,
        MAP_FROM_PAIR_SLICE,
        from,
        uninit(&mut memory),
        data,
        2_usize
    );
    assert_eq!(made, thin(memory.as_ptr()));
    // SAFETY: just initialized.
    let map = unsafe { memory.assume_init() };
    assert_eq!(map, Map::from([("x".to_owned(), 7), ("y".to_owned(), 8)]));
}

fn call_sets(cx: &mut Caller) {
    type Set = HashSet<u64>;
    let Def::Set(def) = Set::SHAPE.def else {
        panic!("a set");
    };
    let vtable = def.vtable;
    let mut memory = MaybeUninit::<Set>::uninit();
    let address = memory.as_ptr();
    let init = vtable.init_in_place_with_capacity;
    let made = call!(
        cx,
        SET_INIT_IN_PLACE_WITH_CAPACITY,
        init,
        uninit(&mut memory),
        3_usize
    );
    assert_eq!(made, thin(address));
    // SAFETY: just initialized.
    let mut set = unsafe { memory.assume_init() };
    let pointer = PtrMut::new(&raw mut set);
    for (element, new) in [(4_u64, 1), (5, 1), (4, 0)] {
        let mut element = element;
        let element = PtrMut::new(&raw mut element);
        assert_eq!(
            call!(cx, SET_INSERT, vtable.insert, pointer, element),
            [new]
        );
    }
    assert_eq!(set, Set::from([4, 5]));

    let lent = PtrConst::new(&raw const set);
    assert_eq!(call!(cx, SET_LEN, vtable.len, lent), [2]);
    for (element, found) in [(4_u64, 1), (6, 0)] {
        let element = PtrConst::new(&raw const element);
        assert_eq!(
            call!(cx, SET_CONTAINS, vtable.contains, lent, element),
            [found]
        );
    }

    let mut elements = [1_u64, 2, 3];
    let mut memory = MaybeUninit::<Set>::uninit();
    let from = vtable.from_slice.expect("it can be made of a slice");
    let data = elements.as_mut_ptr().cast::<u8>();
    let made = call!(cx, SET_FROM_SLICE, from, uninit(&mut memory), data, 3_usize);
    assert_eq!(made, thin(memory.as_ptr()));
    // SAFETY: just initialized.
    let set = unsafe { memory.assume_init() };
    assert_eq!(set, Set::from([1, 2, 3]));
}

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

fn call_iterators(cx: &mut Caller) {
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
