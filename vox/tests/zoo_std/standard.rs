//! The rest of the standard library: strings, paths, addresses, durations, ranges, results,
//! tuples, and what has no size.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use crate::forms::forms;

const V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 255);
const V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);

forms! {
    string(u8): String = [
        String::new(), String::from("a"), "x".repeat(127), "x".repeat(128), "x".repeat(16_384), String::from("grüße, 世界 🦀"),
    ];
    path(u16): PathBuf = [PathBuf::new(), PathBuf::from("/some/where"), PathBuf::from("p".repeat(2000))];
    duration(u32): Duration = [Duration::ZERO, Duration::from_nanos(1), Duration::new(300, 999_999_999), Duration::MAX];
    ipv4(u64): Ipv4Addr = [Ipv4Addr::UNSPECIFIED, V4];
    ipv6(i8): Ipv6Addr = [Ipv6Addr::UNSPECIFIED, V6];
    ip(i16): IpAddr = [IpAddr::V4(V4), IpAddr::V6(V6)];
    socket_v4(i32): SocketAddrV4 = [SocketAddrV4::new(V4, 0), SocketAddrV4::new(V4, 65_535)];
    socket_v6(i64): SocketAddrV6 = [SocketAddrV6::new(V6, 127, 0, 0), SocketAddrV6::new(V6, 128, 1, 2)];
    socket(u8): SocketAddr = [SocketAddr::from((V4, 80)), SocketAddr::from((V6, 16_384))];
    range(u16): Range<u32> = [0..0, 1..300, Range { start: 5, end: 2 }];
    range_of_floats(u32): Range<f64> = [0.0..1.5];
    range_of_strings(u64): Range<String> = [String::from("a")..String::from("b")];
    result(i8): Result<u32, String> = [Ok(300), Err(String::from("error"))];
    result_of_units(i16): Result<(), ()> = [Ok(()), Err(())];
    result_nested(i32): Result<Result<bool, u8>, Option<char>> = [Ok(Ok(true)), Ok(Err(1)), Err(None), Err(Some('e'))];
    unit(i64): () = [()];
    phantom(u8): PhantomData<String> = [PhantomData];
    tuple_1(u16): (u8,) = [(1,)];
    tuple_2(u32): (u8, u64) = [(1, u64::MAX)];
    tuple_3(u64): (bool, (), String) = [(true, (), String::from("three"))];
    tuple_4(i8): (u8, u16, u32, u64) = [(1, 300, 70_000, 1 << 40)];
    tuple_5(i16): (i8, char, f32, f64, i128) = [(-1, '€', 1.5, -2.5, i128::MIN)];
    tuple_6(i32): (u8, u8, u8, u8, u8, u8) = [(1, 2, 3, 4, 5, 6)];
    tuple_7(i64): (u8, Vec<u8>, u8, String, u8, Option<u8>, u8) = [(1, vec![2], 3, String::from("4"), 5, Some(6), 7)];
    tuple_8(u8): (u64, u8, u64, u8, u64, u8, u64, u8) = [(1, 2, 3, 4, 5, 6, 7, 8)];
    tuple_9(u16): (u8, (), u16, bool, u32, String, u64, char, u8) = [(1, (), 300, true, 70_000, String::from("6"), 1 << 40, '8', 9)];
    tuple_10(u32): (u16, u16, u16, u16, u16, u16, u16, u16, u16, u16) = [(1, 300, 3, 400, 5, 500, 7, 600, 9, 700)];
    tuple_11(u64): (i64, u8, i64, u8, i64, u8, i64, u8, i64, u8, String) = [(-1, 2, -300, 4, -5, 6, 7, 8, i64::MIN, 10, String::from("11"))];
    tuple_12(u16): (u8, u16, u32, u64, u128, i8, i16, i32, i64, i128, bool, char) = [
        (1, 2, 3, 4, 5, -6, -7, -8, -9, -10, true, 'l'),
    ];
    nested_tuples(u32): ((u8, (u16, (u32,))), ()) = [((1, (300, (70_000,))), ())];
}

// What cannot exist needs no encoding. Serde has none for it, and so the twin is another type.
vox_oracle::zoo! { TWINS;
    result_of_never: Result<u32, Infallible> as twin = [(Ok(0), Ok::<u32, ()>(0)), (Ok(300), Ok::<u32, ()>(300))];
    option_of_never: Option<Infallible> as twin = [(None, None::<()>)];
    list_of_never: Vec<Infallible> as twin = [(vec![], Vec::<()>::new())];
}
