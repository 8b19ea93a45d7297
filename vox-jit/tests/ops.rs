//! Every op by hand-made programs, against bytes written by hand.

mod common;

use core::ptr;

use common::{address, check_made, made};
use facet_core::{PtrConst, PtrMut};
use vox_core::cx::EncodeCx;
use vox_core::entry::Pair;

/// Checks a program that calls nothing.
fn check<T>(text: &str, value: &T, expected: &[u8]) {
    // SAFETY: the offsets of each test's program fit its value.
    unsafe { check_made(text, &[], &[], address(value), expected) };
}

fn ops(lines: &[&str]) -> String {
    let mut text = String::from("program T\nb0:\n");
    for line in lines {
        text += "  ";
        text += line;
        text += "\n";
    }
    text
}

#[test]
fn nothing() {
    check("program T\nb0:\n", &(), &[]);
}

#[test]
fn reserve_asks_for_little_and_for_much() {
    for bytes in [0, 1, 95, 96, 97, 500, 4096] {
        check(&ops(&[&format!("reserve bytes={bytes}")]), &(), &[]);
    }
}

#[test]
fn constants_of_every_length() {
    for len in 0..=15 {
        let bytes: Vec<u8> = (1..=len).collect();
        let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let line = format!("write_const bytes=[{}]", digits.join(" "));
        let expected: Vec<u8> = bytes.iter().chain(&bytes).copied().collect();
        check(&ops(&["reserve bytes=30", &line, &line]), &(), &expected);
    }
}

#[test]
fn bytes_and_floats() {
    #[repr(C)]
    struct Value {
        a: u8,
        b: f32,
        c: f64,
        d: u8,
    }
    let value = Value {
        a: 7,
        b: 1.5,
        c: -2.25,
        d: 9,
    };
    let mut expected = vec![9, 7];
    expected.extend(1.5_f32.to_le_bytes());
    expected.extend((-2.25_f64).to_le_bytes());
    let lines = [
        "reserve bytes=14",
        "write_byte at=@16",
        "write_byte at=@0",
        "write_f32 at=@4",
        "write_f64 at=@8",
    ];
    check(&ops(&lines), &value, &expected);
}

#[test]
fn copies_of_every_length() {
    let value: [u8; 1000] = core::array::from_fn(|index| (index % 251) as u8);
    for len in (0..140).chain([500, 900]) {
        let copy = format!("copy_bytes at=@3 len={len}");
        let reserve = format!("reserve bytes={}", len + 1);
        let mut expected = value[3..3 + len].to_vec();
        expected.push(0);
        check(
            &ops(&[&reserve, &copy, "write_byte at=@0"]),
            &value,
            &expected,
        );
    }
}

/// A byte at a time, by the definition.
fn varint(mut value: u128) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// Distinct integers of one kind: fewer than four, four and more in a call, side by side and not.
#[test]
fn varints_of_many_fields() {
    let values: [u32; 24] =
        core::array::from_fn(|idx| (0x9e37_79b9_u32 << (idx % 9)) >> (idx % 32));
    for count in 1..=12 {
        for step in [1, 2] {
            let mut lines = vec![format!("reserve bytes={}", 5 * count)];
            let mut expected = Vec::new();
            for idx in (0..count).map(|idx| idx * step) {
                lines.push(format!("write_var_u32 at=@{}", 4 * idx));
                expected.extend(varint(values[idx].into()));
            }
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            check(&ops(&lines), &values, &expected);
        }
    }
}

/// Offsets of 16 bits share a word, and larger ones do not.
#[test]
fn varints_of_fields_far_apart() {
    const FIELDS: usize = (1 << 16) / 8 + 4;
    let values: Vec<u64> = (0..FIELDS as u64)
        .map(|value| value << (value % 50))
        .collect();
    let values: Box<[u64; FIELDS]> = values.try_into().expect("so many");
    let last = (1 << 16) / 8 - 1;
    for fields in [[0, last], [last, last + 1], [last + 1, 0], [last - 1, last]] {
        for kinds in [["u64", "u64"], ["u64", "u32"]] {
            let mut lines = vec!["reserve bytes=40".to_owned()];
            let mut expected = Vec::new();
            for field in [fields, fields].concat() {
                let kind = kinds[usize::from(field != fields[0])];
                lines.push(format!("write_var_{kind} at=@{}", 8 * field));
                let value = values[field];
                let low = cfg!(target_endian = "little");
                expected.extend(varint(match kind {
                    "u64" => value.into(),
                    _ if low => (value & 0xffff_ffff).into(),
                    _ => (value >> 32).into(),
                }));
            }
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            check(&ops(&lines), &*values, &expected);
        }
    }
}

/// Checks one integer op on these values, aligned and not, with a byte behind.
fn check_integer<T: Copy>(op: &str, values: &[T], max_len: u32, wire: impl Fn(T) -> u128) {
    #[repr(C, packed)]
    struct Value<T> {
        tail: u8,
        value: T,
    }
    // A few, and more than machine code writes in place.
    for times in [2, 9] {
        let op = format!("{op} at=@1");
        let room = u32::try_from(times).expect("a few") * max_len + 1;
        let reserve = format!("reserve bytes={room}");
        let mut lines = vec![&*op; times];
        lines.insert(0, &reserve);
        lines.push("write_byte at=@0");
        for value in values {
            let mut expected = varint(wire(*value)).repeat(times);
            expected.push(0x77);
            let value = Value {
                tail: 0x77,
                value: *value,
            };
            check(&ops(&lines), &value, &expected);
        }
    }
}

macro_rules! around_powers {
    ($ty:ty) => {{
        let mut values = vec![0 as $ty, <$ty>::MAX, <$ty>::MIN];
        for bits in (0..<$ty>::BITS).filter(|bits| bits % 7 < 2 || bits + 2 > <$ty>::BITS) {
            let power = (1 as $ty) << bits;
            values.extend([power.wrapping_sub(1), power, power.wrapping_neg()]);
        }
        values
    }};
}

