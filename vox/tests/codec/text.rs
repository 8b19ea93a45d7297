//! Strings: every length around the places where their writing changes.

use std::borrow::Cow;

use vox_oracle::codec_test;

/// Lengths around varint widths, the spare room of a sink, and its chunks.
const LENGTHS: &[usize] = &[
    0, 1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 95, 96, 97, 126, 127, 128, 129, 255, 256,
    1023, 1024, 1025, 4085, 4086, 4095, 4096, 4097, 8061, 8062, 8063, 8064, 8065, 8191, 8192, 8193,
    16_383, 16_384, 16_385, 65_535, 65_536, 100_000,
];

fn text(len: usize) -> String {
    ('a'..='z').cycle().take(len).collect()
}

codec_test!(
    fn every_length(judge: &Judge) {
        for len in LENGTHS {
            let text = text(*len);
            judge.by_serde(&format!("String of {len}"), &text);
            judge.by_serde(&format!("&str of {len}"), &text.as_str());
        }
    }
);

codec_test!(
    /// A string between other fields: what stands before and behind it moves.
    fn every_length_between_fields(judge: &Judge) {
        for len in LENGTHS {
            let text = text(*len);
            judge.by_serde(
                &format!("String of {len} between"),
                &(u64::MAX, text.clone(), u128::MAX, text.as_str(), true),
            );
        }
    }
);

codec_test!(
    unicode:
    String::from("ünïcödé"),
    "\u{0}",
    "中文 and עברית and 🦀🦀🦀",
    "\u{10ffff}",
    ["", "a", "é", "中", "🦀"],
    vec![String::new(), "x".repeat(300)],
);

codec_test!(
    with_spare_capacity:
    {
        let mut text = String::with_capacity(1000);
        text.push_str("short");
        text
    },
    String::with_capacity(64),
);

codec_test!(
    borrowed_and_owned:
    Cow::Borrowed("borrowed"),
    Cow::<'static, str>::Owned(String::from("owned")),
    Box::<str>::from("boxed"),
    std::rc::Rc::<str>::from("counted"),
    std::sync::Arc::<str>::from(""),
);
