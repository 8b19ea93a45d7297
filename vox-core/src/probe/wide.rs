//! Probing `String`, wide references and wide boxes on values built here.
//!
//! Their layout cannot depend on the element type in any Rust there is, but Rust
//! promises no more than for `Vec`: several element types are looked at, and all
//! must agree.

use super::words::{Sighting, Words, deduce};

/// Looks at a value that is nothing but initialised words.
///
/// # Safety
///
/// `V` has no padding and is aligned as a word.
unsafe fn look<V>(value: &V, ptr: *const u8, len: usize) -> Option<Sighting> {
    let count = size_of::<V>() / size_of::<usize>();
    if align_of::<V>() != align_of::<usize>() || size_of::<V>() != count * size_of::<usize>() {
        return None;
    }
    let address = core::ptr::from_ref(value).cast::<u8>();
    // SAFETY: the duty of this function and the checks above.
    Some(unsafe { Sighting::of(address, count, ptr, len) })
}

/// The layout all of these agree on.
fn unanimous(layouts: &[Option<Words>]) -> Option<Words> {
    let (first, rest) = layouts.split_first()?;
    rest.iter().all(|other| other == first).then_some(*first)?
}

pub(super) fn probe_string() -> Option<Words> {
    let mut sightings = Vec::new();
    for (capacity, text) in [(11, "abc"), (19, "hello"), (37, "thirteen long")] {
        let mut value = String::with_capacity(capacity);
        value.push_str(text);
        if value.capacity() == value.len() {
            return None;
        }
        // SAFETY: a `String` is a `Vec`: an address, a length and a capacity.
        sightings.push(unsafe { look(&value, value.as_ptr(), value.len())? });
    }
    deduce(&sightings)
}

/// The layout of `R`, made from slices of each of these lengths.
macro_rules! of_slices {
    ($element:expr, $make:expr) => {{
        let probe = || {
            let mut sightings = Vec::new();
            for len in [3usize, 5, 13] {
                let elements: Vec<_> = (0..len).map(|_| $element).collect();
                let value = $make(&elements);
                // SAFETY: a wide pointer to a slice is an address and a length.
                sightings.push(unsafe { look(&value, value.as_ptr().cast(), value.len())? });
            }
            deduce(&sightings)
        };
        probe()
    }};
}

fn shared<T>(elements: &[T]) -> &[T] {
    elements
}

fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or_default()
}

fn boxed<T: Clone>(elements: &[T]) -> Box<[T]> {
    elements.into()
}

pub(super) fn probe_reference() -> Option<Words> {
    unanimous(&[
        of_slices!(0u8, shared),
        of_slices!(0u64, shared),
        of_slices!((), shared),
        of_slices!(String::new(), shared),
        of_slices!(b'a', text),
    ])
}

pub(super) fn probe_box() -> Option<Words> {
    unanimous(&[
        of_slices!(0u8, |it: &Vec<_>| boxed(it)),
        of_slices!(0u64, |it: &Vec<_>| boxed(it)),
        of_slices!((), |it: &Vec<_>| boxed(it)),
        of_slices!(String::new(), |it: &Vec<_>| boxed(it)),
        of_slices!(b'a', |it| Box::<str>::from(text(it))),
    ])
}