#[test]
fn unsigned_varints() {
    check_integer("write_var_u16", &around_powers!(u16), 3, u128::from);
    check_integer("write_var_u32", &around_powers!(u32), 5, u128::from);
    check_integer("write_var_u64", &around_powers!(u64), 10, u128::from);
    check_integer("write_var_u128", &around_powers!(u128), 19, |value| value);
}

#[test]
fn signed_varints() {
    let zigzag = |value: i128| ((value << 1) ^ (value >> 127)).cast_unsigned();
    check_integer("write_var_i16", &around_powers!(i16), 3, |v| {
        zigzag(v.into())
    });
    check_integer("write_var_i32", &around_powers!(i32), 5, |v| {
        zigzag(v.into())
    });
    check_integer("write_var_i64", &around_powers!(i64), 10, |v| {
        zigzag(v.into())
    });
    check_integer("write_var_i128", &around_powers!(i128), 19, zigzag);
}

#[test]
fn characters() {
    for value in ['\0', 'a', '\u{7f}', '\u{80}', 'é', '€', '🦀', char::MAX] {
        let mut expected = vec![value.len_utf8() as u8];
        expected.extend(value.to_string().bytes());
        expected.push(value as u32 as u8);
        if cfg!(target_endian = "little") {
            let lines = ["reserve bytes=6", "write_char at=@0", "write_byte at=@0"];
            check(&ops(&lines), &value, &expected);
        }
    }
}

#[repr(C)]
struct Words<T> {
    before: u32,
    len: usize,
    ptr: *const T,
}

fn words<T>(elements: &[T]) -> Words<T> {
    Words {
        before: 0,
        len: elements.len(),
        ptr: elements.as_ptr(),
    }
}

const AT: &str = "at=@8 source=words(ptr=@8, len=@0)";

#[test]
fn byte_lists_leave_the_reserve_they_promise() {
    for reserve in [0, 1, 62, 63, 64, 100, 4063, 4064, 4096] {
        for len in [0_usize, 1, 32, 33, 200, 5000] {
            let bytes: Vec<u8> = (0..len).map(|index| index as u8).collect();
            let mut expected = varint(len as u128);
            expected.extend(&bytes);
            expected.resize(expected.len() + reserve, 0);
            let first = format!("write_bytes {AT} reserve={reserve}");
            let second = format!("copy_bytes at=@24 len={reserve}");
            #[repr(C)]
            struct Value(Words<u8>, [u8; 4096]);
            check(
                &ops(&[&first, &second]),
                &Value(words(&bytes), [0; 4096]),
                &expected,
            );
        }
    }
}

#[test]
fn lists_leave_the_reserve_they_promise() {
    #[repr(C)]
    struct Value(Words<u8>, [u8; 4096]);
    let elements: Vec<u8> = (0..200).collect();
    for reserve in [0, 1, 64, 100, 4096] {
        for len in [0_usize, 1, 2, 127, 200] {
            let behind = format!("copy_bytes at=@24 len={reserve}");
            let value = Value(words(&elements[..len]), [0; 4096]);
            for (bound, block) in [
                (1, "write_byte at=@0"),
                (0, "reserve bytes=1\n  write_byte at=@0"),
            ] {
                let mut expected = varint(len as u128);
                expected.extend(&elements[..len]);
                expected.resize(expected.len() + reserve, 0);
                let list = format!(
                    "write_list {AT} stride=1 each=b1 bound={bound} path=p0 reserve={reserve}"
                );
                let text = format!("program T\nb0:\n  {list}\n  {behind}\nb1:\n  {block}\n");
                check(&text, &value, &expected);
            }
            let mut expected = varint(len as u128);
            expected.resize(expected.len() + reserve, 0);
            let units = format!("write_unit_list {AT} reserve={reserve}");
            check(&ops(&[&units, &behind]), &value, &expected);
        }
        for count in [0_usize, 1, 2, 24] {
            let array = format!(
                "write_array at=@24 source=inline count={count} stride=1 each=b1 bound=1 path=p0 reserve={reserve}"
            );
            let text = format!(
                "program T\nb0:\n  {array}\n  copy_bytes at=@24 len={reserve}\nb1:\n  write_byte at=@0\n"
            );
            check(
                &text,
                &Value(words(&elements), [0; 4096]),
                &vec![0; count + reserve],
            );
        }
    }
}

#[test]
fn lists_of_fixed_width() {
    let elements: Vec<[u8; 3]> = (0..200).map(|index| [index, 1, 2]).collect();
    for len in [0, 1, 10, 127, 128, 200] {
        let mut expected = varint(len as u128);
        expected.extend(elements[..len].iter().flatten());
        expected.push(0);
        let line = format!("write_fixed_list {AT} width=3 reserve=1");
        check(
            &ops(&[&line, "write_byte at=@0"]),
            &words(&elements[..len]),
            &expected,
        );
    }
}

macro_rules! check_varint_list {
    ($op:literal, $ty:ty, |$value:ident| $wire:expr) => {
        for len in [0_usize, 1, 15, 16, 17, 255, 256, 257, 600] {
            for scale in [0, <$ty>::BITS / 2, <$ty>::BITS - 1] {
                let elements: Vec<$ty> = (0..len)
                    .map(|index| {
                        (index as $ty).wrapping_mul(0x35) & ((1 as $ty) << scale).wrapping_sub(1)
                    })
                    .map(|value| {
                        if value % 3 == 1 {
                            value.wrapping_neg()
                        } else {
                            value
                        }
                    })
                    .collect();
                let mut expected = varint(len as u128);
                for element in &elements {
                    let $value = *element;
                    expected.extend(varint($wire));
                }
                expected.push(0);
                let line = format!("{} {AT} reserve=1", $op);
                check(
                    &ops(&[&line, "write_byte at=@0"]),
                    &words(&elements),
                    &expected,
                );
            }
        }
    };
}

#[test]
fn lists_of_unsigned_varints() {
    check_varint_list!("write_list_var_u16", u16, |value| value.into());
    check_varint_list!("write_list_var_u32", u32, |value| value.into());
    check_varint_list!("write_list_var_u64", u64, |value| value.into());
}

