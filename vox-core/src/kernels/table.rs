//! The items of a hash table, a batch at a time, without the container's own iterator.
//!
//! The standard library's hash tables keep one control byte for each bucket, whose top bit is clear where the
//! bucket is full, and the buckets in front of them, the first one next to the first control byte. An
//! iterator visits the full ones in this order, and so does this: by eight control bytes at a time, and
//! without a branch on which of them are full, for that is random.
//!
//! Not here: how it is known where a table is ([`crate::probe`]).

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

/// Control bytes that are looked at at once.
const GROUP: usize = 8;

/// The top bit of the first of them, and of each.
const TOP_OF_FIRST: u64 = 0x80;
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
            scan(table, &mut *position, count, |place, bucket| {
                items.add(place).write(bucket.wrapping_add(table.key));
            })
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
            scan(table, &mut *position, count, |place, bucket| {
                entries.add(place).write(Entry {
                    key: bucket.wrapping_add(table.key),
                    value: bucket.wrapping_add(table.value),
                });
            })
        }
    }
}

/// Hands out up to `count` full buckets, to places from 0 on, and answers how many there were. What `put` is
/// given may be the address of nothing: then it is called again for the same place, or the place is not counted.
///
/// # Safety
///
/// `table` describes the type of the live container of `position`, which nobody changes.
#[inline(always)]
pub(crate) unsafe fn scan(
    table: &Table,
    position: &mut Position,
    count: usize,
    mut put: impl FnMut(usize, *const u8),
) -> usize {
    // SAFETY: the words are there (A15).
    let (control, mask) = unsafe {
        let word = |at: usize| position.container.add(at).cast::<*const u8>();
        (word(table.control).read(), word(table.mask).read().addr())
    };
    let bucket_at = |bucket: usize| control.wrapping_sub((bucket + 1) * table.stride);
    let mut filled = 0;
    while filled < count && position.bucket <= mask {
        let group = position.bucket & !(GROUP - 1);
        // SAFETY: there is a control byte for each bucket (A15).
        let full = unsafe { full(control, group, mask) };
        let mut left = full & (!0 << (8 * (position.bucket - group)));
        position.bucket = group + GROUP;
        if count - filled >= GROUP {
            // Sparse tables have many groups without any.
            if left != 0 {
                for lane in 0..GROUP {
                    put(filled, bucket_at(group + lane));
                    filled += usize::from(left & (TOP_OF_FIRST << (8 * lane)) != 0);
                }
            }
            continue;
        }
        while left != 0 {
            let bucket = group + left.trailing_zeros() as usize / 8;
            if filled == count {
                position.bucket = bucket;
                break;
            }
            put(filled, bucket_at(bucket));
            filled += 1;
            left &= left - 1;
        }
    }
    filled
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
