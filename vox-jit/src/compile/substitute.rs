//! Puts the instructions that are meant in the place of those that stand in for them.
//!
//! A stand-in of a move is a VEX instruction of three bytes of prefix, the opcode, a memory operand, and a byte behind it; what is
//! meant is an EVEX instruction of four bytes of prefix, the opcode, and the operand: as long. One of `pdep` differs from it
//! in two bits of the prefix and in the opcode. Encodings are those of Intel's "Software Developer's Manual", volume 2, sections 2.3 and 2.7.
//!
//! Nothing is taken for granted of the code but where stand-ins begin, and [`super::generate`] counts them: what looks otherwise than expected is an error, and the
//! code must not be run.
//!
//! Read next: [`crate::emit::stand_in`], which emits them.

use crate::emit::stand_in::{FAR, Width};

/// VEX, in three bytes.
const VEX: u8 = 0xc4;
/// The maps of opcodes, in the lowest bits of the second byte.
const MAP_0F38: u8 = 2;
const MAP_0F3A: u8 = 3;
const MAP_BITS: u8 = 0x1f;
/// The third byte of instructions on registers of 16 bytes, without a second source, with the prefix 66.
const XMM_66: u8 = 0x79;
const VROUNDPS: u8 = 0x08;
const VPEXTRB: u8 = 0x14;
/// Words of 64 bits, registers that are not vectors, no prefix: what is left of the third byte without the second source.
const WORD_NONE: u8 = 0x80;
const SOURCE_BITS: u8 = 0x78;
/// The prefix F2, in those bits.
const PREFIX_F2: u8 = 0b11;
const ANDN: u8 = 0xf2;
const PDEP: u8 = 0xf5;

/// `mov` of 64 bits: prefixes, by the halves of the registers that are in it, opcodes, and the byte that says that the base is the stack pointer.
const WORD: u8 = 0x48;
const WORD_HIGH: u8 = 0x4c;
const WORD_ALL_HIGH: u8 = 0x4f;
const MOV_STORE: u8 = 0x89;
const MOV_LOAD: u8 = 0x8b;
const OF_FRAME: u8 = 0x24;

/// EVEX.
const EVEX: u8 = 0x62;
/// In the second byte, beside the bits it shares with VEX: the map 0F, and the highest bit of the register, which is inverted as they are.
const MAP_0F_HIGH: u8 = 0x01;
const SHARED_BITS: u8 = 0xe0;
/// The third byte: words of 64 bits, no second source, the prefix F3.
const WORDS_F3: u8 = 0xfe;
/// The fourth: no mask, and registers of 32 or 64 bytes.
const YMM: u8 = 0x28;
const ZMM: u8 = 0x48;
const LOAD: u8 = 0x6f;
const STORE: u8 = 0x7f;

/// The form of the memory operand with a distance of four bytes, and the one with a byte for an index.
const FAR_FORM: u8 = 0b10;
const WITH_INDEX: u8 = 0b100;
/// The form of an operand that is no memory.
const IN_REGISTER: u8 = 0b11;
/// The bytes of a distance.
const DISTANCE: usize = 4;

/// Code that is not what was emitted: a bug of ours, or a Cranelift that emits otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unexpected {
    /// Where in the code.
    pub(super) at: usize,
    /// What was expected.
    pub(super) expected: &'static str,
}

impl core::fmt::Display for Unexpected {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} expected at byte {}", self.expected, self.at)
    }
}

/// What is in the place of a stand-in now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    Load(Move),
    Store(Move),
    Deposit,
}

/// The register a move is from or to, less 16, its width, and the bytes of its instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Move {
    register: u8,
    width: Width,
    len: usize,
}

impl Move {
    fn is_to(self, other: Self) -> bool {
        (self.register, self.width) == (other.register, other.width)
    }
}

/// Replaces the stand-ins that begin at these places, in the order of the code.
pub(super) fn substitute(
    code: &mut [u8],
    places: impl Iterator<Item = usize>,
) -> Result<(), Unexpected> {
    // Between a load and its store nothing uses the register.
    let mut loaded: Option<(usize, Move)> = None;
    for at in places {
        let unexpected = |expected| Unexpected { at, expected };
        let rest = code.get_mut(at..).unwrap_or_default();
        let meant = replace(rest).ok_or_else(|| unexpected("a stand-in"))?;
        loaded = match (loaded, meant) {
            (None, Meant::Load(moved)) => Some((at, moved)),
            (None, Meant::Deposit) => None,
            (Some((from, moved)), Meant::Store(stored))
                if moved.is_to(stored) && are_of_allocator(&code[from + moved.len..at]) =>
            {
                None
            }
            (Some(_), _) => return Err(unexpected("the store of what was loaded")),
            (None, Meant::Store(_)) => return Err(unexpected("a load before a store")),
        };
    }
    match loaded {
        Some((at, _)) => Err(Unexpected {
            at,
            expected: "a store behind a load",
        }),
        None => Ok(()),
    }
}

