//! User code that runs inside an encode and encodes itself: the same type, in
//! the same runtime.

use std::cell::Cell;
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasher;
use std::sync::OnceLock;
use std::time::Duration;

use facet::Facet;
use vox::Runtime;
use vox_oracle::mode::{self, Mode};
use vox_oracle::{codec_test, wire};

thread_local! {
    /// The mode the test is in: conversions have no other way to know.
    static MODE: Cell<Option<&'static Mode>> = const { Cell::new(None) };
}

fn encode<'f, T: Facet<'f>>(value: &T) -> Vec<u8> {
    let mode = MODE.get().expect("a test is running");
    mode.runtime.to_bytes(value).expect("it encodes")
}

/// Written as the bytes of the next smaller one.
#[derive(Facet)]
#[facet(proxy = Vec<u8>)]
struct Nested(u32);

impl From<&Nested> for Vec<u8> {
    fn from(value: &Nested) -> Self {
        match value.0.checked_sub(1) {
            Some(smaller) => encode(&Nested(smaller)),
            None => vec![],
        }
    }
}

impl From<Vec<u8>> for Nested {
    fn from(_: Vec<u8>) -> Self {
        Self(0)
    }
}

/// The list that so many levels are written as. In it is the encoding of one level less, another such list.
fn twin(levels: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(smaller) = levels.checked_sub(1) {
        let inner = twin(smaller);
        wire::length(&mut bytes, inner.len());
        wire::raw(&mut bytes, &inner);
    }
    bytes
}

codec_test!(
    fn a_proxy_that_encodes_its_own_type(judge: &Judge) {
        for levels in [0, 1, 2, 50] {
            judge.in_every_mode("levels", &twin(levels), |mode, expected| {
                MODE.set(Some(mode));
                assert_eq!(encode(&Nested(levels)), expected, "{}", mode.name);
                // Other outputs.
                let mut written = Vec::new();
                let len = mode.runtime.to_writer(&Nested(levels), &mut written);
                assert_eq!(len.expect("it encodes"), expected.len(), "{}", mode.name);
                assert_eq!(written, expected, "{}", mode.name);
                let len = mode.runtime.encoded_len(&Nested(levels));
                assert_eq!(len.expect("it encodes"), expected.len(), "{}", mode.name);
            });
        }
        // Other values around it.
        let twins = [twin(3), twin(0), twin(9)];
        judge.in_every_mode("a list", &twins, |mode, expected| {
            MODE.set(Some(mode));
            let list = [Nested(3), Nested(0), Nested(9)];
            assert_eq!(encode(&list), expected, "{}", mode.name);
        });
    }
);

/// An encode inside fails; the one around it does not notice.
#[derive(Facet)]
#[facet(proxy = u8)]
struct Careful;

impl From<&Careful> for u8 {
    fn from(_: &Careful) -> Self {
        let mode = MODE.get().expect("a test is running");
        let refused = mode.runtime.to_bytes(&std::ptr::null::<u8>()).is_err();
        let short = mode.runtime.to_slice(&[1_u8; 10], &mut [0; 3]).is_err();
        Self::from(refused && short)
    }
}

impl From<u8> for Careful {
    fn from(_: u8) -> Self {
        Self
    }
}

#[test]
fn a_failure_inside_stays_inside() {
    for mode in mode::all() {
        MODE.set(Some(mode));
        assert_eq!(encode(&(7_u8, Careful, 9_u8)), [7, 1, 9], "{}", mode.name);
    }
}

fn encodes_itself(value: &u32) -> bool {
    encode(value) == [0]
}

#[derive(Facet)]
struct Predicates {
    #[facet(skip_serializing_if = encodes_itself)]
    first: u32,
    second: u8,
    #[facet(skip_serializing_if = encodes_itself)]
    third: u32,
}

#[test]
fn a_predicate_that_encodes() {
    for mode in mode::all() {
        MODE.set(Some(mode));
        let value = Predicates {
            first: 0,
            second: 5,
            third: 300,
        };
        assert_eq!(encode(&value), [5, 0xac, 0x02], "{}", mode.name);
    }
}

