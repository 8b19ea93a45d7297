//! Values known by their shape alone.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use facet::{Facet, PtrConst, Shape, ShapeRef, StructType, Type, UserType};
use facet_reflect::Peek;
use vox::{EncodeErrorKind, Runtime, Tier};
use vox_oracle::judge::Judge;
use vox_oracle::{codec_test, mode};

#[derive(Facet, serde::Serialize)]
struct Point {
    x: i32,
    label: String,
}

/// A peek in every mode.
#[track_caller]
fn agrees<'f, T: Facet<'f> + serde::Serialize + ?Sized>(judge: &Judge, value: &T) {
    judge.in_every_mode(T::SHAPE.type_identifier, value, |mode, expected| {
        let bytes = mode.runtime.peek_to_bytes(Peek::new(value));
        assert_eq!(bytes.expect("it encodes"), expected, "{}", mode.name);
        let mut buffer = vec![1, 2, 3];
        let len = mode.runtime.peek_to_bytes_in(Peek::new(value), &mut buffer);
        assert_eq!(len.expect("it encodes"), expected.len());
        assert_eq!(buffer[..3], [1, 2, 3]);
        assert_eq!(buffer[3..], *expected, "{}", mode.name);
    });
}

codec_test!(
    fn sized(judge: &Judge) {
        agrees(judge, &300_u16);
        agrees(
            judge,
            &Point {
                x: -300,
                label: String::from("p"),
            },
        );
        agrees(judge, &BTreeMap::from([(1_u8, vec!["a", "b"])]));
        agrees(judge, &());
    }
);

codec_test!(
    fn unsized_(judge: &Judge) {
        agrees(judge, "text");
        agrees(judge, "");
        agrees::<[u32]>(judge, &[1, 300]);
        agrees::<[String]>(judge, &[String::from("a")]);
        agrees::<[()]>(judge, &[(); 3]);
        agrees::<Path>(judge, Path::new("/a/path"));
        agrees(judge, &"text");
        agrees(judge, &Box::<str>::from("boxed"));
    }
);

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

/// Facet marks wide pointers in the highest bit of the address. A sized value at an
/// address that has the bit by itself, as on Android, must not be taken for a wide one.
#[test]
fn an_address_with_the_mark_of_wide_pointers() {
    let marked = std::ptr::without_provenance::<u8>(1 << (usize::BITS - 1) | 0x1000);
    for shape in [u8::SHAPE, Point::SHAPE, <&str>::SHAPE] {
        // SAFETY: nobody reads the value: the address is refused.
        let peek = unsafe { Peek::unchecked_new(PtrConst::new(marked), shape) };
        for mode in mode::all() {
            let mut buffer = vec![1, 2];
            let error = mode
                .runtime
                .peek_to_bytes_in(peek, &mut buffer)
                .expect_err("refused");
            assert_eq!(error.kind(), EncodeErrorKind::Unsupported, "{}", mode.name);
            assert!(error.to_string().contains("highest bit"), "{error}");
            assert_eq!(buffer, [1, 2]);
        }
    }
}

