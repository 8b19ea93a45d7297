//! Long runs of bytes by the routine that machine code calls for them.

use core::mem::MaybeUninit;
use core::ops::Range;
use core::ptr;

use super::{Fenced, no_bulk, no_room};
use crate::cx::{Constants, EncodeCx, FREE_SPARE, OVERSHOOT};
use crate::entry::WriteLongFn;
use crate::entry_fn;
use crate::kernels::{Kernels, LONG_LENS};

/// What the routine leaves in place of the end where it did not write.
const OTHERWISE: u64 = 0x0bad_0bad_0bad_0bad;

entry_fn! {
    /// Takes the place of the stub that writes any length.
    unsafe fn otherwise(cx: *mut EncodeCx) {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        unsafe { (*cx).exchange = MaybeUninit::new([OTHERWISE; 4]) };
    }
}

struct Bench {
    write: WriteLongFn,
    source: Fenced,
    output: Fenced,
}

impl Bench {
    /// `None` where no set has a routine.
    fn new() -> Option<Self> {
        let Some(write) = Kernels::best().write_long else {
            eprintln!("skipped: no set of this processor has a routine for long runs");
            return None;
        };
        let mut source = Fenced::new(5);
        source.fill(|at| (at as u8) ^ (at >> 8) as u8);
        Some(Self {
            write,
            source,
            output: Fenced::new(5),
        })
    }

    /// Writes `len` bytes that end `back` bytes before a page nobody may read, where there is room for `room` bytes
    /// and no more, `back` bytes before a page nobody may write. Answers what was written; `None` where it went on
    /// at the other function.
    fn write(&mut self, len: usize, spare: usize, room: usize, back: usize) -> Option<Vec<u8>> {
        self.write_to(len, spare, room, back, back)
    }

    /// The same, where the room ends at another distance from its page.
    fn write_to(
        &mut self,
        len: usize,
        spare: usize,
        room: usize,
        back: usize,
        out_back: usize,
    ) -> Option<Vec<u8>> {
        const MARK: u8 = 0xa7;
        // There is no run of some lengths, which are not to be read.
        let from = len.saturating_add(back).min(self.source.len);
        let from = self.source.before_end(from);
        let out = self.output.before_end(room + OVERSHOOT + out_back);
        let limit = out.wrapping_add(room).wrapping_sub(FREE_SPARE);
        let constants = const { &Constants::new(no_room, no_bulk) };
        let mut cx = EncodeCx::new(limit, 0, constants, ptr::null_mut());
        let words = [out.addr(), from.addr(), len, spare].map(|word| word as u64);
        cx.exchange = MaybeUninit::new(words);
        // SAFETY: the run and the room are as the state says; the processor has the instructions of the set.
        let (end, written) = unsafe {
            out.sub(1).write_bytes(MARK, 1 + room + OVERSHOOT);
            (self.write)(&mut cx, otherwise as *const ());
            let [end, ..] = cx.exchange.assume_init();
            let all = core::slice::from_raw_parts(out.sub(1), 1 + room + OVERSHOOT);
            (end, all)
        };
        let (before, written) = written.split_first().expect("a byte before");
        assert_eq!(*before, MARK, "{len} bytes");
        let len_written = match end {
            OTHERWISE => 0,
            end => end as usize - out.addr(),
        };
        let behind = &written[len_written..];
        assert!(
            behind.iter().all(|byte| *byte == MARK),
            "{len} bytes, {back} and {out_back} back"
        );
        (end != OTHERWISE).then(|| written[..len_written].to_vec())
    }

    fn expected(&mut self, len: usize, back: usize) -> Vec<u8> {
        let from = self.source.before_end(len + back);
        let mut expected = Vec::new();
        super::definition(&mut expected, len as u64);
        // SAFETY: within the memory that was filled.
        expected.extend_from_slice(unsafe { core::slice::from_raw_parts(from, len) });
        expected
    }
}

/// Around every multiple of a register, and all of the shortest.
fn lens() -> impl Iterator<Item = usize> {
    let Range { start, end } = LONG_LENS;
    let is_near = |len: usize| matches!((len + 2) % 64, 0..=4);
    (start..end).filter(move |len| *len < start + 200 || is_near(*len) || *len + 2 > end)
}

#[test]
fn a7_long_runs_at_every_distance_from_a_page() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    for len in lens() {
        for back in (0..=70).step_by(if len < 300 { 1 } else { 7 }) {
            let expected = bench.expected(len, back);
            let room = expected.len();
            let written = bench.write(len, 0, room, back);
            assert!(
                written.as_ref() == Some(&expected),
                "{len} bytes, {back} back"
            );
        }
    }
}

#[test]
fn a7_long_runs_at_every_alignment_to_each_other() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    for len in lens() {
        // The run up to its page, and not.
        for back in [0, 27] {
            let expected = bench.expected(len, back);
            for out_back in 0..64 {
                let written = bench.write_to(len, 0, expected.len(), back, out_back);
                assert!(
                    written.as_ref() == Some(&expected),
                    "{len} bytes, {back} and {out_back} back"
                );
            }
        }
    }
}

#[test]
fn a7_long_runs_want_their_room_and_what_is_to_follow() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    for len in [LONG_LENS.start, 200, 1000, LONG_LENS.end - 1] {
        for spare in [0, 1, FREE_SPARE, 300] {
            let expected = bench.expected(len, 0);
            let room = expected.len() + spare;
            assert!(
                bench
                    .write(len, spare, room, 0)
                    .is_some_and(|it| it == expected)
            );
            assert!(
                bench
                    .write(len, spare, room + 1, 0)
                    .is_some_and(|it| it == expected)
            );
            assert_eq!(bench.write(len, spare, room - 1, 0), None, "{len}, {spare}");
        }
    }
}

#[test]
fn a7_other_runs_are_written_by_the_other_function() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    let near = [
        0,
        1,
        64,
        LONG_LENS.start - 1,
        LONG_LENS.end,
        LONG_LENS.end + 1,
    ];
    // Their lowest bits are a length it writes.
    let far = [32, 48, 63]
        .into_iter()
        .filter_map(|bit| 1_usize.checked_shl(bit))
        .map(|high| high + LONG_LENS.start);
    for len in near
        .into_iter()
        .chain(far)
        .chain([usize::MAX, isize::MIN.cast_unsigned()])
    {
        assert_eq!(
            bench.write(len, 0, LONG_LENS.end + 20, 0),
            None,
            "{len} bytes"
        );
    }
}
