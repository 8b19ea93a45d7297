//! The vtable functions of types made at run time, over layouts of this crate's own.
//!
//! Facet's functions are compiled for one type each and get no shape. So where something is cannot be
//! looked up, and every layout is either fixed (a word at the start), named by a constant
//! parameter (a tag, then the payload at `AT`), or written down in the value itself (the nodes of linked lists).
//!
//! Iterators, guards and proxies are counted: all must have been given back when an encode ends.

use core::ptr;
use std::cell::Cell;

use facet_core::{
    ArrayVTable, IterVTable, ListTypeOps, ListVTable, LockGuardVTable, MapVTable, OptionVTable,
    PointerVTable, PtrConst, PtrMut, PtrUninit, ReadLockResult, ResultVTable, SetVTable, Shape,
    SliceVTable, TypeOpsDirect, WriteLockResult,
};

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

/// Iterators, guards and proxies of this thread that were taken and not given back.
pub(crate) fn live() -> isize {
    LIVE.get()
}

fn took() {
    LIVE.set(LIVE.get() + 1);
}

fn gave_back() {
    LIVE.set(LIVE.get() - 1);
}

/// Distance from the start of a node, or of a block behind a counted pointer, to what it holds.
pub(crate) const HEADER: usize = 16;

/// A list whose elements are in one block; deliberately not in the order of `Vec`.
#[repr(C)]
pub(crate) struct Block {
    pub(crate) len: usize,
    pub(crate) unused: usize,
    pub(crate) first: *const u8,
}

/// A container of linked nodes.
#[repr(C)]
pub(crate) struct Chain {
    pub(crate) first: *const Node,
    pub(crate) len: usize,
}

/// A node; what it holds starts at [`HEADER`].
#[repr(C)]
pub(crate) struct Node {
    pub(crate) next: *const Node,
    /// Where the value of an entry is, from the start of the node.
    pub(crate) value_at: usize,
}

/// A lock: how often it is held, then what it protects at [`HEADER`].
#[repr(C)]
pub(crate) struct Lock {
    pub(crate) held: Cell<usize>,
}

/// What a counted pointer and a weak one are the address of; what they point to starts at [`HEADER`].
#[repr(C)]
pub(crate) struct Counted {
    /// Of a slice.
    pub(crate) len: usize,
    /// Strong pointers; without one what is pointed to is gone.
    pub(crate) strong: Cell<usize>,
}

/// A cell that may be set; what it holds starts at [`HEADER`].
#[repr(C)]
pub(crate) struct Once {
    pub(crate) is_set: bool,
}

/// A value that whoever asks first computes: then it starts at [`HEADER`].
#[repr(C)]
pub(crate) struct Lazy {
    /// Where its length is, and behind a header what will be the value.
    pub(crate) source: *const u8,
    pub(crate) is_computed: Cell<bool>,
}

/// The address of a borrowed value, or null before an owned one, which starts at [`HEADER`].
#[repr(C)]
pub(crate) struct Cow {
    pub(crate) borrowed: *const u8,
}

/// A value that is encoded as a copy of what it points to.
#[repr(C)]
pub(crate) struct Original {
    pub(crate) image: *const u8,
    pub(crate) len: usize,
}

/// What nobody calls: these values are only read.
mod unused {
    use super::{PtrConst, PtrMut, PtrUninit};

