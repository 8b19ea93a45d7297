//! Outputs: bytes must not depend on how much room there was to begin with.

use facet::Facet;
use serde::Serialize;
use vox_oracle::mode;

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

/// Every capacity and length of the caller's vector, up to more than is needed.
#[test]
fn a3_buffers_of_every_capacity() {
    let message = message(5);
    let expected = postcard::to_allocvec(&message).unwrap();
    for mode in mode::all() {
        for prefix in [0, 1, 3, 100] {
            for capacity in prefix..prefix + expected.len() + 300 {
                let mut buffer = Vec::with_capacity(capacity);
                buffer.resize(prefix, 0xa5);
                let len = mode.runtime.to_bytes_in(&message, &mut buffer).unwrap();
                assert_eq!(len, expected.len());
                assert!(buffer[..prefix].iter().all(|byte| *byte == 0xa5));
                assert_eq!(buffer[prefix..], expected, "{}, {capacity}", mode.name);
            }
        }
    }
}

/// Many messages behind each other in one vector.
#[test]
fn appending_again_and_again() {
    for mode in mode::all() {
        let mut buffer = Vec::new();
        let mut expected = Vec::new();
        for scale in 0..200 {
            let message = message(scale);
            mode.runtime.to_bytes_in(&message, &mut buffer).unwrap();
            expected.extend(postcard::to_allocvec(&message).unwrap());
        }
        assert!(buffer == expected, "{}", mode.name);
    }
}

/// Slices of every length, from nothing to more than enough: too short is an
/// error that knows the length, and what is behind the result stays.
#[test]
fn a3_slices_of_every_length() {
    for scale in [0, 3, 40] {
        let message = message(scale);
        let expected = postcard::to_allocvec(&message).unwrap();
        let needed = expected.len();
        for mode in mode::all() {
            for len in 0..=needed + 2 {
                let mut slice = vec![0x5a; len];
                match mode.runtime.to_slice(&message, &mut slice) {
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
        }
    }
}

/// Large enough for several chunks, at every alignment of the chunks' edges.
#[test]
fn a3_every_place_of_a_chunk_edge() {
    #[derive(Facet, Serialize)]
    struct Shifted {
        shift: Vec<u8>,
        message: Message,
        numbers: Vec<u64>,
    }
    for shift in (7900..8300).step_by(7) {
        let value = Shifted {
            shift: vec![1; shift],
            message: message(300),
            numbers: vec![u64::MAX; 900],
        };
        let expected = postcard::to_allocvec(&value).unwrap();
        for mode in mode::all() {
            let mut written = Vec::new();
            mode.runtime.to_writer(&value, &mut written).unwrap();
            assert!(written == expected, "{}, shift {shift}", mode.name);
            assert_eq!(mode.runtime.encoded_len(&value).unwrap(), expected.len());
            let mut slice = vec![0; expected.len()];
            assert!(mode.runtime.to_slice(&value, &mut slice).unwrap() == expected);
        }
    }
}
