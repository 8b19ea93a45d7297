//! What short jumps rely on: no block takes more bytes than `size` says, however far its offsets and its words are.

use core::ops::Range;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng as _};
use vox_core::program::{
    Block, ChildId, Code, Linkage, Literal, Offset, OptionSource, PointerSource, Source, TagWidth,
};

use super::super::isa::aarch64::Arm64;
use super::super::isa::x86_64::X64;
use super::*;

struct Random(Xoshiro256PlusPlus);

impl Random {
    fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// One of a few numbers; that not all are equally likely does not matter here.
    fn within(&mut self, range: Range<u32>) -> u32 {
        range.start + (self.word() % u64::from(range.end - range.start)) as u32
    }
}

/// Words in use before the block: those it takes need long offsets.
const WORDS: u32 = 300;

/// Bytes of the code of block 0, rare paths aside, in the least favourable place.
fn emitted<A: Assembler>(program: &Program, delta: u32) -> u32 {
    let mut memory = Memory::<A>::default();
    let mut emitter = Emitter::new(program, Names::Symbols, &mut memory);
    emitter.asm.start(size::worst_case(program) + 8192);
    (emitter.words, emitter.most_words, emitter.repeats) = (WORDS, WORDS, true);
    let end = emitter.asm.label();
    emitter.asm.enter(names::TABLE, SLOT);
    emitter.start = emitter.asm.here();
    let apart = |emitter: &mut Emitter<'_, '_, A>| {
        (0..200).for_each(|_| emitter.asm.null_out());
        emitter.asm.here().offset()
    };
    let start = apart(&mut emitter);
    let scope = Scope {
        delta,
        failed: end,
        depth: 0,
    };
    emitter
        .block(BlockId(0), scope)
        .expect("nothing is refused");
    let len = emitter.asm.here().offset() - start;
    apart(&mut emitter);
    emitter.asm.bind(end);
    emitter.asm.leave();
    emitter.emit_cold();
    emitter
        .asm
        .finish(WORDS)
        .expect("every jump reaches its label");
    len
}

fn offset(random: &mut Random) -> Offset {
    Offset(match random.within(0..4) {
        0 => 0,
        1 => random.within(0..128),
        2 => random.within(128..1 << 12),
        _ => (1 << 28) + random.within(0..1 << 20),
    })
}

fn width(random: &mut Random) -> (TagWidth, i64) {
    let value = random.word();
    match random.within(0..8) {
        0 => (TagWidth::U8, (value as u8).into()),
        1 => (TagWidth::U16, (value as u16).into()),
        2 => (TagWidth::U32, (value as u32).into()),
        3 => (TagWidth::I8, (value as i8).into()),
        4 => (TagWidth::I16, (value as i16).into()),
        5 => (TagWidth::I32, (value as i32).into()),
        6 => (TagWidth::I64, i64::MIN),
        _ => (TagWidth::U64, value.cast_signed()),
    }
}

/// A new block of up to `most` ops.
fn block(code: &mut Code, random: &mut Random, depth: u32, most: u32) -> BlockId {
    let id = BlockId::from_index(code.blocks.len());
    code.blocks.push(Block { ops: Vec::new() });
    for _ in 0..random.within(0..most + 1) {
        let op = op(code, random, depth);
        code.blocks[id.index()].ops.push(op);
    }
    id
}

/// One of the ops of which the size is known.
fn op(code: &mut Code, random: &mut Random, depth: u32) -> Op {
    let at = offset(random);
    match random.within(0..if depth < 3 { 13 } else { 11 }) {
        0 => Op::Reserve {
            bytes: [1, 96, 128, 129, 4096][random.within(0..5) as usize],
        },
        1 => {
            let bytes: Vec<u8> = (0..random.within(0..16)).map(|it| it as u8 * 17).collect();
            let bytes = Literal::new(&bytes).expect("short enough");
            Op::WriteConst { bytes }
        }
        2 => Op::WriteByte { at },
        3 => Op::WriteF64 { at },
        4 => Op::CopyBytes {
            at,
            len: random.within(0..80),
        },
        5 => Op::WriteVarU32 { at },
        6 => Op::WriteVarI64 { at },
        7 => Op::WriteVarU128 { at },
        8 => Op::WriteChar { at },
        9 => Op::WriteBytes {
            at,
            source: Source::Words {
                ptr: offset(random),
                len: offset(random),
            },
            reserve: random.within(0..2) * 4096,
        },
        10 => Op::Call {
            at,
            child: ChildId(0),
            path: code.paths.intern("child"),
        },
        11 => Op::Borrow {
            at,
            source: PointerSource::Word,
            each: block(code, random, depth + 1, 2),
        },
        _ => {
            let (tag, none) = width(random);
            let [tag_at, payload] = [offset(random), offset(random)];
            let tagged = OptionSource::Tagged {
                tag,
                tag_at,
                none,
                payload,
            };
            let is_null = random.within(0..4) == 0;
            Op::WriteOption {
                at,
                source: if is_null {
                    OptionSource::NullIsNone
                } else {
                    tagged
                },
                some: block(code, random, depth + 1, 2),
            }
        }
    }
}

