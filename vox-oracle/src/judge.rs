//! The judge: one value, every mode, every kind of output, against independent oracles.
//!
//! [`codec_test!`](crate::codec_test) is the only way to a [`Judge`], and so the only way to write a test
//! of the codec. What a judge does with a value is compiled once: see `subject`.

use core::cell::Cell;

use facet_core::Facet;
use serde::Serialize;

use crate::assert_same_bytes;
use crate::mode::{self, Mode};
use crate::walker;
use crate::zoo::{self, Member};

mod failure;
mod one_mode;
mod subject;
mod success;

use subject::{Subject, Value};

pub use one_mode::OneMode;

/// What stands before and behind the output, and must stay.
const SENTINEL: [u8; 5] = [0xa5, 0x5a, 0xa5, 0x5a, 0x99];

/// Declares a test of the codec: every value is encoded in every mode and as
/// every kind of output, and the bytes compared with the oracles'.
///
/// * `codec_test!(name: a, b, c)`: values of types that derive both `Facet` and
///   `Serialize`, judged by serde's postcard and by the walker.
/// * `codec_test!(name as twin: (a, x), (b, y))`: values whose serde twin is
///   another value, judged by the twin's bytes and by the walker.
/// * `codec_test!(name by walker: a, b)`: values without a serde twin.
/// * `codec_test!(name refuses: (a, "text"), ...)`: values that fail, with the
///   same text in every mode.
/// * `codec_test!(name panics: (a, "text"), ...)`: values whose user code panics; the
///   payload must reach the caller in every mode.
/// * `codec_test!(fn name(judge: &Judge) { ... })`: whatever the [`Judge`] is given in the body. A body that
///   gives it nothing fails. The other forms are short for this one.
///
/// Attributes and comments stand before the name or before `fn`.
///
/// # Examples
///
/// ```
/// vox_oracle::codec_test!(numbers: 1_u8, -5_i32, u64::MAX);
///
/// vox_oracle::codec_test!(
///     /// Every length of a string.
///     fn strings(judge: &Judge) {
///         for len in 0..200 {
///             judge.by_serde(&format!("{len} letters"), &"x".repeat(len));
///         }
///     }
/// );
/// ```
#[macro_export]
macro_rules! codec_test {
    ($(#[$meta:meta])* fn $name:ident($judge:ident: &Judge) $body:block) => {
        $(#[$meta])*
        #[test]
        fn $name() {
            fn body($judge: &$crate::judge::Judge) $body
            $crate::judge::of_codec_test(body);
        }
    };
    ($(#[$meta:meta])* $name:ident : $($value:expr),+ $(,)?) => {
        $crate::codec_test!($(#[$meta])* fn $name(judge: &Judge) {
            $( judge.by_serde(stringify!($value), &$value); )+
        });
    };
    ($(#[$meta:meta])* $name:ident as twin : $(($value:expr, $twin:expr)),+ $(,)?) => {
        $crate::codec_test!($(#[$meta])* fn $name(judge: &Judge) {
            $( judge.by_twin(stringify!($value), &$value, &$twin); )+
        });
    };
    ($(#[$meta:meta])* $name:ident by walker : $($value:expr),+ $(,)?) => {
        $crate::codec_test!($(#[$meta])* fn $name(judge: &Judge) {
            $( judge.by_walker(stringify!($value), &$value); )+
        });
    };
    ($(#[$meta:meta])* $name:ident refuses : $(($value:expr, $text:expr)),+ $(,)?) => {
        $crate::codec_test!($(#[$meta])* fn $name(judge: &Judge) {
            $( judge.refuses(stringify!($value), &$value, $text); )+
        });
    };
    ($(#[$meta:meta])* $name:ident panics : $(($value:expr, $text:expr)),+ $(,)?) => {
        $crate::codec_test!($(#[$meta])* fn $name(judge: &Judge) {
            $( judge.panics(stringify!($value), &$value, $text); )+
        });
    };
}

/// Judges values in one test, which [`codec_test!`](crate::codec_test) declares.
#[derive(Debug)]
pub struct Judge {
    /// How many values it was given.
    judged: Cell<u64>,
}

/// Runs the body of a test, which must give its judge something. Called by `codec_test!` only: a check
/// of `xtask` finds every other call.
///
/// # Panics
///
/// As the body does, and when nothing was judged: such a test could not fail.
#[doc(hidden)]
#[track_caller]
pub fn of_codec_test(body: fn(&Judge)) {
    let judge = Judge {
        judged: Cell::new(0),
    };
    body(&judge);
    assert!(judge.judged.get() > 0, "this test judges nothing");
}

impl Judge {
    /// Judges a value by serde's postcard and by the walker.
    #[track_caller]
    pub fn by_serde<'f, T>(&self, label: &str, value: &T)
    where
        T: Facet<'f> + Serialize + ?Sized,
    {
        self.by_twin(label, value, value);
    }

    /// Judges a value by serde's postcard on its twin, and by the walker.
    #[track_caller]
    pub fn by_twin<'f, T, S>(&self, label: &str, value: &T, twin: &S)
    where
        T: Facet<'f> + ?Sized,
        S: Serialize + ?Sized,
    {
        let subject = Value::new(value);
        let expected = by_both(label, &subject, encode(twin));
        self.in_all_modes(label, &subject, &expected);
    }

    /// Judges a value by the walker alone.
    #[track_caller]
    pub fn by_walker<'f, T>(&self, label: &str, value: &T)
    where
        T: Facet<'f> + ?Sized,
    {
        let subject = Value::new(value);
        self.in_all_modes(label, &subject, &walk(label, &subject));
    }

    /// Judges a value by bytes known from elsewhere.
    #[track_caller]
    pub fn by_bytes<'f, T>(&self, label: &str, value: &T, expected: &[u8])
    where
        T: Facet<'f> + ?Sized,
    {
        self.in_all_modes(label, &Value::new(value), expected);
    }

    /// Judges a value that cannot be encoded: the same text in every mode and kind
    /// of output, and the caller's buffer as it was.
    #[track_caller]
    pub fn refuses<'f, T>(&self, label: &str, value: &T, text: &str)
    where
        T: Facet<'f> + ?Sized,
    {
        let subject = Value::new(value);
        for mode in self.modes() {
            failure::refuses(mode, label, &subject, text);
        }
    }

    /// Judges a value whose encoding panics: the payload reaches the caller in
    /// every mode and kind of output, the caller's buffer is as it was, and the
    /// runtime goes on working.
    #[track_caller]
    pub fn panics<'f, T>(&self, label: &str, value: &T, payload: &str)
    where
        T: Facet<'f> + ?Sized,
    {
        let subject = Value::new(value);
        for mode in self.modes() {
            failure::panics(mode, label, &subject, payload);
        }
    }

    /// Hands out every mode, and the bytes on which serde's postcard and the walker agree: for tests of how
    /// a value is encoded (buffers, writers, addresses, registers), which compare by themselves.
    #[track_caller]
    pub fn in_every_mode<'f, T>(
        &self,
        label: &str,
        value: &T,
        mut compare: impl FnMut(&'static Mode, &[u8]),
    ) where
        T: Facet<'f> + Serialize + ?Sized,
    {
        let expected = by_both(label, &Value::new(value), encode(value));
        for mode in self.modes() {
            compare(mode, &expected);
        }
    }

    /// Judges a member of the zoo, by its name: every value of it, at every place, in every mode. Not every kind of
    /// output: there are too many.
    ///
    /// # Panics
    ///
    /// When bytes differ, something is refused, or there is no such member.
    pub fn member(&self, members: &[Member], name: &str) {
        let member = members.iter().find(|member| member.name == name);
        zoo::judge(member.expect("declared with the test"), self.modes());
    }

    #[track_caller]
    fn in_all_modes(&self, label: &str, subject: &dyn Subject<'_>, expected: &[u8]) {
        for mode in self.modes() {
            success::encodes(mode, label, subject, expected);
        }
    }

    /// What one value is judged in.
    fn modes(&self) -> &'static [Mode] {
        self.judged.set(self.judged.get() + 1);
        mode::all()
    }
}

/// What serde's postcard writes.
#[track_caller]
fn encode<S: Serialize + ?Sized>(twin: &S) -> Vec<u8> {
    postcard::to_allocvec(twin).expect("serde postcard encodes the specimen")
}

/// What the walker writes.
#[track_caller]
fn walk(label: &str, subject: &dyn Subject<'_>) -> Vec<u8> {
    match walker::encode(subject.peek()) {
        Ok(walked) => walked,
        Err(error) => panic!("{label}: the walker refuses it: {error}"),
    }
}

/// Serde's bytes, to which the walker agrees.
#[track_caller]
fn by_both(label: &str, subject: &dyn Subject<'_>, serdes: Vec<u8>) -> Vec<u8> {
    assert_same_bytes(
        &format!("{label}, the walker"),
        &serdes,
        &walk(label, subject),
    );
    serdes
}

#[cfg(test)]
mod tests;
