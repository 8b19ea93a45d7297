//! Varints of fields against the definition, in every set: integers that end at a protected page, aligned or not, in room that ends at
//! another.

use fastrand::Rng;

use super::{Fenced, definition, every_set, low};
use crate::cx::OVERSHOOT;
use crate::kernels::Kernels;
use crate::kernels::fields::Kind;
use crate::wire::varint::{MAX_LEN_U16, MAX_LEN_U32, MAX_LEN_U64};

impl Kind {
    fn bits(self) -> u32 {
        8 * self.width()
    }

    /// The most bytes its varint takes.
    fn max_len(self) -> usize {
        match self.width() {
            2 => MAX_LEN_U16,
            4 => MAX_LEN_U32,
            _ => MAX_LEN_U64,
        }
    }

    /// The integer whose wire number this is, as it is in memory.
    fn of_wire(self, number: u64) -> Vec<u8> {
        let magnitude = number >> 1;
        let bits = match self {
            Self::U16 | Self::U32 | Self::U64 => number,
            _ if number & 1 == 1 => !magnitude,
            _ => magnitude,
        };
        let width = self.width() as usize;
        match cfg!(target_endian = "big") {
            true => bits.to_be_bytes()[8 - width..].to_vec(),
            false => bits.to_le_bytes()[..width].to_vec(),
        }
    }
}

/// Fields of these kinds with these wire numbers: what they are in memory, and on the wire.
struct Fields {
    memory: Vec<u8>,
    offsets: Vec<usize>,
    room: usize,
    expected: Vec<u8>,
}

impl Fields {
    /// One behind the other in memory, with so many bytes between them.
    fn new(fields: impl IntoIterator<Item = (Kind, u64)>, gap: usize) -> Self {
        let mut made = Self {
            memory: Vec::new(),
            offsets: Vec::new(),
            room: 0,
            expected: Vec::new(),
        };
        for (kind, number) in fields {
            if !made.memory.is_empty() {
                made.memory.extend(core::iter::repeat_n(0xee, gap));
            }
            made.offsets.push(made.memory.len());
            made.memory.extend(kind.of_wire(number));
            made.room += kind.max_len();
            definition(&mut made.expected, number);
        }
        made
    }

    /// The offsets in one word.
    fn packed(&self) -> usize {
        let offsets = self.offsets.iter().enumerate();
        offsets.fold(0, |packed, (idx, at)| packed | at << (16 * idx))
    }
}

struct Bench {
    source: Fenced,
    output: Fenced,
}

impl Bench {
    /// Has the fields written at a base, with so many bytes behind them before what may not be read, and not a byte more room than promised.
    fn check(
        &mut self,
        set: &Kernels,
        fields: &Fields,
        behind: usize,
        write: impl FnOnce(*mut u8, *const u8) -> *mut u8,
    ) {
        let base = self.source.before_end(fields.memory.len() + behind);
        let out = self.output.before_end(fields.room + OVERSHOOT);
        // SAFETY: within the fenced memory, before the fence; what is written was counted from `out` on.
        let written = unsafe {
            base.copy_from_nonoverlapping(fields.memory.as_ptr(), fields.memory.len());
            let end = write(out, base);
            core::slice::from_raw_parts(out, end.addr() - out.addr())
        };
        assert_eq!(
            written, fields.expected,
            "{} {:02x?}, {behind} behind",
            set.name, fields.memory
        );
    }
}

/// Bytes between fields, so that offsets have up to 16 bits.
const GAPS: [usize; 8] = [0, 1, 2, 3, 7, 255, 4_095, 21_000];

/// How far before the fence fields end: each puts them at another alignment.
const BEHIND: core::ops::Range<usize> = 0..8;

fn bench() -> Bench {
    Bench {
        source: Fenced::new(20),
        output: Fenced::new(1),
    }
}

/// Numbers at and around every power of two a kind has.
fn edges(kind: Kind) -> impl Iterator<Item = u64> {
    let powers = (0..=kind.bits()).map(|bits| 1_u64.checked_shl(bits).unwrap_or(0));
    let around = powers.flat_map(|power| [power.wrapping_sub(1), power, power.wrapping_add(1)]);
    around.map(move |number| number & low(kind.bits()))
}

/// A number of up to some bits.
fn number(random: &mut Rng, kind: Kind) -> u64 {
    let bits = random.u32(0..=kind.bits());
    random.u64(..) & low(bits)
}

#[test]
fn a7_one_field() {
    let mut bench = bench();
    every_set(|set| {
        for kind in Kind::ALL {
            for number in edges(kind) {
                let fields = Fields::new([(kind, number)], 0);
                for behind in BEHIND {
                    // SAFETY: the field is at the base, the room behind the cursor; the processor can run the set.
                    bench.check(set, &fields, behind, |out, base| unsafe {
                        set.fields().one[kind as usize](out, base)
                    });
                }
            }
        }
    });
}

#[test]
fn a7_pairs_of_all_kinds() {
    let (mut bench, mut random) = (bench(), Rng::with_seed(8));
    every_set(|set| {
        for [first, second] in Kind::ALL
            .into_iter()
            .flat_map(|first| Kind::ALL.map(|second| [first, second]))
        {
            for round in 0..300 {
                let kinds = [first, second];
                let fields = kinds.map(|kind| (kind, number(&mut random, kind)));
                let fields = Fields::new(fields, GAPS[round % GAPS.len()]);
                let write = set.fields().pair[first as usize][second as usize];
                let behind = round / GAPS.len() % BEHIND.end;
                // SAFETY: as above, at the offsets.
                bench.check(set, &fields, behind, |out, base| unsafe {
                    // Nothing but the two offsets counts.
                    write(out, base, fields.packed() | usize::MAX << 16 << 16)
                });
            }
        }
    });
}

#[test]
#[cfg(target_pointer_width = "64")]
fn a7_four_of_a_kind() {
    let (mut bench, mut random) = (bench(), Rng::with_seed(9));
    every_set(|set| {
        for kind in Kind::ALL {
            for round in 0..1_000 {
                let fields = [kind; 4].map(|kind| (kind, number(&mut random, kind)));
                let fields = Fields::new(fields, GAPS[round % GAPS.len()]);
                let behind = round / GAPS.len() % BEHIND.end;
                // SAFETY: as above.
                bench.check(set, &fields, behind, |out, base| unsafe {
                    set.fields().four[kind as usize](out, base, fields.packed())
                });
            }
        }
    });
}

#[test]
fn a7_fields_side_by_side() {
    let (mut bench, mut random) = (bench(), Rng::with_seed(10));
    every_set(|set| {
        for kind in Kind::ALL {
            for count in (0..=40).cycle().take(600) {
                let fields = (0..count).map(|_| (kind, number(&mut random, kind)));
                let fields = Fields::new(fields, 0);
                for behind in BEHIND {
                    // SAFETY: as above.
                    bench.check(set, &fields, behind, |out, base| unsafe {
                        set.fields().run[kind as usize](out, base, count)
                    });
                }
            }
        }
    });
}

#[test]
fn kinds_are_in_the_order_of_their_numbers() {
    for (idx, kind) in Kind::ALL.into_iter().enumerate() {
        assert_eq!(kind as usize, idx);
    }
}
