//! Proxy values by themselves: where they live, and how often they are dropped.

use std::cell::Cell;

use facet::Facet;
use vox::EncodeErrorKind;
use vox_oracle::{codec_test, mode};

use crate::moody::Moody;

thread_local! {
    static MADE: Cell<u32> = const { Cell::new(0) };
    static DROPPED: Cell<u32> = const { Cell::new(0) };
}

/// What the conversion does, and what is in the proxy.
#[derive(Facet, Clone, Copy)]
#[facet(proxy = Aligned)]
#[repr(u8)]
#[allow(dead_code, reason = "facet reads these fields, rustc does not see it")]
enum Value {
    Fine(u16),
    Refuses,
    PanicsConverting,
    HoldsWhatRefuses,
}

/// A proxy whose alignment no allocation has by chance alone.
#[derive(Facet)]
#[repr(C, align(1024))]
struct Aligned {
    number: u16,
    inner: Moody,
}

impl Drop for Aligned {
    fn drop(&mut self) {
        assert_eq!((&raw const *self).addr() % 1024, 0, "not where it belongs");
        // Of memory that no conversion has written this would not be the number.
        assert_eq!(self.number, 300);
        DROPPED.set(DROPPED.get() + 1);
    }
}

impl TryFrom<&Value> for Aligned {
    type Error = String;

    fn try_from(value: &Value) -> Result<Self, String> {
        let inner = match value {
            Value::Fine(number) => Moody::Fine(*number),
            Value::Refuses => return Err(String::from("not today")),
            Value::PanicsConverting => panic!("the conversion panics"),
            Value::HoldsWhatRefuses => Moody::Refuses,
        };
        MADE.set(MADE.get() + 1);
        Ok(Self { number: 300, inner })
    }
}

impl TryFrom<Aligned> for Value {
    type Error = String;

    fn try_from(_: Aligned) -> Result<Self, String> {
        Err(String::from("there is no way back"))
    }
}

/// A proxy without size is dropped as well.
#[derive(Facet)]
#[facet(proxy = Nothing)]
struct Empty;

#[derive(Facet)]
struct Nothing;

impl Drop for Nothing {
    fn drop(&mut self) {
        DROPPED.set(DROPPED.get() + 1);
    }
}

impl From<&Empty> for Nothing {
    fn from(_: &Empty) -> Self {
        MADE.set(MADE.get() + 1);
        Self
    }
}

impl From<Nothing> for Empty {
    fn from(_: Nothing) -> Self {
        Self
    }
}

/// Encodes in every mode; answers how many proxies were made in one of them. All of them
/// must be dropped, none twice.
fn made_and_dropped<'f, T: Facet<'f>>(
    value: &T,
    check: impl Fn(std::thread::Result<Result<Vec<u8>, vox::EncodeError>>),
) -> u32 {
    let mut made = Vec::new();
    for mode in mode::all() {
        MADE.set(0);
        DROPPED.set(0);
        let encode = std::panic::AssertUnwindSafe(|| mode.runtime.to_bytes(value));
        check(std::panic::catch_unwind(encode));
        assert_eq!(MADE.get(), DROPPED.get(), "{}", mode.name);
        made.push(MADE.get());
    }
    assert!(made.iter().all(|count| *count == made[0]), "{made:?}");
    made[0]
}

codec_test!(
    fn a9_proxies_live_where_their_layout_says_and_are_dropped_once(judge: &Judge) {
        let values = vec![Value::Fine(7); 5];
        judge.by_twin("five proxies", &values, &vec![(300_u16, "7"); 5]);
        let made = made_and_dropped(&values, |result| {
            result.expect("no panic").expect("it encodes");
        });
        assert_eq!(made, 5);

        let made = made_and_dropped(&[const { Empty }; 3], |result| {
            assert_eq!(result.expect("no panic").expect("it encodes"), []);
        });
        assert_eq!(made, 3);
    }
);

/// What a conversion did not make is not dropped, and what it made is dropped
/// although the encode fails.
#[test]
fn a9_proxies_are_dropped_only_when_they_were_made() {
    let made = made_and_dropped(&[Value::Fine(1), Value::Refuses], |result| {
        let error = result.expect("no panic").expect_err("refused");
        assert_eq!(error.kind(), EncodeErrorKind::Proxy);
        assert_eq!(error.path(), "[1]");
    });
    assert_eq!(made, 1);

    let made = made_and_dropped(&[Value::Fine(1), Value::PanicsConverting], |result| {
        assert!(result.is_err(), "the panic arrives");
    });
    assert_eq!(made, 1);

    let made = made_and_dropped(&[Value::Fine(1), Value::HoldsWhatRefuses], |result| {
        let error = result.expect("no panic").expect_err("refused");
        assert_eq!(error.path(), "[1].inner");
    });
    assert_eq!(made, 2);
}
