//! The tables of postcard's written specification, from `fixtures/specification.txt`: written by
//! hand from its text, and blessed by nobody.

use std::fmt::Debug;
use std::str::FromStr;

use facet::Facet;
use vox_oracle::codec_test;
use vox_oracle::judge::Judge;

/// A tagged union with one variant of each kind.
#[derive(Facet)]
#[repr(u8)]
enum Union {
    Unit,
    Newtype(u32),
    Tuple(u8, u16),
    Struct { first: bool, second: i16 },
}

fn union_of(name: &str) -> Union {
    match name {
        "Unit" => Union::Unit,
        "Newtype(300)" => Union::Newtype(300),
        "Tuple(1,300)" => Union::Tuple(1, 300),
        "Struct{true,-1}" => Union::Struct {
            first: true,
            second: -1,
        },
        _ => panic!("no such value: {name}"),
    }
}

fn check<T>(judge: &Judge, line: &str, value: &str, bytes: &[u8])
where
    T: FromStr<Err: Debug> + Facet<'static>,
{
    judge.by_bytes(line, &value.parse::<T>().expect("a value"), bytes);
}

codec_test!(
    fn tables(judge: &Judge) {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/specification.txt");
        let text = std::fs::read_to_string(path).expect("the tables are there");
        let mut lines = 0;
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (left, right) = line.split_once('=').expect("a value and its bytes");
            let (kind, value) = left.trim().split_once(' ').expect("a type and a value");
            let byte = |text: &str| u8::from_str_radix(text, 16).expect("a byte");
            let bytes: Vec<u8> = right.split_whitespace().map(byte).collect();
            match kind {
                "bool" => check::<bool>(judge, line, value, &bytes),
                "u8" => check::<u8>(judge, line, value, &bytes),
                "i8" => check::<i8>(judge, line, value, &bytes),
                "u16" => check::<u16>(judge, line, value, &bytes),
                "u32" => check::<u32>(judge, line, value, &bytes),
                "u64" => check::<u64>(judge, line, value, &bytes),
                "u128" => check::<u128>(judge, line, value, &bytes),
                "i16" => check::<i16>(judge, line, value, &bytes),
                "i32" => check::<i32>(judge, line, value, &bytes),
                "i64" => check::<i64>(judge, line, value, &bytes),
                "i128" => check::<i128>(judge, line, value, &bytes),
                "f32" => check::<f32>(judge, line, value, &bytes),
                "f64" => check::<f64>(judge, line, value, &bytes),
                "char" => check::<char>(judge, line, value, &bytes),
                "string" => check::<String>(judge, line, value, &bytes),
                "union" => judge.by_bytes(line, &union_of(value), &bytes),
                _ => panic!("no such type: {kind}"),
            }
            lines += 1;
        }
        assert!(lines > 40, "{lines} lines");
    }
);
