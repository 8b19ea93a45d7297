//! What facet says about the types of std, pinned as text.
//!
//! An encoder over shapes rests on these facts, many of which surprise: which
//! types call themselves scalars, which have a proxy, which pointers can be
//! borrowed. When a new facet changes one, this test shows it as a changed
//! line; look at what rests on it, then correct `facet_shapes.txt`.

use facet::{Def, Facet, PointerDef, Shape, Type, UserType};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::rc::{Rc, Weak};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, RwLock, RwLockReadGuard};
use std::time::Duration;
use vox_oracle::assert_same_bytes;

fn describe_type(shape: &Shape) -> String {
    match shape.ty {
        Type::User(UserType::Struct(definition)) => {
            let names: Vec<_> = definition.fields.iter().map(|field| field.name).collect();
            format!("Struct({:?}: {})", definition.kind, names.join(" "))
        }
        Type::User(UserType::Enum(definition)) => format!("Enum({:?})", definition.enum_repr),
        Type::User(UserType::Union(_)) => "Union".to_owned(),
        Type::User(UserType::Opaque) => "Opaque".to_owned(),
        Type::Primitive(primitive) => format!("{primitive:?}"),
        Type::Sequence(facet::SequenceType::Array(_)) => "Array".to_owned(),
        Type::Sequence(facet::SequenceType::Slice(_)) => "Slice".to_owned(),
        Type::Pointer(facet::PointerType::Reference(_)) => "Reference".to_owned(),
        Type::Pointer(facet::PointerType::Raw(_)) => "Raw".to_owned(),
        _ => "other".to_owned(),
    }
}

fn describe_pointer(pointer: &PointerDef) -> String {
    let functions = [
        (pointer.vtable.borrow_fn.is_some(), "borrow"),
        (pointer.vtable.read_fn.is_some(), "read"),
        (pointer.vtable.write_fn.is_some(), "write"),
        (pointer.vtable.lock_fn.is_some(), "lock"),
        (pointer.vtable.upgrade_into_fn.is_some(), "upgrade"),
    ];
    let mut text = "Pointer(".to_owned();
    match pointer.known {
        Some(known) => write!(text, "{known:?}:"),
        None => write!(text, "unknown:"),
    }
    .expect("a String takes all");
    for (_, name) in functions.iter().filter(|(present, _)| *present) {
        write!(text, " {name}").expect("a String takes all");
    }
    text + ")"
}

fn describe_def(shape: &Shape) -> String {
    match &shape.def {
        Def::Undefined => "Undefined".to_owned(),
        Def::Scalar => "Scalar".to_owned(),
        Def::List(list) => match list.vtable.as_ptr {
            Some(_) => "List(as_ptr)".to_owned(),
            None => "List".to_owned(),
        },
        Def::Array(array) => format!("Array({})", array.n),
        Def::Slice(_) => "Slice".to_owned(),
        Def::Map(_) => "Map".to_owned(),
        Def::Set(_) => "Set".to_owned(),
        Def::Option(_) => "Option".to_owned(),
        Def::Result(_) => "Result".to_owned(),
        Def::Pointer(pointer) => describe_pointer(pointer),
        _ => "other".to_owned(),
    }
}

fn describe<'f, T: Facet<'f> + ?Sized>() -> String {
    let shape = T::SHAPE;
    let mut line = format!(
        "{:<22} ty={} def={}",
        shape.to_string(),
        describe_type(shape),
        describe_def(shape)
    );
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            write!(line, " {name}={value}").expect("a String takes all");
        }
    };
    let scalar = shape.scalar_type();
    add("scalar_type", scalar.map(|scalar| format!("{scalar:?}")));
    add("inner", shape.inner.map(ToString::to_string));
    add("proxy", shape.proxy.map(|proxy| proxy.shape.to_string()));
    if shape.is_transparent() {
        add("transparent", Some("yes".to_owned()));
    }
    if shape.layout.sized_layout().is_err() {
        add("sized", Some("no".to_owned()));
    }
    line + "\n"
}

#[derive(Facet)]
struct Named {
    a: u8,
}

#[derive(Facet)]
struct TupleStruct(u8, u16);

#[derive(Facet)]
struct UnitStruct;

#[derive(Facet)]
#[facet(transparent)]
struct Wrapper(u8);

#[derive(Facet)]
#[repr(transparent)]
struct ReprWrapper(u8);

#[derive(Facet)]
#[repr(C)]
enum CEnum {
    A = -1,
    B,
}

#[derive(Facet)]
struct OpaqueField {
    #[facet(opaque)]
    hidden: u8,
}

macro_rules! describe_all {
    ($($type:ty),+ $(,)?) => { [$(describe::<$type>()),+].concat() };
}

#[test]
fn shapes_are_as_they_were() {
    let hidden = match OpaqueField::SHAPE.ty {
        Type::User(UserType::Struct(definition)) => definition.fields[0].shape(),
        _ => panic!("a struct is a struct"),
    };
    let mut actual = describe_all![
        u8, i128, usize, f32, bool, char, str, String, (), (u8,), (u8, u16), [u8; 3], [u8],
        NonZeroU16, Duration, Path, PathBuf, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr,
        SocketAddrV4, SocketAddrV6, uuid::Uuid, std::ops::Range<u8>, PhantomData<u8>,
        std::convert::Infallible, std::any::TypeId,
        Option<u8>, Option<bool>, Option<u64>, Option<Box<u8>>, Option<NonZeroU16>, Option<String>,
        Result<u8, u16>, Vec<u8>, Vec<String>,
        BTreeMap<u8, u16>, HashMap<u8, u16>, BTreeSet<u8>, HashSet<u8>,
        &'static u8, &'static mut u8, &'static str, &'static [u8], &'static Path,
        Box<u8>, Box<str>, Box<[u8]>, Rc<u8>, Rc<str>, Rc<[u8]>, Arc<u8>, Arc<str>, Arc<[u8]>,
        Weak<u8>, std::sync::Weak<str>, Cow<'static, str>, Cow<'static, [u8]>, Cow<'static, u8>,
        *const u8, *mut u8, NonNull<u8>,
        Mutex<u8>, RwLock<u8>, OnceLock<u8>, LazyLock<u8>,
        MutexGuard<'static, u8>, RwLockReadGuard<'static, u8>,
        Named, TupleStruct, UnitStruct, Wrapper, ReprWrapper, CEnum,
    ];
    writeln!(
        actual,
        "{:<22} ty={} def={}",
        "an opaque field",
        describe_type(hidden),
        describe_def(hidden)
    )
    .expect("a String takes all");
    let expected = include_str!("facet_shapes.txt").replace('\r', "");
    if actual != expected {
        println!("{actual}");
        assert_same_bytes("facet_shapes.txt", expected.as_bytes(), actual.as_bytes());
    }
}
