//! Boxed nodes: recursion to the left, a loop to the right, leaves without a call.

use super::Hand;
use super::cursor::Cursor;
use super::isa::Isa;
use super::portable::Portable;
use crate::workload::tree::Node;

impl Hand for Node {
    #[inline(always)]
    unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
        let (at, limit, buffer) = cursor.words();
        // SAFETY: the caller's duty.
        unsafe { cursor.resume(write_node(at, limit, buffer, self)) }
    }
}

/// A node and what hangs below it. Any processor: the values are short.
///
/// # Safety
///
/// The words of a cursor with room; the answer is for [`Cursor::resume`], and has room.
unsafe fn write_node(
    at: *mut u8,
    limit: *mut u8,
    buffer: *mut Vec<u8>,
    mut node: &Node,
) -> (*mut u8, *mut u8) {
    // SAFETY: 6 bytes of value and tag, 7 of a leaf, then a check (H1).
    unsafe {
        let mut cursor = Cursor::from_words(at, limit, buffer);
        loop {
            cursor = value(cursor, node.value);
            match &node.left {
                None => cursor = cursor.byte(0),
                Some(left) if is_leaf(left) => cursor = leaf(cursor.byte(1), left),
                Some(left) => {
                    let (at, limit, buffer) = cursor.byte(1).check().words();
                    cursor = cursor.resume(write_node(at, limit, buffer, left));
                }
            }
            let last = match &node.right {
                None => cursor.byte(0).check(),
                Some(right) if is_leaf(right) => leaf(cursor.byte(1), right).check(),
                Some(right) => {
                    node = right;
                    cursor = cursor.byte(1).check();
                    continue;
                }
            };
            let (at, limit, _) = last.words();
            return (at, limit);
        }
    }
}

#[inline(always)]
fn is_leaf(node: &Node) -> bool {
    node.left.is_none() && node.right.is_none()
}

/// # Safety
///
/// 7 bytes of room, and overshoot (H1).
#[inline(always)]
unsafe fn leaf(cursor: Cursor, node: &Node) -> Cursor {
    // SAFETY: the caller's duty.
    unsafe { value(cursor, node.value).raw([0, 0]) }
}

/// A number that is below 2^14, nearly always: no branch on whether it has one byte or two.
///
/// # Safety
///
/// 5 bytes of room, and overshoot (H1).
#[inline(always)]
unsafe fn value(cursor: Cursor, value: u32) -> Cursor {
    // SAFETY: the caller's duty.
    unsafe {
        if value >= 1 << 14 {
            return cursor.u32::<Portable>(value);
        }
        let is_long = value > 0x7f;
        let word = (value & 0x7f) | (u32::from(is_long) << 7) | ((value >> 7) << 8);
        // 14 bits, and a mark between.
        cursor
            .at()
            .cast::<u16>()
            .write_unaligned((word as u16).to_le());
        cursor.advance(1 + usize::from(is_long))
    }
}
