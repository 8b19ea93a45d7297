//! What Miri shall see of the three steps; the bytes of all types are for the tests in `tests`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;

use facet::Facet;

use super::{Finder, Free, KnownSlot, append};
use crate::runtime::own;
use crate::runtime::place::Place;
use crate::runtime::value::{Root, with_root};
use crate::{Encoder, Runtime};

/// A struct whose text is written by a proxy, which refuses one text and panics at another.
#[derive(Facet)]
struct Picky {
    id: u32,
    #[facet(proxy = Word)]
    text: Text,
    rest: Vec<String>,
}

#[derive(Facet)]
struct Text(String);

#[derive(Facet)]
#[facet(transparent)]
struct Word(String);

impl TryFrom<&Text> for Word {
    type Error = String;

    fn try_from(text: &Text) -> Result<Self, String> {
        match text.0.as_str() {
            "refuse" => Err(String::from("refused")),
            "panic" => panic!("as told"),
            text => Ok(Self(text.to_owned())),
        }
    }
}

impl TryFrom<Word> for Text {
    type Error = String;

    fn try_from(word: Word) -> Result<Self, String> {
        Ok(Self(word.0))
    }
}

fn picky(text: &str) -> Picky {
    Picky {
        id: 300,
        text: Text(text.to_owned()),
        rest: vec![String::from("a"), "b".repeat(300)],
    }
}

fn expected(text: &str) -> Vec<u8> {
    let Picky { id, rest, .. } = picky(text);
    postcard::to_allocvec(&(id, text, rest)).expect("serde encodes it")
}

/// An encode into a new vector, and one behind what there is.
fn both(
    encode: impl Fn(&Picky) -> Result<Vec<u8>, crate::EncodeError>,
    append: impl Fn(&Picky, &mut Vec<u8>) -> Result<usize, crate::EncodeError>,
) {
    let mut buffer = vec![0xff];
    for text in ["", "text", "text"] {
        let expected = expected(text);
        // With less room than it takes, with enough, and with just as much as it grew to.
        assert_eq!(encode(&picky(text)).expect("it encodes"), expected);
        let len = append(&picky(text), &mut buffer).expect("it encodes");
        assert_eq!(len, expected.len());
        assert_eq!(buffer[0], 0xff);
        assert_eq!(buffer[1..], expected);
        buffer.truncate(1);
    }
    assert!(encode(&picky("refuse")).is_err());
    assert!(append(&picky("refuse"), &mut buffer).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| encode(&picky("panic")))).is_err());
    let appends = AssertUnwindSafe(|| append(&picky("panic"), &mut buffer));
    assert!(catch_unwind(appends).is_err());
    assert_eq!(buffer, [0xff]);
}

#[test]
fn a3_of_a_runtime() {
    for work in [1, u64::MAX] {
        let runtime = Runtime::builder().compile_after(work).build();
        both(
            |value| runtime.to_bytes(value),
            |value, buffer| runtime.to_bytes_in(value, buffer),
        );
    }
}

#[test]
fn a3_of_the_global_runtime() {
    both(crate::to_bytes, crate::to_bytes_in);
}

/// What shares a place finds it another's, whoever is first.
#[test]
fn a12_a_place_is_for_one_shape() {
    fn encode<T: Facet<'static> + ?Sized>(own: &'static Place, value: &T) -> Vec<u8> {
        let free = Free { own: Some(own) };
        let mut buffer = Vec::new();
        // SAFETY: a value of the shape, borrowed for the calls (A1).
        let bytes = with_root(value, |root| unsafe {
            append(free, T::SHAPE, root, &mut buffer).expect("it encodes");
            super::encode(free, T::SHAPE, root)
        });
        assert_eq!(bytes.expect("it encodes"), buffer);
        buffer
    }

    for _ in 0..20 {
        let own: &'static Place = Box::leak(Box::new(Place::empty()));
        let start = Barrier::new(2);
        std::thread::scope(|scope| {
            for is_text in [false, true] {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    for _ in 0..4 {
                        if is_text {
                            assert_eq!(encode(own, "text"), b"\x04text");
                        } else {
                            assert_eq!(encode(own, &300_u16), [0xac, 0x02]);
                        }
                    }
                });
            }
        });
        let found = [<str as Facet>::SHAPE, u16::SHAPE].map(|shape| own.slot_of(shape));
        assert_eq!(found.iter().flatten().count(), 1);
    }
}

