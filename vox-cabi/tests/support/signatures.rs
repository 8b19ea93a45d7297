//! Random signatures: the generator behind `tests/execution/generated.rs`.
//!
//! It is seeded and depends on nothing but this file, so the example
//! `generate_signatures` reproduces the checked-in file byte for byte, and a
//! test compares the two.

use std::fmt::Write as _;

/// How many signatures there are.
const COUNT: usize = 256;
const SEED: u64 = 0x5eed_cab1_0000_0001;

/// A generator of numbers (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub(crate) fn next_word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let len = u64::try_from(from.len()).expect("a short list");
        let idx = usize::try_from(self.next_word() % len).expect("an index");
        from[idx]
    }
}

/// Words and pairs more often than the rest: they are what registers are
/// handed to, one or two at a time.
const PARAMETERS: &[&str] = &["u64", "u64", "*mut u8", "A1", "A2", "A2", "A2", "A3", "A4"];
const RESULTS: &[&str] = &["()", "bool", "u64", "*mut u8", "A1", "A2", "A2", "A3", "A4"];

/// The text of `tests/execution/generated.rs`.
pub(crate) fn generate() -> String {
    let mut random = Random::new(SEED);
    let mut text = String::from(
        "// Made by `cargo run -p vox-cabi --example generate_signatures`; not edited by hand.\n\
         // Included by callees.rs, whose macro turns each line into functions.\n\
         \n\
         signatures! {\n",
    );
    for idx in 0..COUNT {
        let count = random.next_word() % 11;
        let parameters: Vec<String> = (0..count)
            .map(|parameter| format!("p{parameter}: {}", random.pick(PARAMETERS)))
            .collect();
        let result = random.pick(RESULTS);
        let list = parameters.join(", ");
        writeln!(text, "    s{idx:03}({list}) -> {result};").expect("strings take all text");
    }
    text.push_str("}\n");
    text
}
