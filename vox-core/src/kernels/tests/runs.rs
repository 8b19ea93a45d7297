//! Runs against the ops they stand for: every mixture of fields, in any order in memory, with
//! fields that end at a protected page and room that ends at another.

use fastrand::Rng;

use super::{Fenced, definition, every_set, low};
use crate::cx::OVERSHOOT;
use crate::kernels::Piece;
use crate::kernels::run::RunField;
use crate::program::{Offset, Op, max_written};

/// A field: its op and the bytes it has in memory.
struct Field {
    op: Op,
    memory: Vec<u8>,
    expected: Vec<u8>,
}

fn varint(number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    definition(&mut bytes, number);
    bytes
}

/// A random field of a kind at an offset, with a value of some magnitude.
fn field(random: &mut Rng, kind: u32, at: u32) -> Field {
    let at = Offset(at);
    let magnitude = random.u32(0..=64);
    let bits = random.u64(..) & low(magnitude);
    let bytes = |len: usize| bits.to_le_bytes()[..len].to_vec();
    let (op, memory, expected) = match kind {
        0 => (Op::WriteByte { at }, bytes(1), bytes(1)),
        1 => {
            let len = random.usize(1..=8);
            let op = Op::CopyBytes {
                at,
                len: u32::try_from(len).unwrap(),
            };
            (op, bytes(len), bytes(len))
        }
        2 => (Op::WriteF32 { at }, bytes(4), bytes(4)),
        3 => (Op::WriteF64 { at }, bytes(8), bytes(8)),
        4 => {
            let value = bits & low(16);
            (Op::WriteVarU16 { at }, bytes(2), varint(value))
        }
        5 => (Op::WriteVarU32 { at }, bytes(4), varint(bits & low(32))),
        6 => (Op::WriteVarU64 { at }, bytes(8), varint(bits)),
        7 => {
            let value = i16::from_le_bytes(bytes(2).try_into().unwrap());
            let zigzag = u64::from(((value << 1) ^ (value >> 15)).cast_unsigned());
            (Op::WriteVarI16 { at }, bytes(2), varint(zigzag))
        }
        8 => {
            let value = i32::from_le_bytes(bytes(4).try_into().unwrap());
            let zigzag = u64::from(((value << 1) ^ (value >> 31)).cast_unsigned());
            (Op::WriteVarI32 { at }, bytes(4), varint(zigzag))
        }
        _ => {
            let value = bits.cast_signed();
            let zigzag = ((value << 1) ^ (value >> 63)).cast_unsigned();
            (Op::WriteVarI64 { at }, bytes(8), varint(zigzag))
        }
    };
    Field {
        op,
        memory,
        expected,
    }
}

struct Case {
    ops: Vec<Op>,
    memory: Vec<u8>,
    expected: Vec<u8>,
}

/// Fields one behind the other in memory with gaps, then shuffled into another order.
fn case(random: &mut Rng, kinds: &[u32], gap: u32) -> Case {
    let (mut fields, memory) = fields(random, kinds, gap);
    random.shuffle(&mut fields);
    of(fields, memory)
}

/// Fields one behind the other in memory with gaps, and in the same order on the wire.
fn neighbours(random: &mut Rng, kinds: &[u32], gap: u32) -> Case {
    let (fields, memory) = fields(random, kinds, gap);
    of(fields, memory)
}

fn of(fields: Vec<Field>, memory: Vec<u8>) -> Case {
    Case {
        ops: fields.iter().map(|field| field.op).collect(),
        memory,
        expected: fields
            .into_iter()
            .flat_map(|field| field.expected)
            .collect(),
    }
}

/// Fields, and the memory they are in.
fn fields(random: &mut Rng, kinds: &[u32], gap: u32) -> (Vec<Field>, Vec<u8>) {
    let mut fields = Vec::new();
    let mut end = 0;
    for kind in kinds {
        let at = end + random.u32(0..=gap);
        let field = field(random, *kind, at);
        end = at + u32::try_from(field.memory.len()).unwrap();
        fields.push(field);
    }
    let mut memory = vec![0xee; end as usize];
    for field in &fields {
        let at = RunField::of(&field.op).unwrap().at as usize;
        memory[at..at + field.memory.len()].copy_from_slice(&field.memory);
    }
    (fields, memory)
}

struct Bench {
    source: Fenced,
    output: Fenced,
    ran: usize,
    in_pieces: usize,
    turns: usize,
}

