//! Lists of integers in a sink that gives little more room than it is asked for, so that a routine stops in the middle of
//! its list and begins again.

use core::ptr;

use fastrand::Rng;

use super::{Fenced, Int, every_set, list_of, low, no_bulk, put};
use crate::cx::{Constants, EncodeCx, FREE_SPARE, OVERSHOOT};
use crate::entry_fn;

/// A sink whose regions end at a protected page.
struct Narrow {
    output: Fenced,
    /// Where the region begins.
    start: *mut u8,
    taken: Vec<u8>,
    /// Bytes of room beyond what is asked for.
    beyond: usize,
    regions: usize,
}

impl Narrow {
    /// Takes what was written, and answers a new region's beginning and the limit of its state.
    fn turn(&mut self, out: *mut u8, spare: usize) -> (*mut u8, *mut u8) {
        // SAFETY: a list's routine wrote everything between the two.
        let written =
            unsafe { core::slice::from_raw_parts(self.start, out.addr() - self.start.addr()) };
        self.taken.extend_from_slice(written);
        self.regions += 1;
        let room = spare + self.beyond;
        self.start = self.output.before_end(room + OVERSHOOT);
        let end = self.start.wrapping_add(room);
        (self.start, end.wrapping_sub(FREE_SPARE))
    }
}

entry_fn! {
    unsafe fn turn(cx: *mut EncodeCx, out: *mut u8, spare: usize) -> *mut u8 {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3), and its sink is a `Narrow`.
        let (cx, sink) = unsafe { (&mut *cx, &mut *(*cx).sink.cast::<Narrow>()) };
        let (start, limit) = sink.turn(out, spare);
        cx.limit = limit;
        start
    }
}

/// Lists of more than the elements room is made for at once.
const LENS: [usize; 9] = [257, 270, 319, 320, 321, 511, 513, 600, 1000];

/// `a7_`: a routine writes as many as there is room for, and those behind them are written after them.
fn a7_little_room_for<T: Int>() {
    let mut random = Rng::with_seed(u64::from(T::BITS));
    let mut source = Fenced::new(3);
    every_set(|set| {
        let mut most = 0;
        for len in LENS {
            for bits in (0..T::BITS).step_by(3).chain([T::BITS]) {
                let mut number = || match bits == T::BITS {
                    // The longest, which fill their room.
                    true => low(bits),
                    false => random.u64(..) & low(random.u32(0..=bits)),
                };
                let numbers: Vec<u64> = (0..len).map(|_| number()).collect();
                for beyond in [0, 1, T::MAX_LEN, random.usize(0..1500)] {
                    let from = source.before_end(len * size_of::<T>() + beyond % 9);
                    put::<T>(from, &numbers);
                    let mut output = Fenced::new(2);
                    let start = output.before_end(OVERSHOOT);
                    let mut sink = Narrow {
                        output,
                        start,
                        taken: Vec::new(),
                        beyond,
                        regions: 0,
                    };
                    let mut cx = EncodeCx::new(
                        start.wrapping_sub(FREE_SPARE),
                        0,
                        const { &Constants::new(turn, no_bulk) },
                        ptr::from_mut(&mut sink).cast(),
                    );
                    // SAFETY: the list is there, the room is the sink's; the processor has the instructions of the set.
                    let end = unsafe { T::list(set)(&mut cx, start, from, len, 0) };
                    assert!(!end.is_null());
                    sink.turn(end, 0);
                    let ty = core::any::type_name::<T>();
                    let case = (set.name, ty, len, bits, beyond);
                    assert_eq!(sink.taken, list_of(&numbers), "{case:?}");
                    most = most.max(sink.regions);
                }
            }
        }
        assert!(most >= 4, "{}: room for all at once", set.name);
    });
}

macro_rules! tests {
    ($($name:ident: $ty:ty;)*) => { $(
        #[test]
        fn $name() {
            a7_little_room_for::<$ty>();
        }
    )* };
}

tests! {
    a7_little_room_for_u16: u16;
    a7_little_room_for_u32: u32;
    a7_little_room_for_u64: u64;
    a7_little_room_for_i16: i16;
    a7_little_room_for_i32: i32;
    a7_little_room_for_i64: i64;
}
