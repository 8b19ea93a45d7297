//! The items of a hash table, a batch at a time, without the container's own iterator.
//!
//! The standard library's hash tables keep one control byte for each bucket, whose top bit is clear where the
//! bucket is full, and the buckets in front of them, the first one next to the first control byte. An
//! iterator visits the full ones in this order, and so does this: which of 64 buckets are full are bits of one number, so that
//! how many there are is not to be guessed again for every few.
//!
//! Not here: how it is known where a table is ([`crate::probe`]).

use super::Visit;
use super::arch::control;
use crate::cx::EncodeCx;
use crate::entry_fn;
use crate::trampoline::iter::Entry;

/// Where hash tables of one type keep what is in them; in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Where in the container the address of the control bytes is.
    pub(crate) control: usize,
    /// Where in the container the number of buckets less one is; the number is a power of two.
    pub(crate) mask: usize,
    /// From one bucket to the next; not 0.
    pub(crate) stride: usize,
    /// Where in a bucket the key is, or the item of a set.
    pub(crate) key: usize,
    /// Where in a bucket the value is.
    pub(crate) value: usize,
}

/// How far an iteration has come. Two words, as the state of any iterator.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Position {
    /// The container.
    container: *const u8,
    /// The first bucket that was not looked at.
    bucket: usize,
}

impl Position {
    /// The start of a container.
    pub(crate) fn start(container: *const u8) -> Self {
        Self {
            container,
            bucket: 0,
        }
    }
}

/// Control bytes that are read at once.
const GROUP: usize = 8;

/// Control bytes that one instruction looks at, where there is one.
pub(super) const PIECE: usize = 16;

/// Buckets that are looked at at once: as many as there are bits.
pub(super) const BLOCK: usize = 64;

/// The top bit of each byte.
const TOP: u64 = u64::from_ne_bytes([0x80; GROUP]);

entry_fn! {
    /// Fills `items` with the addresses of up to `count` further items and answers how many; fewer than
    /// asked means there are no more.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode, `table` describes the type of the live container of `position`, which
    /// nobody changes, and `items` has room for `count`.
    pub unsafe fn items(cx: *mut EncodeCx, table: *const Table, position: *mut Position, items: *mut *const u8, count: usize) -> usize {
        // SAFETY: the caller's duty; there is room for `count`, and places are below it.
        unsafe {
            (*cx).counters.accessor_calls += 1;
            let table = &*table;
            let mut put = |place, key, _| {
                items.add(place).write(key);
                true
            };
            scan(table, &mut *position, count, &mut put)
        }
    }
}

entry_fn! {
    /// As `items`, for a map.
    ///
    /// # Safety
    ///
    /// As for `items`.
    pub unsafe fn entries(cx: *mut EncodeCx, table: *const Table, position: *mut Position, entries: *mut Entry, count: usize) -> usize {
        // SAFETY: as in `items`.
        unsafe {
            (*cx).counters.accessor_calls += 1;
            let table = &*table;
            let mut put = |place, key, value| {
                entries.add(place).write(Entry { key, value });
                true
            };
            scan(table, &mut *position, count, &mut put)
        }
    }
}

impl Table {
    /// Where the key of a full bucket is, and its value.
    #[inline(always)]
    fn parts(&self, bucket: *const u8) -> (*const u8, *const u8) {
        (
            bucket.wrapping_add(self.key),
            bucket.wrapping_add(self.value),
        )
    }
}

/// Hands what is in up to `count` full buckets to `visit`, to places from 0 on, until it wants no more, which ends
/// the scan for good, and answers how many there were.
///
/// # Safety
///
/// `table` describes the type of the live container of `position`, which nobody changes.
#[inline(always)]
pub(crate) unsafe fn scan(
    table: &Table,
    position: &mut Position,
    count: usize,
    visit: &mut impl Visit,
) -> usize {
    // SAFETY: the caller's duty.
    let (control, mask) = unsafe { control_and_mask(table, position.container) };
    let mut filled = 0;
    while filled < count && position.bucket <= mask {
        let block = position.bucket & !(BLOCK - 1);
        // SAFETY: there is a control byte for each bucket (A15).
        let full = unsafe { full_of_block(control, block, mask) };
        let mut left = full & (!0 << (position.bucket - block));
        position.bucket = block + BLOCK;
        while left != 0 {
            let bucket = block + left.trailing_zeros() as usize;
            if filled == count {
                position.bucket = bucket;
                break;
            }
            let (key, value) = table.parts(control.wrapping_sub((bucket + 1) * table.stride));
            if !visit.item(filled, key, value) {
                return filled;
            }
            filled += 1;
            left &= left - 1;
        }
    }
    filled
}

