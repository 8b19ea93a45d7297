//! Which buckets of a hash table are full: by the instruction for sixteen of them, by groups of eight, and by definition. The control bytes
//! end at a protected page, so that none behind them is read.

use fastrand::Rng;

use super::Fenced;
use crate::kernels::arch::control;
use crate::kernels::table::{BLOCK, PIECE, full_of_block, full_of_groups};

/// A bit for each control byte whose top bit is clear.
fn definition(control: &[u8]) -> u64 {
    let bytes = control.iter().rev();
    bytes.fold(0, |bits, byte| bits << 1 | u64::from(*byte < 0x80))
}

/// Every pattern of full buckets at every alignment; the other bits of a control byte count nothing.
#[test]
fn a15_sixteen_buckets_at_once() {
    if !control::IS_AVAILABLE {
        eprintln!("skipped: nothing looks at sixteen buckets at once here");
        return;
    }
    let (mut fenced, mut random) = (Fenced::new(1), Rng::with_seed(15));
    for empty in 0..=u16::MAX {
        for others in [0, u128::MAX, random.u128(..)] {
            let others = others.to_le_bytes();
            let bytes: [u8; PIECE] = core::array::from_fn(|idx| {
                let top = (empty >> idx & 1) as u8;
                top << 7 | others[idx] & 0x7f
            });
            assert_eq!(definition(&bytes), u64::from(!empty));
            for behind in 0..PIECE {
                let at = fenced.before_end(PIECE + behind);
                // SAFETY: within the fenced memory, where sixteen control bytes are then (A15).
                let (tops, full) = unsafe {
                    at.copy_from_nonoverlapping(bytes.as_ptr(), PIECE);
                    (control::tops(at.cast()), full_of_groups(at, 0, PIECE - 1))
                };
                assert_eq!(tops, empty, "{behind} behind {bytes:02x?}");
                assert_eq!(full, u64::from(!tops), "{behind} behind {bytes:02x?}");
            }
        }
    }
}

/// Tables of less than a group, of less than a piece, of less than a block, and of some blocks.
#[test]
fn a15_blocks_of_tables_of_every_size() {
    let (mut fenced, mut random) = (Fenced::new(1), Rng::with_seed(16));
    for buckets in (0..=9).map(|power| 1 << power) {
        for round in 0..200 {
            // None is full, all are, and everything in between.
            let empty = round % 9;
            let bytes: Vec<u8> = (0..buckets)
                .map(|_| u8::from(random.u8(..8) < empty) << 7 | random.u8(..0x80))
                .collect();
            for behind in 0..PIECE {
                let control = fenced.before_end(buckets + behind);
                // SAFETY: within the fenced memory.
                unsafe { control.copy_from_nonoverlapping(bytes.as_ptr(), buckets) };
                for (block, bytes) in bytes.chunks(BLOCK).enumerate() {
                    let first = block * BLOCK;
                    // SAFETY: a control byte for each bucket is there, of which the block's first is one (A15).
                    let full = unsafe {
                        [full_of_block, full_of_groups]
                            .map(|full| full(control, first, buckets - 1))
                    };
                    let expected = definition(bytes);
                    assert_eq!(full, [expected; 2], "{behind} behind {bytes:02x?}");
                }
            }
        }
    }
}
