//! Characters against the definition, in every set that has a routine for them, in room that ends at a protected page.

use super::{Fenced, every_set, no_bulk, no_room};
use crate::cx::{Constants, EncodeCx, OVERSHOOT};
use crate::entry::WriteCharFn;
use crate::kernels::Kernels;
use crate::wire::varint;

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

    /// Has a character written with so many bytes of room, and no more than may be touched beyond that.
    fn check(
        &mut self,
        set: &Kernels,
        routine: WriteCharFn,
        value: u64,
        expected: &[u8],
        room: usize,
    ) {
        let out = self.output.before_end(room + OVERSHOOT);
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
            let mut expected = [0; 5];
            // SAFETY: there is room for five bytes.
            let end = unsafe { varint::write_char(expected.as_mut_ptr(), value) };
            let len = end.addr() - expected.as_ptr().addr();
            bench.check(set, routine, value.into(), &expected[..len], 5);
        }
    });
}
