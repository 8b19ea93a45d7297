//! Texts parse back to what was printed, and malformed texts are told why.

use super::super::{Code, Op, verify};
use super::random::Random;

const EVERY_OP: &str = include_str!("tests/every_op.txt");

fn parse(text: &str) -> Code {
    text.parse()
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn refusal(text: &str) -> String {
    match text.parse::<Code>() {
        Ok(code) => panic!("this should not parse:\n{text}\nbut is:\n{code}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_text_with_every_op_is_printed_as_it_was_read() {
    let code = parse(EVERY_OP);
    for name in Op::NAMES {
        let there = code.blocks.iter().flat_map(|block| &block.ops);
        assert!(
            there.map(Op::name).any(|found| found == *name),
            "no line shows how `{name}` is written"
        );
    }
    assert_eq!(code.to_string(), EVERY_OP);
    assert_eq!(verify::verify(&code), Ok(()));
}

#[test]
fn random_programs_survive_print_and_parse() {
    for seed in 0..2000 {
        let code = Random::new(seed).code();
        let text = code.to_string();
        assert_eq!(parse(&text), code, "seed {seed}:\n{text}");
    }
}

#[test]
fn every_op_survives_with_random_fields() {
    let mut random = Random::new(7);
    for name in Op::NAMES {
        for _ in 0..100 {
            let mut code = Code::default();
            code.blocks.resize_with(1, Default::default);
            code.blocks[0].ops.push(Op::random(name, &mut random));
            assert_eq!(parse(&code.to_string()), code, "{code}");
        }
    }
}

#[test]
fn random_damage_never_panics() {
    let mut random = Random::new(11);
    for _ in 0..2000 {
        let mut text: Vec<char> = random.code().to_string().chars().collect();
        for _ in 0..3 {
            let at = random.rng.usize(0..text.len());
            text[at] =
                *random.pick(&['"', '\\', '(', ')', '[', ']', '=', ' ', '\n', '9', 'é', '{']);
        }
        let text: String = text.into_iter().collect();
        // What still parses says something, so it survives as any program does.
        if let Ok(code) = text.parse::<Code>() {
            assert_eq!(parse(&code.to_string()), code);
        }
    }
}

#[test]
fn comments_and_empty_lines_say_nothing() {
    let bare = parse("program T\nb0:\n  write_byte at=@3\n");
    let commented = parse("# what\n\nprogram T\r\n  # why\nb0:\n\n\twrite_byte   at=@3  \n");
    assert_eq!(bare, commented);
}

#[test]
fn malformed_documents_are_told_why() {
    let cases = [
        (
            "",
            "line 1: a text begins with `program` and the name of the type",
        ),
        (
            "b0:\n",
            "line 1: a text begins with `program` and the name of the type",
        ),
        (
            "\n  f0 leaf",
            "line 2: a text begins with `program` and the name of the type",
        ),
        (
            "program",
            "line 1: a name is missing (an empty one is written \"\")",
        ),
        (
            "program T\nprogram T",
            "line 2: no section is called `program T`",
        ),
        ("program T\n  leaf", "line 2: `leaf` stands in no section"),
        (
            "program T\nfunction\n",
            "line 2: no section is called `function`",
        ),
        (
            "program T\npaths\npaths",
            "line 3: the section `paths` is given twice",
        ),
        ("program T\nb1:", "line 2: expected b0 here, found b1"),
        ("program T\nb0:\nb0:", "line 3: expected b1 here, found b0"),
        ("program T\nt0:\nt2:", "line 3: expected t1 here, found t2"),
        (
            "program T\nx0:",
            "line 2: expected a block (`b` and a number), found `x0`",
        ),
        (
            "program T\nfunctions\n  f1 leaf",
            "line 3: expected f0 here, found f1",
        ),
        (
            "program T\nfunctions\n  f0 lead",
            "line 3: no function kind is called `lead`",
        ),
        (
            "program T\nchildren\n  c0",
            "line 3: a name is missing (an empty one is written \"\")",
        ),
        (
            "program T\npaths\n  p0 \"\"",
            "line 3: expected p1 here, found p0",
        ),
        (
            "program T\npaths\n  p1 \"\"",
            "line 3: p1 is the same path as p0",
        ),
        (
            "program T\npaths\n  p1 .a",
            "line 3: expected a string in quotes, found `.a`",
        ),
        (
            "program T\npaths\n  p1 \".a",
            "line 3: the string has no closing quote",
        ),
        (
            "program T\npaths\n  p1 \".a\\",
            "line 3: the string has no closing quote",
        ),
        (
            "program T\npaths\n  p1 \".a\"b",
            "line 3: `b` follows the closing quote",
        ),
        (
            "program T\npaths\n  p1 \"\\x\"",
            "line 3: `\\x` is no escape",
        ),
        (
            "program T\npaths\n  p1 \"\\u41\"",
            "line 3: `\\u` needs a number in braces",
        ),
        (
            "program T\npaths\n  p1 \"\\u{d800}\"",
            "line 3: `\\u{d800}` is no character",
        ),
        (
            "program T\niters\n  i0 init=f0 next=f1",
            "line 3: `i0` needs the field `dealloc`",
        ),
        (
            "program T\nproxies\n  x0 convert=f0 size=1 align=1 dorp=f1",
            "line 3: `x0` has no field `dorp`",
        ),
        (
            "program T\nt0:\n  1 = b0",
            "line 3: an arm is written `discriminant -> block`",
        ),
        (
            "program T\nt0:\n  9223372036854775808 -> b0",
            "line 3: `9223372036854775808` is no 64-bit discriminant",
        ),
        (
            "program T\nt0:\n  1 -> 0",
            "line 3: expected a block (`b` and a number), found `0`",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(text), expected, "for:\n{text}");
    }
}

#[test]
fn malformed_ops_are_told_why() {
    let cases = [
        ("write_nothing at=@0", "no op is called `write_nothing`"),
        ("write_byte", "`write_byte` needs the field `at`"),
        ("write_byte at=@0 at=@1", "the field `at` is given twice"),
        ("write_byte at=@0 len=1", "`write_byte` has no field `len`"),
        (
            "write_byte at=@0 here",
            "`here` is not a field (`name=value`)",
        ),
        (
            "write_byte at=@0 a b",
            "`write_byte` has more than one value without a name",
        ),
        (
            "write_byte at=0",
            "`at`: expected an offset (`@` and a number), found `0`",
        ),
        (
            "write_byte at=@-1",
            "`at`: expected an offset (`@` and a number), found `@-1`",
        ),
        ("write_byte at=@1x", "`at`: expected a number, found `1x`"),
        (
            "write_byte at=@4294967296",
            "`at`: 4294967296 is out of range (at most 4294967295)",
        ),
        ("reserve bytes=+1", "`bytes`: expected a number, found `+1`"),
        ("reserve bytes=", "`bytes`: expected a number, found ``"),
        (
            "reserve bytes=4294967296",
            "`bytes`: 4294967296 is out of range (at most 4294967295)",
        ),
        (
            "write_const bytes=00",
            "`bytes`: expected bytes in brackets, found `00`",
        ),
        (
            "write_const bytes=[0]",
            "`bytes`: `0` is not two hexadecimal digits",
        ),
        (
            "write_const bytes=[0g]",
            "`bytes`: `0g` is not two hexadecimal digits",
        ),
        (
            "write_const bytes=[00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f]",
            "`bytes`: 16 bytes are more than a literal holds (15)",
        ),
        ("write_const bytes=[00", "a `]` is missing"),
        ("write_const bytes=00]", "`]` closes nothing"),
        (
            "borrow at=@0 source=word each=f0",
            "`each`: expected a block (`b` and a number), found `f0`",
        ),
        (
            "borrow at=@0 source=words each=b0",
            "`source`: no pointer source is called `words`",
        ),
        (
            "borrow at=@0 source=word(f0) each=b0",
            "`source`: `f0` is not a field (`name=value`)",
        ),
        (
            "borrow at=@0 source=borrow_thin each=b0",
            "`source`: `borrow_thin` needs a value in parentheses",
        ),
        (
            "write_bytes at=@0 source=list(len=f0) reserve=0",
            "`source`: `list` needs the field `as_ptr`",
        ),
        (
            "write_bytes at=@0 source=list(len=f0, len=f1) reserve=0",
            "`source`: the field `len` is given twice",
        ),
        (
            "write_bytes at=@0 source=words(ptr=@0, len=@8, cap=@16) reserve=0",
            "`source`: `words` has no field `cap`",
        ),
        (
            "write_bytes at=@0 source=accessor(p0) reserve=0",
            "`source`: expected a function (`f` and a number), found `p0`",
        ),
        (
            "write_bytes at=@0 source=accessor(f0)x reserve=0",
            "`source`: `accessor(f0)x` does not end with its `)`",
        ),
        (
            "switch at=@0 tag=u128 arms=t0 path=p0",
            "`tag`: no tag width is called `u128`",
        ),
    ];
    for (op, expected) in cases {
        let text = format!("program T\nb0:\n  {op}\n");
        assert_eq!(refusal(&text), format!("line 3: {expected}"));
    }
}

#[test]
fn a_tree_shows_blocks_beneath_their_ops() {
    let code = parse(
        "program Shape\nfunctions\n  f0 list.len\n  f1 list.as_ptr\n  f2 set.len\nchildren\n  c0 Tree\n\
         paths\n  p1 \".points\"\n  p2 \".kind\"\nt0:\n  0 -> b2\n  -1 -> b3\n\
         b0:\n  write_list at=@8 source=list(len=f0, as_ptr=f1) stride=16 each=b1 bound=8 path=p1 reserve=3\n  \
         switch at=@32 tag=i8 arms=t0 path=p2\n  write_iter at=@40 len=f2 iter=i0 each=b4 path=p0 reserve=0\n\
         b1:\n  write_f64 at=@0\nb2:\n  write_const bytes=[00]\nb3:\n  call at=@8 child=c0 path=p2\nb4:\n",
    );
    let expected = "\
Shape
  write_list at=@8 source=list stride=16 bound=8 path=\".points\" reserve=3
    each:
      write_f64 at=@0
  switch at=@32 tag=i8 path=\".kind\"
    0:
      write_const bytes=[00]
    -1:
      call at=@8 child=\"Tree\" path=\".kind\"
  write_iter at=@40 len=set.len reserve=0
    each:
";
    assert_eq!(code.tree().to_string(), expected);
}

#[test]
fn a_tree_of_anything_ends() {
    for seed in 0..1000 {
        let code = Random::new(seed).code();
        assert!(code.tree().to_string().lines().count() <= 1 + 3 * code.op_count() + 100);
    }
    let circle = parse(
        "program T\nb0:\n  borrow at=@0 source=word each=b0\n  borrow at=@0 source=word each=b9\n",
    );
    let expected = "T\n  borrow at=@0 source=word\n    each:\n      (b0 again)\n  \
                    borrow at=@0 source=word\n    each:\n      (b9 is missing)\n";
    assert_eq!(circle.tree().to_string(), expected);
}

#[test]
fn a_tree_of_a_very_deep_program_does_not_recurse_without_end() {
    let mut text = "program T\n".to_owned();
    for block in 0..20_000 {
        text += &format!(
            "b{block}:\n  borrow at=@0 source=word each=b{}\n",
            block + 1
        );
    }
    let tree = parse(&text).tree().to_string();
    assert!(tree.ends_with("(b65 is nested too deep)\n"), "{tree}");
}
