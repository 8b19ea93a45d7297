//! Types whose wire form is computed, and the accessors of types that reflection
//! cannot look into.
//!
//! Each function here reads one Rust type and writes what serde writes for it
//! into a format that is not for people to read. The only place that knows which
//! types these are is [`find`]; programs name the functions without knowing them.
//!
//! Types of the standard library are always known; those of other crates, in
//! [`foreign`], each behind the cargo feature facet has for it.

mod accessor;
mod duration;
mod foreign;
mod net;
mod output;
mod path;

use facet_core::{ConstTypeId, Facet, Shape};

use crate::entry::LeafFn;
pub(crate) use accessor::string_parts;
pub(crate) use foreign::missing_feature;

/// Declares the [`LeafFn`] of a type: how a reference to a value is written. An unsized
/// value is found through the [`Pair`](crate::entry::Pair) of its address and length.
macro_rules! leaf {
    (unsized $name:ident : $ty:ty, $write:expr) => {
        $crate::entry_fn! {
            /// [`crate::entry::LeafFn`] of the unsized type it names.
            ///
            /// # Safety
            ///
            /// `value` is the address of the pair of a live value of the type, `cx` the state
            /// of a running encode and `out` its cursor.
            unsafe fn $name(cx: *mut $crate::cx::EncodeCx, value: *const u8, out: *mut u8, spare: usize) -> *mut u8 {
                // SAFETY: the duty of this function; facet's own pointer puts the two
                // words together as it took them apart (A1, A3).
                let (value, output) = unsafe {
                    let value = $crate::trampoline::pack(value.cast());
                    (value.get::<$ty>(), $crate::leaf::output::Output::new(cx, out, spare))
                };
                let write: fn(&$ty, $crate::leaf::output::Output) -> *mut u8 = $write;
                write(value, output)
            }
        }
    };
    ($name:ident : $ty:ty, $write:expr) => {
        $crate::entry_fn! {
            /// [`crate::entry::LeafFn`] of the type it names.
            ///
            /// # Safety
            ///
            /// `value` is the address of a live value of the type, `cx` the state
            /// of a running encode and `out` its cursor.
            unsafe fn $name(cx: *mut $crate::cx::EncodeCx, value: *const u8, out: *mut u8, spare: usize) -> *mut u8 {
                // SAFETY: the duty of this function (A1, A3).
                let (value, output) = unsafe {
                    (&*value.cast::<$ty>(), $crate::leaf::output::Output::new(cx, out, spare))
                };
                let write: fn(&$ty, $crate::leaf::output::Output) -> *mut u8 = $write;
                write(value, output)
            }
        }
    };
}
use leaf;

/// A type, and the function that writes it.
#[derive(Debug, Clone, Copy)]
struct Known {
    id: ConstTypeId,
    function: LeafFn,
}

impl Known {
    fn new<T: Facet<'static> + ?Sized>(function: LeafFn) -> Self {
        Self {
            id: T::SHAPE.id,
            function,
        }
    }
}

/// The function that writes values of this shape, if it is one of ours.
pub(crate) fn find(shape: &Shape) -> Option<LeafFn> {
    let of = |known: &[Known]| {
        let found = known.iter().find(|known| known.id == shape.id);
        found.map(|known| known.function)
    };
    of(&duration::known())
        .or_else(|| of(&net::known()))
        .or_else(|| of(&path::known()))
        .or_else(|| of(&foreign::known()))
}

#[cfg(test)]
mod tests;