    pub(super) unsafe extern "C" fn init(_: PtrUninit, _: usize) -> PtrMut {
        std::process::abort()
    }
    pub(super) unsafe extern "C" fn init_with(_: PtrUninit, _: PtrMut) -> PtrMut {
        std::process::abort()
    }
    pub(super) unsafe extern "C" fn init_none(_: PtrUninit) -> PtrMut {
        std::process::abort()
    }
    pub(super) unsafe extern "C" fn replace(_: PtrMut, _: *mut u8) {
        std::process::abort()
    }
    pub(super) unsafe extern "C" fn as_mut_ptr(_: PtrMut) -> PtrMut {
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

/// A `T` at the address.
///
/// # Safety
///
/// A live, aligned `T` is at the address.
unsafe fn at<'a, T>(value: PtrConst) -> &'a T {
    // SAFETY: the caller's duty.
    unsafe { &*value.as_byte_ptr().cast::<T>() }
}

// Options and results: a tag byte, and the payload `AT` bytes behind it.

unsafe extern "C" fn tag_is_one(value: PtrConst) -> bool {
    // SAFETY: these types start with their tag.
    *unsafe { at::<u8>(value) } == 1
}

unsafe extern "C" fn payload_if_one<const AT: usize>(value: PtrConst) -> *const u8 {
    // SAFETY: these types start with their tag, and end behind the payload.
    unsafe {
        match tag_is_one(value) {
            true => value.as_byte_ptr().add(AT),
            false => ptr::null(),
        }
    }
}

unsafe extern "C" fn payload_if_zero<const AT: usize>(value: PtrConst) -> *const u8 {
    // SAFETY: as in `payload_if_one`.
    unsafe {
        match tag_is_one(value) {
            true => ptr::null(),
            false => value.as_byte_ptr().add(AT),
        }
    }
}

unsafe extern "C" fn tag_is_zero(value: PtrConst) -> bool {
    // SAFETY: these types start with their tag.
    *unsafe { at::<u8>(value) } == 0
}

struct Payload<const AT: usize>;

impl<const AT: usize> Payload<AT> {
    const OPTION: OptionVTable = OptionVTable {
        is_some: tag_is_one,
        get_value: payload_if_one::<AT>,
        init_some: unused::init_with,
        init_none: unused::init_none,
        replace_with: unused::replace,
    };
    const RESULT: ResultVTable = ResultVTable {
        is_ok: tag_is_zero,
        get_ok: payload_if_zero::<AT>,
        get_err: payload_if_one::<AT>,
        init_ok: unused::init_with,
        init_err: unused::init_with,
    };
}

/// The functions of an option whose payload is so far behind its tag.
pub(crate) fn option(payload_at: usize) -> &'static OptionVTable {
    match payload_at {
        1 => &Payload::<1>::OPTION,
        2 => &Payload::<2>::OPTION,
        4 => &Payload::<4>::OPTION,
        8 => &Payload::<8>::OPTION,
        16 => &Payload::<16>::OPTION,
        _ => unreachable!("no type is aligned to {payload_at}"),
    }
}

/// The functions of a result whose payload is so far behind its tag.
pub(crate) fn result(payload_at: usize) -> &'static ResultVTable {
    match payload_at {
        1 => &Payload::<1>::RESULT,
        2 => &Payload::<2>::RESULT,
        4 => &Payload::<4>::RESULT,
        8 => &Payload::<8>::RESULT,
        16 => &Payload::<16>::RESULT,
        _ => unreachable!("no type is aligned to {payload_at}"),
    }
}

/// The functions of a result whose payload is 4 bytes behind its tag.
pub(crate) const RESULT_AT_4: &ResultVTable = &Payload::<4>::RESULT;

unsafe extern "C" fn word_is_set(value: PtrConst) -> bool {
    // SAFETY: these options are one word.
    !unsafe { at::<*const u8>(value) }.is_null()
}

unsafe extern "C" fn word_if_set(value: PtrConst) -> *const u8 {
    // SAFETY: as above.
    match unsafe { word_is_set(value) } {
        true => value.as_byte_ptr(),
        false => ptr::null(),
    }
}

/// An option of a pointer, for which null is none.
pub(crate) static NULL_IS_NONE: OptionVTable = OptionVTable {
    is_some: word_is_set,
    get_value: word_if_set,
    init_some: unused::init_with,
    init_none: unused::init_none,
    replace_with: unused::replace,
};

// Pointers.

unsafe extern "C" fn borrow_thin(value: PtrConst) -> PtrConst {
    // SAFETY: these pointers are the address of what they point to.
    PtrConst::new_sized(*unsafe { at::<*const u8>(value) })
}

unsafe extern "C" fn borrow_counted(value: PtrConst) -> PtrConst {
    // SAFETY: these pointers are the address of a header.
    PtrConst::new_sized(unsafe { at::<*const u8>(value).add(HEADER) })
}

unsafe extern "C" fn borrow_wide(value: PtrConst) -> PtrConst {
    // SAFETY: these pointers are those of slices, of whatever elements.
    let slice = *unsafe { at::<*const [u8]>(value) };
    PtrConst::new_wide(slice.cast::<u8>(), ptr::without_provenance(slice.len()))
}

unsafe extern "C" fn borrow_wide_counted(value: PtrConst) -> PtrConst {
    // SAFETY: these pointers are the address of a header, which says the length.
    unsafe {
        let header = *at::<*const u8>(value);
        let len = (*header.cast::<Counted>()).len;
        PtrConst::new_wide(header.add(HEADER), ptr::without_provenance(len))
    }
}

