//! Reads a type that derives only `Facet` back with the crate facet-postcard, and shows where the two
//! crates write different bytes.
//!
//! Vox writes what serde's `postcard` writes. facet-postcard 0.46.1 does so too for nearly all types;
//! for durations, paths, addresses and `Uuid` it has forms of its own. If your readers use it, look for your types in
//! the table this program prints. Every line of it is checked while it is printed.
//!
//! ```sh
//! cargo run -p vox --example read_back
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::path::PathBuf;
use std::time::Duration;

use facet::Facet;
use uuid::Uuid;

#[derive(Debug, PartialEq, Facet)]
struct Document {
    title: String,
    revision: Option<u64>,
    sections: Vec<Section>,
    index: BTreeMap<String, u32>,
}

#[derive(Debug, PartialEq, Facet)]
#[repr(u8)]
enum Section {
    Rule,
    Text(String),
    Table { columns: u8, cells: Vec<f64> },
    Group(Vec<Section>),
}

/// A type that needs no serde at all.
fn read_document_back() -> Result<(), Box<dyn Error>> {
    let document = Document {
        title: "no serde here".into(),
        revision: Some(300),
        sections: vec![
            Section::Text("one".into()),
            Section::Group(vec![
                Section::Rule,
                Section::Table {
                    columns: 2,
                    cells: vec![0.5, -1.0],
                },
            ]),
        ],
        index: [("one".into(), 1), ("two".into(), 70_000)].into(),
    };
    let bytes = vox::to_bytes(&document)?;
    assert_eq!(facet_postcard::to_vec(&document)?, bytes);
    let decoded: Document = facet_postcard::from_slice(&bytes)?;
    assert_eq!(decoded, document);
    println!(
        "{} bytes written by vox, read by facet-postcard\n",
        bytes.len()
    );
    Ok(())
}

/// What facet-postcard makes of the bytes vox wrote.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reading {
    Same,
    Refused,
}

