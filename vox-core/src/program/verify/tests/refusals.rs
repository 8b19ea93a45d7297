//! One program per rule that breaks that rule alone, with what the verifier says.

use super::super::verify;
use crate::program::Code;

/// The tables all programs here share; `f{i}` is the i-th function kind.
const TABLES: &str = "\
program T
functions
  f0 list.len
  f1 list.as_ptr
  f2 slice.len
  f3 slice.as_ptr
  f4 array.as_ptr
  f5 option.is_some
  f6 option.get_value
  f7 result.is_ok
  f8 result.get_ok
  f9 result.get_err
  f10 pointer.borrow
  f11 map.len
  f12 set.len
  f13 iter.init
  f14 iter.dealloc
  f15 iter.next
  f16 map_iter.next
  f17 pointer.lock
  f18 pointer.read
  f19 proxy.convert_out
  f20 field.skip_serializing_if
  f21 shape.drop_in_place
  f22 accessor
  f23 leaf
  f24 table.items
  f25 table.entries
children
  c0 U
paths
  p1 \".a\"
";
const ITERS: &str =
    "iters\n  i0 init=f13 next=f15 dealloc=f14\n  i1 init=f13 next=f16 dealloc=f14\n";
const PROXIES: &str = "proxies\n  x0 convert=f19 drop=f21 size=16 align=8\n";

