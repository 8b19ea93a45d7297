//! Values known by their shape alone.

use std::collections::BTreeMap;
use std::path::Path;

use facet::{Facet, PtrConst, Shape};
use facet_reflect::Peek;
use vox_oracle::mode;

#[derive(Facet, serde::Serialize)]
struct Point {
    x: i32,
    label: String,
}

/// A peek in every mode, beside the typed call.
#[track_caller]
fn agrees<'f, T: Facet<'f> + serde::Serialize + ?Sized>(value: &T) {
    let expected = postcard::to_allocvec(value).expect("serde encodes it");
    for mode in mode::all() {
        let bytes = mode.runtime.peek_to_bytes(Peek::new(value));
        assert_eq!(bytes.expect("it encodes"), expected, "{}", mode.name);
        let mut buffer = vec![1, 2, 3];
        let len = mode.runtime.peek_to_bytes_in(Peek::new(value), &mut buffer);
        assert_eq!(len.expect("it encodes"), expected.len());
        assert_eq!(buffer[..3], [1, 2, 3]);
        assert_eq!(buffer[3..], expected, "{}", mode.name);
    }
}

#[test]
fn sized() {
    agrees(&300_u16);
    agrees(&Point {
        x: -300,
        label: String::from("p"),
    });
    agrees(&BTreeMap::from([(1_u8, vec!["a", "b"])]));
    agrees(&());
}

#[test]
fn unsized_() {
    agrees("text");
    agrees("");
    agrees::<[u32]>(&[1, 300]);
    agrees::<[String]>(&[String::from("a")]);
    agrees::<[()]>(&[(); 3]);
    agrees::<Path>(Path::new("/a/path"));
    agrees(&"text");
    agrees(&Box::<str>::from("boxed"));
}

/// A peek into the inside of a value.
#[test]
fn a_field() {
    let point = Point {
        x: 1,
        label: String::from("inner"),
    };
    let peek = Peek::new(&point).into_struct().expect("a struct");
    let label = peek.field_by_name("label").expect("a field");
    assert_eq!(vox::peek_to_bytes(label).expect("it encodes"), b"\x05inner");
}

/// One type seen at two addresses, and two types that share an identity.
#[test]
fn shapes_made_at_run_time() {
    let copy: &'static Shape = Box::leak(Box::new(*Point::SHAPE));
    let point = Point {
        x: 1,
        label: String::from("p"),
    };
    // SAFETY: the shape is a copy of the type's own.
    let peek = unsafe { Peek::unchecked_new(PtrConst::new(&raw const point), copy) };
    let expected = postcard::to_allocvec(&point).expect("serde encodes it");
    for mode in mode::all() {
        assert_eq!(
            mode.runtime.peek_to_bytes(peek).expect("it encodes"),
            expected
        );
        assert_eq!(mode.runtime.to_bytes(&point).expect("it encodes"), expected);
    }

    let mut other = *<(u16, u16)>::SHAPE;
    other.id = Point::SHAPE.id;
    let other: &'static Shape = Box::leak(Box::new(other));
    let pair = (300_u16, 7_u16);
    // SAFETY: of the shape's fields and layout.
    let peek = unsafe { Peek::unchecked_new(PtrConst::new(&raw const pair), other) };
    for mode in mode::all() {
        let bytes = mode.runtime.peek_to_bytes(peek);
        assert_eq!(bytes.expect("it encodes"), [0xac, 0x02, 7], "{}", mode.name);
    }
}