unsafe extern "C" fn borrow_cow(value: PtrConst) -> PtrConst {
    // SAFETY: these types are a `Cow`, with room behind it for what it may own.
    unsafe {
        let borrowed = at::<Cow>(value).borrowed;
        PtrConst::new_sized(match borrowed.is_null() {
            true => value.as_byte_ptr().add(HEADER),
            false => borrowed,
        })
    }
}

unsafe extern "C" fn borrow_wide_cow(value: PtrConst) -> PtrConst {
    // SAFETY: these types are a block.
    let block = unsafe { at::<Block>(value) };
    PtrConst::new_wide(block.first, ptr::without_provenance(block.len))
}

unsafe extern "C" fn compute(value: PtrConst) -> PtrConst {
    // SAFETY: these types are a `Lazy`, with room behind it for as many bytes as its source
    // says. Nobody has the address of that room before it is computed.
    unsafe {
        let place = value.as_byte_ptr().cast_mut().add(HEADER);
        let lazy = at::<Lazy>(value);
        if !lazy.is_computed.replace(true) {
            let len = lazy.source.cast::<usize>().read();
            place.copy_from_nonoverlapping(lazy.source.add(HEADER), len);
        }
        PtrConst::new_sized(place)
    }
}

/// Makes a lazy value one that nobody has asked for.
///
/// # Safety
///
/// It is alive, and nobody looks at it.
pub(crate) unsafe fn forget_computed(lazy: *mut Lazy, poison: u8) {
    // SAFETY: the caller's duty; there is room for as many bytes as the source says.
    unsafe {
        (*lazy).is_computed.set(false);
        let len = (*lazy).source.cast::<usize>().read();
        lazy.cast::<u8>().add(HEADER).write_bytes(poison, len);
    }
}

const fn borrowing(borrow: unsafe extern "C" fn(PtrConst) -> PtrConst) -> PointerVTable {
    PointerVTable {
        borrow_fn: Some(borrow),
        ..PointerVTable::new()
    }
}

pub(crate) static THIN: PointerVTable = borrowing(borrow_thin);
pub(crate) static COUNTED: PointerVTable = borrowing(borrow_counted);
pub(crate) static WIDE: PointerVTable = borrowing(borrow_wide);
pub(crate) static WIDE_COUNTED: PointerVTable = borrowing(borrow_wide_counted);
pub(crate) static COW: PointerVTable = borrowing(borrow_cow);
pub(crate) static WIDE_COW: PointerVTable = borrowing(borrow_wide_cow);
pub(crate) static LAZY: PointerVTable = borrowing(compute);

// Weak pointers: the same word as the strong ones, or null.

unsafe fn upgrade(weak: PtrMut, strong: PtrUninit) -> Option<PtrMut> {
    // SAFETY: these pointers are null or the address of a header, and a strong one is a word.
    unsafe {
        let address = *at::<*const Counted>(weak.as_const());
        let count = &address.as_ref()?.strong;
        if count.get() == 0 {
            return None;
        }
        took();
        count.set(count.get() + 1);
        let to = strong.as_mut_byte_ptr();
        to.cast::<*const Counted>().write(address);
        Some(PtrMut::new_sized(to))
    }
}

unsafe fn drop_strong(strong: *mut ()) {
    gave_back();
    // SAFETY: a strong pointer that `upgrade` made is the address of a header.
    let count = unsafe { &(**strong.cast::<*const Counted>()).strong };
    count.set(count.get() - 1);
}

pub(crate) static WEAK: PointerVTable = PointerVTable {
    upgrade_into_fn: Some(upgrade),
    ..PointerVTable::new()
};

/// Of strong pointers, which are dropped only where a weak one was upgraded.
pub(crate) static STRONG_DROP: TypeOpsDirect = TypeOpsDirect {
    drop_in_place: drop_strong,
    default_in_place: None,
    clone_into: None,
    is_truthy: None,
};

unsafe extern "C" fn same(value: PtrConst) -> PtrConst {
    value
}

pub(crate) static ARRAY: ArrayVTable = ArrayVTable {
    as_ptr: same,
    as_mut_ptr: unused::as_mut_ptr,
};

