//! The code of the baseline tier for both instruction sets, as text that is checked in.
//!
//! Any host can look at both. The code has symbols where addresses would be (`Names::Symbols` of the tier), so it is the same in
//! every build. After a change that is meant, `VOX_BLESS=1 cargo test -p vox-jit --test golden_baseline` rewrites
//! the files; read the difference before committing it.
//!
//! Not here: whether the code does what it should. The matrix of modes in every codec test runs it.

mod common;

use std::path::PathBuf;

use common::made;
use vox_core::program::Program;
use vox_core::slot::Slot;
use vox_jit::baseline::generate_symbolic;
use vox_jit::baseline::isa::aarch64::Arm64;
use vox_jit::baseline::isa::x86_64::X64;
use yaxpeax_arch::{Arch, Decoder, LengthedInstruction, U8Reader};

/// What the tier does with one sort of op.
struct Piece {
    name: &'static str,
    text: &'static str,
}

const PIECES: [Piece; 12] = [
    Piece {
        name: "nothing",
        text: "b0:\n",
    },
    Piece {
        name: "stores_in_place",
        text: "b0:
  reserve bytes=17
  write_byte at=@0
  write_f64 at=@8
  write_f32 at=@16
  write_const bytes=[01 02 03 04]
",
    },
    Piece {
        name: "varints",
        text: "b0:
  reserve bytes=58
  write_var_u32 at=@0
  write_var_u32 at=@4
  write_var_u32 at=@8
  write_var_u32 at=@12
  write_var_u64 at=@16
  write_var_i16 at=@24
  write_var_i64 at=@32
",
    },
    Piece {
        name: "string",
        text: "b0:
  write_bytes at=@8 source=words(ptr=@8, len=@16) reserve=5
  write_var_u32 at=@0
",
    },
    Piece {
        name: "option",
        text: "b0:
  reserve bytes=7
  write_option at=@8 source=tagged(tag=u32, tag_at=@8, none=0, payload=@12) some=b1
  write_byte at=@0
b1:
  write_var_u32 at=@0
",
    },
    Piece {
        name: "list_of_integers",
        text: "b0:
  write_list_var_u32 at=@0 source=words(ptr=@8, len=@16) reserve=1
  write_byte at=@24
",
    },
    Piece {
        name: "list_by_a_block",
        text: "b0:
  write_list at=@8 source=words(ptr=@8, len=@0) stride=4 each=b1 bound=5 path=p0 reserve=1
  write_byte at=@0
b1:
  write_var_u32 at=@0
",
    },
    Piece {
        name: "enum",
        text: "t0:
  0 -> b1
  1 -> b2
  9 -> b3
b0:
  reserve bytes=9
  switch at=@8 tag=u8 arms=t0 path=p0
  write_byte at=@0
b1:
  write_const bytes=[00]
b2:
  write_const bytes=[01]
  write_byte at=@16
b3:
  write_const bytes=[02]
",
    },
    Piece {
        name: "enum_by_number",
        text: "t0:
  0 -> b1
  1 -> b2
  2 -> b3
b0:
  reserve bytes=11
  switch at=@8 tag=u8 arms=t0 path=p0
b1:
  write_const bytes=[00]
b2:
  write_const bytes=[01]
  write_var_u64 at=@8
b3:
  write_const bytes=[02]
  write_byte at=@1
",
    },
    Piece {
        name: "option_by_niche",
        text: "b0:
  reserve bytes=1
  write_option at=@8 source=tagged(tag=u64, tag_at=@0, none=-9223372036854775808, payload=@0) some=b1
b1:
  write_bytes at=@0 source=words(ptr=@8, len=@16) reserve=0
",
    },
    Piece {
        name: "list_of_strings",
        text: "b0:
  write_list at=@0 source=words(ptr=@8, len=@16) stride=24 each=b1 bound=0 path=p0 reserve=0
b1:
  write_bytes at=@0 source=words(ptr=@8, len=@16) reserve=0
",
    },
    Piece {
        name: "call_and_repeat",
        text: "children
  c0 Child
b0:
  call at=@16 child=c0 path=p0
  reserve bytes=11
  write_var_u64 at=@8
  write_option at=@0 source=null_is_none some=b1
b1:
  borrow at=@0 source=word each=b2
b2:
  repeat at=@0 path=p0
",
    },
];

/// Instructions, one a line: offset, bytes, words. What is no instruction is told by its bytes.
fn disassembly<A>(code: &[u8], decoder: &A::Decoder) -> String
where
    A: Arch<Address = u64, Word = u8>,
    A::Decoder: Decoder<A>,
    A::Instruction: core::fmt::Display,
{
    let mut text = format!("{} bytes\n", code.len());
    let mut at = 0;
    while at < code.len() {
        let rest = &code[at..];
        let (words, len) = match decoder.decode(&mut U8Reader::new(rest)) {
            Ok(instruction) => {
                let len = usize::try_from(instruction.len().to_const()).expect("a short length");
                (instruction.to_string(), len)
            }
            Err(_) => (String::from("(data)"), 1),
        };
        let bytes: String = rest[..len]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        text += &format!("{at:4x}  {bytes:<22}{words}\n");
        at += len;
    }
    text
}

fn slot(piece: &Piece) -> Slot {
    let child = Box::leak(Box::new(made("program Child\nb0:\n", &[], &[])));
    let children: &[&Slot] = if piece.text.contains("c0") {
        &[child]
    } else {
        &[]
    };
    made(&format!("program Piece\n{}", piece.text), &[], children)
}

/// The listings of a program for each instruction set.
fn listings(program: &Program) -> [(&'static str, String); 2] {
    let x64 = generate_symbolic::<X64>(program).expect("code for x86-64");
    let arm64 = generate_symbolic::<Arm64>(program).expect("code for AArch64");
    let decoder = yaxpeax_x86::amd64::InstDecoder::default();
    let x64 = disassembly::<yaxpeax_x86::amd64::Arch>(&x64, &decoder);
    let decoder = yaxpeax_arm::armv8::a64::InstDecoder::default();
    let arm64 = disassembly::<yaxpeax_arm::armv8::a64::ARMv8>(&arm64, &decoder);
    [("x86_64", x64), ("aarch64", arm64)]
}

#[test]
fn the_code_is_what_was_reviewed() {
    let bless = std::env::var_os("VOX_BLESS").is_some_and(|value| value == "1");
    let mut different = Vec::new();
    for piece in &PIECES {
        let slot = slot(piece);
        for (isa, found) in listings(slot.program().expect("a program")) {
            let name = format!("baseline_{}.{isa}.txt", piece.name);
            let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "golden", &name]
                .iter()
                .collect();
            if bless {
                std::fs::write(&file, &found).expect("the folder is there");
                continue;
            }
            let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
            if reviewed.replace("\r\n", "\n") != found {
                different.push(format!("{}:\n{found}", file.display()));
            }
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn every_byte_of_the_code_is_an_instruction() {
    for piece in &PIECES {
        let slot = slot(piece);
        for (isa, found) in listings(slot.program().expect("a program")) {
            assert!(
                !found.contains("(data)"),
                "{} on {isa}:\n{found}",
                piece.name
            );
        }
    }
}
