//! Every function type of facet's vtables, executed against real vtables, with
//! thin and wide pointers.
//!
//! A call from machine code is compared with what the value says afterwards,
//! or with the same call made by Rust. `size_hint` is the one function type no
//! type of facet-core implements; a function of ours stands in.

use std::collections::BTreeSet;
use std::mem::MaybeUninit;

use facet_core::{PtrConst, PtrMut, PtrUninit};
use vox_cabi::{Abi, FunctionType};

use crate::harness::{Thunk, host_abis, result_words};
use crate::vtable;

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

mod iterators;
mod lists;
mod maps;
mod values;

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
fn a13_every_function_type_works_on_real_vtables() {
    for abi in host_abis() {
        let mut cx = Caller {
            abi,
            used: BTreeSet::new(),
        };
        values::call_options(&mut cx);
        values::call_results(&mut cx);
        values::call_pointers(&mut cx);
        values::call_slices(&mut cx);
        values::call_arrays(&mut cx);
        lists::call_lists(&mut cx);
        lists::call_list_buffers(&mut cx);
        maps::call_maps(&mut cx);
        maps::call_sets(&mut cx);
        iterators::call_iterators(&mut cx);
        let all: BTreeSet<&str> = vtable::ALL.iter().map(|(name, _)| *name).collect();
        assert_eq!(cx.used, all, "function types executed from {abi}");
    }
}
