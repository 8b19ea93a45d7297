//! Characters, strings and paths.

use crate::specimens;
use std::path::{Path, PathBuf};

#[test]
fn characters_of_every_utf8_length() {
    specimens![
        '\0', 'a', '\u{7f}', '\u{80}', 'ß', '\u{7ff}', '\u{800}', '水'
    ];
    specimens![
        '\u{d7ff}',
        '\u{e000}',
        '\u{ffff}',
        '\u{10000}',
        '🦀',
        char::MAX
    ];
}

#[test]
fn strings() {
    specimens![
        String::new(),
        "plain".to_owned(),
        "ein Straßenschild, 水, \u{10ffff} und 🦀".to_owned(),
        "with\0nul and \r\n".to_owned(),
        "x".repeat(127),
        "x".repeat(128),
        "é".repeat(10_000),
    ];
}

#[test]
fn borrowed_strings() {
    crate::judge::<str>("bare str", "bare");
    crate::judge::<str>("empty bare str", "");
    specimens!["", "static", &"twice borrowed", "水".repeat(3).as_str()];
}

#[test]
fn paths() {
    crate::judge::<Path>("bare path", Path::new("/bare"));
    specimens![
        PathBuf::new(),
        PathBuf::from("/usr/share/水"),
        Path::new("borrowed/path"),
        vec![PathBuf::from("a"), PathBuf::from("b")],
    ];
}
