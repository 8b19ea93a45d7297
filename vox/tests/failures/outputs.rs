//! Writers that fail, at every byte, and writers that take a little at a time.

use std::collections::{BTreeMap, HashMap};
use std::error::Error as _;
use std::io::{self, Write};

use facet::Facet;
use serde::Serialize;
use vox::EncodeErrorKind;
use vox_oracle::codec_test;
use vox_oracle::mode::{self, Mode};

#[derive(Facet, Serialize)]
struct Message {
    id: u64,
    text: String,
    list: Vec<u32>,
    ordered: BTreeMap<String, u64>,
    hashed: HashMap<u16, String>,
    optional: Option<u128>,
}

fn message(scale: usize) -> Message {
    Message {
        id: 300,
        text: "t".repeat(scale),
        list: vec![70_000; scale],
        ordered: (0..scale).map(|it| (it.to_string(), it as u64)).collect(),
        hashed: (0..)
            .zip((0..scale).map(|it| "h".repeat(it % 50)))
            .collect(),
        optional: Some(u128::MAX),
    }
}

/// Takes so many bytes, then fails.
struct Limited<'a> {
    left: usize,
    taken: &'a mut Vec<u8>,
}

impl Write for Limited<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 && !bytes.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::StorageFull,
                "the disk is full",
            ));
        }
        let len = bytes.len().min(self.left);
        self.left -= len;
        self.taken.extend_from_slice(&bytes[..len]);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        panic!("nobody flushes")
    }
}

/// The error of the writer is the source; what it took is the beginning of the
/// encoding.
fn fails_after(bytes: usize, message: &Message, mode: &Mode, expected: &[u8]) {
    let mut taken = Vec::new();
    let writer = Limited {
        left: bytes,
        taken: &mut taken,
    };
    let error = mode
        .runtime
        .to_writer(message, writer)
        .expect_err("it fails");
    assert_eq!(error.kind(), EncodeErrorKind::Io, "{}", mode.name);
    assert_eq!(
        error.to_string(),
        "cannot encode `Message`: the writer failed: the disk is full"
    );
    let source = error.source().expect("the writer's error is the source");
    let source = source.downcast_ref::<io::Error>().expect("an io::Error");
    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
    assert_eq!(taken, expected[..bytes], "{}", mode.name);
}

codec_test!(
    fn a_small_message_at_every_byte(judge: &Judge) {
        let message = message(4);
        judge.in_every_mode("a small message", &message, |mode, expected| {
            for bytes in 0..expected.len() {
                fails_after(bytes, &message, mode, expected);
            }
        });
    }
);

codec_test!(
    fn a_large_message_at_many_bytes(judge: &Judge) {
        let message = message(20_000);
        judge.in_every_mode("a large message", &message, |mode, expected| {
            let edges = [8191, 8192, 8193, 16_384, 20_000, 20_003, 28_192];
            for bytes in (0..expected.len()).step_by(3001).chain(edges) {
                fails_after(bytes, &message, mode, expected);
            }
            fails_after(expected.len() - 1, &message, mode, expected);
        });
    }
);

/// Takes as many bytes as its turn allows, and is interrupted now and then.
struct Reluctant {
    turn: usize,
    taken: Vec<u8>,
}

impl Write for Reluctant {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.turn += 1;
        if self.turn.is_multiple_of(5) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let len = bytes.len().min(1 + self.turn % 700);
        self.taken.extend_from_slice(&bytes[..len]);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

codec_test!(
    fn a_little_at_a_time(judge: &Judge) {
        for scale in [0, 1, 5000, 50_000] {
            let message = message(scale);
            judge.in_every_mode(&format!("scale {scale}"), &message, |mode, expected| {
                let mut writer = Reluctant {
                    turn: 0,
                    taken: Vec::new(),
                };
                let len = mode
                    .runtime
                    .to_writer(&message, &mut writer)
                    .expect("it writes");
                assert_eq!(len, expected.len());
                assert!(writer.taken == expected, "{}", mode.name);
            });
        }
    }
);

/// A writer that takes nothing and says so.
#[test]
fn a_writer_that_takes_nothing() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Ok(0)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for mode in mode::all() {
        let error = mode.runtime.to_writer(&1_u8, Full).expect_err("it fails");
        assert_eq!(error.kind(), EncodeErrorKind::Io, "{}", mode.name);
    }
}

/// A failure of the value after bytes were written is the value's failure.
#[test]
fn a_value_that_fails_late() {
    use crate::moody::Moody;
    let value = ("x".repeat(50_000), Moody::Refuses);
    for mode in mode::all() {
        let mut written = Vec::new();
        let error = mode
            .runtime
            .to_writer(&value, &mut written)
            .expect_err("it fails");
        assert_eq!(error.kind(), EncodeErrorKind::Proxy, "{}", mode.name);
        assert!(
            written.len() >= 50_000,
            "{}: what was written stays written",
            mode.name
        );
    }
}