/// The program whose blocks are written in one line each: `b0 op; op | b1 op`.
fn program(tables: &str, blocks: &str) -> Code {
    let mut text = format!("{TABLES}{tables}");
    for (index, block) in blocks.split('|').enumerate() {
        text += &format!("b{index}:\n");
        for op in block.split(';').map(str::trim).filter(|op| !op.is_empty()) {
            text += &format!("  {op}\n");
        }
    }
    text.parse()
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn check(tables: &str, cases: &[(&str, &str)]) {
    for (blocks, expected) in cases {
        let said = match verify(&program(tables, blocks)) {
            Ok(()) => "passes".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(said, *expected, "for {blocks}");
    }
}

/// For programs that need no tables but the usual.
fn check_usual(cases: &[(&str, &str)]) {
    check(&format!("{ITERS}{PROXIES}"), cases);
}

#[test]
fn references() {
    let empty: Code = "program T".parse().expect("a program");
    assert_eq!(
        verify(&empty).expect_err("no blocks").to_string(),
        "program: there is no b0"
    );
    check_usual(&[
        (
            "borrow at=@0 source=word each=b1",
            "b0 op 0 (borrow): there is no b1",
        ),
        (
            "switch at=@0 tag=u8 arms=t0 path=p0",
            "b0 op 0 (switch): there is no t0",
        ),
        (
            "never why=uninhabited path=p2",
            "b0 op 0 (never): there is no p2",
        ),
        (
            "call at=@0 child=c1 path=p0",
            "b0 op 0 (call): there is no c1",
        ),
        (
            "with_proxy at=@0 proxy=x1 each=b1 path=p0 |",
            "b0 op 0 (with_proxy): there is no x1",
        ),
        (
            "write_iter at=@0 len=f12 iter=i2 each=b1 path=p0 reserve=0 |",
            "b0 op 0 (write_iter): there is no i2",
        ),
        (
            "write_leaf at=@0 leaf=f26 path=p0 reserve=0",
            "b0 op 0 (write_leaf): there is no f26",
        ),
        (
            "write_bytes at=@0 source=accessor(f26) reserve=0",
            "b0 op 0 (write_bytes): there is no f26",
        ),
        (
            "write_bytes at=@0 source=list(len=f0, as_ptr=f99) reserve=0",
            "b0 op 0 (write_bytes): there is no f99",
        ),
        (
            "borrow at=@0 source=borrow_thin(f26) each=b1 |",
            "b0 op 0 (borrow): there is no f26",
        ),
    ]);
    check("t0:\n  0 -> b1\n", &[("", "t0: there is no b1")]);
    check(
        "iters\n  i0 init=f13 next=f26 dealloc=f14\n",
        &[("", "i0: there is no f26")],
    );
    check(
        "proxies\n  x0 convert=f19 drop=f26 size=0 align=1\n",
        &[("", "x0: there is no f26")],
    );
}

#[test]
fn function_kinds_of_tables() {
    check(
        "iters\n  i0 init=f14 next=f15 dealloc=f14\n",
        &[("", "i0: `init` must be iter.init, but f14 is iter.dealloc")],
    );
    check(
        "iters\n  i0 init=f13 next=f14 dealloc=f14\n",
        &[(
            "",
            "i0: `next` must be iter.next or map_iter.next, but f14 is iter.dealloc",
        )],
    );
    check(
        "iters\n  i0 init=f13 next=f24 dealloc=f14\n",
        &[(
            "",
            "i0: `next` must be iter.next or map_iter.next, but f24 is table.items",
        )],
    );
    check(
        "iters\n  i0 next=f15\n",
        &[(
            "",
            "i0: `next` must be table.items or table.entries or tree.items or tree.entries, but f15 is iter.next",
        )],
    );
    check(
        "iters\n  i0 init=f13 next=f15 dealloc=f13\n",
        &[(
            "",
            "i0: `dealloc` must be iter.dealloc, but f13 is iter.init",
        )],
    );
    check(
        "proxies\n  x0 convert=f20 size=0 align=1\n",
        &[(
            "",
            "x0: `convert` must be proxy.convert_out or pointer.upgrade_into, but f20 is field.skip_serializing_if",
        )],
    );
    check(
        "proxies\n  x0 convert=f19 drop=f19 size=0 align=1\n",
        &[(
            "",
            "x0: `drop` must be shape.drop_in_place, but f19 is proxy.convert_out",
        )],
    );
}

#[test]
fn function_kinds_of_ops() {
    let result = "write_result at=@0 is_ok=F7 get_ok=F8 get_err=F9 ok=b1 err=b2 | |";
    let wrong_result = |wrong: &str| {
        let one = result.replace(wrong, "f0");
        format!("reserve bytes=1; {}", one.replace('F', "f"))
    };
    check_usual(&[
        (
            "write_bytes at=@0 source=list(len=f2, as_ptr=f1) reserve=0",
            "b0 op 0 (write_bytes): `len` must be list.len, but f2 is slice.len",
        ),
        (
            "write_fixed_list at=@0 source=list(len=f0, as_ptr=f3) width=2 reserve=0",
            "b0 op 0 (write_fixed_list): `as_ptr` must be list.as_ptr, but f3 is slice.as_ptr",
        ),
        (
            "write_unit_list at=@0 source=slice(len=f0, as_ptr=f3) reserve=0",
            "b0 op 0 (write_unit_list): `len` must be slice.len, but f0 is list.len",
        ),
        (
            "write_list at=@0 source=slice(len=f2, as_ptr=f1) stride=1 each=b1 bound=1 path=p0 reserve=0 | write_byte at=@0",
            "b0 op 0 (write_list): `as_ptr` must be slice.as_ptr, but f1 is list.as_ptr",
        ),
        (
            "write_bytes at=@0 source=accessor(f0) reserve=0",
            "b0 op 0 (write_bytes): `parts` must be accessor, but f0 is list.len",
        ),
        (
            "write_list_var_u16 at=@0 source=accessor(f0) reserve=0",
            "b0 op 0 (write_list_var_u16): `parts` must be accessor, but f0 is list.len",
        ),
        (
            "write_list_var_u32 at=@0 source=accessor(f0) reserve=0",
            "b0 op 0 (write_list_var_u32): `parts` must be accessor, but f0 is list.len",
        ),
        (
            "write_list_var_u64 at=@0 source=accessor(f0) reserve=0",
            "b0 op 0 (write_list_var_u64): `parts` must be accessor, but f0 is list.len",
        ),
        (
            "write_list_var_i16 at=@0 source=accessor(f0) reserve=0",
            "b0 op 0 (write_list_var_i16): `parts` must be accessor, but f0 is list.len",
        ),
        (
            "write_list_var_i32 at=@0 source=accessor(f0) reserve=0",
            "b0 op 0 (write_list_var_i32): `parts` must be accessor, but f0 is list.len",
        ),
        (
            "write_list_var_i64 at=@0 source=accessor(f0) reserve=0",
            "b0 op 0 (write_list_var_i64): `parts` must be accessor, but f0 is list.len",
        ),
        (
            "write_array at=@0 source=as_ptr(f1) count=1 stride=1 each=b1 bound=1 path=p0 reserve=0 | write_byte at=@0",
            "b0 op 0 (write_array): `as_ptr` must be array.as_ptr, but f1 is list.as_ptr",
        ),
        (
            "reserve bytes=1; write_option at=@0 source=get_value(f5) some=b1 |",
            "b0 op 1 (write_option): `get_value` must be option.get_value, but f5 is option.is_some",
        ),
        (
            "reserve bytes=1; write_option at=@0 source=is_some(f6) some=b1 |",
            "b0 op 1 (write_option): `is_some` must be option.is_some, but f6 is option.get_value",
        ),
        (
            &wrong_result("F7"),
            "b0 op 1 (write_result): `is_ok` must be result.is_ok, but f0 is list.len",
        ),
        (
            &wrong_result("F8"),
            "b0 op 1 (write_result): `get_ok` must be result.get_ok, but f0 is list.len",
        ),
        (
            &wrong_result("F9"),
            "b0 op 1 (write_result): `get_err` must be result.get_err, but f0 is list.len",
        ),
        (
            "borrow at=@0 source=borrow_thin(f17) each=b1 |",
            "b0 op 0 (borrow): `borrow` must be pointer.borrow, but f17 is pointer.lock",
        ),
        (
            "borrow at=@0 source=borrow_wide(f17) each=b1 |",
            "b0 op 0 (borrow): `borrow` must be pointer.borrow, but f17 is pointer.lock",
        ),
        (
            "write_iter at=@0 len=f11 iter=i0 each=b1 path=p0 reserve=0 |",
            "b0 op 0 (write_iter): `len` must be set.len or list.len, but f11 is map.len",
        ),
        (
            "write_iter at=@0 len=f12 iter=i1 each=b1 path=p0 reserve=0 |",
            "b0 op 0 (write_iter): `next` must be iter.next or table.items or tree.items, but f16 is map_iter.next",
        ),
        (
            "write_map at=@0 len=f12 iter=i1 key=b1 value=b2 path=p0 reserve=0 | |",
            "b0 op 0 (write_map): `len` must be map.len, but f12 is set.len",
        ),
        (
            "write_map at=@0 len=f11 iter=i0 key=b1 value=b2 path=p0 reserve=0 | |",
            "b0 op 0 (write_map): `next` must be map_iter.next or table.entries or tree.entries, but f15 is iter.next",
        ),
        (
            "with_lock at=@0 lock=f10 each=b1 path=p0 |",
            "b0 op 0 (with_lock): `lock` must be pointer.lock or pointer.read, but f10 is pointer.borrow",
        ),
        (
            "unless at=@0 skip_if=f5 each=b1 path=p0 |",
            "b0 op 0 (unless): `skip_if` must be field.skip_serializing_if, but f5 is option.is_some",
        ),
        (
            "write_leaf at=@0 leaf=f22 path=p0 reserve=0",
            "b0 op 0 (write_leaf): `leaf` must be leaf, but f22 is accessor",
        ),
    ]);
}

#[test]
fn blocks_are_a_tree() {
    check_usual(&[
        ("|", "b1: cannot be reached from b0"),
        (
            "| borrow at=@0 source=word each=b2 | borrow at=@0 source=word each=b1",
            "b1: cannot be reached from b0",
        ),
        (
            "borrow at=@0 source=word each=b0",
            "b0 op 0 (borrow): runs b0, which only the entry and `repeat` do",
        ),
        (
            "borrow at=@0 source=word each=b1; borrow at=@8 source=word each=b1 |",
            "b0 op 1 (borrow): runs b1, which another place runs already",
        ),
        (
            "borrow at=@0 source=word each=b1 | borrow at=@0 source=word each=b1",
            "b1 op 0 (borrow): runs b1, which another place runs already",
        ),
        (
            "write_map at=@0 len=f11 iter=i1 key=b1 value=b1 path=p0 reserve=0 |",
            "b0 op 0 (write_map): runs b1, which another place runs already",
        ),
    ]);
    check(
        "t0:\n  0 -> b1\n  1 -> b1\n",
        &[(
            "switch at=@0 tag=u8 arms=t0 path=p0 |",
            "b0 op 0 (switch): runs b1, which another place runs already",
        )],
    );
    check(
        "t0:\n  0 -> b1\n",
        &[
            (
                "switch at=@0 tag=u8 arms=t0 path=p0; switch at=@8 tag=u8 arms=t0 path=p0 |",
                "b0 op 1 (switch): runs b1, which another place runs already",
            ),
            ("|", "b1: cannot be reached from b0"),
        ],
    );
    let nested = |levels: usize| {
        let mut blocks = String::new();
        for block in 0..levels {
            blocks += &format!("borrow at=@0 source=word each=b{} |", block + 1);
        }
        blocks
    };
    check_usual(&[
        (&nested(64), "passes"),
        (
            &nested(65),
            "b64 op 0 (borrow): runs b65 deeper than 64 levels",
        ),
    ]);
}

#[test]
fn limits() {
    check_usual(&[
        ("reserve bytes=4096", "passes"),
        (
            "reserve bytes=4097",
            "b0 op 0 (reserve): `bytes` is 4097, more than 4096",
        ),
        ("reserve bytes=4096; copy_bytes at=@0 len=4096", "passes"),
        (
            "copy_bytes at=@0 len=4097",
            "b0 op 0 (copy_bytes): `len` is 4097, more than 4096",
        ),
        (
            "write_bytes at=@0 source=accessor(f22) reserve=4097",
            "b0 op 0 (write_bytes): `reserve` is 4097, more than 4096",
        ),
        (
            "write_leaf at=@0 leaf=f23 path=p0 reserve=4097",
            "b0 op 0 (write_leaf): `reserve` is 4097, more than 4096",
        ),
        (
            "write_list at=@0 source=accessor(f22) stride=1 each=b1 bound=4097 path=p0 reserve=0 | write_byte at=@0",
            "b0 op 0 (write_list): `bound` is 4097, more than 4096",
        ),
        (
            "write_array at=@0 source=inline count=1 stride=1 each=b1 bound=4097 path=p0 reserve=0 | write_byte at=@0",
            "b0 op 0 (write_array): `bound` is 4097, more than 4096",
        ),
        (
            "write_fixed_list at=@0 source=accessor(f22) width=2 reserve=0",
            "passes",
        ),
        (
            "write_fixed_list at=@0 source=accessor(f22) width=1 reserve=0",
            "b0 op 0 (write_fixed_list): `width` is 1, but must be at least 2",
        ),
    ]);
}

#[test]
fn offsets() {
    check(
        "t0:\n  0 -> b1\n",
        &[
            (
                "switch at=@2147483640 tag=u8 arms=t0 path=p0 | write_leaf at=@7 leaf=f23 path=p0 reserve=0",
                "passes",
            ),
            (
                "switch at=@2147483640 tag=u8 arms=t0 path=p0 | write_leaf at=@8 leaf=f23 path=p0 reserve=0",
                "b1 op 0 (write_leaf): reaches 2147483648 bytes from the base, more than 2147483647",
            ),
        ],
    );
    check_usual(&[
        ("reserve bytes=1; write_byte at=@2147483646", "passes"),
        (
            "reserve bytes=1; write_byte at=@2147483647",
            "b0 op 1 (write_byte): reaches 2147483648 bytes from the base, more than 2147483647",
        ),
        (
            "call at=@2147483648 child=c0 path=p0",
            "b0 op 0 (call): reaches 2147483648 bytes from the base, more than 2147483647",
        ),
        (
            "call at=@4294967295 child=c0 path=p0",
            "b0 op 0 (call): reaches 4294967295 bytes from the base, more than 2147483647",
        ),
        (
            "unless at=@1 skip_if=f20 each=b1 path=p0 | call at=@2147483647 child=c0 path=p0",
            "b1 op 0 (call): reaches 2147483648 bytes from the base, more than 2147483647",
        ),
        // Behind a pointer the count starts anew.
        (
            "borrow at=@1 source=borrow_thin(f10) each=b1 | call at=@2147483647 child=c0 path=p0",
            "passes",
        ),
    ]);
    let word = size_of::<usize>() as u64;
    let reach = 4_294_967_295 + word;
    let far =
        format!("b0 op 0 (write_bytes): reaches {reach} bytes from the base, more than 2147483647");
    check_usual(&[
        (
            "write_bytes at=@2147483647 source=words(ptr=@0, len=@2147483648) reserve=0",
            &far,
        ),
        (
            "write_bytes at=@2147483647 source=words(ptr=@2147483648, len=@0) reserve=0",
            &far,
        ),
    ]);
}

#[test]
fn ops_stay_inside_their_element() {
    let list = |stride: u32, ops: &str| {
        format!(
            "write_list at=@0 source=accessor(f22) stride={stride} each=b1 bound=0 path=p0 reserve=0 | reserve bytes=20; {ops}"
        )
    };
    let beyond = |op: &str, end: u32, size: u32| {
        format!("b1 op 1 ({op}): reads up to byte {end} of a value of {size} bytes")
    };
    check_usual(&[
        (&list(8, "write_var_u64 at=@0"), "passes"),
        (
            &list(7, "write_var_u64 at=@0"),
            &beyond("write_var_u64", 8, 7),
        ),
        (&list(8, "write_byte at=@8"), &beyond("write_byte", 9, 8)),
        (
            &list(15, "write_var_i128 at=@0"),
            &beyond("write_var_i128", 16, 15),
        ),
        (&list(6, "write_char at=@3"), &beyond("write_char", 7, 6)),
        (
            &list(6, "copy_bytes at=@3 len=4"),
            &beyond("copy_bytes", 7, 6),
        ),
        (
            &list(6, "write_leaf at=@7 leaf=f23 path=p0 reserve=0"),
            &beyond("write_leaf", 7, 6),
        ),
        (
            &list(
                6,
                "write_array at=@1 source=inline count=3 stride=2 each=b2 bound=3 path=p0 reserve=0 | write_var_u16 at=@0",
            ),
            &beyond("write_array", 7, 6),
        ),
        (
            &list(
                6,
                "write_array at=@0 source=inline count=3 stride=2 each=b2 bound=3 path=p0 reserve=0 | write_var_u16 at=@0",
            ),
            "passes",
        ),
        // Elements without a size are written all the same, but not read.
        (&list(0, "write_const bytes=[00]"), "passes"),
        (&list(0, "write_byte at=@0"), &beyond("write_byte", 1, 0)),
        // What an `unless` moved its block by is no longer there.
        (
            &list(
                8,
                "unless at=@4 skip_if=f20 each=b2 path=p0 | write_f32 at=@0",
            ),
            "passes",
        ),
        (
            &list(
                8,
                "unless at=@4 skip_if=f20 each=b2 path=p0 | write_f32 at=@1",
            ),
            "b2 op 0 (write_f32): reads up to byte 5 of a value of 4 bytes",
        ),
        (
            "with_proxy at=@0 proxy=x0 each=b1 path=p0 | reserve bytes=20; write_var_u64 at=@9",
            &beyond("write_var_u64", 17, 16),
        ),
    ]);
    let word = size_of::<usize>() as u64;
    let pair = |len: u64| {
        format!(
            "borrow at=@0 source=borrow_wide(f10) each=b1 | write_bytes at=@0 source=words(ptr=@0, len=@{len}) reserve=0"
        )
    };
    let past = format!(
        "b1 op 0 (write_bytes): reads up to byte {} of a value of {} bytes",
        3 * word,
        2 * word
    );
    check_usual(&[(&pair(word), "passes"), (&pair(2 * word), &past)]);
}

#[test]
fn runs() {
    check_usual(&[
        (
            "reserve bytes=11; write_run each=b1 | write_var_u64 at=@8; write_byte at=@0",
            "passes",
        ),
        (
            "reserve bytes=10; write_run each=b1 | write_var_u64 at=@8; write_byte at=@0",
            "b1 op 1 (write_byte): needs 1 spare bytes where only 0 are sure",
        ),
        (
            "reserve bytes=19; write_run each=b1 | write_var_u128 at=@0",
            "b0 op 1 (write_run): a run has no `write_var_u128`",
        ),
        (
            "write_run each=b1 | reserve bytes=1; write_byte at=@0",
            "b0 op 0 (write_run): a run has no `reserve`",
        ),
        (
            "write_array at=@0 source=inline count=2 stride=4 each=b1 bound=10 path=p0 reserve=0 \
             | write_run each=b2 | write_var_u64 at=@0",
            "b2 op 0 (write_var_u64): reads up to byte 8 of a value of 4 bytes",
        ),
    ]);
}

#[test]
fn empty_blocks() {
    check_usual(&[
        (
            "write_list at=@0 source=accessor(f22) stride=0 each=b1 bound=0 path=p0 reserve=0 |",
            "b0 op 0 (write_list): b1 is empty: that is a `write_unit_list`",
        ),
        (
            "write_array at=@0 source=inline count=9 stride=0 each=b1 bound=0 path=p0 reserve=0 |",
            "b0 op 0 (write_array): b1 is empty: that is no op at all",
        ),
        (
            "reserve bytes=1; write_option at=@0 source=is_some(f5) some=b1 |",
            "passes",
        ),
        (
            "reserve bytes=1; write_option at=@0 source=is_some(f5) some=b1 | write_const bytes=[]",
            "b0 op 1 (write_option): `is_some` finds no payload, but b1 is not empty",
        ),
    ]);
}

#[test]
fn arms() {
    let table = |discriminants: &[i64]| {
        let arms = discriminants.iter().zip(1..);
        arms.fold("t0:\n".to_owned(), |text, (arm, block)| {
            text + format!("  {arm} -> b{block}\n").as_str()
        })
    };
    let switch = |tag: &str, arms: usize| {
        format!(
            "switch at=@0 tag={tag} arms=t0 path=p0 {}",
            "|".repeat(arms)
        )
    };
    check(
        "t0:\n",
        &[(
            &switch("u8", 0),
            "b0 op 0 (switch): t0 has no arms: such a value is a `never`",
        )],
    );
    check(
        &table(&[3, 1, 3]),
        &[(&switch("u8", 3), "t0: two arms have the discriminant 3")],
    );
    let edges: &[(&str, &[i64], Option<i64>)] = &[
        ("u8", &[0, 255], Some(256)),
        ("u16", &[0, 65_535], Some(65_536)),
        ("u32", &[0, 4_294_967_295], Some(4_294_967_296)),
        ("u64", &[0, -1, i64::MIN, i64::MAX], None),
        ("i8", &[-128, 127], Some(128)),
        ("i16", &[-32_768, 32_767], Some(-32_769)),
        ("i32", &[-2_147_483_648, 2_147_483_647], Some(2_147_483_648)),
        ("i64", &[i64::MIN, i64::MAX], None),
        ("u8", &[], Some(-1)),
        ("i8", &[], Some(-129)),
    ];
    for (tag, inside, outside) in edges {
        if !inside.is_empty() {
            check(&table(inside), &[(&switch(tag, inside.len()), "passes")]);
        }
        if let Some(outside) = outside {
            let expected =
                format!("b0 op 0 (switch): the discriminant {outside} of t0 does not fit {tag}");
            check(&table(&[*outside]), &[(&switch(tag, 1), &expected)]);
        }
    }
}

#[test]
fn proxies() {
    for (layout, expected) in [
        ("size=0 align=1", "passes"),
        ("size=48 align=16", "passes"),
        ("size=0 align=0", "x0: the alignment 0 is no power of two"),
        ("size=12 align=6", "x0: the alignment 6 is no power of two"),
        (
            "size=12 align=8",
            "x0: the size 12 is no multiple of the alignment 8",
        ),
    ] {
        check(
            &format!("proxies\n  x0 convert=f19 {layout}\n"),
            &[("", expected)],
        );
    }
}

#[test]
fn last_positions() {
    let last = "is not the last op of its block";
    let done = "is not in last position: ops, a loop, a lock or a proxy above it are not done";
    let (repeat_last, never_last) = (
        format!("b1 op 0 (repeat): {last}"),
        format!("b0 op 0 (never): {last}"),
    );
    let tail = format!("b1 op 0 (repeat): {done}");
    let tail2 = format!("b2 op 0 (repeat): {done}");
    check_usual(&[
        ("never why=uninhabited path=p0", "passes"),
        (
            "never why=uninhabited path=p0; reserve bytes=1",
            &never_last,
        ),
        (
            "borrow at=@0 source=word each=b1 | repeat at=@0 path=p0",
            "passes",
        ),
        (
            "borrow at=@0 source=word each=b1 | repeat at=@0 path=p0; reserve bytes=1",
            &repeat_last,
        ),
        (
            "borrow at=@0 source=word each=b1; reserve bytes=1 | repeat at=@0 path=p0",
            &tail,
        ),
        (
            "borrow at=@0 source=word each=b1; reserve bytes=1 | borrow at=@0 source=word each=b2 | repeat at=@0 path=p0",
            &tail2,
        ),
        (
            "borrow at=@0 source=borrow_thin(f10) each=b1 | repeat at=@0 path=p0",
            "passes",
        ),
        (
            "reserve bytes=1; write_option at=@0 source=get_value(f6) some=b1 | repeat at=@0 path=p0",
            "passes",
        ),
        (
            "reserve bytes=1; write_result at=@0 is_ok=f7 get_ok=f8 get_err=f9 ok=b1 err=b2 | repeat at=@0 path=p0 | repeat at=@0 path=p0",
            "passes",
        ),
        (
            "unless at=@0 skip_if=f20 each=b1 path=p0 | borrow at=@0 source=word each=b2 | repeat at=@0 path=p0",
            "passes",
        ),
        (
            "write_list at=@0 source=accessor(f22) stride=8 each=b1 bound=0 path=p0 reserve=0 | repeat at=@0 path=p0",
            &tail,
        ),
        (
            "write_array at=@0 source=inline count=2 stride=8 each=b1 bound=0 path=p0 reserve=0 | repeat at=@0 path=p0",
            &tail,
        ),
        (
            "write_iter at=@0 len=f12 iter=i0 each=b1 path=p0 reserve=0 | repeat at=@0 path=p0",
            &tail,
        ),
        (
            "write_map at=@0 len=f11 iter=i1 key=b1 value=b2 path=p0 reserve=0 | repeat at=@0 path=p0 |",
            &tail,
        ),
        (
            "write_map at=@0 len=f11 iter=i1 key=b1 value=b2 path=p0 reserve=0 | | repeat at=@0 path=p0",
            &tail2,
        ),
        (
            "with_lock at=@0 lock=f17 each=b1 path=p0 | repeat at=@0 path=p0",
            &tail,
        ),
        (
            "with_proxy at=@0 proxy=x0 each=b1 path=p0 | repeat at=@0 path=p0",
            &tail,
        ),
        (
            "with_lock at=@0 lock=f17 each=b1 path=p0 | borrow at=@0 source=word each=b2 | repeat at=@0 path=p0",
            &tail2,
        ),
    ]);
    check(
        "t0:\n  0 -> b1\n  1 -> b2\n",
        &[
            (
                "switch at=@0 tag=u8 arms=t0 path=p0 | never why=uninhabited path=p0 | borrow at=@0 source=word each=b3 | repeat at=@0 path=p0",
                "passes",
            ),
            (
                "switch at=@0 tag=u8 arms=t0 path=p0; reserve bytes=1 | never why=uninhabited path=p0 | borrow at=@0 source=word each=b3 | repeat at=@0 path=p0",
                &format!("b3 op 0 (repeat): {done}"),
            ),
        ],
    );
}

#[test]
fn repeats_get_somewhere() {
    let endless = "would never end: no pointer leads from the value to where it starts over";
    check_usual(&[
        (
            "repeat at=@0 path=p0",
            &format!("b0 op 0 (repeat): {endless}"),
        ),
        (
            "repeat at=@8 path=p0",
            &format!("b0 op 0 (repeat): {endless}"),
        ),
        (
            "unless at=@0 skip_if=f20 each=b1 path=p0 | repeat at=@0 path=p0",
            &format!("b1 op 0 (repeat): {endless}"),
        ),
        (
            "reserve bytes=1; write_option at=@0 source=null_is_none some=b1 | repeat at=@0 path=p0",
            &format!("b1 op 0 (repeat): {endless}"),
        ),
        (
            "borrow at=@0 source=borrow_wide(f10) each=b1 | repeat at=@0 path=p0",
            "b1 op 0 (repeat): would start over on a pair that only lives as long as the borrow",
        ),
        (
            "borrow at=@0 source=borrow_wide(f10) each=b1 | borrow at=@0 source=word each=b2 | repeat at=@0 path=p0",
            "passes",
        ),
    ]);
}

#[test]
fn room() {
    let list = |bound: u32, ops: &str| {
        format!(
            "write_list at=@0 source=accessor(f22) stride=16 each=b1 bound={bound} path=p0 reserve=3; copy_bytes at=@0 len=3 | {ops}"
        )
    };
    let own =
        |op: &str| format!("b1 op 0 ({op}): makes its own room inside a block that has a bound");
    check_usual(&[
        (
            "write_byte at=@0",
            "b0 op 0 (write_byte): needs 1 spare bytes where only 0 are sure",
        ),
        (
            "reserve bytes=9; write_var_u64 at=@0",
            "b0 op 1 (write_var_u64): needs 10 spare bytes where only 9 are sure",
        ),
        ("reserve bytes=10; write_var_u64 at=@0", "passes"),
        (
            "reserve bytes=1; write_option at=@0 source=null_is_none some=b1 | write_byte at=@0",
            "b1 op 0 (write_byte): needs 1 spare bytes where only 0 are sure",
        ),
        // The payload may be absent, so its reserve does not count.
        (
            "reserve bytes=1; write_option at=@0 source=null_is_none some=b1; write_byte at=@0 | reserve bytes=9",
            "b0 op 2 (write_byte): needs 1 spare bytes where only 0 are sure",
        ),
        (
            "call at=@0 child=c0 path=p0; write_byte at=@0",
            "b0 op 1 (write_byte): needs 1 spare bytes where only 0 are sure",
        ),
        (
            "write_leaf at=@0 leaf=f23 path=p0 reserve=1; write_byte at=@0",
            "passes",
        ),
        (
            "reserve bytes=9; write_iter at=@0 len=f12 iter=i0 each=b1 path=p0 reserve=0 | write_byte at=@0",
            "b1 op 0 (write_byte): needs 1 spare bytes where only 0 are sure",
        ),
        (&list(10, "write_var_u64 at=@0"), "passes"),
        (
            &list(9, "write_var_u64 at=@0"),
            "b1 op 0 (write_var_u64): needs 10 spare bytes where only 9 are sure",
        ),
        (&list(0, "reserve bytes=10; write_var_u64 at=@0"), "passes"),
        // Several elements may share one reserve, so none may make room of its own.
        (
            &list(10, "reserve bytes=10; write_var_u64 at=@0"),
            &own("reserve"),
        ),
        (
            &list(10, "write_leaf at=@0 leaf=f23 path=p0 reserve=0"),
            &own("write_leaf"),
        ),
        (&list(10, "call at=@0 child=c0 path=p0"), &own("call")),
        (
            &list(
                10,
                "unless at=@0 skip_if=f20 each=b2 path=p0 | reserve bytes=1",
            ),
            "b2 op 0 (reserve): makes its own room inside a block that has a bound",
        ),
        // So may what an `unless` skips, and only one of two payloads is there.
        (
            "unless at=@0 skip_if=f20 each=b1 path=p0; write_byte at=@0 | reserve bytes=9",
            "b0 op 1 (write_byte): needs 1 spare bytes where only 0 are sure",
        ),
        (
            "reserve bytes=1; write_result at=@0 is_ok=f7 get_ok=f8 get_err=f9 ok=b1 err=b2; write_byte at=@0 | reserve bytes=9 |",
            "b0 op 2 (write_byte): needs 1 spare bytes where only 0 are sure",
        ),
        (
            "reserve bytes=1; write_result at=@0 is_ok=f7 get_ok=f8 get_err=f9 ok=b1 err=b2; write_byte at=@0 | | reserve bytes=9",
            "b0 op 2 (write_byte): needs 1 spare bytes where only 0 are sure",
        ),
        (
            "with_lock at=@0 lock=f17 each=b1 path=p0; write_byte at=@0 | reserve bytes=1",
            "passes",
        ),
        (
            "write_map at=@0 len=f11 iter=i1 key=b1 value=b2 path=p0 reserve=0 | reserve bytes=9 | write_byte at=@0",
            "b2 op 0 (write_byte): needs 1 spare bytes where only 0 are sure",
        ),
        (
            "write_list at=@0 source=accessor(f22) stride=1 each=b1 bound=0 path=p0 reserve=0; write_byte at=@0 | reserve bytes=9",
            "b0 op 1 (write_byte): needs 1 spare bytes where only 0 are sure",
        ),
    ]);
    let switch = "switch at=@0 tag=u8 arms=t0 path=p0; write_byte at=@0";
    check(
        "t0:\n  0 -> b1\n  1 -> b2\n",
        &[
            (
                &format!("{switch} | reserve bytes=1 |"),
                "b0 op 1 (write_byte): needs 1 spare bytes where only 0 are sure",
            ),
            (
                &format!("{switch} | | reserve bytes=1"),
                "b0 op 1 (write_byte): needs 1 spare bytes where only 0 are sure",
            ),
            // An arm that never comes back takes no room from what follows.
            (
                &format!("{switch} | never why=uninhabited path=p0 | reserve bytes=1"),
                "passes",
            ),
        ],
    );
}