codec_test!(
    /// One type seen at two addresses, and two types that share an identity.
    fn shapes_made_at_run_time(judge: &Judge) {
        let copy: &'static Shape = Box::leak(Box::new(*Point::SHAPE));
        let point = Point {
            x: 1,
            label: String::from("p"),
        };
        // SAFETY: the shape is a copy of the type's own.
        let peek = unsafe { Peek::unchecked_new(PtrConst::new(&raw const point), copy) };
        judge.in_every_mode("a copied shape", &point, |mode, expected| {
            let bytes = mode.runtime.peek_to_bytes(peek).expect("it encodes");
            assert_eq!(bytes, expected, "{}", mode.name);
            let bytes = mode.runtime.to_bytes(&point).expect("it encodes");
            assert_eq!(bytes, expected, "{}", mode.name);
        });

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
);

#[derive(Facet, serde::Serialize)]
struct Node {
    value: u8,
    #[facet(recursive_type)]
    next: Option<Box<Node>>,
}

#[derive(Facet, serde::Serialize)]
struct Folder {
    name: String,
    #[facet(recursive_type)]
    entries: Vec<Entry>,
}

#[derive(Facet, serde::Serialize)]
#[repr(u8)]
enum Entry {
    File(u64),
    Folder(#[facet(recursive_type)] Folder),
}

/// A copy of a type's shape, as the compiler makes them for its own purposes.
fn copy_of<T: Facet<'static>>() -> &'static Shape {
    Box::leak(Box::new(*T::SHAPE))
}

/// One type at many addresses is one type: what is prepared at one is prepared
/// at all.
#[test]
fn one_type_at_many_addresses() {
    #[track_caller]
    fn shares_its_slot<T: Facet<'static>>() {
        let runtime = Runtime::builder().background(false).build();
        let highest = *vox::available_tiers().last().expect("there is one");
        runtime
            .prepare_shapes(&[copy_of::<T>()], highest)
            .expect("it compiles");
        for shape in [T::SHAPE, copy_of::<T>()] {
            let report = runtime.report_shape(shape);
            assert_eq!(report.tier, highest, "{report}");
        }
    }
    shares_its_slot::<Point>();
    shares_its_slot::<Vec<Option<Point>>>();
    shares_its_slot::<Node>();
    shares_its_slot::<Folder>();
    shares_its_slot::<Entry>();
    shares_its_slot::<BTreeMap<String, Folder>>();
    shares_its_slot::<BTreeSet<String>>();
    shares_its_slot::<HashMap<String, Folder>>();
    shares_its_slot::<HashSet<u32>>();
    shares_its_slot::<(Node, Folder, Vec<Entry>)>();
}

/// A recursive type that meets itself at another address still loops.
#[test]
fn recursion_at_another_address() {
    let runtime = Runtime::builder()
        .tier(Tier::Interpreter)
        .max_depth(0)
        .build();
    let mut list = Node {
        value: 1,
        next: None,
    };
    for value in 0..50 {
        list = Node {
            value,
            next: Some(Box::new(list)),
        };
    }
    // SAFETY: the shape is a copy of the type's own.
    let peek = unsafe { Peek::unchecked_new(PtrConst::new(&raw const list), copy_of::<Node>()) };
    let expected = postcard::to_allocvec(&list).expect("serde encodes it");
    assert_eq!(runtime.peek_to_bytes(peek).expect("it is a loop"), expected);
    let report = runtime.report_shape(copy_of::<Node>());
    assert!(report.program.contains("repeat"), "{report}");
    assert_eq!(report.children, 0, "{report}");
}

/// The same identity is no proof: a struct of a struct that claims to be it.
#[test]
fn a_false_identity_inside() {
    let mut inner = *<(u16, u8)>::SHAPE;
    inner.id = <(u8, (u16, u8))>::SHAPE.id;
    let inner: &'static Shape = Box::leak(Box::new(inner));
    let outer = <(u8, (u16, u8))>::SHAPE;
    let Type::User(UserType::Struct(tuple)) = outer.ty else {
        panic!("a tuple is a struct");
    };
    let mut fields = tuple.fields.to_vec();
    static INNER: std::sync::OnceLock<&'static Shape> = std::sync::OnceLock::new();
    INNER.get_or_init(|| inner);
    fields[1].shape = ShapeRef(|| INNER.get().expect("set"));
    let mut shape = *outer;
    shape.ty = Type::User(UserType::Struct(StructType {
        fields: fields.leak(),
        ..tuple
    }));
    let shape: &'static Shape = Box::leak(Box::new(shape));
    let value = (7_u8, (300_u16, 9_u8));
    for mode in mode::all() {
        assert_eq!(
            mode.runtime.to_bytes(&value).expect("it encodes"),
            [7, 0xac, 0x02, 9]
        );
        // SAFETY: the same fields at the same places.
        let peek = unsafe { Peek::unchecked_new(PtrConst::new(&raw const value), shape) };
        let bytes = mode.runtime.peek_to_bytes(peek);
        assert_eq!(
            bytes.expect("it encodes"),
            [7, 0xac, 0x02, 9],
            "{}",
            mode.name
        );
    }
}
