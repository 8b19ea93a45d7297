//! Values 200,000 levels deep, through everything a type can meet itself behind, on the stack of a thread nobody configured.
//!
//! The right bytes where recursion is in last position and becomes a loop, else the error of the depth limit: the same in
//! every mode, never a crash. Not for the limit to the level, or what a level may cost: that is `depth`.

#![allow(dead_code, reason = "facet reads these fields, rustc does not see it")]

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use facet::Facet;
use vox::EncodeErrorKind;
use vox_oracle::mode;
use vox_oracle::scale::scaled;

use crate::depth::{DEFAULT_STACK, on_stack};

/// What a type can contain itself in.
trait Holds<T>: Sized {
    /// What stands before the inner one on the wire.
    const HOLDING: &'static [u8];
    const NOTHING: &'static [u8];
    fn nothing() -> Self;
    fn holding(inner: T) -> Self;
    /// So that values can be dropped one by one: a derived drop would recurse.
    fn take(&mut self) -> Option<T>;
}

macro_rules! holds {
    ($($name:ident = $type:ty: $holding:expr, $nothing:expr, $empty:expr, $wrap:expr, $take:expr;)+) => {$(
        type $name<T> = $type;

        impl<T> Holds<T> for $type {
            const HOLDING: &'static [u8] = &$holding;
            const NOTHING: &'static [u8] = &$nothing;
            fn nothing() -> Self {
                $empty
            }
            fn holding(inner: T) -> Self {
                $wrap(inner)
            }
            fn take(&mut self) -> Option<T> {
                $take(self)
            }
        }
    )+};
}

holds! {
    OptionBox = Option<Box<T>>: [1], [0], None, |inner| Some(Box::new(inner)), |this: &mut Self| this.take().map(|inner| *inner);
    OptionArc = Option<Arc<T>>: [1], [0], None, |inner| Some(Arc::new(inner)), |this: &mut Self| this.take().and_then(Arc::into_inner);
    InVec = Vec<T>: [1], [0], Self::new(), |inner| vec![inner], Self::pop;
    Slice = Box<[T]>: [1], [0], Self::default(), |inner| Self::from([inner]), |this: &mut Self| std::mem::take(this).into_vec().pop();
    Tree = BTreeMap<u8, T>: [1, 9], [0], Self::new(), |inner| Self::from([(9, inner)]), |this: &mut Self| Some(this.pop_first()?.1);
    Hashed = HashMap<u8, T>: [1, 9], [0], Self::new(), |inner| Self::from([(9, inner)]), |this: &mut Self| std::mem::take(this).into_values().next();
    InResult = Result<Box<T>, u8>: [0], [1, 5], Err(5), |inner| Ok(Box::new(inner)), |this: &mut Self| std::mem::replace(this, Err(5)).ok().map(|inner| *inner);
    Locked = Option<Box<Mutex<T>>>: [1], [0], None, |inner| Some(Box::new(Mutex::new(inner))), |this: &mut Self| this.take()?.into_inner().ok();
    Array = [Option<Box<T>>; 1]: [1], [0], [None], |inner| [Some(Box::new(inner))], |this: &mut Self| this[0].take().map(|inner| *inner);
}

/// A type that contains itself.
trait Link: Facet<'static> + Send + Sync {
    fn new(inner: Option<Self>) -> Self
    where
        Self: Sized;
    /// What is before and behind what holds the inner one, on the wire.
    const AROUND: (&'static [u8], &'static [u8]);
}