#[test]
fn lists_of_signed_varints() {
    let zigzag = |value: i128| ((value << 1) ^ (value >> 127)).cast_unsigned();
    check_varint_list!("write_list_var_i16", i16, |value| zigzag(value.into()));
    check_varint_list!("write_list_var_i32", i32, |value| zigzag(value.into()));
    check_varint_list!("write_list_var_i64", i64, |value| zigzag(value.into()));
}

#[test]
fn lists_of_nothing_take_one_step() {
    for len in [0, 1, 127, 128, usize::MAX] {
        let value = Words::<u8> {
            before: 0,
            len,
            ptr: ptr::dangling(),
        };
        let mut expected = varint(len as u128);
        expected.push(0);
        let line = format!("write_unit_list {AT} reserve=1");
        check(&ops(&[&line, "write_byte at=@0"]), &value, &expected);
    }
}

extern "C" fn first_word(value: PtrConst) -> usize {
    // SAFETY: every value these tests pass starts with a word.
    unsafe { value.raw_ptr().cast::<usize>().read() }
}

extern "C" fn second_word(value: PtrConst) -> PtrConst {
    // SAFETY: every value these tests pass has a second word, an address.
    PtrConst::new(unsafe { value.raw_ptr().cast::<*const u8>().add(1).read() })
}

extern "C" fn wide_len(value: PtrConst) -> usize {
    assert!(value.is_wide(), "slices are passed with their mark");
    // SAFETY: a wide pointer to bytes.
    unsafe { value.as_ptr::<[u8]>() }.len()
}

extern "C" fn wide_ptr(value: PtrConst) -> PtrConst {
    assert!(value.is_wide(), "slices are passed with their mark");
    // SAFETY: a wide pointer to bytes.
    PtrConst::new(unsafe { value.as_ptr::<[u8]>() }.cast::<u8>())
}

vox_core::entry_fn! {
    unsafe fn parts(value: *const u8, pair: *mut Pair) {
        // SAFETY: the tests pass `Words` from their length on.
        unsafe {
            let len = value.cast::<usize>().read();
            let ptr = value.add(8).cast::<*const u8>().read();
            pair.write(Pair { ptr, len });
        }
    }
}

vox_core::entry_fn! {
    unsafe fn leaf(cx: *mut EncodeCx, value: *const u8, out: *mut u8, spare: usize) -> *mut u8 {
        // SAFETY: the contract of leaves.
        unsafe {
            let out = ((*cx).constants.grow)(cx, out, spare + 1);
            if out.is_null() {
                return out;
            }
            out.write(!value.read());
            out.add(1)
        }
    }
}

#[test]
fn sources_of_every_kind() {
    let text = "program T
functions
  f0 list.len
  f1 list.as_ptr
  f2 slice.len
  f3 slice.as_ptr
  f4 accessor
b0:
  write_bytes at=@8 source=list(len=f0, as_ptr=f1) reserve=0
  write_bytes at=@24 source=slice(len=f2, as_ptr=f3) reserve=0
  write_bytes at=@8 source=accessor(f4) reserve=0
  write_unit_list at=@8 source=list(len=f0, as_ptr=f1) reserve=0
  write_unit_list at=@24 source=slice(len=f2, as_ptr=f3) reserve=0
  write_unit_list at=@8 source=accessor(f4) reserve=0
";
    #[repr(C)]
    struct Value(Words<u8>, Pair);
    let functions = [
        first_word as *const (),
        second_word as *const (),
        wide_len as *const (),
        wide_ptr as *const (),
        parts as *const (),
    ];
    let (one, other) = ([1_u8, 2, 3], [4_u8, 5]);
    let pair = Pair {
        ptr: other.as_ptr(),
        len: 2,
    };
    let value = Value(words(&one), pair);
    let expected = [3, 1, 2, 3, 2, 4, 5, 3, 1, 2, 3, 3, 2, 3];
    // SAFETY: the offsets and functions fit the value.
    unsafe { check_made(text, &functions, &[], address(&value), &expected) };
}

#[test]
fn lists_by_a_block_with_and_without_a_bound() {
    let text = "program T
b0:
  write_list at=@8 source=words(ptr=@8, len=@0) stride=4 each=b1 bound=5 path=p0 reserve=1
  write_byte at=@0
  write_list at=@8 source=words(ptr=@8, len=@0) stride=4 each=b2 bound=0 path=p0 reserve=1
  write_byte at=@0
b1:
  write_var_u32 at=@0
b2:
  reserve bytes=400
  write_var_u32 at=@0
";
    for len in [0_usize, 1, 127, 128, 1000] {
        let elements: Vec<u32> = (0..len).map(|index| index as u32 * 77).collect();
        let mut expected = varint(len as u128);
        for element in &elements {
            expected.extend(varint((*element).into()));
        }
        expected.push(0);
        let expected = expected.repeat(2);
        check(text, &words(&elements), &expected);
    }
}

#[test]
fn elements_without_memory_are_counted() {
    let text = "program T
b0:
  write_list at=@8 source=words(ptr=@8, len=@0) stride=0 each=b1 bound=1 path=p0 reserve=0
  write_array at=@0 source=inline count=3 stride=0 each=b2 bound=1 path=p0 reserve=0
b1:
  write_const bytes=[aa]
b2:
  write_const bytes=[bb]
";
    let value = Words::<u8> {
        before: 0,
        len: 5,
        ptr: ptr::dangling(),
    };
    let expected = [5, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xbb, 0xbb, 0xbb];
    check(text, &value, &expected);
}

#[test]
fn arrays_in_place_and_by_function() {
    let text = "program T
functions
  f0 array.as_ptr
b0:
  write_array at=@24 source=inline count=4 stride=2 each=b1 bound=3 path=p0 reserve=1
  write_byte at=@0
  write_array at=@8 source=as_ptr(f0) count=3 stride=2 each=b2 bound=3 path=p0 reserve=1
  write_byte at=@0
  write_array at=@24 source=inline count=0 stride=2 each=b3 bound=3 path=p0 reserve=1
  write_byte at=@0
b1:
  write_var_u16 at=@0
b2:
  write_var_u16 at=@0
b3:
  write_var_u16 at=@0
";
    #[repr(C)]
    struct Value(Words<u16>, [u16; 4]);
    let elements = [1_u16, 300, 5];
    let value = Value(words(&elements), [9, 8, 1000, 7]);
    let expected = [9, 8, 0xe8, 7, 7, 0, 1, 0xac, 2, 5, 0, 0];
    // SAFETY: the offsets and functions fit the value.
    unsafe {
        check_made(
            text,
            &[second_word as *const ()],
            &[],
            address(&value),
            &expected,
        );
    }
}

