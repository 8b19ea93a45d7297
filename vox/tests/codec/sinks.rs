//! Outputs: bytes must not depend on how much room there was to begin with.

use std::collections::BTreeMap;

use facet::Facet;
use serde::Serialize;
use vox_oracle::codec_test;
use vox_oracle::mode::Mode;

#[derive(Facet, Serialize)]
struct Message {
    id: u64,
    text: String,
    list: Vec<Option<u32>>,
    bytes: Vec<u8>,
    pairs: [(u8, i64); 3],
    tail: u128,
}

fn message(scale: usize) -> Message {
    Message {
        id: u64::MAX,
        text: "t".repeat(scale),
        list: (0..scale as u32)
            .map(|idx| (idx % 3 != 0).then_some(idx * 1000))
            .collect(),
        bytes: vec![7; scale],
        pairs: [(1, i64::MIN), (2, 0), (3, i64::MAX)],
        tail: u128::MAX,
    }
}

codec_test!(
    /// Every capacity and length of the caller's vector, up to more than is needed.
    fn a3_buffers_of_every_capacity(judge: &Judge) {
        let message = message(5);
        judge.in_every_mode("message", &message, |mode, expected| {
            for prefix in [0, 1, 3, 100] {
                for capacity in prefix..prefix + expected.len() + 300 {
                    let mut buffer = Vec::with_capacity(capacity);
                    buffer.resize(prefix, 0xa5);
                    let len = mode.runtime.to_bytes_in(&message, &mut buffer).unwrap();
                    assert_eq!(len, expected.len());
                    assert!(buffer[..prefix].iter().all(|byte| *byte == 0xa5));
                    assert_eq!(buffer[prefix..], *expected, "{}, {capacity}", mode.name);
                }
            }
        });
    }
);

codec_test!(
    /// Many messages behind each other in one vector of each mode.
    fn appending_again_and_again(judge: &Judge) {
        let mut vectors = BTreeMap::new();
        for scale in 0..200 {
            let message = message(scale);
            judge.in_every_mode(&format!("scale {scale}"), &message, |mode, expected| {
                let (buffer, all) = vectors.entry(&mode.name).or_insert((vec![], vec![]));
                mode.runtime.to_bytes_in(&message, buffer).unwrap();
                all.extend_from_slice(expected);
            });
        }
        for (name, (buffer, all)) in vectors {
            assert!(buffer == all, "{name}");
        }
    }
);

codec_test!(
    /// Slices of every length, from nothing to more than enough: too short is an
    /// error that knows the length, and what is behind the result stays.
    fn a3_slices_of_every_length(judge: &Judge) {
        for scale in [0, 3, 40] {
            let message = message(scale);
            judge.in_every_mode(&format!("scale {scale}"), &message, |mode, expected| {
                for len in 0..=expected.len() + 2 {
                    in_a_slice(&message, mode, expected, len);
                }
            });
        }
    }
);

fn in_a_slice(message: &Message, mode: &Mode, expected: &[u8], len: usize) {
    let needed = expected.len();
    let mut slice = vec![0x5a; len];
    match mode.runtime.to_slice(message, &mut slice) {
        Ok(part) => {
            assert_eq!(part, expected, "{}", mode.name);
            assert!(len >= needed);
            assert!(slice[needed..].iter().all(|byte| *byte == 0x5a));
        }
        Err(error) => {
            assert!(len < needed, "{}: {error}", mode.name);
            assert_eq!(
                error.to_string(),
                format!(
                    "cannot encode `Message`: the output has room for {len} bytes and {needed} \
                     are needed"
                )
            );
        }
    }
}

#[derive(Facet, Serialize)]
struct Shifted {
    shift: Vec<u8>,
    message: Message,
    numbers: Vec<u64>,
}

codec_test!(
    /// Large enough for several chunks, at every alignment of the chunks' edges.
    fn a3_every_place_of_a_chunk_edge(judge: &Judge) {
        for shift in (7900..8300).step_by(7) {
            let value = Shifted {
                shift: vec![1; shift],
                message: message(300),
                numbers: vec![u64::MAX; 900],
            };
            judge.in_every_mode(&format!("shift {shift}"), &value, |mode, expected| {
                let mut written = Vec::new();
                mode.runtime.to_writer(&value, &mut written).unwrap();
                assert!(written == expected, "{}, shift {shift}", mode.name);
                assert_eq!(mode.runtime.encoded_len(&value).unwrap(), expected.len());
                let mut slice = vec![0; expected.len()];
                assert!(mode.runtime.to_slice(&value, &mut slice).unwrap() == expected);
            });
        }
    }
);
