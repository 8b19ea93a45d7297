//! Scalars that stand alone against the definition, in every set that has routines for them, in room that ends at a protected page.

use super::{Fenced, definition, every_set, low, no_bulk, no_room};
use crate::cx::{Constants, EncodeCx, OVERSHOOT};
use crate::entry::SingleFn;
use crate::kernels::Kernels;
use crate::kernels::single::Routines;
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

    /// Has a number written with so many bytes of room, and no more than may be touched beyond that.
    fn check(
        &mut self,
        set: &Kernels,
        routine: SingleFn,
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

fn every_set_with_routines(mut check: impl FnMut(&Kernels, Routines)) {
    every_set(|set| match set.single {
        Some(routines) => check(set, routines),
        None => eprintln!("skipped: {} has no routines for scalars alone", set.name),
    });
}

#[test]
fn a7_varints_of_every_length() {
    let mut bench = Bench::new();
    let mut random = fastrand::Rng::with_seed(64);
    every_set_with_routines(|set, routines| {
        for bits in 0..=64 {
            let highest = low(bits);
            let some = (0..100).map(|_| random.u64(..) & highest);
            for value in [highest, highest.wrapping_add(1), highest / 2]
                .into_iter()
                .chain(some)
            {
                let mut expected = Vec::new();
                definition(&mut expected, value);
                for beyond in 0..8 {
                    let room = expected.len() + beyond;
                    bench.check(set, routines.varint, value, &expected, room);
                }
            }
        }
    });
}

#[test]
fn a7_every_character() {
    let mut bench = Bench::new();
    every_set_with_routines(|set, routines| {
        for value in '\0'..=char::MAX {
            let mut expected = [0; 5];
            // SAFETY: there is room for five bytes.
            let end = unsafe { varint::write_char(expected.as_mut_ptr(), value) };
            let len = end.addr() - expected.as_ptr().addr();
            bench.check(set, routines.character, value.into(), &expected[..len], 5);
        }
    });
}