/// Two bytes that are the same, whichever is first, by the slot of `u8`: nobody but who looks at the place has one of them.
#[test]
fn a12_a_place_is_asked_first() {
    let byte = super::global().slot(u8::SHAPE).expect("it has a slot");
    let own = Place::empty();
    // SAFETY: not the shape's slot, but any two bytes can be read as one; the slot is of the global runtime.
    unsafe { own.claim(u16::SHAPE, byte) };
    let own: &'static Place = Box::leak(Box::new(own));
    let (free, mut buffer) = (Free { own: Some(own) }, Vec::new());
    // The depth limit comes with the first type that is asked for.
    assert!(crate::to_bytes(&0_u8).is_ok());
    // SAFETY: a value of the shape, borrowed for the calls (A1).
    let bytes = with_root(&0x2c2c_u16, |root| unsafe {
        append(free, u16::SHAPE, root, &mut buffer).expect("it encodes");
        super::encode(free, u16::SHAPE, root).expect("it encodes")
    });
    assert_eq!([bytes, buffer], [[0x2c], [0x2c]]);
    // And it is asked where there is one.
    let has_place = Free::here(u16::SHAPE).own.is_some();
    assert_eq!(has_place, own::place(u16::SHAPE).is_some());
}

/// An address with its highest bit set, of a value that nobody looks at.
#[test]
fn a5_what_is_tagged_is_refused_by_all() {
    fn refuses(finder: impl Finder<'static>) {
        let value = 300_u16;
        let root = Root {
            address: (&raw const value).cast(),
            is_tagged: true,
        };
        let mut buffer = vec![0xff];
        // SAFETY: a value of the shape (A1).
        unsafe {
            assert!(append(finder, u16::SHAPE, root, &mut buffer).is_err());
            assert!(super::encode(finder, u16::SHAPE, root).is_err());
        }
        assert_eq!(buffer, [0xff]);
    }

    let own: &'static Place = Box::leak(Box::new(Place::empty()));
    let known: &'static KnownSlot = Box::leak(Box::new(KnownSlot::unknown()));
    let free = [Some(own), None].map(|own| Free { own });
    // Before the type is known, and where it was found.
    for _ in 0..2 {
        for free in free {
            refuses(free);
        }
        refuses(known);
        refuses(Runtime::global());
        for free in free {
            // SAFETY: a value of the shape, borrowed for the call (A1).
            with_root(&7_u16, |root| unsafe {
                super::encode(free, u16::SHAPE, root)
            })
            .expect("it encodes");
        }
    }
    assert!(own.slot_of(u16::SHAPE).is_some());
}

#[test]
fn a3_of_an_encoder() {
    let encoder = Encoder::new();
    both(
        |value| encoder.encode(value),
        |value, buffer| encoder.encode_in(value, buffer),
    );
}

#[test]
fn a3_of_what_has_no_encoding() {
    let encoder = Encoder::<*const u8>::new();
    let (value, mut buffer) = (core::ptr::null::<u8>(), vec![0xff]);
    for _ in 0..2 {
        assert!(crate::to_bytes(&value).is_err());
        assert!(crate::to_bytes_in(&value, &mut buffer).is_err());
        assert!(encoder.encode(&value).is_err());
        assert!(encoder.encode_in(&value, &mut buffer).is_err());
    }
    assert_eq!(buffer, [0xff]);
}
