//! `Encoder`: in statics, for borrowing types, from any thread, for any type.

use std::cell::Cell;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::MutexGuard;
use std::thread;

use facet::Facet;
use serde::Serialize;
use vox::{EncodeErrorKind, Encoder};

#[derive(Facet, Serialize)]
struct Message<'a> {
    id: u32,
    text: &'a str,
    parts: Vec<&'a [u8]>,
}

static MESSAGES: Encoder<Message<'static>> = Encoder::new();
static TEXTS: Encoder<str> = Encoder::new();
static SLICES: Encoder<[u16]> = Encoder::new();
static BAD: Encoder<*const u8> = Encoder::new();

const fn assert_shareable<T: Send + Sync>() {}

// Whatever the type, also those that are neither themselves.
const _: () = {
    assert_shareable::<Encoder<Rc<u8>>>();
    assert_shareable::<Encoder<Cell<u8>>>();
    assert_shareable::<Encoder<*const u8>>();
    assert_shareable::<Encoder<NonNull<str>>>();
    assert_shareable::<Encoder<MutexGuard<'static, u8>>>();
    assert_shareable::<Encoder<dyn Fn()>>();
};

/// Compiles only if the encoder is covariant.
fn shorten<'long: 'short, 'short>(
    encoder: &'short Encoder<Message<'long>>,
) -> &'short Encoder<Message<'short>> {
    encoder
}

#[test]
fn a_static_encodes_borrowed_values() {
    let text = String::from("not static");
    let bytes = vec![1, 2, 3];
    let message = Message {
        id: 300,
        text: &text,
        parts: vec![&bytes, &bytes[1..]],
    };
    let expected = postcard::to_allocvec(&message).expect("serde encodes it");
    for _ in 0..3 {
        assert_eq!(MESSAGES.encode(&message).expect("it encodes"), expected);
        assert_eq!(
            shorten(&MESSAGES).encode(&message).expect("it encodes"),
            expected
        );
    }
    let mut buffer = vec![0xff];
    let len = MESSAGES
        .encode_in(&message, &mut buffer)
        .expect("it encodes");
    assert_eq!(len, expected.len());
    assert_eq!(buffer[0], 0xff);
    assert_eq!(buffer[1..], expected);
}

#[test]
fn unsized_types() {
    assert_eq!(TEXTS.encode("abc").expect("it encodes"), b"\x03abc");
    assert_eq!(
        SLICES.encode(&[1, 300]).expect("it encodes"),
        [2, 1, 0xac, 2]
    );
    assert_eq!(SLICES.encode(&[]).expect("it encodes"), [0]);
}

/// A failure is no slot: the next call fails in the same way.
#[test]
fn a_refused_type() {
    for _ in 0..3 {
        let mut buffer = vec![1, 2];
        let error = BAD
            .encode_in(&std::ptr::null(), &mut buffer)
            .expect_err("refused");
        assert_eq!(error.kind(), EncodeErrorKind::Unsupported);
        assert_eq!(buffer, [1, 2]);
    }
}

#[test]
fn the_first_use_from_many_threads() {
    static COLD: Encoder<Vec<Option<String>>> = Encoder::new();
    let value = vec![Some(String::from("x")), None];
    let expected = postcard::to_allocvec(&value).expect("serde encodes it");
    let barrier = std::sync::Barrier::new(16);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                barrier.wait();
                for _ in 0..100 {
                    assert_eq!(COLD.encode(&value).expect("it encodes"), expected);
                }
            });
        }
    });
}

#[test]
fn in_other_places_than_statics() {
    let encoder = Encoder::<u8>::default();
    assert_eq!(encoder.encode(&7).expect("it encodes"), [7]);
    let boxed = Box::new(Encoder::<[String; 1]>::new());
    assert_eq!(
        boxed.encode(&[String::from("x")]).expect("it encodes"),
        [1, b'x']
    );
    assert!(format!("{encoder:?}").contains("u8"), "{encoder:?}");
}
