//! Every function type of facet's vtables with wide pointers everywhere.
//!
//! Facet's own functions take and return wide pointers in few of their
//! parameters, so here Rust functions of the same shapes stand in: each word
//! of each pointer must arrive and come back, whatever its bits.

use crate::callees::{Signature, signatures};
use crate::harness::host_abis;
use crate::random::check;
use crate::signatures::Random;
use crate::vtable;

signatures! {
    is(p0: A2) -> bool;
    is_in(p0: A2, p1: A2) -> bool;
    len(p0: A2) -> u64;
    address(p0: A2) -> *mut u8;
    address_in(p0: A2, p1: A2) -> *mut u8;
    pointer(p0: A2) -> A2;
    pointer_from(p0: A2, p1: A2) -> A2;
    pointer_sized(p0: A2, p1: u64) -> A2;
    pointer_from_many(p0: A2, p1: *mut u8, p2: u64) -> A2;
    hint(p0: A2) -> A3;
    act(p0: A2) -> ();
    act_sized(p0: A2, p1: u64) -> ();
    act_at(p0: A2, p1: *mut u8) -> ();
    act_on(p0: A2, p1: A2) -> ();
    act_on_two(p0: A2, p1: A2, p2: A2) -> ();
}

#[test]
fn wide_pointers_arrive_and_come_back_whole() {
    for (idx, (name, function)) in vtable::ALL.iter().enumerate() {
        let shape = SIGNATURES.iter().find(|shape| shape.function == *function);
        let shape = shape.unwrap_or_else(|| panic!("no stand-in for {name}: {function}"));
        let seed = u64::try_from(idx).expect("a small number");
        for caller in host_abis() {
            for callee in host_abis() {
                check(caller, callee, shape, Random::new(seed));
            }
        }
    }
}

#[test]
fn every_shape_is_used() {
    for shape in SIGNATURES {
        let function = shape.function;
        let used = vtable::ALL.iter().any(|(_, known)| *known == function);
        assert!(used, "{} {function}", shape.name);
    }
}