extern "C" fn is_not_zero(value: PtrConst) -> bool {
    first_word(value) != 0
}

extern "C" fn payload(value: PtrConst) -> *const u8 {
    // SAFETY: values are two words or more.
    let second = unsafe { value.raw_ptr().add(8) };
    if is_not_zero(value) {
        second
    } else {
        ptr::null()
    }
}

#[test]
fn probed_options_compare_their_tag_at_its_own_width() {
    // The tag in the middle of other bytes, which must not count.
    for (tag, none, bytes) in [
        ("u8", "255", vec![0xff_u8]),
        ("u16", "65535", vec![0xff; 2]),
        ("u32", "4294967295", vec![0xff; 4]),
        ("u64", "-1", vec![0xff; 8]),
        ("i8", "-1", vec![0xff]),
        ("i16", "-1", vec![0xff; 2]),
        ("i32", "-1", vec![0xff; 4]),
        ("i64", "-1", vec![0xff; 8]),
        ("u8", "0", vec![0]),
        ("u64", "0", vec![0; 8]),
    ] {
        let text = format!(
            "\
program test
b0:
  reserve bytes=3
  write_option at=@8 source=tagged(tag={tag}, tag_at=@8, none={none}, payload=@32) some=b1
  write_byte at=@0
b1:
  write_byte at=@0
"
        );
        for around in [0x00, 0xa5, 0xff] {
            let mut value = [around; 48];
            value[0] = 7;
            value[40] = 9;
            value[16..16 + bytes.len()].copy_from_slice(&bytes);
            // SAFETY: the offsets are within the value.
            unsafe {
                check_made(&text, &[], &[], address(&value), &[0, 7]);
                for change in 0..bytes.len() {
                    let mut some = value;
                    some[16 + change] ^= 1;
                    check_made(&text, &[], &[], address(&some), &[1, 9, 7]);
                }
            }
        }
    }
}

#[test]
fn options_of_every_source() {
    let text = "program T
functions
  f0 option.is_some
  f1 option.get_value
b0:
  reserve bytes=30
  write_option at=@0 source=is_some(f0) some=b1
  write_option at=@0 source=get_value(f1) some=b2
  write_option at=@0 source=null_is_none some=b3
  write_byte at=@8
b1:
b2:
  write_var_u64 at=@0
b3:
  borrow at=@0 source=word each=b4
b4:
  write_byte at=@0
";
    let functions = [is_not_zero as *const (), payload as *const ()];
    let target = 0x55_u64.to_le();
    let some = [ptr::from_ref(&target).addr(), 300_usize.to_le()];
    let some_bytes = varint(some[1] as u128);
    let low = address(&some[1]);
    // SAFETY: within the value.
    let low = unsafe { low.read() };
    let mut expected = vec![1, 1];
    expected.extend(some_bytes);
    expected.extend([1, 0x55, low]);
    // SAFETY: the offsets and functions fit the value.
    unsafe {
        check_made(text, &functions, &[], address(&some), &expected);
        let none = [0_usize, 0];
        check_made(text, &functions, &[], address(&none), &[0, 0, 0, 0]);
    }
}

#[test]
fn results_of_both_kinds() {
    extern "C" fn err_payload(value: PtrConst) -> *const u8 {
        // SAFETY: values are three words.
        unsafe { value.raw_ptr().add(16) }
    }
    extern "C" fn ok_payload(value: PtrConst) -> *const u8 {
        // SAFETY: values are three words.
        unsafe { value.raw_ptr().add(8) }
    }
    let text = "program T
functions
  f0 result.is_ok
  f1 result.get_ok
  f2 result.get_err
b0:
  reserve bytes=12
  write_result at=@0 is_ok=f0 get_ok=f1 get_err=f2 ok=b1 err=b2
  write_const bytes=[ee]
b1:
  write_var_u64 at=@0
b2:
  write_const bytes=[01 02]
  write_var_u16 at=@0
";
    let functions = [
        is_not_zero as *const (),
        ok_payload as *const (),
        err_payload as *const (),
    ];
    // SAFETY: the offsets and functions fit the value.
    unsafe {
        let ok = [1_u64, 300, 0];
        check_made(text, &functions, &[], address(&ok), &[0, 0xac, 2, 0xee]);
        let err = (0_u64, 0_u64, 300_u16, [0_u16; 3]);
        let err = [
            err.0,
            err.1,
            if cfg!(target_endian = "big") {
                300 << 48
            } else {
                300
            },
        ];
        check_made(
            text,
            &functions,
            &[],
            address(&err),
            &[1, 1, 2, 0xac, 2, 0xee],
        );
    }
}

macro_rules! check_switch {
    ($name:literal, $ty:ty, $tags:expr) => {{
        let tags: Vec<$ty> = $tags;
        let mut text = String::from("program T\nt0:\n");
        for (index, tag) in tags.iter().enumerate() {
            #[allow(
                trivial_numeric_casts,
                clippy::unnecessary_cast,
                reason = "one macro for all widths"
            )]
            let tag = *tag as i64;
            text += &format!("  {tag} -> b{}\n", index + 1);
        }
        text += &format!(
            "b0:\n  reserve bytes=9\n  switch at=@8 tag={} arms=t0 path=p0\n  write_byte at=@0\n",
            $name
        );
        for index in 0..tags.len() {
            text += &format!("b{}:\n  write_const bytes=[{index:02x}]\n", index + 1);
            if index % 2 == 1 {
                text += "  write_byte at=@0\n";
            }
        }
        #[repr(C)]
        struct Value(u64, $ty);
        for (index, tag) in tags.iter().enumerate() {
            let value = Value(0, *tag);
            // SAFETY: the tag is within the value.
            let low = unsafe { address(&value.1).read() };
            let mut expected = vec![index as u8];
            if index % 2 == 1 {
                expected.push(low);
            }
            expected.push(0);
            check(&text, &value, &expected);
        }
    }};
}

