//! Every form of operand, read back by a disassembler that is not ours.

use yaxpeax_arch::{Decoder as _, LengthedInstruction as _, U8Reader};
use yaxpeax_x86::amd64::InstDecoder;

use super::*;

/// A place in memory: numbers of registers, and a distance.
#[derive(Debug, Clone, Copy)]
struct Memory {
    base: u8,
    /// Added as it is.
    index: Option<u8>,
    distance: i32,
}

impl Memory {
    /// All pairs of registers that Cranelift may choose, near and far, to both sides.
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for base in 0..16 {
            // The stack pointer is no index.
            let indices = (0..16).filter(|it| *it != 4).map(Some);
            for index in indices.chain([None]) {
                for distance in [0, 1, 32, -32, -64, 64, 127, 128, -129, 70_000, FAR - 1] {
                    all.push(Self {
                        base,
                        index,
                        distance,
                    });
                }
            }
        }
        all
    }

    /// The form with a distance of four bytes, with this register.
    fn operand(self, register: u8, distance: i32) -> Vec<u8> {
        let with_index = self.index.is_some() || self.base & 7 == WITH_INDEX;
        let low = if with_index {
            WITH_INDEX
        } else {
            self.base & 7
        };
        let mut bytes = vec![FAR_FORM << 6 | (register & 7) << 3 | low];
        if with_index {
            // The stack pointer's number says that there is none.
            let index = self.index.unwrap_or(4);
            bytes.push((index & 7) << 3 | self.base & 7);
        }
        bytes.extend(distance.to_le_bytes());
        bytes
    }

    fn extension(self, register: u8, map: u8) -> u8 {
        let high = [register, self.index.unwrap_or(0), self.base].map(|number| number >> 3 ^ 1);
        high[0] << 7 | high[1] << 6 | high[2] << 5 | map
    }
}

/// What stands in for a move, its distance so much more than the memory's.
fn stand_in(opcode: u8, register: u8, memory: Memory, more: i32, width: Width) -> Vec<u8> {
    let immediate = (0..2).find(|it| Width::of_immediate(*it) == Some(width));
    let extension = memory.extension(register, MAP_0F3A);
    let mut bytes = vec![VEX, extension, XMM_66, opcode];
    bytes.extend(memory.operand(register, memory.distance + more));
    bytes.push(immediate.expect("each width has one"));
    bytes
}

fn for_deposit(register: u8, value: u8, memory: Memory) -> Vec<u8> {
    let extension = memory.extension(register, MAP_0F38);
    let mut bytes = vec![VEX, extension, WORD_NONE | (value ^ 15) << 3, ANDN];
    bytes.extend(memory.operand(register, memory.distance));
    bytes
}

/// A load and its store.
fn pair(register: u8, memory: Memory, width: Width) -> (Vec<u8>, [usize; 2]) {
    let load = stand_in(VROUNDPS, register, memory, FAR, width);
    let store = stand_in(VPEXTRB, register, memory, FAR, width);
    let places = [0, load.len()];
    ([load, store].concat(), places)
}

/// The only instruction of the code.
fn read(code: &[u8]) -> String {
    let instruction = InstDecoder::default()
        .decode(&mut U8Reader::new(code))
        .expect("an instruction");
    let len = usize::try_from(instruction.len().to_const()).unwrap();
    assert_eq!(len, code.len(), "{code:x?} is {instruction}");
    instruction.to_string()
}

/// The memory operand of an instruction.
fn bracket(text: &str) -> &str {
    let start = text.find('[').expect("a memory operand");
    let end = text.find(']').expect("its end");
    &text[start..=end]
}

#[test]
fn moves_keep_their_operands_and_are_wider() {
    for memory in Memory::all() {
        for register in 0..16 {
            for (width, kind) in [(Width::Half, "ymm"), (Width::Whole, "zmm")] {
                let near = read(&stand_in(VPEXTRB, register, memory, 0, width));
                assert!(near.starts_with("vpextrb "), "{near}");
                let place = bracket(&near);
                let (mut code, places) = pair(register, memory, width);
                assert!(read(&code[..places[1]]).starts_with("vroundps "));

                assert_eq!(substitute(&mut code, places.into_iter()), Ok(()));
                let (load, store) = code.split_at(places[1]);
                let (register, word) = (register + 16, format!("{kind}word"));
                let load_text = format!("vmovdqu64 {kind}{register}, {word} {place}");
                assert_eq!(read(load), load_text);
                let store_text = format!("vmovdqu64 {word} {place}, {kind}{register}");
                assert_eq!(read(store), store_text);
            }
        }
    }
}

#[test]
fn deposits_keep_their_operands() {
    for memory in Memory::all() {
        for (register, value) in [(0, 1), (3, 12), (9, 2), (15, 15)] {
            let mut code = for_deposit(register, value, memory);
            let before = read(&code);
            assert_eq!(substitute(&mut code, [0].into_iter()), Ok(()));
            assert_eq!(read(&code), before.replace("andn ", "pdep "));
            assert!(before.starts_with("andn "), "{before}");
        }
    }
}

const MEMORY: Memory = Memory {
    base: 9,
    index: Some(2),
    distance: -32,
};

/// That the code must not be run, and why.
#[track_caller]
fn assert_unexpected(mut code: Vec<u8>, places: &[usize], at: usize, expected: &str) {
    let unexpected = substitute(&mut code, places.iter().copied()).unwrap_err();
    assert_eq!((unexpected.at, unexpected.expected), (at, expected));
}

