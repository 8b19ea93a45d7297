//! `str`, `[T]` and `Path` as roots: values that are two words.

use std::path::Path;

use vox_oracle::judge::by_serde;

#[test]
fn strings() {
    for len in [0, 1, 127, 128, 4096, 8192, 8193, 100_000] {
        by_serde::<str>("str", &"x".repeat(len));
    }
}

#[test]
fn slices() {
    by_serde::<[u8]>("[u8]", &[1, 2, 3]);
    by_serde::<[u8]>("[u8]", &[]);
    by_serde::<[u8]>("[u8]", &vec![7; 100_000]);
    by_serde::<[u16]>("[u16]", &[1, 300, 65_535]);
    by_serde::<[i64]>("[i64]", &[i64::MIN; 3000]);
    by_serde::<[f32]>("[f32]", &[1.5; 100]);
    by_serde::<[()]>("[()]", &[(); 3]);
    by_serde::<[String]>("[String]", &[String::from("a"), String::new()]);
    by_serde::<[&str]>("[&str]", &["a", "", "b"]);
    by_serde::<[Vec<u32>]>("[Vec<u32>]", &[vec![1], vec![], vec![300; 5000]]);
    by_serde::<[[u8; 3]]>("[[u8; 3]]", &[[1, 2, 3]; 4]);
    by_serde::<[Option<Box<str>>]>("[Option<Box<str>>]", &[Some("x".into()), None]);
}

#[test]
fn paths() {
    by_serde::<Path>("Path", Path::new("/a/path/to/it"));
    by_serde::<Path>("Path", Path::new(""));
    by_serde::<Path>("Path", Path::new(&"long/".repeat(3000)));
}