#[test]
fn enums_of_every_width_dense_and_sparse() {
    check_switch!("u8", u8, vec![0, 1, 2, 3, 4, 255]);
    check_switch!("u8", u8, (0..=40).collect());
    check_switch!("i8", i8, vec![-128, -1, 0, 1, 127]);
    check_switch!("i8", i8, (-5..5).collect());
    check_switch!("u16", u16, vec![0, 1, 2, 9, 65535]);
    check_switch!("i16", i16, vec![-3, -2, -1, 0, 4]);
    check_switch!("u32", u32, vec![0, 1, u32::MAX, 3]);
    check_switch!("i32", i32, vec![i32::MIN, -1, 0, i32::MAX]);
    check_switch!("u64", u64, vec![0, 1, u64::MAX, 1 << 63]);
    check_switch!(
        "u64",
        u64,
        vec![u64::MAX - 3, u64::MAX - 2, u64::MAX - 1, u64::MAX]
    );
    check_switch!("i64", i64, vec![i64::MIN, -1, 0, 1, i64::MAX]);
    check_switch!(
        "i64",
        i64,
        vec![i64::MAX - 3, i64::MAX - 2, i64::MAX - 1, i64::MAX]
    );
    check_switch!("u8", u8, vec![7]);
}

/// Variants that are on the wire as they begin in memory, of every length, others between them, and more than share a way.
#[test]
fn enums_that_begin_in_memory_as_on_the_wire() {
    #[repr(C, align(8))]
    struct Value([u8; 64]);
    for most in [1, 2, 3, 5, 8, 14, 15, 16, 40] {
        let mut text = String::from("program T\nt0:\n");
        let mut blocks = String::new();
        let mut expected: Vec<Vec<u8>> = Vec::new();
        let bytes: [u8; 64] = std::array::from_fn(|index| 0x81 + index as u8);
        for tag in 0..20_u8 {
            text += &format!("  {tag} -> b{}\n", tag + 1);
            blocks += &format!("b{}:\n  write_const bytes=[{tag:02x}]\n", tag + 1);
            let len = usize::from(tag) % most;
            let fields = match tag {
                // A gap in memory, and a field that is not as in memory.
                4 => 2..3,
                9 => {
                    blocks += "  write_var_u16 at=@2\n";
                    let wire = varint(u16::from_ne_bytes([bytes[2], bytes[3]]).into());
                    expected.push([vec![tag], wire].concat());
                    continue;
                }
                _ => 1..1 + len,
            };
            if !fields.is_empty() {
                blocks += &format!("  copy_bytes at=@{} len={}\n", fields.start, fields.len());
            }
            expected.push([&[tag], &bytes[fields]].concat());
        }
        text +=
            "b0:\n  reserve bytes=42\n  switch at=@0 tag=u8 arms=t0 path=p0\n  write_byte at=@0\n";
        text += &blocks;
        for (tag, mut expected) in (0..).zip(expected) {
            let mut value = Value(bytes);
            value.0[0] = tag;
            expected.push(tag);
            check(&text, &value, &expected);
        }
    }
}

#[test]
fn pointers_of_every_source() {
    extern "C" fn borrow_thin(value: PtrConst) -> PtrConst {
        second_word(value)
    }
    extern "C" fn borrow_wide(value: PtrConst) -> PtrConst {
        let len = first_word(value);
        PtrConst::new_wide(second_word(value).raw_ptr(), ptr::without_provenance(len))
    }
    let text = "program T
functions
  f0 pointer.borrow
  f1 pointer.borrow
  f2 slice.len
  f3 slice.as_ptr
b0:
  borrow at=@8 source=borrow_thin(f0) each=b1
  borrow at=@8 source=borrow_wide(f1) each=b2
  borrow at=@8 source=borrow_wide(f1) each=b3
  borrow at=@16 source=word each=b4
  borrow at=@8 source=borrow_wide(f1) each=b5
b1:
  reserve bytes=1
  write_byte at=@1
b2:
  write_bytes at=@0 source=slice(len=f2, as_ptr=f3) reserve=0
b3:
  write_bytes at=@0 source=words(ptr=@0, len=@8) reserve=0
b4:
  reserve bytes=1
  write_byte at=@2
b5:
  reserve bytes=10
  write_var_u64 at=@8
";
    let functions = [
        borrow_thin as *const (),
        borrow_wide as *const (),
        wide_len as *const (),
        wide_ptr as *const (),
    ];
    let bytes = [7_u8, 8, 9];
    let value = words(&bytes);
    // SAFETY: the offsets and functions fit the value.
    unsafe {
        let expected = [8, 3, 7, 8, 9, 3, 7, 8, 9, 9, 3];
        check_made(text, &functions, &[], address(&value), &expected);
    }
}

#[test]
fn children_are_called_with_their_own_slot() {
    let child = made(
        "program C\nb0:\n  reserve bytes=3\n  write_var_u16 at=@2\n",
        &[],
        &[],
    );
    let text = "program T
children
  c0 C
b0:
  call at=@0 child=c0 path=p0
  call at=@4 child=c0 path=p0
  reserve bytes=1
  write_byte at=@0
";
    let value = [1_u16.to_be(), 2, 3, 300];
    // SAFETY: the offsets fit the value.
    unsafe {
        let low = address(&value).read();
        check_made(text, &[], &[&child], address(&value), &[2, 0xac, 2, low]);
    }
}

#[test]
fn a_child_with_an_unsized_value_gets_the_pair() {
    extern "C" fn borrow_wide(value: PtrConst) -> PtrConst {
        let len = first_word(value);
        PtrConst::new_wide(second_word(value).raw_ptr(), ptr::without_provenance(len))
    }
    let child = made(
        "program C\nb0:\n  write_bytes at=@0 source=words(ptr=@0, len=@8) reserve=0\n",
        &[],
        &[],
    );
    let text = "program T
functions
  f0 pointer.borrow
children
  c0 C
b0:
  borrow at=@8 source=borrow_wide(f0) each=b1
b1:
  call at=@0 child=c0 path=p0
";
    let bytes = [5_u8, 6];
    let value = words(&bytes);
    // SAFETY: the offsets and functions fit the value.
    unsafe {
        check_made(
            text,
            &[borrow_wide as *const ()],
            &[&child],
            address(&value),
            &[2, 5, 6],
        );
    }
}