/// Encodes a value of so many levels in every mode; answers whether all of them take it.
fn is_loop<T: Link, H: Holds<T>>(levels: usize) -> bool {
    let value = (0..levels).fold(T::new(None), |inner, _| T::new(Some(inner)));
    let (before, behind) = T::AROUND;
    let expected = |levels: usize| {
        let down = [before, H::HOLDING].concat().repeat(levels);
        let end = [before, H::NOTHING].concat();
        [down, end, behind.repeat(levels + 1)].concat()
    };
    let loops: Vec<bool> = mode::all()
        .iter()
        .map(|mode| {
            // Compiling needs more stack than encoding.
            let small = mode.runtime.to_bytes(&T::new(Some(T::new(None))));
            assert_eq!(small.expect("it encodes"), expected(1), "{}", mode.name);
            match on_stack(DEFAULT_STACK, || mode.runtime.to_bytes(&value)) {
                Ok(bytes) => {
                    assert!(bytes == expected(levels), "{}", mode.name);
                    true
                }
                Err(error) => {
                    assert_eq!(error.kind(), EncodeErrorKind::DepthLimit, "{}", mode.name);
                    false
                }
            }
        })
        .collect();
    assert!(
        loops.iter().all(|one| *one == loops[0]),
        "modes differ: {loops:?}"
    );
    loops[0]
}

/// Two types for every way to contain oneself: in last position, which may be a loop, and before another field, which never is.
macro_rules! links {
    ($($test:ident: $holds:ident, a loop: $is_loop:literal;)+) => {$(
        #[test]
        fn $test() {
            links!(@type Last { value, next } $holds, &[7], &[]);
            links!(@type Middle { next, value } $holds, &[], &[7]);
            let levels = scaled(200_000);
            assert_eq!(is_loop::<Last, $holds<Last>>(levels), $is_loop);
            assert!(!is_loop::<Middle, $holds<Middle>>(levels.max(1000)));
        }
    )+};
    (@type $name:ident { $($field:ident),+ } $holds:ident, $before:expr, $behind:expr) => {
        links!(@struct $name $holds $($field)+);

        impl Drop for $name {
            fn drop(&mut self) {
                let mut next = Holds::<$name>::take(&mut self.next);
                while let Some(mut link) = next {
                    next = Holds::<$name>::take(&mut link.next);
                }
            }
        }

        impl Link for $name {
            const AROUND: (&'static [u8], &'static [u8]) = ($before, $behind);
            fn new(inner: Option<Self>) -> Self {
                let next = inner.map_or_else(<$holds<$name> as Holds<$name>>::nothing, <$holds<$name> as Holds<$name>>::holding);
                Self { value: 7, next }
            }
        }
    };
    (@struct $name:ident $holds:ident value next) => {
        #[derive(Facet)]
        struct $name {
            value: u8,
            #[facet(recursive_type)]
            next: $holds<$name>,
        }
    };
    (@struct $name:ident $holds:ident next value) => {
        #[derive(Facet)]
        struct $name {
            #[facet(recursive_type)]
            next: $holds<$name>,
            value: u8,
        }
    };
}

links! {
    an_option_of_a_box: OptionBox, a loop: true;
    an_option_of_an_arc: OptionArc, a loop: true;
    a_list: InVec, a loop: false;
    a_boxed_slice: Slice, a loop: false;
    an_ordered_map: Tree, a loop: false;
    a_hashed_map: Hashed, a loop: false;
    a_result: InResult, a loop: true;
    a_lock: Locked, a loop: false;
    an_array: Array, a loop: false;
}

/// Two types that contain each other.
#[derive(Facet)]
struct Left {
    value: u8,
    #[facet(recursive_type)]
    right: Option<Box<Right>>,
}

#[derive(Facet)]
struct Right(#[facet(recursive_type)] Left);

impl Drop for Left {
    fn drop(&mut self) {
        let mut next = self.right.take();
        while let Some(mut right) = next {
            next = right.0.right.take();
        }
    }
}

impl Link for Left {
    const AROUND: (&'static [u8], &'static [u8]) = (&[7], &[]);
    fn new(inner: Option<Self>) -> Self {
        Self {
            value: 7,
            right: inner.map(|left| Box::new(Right(left))),
        }
    }
}

#[test]
fn two_types_in_turn() {
    assert!(is_loop::<Left, OptionBox<Left>>(scaled(200_000)));
}