unsafe extern "C" fn slice_len(value: PtrConst) -> usize {
    // SAFETY: a slice of anything has the same pointer representation.
    unsafe { value.as_ptr::<[u8]>() }.len()
}

unsafe extern "C" fn slice_first(value: PtrConst) -> PtrConst {
    // SAFETY: as in `slice_len`.
    PtrConst::new_sized(unsafe { value.as_ptr::<[u8]>() }.cast::<u8>())
}

pub(crate) static SLICE: SliceVTable = SliceVTable::new(slice_len, slice_first, unused::as_mut_ptr);

// Lists in one block.

unsafe fn get_nothing(_: PtrConst, _: usize, _: &'static Shape) -> Option<PtrConst> {
    std::process::abort()
}

unsafe extern "C" fn block_len(value: PtrConst) -> usize {
    // SAFETY: these lists are a block.
    unsafe { at::<Block>(value) }.len
}

unsafe extern "C" fn block_first(value: PtrConst) -> PtrConst {
    // SAFETY: as above.
    PtrConst::new_sized(unsafe { at::<Block>(value) }.first)
}

pub(crate) static BLOCK: ListVTable = ListVTable {
    len: block_len,
    get: get_nothing,
    get_mut: None,
    as_ptr: Some(block_first),
    as_mut_ptr: None,
    swap: None,
};

// Containers of linked nodes.

unsafe extern "C" fn chain_len(value: PtrConst) -> usize {
    // SAFETY: these containers are a chain.
    unsafe { at::<Chain>(value) }.len
}

unsafe extern "C" fn chain_init(value: PtrConst) -> PtrMut {
    took();
    // SAFETY: as above.
    PtrMut::new_sized(Box::into_raw(Box::new(unsafe { at::<Chain>(value) }.first)).cast::<u8>())
}

unsafe extern "C" fn chain_dealloc(state: PtrMut) {
    gave_back();
    // SAFETY: made by `chain_init`, freed once.
    drop(unsafe { Box::from_raw(state.as_mut_byte_ptr().cast::<*const Node>()) });
}

/// The node the iterator is at; it goes on to the next one.
unsafe fn advance(state: PtrMut) -> Option<*const Node> {
    // SAFETY: made by `chain_init`; nodes live as long as the container.
    unsafe {
        let state = state.as_mut_byte_ptr().cast::<*const Node>();
        let node = *state;
        *state = node.as_ref()?.next;
        Some(node)
    }
}

unsafe fn chain_next(state: PtrMut) -> Option<PtrConst> {
    // SAFETY: the caller's duty.
    let node = unsafe { advance(state) }?;
    // SAFETY: the item is behind the node's header.
    Some(PtrConst::new_sized(unsafe {
        node.cast::<u8>().add(HEADER)
    }))
}

unsafe fn chain_next_entry(state: PtrMut) -> Option<(PtrConst, PtrConst)> {
    // SAFETY: the caller's duty.
    let node = unsafe { advance(state) }?;
    // SAFETY: key and value are in the node, where it says.
    unsafe {
        let start = node.cast::<u8>();
        Some((
            PtrConst::new_sized(start.add(HEADER)),
            PtrConst::new_sized(start.add((*node).value_at)),
        ))
    }
}

const ITEMS: IterVTable<PtrConst> = IterVTable {
    init_with_value: Some(chain_init),
    next: chain_next,
    next_back: None,
    size_hint: None,
    dealloc: chain_dealloc,
};

pub(crate) static CHAIN: ListVTable = ListVTable {
    len: chain_len,
    get: get_nothing,
    get_mut: None,
    as_ptr: None,
    as_mut_ptr: None,
    swap: None,
};

pub(crate) static CHAIN_OPS: ListTypeOps = ListTypeOps::new(ITEMS);

pub(crate) static SET: SetVTable = SetVTable {
    init_in_place_with_capacity: unused::init,
    insert: unused::insert_item,
    len: chain_len,
    contains: unused::contains,
    iter_vtable: ITEMS,
    from_slice: None,
};

pub(crate) static MAP: MapVTable = MapVTable {
    init_in_place_with_capacity: unused::init,
    insert: unused::insert_entry,
    len: chain_len,
    contains_key: unused::contains,
    get_value_ptr: unused::get_value,
    iter_vtable: IterVTable {
        init_with_value: Some(chain_init),
        next: chain_next_entry,
        next_back: None,
        size_hint: None,
        dealloc: chain_dealloc,
    },
    from_pair_slice: None,
    pair_stride: 0,
    value_offset_in_pair: 0,
};

