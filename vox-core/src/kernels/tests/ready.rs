//! Options made ready against the definition: every type, every number of neighbours, in memory that ends at a protected page.

use fastrand::Rng;

use super::{Fenced, definition, every_set, low};
use crate::kernels::Kernels;
use crate::program::{Block, BlockId, Code, Offset, Op, OptionSource, TagWidth};

/// An integer type in options: how many bytes it has, whether it has a sign, its op.
type Type = (usize, bool, fn(Offset) -> Op);

const TYPES: [Type; 4] = [
    (4, false, |at| Op::WriteVarU32 { at }),
    (4, true, |at| Op::WriteVarI32 { at }),
    (8, false, |at| Op::WriteVarU64 { at }),
    (8, true, |at| Op::WriteVarI64 { at }),
];

/// What is in an option's memory, and what is written for it.
struct Field {
    memory: Vec<u8>,
    expected: Vec<u8>,
}

fn field(random: &mut Rng, (width, is_signed, _): Type) -> Field {
    let bits = random.u64(..) & low(random.u32(0..=64)) & low(8 * u32::try_from(width).unwrap());
    let is_some = random.bool();
    // Bytes behind the tag mean nothing, and neither does what is in a `None`.
    let mut memory: Vec<u8> = (0..width).map(|_| random.u8(..)).collect();
    memory[0] = u8::from(is_some);
    memory.extend_from_slice(&bits.to_le_bytes()[..width]);
    let mut expected = vec![u8::from(is_some)];
    if is_some {
        let number = match (width, is_signed) {
            (_, false) => bits,
            (4, _) => {
                let value = i32::from_le_bytes(bits.to_le_bytes()[..4].try_into().unwrap());
                u64::from(((value << 1) ^ (value >> 31)).cast_unsigned())
            }
            _ => {
                let value = bits.cast_signed();
                ((value << 1) ^ (value >> 63)).cast_unsigned()
            }
        };
        definition(&mut expected, number);
    }
    Field { memory, expected }
}

/// Code that writes options with this payload at these offsets, in this order.
fn code(kinds: &[(Type, u32)]) -> Code {
    let mut code = Code::default();
    code.blocks.push(Block { ops: Vec::new() });
    for ((width, _, op), at) in kinds {
        let some = BlockId::from_index(code.blocks.len());
        code.blocks.push(Block {
            ops: vec![op(Offset(0))],
        });
        code.blocks[0].ops.push(Op::WriteOption {
            at: Offset(*at),
            source: OptionSource::Tagged {
                tag: TagWidth::U8,
                tag_at: Offset(0),
                none: 0,
                payload: Offset(u32::try_from(*width).unwrap()),
            },
            some,
        });
    }
    code
}

/// Runs of options of one type each, one run behind the other in memory, in any order on the wire.
fn check(kernels: &Kernels, random: &mut Rng, source: &mut Fenced, runs: &[(Type, usize)]) -> bool {
    let mut memory = Vec::new();
    let mut fields = Vec::new();
    for (ty, count) in runs {
        memory.resize(memory.len().next_multiple_of(ty.0), 0xee);
        for _ in 0..*count {
            let field = field(random, *ty);
            fields.push((*ty, u32::try_from(memory.len()).unwrap(), field.expected));
            memory.extend(field.memory);
        }
    }
    random.shuffle(&mut fields);
    let kinds: Vec<(Type, u32)> = fields.iter().map(|field| (field.0, field.1)).collect();
    let code = code(&kinds);
    let Some(ready) = kernels.link_ready(&code, &code.blocks[0].ops) else {
        return false;
    };
    let base = source.before_end(memory.len());
    let mut made = Fenced::new(1);
    let out = made.before_end(ready.size());
    let routine = ready.routine();
    // SAFETY: the options are at the base, and there is room for what is made of them.
    let made = unsafe {
        base.copy_from_nonoverlapping(memory.as_ptr(), memory.len());
        routine(out, base, &raw const ready);
        core::slice::from_raw_parts(out, ready.size())
    };
    for (idx, (_, _, expected)) in fields.iter().enumerate() {
        let Some(place) = ready.place(BlockId::from_index(1 + idx)) else {
            continue;
        };
        let len = u64::from_le_bytes(made[place.len..place.len + 8].try_into().unwrap());
        assert_eq!(len, expected.len() as u64);
        assert_eq!(made[place.bytes..place.bytes + expected.len()], *expected);
        assert!(expected.len() <= if place.is_wide { 16 } else { 8 });
    }
    true
}

#[test]
fn options_of_every_type_are_made_ready() {
    let mut source = Fenced::new(1);
    let mut random = Rng::with_seed(8);
    let mut checked = 0;
    every_set(|set| {
        for round in 0..4000 {
            let runs: Vec<(Type, usize)> = (0..random.usize(1..=4))
                .map(|_| (TYPES[random.usize(0..4)], random.usize(1..=20)))
                .collect();
            let runs = match round % 4 {
                // Each alone, so that nothing else brings it above what is worth it.
                0 => vec![(TYPES[round / 4 % 4], 8 + round / 16 % 9)],
                _ => runs,
            };
            checked += usize::from(check(set, &mut random, &mut source, &runs));
        }
    });
    match checked {
        0 => eprintln!("skipped: no set of this processor has a routine for options"),
        checked => eprintln!("checked: {checked} blocks"),
    }
}

#[test]
fn few_options_and_scattered_ones_are_left_alone() {
    for set in Kernels::available() {
        let scattered: Vec<(Type, u32)> = (0..20).map(|idx| (TYPES[2], 32 * idx)).collect();
        let few: Vec<(Type, u32)> = (0..7).map(|idx| (TYPES[2], 16 * idx)).collect();
        for kinds in [scattered, few] {
            let code = code(&kinds);
            assert!(set.link_ready(&code, &code.blocks[0].ops).is_none());
        }
    }
}