#[test]
fn a_load_goes_to_its_store() {
    let (code, [load, store]) = pair(3, MEMORY, Width::Half);
    assert_unexpected(code.clone(), &[load], load, "a store behind a load");
    assert_unexpected(code.clone(), &[store], store, "a load before a store");
    let twice = [&code[..store], &code].concat();
    let places = [load, store, 2 * store];
    assert_unexpected(twice, &places, store, "the store of what was loaded");
    for (register, width) in [(4, Width::Half), (11, Width::Half), (3, Width::Whole)] {
        let other = stand_in(VPEXTRB, register, MEMORY, FAR, width);
        let code = [&code[..store], &other].concat();
        assert_unexpected(code, &[load, store], store, "the store of what was loaded");
    }
    let between = for_deposit(1, 2, MEMORY);
    let places = [load, store, store + between.len()];
    let apart = [&code[..store], &between, &code[store..]].concat();
    assert_unexpected(
        apart.clone(),
        &places,
        store,
        "the store of what was loaded",
    );
    // Whatever it is that is between them.
    assert_unexpected(
        apart,
        &[load, places[2]],
        places[2],
        "the store of what was loaded",
    );
}

/// The register allocator has the address of the store elsewhere, say.
#[test]
fn moves_of_the_allocator_may_be_between_them() {
    let (code, [load, store]) = pair(3, MEMORY, Width::Half);
    let with = |between: &[u8]| [&code[..store], between, &code[store..]].concat();
    let moves: [&[u8]; 5] = [
        &[0x4c, 0x89, 0xe9],
        &[0x48, 0x8b, 0x04, 0x24],
        &[0x4c, 0x8b, 0x54, 0x24, 0x08],
        &[0x48, 0x8b, 0x8c, 0x24, 0, 1, 0, 0],
        &[0x4c, 0x89, 0x7c, 0x24, 0x10],
    ];
    for one in moves {
        let text = read(one);
        assert!(text.starts_with("mov "), "{text}");
        for between in [one.to_vec(), [one, moves[1]].concat()] {
            let mut code = with(&between);
            let places = [load, store + between.len()];
            assert_eq!(substitute(&mut code, places.into_iter()), Ok(()));
            assert_eq!(code[store..places[1]], between);
        }
        let places = [load, store + one.len() - 1];
        let cut = with(&one[..one.len() - 1]);
        assert_unexpected(cut, &places, places[1], "the store of what was loaded");
    }
    // A call, loads from elsewhere, a narrower one, one of a vector, and something else than a move.
    let others: [&[u8]; 6] = [
        &[0xff, 0xd0],
        &[0x48, 0x8b, 0x44, 0x0f, 0x08],
        &[0x49, 0x8b, 0x04, 0x24],
        &[0x8b, 0x04, 0x24],
        &[0xc5, 0xfa, 0x6f, 0x04, 0x24],
        &[0x48, 0x8d, 0x04, 0x24],
    ];
    for other in others {
        let places = [load, store + other.len()];
        let code = with(other);
        assert_unexpected(code, &places, places[1], "the store of what was loaded");
    }
}

#[test]
fn what_looks_otherwise_is_told() {
    let (code, [_, store]) = pair(3, MEMORY, Width::Half);
    for end in 0..store {
        assert_unexpected(code[..end].to_vec(), &[0], 0, "a stand-in");
    }
    assert_unexpected(code.clone(), &[1], 1, "a stand-in");
    assert_unexpected(code.clone(), &[code.len()], code.len(), "a stand-in");
    // Another prefix, map, opcode, form of the operand, and immediate operand.
    for (byte, value) in [
        (0, 0xc5),
        (1, 0x42),
        (2, 0x7d),
        (3, 0x09),
        (4, 0x5c),
        (10, 2),
    ] {
        let mut code = code.clone();
        assert_ne!(code[byte], value);
        code[byte] = value;
        assert_unexpected(code, &[0], 0, "a stand-in");
    }
    // Words of 32 bits, wide registers, another prefix, map and opcode.
    for (byte, bits) in [(2, WORD_NONE), (2, 0b100), (2, 0b01), (1, 0b11), (3, 0b1)] {
        let mut other = for_deposit(1, 2, MEMORY);
        other[byte] ^= bits;
        assert_unexpected(other, &[0], 0, "a stand-in");
    }
    // Of two registers.
    let mut without_memory = for_deposit(1, 2, MEMORY);
    without_memory[4] |= 0b1100_0000;
    assert_unexpected(without_memory, &[0], 0, "a stand-in");
}

#[test]
fn listings_name_what_is_meant() {
    let listing = "  andnq 0x260(%r9), %rax, %r10\n  andnq %r9, %rax, %r10\n  vroundps $0x0, 0x100000(%r10), %xmm0\n  vpextrb $0x1, %xmm9, 0xfffe1(%rcx, %r8)\n  ret\n";
    let meant = "  pdepq 0x260(%r9), %rax, %r10\n  andnq %r9, %rax, %r10\n  vmovdqu64 0x0(%r10), %ymm16\n  vmovdqu64 %zmm25, -0x1f(%rcx, %r8)\n  ret\n";
    assert_eq!(in_listing(listing), meant);
}