// Locks.

unsafe fn let_go(guard: PtrConst) {
    gave_back();
    // SAFETY: guards are the address of their lock.
    let held = &unsafe { at::<Lock>(guard) }.held;
    held.set(held.get() - 1);
}

static GUARD: LockGuardVTable = LockGuardVTable {
    drop_in_place: let_go,
};

unsafe fn hold(lock: PtrConst, most: usize) -> Result<*const u8, ()> {
    // SAFETY: these types start with their state.
    let held = &unsafe { at::<Lock>(lock) }.held;
    if held.get() >= most {
        return Err(());
    }
    took();
    held.set(held.get() + 1);
    // SAFETY: what is protected is behind the header.
    Ok(unsafe { lock.as_byte_ptr().add(HEADER) })
}

unsafe fn read(lock: PtrConst) -> Result<ReadLockResult, ()> {
    // SAFETY: the caller's duty; the guard gives back what was taken.
    unsafe {
        let data = hold(lock, usize::MAX)?;
        Ok(ReadLockResult::new(PtrConst::new_sized(data), lock, &GUARD))
    }
}

unsafe fn write(lock: PtrConst) -> Result<WriteLockResult, ()> {
    // SAFETY: as in `read`.
    unsafe {
        let data = PtrMut::new_sized(hold(lock, 1)?.cast_mut());
        Ok(WriteLockResult::new(data, lock, &GUARD))
    }
}

/// As `OnceLock` has it: a guard that is null.
static NO_GUARD: LockGuardVTable = LockGuardVTable {
    drop_in_place: let_null_go,
};

unsafe fn let_null_go(guard: PtrConst) {
    gave_back();
    assert!(guard.as_byte_ptr().is_null(), "another's guard");
}

unsafe fn read_once(once: PtrConst) -> Result<ReadLockResult, ()> {
    // SAFETY: these types are a `Once`, with what it holds behind the header; the guard is null.
    unsafe {
        if !at::<Once>(once).is_set {
            return Err(());
        }
        took();
        let data = PtrConst::new_sized(once.as_byte_ptr().add(HEADER));
        let guard = PtrConst::new_sized(ptr::null::<u8>());
        Ok(ReadLockResult::new(data, guard, &NO_GUARD))
    }
}

pub(crate) static ONCE: PointerVTable = PointerVTable {
    read_fn: Some(read_once),
    ..PointerVTable::new()
};

pub(crate) static SHARED: PointerVTable = PointerVTable {
    read_fn: Some(read),
    ..PointerVTable::new()
};

pub(crate) static EXCLUSIVE: PointerVTable = PointerVTable {
    lock_fn: Some(write),
    ..PointerVTable::new()
};

// Proxies.

pub(crate) unsafe fn convert_in(_: PtrConst, _: PtrUninit) -> Result<PtrMut, String> {
    std::process::abort()
}

pub(crate) unsafe fn convert_out(original: PtrConst, proxy: PtrUninit) -> Result<PtrMut, String> {
    // SAFETY: these types are an original, and the proxy has the image's layout.
    unsafe {
        let original = at::<Original>(original);
        let to = proxy.as_mut_byte_ptr();
        to.copy_from_nonoverlapping(original.image, original.len);
        Ok(PtrMut::new_sized(to))
    }
}

/// As [`convert_out`], to a type that counts its drops.
pub(crate) unsafe fn convert_out_counted(
    original: PtrConst,
    proxy: PtrUninit,
) -> Result<PtrMut, String> {
    took();
    // SAFETY: the caller's duty.
    unsafe { convert_out(original, proxy) }
}

unsafe fn drop_counted(_: *mut ()) {
    gave_back();
}

pub(crate) static COUNTED_DROP: TypeOpsDirect = TypeOpsDirect {
    drop_in_place: drop_counted,
    default_in_place: None,
    clone_into: None,
    is_truthy: None,
};

// Predicates.

pub(crate) unsafe fn never(_: PtrConst) -> bool {
    false
}

pub(crate) unsafe fn always(_: PtrConst) -> bool {
    true
}

pub(crate) unsafe fn is_odd(value: PtrConst) -> bool {
    // SAFETY: only fields that start with an initialised byte have this predicate.
    let first = *unsafe { at::<u8>(value) };
    first % 2 == 1
}
