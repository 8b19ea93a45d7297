//! Probing a `Vec` through its shape's functions.

use core::mem::MaybeUninit;

use facet_core::{
    Def, Facet, ListAsPtrFn, ListCapacityFn, ListDef, ListInitInPlaceWithCapacityFn, ListLenFn,
    ListSetLenFn, PtrConst, PtrMut, PtrUninit, Shape,
};

use super::words::{MAX_WORDS, Sighting, Words, deduce};

/// Elements may take this much memory while a layout is probed.
const MAX_BYTES: usize = 1 << 20;

/// The capacities and lengths of the values looked at: all different, and none
/// a likely alignment.
const STATES: [(usize, &[usize]); 3] = [(11, &[3, 5]), (19, &[7, 3]), (37, &[13])];

/// The functions probing needs.
#[derive(Clone, Copy)]
struct Functions {
    init: ListInitInPlaceWithCapacityFn,
    set_len: ListSetLenFn,
    capacity: ListCapacityFn,
    len: ListLenFn,
    as_ptr: ListAsPtrFn,
}

/// The layout of a `Vec` of this shape; `None` for any other list.
///
/// Only `Vec` is asked: a list that keeps few elements in itself and many
/// elsewhere (`SmallVec`) would look like one thing while probed and be another
/// later.
pub(super) fn probe(shape: &'static Shape, def: &ListDef) -> Option<Words> {
    let Def::List(vec) = &Vec::<u8>::SHAPE.def else {
        return None;
    };
    if !core::ptr::eq(def.vtable, vec.vtable) {
        return None;
    }
    // SAFETY: the functions are those of `Vec`.
    unsafe { probe_any(shape, def) }
}

/// Probes a list that is known to keep its elements in one allocation.
///
/// # Safety
///
/// The list's functions keep facet's contract, `set_len` does not look at the
/// elements, and every byte of the list is initialised.
pub(super) unsafe fn probe_any(shape: &'static Shape, def: &ListDef) -> Option<Words> {
    let functions = Functions {
        init: def.init_in_place_with_capacity()?,
        set_len: def.set_len()?,
        capacity: def.capacity()?,
        len: def.vtable.len,
        as_ptr: def.vtable.as_ptr?,
    };
    let layout = shape.layout.sized_layout().ok()?;
    let element = def.t.layout.sized_layout().ok()?;
    let words = layout.size() / size_of::<usize>();
    let is_words = layout.size() == words * size_of::<usize>()
        && layout.align() == align_of::<usize>()
        && (2..=MAX_WORDS).contains(&words);
    let largest = STATES.iter().map(|(capacity, _)| capacity).max()?;
    if !is_words || element.size().checked_mul(*largest)? > MAX_BYTES {
        return None;
    }
    let mut sightings = Vec::new();
    for (capacity, lengths) in STATES {
        // SAFETY: the duty of this function; the list fits `MAX_WORDS` words.
        unsafe { look(shape, functions, words, capacity, lengths, &mut sightings)? };
    }
    deduce(&sightings)
}

/// Builds a list and looks at it in several lengths; `None` when its functions
/// contradict each other.
///
/// # Safety
///
/// As for [`probe_any`]; the list has `words` words, at most `MAX_WORDS`.
unsafe fn look(
    shape: &'static Shape,
    functions: Functions,
    words: usize,
    capacity: usize,
    lengths: &[usize],
    sightings: &mut Vec<Sighting>,
) -> Option<()> {
    let mut memory = [MaybeUninit::<usize>::uninit(); MAX_WORDS];
    let address = memory.as_mut_ptr().cast::<u8>();
    let list = PtrMut::new_sized(address);
    let mut agree = true;
    // SAFETY: the memory is large and aligned enough for the list. `set_len` lets
    // it claim elements that were never written; nothing reads or drops them, and
    // the length is 0 again before the list is dropped (assumption A4).
    unsafe {
        (functions.init)(PtrUninit::new_sized(address), capacity);
        let has = (functions.capacity)(PtrConst::new_sized(address));
        for &len in lengths.iter().filter(|&&len| len <= has) {
            (functions.set_len)(list, len);
            agree &= (functions.len)(PtrConst::new_sized(address)) == len;
            let first = (functions.as_ptr)(PtrConst::new_sized(address));
            agree &= !first.is_wide();
            sightings.push(Sighting::of(address, words, first.raw_ptr(), len));
        }
        (functions.set_len)(list, 0);
        shape.call_drop_in_place(list);
    }
    agree.then_some(())
}
