//! The bytes of every member's values, kept in `fixtures/golden`, a file for each family.
//!
//! Serde's postcard judges the bytes of today; these files judge those of tomorrow. A changed
//! line is a change of the wire format: it belongs into the CHANGELOG, under Wire, and `cargo xtask golden` sees to it.
//! `VOX_BLESS=1` in front of the test rewrites them. The support list knows the members by
//! these files.

use std::fmt::Write as _;
use std::path::PathBuf;

use vox_oracle::zoo::{Family, Member};

use crate::FAMILIES;

/// Longer encodings are cut, and a checksum stands for the rest.
const SHOWN: usize = 48;

fn line(member: &Member, index: usize, bytes: &[u8]) -> String {
    let name = member.full_name();
    let mut line = format!("{name} {index} =");
    // The time zone of the machine shows in the one, its system in the other.
    if name.contains("::chrono_local::") || name.ends_with("::os_string") {
        line.push_str(" differs between machines");
        return line;
    }
    for byte in bytes.iter().take(SHOWN) {
        let _ = write!(line, " {byte:02x}");
    }
    if bytes.len() > SHOWN {
        let sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(bytes);
        let _ = write!(line, " ... {} bytes, crc32 {sum:08x}", bytes.len());
    }
    line
}

/// Encoded in one mode; that all modes agree is seen elsewhere.
fn text(family: &Family) -> String {
    let mut text = String::new();
    for member in family.members() {
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
        let actual = text(family);
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
