//! Containers that do what a script says: announce one length, yield another
//! number of items, never end, or panic on the way.
//!
//! Three types over one script, so that lists, sets and maps are told apart by
//! their shape alone. Iterators are counted, for they must be freed whatever happens.

use std::cell::Cell;

use facet::{
    Def, Facet, IterVTable, ListDef, ListTypeOps, ListVTable, MapDef, MapVTable, PtrConst, PtrMut,
    PtrUninit, SetDef, SetVTable, Shape, ShapeBuilder,
};

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
}

/// Iterators of this thread that were made and not freed.
pub(crate) fn live_iterators() -> usize {
    LIVE.get()
}

/// What a container does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Script {
    /// The length it says it has.
    pub(crate) said: usize,
    /// The items it yields; `usize::MAX` never ends.
    pub(crate) yields: usize,
    /// The call of `next`, counted from 0, that panics.
    pub(crate) panics_at: Option<usize>,
}

/// Items are addresses into this table, in turn.
static ITEMS: [u16; 7] = [0, 1, 127, 128, 16_383, 16_384, 65_535];

/// The items an honest container of this size yields.
#[allow(dead_code, reason = "not every test binary needs it")]
pub(crate) fn items(size: usize) -> Vec<u16> {
    ITEMS.iter().copied().cycle().take(size).collect()
}

struct State {
    script: Script,
    calls: usize,
}

unsafe extern "C" fn len(container: PtrConst) -> usize {
    // SAFETY: all three types are a script and nothing else.
    unsafe { container.get::<Script>() }.said
}

unsafe extern "C" fn init(container: PtrConst) -> PtrMut {
    // SAFETY: as in `len`.
    let script = *unsafe { container.get::<Script>() };
    LIVE.set(LIVE.get() + 1);
    PtrMut::new(Box::into_raw(Box::new(State { script, calls: 0 })))
}

unsafe extern "C" fn dealloc(state: PtrMut) {
    LIVE.set(LIVE.get() - 1);
    // SAFETY: made by `init`, freed once.
    drop(unsafe { Box::from_raw(state.as_mut_byte_ptr().cast::<State>()) });
}

unsafe fn next(state: PtrMut) -> Option<PtrConst> {
    // SAFETY: made by `init`.
    let state = unsafe { state.as_mut::<State>() };
    let call = state.calls;
    state.calls += 1;
    assert!(
        state.script.panics_at != Some(call),
        "the iterator panics at call {call}"
    );
    (call < state.script.yields).then(|| PtrConst::new(&raw const ITEMS[call % ITEMS.len()]))
}

unsafe fn next_entry(state: PtrMut) -> Option<(PtrConst, PtrConst)> {
    // SAFETY: the caller's duty.
    unsafe { next(state) }.map(|item| (item, item))
}

unsafe fn get(container: PtrConst, idx: usize, _: &'static Shape) -> Option<PtrConst> {
    // SAFETY: as in `len`.
    let script = unsafe { container.get::<Script>() };
    (idx < script.yields).then(|| PtrConst::new(&raw const ITEMS[idx % ITEMS.len()]))
}

/// What nobody calls: these containers are only read.
mod unused {
    use super::{PtrConst, PtrMut, PtrUninit};

    pub(super) unsafe extern "C" fn init(_: PtrUninit, _: usize) -> PtrMut {
        std::process::abort()
    }

    pub(super) unsafe extern "C" fn insert_item(_: PtrMut, _: PtrMut) -> bool {
        std::process::abort()
    }

    pub(super) unsafe extern "C" fn insert_entry(_: PtrMut, _: PtrMut, _: PtrMut) {
        std::process::abort()
    }

    pub(super) unsafe extern "C" fn contains(_: PtrConst, _: PtrConst) -> bool {
        std::process::abort()
    }

    pub(super) unsafe extern "C" fn get_value(_: PtrConst, _: PtrConst) -> *const u8 {
        std::process::abort()
    }
}

const ITER: IterVTable<PtrConst> = IterVTable {
    init_with_value: Some(init),
    next,
    next_back: None,
    size_hint: None,
    dealloc,
};

static LIST_OPS: ListTypeOps = ListTypeOps::new(ITER);

static LIST: ListVTable = ListVTable {
    len,
    get,
    get_mut: None,
    as_ptr: None,
    as_mut_ptr: None,
    swap: None,
};

static SET: SetVTable = SetVTable {
    init_in_place_with_capacity: unused::init,
    insert: unused::insert_item,
    len,
    contains: unused::contains,
    iter_vtable: ITER,
    from_slice: None,
};

static MAP: MapVTable = MapVTable {
    init_in_place_with_capacity: unused::init,
    insert: unused::insert_entry,
    len,
    contains_key: unused::contains,
    get_value_ptr: unused::get_value,
    iter_vtable: IterVTable {
        init_with_value: Some(init),
        next: next_entry,
        next_back: None,
        size_hint: None,
        dealloc,
    },
    from_pair_slice: None,
    pair_stride: 4,
    value_offset_in_pair: 2,
};

macro_rules! scripted {
    ($($name:ident, $def:expr;)+) => {$(
        /// A container that follows its script.
        #[derive(Debug, Clone, Copy)]
        #[repr(transparent)]
        pub(crate) struct $name(pub(crate) Script);

        impl $name {
            /// One that yields as many items as it says.
            #[allow(dead_code, reason = "not every test binary needs it")]
            pub(crate) const fn honest(size: usize) -> Self {
                Self(Script { said: size, yields: size, panics_at: None })
            }

            /// One that lies.
            #[allow(dead_code, reason = "not every test binary needs it")]
            pub(crate) const fn lying(said: usize, yields: usize) -> Self {
                Self(Script { said, yields, panics_at: None })
            }

            /// One that panics at a call of `next`.
            #[allow(dead_code, reason = "not every test binary needs it")]
            pub(crate) const fn panicking(size: usize, call: usize) -> Self {
                Self(Script { said: size, yields: size, panics_at: Some(call) })
            }
        }

        // SAFETY: the shape describes the type: its layout by `for_sized`, its
        // contents through functions written for it.
        unsafe impl<'f> Facet<'f> for $name {
            const SHAPE: &'static Shape = &const {
                ShapeBuilder::for_sized::<Self>(stringify!($name)).def($def).build()
            };
        }
    )+};
}

scripted! {
    ScriptedList, Def::List(ListDef::with_type_ops(&LIST, &LIST_OPS, u16::SHAPE));
    ScriptedSet, Def::Set(SetDef::new(&SET, u16::SHAPE));
    ScriptedMap, Def::Map(MapDef::new(&MAP, u16::SHAPE, u16::SHAPE));
}
