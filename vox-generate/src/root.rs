//! A type known to the compiler whose only field is made at run time.
//!
//! Most of vox's functions take a `&T` of a type that is `Facet`. A [`Root`] is one, of no size, at the
//! address of a value made at run time, and its field's shape is whatever this thread says. A runtime
//! remembers what it lowered, so each can be shown one root only.

use std::cell::Cell;

use facet_core::{
    Def, Facet, Field, FieldBuilder, Shape, ShapeBuilder, StructKind, StructTypeBuilder, Type,
    UserType,
};

thread_local! {
    static CURRENT: Cell<Option<&'static Shape>> = const { Cell::new(None) };
}

fn current() -> &'static Shape {
    CURRENT
        .get()
        .expect("a root is only lowered after its shape was set")
}

/// A struct around a value made at run time.
#[repr(C)]
pub(crate) struct Root([u8; 0]);

static FIELDS: [Field; 1] = [FieldBuilder::new("value", current, 0).build()];

impl Root {
    /// The root around a value of a shape, which is what this thread lowers roots as from now on.
    ///
    /// # Safety
    ///
    /// A value of the shape is at the address, and lives for `'a`.
    pub(crate) unsafe fn around<'a>(shape: &'static Shape, value: *const u8) -> &'a Self {
        CURRENT.set(Some(shape));
        // SAFETY: a type of no size and no alignment may be anywhere.
        unsafe { &*value.cast() }
    }
}

// SAFETY: a root is only made around a value of the shape its field answers, which
// starts at its address. Its size is not that of what it contains; nobody moves or drops one.
unsafe impl Facet<'_> for Root {
    const SHAPE: &'static Shape = &const {
        ShapeBuilder::for_sized::<Self>("Root")
            .ty(Type::User(UserType::Struct(
                StructTypeBuilder::new(StructKind::Struct, &FIELDS).build(),
            )))
            .def(Def::Undefined)
            .build()
    };
}