#[test]
fn repetition_is_a_loop() {
    #[repr(C)]
    struct Link {
        next: *const Link,
        value: u64,
    }
    let text = "program T
b0:
  reserve bytes=11
  write_var_u64 at=@8
  write_option at=@0 source=null_is_none some=b1
b1:
  borrow at=@0 source=word each=b2
b2:
  repeat at=@0 path=p0
";
    let mut links: Vec<Link> = (0..100_000_u64)
        .map(|value| Link {
            next: ptr::null(),
            value: value % 5,
        })
        .collect();
    let start = links.as_ptr();
    for index in 1..links.len() {
        links[index - 1].next = start.wrapping_add(index);
    }
    let mut expected = Vec::new();
    for index in 0..links.len() {
        expected.extend([(index % 5) as u8, 1]);
    }
    *expected.last_mut().unwrap() = 0;
    for world in common::worlds() {
        let slot = made(text, &[], &[]);
        common::compile(world, &slot);
        // SAFETY: the offsets fit the value.
        let (bytes, _) = unsafe { common::append(&slot, links.as_ptr().cast(), 0) }.unwrap();
        assert_eq!(bytes, expected);
    }
}

#[test]
fn leaves() {
    let text = "program T
functions
  f0 leaf
b0:
  write_leaf at=@1 leaf=f0 path=p0 reserve=1
  write_byte at=@0
";
    // SAFETY: the offsets and functions fit the value.
    unsafe {
        check_made(
            text,
            &[leaf as *const ()],
            &[],
            address(&[3_u8, 0xf0]),
            &[0x0f, 3],
        )
    };
}

/// An iterator over a list of words, freed exactly once.
mod words_iter {
    use super::*;
    use core::sync::atomic::{AtomicIsize, Ordering};

    pub(super) static OPEN: AtomicIsize = AtomicIsize::new(0);

    pub(super) struct State {
        pub(super) next: *const u64,
        pub(super) left: usize,
    }

    pub(super) extern "C" fn init(value: PtrConst) -> PtrMut {
        OPEN.fetch_add(1, Ordering::Relaxed);
        let state = State {
            next: second_word(value).raw_ptr().cast(),
            left: first_word(value),
        };
        PtrMut::new(Box::into_raw(Box::new(state)))
    }

    pub(super) unsafe fn next(iter: PtrMut) -> Option<PtrConst> {
        // SAFETY: the state `init` made.
        let state = unsafe { &mut *iter.data_ptr().cast::<State>() };
        state.left = state.left.checked_sub(1)?;
        let item = state.next;
        state.next = item.wrapping_add(1);
        Some(PtrConst::new(item))
    }

    pub(super) unsafe fn next_pair(iter: PtrMut) -> Option<(PtrConst, PtrConst)> {
        // SAFETY: as for `next`.
        let item = unsafe { next(iter) }?;
        Some((item, item))
    }

    pub(super) extern "C" fn dealloc(iter: PtrMut) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
        // SAFETY: the state `init` made, freed once.
        drop(unsafe { Box::from_raw(iter.data_ptr().cast::<State>()) });
    }
}

#[test]
fn iterators_and_maps_in_batches() {
    let text = "program T
functions
  f0 set.len
  f1 map.len
  f2 list.len
  f3 iter.init
  f4 iter.next
  f5 map_iter.next
  f6 iter.dealloc
iters
  i0 init=f3 next=f4 dealloc=f6
  i1 init=f3 next=f5 dealloc=f6
b0:
  write_iter at=@8 len=f0 iter=i0 each=b1 path=p0 reserve=1
  write_byte at=@0
  write_map at=@8 len=f1 iter=i1 key=b2 value=b3 path=p0 reserve=0
  write_iter at=@8 len=f2 iter=i0 each=b4 path=p0 reserve=0
b1:
  reserve bytes=10
  write_var_u64 at=@0
b2:
  reserve bytes=10
  write_var_u64 at=@0
b3:
  reserve bytes=1
  write_const bytes=[bb]
b4:
";
    let functions = [
        first_word as *const (),
        first_word as *const (),
        first_word as *const (),
        words_iter::init as *const (),
        words_iter::next as *const (),
        words_iter::next_pair as *const (),
        words_iter::dealloc as *const (),
    ];
    for len in [0_usize, 1, 31, 32, 33, 64, 100] {
        let elements: Vec<u64> = (0..len as u64).map(|index| index * 3).collect();
        let mut expected = varint(len as u128);
        for element in &elements {
            expected.extend(varint((*element).into()));
        }
        expected.push(0);
        expected.extend(varint(len as u128));
        for element in &elements {
            expected.extend(varint((*element).into()));
            expected.push(0xbb);
        }
        expected.extend(varint(len as u128));
        let value = words(&elements);
        // SAFETY: the offsets and functions fit the value.
        unsafe { check_made(text, &functions, &[], address(&value), &expected) };
    }
    let open = words_iter::OPEN.load(core::sync::atomic::Ordering::Relaxed);
    assert_eq!(open, 0, "every iterator is freed once");
}

