//! The bytes of every member's values, kept in `fixtures/golden`, a file for each family.
//!
//! Serde's postcard judges the bytes of today; these files judge those of tomorrow. A changed
//! line is a change of the wire format: it belongs into the CHANGELOG, under Wire.
//! `VOX_BLESS=1 cargo test --workspace --test zoo golden` rewrites them.

use std::fmt::Write as _;
use std::path::PathBuf;

use vox_oracle::zoo::Member;

use crate::population::FAMILIES;

/// Longer encodings are cut, and a checksum stands for the rest.
const SHOWN: usize = 48;

fn line(member: &Member, index: usize, bytes: &[u8]) -> String {
    let module = member.module.trim_start_matches("zoo::");
    let mut line = format!("{module}::{} {index} =", member.name);
    for byte in bytes.iter().take(SHOWN) {
        let _ = write!(line, " {byte:02x}");
    }
    if bytes.len() > SHOWN {
        let sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(bytes);
        let _ = write!(line, " ... {} bytes, crc32 {sum:08x}", bytes.len());
    }
    line
}

/// Encoded by the global runtime; that all modes agree is seen elsewhere.
fn text(members: impl Iterator<Item = &'static Member>) -> String {
    let mut text = String::new();
    for member in members {
        // The time zone of the machine shows in it.
        if member.module.ends_with("chrono_local") {
            continue;
        }
        // An `OsString` says which system it is of.
        if member.name == "os_string" {
            continue;
        }
        (member.visit)(&mut |specimen| {
            if specimen.is_root {
                let bytes = vox::peek_to_bytes(specimen.peek).expect("a member has an encoding");
                text.push_str(&line(member, specimen.index, &bytes));
                text.push('\n');
            }
        });
    }
    text
}

#[test]
fn golden() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/golden");
    let bless = std::env::var_os("VOX_BLESS").is_some_and(|value| value == "1");
    for family in FAMILIES {
        let path = folder.join(format!("{}.txt", family.name));
        let actual = text(family.members());
        if bless {
            std::fs::create_dir_all(&folder).expect("the folder can be made");
            std::fs::write(&path, &actual).expect("the file can be written");
            continue;
        }
        let expected = std::fs::read_to_string(&path)
            .unwrap_or_default()
            .replace('\r', "");
        for (actual, expected) in actual.lines().zip(expected.lines()) {
            assert_eq!(
                actual, expected,
                "{}: is this a change of the wire format?",
                family.name
            );
        }
        assert_eq!(
            actual.lines().count(),
            expected.lines().count(),
            "{}: members came or went; see the top of this file",
            family.name
        );
    }
}
