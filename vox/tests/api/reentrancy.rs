//! User code that runs inside an encode and encodes itself: the same type, in
//! the same runtime.

use std::cell::Cell;

use facet::Facet;
use vox_oracle::mode::{self, Mode};
use vox_oracle::{codec_test, wire};

thread_local! {
    /// The mode the test is in: conversions have no other way to know.
    static MODE: Cell<Option<&'static Mode>> = const { Cell::new(None) };
}

fn encode<'f, T: Facet<'f>>(value: &T) -> Vec<u8> {
    let mode = MODE.get().expect("a test is running");
    mode.runtime.to_bytes(value).expect("it encodes")
}

/// Written as the bytes of the next smaller one.
#[derive(Facet)]
#[facet(proxy = Vec<u8>)]
struct Nested(u32);

impl From<&Nested> for Vec<u8> {
    fn from(value: &Nested) -> Self {
        match value.0.checked_sub(1) {
            Some(smaller) => encode(&Nested(smaller)),
            None => vec![],
        }
    }
}

impl From<Vec<u8>> for Nested {
    fn from(_: Vec<u8>) -> Self {
        Self(0)
    }
}

/// The list that so many levels are written as. In it is the encoding of one level less, another such list.
fn twin(levels: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(smaller) = levels.checked_sub(1) {
        let inner = twin(smaller);
        wire::length(&mut bytes, inner.len());
        wire::raw(&mut bytes, &inner);
    }
    bytes
}

codec_test!(
    fn a_proxy_that_encodes_its_own_type(judge: &Judge) {
        for levels in [0, 1, 2, 50] {
            judge.in_every_mode("levels", &twin(levels), |mode, expected| {
                MODE.set(Some(mode));
                assert_eq!(encode(&Nested(levels)), expected, "{}", mode.name);
                // Other outputs.
                let mut written = Vec::new();
                let len = mode.runtime.to_writer(&Nested(levels), &mut written);
                assert_eq!(len.expect("it encodes"), expected.len(), "{}", mode.name);
                assert_eq!(written, expected, "{}", mode.name);
                let len = mode.runtime.encoded_len(&Nested(levels));
                assert_eq!(len.expect("it encodes"), expected.len(), "{}", mode.name);
            });
        }
        // Other values around it.
        let twins = [twin(3), twin(0), twin(9)];
        judge.in_every_mode("a list", &twins, |mode, expected| {
            MODE.set(Some(mode));
            let list = [Nested(3), Nested(0), Nested(9)];
            assert_eq!(encode(&list), expected, "{}", mode.name);
        });
    }
);

/// An encode inside fails; the one around it does not notice.
#[derive(Facet)]
#[facet(proxy = u8)]
struct Careful;

impl From<&Careful> for u8 {
    fn from(_: &Careful) -> Self {
        let mode = MODE.get().expect("a test is running");
        let refused = mode.runtime.to_bytes(&std::ptr::null::<u8>()).is_err();
        let short = mode.runtime.to_slice(&[1_u8; 10], &mut [0; 3]).is_err();
        Self::from(refused && short)
    }
}

impl From<u8> for Careful {
    fn from(_: u8) -> Self {
        Self
    }
}

#[test]
fn a_failure_inside_stays_inside() {
    for mode in mode::all() {
        MODE.set(Some(mode));
        assert_eq!(encode(&(7_u8, Careful, 9_u8)), [7, 1, 9], "{}", mode.name);
    }
}

fn encodes_itself(value: &u32) -> bool {
    encode(value) == [0]
}

#[derive(Facet)]
struct Predicates {
    #[facet(skip_serializing_if = encodes_itself)]
    first: u32,
    second: u8,
    #[facet(skip_serializing_if = encodes_itself)]
    third: u32,
}

#[test]
fn a_predicate_that_encodes() {
    for mode in mode::all() {
        MODE.set(Some(mode));
        let value = Predicates {
            first: 0,
            second: 5,
            third: 300,
        };
        assert_eq!(encode(&value), [5, 0xac, 0x02], "{}", mode.name);
    }
}

/// A type first met inside the encode of another.
#[derive(Facet)]
#[facet(proxy = Vec<u8>)]
struct Outer;

#[derive(Facet, serde::Serialize)]
struct NeverSeenBefore {
    list: Vec<Option<(u16, String)>>,
}

fn never_seen_before() -> NeverSeenBefore {
    NeverSeenBefore {
        list: vec![Some((300, String::from("x"))), None],
    }
}

impl From<&Outer> for Vec<u8> {
    fn from(_: &Outer) -> Self {
        encode(&never_seen_before())
    }
}

impl From<Vec<u8>> for Outer {
    fn from(_: Vec<u8>) -> Self {
        Self
    }
}

codec_test!(
    fn a_cold_type_inside(judge: &Judge) {
        judge.in_every_mode("inside", &never_seen_before(), |mode, inner| {
            MODE.set(Some(mode));
            let mut expected = Vec::new();
            wire::length(&mut expected, inner.len());
            wire::raw(&mut expected, inner);
            assert_eq!(encode(&Outer), expected, "{}", mode.name);
        });
    }
);