/// Prints and checks one difference. `theirs` is what facet-postcard writes; `None` where it refuses to.
fn differ<T>(value: &T, ours: &[u8], theirs: Option<&[u8]>, reading: Reading)
where
    T: Facet<'static> + serde::Serialize + std::fmt::Debug + PartialEq,
{
    let bytes = vox::to_bytes(value).expect("vox encodes it");
    assert_eq!(bytes, ours, "{value:?}");
    let judge = postcard::to_allocvec(value).expect("serde postcard encodes it");
    assert_eq!(bytes, judge, "{value:?}");

    let their_bytes = facet_postcard::to_vec(value).ok();
    assert_eq!(their_bytes.as_deref(), theirs, "{value:?}");
    assert_ne!(
        their_bytes.as_deref(),
        Some(ours),
        "{value:?} does not differ"
    );

    let read = match facet_postcard::from_slice::<T>(&bytes) {
        Ok(decoded) => {
            assert_eq!(&decoded, value, "read as another value");
            Reading::Same
        }
        Err(_) => Reading::Refused,
    };
    assert_eq!(read, reading, "{value:?}");

    println!("{} {value:?}", T::SHAPE);
    println!("  vox and serde postcard: {}", hex(&bytes));
    match theirs {
        Some(theirs) => println!("  facet-postcard:         {}", hex(theirs)),
        None => println!("  facet-postcard:         cannot write it"),
    }
    match reading {
        Reading::Same => println!("  facet-postcard reads vox's bytes as the same value"),
        Reading::Refused => println!("  facet-postcard cannot read vox's bytes"),
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.join(" ")
}

fn show_differences() {
    use Reading::{Refused, Same};

    let four = Ipv4Addr::new(192, 168, 0, 1);
    let six = Ipv6Addr::LOCALHOST;
    let six_bytes = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    // Seconds and nanoseconds; there, a text. It reads the numbers.
    let duration = Duration::new(300, 7);
    differ(&duration, &[0xac, 2, 7], Some(b"\x08300s 7ns"), Same);
    // A string; there, refused. It reads the string.
    differ(&PathBuf::from("/a"), b"\x02/a", None, Same);

    // Numbers; there, texts, in both directions.
    differ(&four, &[192, 168, 0, 1], Some(b"\x0b192.168.0.1"), Refused);
    differ(&six, &six_bytes, Some(b"\x03::1"), Refused);
    let either = IpAddr::V4(four);
    differ(
        &either,
        &[0, 192, 168, 0, 1],
        Some(b"\x0b192.168.0.1"),
        Refused,
    );
    let either = IpAddr::V6(six);
    let ours = [&[1], &six_bytes[..]].concat();
    differ(&either, &ours, Some(b"\x03::1"), Refused);

    // The port of a socket is a varint: 443 is bb 03.
    let socket = SocketAddrV4::new(four, 443);
    let ours = [192, 168, 0, 1, 0xbb, 3];
    let theirs = b"\x0f192.168.0.1:443";
    differ(&socket, &ours, Some(theirs), Refused);
    let either = SocketAddr::V4(socket);
    let ours = [0, 192, 168, 0, 1, 0xbb, 3];
    differ(&either, &ours, Some(theirs), Refused);
    let socket = SocketAddrV6::new(six, 443, 0, 0);
    let ours = [&six_bytes[..], &[0xbb, 3]].concat();
    differ(&socket, &ours, Some(b"\x09[::1]:443"), Refused);
}

#[derive(Debug, PartialEq, Facet)]
struct WithSkipped {
    kept: u8,
    #[facet(skip, default)]
    skipped: u8,
    last: u8,
}

/// Bytes on which the two agree, and which facet-postcard cannot read, not even when it wrote them.
fn show_unreadable() {
    let range = 1_u32..300;
    let bytes = vox::to_bytes(&range).expect("vox encodes it");
    assert_eq!(facet_postcard::to_vec(&range).ok(), Some(bytes.clone()));
    let error = facet_postcard::from_slice::<std::ops::Range<u32>>(&bytes);
    println!("Range: {}", error.expect_err("facet-postcard reads ranges"));

    // The skipped field is not in the bytes; the reader looks for it there.
    let value = WithSkipped {
        kept: 1,
        skipped: 2,
        last: 3,
    };
    let bytes = vox::to_bytes(&value).expect("vox encodes it");
    assert_eq!(bytes, [1, 3]);
    assert_eq!(facet_postcard::to_vec(&value).ok(), Some(bytes.clone()));
    let error = facet_postcard::from_slice::<WithSkipped>(&bytes);
    println!(
        "a skipped field: {}",
        error.expect_err("facet-postcard skips")
    );
}

/// A `Uuid` in the form serde gives it in postcard: a length, which is always 16, and the bytes.
#[derive(Facet)]
#[facet(transparent)]
struct UuidBytes(Vec<u8>);

impl From<&Uuid> for UuidBytes {
    fn from(id: &Uuid) -> Self {
        Self(id.as_bytes().to_vec())
    }
}

impl TryFrom<UuidBytes> for Uuid {
    type Error = uuid::Error;

    fn try_from(bytes: UuidBytes) -> Result<Self, uuid::Error> {
        Self::from_slice(&bytes.0)
    }
}

/// An `IpAddr` in the form serde gives it in postcard.
#[derive(Facet)]
#[repr(u8)]
enum Address {
    V4([u8; 4]),
    V6([u8; 16]),
}

impl From<&IpAddr> for Address {
    fn from(address: &IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => Self::V6(address.octets()),
        }
    }
}

impl From<Address> for IpAddr {
    fn from(address: Address) -> Self {
        match address {
            Address::V4(octets) => octets.into(),
            Address::V6(octets) => octets.into(),
        }
    }
}

#[derive(Debug, PartialEq, Facet, serde::Serialize)]
struct Peer {
    #[facet(proxy = UuidBytes)]
    id: Uuid,
    #[facet(proxy = Address)]
    address: IpAddr,
}

/// Where the two differ, a proxy on the field makes them agree: both follow it.
fn agree_by_proxy() -> Result<(), Box<dyn Error>> {
    let id = Uuid::from_u128(0x0123_4567_89ab_cdef_0011_2233_4455_6677);
    // serde postcard has a length in front, facet-postcard has none.
    assert_eq!(postcard::to_allocvec(&id)?[0], 16);
    assert_eq!(&facet_postcard::to_vec(&id)?, id.as_bytes());
    // Facet does not show what a `Uuid` is made of: vox writes it with the feature `uuid`, as serde
    // does, and refuses it without.
    match vox::to_bytes(&id) {
        Ok(bytes) => assert_eq!(bytes, postcard::to_allocvec(&id)?),
        Err(refusal) => println!("{refusal}"),
    }

    for address in [
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST),
    ] {
        let peer = Peer { id, address };
        let bytes = vox::to_bytes(&peer)?;
        assert_eq!(bytes, postcard::to_allocvec(&peer)?);
        assert_eq!(bytes, facet_postcard::to_vec(&peer)?);
        assert_eq!(facet_postcard::from_slice::<Peer>(&bytes)?, peer);
        println!("with proxies, all three write: {}", hex(&bytes));
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    read_document_back()?;
    show_differences();
    println!();
    show_unreadable();
    println!();
    agree_by_proxy()
}