#[test]
fn no_block_is_larger_than_short_jumps_over_it_assume() {
    let mut random = Random(Xoshiro256PlusPlus::seed_from_u64(17));
    let mut known = 0;
    for _ in 0..4_000 {
        let mut code = Code {
            children: vec![String::from("child")],
            ..Code::default()
        };
        block(&mut code, &mut random, 0, 4);
        let most = size::short(&code, BlockId(0));
        let is_short = size::is_short(&code, BlockId(0), 0, 0);
        assert_eq!(
            is_short,
            most.is_some_and(|most| most <= super::super::isa::NEAR)
        );
        let linkage = Linkage::new(Vec::new(), Vec::new());
        let program = Program { code, linkage };
        let delta = [0, 1 << 20, 1 << 29][random.within(0..3) as usize];
        let len = emitted::<X64>(&program, delta);
        emitted::<Arm64>(&program, delta);
        if let Some(most) = most {
            known += 1;
            assert!(
                len <= most,
                "{len} bytes, {most} at most: {:#?}",
                program.code
            );
        }
    }
    assert!(known > 1_000, "{known} blocks of known size");
}

#[test]
fn a_repetition_that_is_not_the_last_thing_is_refused() {
    let mut code = Code::default();
    let path = code.paths.intern("element");
    let at = Offset(0);
    let list = Op::WriteList {
        at,
        source: Source::Words {
            ptr: Offset(8),
            len: Offset(16),
        },
        stride: 8,
        each: BlockId(1),
        bound: 0,
        path,
        reserve: 0,
    };
    let repeat = Op::Repeat { at, path };
    code.blocks = [list, repeat].map(|op| Block { ops: vec![op] }).into();
    let linkage = Linkage::new(Vec::new(), Vec::new());
    let program = Program { code, linkage };
    let mut memory = Memory::<X64>::default();
    let code = Emitter::new(&program, Names::Symbols, &mut memory).function();
    assert_eq!(code, Err(Refusal::Repeat.into()));
}

/// A program that ends so, in block 1.
fn ends_with(op: &str, block: &str) -> bool {
    let text = format!(
        "program T\nfunctions\n  f0 result.is_ok\n  f1 result.get_ok\n  f2 result.get_err\n  \
         f3 field.skip_serializing_if\nt0:\n  0 -> b2\n  1 -> b1\nb0:\n  {op}\nb1:\n  {block}\nb2:\n"
    );
    let code: Code = text
        .parse()
        .unwrap_or_else(|error| panic!("{error}: {text}"));
    repeats(&code, BlockId(0), 0)
}

#[test]
fn a_repetition_is_found_in_whatever_is_done_last() {
    let last = [
        "write_option at=@0 source=null_is_none some=b1",
        "write_result at=@0 is_ok=f0 get_ok=f1 get_err=f2 ok=b1 err=b2",
        "write_result at=@0 is_ok=f0 get_ok=f1 get_err=f2 ok=b2 err=b1",
        "unless at=@0 skip_if=f3 each=b1 path=p0",
        "switch at=@0 tag=i8 arms=t0 path=p0",
        "borrow at=@0 source=word each=b1",
    ];
    for op in last {
        assert!(ends_with(op, "repeat at=@0 path=p0"), "{op}");
        assert!(!ends_with(op, "write_byte at=@0"), "{op}");
    }
    assert!(!ends_with("write_byte at=@0", "repeat at=@0 path=p0"));
}
