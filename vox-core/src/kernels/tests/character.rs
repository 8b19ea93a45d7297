//! Characters against the definition, in every set that has a routine for them, in room that ends at a protected page.

use super::{Fenced, every_set, no_bulk, no_room};
use crate::cx::{Constants, EncodeCx, OVERSHOOT};
use crate::entry::WriteCharFn;
use crate::kernels::Kernels;
use crate::wire::varint;

/// Bytes of a character, its length included.
const MOST: usize = 5;

struct Bench {
    cx: EncodeCx,
    output: Fenced,
}

impl Bench {
    fn new() -> Self {
        let constants = const { &Constants::new(no_room, no_bulk) };
        Self {
            cx: EncodeCx::new(core::ptr::null_mut(), 0, constants, core::ptr::null_mut()),
            output: Fenced::new(1),
        }
    }

    /// Has a character written so many bytes in front of the room that there must be, and of the bytes that may be touched beyond that.
    fn check(
        &mut self,
        set: &Kernels,
        routine: WriteCharFn,
        value: u64,
        expected: &[u8],
        ahead: usize,
    ) {
        let out = self.output.before_end(ahead + MOST + OVERSHOOT);
        // SAFETY: within the fenced memory, before the fence; what is written was counted from `out` on. The processor can run
        // the set.
        let written = unsafe {
            out.sub(1).write(0xa7);
            routine(&raw mut self.cx, value, out);
            let end = self.cx.exchange.assume_init()[0];
            let len = end - out.addr() as u64;
            assert_eq!(out.sub(1).read(), 0xa7, "{} {value:#x}", set.name);
            core::slice::from_raw_parts(out, usize::try_from(len).unwrap())
        };
        assert_eq!(written, expected, "{} {value:#x}", set.name);
    }
}

#[test]
fn a7_every_character() {
    let mut bench = Bench::new();
    every_set(|set| {
        let Some(routine) = set.write_char else {
            eprintln!("skipped: {} has no routine for characters", set.name);
            return;
        };
        for value in '\0'..=char::MAX {
            let mut expected = [0; MOST];
            // SAFETY: there is room for as many.
            let end = unsafe { varint::write_char(expected.as_mut_ptr(), value) };
            let len = end.addr() - expected.as_ptr().addr();
            let expected = &expected[..len];
            bench.check(set, routine, value.into(), expected, 0);
            // At every place of a cache line in turns, and those at the ends of what has a length at each of them.
            let code = u32::from(value);
            let is_border = [0, 0x80, 0x800, 0x1_0000, 0x11_0000]
                .iter()
                .any(|&border| code.abs_diff(border) <= 1);
            let places = if is_border {
                1..64
            } else {
                code as usize % 64..code as usize % 64 + 1
            };
            for ahead in places {
                bench.check(set, routine, value.into(), expected, ahead);
            }
        }
    });
}