/// A type first met inside the encode of another.
#[derive(Facet)]
#[facet(proxy = Vec<u8>)]
struct Outer;

#[derive(Facet, serde::Serialize)]
struct NeverSeenBefore {
    list: Vec<Option<(u16, String)>>,
}

fn never_seen_before() -> NeverSeenBefore {
    NeverSeenBefore {
        list: vec![Some((300, String::from("x"))), None],
    }
}

impl From<&Outer> for Vec<u8> {
    fn from(_: &Outer) -> Self {
        encode(&never_seen_before())
    }
}

impl From<Vec<u8>> for Outer {
    fn from(_: Vec<u8>) -> Self {
        Self
    }
}

codec_test!(
    fn a_cold_type_inside(judge: &Judge) {
        judge.in_every_mode("inside", &never_seen_before(), |mode, inner| {
            MODE.set(Some(mode));
            let mut expected = Vec::new();
            wire::length(&mut expected, inner.len());
            wire::raw(&mut expected, inner);
            assert_eq!(encode(&Outer), expected, "{}", mode.name);
        });
    }
);

/// A hasher that encodes a type never seen before where it is made and where it is dropped. Lowering makes specimens of
/// a map to see where its table is, and so hashers.
#[derive(Facet)]
struct Encoding(u64);

impl Default for Encoding {
    fn default() -> Self {
        #[derive(Facet)]
        struct Seed(u8, u32);
        let bytes = vox::to_bytes(&Seed(1, 300)).expect("it encodes");
        Self(bytes.len() as u64)
    }
}

impl Drop for Encoding {
    fn drop(&mut self) {
        #[derive(Facet)]
        struct Dropped(u8, Option<u16>);
        vox::to_bytes(&Dropped(1, None)).expect("it encodes");
    }
}

impl BuildHasher for Encoding {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        DefaultHasher::new()
    }
}

#[test]
fn a_hasher_that_encodes() {
    let (done, wait) = std::sync::mpsc::channel();
    // By itself, for it once waited for ever.
    std::thread::spawn(move || {
        // Not by `default`: lowering is to be the first who calls it.
        let mut map = HashMap::<u8, u8, Encoding>::with_hasher(Encoding(0));
        map.insert(1, 2);
        done.send(vox::to_bytes(&map)).expect("somebody waits");
    });
    let bytes = wait
        .recv_timeout(Duration::from_secs(60))
        .expect("lowering waits for nobody");
    assert_eq!(bytes.expect("it encodes"), [1, 1, 2]);
}

/// A hasher that encodes a type which is being lowered: it is known when its parent is to become so, and there is one
/// slot of it all the same.
#[test]
fn a_hasher_that_encodes_what_is_being_lowered() {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();

    fn runtime() -> &'static Runtime {
        RUNTIME.get_or_init(|| Runtime::builder().background(false).build())
    }

    #[derive(Facet)]
    struct Early {
        #[facet(recursive_type)]
        children: Vec<Early>,
    }

    #[derive(Facet)]
    struct EncodesEarly(u64);

    impl Default for EncodesEarly {
        fn default() -> Self {
            let early = Early { children: vec![] };
            assert_eq!(runtime().to_bytes(&early).expect("it encodes"), [0]);
            Self(1)
        }
    }

    impl BuildHasher for EncodesEarly {
        type Hasher = DefaultHasher;

        fn build_hasher(&self) -> DefaultHasher {
            DefaultHasher::new()
        }
    }

    #[derive(Facet)]
    struct Late {
        map: HashMap<u8, u8, EncodesEarly>,
        #[facet(recursive_type)]
        children: Vec<Late>,
    }

    /// The last child is lowered first.
    #[derive(Facet)]
    struct Root {
        late: Vec<Late>,
        early: Vec<Early>,
    }

    let mut map = HashMap::with_hasher(EncodesEarly(0));
    map.insert(1, 2);
    let children = vec![];
    let root = Root {
        late: vec![Late { map, children }],
        early: vec![Early { children: vec![] }],
    };
    let bytes = runtime().to_bytes(&root).expect("it encodes");
    assert_eq!(bytes, [1, 1, 1, 2, 0, 1, 0]);
    assert_eq!(runtime().stats().types.all(), 3);
}