#[test]
fn the_largest_offsets_are_reached() {
    // The base is moved back so that the huge offset lands in the value.
    let value = [1_u8, 2, 3];
    let offset = i32::MAX.cast_unsigned() - 3;
    let base = address(&value).wrapping_sub(offset as usize);
    let lines = [
        "reserve bytes=13".to_owned(),
        format!("write_byte at=@{offset}"),
        format!("copy_bytes at=@{} len=2", offset + 1),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    for world in common::worlds() {
        let slot = made(&ops(&lines), &[], &[]);
        common::compile(world, &slot);
        // SAFETY: machine code only adds, and what it reads is within the value.
        let (bytes, _) = unsafe { common::append(&slot, base, 0) }.unwrap();
        assert_eq!(bytes, [1, 2, 3]);
    }
}

/// What stands in an option, an arm or a list: its code is as long as so many ops make it.
fn piece(op: &str, count: usize) -> String {
    let line = |index: usize| match op {
        // Near, and far: an offset takes one byte or four.
        "write_byte" => format!("  write_byte at=@{}\n", 104 + 8 * index),
        "write_var_u64" => format!("  write_var_u64 at=@{}\n", 8 + 16 * index),
        "write_const" => String::from("  write_const bytes=[00 00 00 00 00 00 00 00 00]\n"),
        _ => format!("  reserve bytes={}\n", 400 - 8 * index),
    };
    (0..count).map(line).collect()
}

/// What the piece writes if all is zero.
fn written(op: &str, count: usize) -> Vec<u8> {
    let each: &[u8] = match op {
        "write_const" => &[0; 9],
        "reserve" => &[],
        _ => &[0],
    };
    each.repeat(count)
}

const PIECES: [&str; 4] = ["write_byte", "write_var_u64", "write_const", "reserve"];

#[test]
fn jumps_lead_over_options_of_any_length() {
    for op in PIECES {
        for count in 0..24 {
            let text = format!(
                "program T\nb0:\n  reserve bytes=400\n  \
                 write_option at=@0 source=tagged(tag=u8, tag_at=@0, none=1, payload=@0) some=b1\n  \
                 reserve bytes=1\n  write_byte at=@8\nb1:\n{}",
                piece(op, count)
            );
            let some = [0_u64; 80];
            let mut none = some;
            none[0] = u64::from_ne_bytes([1, 0, 0, 0, 0, 0, 0, 0]);
            let expected = [&[1][..], &written(op, count), &[0]].concat();
            check(&text, &some, &expected);
            check(&text, &none, &[0, 0]);
        }
    }
}

#[test]
fn jumps_lead_over_arms_of_any_length() {
    for op in PIECES {
        for arms in [2, 5] {
            for count in 0..14 {
                check_arms(op, arms, count, true);
                check_arms(op, arms, count, false);
            }
        }
    }
}

/// Every other arm writes a piece, and each its number, before that or behind.
fn check_arms(op: &str, arms: usize, count: usize, is_first: bool) {
    let of = |arm: usize| if arm.is_multiple_of(2) { count } else { 0 };
    let mut text = String::from("program T\nt0:\n");
    for arm in 0..arms {
        text += &format!("  {arm} -> b{}\n", arm + 1);
    }
    text += "b0:\n  reserve bytes=400\n  switch at=@0 tag=u64 arms=t0 path=p0\n  \
             reserve bytes=1\n  write_byte at=@8\n";
    for arm in 0..arms {
        let number = format!("  write_const bytes=[{arm:02x}]\n");
        let rest = piece(op, of(arm));
        let ops = if is_first {
            format!("{number}{rest}")
        } else {
            format!("{rest}  reserve bytes=1\n{number}")
        };
        text += &format!("b{}:\n{ops}", arm + 1);
    }
    for arm in 0..arms {
        let mut value = [0_u64; 80];
        value[0] = arm as u64;
        let mut expected = written(op, of(arm));
        expected.insert(if is_first { 0 } else { expected.len() }, arm as u8);
        expected.push(0);
        check(&text, &value, &expected);
    }
}

/// A list of what [`check_arms`] is about: arms of which each goes on to the next element by itself, where they are many.
#[test]
fn arms_of_elements_go_on_to_the_next() {
    for arms in [1, 7, 8, 9, 40] {
        for op in PIECES {
            for count in [0, 1, 5] {
                check_arms_in_list(op, arms, count);
            }
        }
    }
}

fn check_arms_in_list(op: &str, arms: usize, count: usize) {
    let of = |arm: usize| if arm.is_multiple_of(3) { count } else { 0 };
    let mut text = String::from("program T\nt0:\n");
    for arm in 0..arms {
        text += &format!("  {arm} -> b{}\n", arm + 2);
    }
    text += "b0:\n  write_list at=@0 source=words(ptr=@0, len=@8) stride=640 each=b1 bound=0 path=p0 reserve=1\n  \
             write_byte at=@16\nb1:\n  reserve bytes=400\n  switch at=@0 tag=u64 arms=t0 path=p0\n";
    for arm in 0..arms {
        let rest = piece(op, of(arm));
        text += &format!("b{}:\n  write_const bytes=[{arm:02x}]\n{rest}", arm + 2);
    }
    let element = |arm: usize| {
        let mut element = [0_u64; 80];
        element[0] = arm as u64;
        element
    };
    // Each arm behind each, but for the long way between those far apart.
    let order: Vec<usize> = (0..2 * arms).map(|place| place * 7 % arms).collect();
    let elements: Vec<[u64; 80]> = order.iter().map(|arm| element(*arm)).collect();
    for len in [0, 1, 2, elements.len()] {
        let words = [elements.as_ptr().expose_provenance(), len, 0];
        let mut expected = vec![len as u8];
        for arm in &order[..len] {
            expected.push(*arm as u8);
            expected.extend(written(op, of(*arm)));
        }
        expected.push(0);
        check(&text, &words, &expected);
    }
}

/// Blocks that choose blocks, each with something left to do behind: more of them than a loop over ops remembers
/// at a time. The innermost is the constant alone, and behind each choice there is another one.
#[test]
fn choices_nest_with_something_behind_each() {
    const LEVELS: usize = 11;
    for kind in [
        ["switch"; 2],
        ["write_option", "borrow"],
        ["borrow", "switch"],
    ] {
        let mut text = String::from("program T\n");
        for level in 0..LEVELS {
            text += &format!("t{level}:\n  0 -> b{}\n", level + 2);
        }
        text += "b0:\n  write_list at=@8 source=words(ptr=@0, len=@8) stride=16 each=b1 bound=0 path=p0 reserve=1\n  \
                 write_byte at=@0\nb1:\n  reserve bytes=200\n";
        // The value at hand is a zero, and behind it a pointer to the value.
        for level in 0..LEVELS {
            let into = level + 2;
            text += &match kind[level % 2] {
                "switch" => format!("  switch at=@0 tag=u8 arms=t{level} path=p0\n"),
                "borrow" => format!("  borrow at=@8 source=word each=b{into}\n"),
                _ => format!(
                    "  write_option at=@0 source=tagged(tag=u8, tag_at=@0, none=9, payload=@0) some=b{into}\n"
                ),
            };
            text += &format!(
                "  write_const bytes=[b{level:x}]\nb{into}:\n  write_const bytes=[a{level:x}]\n"
            );
        }
        let mut before = Vec::new();
        for level in 0..LEVELS {
            if kind[level % 2] == "write_option" {
                before.push(1);
            }
            before.push(0xa0 + level as u8);
        }
        let behind = (0..LEVELS).rev().map(|level| 0xb0 + level as u8);
        let element: Vec<u8> = before.into_iter().chain(behind).collect();
        let mut elements = [[0_usize; 2]; 3];
        let at = |index: usize, elements: &[[usize; 2]; 3]| {
            (&raw const elements[index]).expose_provenance()
        };
        for index in 0..elements.len() {
            elements[index][1] = at(index, &elements);
        }
        for len in 0..=elements.len() {
            let value = [0, at(0, &elements), len];
            let mut expected = vec![len as u8];
            expected.extend(element.repeat(len));
            expected.push(0);
            check(&text, &value, &expected);
        }
    }
}

#[test]
fn jumps_lead_over_and_back_over_elements_of_any_length() {
    for op in PIECES {
        for count in 1..24 {
            let text = format!(
                "program T\nb0:\n  write_list at=@0 source=words(ptr=@0, len=@8) stride=640 each=b1 bound=0 \
                 path=p0 reserve=1\n  write_byte at=@16\nb1:\n  reserve bytes=400\n{}",
                piece(op, count)
            );
            let elements = [[0_u64; 80]; 3];
            for len in 0..=elements.len() {
                let words = [elements.as_ptr().expose_provenance(), len, 0];
                let mut expected = vec![len as u8];
                expected.extend(written(op, count).repeat(len));
                expected.push(0);
                check(&text, &words, &expected);
            }
        }
    }
}

#[test]
fn lists_of_strings_of_every_layout() {
    /// A word whose first byte is 9.
    const NINE: usize = usize::from_ne_bytes([9, 0, 0, 0, 0, 0, 0, 0]);
    // Strings as vectors and as slices have them, and as neither has: where address and length are, and how long all is.
    let layouts = [(1, 2, 3), (0, 1, 2), (1, 0, 2)];
    let texts = [
        "",
        "a",
        "a longer text, so that it is copied in more than one step",
        "b",
    ];
    for (ptr, len, words) in layouts {
        let strings: Vec<usize> = texts
            .iter()
            .flat_map(|text| {
                let mut string = vec![0; words];
                string[ptr] = text.as_ptr().expose_provenance();
                string[len] = text.len();
                string
            })
            .collect();
        for (list_ptr, list_len) in [(1, 2), (0, 1), (2, 0)] {
            for reserve in [0, 1] {
                let line =
                    |at: usize, len: usize| format!("words(ptr=@{}, len=@{})", at * 8, len * 8);
                let text = format!(
                    "program T\nb0:\n  write_list at=@8 source={} stride={} each=b1 bound=0 path=p0 reserve={reserve}\n  \
                     reserve bytes=1\n  write_byte at=@0\nb1:\n  write_bytes at=@0 source={} reserve=0\n",
                    line(list_ptr, list_len),
                    words * 8,
                    line(ptr, len)
                );
                for count in 0..=texts.len() {
                    let mut value = [NINE, 0, 0, 0];
                    value[1 + list_ptr] = strings.as_ptr().expose_provenance();
                    value[1 + list_len] = count;
                    let mut expected = vec![count as u8];
                    for text in &texts[..count] {
                        expected.push(text.len() as u8);
                        expected.extend(text.as_bytes());
                    }
                    expected.push(9);
                    check(&text, &value, &expected);
                }
            }
        }
    }
}

#[test]
fn the_baseline_reaches_the_largest_offsets() {
    if !vox_jit::baseline::IS_AVAILABLE {
        return;
    }
    let value: [u64; 9] = [7, 1, 300, 1 << 63, 5, 6, 0, 0, 9];
    // Around the last offset of one byte, and before the last of all.
    for offset in [127 - 71, 127 - 40, 127, 128, i32::MAX.cast_unsigned() - 80] {
        let base = address(&value).wrapping_sub(offset as usize);
        let at = |word: u32| offset + 8 * word;
        let option = |tag: &str, none: i64, word: u32, some: u32| {
            format!(
                "write_option at=@{} source=tagged(tag={tag}, tag_at=@0, none={none}, payload=@8) some=b{some}",
                at(word)
            )
        };
        let lines = [
            "reserve bytes=90".to_owned(),
            format!("write_byte at=@{}", at(0)),
            format!("write_f64 at=@{}", at(1)),
            format!("write_var_u64 at=@{}", at(2)),
            option("u64", i64::MIN, 3, 1),
            option("u64", i64::MIN, 4, 2),
            option("u8", 0, 6, 3),
            option("u32", 0, 5, 4),
            option("i64", 9, 8, 5),
        ];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let payloads = "b1:\nb2:\n  write_var_u64 at=@0\nb3:\nb4:\n  write_byte at=@0\nb5:\n";
        let slot = made(&(ops(&lines) + payloads), &[], &[]);
        common::unroll(&common::worlds()[0], &slot);
        // SAFETY: machine code only adds, and what it reads is within the value.
        let (bytes, _) = unsafe { common::append(&slot, base, 0) }.unwrap();
        let mut expected = vec![7, 1, 0, 0, 0, 0, 0, 0, 0, 0xac, 2];
        // The fourth word is the niche, the fifth is not; the seventh is 0, the sixth is not; the last is 9.
        expected.extend([0, 1, 6, 0, 1, 0, 0]);
        assert_eq!(bytes, expected, "{offset}");
    }
}
