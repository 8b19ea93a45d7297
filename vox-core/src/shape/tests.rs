//! What the shapes of facet are taken for.

use core::marker::PhantomData;
use core::num::NonZeroU16;
use core::ops::Range;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::{Rc, Weak};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, RwLock};
use std::time::Duration;

use facet_core::{Facet, Shape};

use super::pointer::{LockFunction, PointerForm};
use super::{Kind, Refusal, Scalar, classify, enums};
use crate::program::TagWidth;

fn kind<T: Facet<'static> + ?Sized>() -> Kind {
    classify(T::SHAPE)
}

macro_rules! assert_kind {
    ($ty:ty, $pattern:pat $(if $guard:expr)?) => {
        let found = kind::<$ty>();
        assert!(matches!(found, $pattern $(if $guard)?), "{}: {found:?}", stringify!($ty));
    };
}

#[test]
fn scalars() {
    assert_kind!(bool, Kind::Scalar(Scalar::Bool));
    assert_kind!(char, Kind::Scalar(Scalar::Char));
    assert_kind!(u8, Kind::Scalar(Scalar::U8));
    assert_kind!(i16, Kind::Scalar(Scalar::I16));
    assert_kind!(u128, Kind::Scalar(Scalar::U128));
    assert_kind!(f32, Kind::Scalar(Scalar::F32));
    assert_kind!(f64, Kind::Scalar(Scalar::F64));
}

#[test]
fn words_are_integers_of_their_width() {
    let (unsigned, signed) = match size_of::<usize>() {
        8 => (Scalar::U64, Scalar::I64),
        4 => (Scalar::U32, Scalar::I32),
        _ => (Scalar::U16, Scalar::I16),
    };
    assert_kind!(usize, Kind::Scalar(scalar) if scalar == unsigned);
    assert_kind!(isize, Kind::Scalar(scalar) if scalar == signed);
}

#[test]
fn a_definition_comes_before_a_form() {
    // Both are enums by form.
    assert_kind!(Option<u8>, Kind::Option(_));
    assert_kind!(Option<Box<u8>>, Kind::Option(_));
    assert_kind!(Result<u8, u8>, Kind::Result(_));
    // All three answer `Str` when asked for a scalar type.
    assert_kind!(str, Kind::Str);
    assert_kind!(&'static str, Kind::Pointer(_));
    assert_kind!(Cow<'static, str>, Kind::Pointer(_));
    assert_kind!(String, Kind::String);
}

#[test]
fn scalars_that_are_structs() {
    assert_kind!((), Kind::Struct(_));
    assert_kind!(PhantomData<*const u8>, Kind::Struct(_));
    assert_kind!(NonZeroU16, Kind::Struct(_));
    assert_kind!(Range<u8>, Kind::Struct(_));
    // A unit struct by form, and no value of it can be.
    assert_kind!(core::convert::Infallible, Kind::Never);
}

#[test]
fn containers() {
    assert_kind!((u8, u16), Kind::Struct(_));
    assert_kind!([u8; 3], Kind::Array(_));
    assert_kind!([u8], Kind::Slice(_));
    assert_kind!(Vec<u8>, Kind::List(_));
    assert_kind!(BTreeMap<u8, u8>, Kind::Map(_));
    assert_kind!(BTreeSet<u8>, Kind::Set(_));
    assert_kind!(Duration, Kind::Leaf(_));
    assert_kind!(std::path::PathBuf, Kind::Leaf(_));
    assert_kind!(core::net::SocketAddr, Kind::Leaf(_));
}

fn form<T: Facet<'static>>() -> PointerForm {
    match kind::<T>() {
        Kind::Pointer(pointer) => pointer.form,
        other => panic!("{other:?}"),
    }
}

#[test]
fn pointers() {
    assert_eq!(form::<&'static u8>(), PointerForm::Word);
    assert_eq!(form::<&'static mut u8>(), PointerForm::Word);
    assert_eq!(form::<Box<String>>(), PointerForm::Word);
    assert_eq!(form::<&'static str>(), PointerForm::WideReference);
    assert_eq!(form::<&'static [u16]>(), PointerForm::WideReference);
    assert_eq!(form::<Box<str>>(), PointerForm::WideBox);
    assert_eq!(form::<Box<[u16]>>(), PointerForm::WideBox);
    assert_eq!(form::<&'static std::path::Path>(), PointerForm::Unknown);
    assert_eq!(form::<Arc<u8>>(), PointerForm::Arc);
    assert_eq!(form::<Arc<[u16]>>(), PointerForm::Arc);
    assert_eq!(form::<Rc<String>>(), PointerForm::Rc);
    assert_eq!(form::<Rc<str>>(), PointerForm::Rc);
    assert_eq!(form::<Cow<'static, u8>>(), PointerForm::Unknown);
    assert_eq!(form::<LazyLock<u8>>(), PointerForm::Unknown);
}

/// Other crates have an `Arc` as well.
#[test]
fn a16_counted_pointers_of_elsewhere_are_of_no_known_form() {
    let shape: &'static Shape = Box::leak(Box::new(Shape {
        module_path: Some("other"),
        ..*Arc::<u8>::SHAPE
    }));
    let Kind::Pointer(pointer) = classify(shape) else {
        panic!("a pointer");
    };
    assert_eq!(pointer.form, PointerForm::Unknown);
}

#[test]
fn locks() {
    assert_kind!(Mutex<u8>, Kind::Lock(lock) if matches!(lock.function, LockFunction::Exclusive(_)));
    assert_kind!(RwLock<u8>, Kind::Lock(lock) if matches!(lock.function, LockFunction::Shared(_)));
    assert_kind!(OnceLock<u8>, Kind::Lock(lock) if matches!(lock.function, LockFunction::Shared(_)));
}

#[test]
fn what_is_refused_and_why() {
    assert_kind!(*const u8, Kind::Unsupported(Refusal::RawPointer));
    assert_kind!(
        core::ptr::NonNull<u8>,
        Kind::Unsupported(Refusal::RawPointer)
    );
    assert_kind!(Weak<u8>, Kind::Weak(_));
    assert_kind!(std::sync::Weak<str>, Kind::Weak(_));
    assert_kind!(core::any::TypeId, Kind::Unsupported(Refusal::Opaque));
}

#[test]
fn discriminants_fit_their_tag_or_are_refused() {
    assert_eq!(enums::discriminant(TagWidth::U8, 255), Some(255));
    assert_eq!(enums::discriminant(TagWidth::U8, -1), Some(255));
    assert_eq!(enums::discriminant(TagWidth::U8, 256), None);
    assert_eq!(enums::discriminant(TagWidth::I8, 255), Some(-1));
    assert_eq!(enums::discriminant(TagWidth::I8, -128), Some(-128));
    assert_eq!(enums::discriminant(TagWidth::I8, -129), None);
    assert_eq!(enums::discriminant(TagWidth::U32, -1), Some(0xffff_ffff));
    assert_eq!(enums::discriminant(TagWidth::U32, 1 << 32), None);
    assert_eq!(enums::discriminant(TagWidth::I64, i64::MIN), Some(i64::MIN));
    assert_eq!(enums::discriminant(TagWidth::U64, -1), Some(-1));
}
