//! Types of std (and uuid) whose serde form their shape does not show.

use crate::specimens;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::time::Duration;
use uuid::Uuid;

#[test]
fn durations() {
    specimens![
        Duration::ZERO,
        Duration::MAX,
        Duration::new(300, 999_999_999),
        Some(Duration::from_millis(1500)),
        vec![Duration::from_secs(1); 3],
    ];
}

#[test]
fn addresses() {
    let four = Ipv4Addr::new(192, 168, 0, 255);
    let six = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0xff00, 1);
    specimens![
        four,
        six,
        IpAddr::V4(four),
        IpAddr::V6(six),
        SocketAddrV4::new(four, 80),
        SocketAddrV6::new(six, 65535, 1, 2),
        SocketAddr::from((four, 443)),
        SocketAddr::from((six, 443)),
        vec![
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST)
        ],
    ];
}

#[test]
fn ranges() {
    specimens![
        0_u32..300,
        -1_i8..1,
        "a".to_owned().."z".to_owned(),
        vec![1_u8..2]
    ];
}

#[test]
fn uuids_have_a_length() {
    let uuid = Uuid::from_u128(0x0123_4567_89ab_cdef_0011_2233_4455_6677);
    specimens![uuid, Uuid::nil(), Some(uuid), vec![uuid, Uuid::max()]];
}