/// Hands all that is in a container to `visit`, until it wants no more, and answers how many it took. As [`scan`], without a
/// position to come back to.
///
/// # Safety
///
/// As for [`scan`].
#[inline(always)]
pub(super) unsafe fn each(table: &Table, container: *const u8, visit: &mut impl Visit) -> usize {
    let Table { stride, .. } = *table;
    // SAFETY: the caller's duty.
    let (control, mask) = unsafe { control_and_mask(table, container) };
    let mut filled = 0;
    let mut block = 0;
    while block <= mask {
        // SAFETY: there is a control byte for each bucket (A15).
        let mut left = unsafe { full_of_block(control, block, mask) };
        let first = control.wrapping_sub((block + 1) * stride);
        while left != 0 {
            let bucket = first.wrapping_sub(left.trailing_zeros() as usize * stride);
            let (key, value) = table.parts(bucket);
            if !visit.item(filled, key, value) {
                return filled;
            }
            filled += 1;
            left &= left - 1;
        }
        block += BLOCK;
    }
    filled
}

/// The address of the control bytes, and the number of buckets less one.
///
/// # Safety
///
/// As for [`scan`].
#[inline(always)]
unsafe fn control_and_mask(table: &Table, container: *const u8) -> (*const u8, usize) {
    // SAFETY: the words are there (A15).
    unsafe {
        let word = |at: usize| container.add(at).cast::<*const u8>();
        (word(table.control).read(), word(table.mask).read().addr())
    }
}

/// Which buckets of a block are full: a bit for each.
///
/// # Safety
///
/// As for [`full`]; the block's first bucket is one of them.
#[inline(always)]
pub(super) unsafe fn full_of_block(control: *const u8, block: usize, mask: usize) -> u64 {
    if !control::IS_AVAILABLE || mask < PIECE - 1 {
        // SAFETY: the caller's duty.
        return unsafe { full_of_groups(control, block, mask) };
    }
    // As many as a power of two of at least a piece: pieces are whole.
    let pieces = ((mask + 1 - block) / PIECE).min(BLOCK / PIECE);
    let mut bits = 0;
    for piece in 0..pieces {
        let at = piece * PIECE;
        // SAFETY: the caller's duty.
        let empty = unsafe { control::tops(control.add(block + at).cast()) };
        bits |= u64::from(!empty) << at;
    }
    bits
}

/// The same, eight buckets at a time, and where there are fewer.
///
/// # Safety
///
/// As for [`full_of_block`].
// Not in line: what it needs in registers would be loaded again in each turn of the loop around it.
#[inline(never)]
pub(super) unsafe fn full_of_groups(control: *const u8, block: usize, mask: usize) -> u64 {
    let groups = (mask + 1 - block).div_ceil(GROUP).min(BLOCK / GROUP);
    let mut bits = 0;
    for group in 0..groups {
        // SAFETY: the caller's duty.
        let tops = unsafe { full(control, block + group * GROUP, mask) };
        bits |= top_bits(tops) << (group * GROUP);
    }
    bits
}

/// The top bits of eight bytes, side by side: each is multiplied to its place in the uppermost byte, where no other gets.
#[inline(always)]
fn top_bits(tops: u64) -> u64 {
    const PLACES: u64 = 0x0102_0408_1020_4080;
    (tops >> 7).wrapping_mul(PLACES) >> (BLOCK - GROUP)
}

/// The top bits of the bytes of a group's full buckets.
///
/// # Safety
///
/// `control` is the address of `mask` and one control bytes; the group's first is one of them.
#[inline(always)]
unsafe fn full(control: *const u8, group: usize, mask: usize) -> u64 {
    let mut bytes = [0xff; GROUP];
    if mask >= GROUP - 1 {
        // SAFETY: as many as a power of two of at least a group: groups are whole.
        bytes = unsafe { control.add(group).cast::<[u8; GROUP]>().read() };
    } else {
        for (index, byte) in bytes.iter_mut().enumerate().take(mask + 1) {
            // SAFETY: the caller's duty.
            *byte = unsafe { control.add(index).read() };
        }
    }
    !u64::from_le_bytes(bytes) & TOP
}
