//! Types of std with a serde form of their own.

use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8,
    NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
};
use std::path::{Path, PathBuf};
use std::time::Duration;

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;

codec_test!(
    durations:
    Duration::ZERO,
    Duration::from_nanos(1),
    Duration::new(u64::MAX, 999_999_999),
    Duration::from_millis(1500),
    vec![Duration::from_secs(300), Duration::from_micros(7)],
    (1_u8, Duration::from_secs(1), 2_u8),
    Some(Duration::from_secs(1)),
);

const V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0xff00, 0x42, 0x8329, 1);

codec_test!(
    addresses:
    Ipv4Addr::LOCALHOST,
    Ipv6Addr::LOCALHOST,
    V6,
    IpAddr::V4(Ipv4Addr::BROADCAST),
    IpAddr::V6(V6),
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0),
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, 127),
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, 128),
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, 65_535),
    SocketAddrV6::new(V6, 8080, 5, 6),
    SocketAddr::from((V6, 443)),
    SocketAddr::from((Ipv4Addr::LOCALHOST, 80)),
    vec![SocketAddr::from((V6, 443)), SocketAddr::from((Ipv4Addr::LOCALHOST, 80))],
    (1_u8, IpAddr::V4(Ipv4Addr::LOCALHOST), 2_u8, V6, 3_u8),
    vec![Ipv4Addr::LOCALHOST; 3000],
    Some(IpAddr::V6(V6)),
);

codec_test!(
    paths:
    PathBuf::from("/usr/lib/x"),
    PathBuf::new(),
    PathBuf::from("p".repeat(1023)),
    PathBuf::from("p".repeat(1024)),
    PathBuf::from("p".repeat(1025)),
    PathBuf::from("p".repeat(20_000)),
    Path::new("relative/path"),
    vec![PathBuf::from("a"), PathBuf::from("ünïcode")],
    (1_u8, PathBuf::from("between"), 2_u8),
);

codec_test!(
    non_zero:
    NonZeroU8::MAX, NonZeroU16::MAX, NonZeroU32::MAX, NonZeroU64::MAX, NonZeroU128::MAX,
    NonZeroUsize::MAX, NonZeroI8::MIN, NonZeroI16::MIN, NonZeroI32::MIN, NonZeroI64::MIN,
    NonZeroI128::MIN, NonZeroIsize::MIN,
    NonZeroU8::MIN, NonZeroU64::MIN, NonZeroI64::new(-1).unwrap(),
    vec![NonZeroU32::MIN; 1000],
    [Some(NonZeroU16::MAX), None],
);

codec_test!(
    ranges:
    1_u8..300_u16 as u8,
    -5_i64..5,
    String::from("a")..String::from("b"),
    vec![1_u32..2, 300..70_000],
    (1_u8, 2_u16..3, 4_u8),
);

#[derive(Facet, Serialize)]
struct Marked<T: 'static> {
    before: u8,
    marker: PhantomData<T>,
    after: u16,
}

codec_test!(
    phantoms as twin:
    (PhantomData::<String>, ()),
    (Marked::<u64> { before: 1, marker: PhantomData, after: 300 }, (1_u8, 300_u16)),
    (vec![PhantomData::<u8>; 3], vec![(); 3]),
);
