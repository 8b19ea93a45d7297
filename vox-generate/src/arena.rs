//! Memory of the generator's own: values and shapes that live and die together.
//!
//! Values are laid out in poisoned memory, so that a byte of padding that reaches the
//! output is seen. Nothing is freed before the arena is, and then all of it is: a run of
//! hours takes no more memory than one of seconds.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::sync::{Mutex, PoisonError};

use facet_core::Shape;

/// Places for the shapes of lists that look like `Vec`, and only for them.
///
/// What vox learns about such a list's layout it remembers for the life of the process, by the shape's
/// address, as it may: shapes are `'static`. Ours are not, so an address that was a `Vec`'s must never be
/// another list's; the next `Vec` of the generator's has the same layout.
static VEC_SHAPES: Mutex<Vec<Place>> = Mutex::new(Vec::new());

/// Memory for a shape, that is never freed but used again.
struct Place(*mut Shape);

// SAFETY: whoever takes the place from the list is its only owner.
unsafe impl Send for Place {}

/// Drops what is at an address.
pub(crate) type DropFn = unsafe fn(*mut u8);

/// Memory that is freed all at once.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    pieces: Vec<(*mut u8, Layout)>,
    drops: Vec<(*mut u8, DropFn)>,
}

impl Arena {
    /// Memory for one value, filled with `poison`.
    pub(crate) fn poisoned(&mut self, layout: Layout, poison: u8) -> *mut u8 {
        // One byte more than nothing, so that every address is one of ours.
        let layout = Layout::from_size_align(layout.size().max(1), layout.align())
            .expect("the layout was one before");
        // SAFETY: the size is not 0.
        let memory = unsafe { alloc(layout) };
        if memory.is_null() {
            handle_alloc_error(layout);
        }
        // SAFETY: freshly allocated with this size.
        unsafe { memory.write_bytes(poison, layout.size()) };
        self.pieces.push((memory, layout));
        memory
    }

    /// A value that stays where it is until the arena is dropped.
    ///
    /// # Safety
    ///
    /// The reference is not used after the arena is dropped.
    pub(crate) unsafe fn keep<T: 'static>(&mut self, value: T) -> &'static T {
        let memory = self.poisoned(Layout::new::<T>(), 0).cast::<T>();
        // SAFETY: allocated for a `T` just now, and dropped with the arena.
        unsafe {
            memory.write(value);
            self.drop_later(memory.cast(), drop_as::<T>);
            &*memory
        }
    }

    /// As [`Self::keep`], for the shape of a list that looks like `Vec`.
    ///
    /// # Safety
    ///
    /// As for [`Self::keep`].
    pub(crate) unsafe fn keep_vec_shape(&mut self, shape: Shape) -> &'static Shape {
        let mut free = VEC_SHAPES.lock().unwrap_or_else(PoisonError::into_inner);
        let place = match free.pop() {
            Some(Place(place)) => place,
            None => Box::into_raw(Box::new(shape)),
        };
        // SAFETY: the place is ours until the arena gives it back.
        unsafe {
            place.write(shape);
            self.drop_later(place.cast(), give_back);
            &*place
        }
    }

    /// As [`Self::keep`], for a slice.
    ///
    /// # Safety
    ///
    /// As for [`Self::keep`].
    pub(crate) unsafe fn keep_all<T: Copy + 'static>(&mut self, values: &[T]) -> &'static [T] {
        let layout = Layout::for_value(values);
        let memory = self.poisoned(layout, 0).cast::<T>();
        // SAFETY: allocated for these values just now; they need no drop.
        unsafe {
            memory.copy_from_nonoverlapping(values.as_ptr(), values.len());
            core::slice::from_raw_parts(memory, values.len())
        }
    }

    /// Drops what is at `value` with the arena.
    ///
    /// # Safety
    ///
    /// `drop` applies to what is there, and nobody else drops it.
    pub(crate) unsafe fn drop_later(&mut self, value: *mut u8, drop: DropFn) {
        self.drops.push((value, drop));
    }
}

/// Drops a `T` in place.
///
/// # Safety
///
/// A `T` is at `value`.
pub(crate) unsafe fn drop_as<T>(value: *mut u8) {
    // SAFETY: the caller's duty.
    unsafe { value.cast::<T>().drop_in_place() };
}

/// Lets the next `Vec`'s shape have the place.
///
/// # Safety
///
/// The place is one of [`VEC_SHAPES`], and taken.
unsafe fn give_back(place: *mut u8) {
    let mut free = VEC_SHAPES.lock().unwrap_or_else(PoisonError::into_inner);
    free.push(Place(place.cast()));
}

impl Drop for Arena {
    fn drop(&mut self) {
        for (value, drop) in self.drops.drain(..).rev() {
            // SAFETY: whoever registered it vouched for it; memory is freed below.
            unsafe { drop(value) };
        }
        for (memory, layout) in self.pieces.drain(..) {
            // SAFETY: allocated by this arena with this layout.
            unsafe { dealloc(memory, layout) };
        }
    }
}
