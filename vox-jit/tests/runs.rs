//! Runs of fields by hand-made programs, with every set of routines in every tier: as a whole, by groups and by ops.

mod common;

use core::ptr;

use common::{address, check_made};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// An op that writes a field, by its name; the bytes the field has in memory, and the most it takes on the wire.
type Kind = (&'static str, usize, usize);

const VARINTS: [Kind; 6] = [
    ("write_var_u16", 2, 3),
    ("write_var_u32", 4, 5),
    ("write_var_u64", 8, 10),
    ("write_var_i16", 2, 3),
    ("write_var_i32", 4, 5),
    ("write_var_i64", 8, 10),
];

const OTHERS: [Kind; 5] = [
    ("write_byte", 1, 1),
    ("copy_bytes len=3", 3, 3),
    ("copy_bytes len=20", 20, 20),
    ("write_f32", 4, 4),
    ("write_f64", 8, 8),
];

/// A run over memory of its own.
#[derive(Default)]
struct Run {
    memory: Vec<u8>,
    ops: String,
    expected: Vec<u8>,
    most: usize,
}

impl Run {
    /// Adds a field, so many bytes behind the last one in memory.
    fn field(&mut self, (op, width, most): Kind, gap: usize, bits: u64) {
        self.memory.resize(self.memory.len() + gap, 0xee);
        let at = self.memory.len();
        let bytes: Vec<u8> = bits.to_ne_bytes().into_iter().cycle().take(width).collect();
        self.memory.extend(&bytes);
        let (name, len) = op.split_once(' ').unwrap_or((op, ""));
        self.ops += &format!("  {name} at=@{at} {len}\n");
        self.most += most;
        match name {
            "write_var_u16" => self.varint(u16::from_ne_bytes(first(&bytes)).into()),
            "write_var_u32" => self.varint(u32::from_ne_bytes(first(&bytes)).into()),
            "write_var_u64" => self.varint(u64::from_ne_bytes(first(&bytes))),
            "write_var_i16" => self.zigzag(i16::from_ne_bytes(first(&bytes)).into()),
            "write_var_i32" => self.zigzag(i32::from_ne_bytes(first(&bytes)).into()),
            "write_var_i64" => self.zigzag(i64::from_ne_bytes(first(&bytes))),
            "write_f32" => self
                .expected
                .extend(f32::from_ne_bytes(first(&bytes)).to_bits().to_le_bytes()),
            "write_f64" => self
                .expected
                .extend(f64::from_ne_bytes(first(&bytes)).to_bits().to_le_bytes()),
            _ => self.expected.extend(bytes),
        }
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.expected.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.expected.push(value as u8);
    }

    fn zigzag(&mut self, value: i64) {
        self.varint(((value << 1) ^ (value >> 63)).cast_unsigned());
    }

    /// In one value; behind an option, so that the block's base is another; and as an element of a list.
    fn check(&self) {
        let Self {
            memory,
            ops,
            expected,
            most,
        } = self;
        let check = |text: &str, value: *const u8, expected: &[u8]| {
            // SAFETY: the fields are in the memory, wherever it is.
            unsafe { check_made(text, &[], &[], value, expected) };
        };
        let alone =
            format!("program T\nb0:\n  reserve bytes={most}\n  write_run each=b1\nb1:\n{ops}");
        check(&alone, memory.as_ptr(), expected);

        let mut behind = vec![9_u8; 24];
        behind.extend(memory);
        let option =
            "write_option at=@8 source=tagged(tag=u8, tag_at=@3, none=0, payload=@16) some=b1";
        let room = most + 1;
        let text = format!(
            "program T\nb0:\n  reserve bytes={room}\n  {option}\nb1:\n  write_run each=b2\nb2:\n{ops}"
        );
        check(&text, behind.as_ptr(), &[&[1], &expected[..]].concat());

        let elements = memory.repeat(3);
        let list = (elements.as_ptr(), 3_usize);
        let list = [list.0.addr(), list.1];
        let text = format!(
            "program T\nb0:\n  write_list at=@0 source=words(ptr=@0, len=@{}) stride={} each=b1 bound={most} path=p0 reserve=0\n\
             b1:\n  write_run each=b2\nb2:\n{ops}",
            size_of::<usize>(),
            memory.len(),
        );
        let bytes = [&[3], &expected.repeat(3)[..]].concat();
        check(&text, address(&list), &bytes);
        drop(elements);
    }
}

fn first<const LEN: usize>(bytes: &[u8]) -> [u8; LEN] {
    *bytes.first_chunk().expect("as many bytes as the field has")
}

/// A number of some magnitude.
fn bits(random: &mut Xoshiro256PlusPlus) -> u64 {
    let number = random.next_u64();
    number >> (random.next_u64() % 64)
}

#[test]
fn a7_of_one_kind_side_by_side_and_not() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    for kind in VARINTS {
        for count in [1, 2, 3, 4, 5, 8, 19] {
            for gap in [0, 3] {
                let mut run = Run::default();
                for _ in 0..count {
                    run.field(kind, gap, bits(&mut random));
                }
                run.check();
            }
        }
    }
}

#[test]
fn a7_of_every_two_kinds() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(2);
    for first in VARINTS {
        for second in VARINTS {
            let mut run = Run::default();
            for kind in [first, second, second, second, second, first, second] {
                run.field(kind, 0, bits(&mut random));
            }
            run.check();
        }
    }
}

#[test]
fn a7_among_bytes() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
    for round in 0..40 {
        let mut run = Run::default();
        for _ in 0..4 + round % 20 {
            let kinds: &[Kind] = match random.next_u64() % 3 {
                0 => &OTHERS,
                _ => &VARINTS,
            };
            let kind = kinds[random.next_u64() as usize % kinds.len()];
            let gap = random.next_u64() as usize % 4;
            run.field(kind, gap, bits(&mut random));
        }
        run.check();
    }
}

/// Offsets of more than 16 bits are not packed.
#[test]
fn a7_far_apart() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(4);
    let mut run = Run::default();
    for gap in [0, 0xfff0, 0, 0, 0, 0, 0, 0xfff0, 0] {
        run.field(VARINTS[1], gap, bits(&mut random));
    }
    run.check();
}

/// A program may start over below a pointer to something unsized.
#[test]
fn a_repeat_below_a_pair() {
    #[repr(C)]
    struct Node {
        next: *const Node,
        len: usize,
        number: u32,
    }
    let node = |next, number| Node {
        next,
        len: 0,
        number,
    };
    let last = node(ptr::null(), 3);
    let second = node(&raw const last, 300);
    let first = node(&raw const second, 1);
    let text = format!(
        "program T\nb0:\n  reserve bytes=6\n  write_var_u32 at=@{}\n  \
         write_option at=@0 source=null_is_none some=b1\n\
         b1:\n  borrow at=@0 source=counted(ptr=@0, len=@{}, behind=@0) each=b2\n\
         b2:\n  borrow at=@0 source=word each=b3\n\
         b3:\n  repeat at=@0 path=p0\n",
        2 * size_of::<usize>(),
        size_of::<usize>(),
    );
    let expected = [1, 1, 0xac, 0x02, 1, 3, 0];
    // SAFETY: the program is about such nodes.
    unsafe { check_made(&text, &[], &[], address(&first), &expected) };
}
