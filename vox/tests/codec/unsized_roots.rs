//! `str`, `[T]` and `Path` as roots: values that are two words.

use std::path::Path;

use vox_oracle::codec_test;

codec_test!(
    fn strings(judge: &Judge) {
        for len in [0, 1, 127, 128, 4096, 8192, 8193, 100_000] {
            judge.by_serde::<str>("str", &"x".repeat(len));
        }
    }
);

codec_test!(
    fn slices(judge: &Judge) {
        judge.by_serde::<[u8]>("[u8]", &[1, 2, 3]);
        judge.by_serde::<[u8]>("[u8]", &[]);
        judge.by_serde::<[u8]>("[u8]", &vec![7; 100_000]);
        judge.by_serde::<[u16]>("[u16]", &[1, 300, 65_535]);
        judge.by_serde::<[i64]>("[i64]", &[i64::MIN; 3000]);
        judge.by_serde::<[f32]>("[f32]", &[1.5; 100]);
        judge.by_serde::<[()]>("[()]", &[(); 3]);
        judge.by_serde::<[String]>("[String]", &[String::from("a"), String::new()]);
        judge.by_serde::<[&str]>("[&str]", &["a", "", "b"]);
        judge.by_serde::<[Vec<u32>]>("[Vec<u32>]", &[vec![1], vec![], vec![300; 5000]]);
        judge.by_serde::<[[u8; 3]]>("[[u8; 3]]", &[[1, 2, 3]; 4]);
        judge.by_serde::<[Option<Box<str>>]>("[Option<Box<str>>]", &[Some("x".into()), None]);
    }
);

codec_test!(
    fn paths(judge: &Judge) {
        judge.by_serde::<Path>("Path", Path::new("/a/path/to/it"));
        judge.by_serde::<Path>("Path", Path::new(""));
        judge.by_serde::<Path>("Path", Path::new(&"long/".repeat(3000)));
    }
);