/// Whether this is nothing but moves of general registers, to each other or from and to the frame: what the register allocator puts anywhere, here for the
/// address to store at.
fn are_of_allocator(code: &[u8]) -> bool {
    let len = match *code {
        [] => return true,
        [WORD..=WORD_ALL_HIGH, MOV_STORE | MOV_LOAD, form, ..] if form >> 6 == IN_REGISTER => 3,
        [WORD | WORD_HIGH, MOV_STORE | MOV_LOAD, form, OF_FRAME, ..]
            if form & 0b111 == WITH_INDEX =>
        {
            match form >> 6 {
                0b00 => 4,
                0b01 => 5,
                _ => 8,
            }
        }
        _ => return false,
    };
    code.get(len..).is_some_and(are_of_allocator)
}

/// Replaces the stand-in that the code begins with.
fn replace(code: &mut [u8]) -> Option<Meant> {
    let &mut [VEX, extension, third, opcode, ..] = code else {
        return None;
    };
    match (extension & MAP_BITS, opcode) {
        (MAP_0F38, ANDN)
            if third & !SOURCE_BITS == WORD_NONE && *code.get(4)? >> 6 != IN_REGISTER =>
        {
            code[2] |= PREFIX_F2;
            code[3] = PDEP;
            Some(Meant::Deposit)
        }
        (MAP_0F3A, VROUNDPS) if third == XMM_66 => widen(code, LOAD).map(Meant::Load),
        (MAP_0F3A, VPEXTRB) if third == XMM_66 => widen(code, STORE).map(Meant::Store),
        _ => None,
    }
}

/// Makes an instruction on a register of 16 bytes and memory a move of more.
fn widen(code: &mut [u8], opcode: u8) -> Option<Move> {
    let (extension, form) = (code[1], *code.get(4)?);
    if form >> 6 != FAR_FORM {
        return None;
    }
    // The form, the index if there is one, and the distance.
    let distance_at = 5 + usize::from(form & 0b111 == WITH_INDEX);
    let end = distance_at + DISTANCE;
    let width = Width::of_immediate(*code.get(end)?)?;
    let bytes: &mut [u8; DISTANCE] = code.get_mut(distance_at..end)?.try_into().ok()?;
    *bytes = i32::from_le_bytes(*bytes).checked_sub(FAR)?.to_le_bytes();
    code.copy_within(4..end, 5);
    code[..5].copy_from_slice(&[
        EVEX,
        extension & SHARED_BITS | MAP_0F_HIGH,
        WORDS_F3,
        match width {
            Width::Half => YMM,
            Width::Whole => ZMM,
        },
        opcode,
    ]);
    let highest = !extension >> 7;
    Some(Move {
        register: highest << 3 | form >> 3 & 0b111,
        width,
        len: end + 1,
    })
}

/// A listing of Cranelift's with what is meant.
pub(super) fn in_listing(assembly: &str) -> String {
    let lines = assembly
        .lines()
        .map(|line| meant_by(line).unwrap_or_else(|| line.to_owned()) + "\n");
    lines.collect()
}

/// What a line of a listing stands in for, if it does for anything.
fn meant_by(line: &str) -> Option<String> {
    let text = line.trim_start();
    let indent = &line[..line.len() - text.len()];
    let (name, operands) = text.split_once(' ')?;
    let moved = match name {
        "andnq" if operands.contains('(') => return Some(format!("{indent}pdepq {operands}")),
        "vroundps" => {
            let (immediate, rest) = operands.split_once(", ")?;
            let (memory, register) = rest.rsplit_once(", ")?;
            format!("{}, {}", nearer(memory)?, wider(register, immediate)?)
        }
        "vpextrb" => {
            let (immediate, rest) = operands.split_once(", ")?;
            let (register, memory) = rest.split_once(", ")?;
            format!("{}, {}", wider(register, immediate)?, nearer(memory)?)
        }
        _ => return None,
    };
    Some(format!("{indent}vmovdqu64 {moved}"))
}

/// A memory operand without what its distance is more than is meant.
fn nearer(memory: &str) -> Option<String> {
    let (distance, registers) = memory.split_once('(')?;
    let distance = i32::from_str_radix(distance.strip_prefix("0x")?, 16).ok()? - FAR;
    let sign = if distance < 0 { "-" } else { "" };
    Some(format!("{sign}{:#x}({registers}", distance.unsigned_abs()))
}

/// A register of 16 bytes, as the one that is meant.
fn wider(register: &str, immediate: &str) -> Option<String> {
    let width = u8::from_str_radix(immediate.strip_prefix("$0x")?, 16).ok()?;
    let number: u8 = register.strip_prefix("%xmm")?.parse().ok()?;
    let kind = match Width::of_immediate(width)? {
        Width::Half => "ymm",
        Width::Whole => "zmm",
    };
    Some(format!("%{kind}{}", number + 16))
}

#[cfg(test)]
mod tests;