impl Bench {
    fn check(&mut self, kernels: &crate::kernels::Kernels, case: &Case) {
        self.turns += 1;
        let groups = kernels.link_groups(&case.ops).expect("all are fields");
        // SAFETY: the fields are at the base, the room behind the cursor.
        self.check_by(kernels.name, case, |out, base| unsafe {
            groups.write(out, base)
        });
        let Some(run) = kernels.link_run(&case.ops) else {
            return;
        };
        // SAFETY: as above.
        self.check_by("run", case, |out, base| unsafe { run.write(out, base) });
        self.ran += 1;
        let Some(pieces) = run.pieces() else {
            return;
        };
        // SAFETY: as above; what a piece overshoots finds its room.
        self.check_by("pieces", case, |out, base| unsafe {
            pieces.iter().fold(out, |out, piece| match *piece {
                Piece::Eights { at, count, write } => {
                    write(out, base.add(at as usize), count as usize)
                }
                Piece::Copy { at } => {
                    out.copy_from_nonoverlapping(base.add(at as usize), 8);
                    out.add(8)
                }
            })
        });
        self.in_pieces += 1;
    }

    fn check_by(&mut self, way: &str, case: &Case, write: impl Fn(*mut u8, *const u8) -> *mut u8) {
        let most = |op: &Op| max_written(op).unwrap() as usize;
        let room: usize = case.ops.iter().map(most).sum();
        // Everything before the fences behind; the fields behind the one in front; and both at every place of a cache line in turns.
        let ahead = self.turns % 64;
        let places = [
            (self.source.before_end(case.memory.len()), 0),
            (self.source.after_start(0), ahead),
            (self.source.after_start(ahead), ahead),
        ];
        for (base, ahead) in places {
            let out = self.output.before_end(room + OVERSHOOT + ahead);
            // SAFETY: both are within the fenced memory; what is written was counted from `out` on.
            let written = unsafe {
                base.copy_from_nonoverlapping(case.memory.as_ptr(), case.memory.len());
                let end = write(out, base);
                core::slice::from_raw_parts(out, end.addr() - out.addr())
            };
            assert_eq!(
                written, case.expected,
                "{way}, {ahead}: {:?} {:02x?}",
                case.ops, case.memory
            );
        }
    }
}

fn bench() -> Bench {
    Bench {
        source: Fenced::new(1),
        output: Fenced::new(1),
        ran: 0,
        in_pieces: 0,
        turns: 0,
    }
}

#[test]
fn a7_runs_of_every_mixture() {
    let mut bench = bench();
    let mut random = Rng::with_seed(5);
    every_set(|set| {
        for round in 0..4000 {
            let count = random.usize(1..=1 + round % 40);
            let kinds: Vec<u32> = (0..count).map(|_| random.u32(0..10)).collect();
            let gap = random.u32(0..=3);
            let case = case(&mut random, &kinds, gap);
            bench.check(set, &case);
        }
    });
    report(&bench);
}

#[test]
fn a7_runs_of_one_kind() {
    let mut bench = bench();
    let mut random = Rng::with_seed(6);
    every_set(|set| {
        for kind in 0..10 {
            for count in 1..=32 {
                for _ in 0..20 {
                    let case = case(&mut random, &vec![kind; count], 0);
                    bench.check(set, &case);
                }
            }
        }
    });
    report(&bench);
}

/// In the order of memory: eights are written together, in front of and behind anything else.
#[test]
fn a7_runs_of_neighbours() {
    let mut bench = bench();
    let mut random = Rng::with_seed(7);
    every_set(|set| {
        for round in 0..4000 {
            let mut kinds = Vec::new();
            while kinds.len() < 1 + round % 32 {
                let kind = random.u32(0..10);
                let count = random.usize(1..=17);
                kinds.extend(core::iter::repeat_n(kind, count));
            }
            let gap = if round % 8 == 0 { 1 } else { 0 };
            let case = neighbours(&mut random, &kinds, gap);
            bench.check(set, &case);
        }
    });
    assert!(
        bench.ran == 0 || bench.in_pieces > 20,
        "{}",
        bench.in_pieces
    );
    report(&bench);
}

fn report(bench: &Bench) {
    match bench.ran {
        0 => eprintln!("skipped: no set of this processor has a routine for runs"),
        ran => eprintln!("checked: {ran} runs"),
    }
}

#[test]
fn fields_too_far_apart_are_no_run() {
    let far = [
        Op::WriteByte { at: Offset(0) },
        Op::WriteByte { at: Offset(256) },
    ];
    let near = [
        Op::WriteByte { at: Offset(0) },
        Op::WriteByte { at: Offset(255) },
    ];
    every_set(|set| {
        assert!(set.link_run(&far).is_none());
        let has_routine = set.name == "avx512";
        assert_eq!(set.link_run(&near).is_some(), has_routine, "{}", set.name);
    });
}
