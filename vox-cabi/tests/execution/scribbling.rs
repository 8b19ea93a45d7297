//! Callees that overwrite the memory their arguments lie in, as they may.

use vox_cabi::{Abi, FunctionType, Parameter, Passing, Returned, Words, plan};

use crate::callees::{A2, A3, A4, address_of, callee};
use crate::harness::{call_twice, host_abis};

/// A function whose argument some ABIs pass by pointer to a copy.
pub(crate) const TRIPLE: FunctionType<'static> =
    FunctionType::new(&[Parameter::Aggregate(Words::Three)], Returned::Word);

const MIXED: FunctionType<'static> = FunctionType::new(
    &[
        Parameter::Aggregate(Words::Three),
        Parameter::Aggregate(Words::Two),
        Parameter::Aggregate(Words::Four),
        Parameter::Aggregate(Words::Three),
    ],
    Returned::Word,
);

callee! {
    /// Declared with the pointer a C compiler makes of the struct, so that it
    /// is the caller's copy that is overwritten, whatever the optimizer does.
    pub(crate) fn scribble(copy: *mut [u64; 3]) -> u64 {
        // SAFETY: the caller passes a struct of three words by pointer.
        let words = unsafe { copy.read() };
        // SAFETY: the copy belongs to the callee.
        unsafe { copy.write_volatile([!0; 3]) };
        words.iter().fold(7, |sum, word| sum ^ word.rotate_left(3))
    }
}

callee! {
    fn scribble_all(p: A3, q: A2, r: A4, s: A3) -> u64 {
        let (mut p, mut q, mut r, mut s) = (p, q, r, s);
        let sum = p.a ^ q.a.rotate_left(1) ^ r.d.rotate_left(2) ^ s.b.rotate_left(3);
        for word in [&mut p.a, &mut p.b, &mut q.a, &mut r.a, &mut r.d, &mut s.a, &mut s.b] {
            // SAFETY: a write to a local variable.
            unsafe { std::ptr::from_mut(word).write_volatile(!0) };
        }
        sum
    }
}

callee! {
    fn address_of_copy(copy: *mut [u64; 3]) -> u64 {
        u64::try_from(copy.addr()).expect("addresses are 64 bits")
    }
}

/// The host's ABIs that pass the argument of [`TRIPLE`] by pointer.
pub(crate) fn abis_with_copies() -> Vec<Abi> {
    let by_pointer = |abi: &Abi| matches!(plan(*abi, &TRIPLE).passing()[0], Passing::Copy { .. });
    host_abis().into_iter().filter(by_pointer).collect()
}

#[test]
fn the_next_call_gets_fresh_copies() {
    let words = [0x11, 0x22, 0x33];
    let expected = words
        .iter()
        .fold(7, |sum, word: &u64| sum ^ word.rotate_left(3));
    for caller in host_abis() {
        for callee in abis_with_copies() {
            let address = address_of(scribble(callee));
            // SAFETY: the callee touches its copy only.
            let results = unsafe { call_twice(caller, callee, &TRIPLE, address, &words) };
            assert_eq!(results, [expected], "by {callee} from {caller}");
        }
    }
}

#[test]
fn parameters_of_every_kind_may_be_overwritten() {
    let words: Vec<u64> = (1..=12).map(|idx| idx * 0x1111).collect();
    let [a, b, c, d] = [words[0], words[3], words[8], words[10]];
    let expected = a ^ b.rotate_left(1) ^ c.rotate_left(2) ^ d.rotate_left(3);
    for caller in host_abis() {
        for callee in host_abis() {
            let address = address_of(scribble_all(callee));
            // SAFETY: the callee touches its parameters only.
            let results = unsafe { call_twice(caller, callee, &MIXED, address, &words) };
            assert_eq!(results, [expected], "by {callee} from {caller}");
        }
    }
}

#[test]
fn copies_are_aligned() {
    for caller in host_abis() {
        for callee in abis_with_copies() {
            let align = if callee == Abi::S390x { 8 } else { 16 };
            let address = address_of(address_of_copy(callee));
            // SAFETY: the callee touches nothing.
            let results = unsafe { call_twice(caller, callee, &TRIPLE, address, &[1, 2, 3]) };
            assert_eq!(results[0] % align, 0, "by {callee} from {caller}");
        }
    }
}
